"""``dialpad commands``: the whole surface, every command with what it takes, does and is limited to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.output import choose_format
from dialkit.cli.subcommands import Help, parse, showing, wants_help

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.catalog import Field, Operation
    from dialkit.cli.app import App

HELP = Help(
    "commands",
    "Every command. Those of the API have flags, effect, limits, scopes and an example; whole tasks have\n"
    "their effect and what they take; those of dialkit itself what they take.",
    (
        "dialpad commands -o json",
        "dialpad commands --fields command,effect -o csv",
        "dialpad commands --jq '.[] | select(.effect == \"outward\") | .command'",
    ),
    rows=(
        ("kind", "operation: one request of the API; task: a whole task, of several; own: dialkit's own"),
        ("effect", "read; write: changes something at Dialpad; outward: reaches people; local: this machine"),
    ),
)


def run(app: App, argv: list[str]) -> int:
    """Show all commands. The exit code; raises `InvalidArgument`."""
    if wants_help(argv):
        app.page(HELP.text())
        return 0
    options, _ = parse(app, "commands", argv)
    view = showing(app, options)
    if choose_format(view.how) == "table" and not view.how.fields:
        view.how = view.how._replace(fields=("command", "effect", "summary"))
    view.items(_rows(app))
    return 0


def _rows(app: App) -> Iterator[dict[str, Any]]:
    from dialkit.cli import workflows
    from dialkit.cli.dispatch import COMMANDS

    for operation in app.catalog:
        yield of_operation(operation)
    tasks = {" ".join(words): about for words, (_, about) in workflows.WORKFLOWS.items()}
    for name, summary, takes in _leaves(tasks):
        effect = workflows.effect(name)
        yield {"command": name, "kind": "task", "summary": summary, "takes": takes, "effect": effect}
    for name, summary, takes in _leaves({name: about for name, (_, about) in COMMANDS.items()}):
        yield {"command": name, "kind": "own", "summary": summary, "takes": takes}


def _leaves(commands: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Commands, or their subcommands where they have some: name, what it does, what it takes."""
    from dialkit.cli import own

    for name, about in commands.items():
        table = own.subcommands(name)
        for word, sub in table.items():
            yield f"{name} {word}", sub.help, sub.takes
        if not table:
            yield name, about, own.takes(name)


def of_operation(operation: Operation) -> dict[str, Any]:
    """All that can be said about the command of an operation."""
    from dialkit.cli.help import example_line, limit_text

    return {
        "command": " ".join((operation.group, *operation.name.split("."))),
        "kind": "operation",
        "id": operation.id,
        "group": operation.group,
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "description": operation.description,
        "flags": [of_field(field, operation) for field in operation.fields],
        "effect": operation.effect,
        "retry": "safe" if operation.repeatable else "unsafe",
        "limit": limit_text(operation),
        "limits": operation.limits,
        "limits_reason": operation.limits_reason,
        "scopes": operation.scopes,
        "admin": operation.admin,
        "needs_key": operation.needs_key,
        "since": operation.since,
        "pages": operation.pages,
        "undocumented": operation.undocumented,
        "added": operation.added,
        "example": example_line(operation),
    }


def of_field(field: Field, operation: Operation) -> dict[str, Any]:
    """A flag: its name, where it travels, and what it takes. Of a list, format and choices of its items."""
    from dialkit.catalog.model import kind, resolve

    schema = resolve(field.schema, operation.schemas)
    found = kind(schema)
    item = resolve(schema.get("items", {}), operation.schemas) if found == "array" else schema
    told: dict[str, Any] = {
        "flag": field.flag,
        "name": field.name,
        "in": field.place,
        "type": found or "any",
        "required": field.required,
        "repeatable": found == "array",
        "description": field.description,
    }
    if found == "array":
        told["items"] = kind(item) or "any"
    told |= {key: item[key] for key in ("format", "enum") if key in item}
    if "default" in schema:
        told["default"] = schema["default"]
    return told
