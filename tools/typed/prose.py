"""Docstrings: what an operation does, what it takes and gives, what can go wrong, its limits, an example."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from dialkit.catalog.example import request_example
from dialkit.catalog.model import resolve
from typed.shapes import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.catalog import Field, Operation

WIDTH = 110
UNITS = {"ms": "epoch milliseconds", "s": "epoch seconds"}
RAISES = {
    "read": "Raises a `DialkitError`: `InvalidArgument` before anything is sent, an `APIError` by status.",
    "write": "Raises a `DialkitError`: `InvalidArgument` before anything is sent, an `APIError` by status, "
    "`OutcomeUnknown` where the answer was lost (it is not sent again).",
}


def wrapped(text: str, indent: str, further: str | None = None) -> list[str]:
    """A paragraph in lines, safe within a docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    further = indent if further is None else further
    return textwrap.wrap(
        safe,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def docstring(operation: Operation, call: str, indent: str, *, answers: str) -> list[str]:
    """The docstring of a method, in lines."""
    inner = indent + "    "
    lines = wrapped(operation.summary.rstrip(".") + ".", indent)
    lines += ["", *wrapped(operation.description, indent)]
    if operation.fields:
        lines += ["", f"{indent}Parameters:"]
        for field in operation.fields:
            lines += wrapped(f"{field.name}: {told(operation, field)}", inner, inner + "    ")
    lines += ["", *wrapped(answers, indent)]
    lines += wrapped(RAISES["read" if operation.repeatable else "write"], indent)
    for needed in rights(operation):
        lines += wrapped(needed, indent)
    lines += ["", f"{indent}Example:"]
    lines += [inner + line for line in example(operation, call)]
    lines[0] = f'{indent}"""{lines[0].strip()}'
    return [*lines, f'{indent}"""']


def told(operation: Operation, field: Field) -> str:
    """What a parameter is: description, unit, bounds, default."""
    schema = resolve(field.schema, operation.schemas)
    parts = [field.description or schema.get("description", "")]
    unit = UNITS.get(schema.get("x-unit", ""))
    if unit and unit not in parts[0] and unit.replace("milliseconds", "ms") not in parts[0]:
        parts.append(f"In {unit}.")
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        parts.append(f"{least} to {most}.")
    for key, word in (("maxLength", "characters"), ("maxItems", "items"), ("x-max-bytes", "bytes")):
        if key == "maxLength" and schema.get("format") == "byte":
            continue  # what counts is the bytes before Base64
        if key in schema and f"{schema[key]:,}" not in parts[0] and str(schema[key]) not in parts[0]:
            parts.append(f"At most {schema[key]:,} {word}.")
    if "x-default" in schema and "default" not in parts[0].lower():
        parts.append(f"Dialpad's default is {quoted(schema['x-default'])}.")
    return " ".join(filter(None, parts))


def limits(operation: Operation) -> str:
    """The limits in words."""
    found = []
    for limit in operation.limits:
        window = {60: "minute", 3600: "hour", 1: "second", 86400: "day"}.get(limit["window"])
        each = f"{limit['count']:,} a {window}" if window else f"{limit['count']:,} in {limit['window']} s"
        each += f" for each {limit['by']}" if limit.get("by") else ""
        each += f" in tier {limit['tier']}" if "tier" in limit else ""
        found.append(each)
    return ", ".join(found)


def rights(operation: Operation) -> Iterator[str]:
    """Scopes, admin's rights and limits, a line for each."""
    if operation.admin:
        yield "Needs the key of a company admin."
    for scope in operation.scopes:
        when = f", {scope['when']}" if scope.get("when") else ""
        yield f"Needs the scope `{scope['scope']}`{when}."
    if found := limits(operation):
        yield f"Limit: {found}; the client waits where it is reached."


def example(operation: Operation, call: str) -> list[str]:
    """A call with the document's own example, in lines; `call` says how, such as ``dp.users.get``."""
    given = [f"{name}={quoted(value)}" for name, value in request_example(operation).items()]
    before, after = ("for item in ", ":") if operation.pages is not None else ("", "")
    if before and call.startswith("await "):
        before, call = "async for item in ", call.removeprefix("await ")
    single = f"{before}{call}({', '.join(given)}){after}"
    lines = [single]
    if len(single) > 88:
        lines = [f"{before}{call}(", *(f"    {line}," for line in given), f"){after}"]
    return [*lines, "    print(item)"] if before else lines
