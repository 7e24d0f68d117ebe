"""Old words in help: what is also accepted, and groups that only the reference has."""

from __future__ import annotations

from dialkit.cli.words import naming, reading, table
from dialkit.cli.words.table import NAMES, By

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.cli.words.table import Name


def of_operation(operation: Operation) -> list[tuple[str, str]]:
    """Old parameters, defaults and names of an operation: what is typed, and what it is."""
    rows = [(reading.flag(name), _told(to)) for name, to in reading.parameters(operation).items()]
    rows += [
        (f"no {reading.flag(field)}", by.about) for field, by in table.DEFAULTS.get(operation.id, {}).items()
    ]
    rows += [
        (f"dialpad {name.group} {name.name}", f"as {' '.join(to)}")
        for name in NAMES
        for to in (name.to, *name.given.values())
        if to[0] == operation.id
    ]
    return rows


def _told(to: str | dict[str, str] | By) -> str:
    if isinstance(to, By):
        return to.about
    if isinstance(to, str):
        return f"the same as {reading.flag(to)}"
    fields = (f"{reading.flag(name)} {form.replace('{}', 'VALUE')}" for name, form in to.items())
    return "stands for " + " ".join(fields)


def of_names(group: str) -> list[tuple[str, str]]:
    """Old names of a group, and what they do: for the group's help."""
    return [(name.name, f"{name.about} ({_now(name)})") for name in naming.of_group(group)]


def groups() -> list[str]:
    """Groups of old names; some of them are no group of the API."""
    return list(dict.fromkeys(name.group for name in NAMES))


def page(group: str) -> str:
    """The help of a group that only the reference has."""
    rows = of_names(group)
    width = max(len(left) for left, _ in rows)
    lines = [
        f"{group}: older names of commands",
        "",
        f"usage: dialpad {group} COMMAND [--flags]",
        "",
        *(f"  {left:{width}}  {right}" for left, right in rows),
    ]
    return "\n".join(lines) + "\n"


def _now(name: Name) -> str:
    return "dialpad " + " ".join(name.to)
