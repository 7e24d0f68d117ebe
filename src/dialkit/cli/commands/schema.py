"""``dialpad schema OPERATION``: what an operation takes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import Help, parse, showing, wants_help
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options

HELP = Help(
    "schema",
    "What an operation takes and answers, field by field.",
    (
        "dialpad schema sms.send",
        "dialpad schema users list --response",
        "dialpad schema sms.send --example > text.json",
    ),
    "OPERATION [--request | --response | --example | --field NAME]",
    (
        ("OPERATION", "its id, or its group and name"),
        ("--request", "what it takes, as JSON Schema; x-in says where a field travels"),
        ("--response", "what it answers, as JSON Schema"),
        ("--example", "an example body for --data; what goes beside it is said on stderr"),
        ("--field NAME", "one field only, such as to_numbers or contact.name"),
        ("-o FORMAT", "as data: both schemas, or those of the field"),
    ),
)
PARTS = ("request", "response", "example", "field")


def run(app: App, argv: list[str]) -> int:
    """Show what was asked for. The exit code; raises `InvalidArgument`."""
    if wants_help(argv):
        app.page(HELP.text())
        return 0
    options, found = parse(
        app,
        "schema",
        argv,
        (("words",), {"metavar": "OPERATION", "nargs": "+"}),
        *(((f"--{part}",), {"action": "store_true"}) for part in PARTS[:-1]),
        (("--field",), {"metavar": "NAME"}),
    )
    parts = [part for part in PARTS if getattr(found, part)]
    if len(parts) > 1:
        raise InvalidArgument(f"--{parts[0]} and --{parts[1]} do not go together", hint="ask for one of them")
    from dialkit.cli.lookup import by_words

    operation = by_words(app, found.words)
    if parts == ["example"]:
        return _example(app, options, operation)
    as_data = options.output or options.jq or options.fields
    data, text = _shown(operation, parts[0] if parts else "", found.field)
    if text is None or as_data:
        view = showing(app, options._replace(output=options.output or "json"))
        view.data(data)
    else:
        app.page(text)
    return 0


def _shown(operation: Operation, part: str, name: str | None) -> tuple[Any, str | None]:
    """What was asked for, as data and, where people read it, as text."""
    from dialkit.cli import tree

    request, answer = tree.request_schema(operation), tree.answer_schema(operation)
    if part == "request":
        return request, None
    if part == "response":
        return answer, None
    if name is not None:
        return _field(operation, {"request": request, "response": answer}, name)
    lines = [
        f"{operation.id}: {operation.summary}",
        f"{operation.method} {operation.path}",
        "",
        "Takes:" if request["properties"] else "Takes nothing.",
        *("  " + line for line in tree.lines(request)),
        "",
        f"Answers {operation.answer['status']}:"
        if "schema" in operation.answer
        else f"Answers {operation.answer['status']} with no body.",
        *("  " + line for line in tree.lines(answer)),
    ]
    return {"operation": operation.id, "request": request, "response": answer}, "\n".join(lines) + "\n"


def _field(operation: Operation, schemas: dict[str, Any], name: str) -> tuple[Any, str]:
    from dialkit.cli import tree

    found = {part: hit for part, schema in schemas.items() if (hit := tree.inside(schema, name))}
    if not found:
        from dialkit.catalog.model import nearest
        from dialkit.cli.output.fields import available_fields

        known = [field.name for field in operation.fields]
        if "schema" in operation.answer:
            rows = available_fields(operation.answer["schema"], operation.schemas)
            known += [row["field"] for row in rows]
        near = nearest(name, dict.fromkeys(known))
        raise InvalidArgument(
            f"{operation.id} neither takes nor answers a field {name!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else f"dialpad schema {operation.id}",
        )
    lines = []
    for part, (schema, required) in found.items():
        lines += [f"{'Takes' if part == 'request' else 'Answers'}:"]
        lines += ["  " + line for line in tree.line(name, schema, required)]
    return {part: schema for part, (schema, _) in found.items()}, "\n".join(lines) + "\n"


def _example(app: App, options: Options, operation: Operation) -> int:
    """The body on stdout, and on stderr the command it goes with."""
    from dialkit.catalog.example import request_example

    values = request_example(operation)
    parts = ["dialpad", operation.group, *operation.name.split(".")]
    for field in operation.fields:
        if field.place != "body" and field.name in values:
            given = values.pop(field.name)
            parts += [f"{field.flag}={_text(one)}" for one in (given if isinstance(given, list) else [given])]
    if operation.body is not None:
        showing(app, options._replace(output=options.output or "json")).data(values)
        parts += ["--data", "@FILE"]
    from shlex import join

    app.tell(("it goes with: " if operation.body is not None else "it takes no body: ") + join(parts))
    return 0


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
