"""What can be asked for, and whether it can be, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.catalog.model import nearest, properties, resolve
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog import Operation

# What the API names, and what nobody could ask for.
NOBODY = ("unknown",)


class Question(NamedTuple):
    """What a report is to tell: of what, in sums or row by row, of whom."""

    stat_type: str
    export_type: str
    group_by: str | None = None
    target: tuple[str, int] | None = None

    def params(self) -> dict[str, Any]:
        """The parameters of ``stats.create``, but for the days."""
        found: dict[str, Any] = {"stat_type": self.stat_type, "export_type": self.export_type}
        if self.group_by:
            found["group_by"] = self.group_by
        if self.target:
            found["target_type"], found["target_id"] = self.target
        return found


def choices(operation: Operation, field: str) -> list[str]:
    """What a field of ``stats.create`` can be, as the catalog has it."""
    assert operation.body is not None
    schema = properties(operation.body["schema"], operation.schemas)[field]
    found = resolve(schema, operation.schemas).get("enum", [])
    return [value for value in found if value is not None and value not in NOBODY]


def question(
    operation: Operation,
    stat_type: str,
    export_type: str | None = None,
    group_by: str | None = None,
    target: tuple[str, int] | None = None,
) -> Question:
    """A question that Dialpad can answer. Raises `InvalidArgument`; the flags it names are those of the CLI.

    Without `export_type` it is ``stats``, or ``records`` where there are no sums.
    """
    _one_of(operation, "stat_type", "--type", stat_type)
    only = _only_records(operation)
    export_type = export_type or ("records" if stat_type in only else "stats")
    _one_of(operation, "export_type", "--export-type", export_type)
    if stat_type in only and export_type != "records":
        raise InvalidArgument(
            f"--export-type: of {stat_type} there are no sums", hint="--export-type records, or leave it out"
        )
    if stat_type in only and target is None:
        raise InvalidArgument(
            f"--target: a report of {stat_type} is of one target",
            hint="name it, such as --target callcenter:ID",
        )
    if group_by is not None:
        _one_of(operation, "group_by", "--by", group_by)
        if stat_type != "calls" or export_type != "stats":
            raise InvalidArgument(
                "--by: only sums of calls can be broken down", hint="leave out --by, or use --type calls"
            )
        if group_by == "group" and (target is None or target[0] != "office"):
            raise InvalidArgument(
                "--by group: only an office has groups", hint="name it: --target office:ID --by group"
            )
    return Question(stat_type, export_type, group_by, target)


def target_of(operation: Operation, text: str, alias: Callable[[str], str | None]) -> tuple[str, int]:
    """A target such as ``office:5219384756201938``, or an alias of one, or of its id.

    `alias` tells what a name stands for. Raises `InvalidArgument`.
    """
    whole = alias(text) or text
    kind, colon, name = whole.partition(":")
    kinds = choices(operation, "target_type")
    if not colon:
        kind, name = "", whole
    kind = kind.strip().lower().replace("_", "").replace("-", "")
    if kind not in kinds:
        near = nearest(kind, kinds)
        raise InvalidArgument(
            f"--target: {text[:80]!r} does not say what it is",
            hint=f"did you mean {near[0]}:{name[:40]}?" if near else f"TYPE:ID, of {', '.join(kinds)}",
        )
    found = alias(name) or name
    # An alias may stand for the whole of it, type and all.
    found = found.removeprefix(f"{kind}:").strip()
    if not (found.isascii() and found.isdecimal() and 0 < len(found) < 19):
        raise InvalidArgument(
            f"--target: {name[:80]!r} is neither an id nor an alias",
            hint=f"dialpad alias set {name[:40] or 'NAME'} ID lets it stand for an id",
        )
    return kind, int(found)


def _only_records(operation: Operation) -> list[str]:
    """The kinds of stats that come row by row only, as the catalog has it."""
    return [
        value
        for rule in operation.source.get("requires", ())
        if "export_type" in rule.get("need", {})
        for value in rule["when"]["stat_type"]
    ]


def _one_of(operation: Operation, field: str, flag: str, value: str) -> None:
    known = choices(operation, field)
    if value not in known:
        near = nearest(value, known)
        hint = f"did you mean {' or '.join(near)}?" if near else "one of " + ", ".join(known)
        raise InvalidArgument(f"{flag}: {value[:40]!r} is none there is", hint=hint)
