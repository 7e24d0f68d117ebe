"""Help, written from the catalog: the overview, a group, one operation."""

from __future__ import annotations

from dialkit.catalog.model import kind, nullable, resolve
from dialkit.cli.page import WIDTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.catalog import Catalog, Field, Group, Operation
    from dialkit.catalog.model import Schema

# What people do most, as they would type it.
TEN: tuple[tuple[str, str], ...] = (
    ("dialpad sms send --to NUMBER --from NUMBER --message 'Hello'", "send a text"),
    ("dialpad call make --to NUMBER --from NUMBER", "ring your phone, then theirs"),
    ("dialpad call list --today -o csv", "ended calls, as a spreadsheet"),
    ("dialpad call transcript --last --with NUMBER", "what was said"),
    ("dialpad contact export --out contacts.csv", "the address book"),
    ("dialpad users list --state active", "who is in the company"),
    ("dialpad callcenters status ID", "how busy a queue is"),
    ("dialpad webhook sms create --url URL --direction all", "have texts told to you"),
    ("dialpad stats run --type calls --days 7", "a report"),
    ("dialpad sandbox run -- COMMAND", "try anything without an account"),
)


def overview(catalog: Catalog, width: int = WIDTH) -> str:
    """``dialpad --help``; groups in two columns where there is room."""
    from dialkit.cli.dispatch import COMMANDS
    from dialkit.cli.workflows import WORKFLOWS

    lines = [
        "dialpad: texts, calls, contacts and call centers of Dialpad from the terminal",
        "",
        "usage: dialpad GROUP OPERATION [--flags]",
        "       dialpad GROUP --help",
        "       dialpad search WORDS",
        "",
        "Often done:",
        *_columns(TEN, 62),
        "",
        f"Groups ({len(catalog)} operations):",
        *_columns(
            [(f"{g.name} ({len(g.operations)})", g.title) for g in catalog.groups.values()],
            27,
            columns=2 if width >= WIDTH else 1,
        ),
        "",
        "Whole tasks, with the care they need:",
        *_columns([(" ".join(words), about) for words, (_, about) in WORKFLOWS.items()], 17),
        "",
        "Commands of our own:",
        *_columns([(name, about) for name, (_, about) in COMMANDS.items()], 12),
        "",
        "Every operation takes -o FORMAT, --fields, --jq, --dry-run, -v: dialpad help formatting",
        "Keys: dialpad auth login, or DIALPAD_API_KEY: dialpad help accounts",
        "For scripts: dialpad help exit-codes; also: limits, environment",
    ]
    return "\n".join(lines) + "\n"


def of_group(group: Group) -> str:
    """``dialpad GROUP --help``."""
    from dialkit.cli.words import telling

    tasks = telling.of_tasks(group.name)
    taken = {words for words, _ in tasks}  # such an operation is asked for by its id
    rows = [
        (
            (o.id if o.name in taken else " ".join(o.words)) + (" *" if o.added else ""),
            o.summary + _effect_mark(o.effect),
        )
        for o in sorted(group.operations, key=lambda o: o.name)
    ]
    width = min(34, max(len(name) for name, _ in rows))
    lines = [
        f"{group.title}: {group.description}",
        "",
        f"usage: dialpad {group.name} OPERATION [--flags]",
        "",
        *_columns(rows, width),
        "",
    ]
    for title, more in (
        ("Whole tasks:", tasks),
        ("Also accepted:", telling.of_names(group.name)),
    ):
        if more:
            lines += [title, *_columns(more, max(width, *(len(left) for left, _ in more))), ""]
    if any(o.added for o in group.operations):
        lines.append("* from the document of `dialpad spec use`")
    lines.append(f"More of one: dialpad {group.name} {rows[0][0].removesuffix(' *')} --help")
    return "\n".join(lines) + "\n"


