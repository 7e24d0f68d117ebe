"""What an old name of a command stands for."""

from __future__ import annotations

from dialkit.cli.words.table import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.catalog import Summary
    from dialkit.cli.words.table import Name


def find(words: Sequence[str]) -> tuple[Name | None, int]:
    """The old name that `words` begin with, and how many of them name it; (None, 0) where none does.

    Written as operations are: ``GROUP NAME``, ``GROUP WORD WORD``, or ``NAME`` alone.
    """
    for count in range(min(len(words), 3), 0, -1):
        typed = ".".join(words[:count]).replace("-", "_")
        for name in NAMES:
            if typed in _spellings(name):
                return name, count
    return None, 0


def meant(words: Sequence[str], rest: Sequence[str], known: Summary | None) -> tuple[Name | None, int]:
    """The old name in a line of `words` and then flags, `rest`; (None, 0) where there is none.

    Where the words are the id of an operation, `known`, the old name is meant only without what that needs:
    ``departments.list`` with neither ``--office-id`` nor help asked for.
    """
    name, count = find(words)
    if known is None or name is None:
        return name, count
    flags = _flags(rest)
    if not name.given or "--data" in flags or flags & {*name.given, "-h", "--help", "--fields"}:
        return None, 0
    return name, count


def arguments(name: Name, rest: Sequence[str]) -> list[str]:
    """The arguments in the place of an old name, where `rest` are the flags after it."""
    flags = _flags(rest)
    return list(next((to for flag, to in name.given.items() if flag in flags), name.to))


def of_group(group: str) -> list[Name]:
    """The old names of a group, which need not be one of the API's."""
    return [name for name in NAMES if name.group == group]


def short(name: Name) -> str:
    """An old name as it is typed after its group: ``templates list``, and ``list`` of companies."""
    return name.name.removeprefix(name.group + ".").replace(".", " ")


def _flags(rest: Sequence[str]) -> set[str]:
    return {token.partition("=")[0].replace("_", "-") for token in rest if token.startswith("-")}


def _spellings(name: Name) -> tuple[str, ...]:
    return name.name, f"{name.group}.{name.name}", f"{name.group}.{name.name.removeprefix(name.group + '.')}"
