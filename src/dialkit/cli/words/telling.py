"""Old words in help: what is also accepted, and groups that only the reference has."""

from __future__ import annotations

from dialkit.cli.words import naming, reading, table
from dialkit.cli.words.table import NAMES, By
from dialkit.cli.workflows import WORKFLOWS

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
        if to[0] == operation.id and to != (name.name,)
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


def of_tasks(group: str) -> list[tuple[str, str]]:
    """What there is of a group beside the operations, and what it does."""
    return [
        (" ".join(words[1:]) or group, about) for words, (_, about) in WORKFLOWS.items() if words[0] == group
    ]


def page(group: str) -> str | None:
    """The help of a group that the API does not have; None where there is none.

    Old names are found by their own first word, too: ``templates``.
    """
    old = naming.of_group(group) or [name for name in NAMES if name.name.startswith(group + ".")]
    tasks = of_tasks(group)
    rows = tasks + [(name.name, f"{name.about} ({_now(name)})") for name in old if name.to[0] != group]
    if not rows:
        return None
    width = max(len(left) for left, _ in rows)
    first = tasks[0][0] if tasks else naming.short(old[0])
    begin = group if tasks else old[0].group
    lines = [
        f"usage: dialpad {begin} COMMAND [--flags]",
        "",
        *(f"  {left:{width}}  {right}" for left, right in rows),
        "",
        f"More of one: dialpad {begin} {first} --help",
    ]
    return "\n".join(lines) + "\n"


def _now(name: Name) -> str:
    return "dialpad " + " ".join(name.to)