def of_operation(operation: Operation) -> str:
    """``dialpad GROUP OPERATION --help``."""
    lines = [
        f"{operation.summary} ({operation.id})",
        "",
        *_wrap(operation.description, 0),
        "",
        f"usage: {usage(operation)}",
        f"       {operation.method} {operation.path}",
    ]
    for place, title in (("path", "Which one"), ("query", "Which, and how"), ("body", "What to send")):
        fields = [f for f in operation.fields if f.place == place]
        if fields:
            lines += ["", f"{title}:"]
            for field in fields:
                lines += _flag(field, operation)
    lines += ["", *_facts(operation), "", "Example:", "  " + example_line(operation)]
    from dialkit.cli.words import telling

    if old := telling.of_operation(operation):
        lines += ["", "Also accepted:"]
        for left, text in old:
            lines += _wrap(f"  {left}: {text}", 6, first=0)
    answer = operation.answer.get("schema")
    if answer is not None:
        lines += ["", "Answers:", *_answer(operation, answer)]
    else:
        lines += ["", f"Answers: {operation.answer['status']} with no body"]
    from dialkit.cli.workflows import WORKFLOWS

    if (operation.group, operation.name) in WORKFLOWS:
        task = f"dialpad {operation.group} {operation.name}"
        lines += ["", f"With the care it needs, and flags for it: {task} --help"]
    lines += ["", f"More: dialpad schema {operation.id}; options of every operation: dialpad help formatting"]
    return "\n".join(lines) + "\n"


def usage(operation: Operation) -> str:
    """One line: the command, its required flags, and that there are more."""
    parts = [f"dialpad {operation.group} {' '.join(operation.name.split('.'))}"]
    parts += [f"{f.flag} {_metavar(f.schema, operation)}" for f in operation.fields if f.required]
    if any(not f.required for f in operation.fields):
        parts.append("[--flags]")
    return " ".join(parts)


def example_line(operation: Operation) -> str:
    """A command that works as it stands, but for the ids."""
    from dialkit.catalog.example import request_example

    parts = [f"dialpad {operation.group} {' '.join(operation.name.split('.'))}"]
    for name, value in request_example(operation).items():
        field = operation.field(name)
        if field is None:
            continue
        if value is True:
            parts.append(field.flag)
        elif value is False:
            parts.append("--no-" + field.flag[2:])
        elif isinstance(value, list) and value and all(isinstance(v, str) for v in value):
            parts += [f"{field.flag} {quote(v)}" for v in value]
        elif isinstance(value, (dict, list)):
            import json

            parts.append(f"{field.flag} {quote(json.dumps(value, ensure_ascii=False))}")
        else:
            text = str(value)
            parts.append(f"{field.flag}{'=' if text.startswith('-') else ' '}{quote(text)}")
    return " ".join(parts)


def quote(text: str) -> str:
    """`text` as one word of a POSIX shell; as `shlex.quote`, without the import of `re`."""
    if text and all(c.isascii() and (c.isalnum() or c in "@%+=:,./-_") for c in text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"


def limit_text(operation: Operation) -> str:
    """The operation's limits in words."""
    names = {60: "a minute", 3600: "an hour", 1: "a second"}
    told = []
    for limit in operation.limits:
        of = "" if limit["scope"] == "company" else f" per {limit['scope']}"
        tier = f" in tier {limit['tier']}" if "tier" in limit else ""
        window = names.get(limit["window"], f"in {limit['window']} s")
        told.append(f"{limit['count']} {window}{of}{tier}")
    return ", ".join(told) if told else f"none of its own: {operation.limits_reason or 'none is known'}"


def _facts(operation: Operation) -> list[str]:
    effects = {
        "read": "reads only",
        "write": "changes things",
        "outward": "reaches people: a text, a call, a fax or an invitation",
    }
    rows = [("Effect", effects.get(operation.effect, operation.effect)), ("Limit", limit_text(operation))]
    if "requires" in operation.source:
        from dialkit.catalog import rules

        rows.append(("Needs", "; ".join(rules.told(operation.source["requires"], rules.flag))))
    if operation.scopes:
        told = [s["scope"] + (f" ({s['when']})" if "when" in s else "") for s in operation.scopes]
        rows.append(("Scope", ", ".join(told)))
    if operation.admin:
        rows.append(("Key", f"of a {operation.admin} admin"))
    if operation.since:
        rows.append(("Since", operation.since))
    if operation.undocumented:
        rows.append(("Mark", "Dialpad does not document it"))
    if operation.added:
        rows.append(("Mark", "from the document of `dialpad spec use`"))
    return [line for name, text in rows for line in _wrap(f"{name + ':':8}{text}", 8, first=0)]


def _flag(field: Field, operation: Operation) -> list[str]:
    schema = resolve(field.schema, operation.schemas)
    marks = [type_name(schema, operation)]
    if field.required:
        marks.append("required")
    default = schema.get("default", schema.get("x-default"))
    if default not in (None, ""):
        marks.append(f"default {_default(default)}")
    told = [f"  {field.flag} ({', '.join(marks)})"]
    told += _wrap(field.description, 6)
    choices = schema.get("enum") or (schema.get("items") or {}).get("enum")
    if choices:
        told += _wrap("one of " + ", ".join(str(c) for c in choices if c is not None), 6)
    return told


def _default(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(operation: Operation, schema: Schema) -> list[str]:
    from dialkit.catalog.model import properties

    whole = resolve(schema, operation.schemas)
    rows = [
        (name, _first_sentence(inner.get("description", "")))
        for name, inner in properties(whole, operation.schemas).items()
    ]
    width = min(30, max((len(name) for name, _ in rows), default=1))
    return [line for name, text in rows for line in _wrap(f"  {name:{width}}  {text}", width + 4, first=0)]


def type_name(schema: Schema, operation: Operation) -> str:
    """What kind of value it is, in words."""
    found = kind(schema) or "any"
    if found == "array":
        inner = resolve(schema.get("items", {}), operation.schemas)
        return f"list of {type_name(inner, operation)}, repeat it or give JSON"
    names = {"int64": "whole number", "date-time": "ISO 8601", "byte": "base64"}
    plain = {"integer": "whole number", "string": "text", "boolean": "yes or no", "object": "JSON or dotted"}
    told = names.get(schema.get("format", ""), plain.get(found, found))
    return f"{told} or me" if schema.get("x-me") else told


def _metavar(schema: Schema, operation: Operation) -> str:
    found = kind(resolve(schema, operation.schemas))
    names = {"integer": "N", "number": "N", "boolean": "true|false", "array": "VALUE", "object": "JSON"}
    return names.get(found or "", "TEXT") + ("|null" if nullable(schema) and found == "object" else "")


def _effect_mark(effect: str) -> str:
    return " [reaches people]" if effect == "outward" else ""


def _first_sentence(text: str) -> str:
    head, stop, _ = text.partition(". ")
    return head + "." if stop else text


def _columns(rows: Any, width: int, columns: int = 1) -> list[str]:
    rows = list(rows)
    if columns == 1:
        return [f"  {left:{width}}  {right}" for left, right in rows]
    half = (len(rows) + 1) // 2
    lines = []
    for at in range(half):
        left = f"  {rows[at][0]:{width}}{rows[at][1]}"
        more = f"{rows[at + half][0]:{width}}{rows[at + half][1]}" if at + half < len(rows) else ""
        lines.append(f"{left:{width + 25}}  {more}".rstrip())
    return lines


def _wrap(text: str, indent: int, first: int | None = None) -> list[str]:
    """Break at `WIDTH`; by hand, since textwrap costs a third of a help page's time."""
    lines: list[str] = []
    start = indent if first is None else first
    line = " " * start
    for position, word in enumerate(text.split(" ")):
        if position and len(line) + 1 + len(word) > WIDTH:
            lines.append(line.rstrip())
            line = " " * indent + word
        else:
            line += (" " if position else "") + word
    lines.append(line.rstrip())
    return lines
