"""Whether a JSON value is what a schema asks for, and where it is not.

The part of JSON Schema that the API's document uses, no more: ``type``, ``enum``, ``required``,
``properties``, ``items``, ``oneOf``/``anyOf``/``allOf``, ``$ref``, the limits on numbers, texts and lists,
``pattern``, ``format`` (``int64``, ``date-time``, ``byte``), and our ``x-max-bytes`` for the latter, which
counts what Base64 stands for. ``oneOf`` means that at least one choice fits. Two things
are stricter than the standard, for they are slips where people type: ``1.0`` is no integer, and ``true`` is
none either.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.catalog.model import properties, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.catalog.model import Schema, Schemas

DEEPEST = 64  # levels of a value; no body or answer of the API has more than ten
MOST = 100  # faults reported; the rest of a list of ten thousand wrong entries tells nothing new
LONGEST = 80  # characters of a value that a message shows
LISTED = 12  # choices that a message names

# Compiled when first used: most commands check nothing that needs them.
INTEGER = "-?[0-9]{1,19}"
MOMENT = r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?"
LITERAL = r"\^(\w+)\$"
HALF = "[\ud800-\udfff]"  # half a UTF-16 pair: Python's texts can hold one, UTF-8 cannot carry it

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}
# What a value must be, in words, and what is shown of a value that is not.
CALLED = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
# Patterns of the document that have a name people know.
PATTERNS = {
    r"^[^\r\n]*$": "must be one line, without line breaks",
    r"^\+[1-9][0-9]{1,14}$": "must be a phone number in E.164, such as +14155550123",
}


class Fault(NamedTuple):
    """One thing that is wrong: where (``to_numbers[3]``, ``""`` for the whole value), and what."""

    path: str
    message: str


class Rules(NamedTuple):
    """What a check goes by, the same at every level."""

    schemas: Schemas
    loose: bool


def faults(value: Any, schema: Schema, schemas: Schemas, *, loose: bool = False) -> list[Fault]:
    """What is wrong with `value`, in the order of the schema; empty when nothing is. At most 100.

    `loose` reads answers as the service spells them: an integer of format int64 may be a string of digits,
    null may stand for any property, and dates are taken as they come. Properties that the schema does not
    name are no faults; `unknown` finds them.
    """
    return list(islice(_check(value, schema, Rules(schemas, loose), "", 0), MOST))


def unknown(value: Any, schema: Schema, schemas: Schemas) -> list[str]:
    """Paths of properties that the schema does not name, where it names any. At most 100."""
    return list(islice(_unknown(value, schema, schemas, "", 0), MOST))


def types(schema: Schema) -> list[str]:
    """The JSON types that a schema allows, ``null`` among them; empty where any will do."""
    found = schema.get("type", ["object"] if "properties" in schema else [])
    return [found] if isinstance(found, str) else list(found)


def shown(value: Any) -> str:
    """A value as a message shows it: on one line, at most 80 characters, control characters escaped."""
    if isinstance(value, str):
        text = repr(value[: LONGEST + 1])
    elif value is None or isinstance(value, bool):
        text = json.dumps(value)
    elif isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 4 * LONGEST):
        text = repr(value)
    else:
        text = next((CALLED[name] for name in CALLED if _is(value, name)), type(value).__name__)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def one_of(choices: Any) -> str:
    """Choices in a sentence: the first twelve, and how many there are in all."""
    names = [str(choice) for choice in choices if choice is not None]
    more = f", … ({len(names)} in all)" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and not float("-inf") < value < float("inf"):
        return False
    return isinstance(value, TYPES[name])


def _fits(value: Any, wanted: list[str]) -> bool:
    return not wanted or any(name not in TYPES or _is(value, name) for name in wanted)


def _among(value: Any, choices: list[Any]) -> bool:
    # True equals 1 in Python, and not in JSON.
    return any(value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in choices)


def _check(value: Any, schema: Schema, rules: Rules, path: str, depth: int) -> Iterator[Fault]:
    if depth > DEEPEST:
        yield Fault(path, f"is nested deeper than {DEEPEST} levels")
        return
    schema = resolve(schema, rules.schemas)
    if schema.get("x-me") and value == "me":
        return
    if rules.loose and isinstance(value, str) and schema.get("format") == "int64":
        value = int(value) if re.fullmatch(INTEGER, value) else value
    wanted = types(schema)
    if not _fits(value, wanted):
        names = [CALLED.get(name, name) for name in wanted if name != "null"] or ["null"]
        yield Fault(path, f"must be {' or '.join(names)}; got {shown(value)}")
        return
    if "enum" in schema and not _among(value, schema["enum"]):
        yield Fault(path, f"must be one of {one_of(schema['enum'])}; got {shown(value)}")
    if isinstance(value, str):
        yield from _text(value, schema, rules, path)
    elif isinstance(value, list | tuple):
        yield from _list(value, schema, rules, path, depth)
    elif isinstance(value, dict):
        yield from _object(value, schema, rules, path, depth)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, schema, path)
    for choices in ("oneOf", "anyOf"):
        if schema.get(choices):
            yield from _choices(value, schema[choices], rules, path, depth)
    for part in schema.get("allOf", ()):
        yield from _check(value, part, rules, path, depth + 1)


def _text(value: str, schema: Schema, rules: Rules, path: str) -> Iterator[Fault]:
    if schema.get("format") == "byte" and not rules.loose:
        yield from _base64(value, schema, path)
    yield from _length(len(value), schema, path, ("minLength", "maxLength"), "character")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not _matches(pattern, value):
        yield Fault(path, f"{_asked(pattern)}; got {shown(value)}")
    if rules.loose:
        return
    if re.search(HALF, value):
        yield Fault(path, "holds half a character (a lone surrogate), which UTF-8 cannot carry")
    if schema.get("format") == "date-time" and not _is_moment(value):
        yield Fault(path, f"must be a date and time such as 2026-03-05T17:20:00Z; got {shown(value)}")


def _base64(value: str, schema: Schema, path: str) -> Iterator[Fault]:
    from binascii import a2b_base64

    try:
        size = len(a2b_base64(value, strict_mode=True))
    except ValueError:
        yield Fault(path, f"must be Base64; got {shown(value)}")
        return
    most = schema.get("x-max-bytes", size)
    if size > most:
        yield Fault(path, f"must be at most {most:,} bytes before Base64; is {size:,}")


def _matches(pattern: str, value: str) -> bool:
    # `$` means the very end in JSON Schema; Python's also matches before a last line break.
    if pattern.endswith("$") and not pattern.endswith(r"\$"):
        pattern = pattern[:-1] + r"\Z"
    try:
        return re.search(pattern, value) is not None
    except re.error:  # a document the user brought may hold what only other languages can read
        return True


def _asked(pattern: str) -> str:
    literal = re.fullmatch(LITERAL, pattern)
    return f"must be {literal[1]}" if literal else PATTERNS.get(pattern, f"must match {pattern}")


def _is_moment(value: str) -> bool:
    if not re.fullmatch(MOMENT, value):
        return False
    from datetime import datetime

    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _number(value: float, schema: Schema, path: str) -> Iterator[Fault]:
    if schema.get("format") == "int64" and not -(2**63) <= value < 2**63:
        yield Fault(path, f"must fit in 64 bits, -2^63 to 2^63 - 1; got {shown(value)}")
    elif "minimum" in schema and value < schema["minimum"]:
        yield Fault(path, f"must be at least {schema['minimum']}; got {shown(value)}")
    elif "maximum" in schema and value > schema["maximum"]:
        yield Fault(path, f"must be at most {schema['maximum']}; got {shown(value)}")


def _length(length: int, schema: Schema, path: str, keys: tuple[str, str], unit: str) -> Iterator[Fault]:
    for key, bound, sign in (keys[0], "at least", 1), (keys[1], "at most", -1):
        if key in schema and sign * (length - schema[key]) < 0:
            plural = "" if schema[key] == 1 else "s"
            yield Fault(path, f"must have {bound} {schema[key]} {unit}{plural}; has {length}")


def _list(value: Any, schema: Schema, rules: Rules, path: str, depth: int) -> Iterator[Fault]:
    yield from _length(len(value), schema, path, ("minItems", "maxItems"), "item")
    if schema.get("uniqueItems"):
        seen: set[str] = set()
        for number, item in enumerate(value):
            spelled = json.dumps(item, sort_keys=True, default=str)
            if spelled in seen:
                yield Fault(f"{path}[{number}]", f"stands in the list twice: {shown(item)}")
            seen.add(spelled)
    if "items" in schema:
        for number, item in enumerate(value):
            yield from _check(item, schema["items"], rules, f"{path}[{number}]", depth + 1)


def _object(value: dict[str, Any], schema: Schema, rules: Rules, path: str, depth: int) -> Iterator[Fault]:
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault(_join(path, name), "is required")
    for name, inner in schema.get("properties", {}).items():
        if name in value and not (rules.loose and value[name] is None):
            yield from _check(value[name], inner, rules, _join(path, name), depth + 1)


def _choices(value: Any, choices: list[Schema], rules: Rules, path: str, depth: int) -> Iterator[Fault]:
    """Nothing where a choice fits; else the faults of the one that was most likely meant."""
    nearest: list[Fault] | None = None
    for choice in _ranked(value, choices, rules.schemas):
        found = list(islice(_check(value, choice, rules, path, depth + 1), MOST))
        if not found:
            return
        nearest = nearest or found
    yield from _unlike_all(value, choices, rules.schemas, path) or nearest or ()


def _unlike_all(value: Any, choices: list[Schema], schemas: Schemas, path: str) -> list[Fault]:
    """The fault of an object that resembles no choice: a wrong word, or none of the properties."""
    if not isinstance(value, dict):
        return []
    words = [_literals(choice, schemas) for choice in choices]
    for name in words[0].keys() & value.keys():
        allowed = [word.get(name) for word in words]
        if None not in allowed and value[name] not in allowed:
            return [Fault(_join(path, name), f"must be one of {one_of(allowed)}; got {shown(value[name])}")]
    needed = [" and ".join(resolve(choice, schemas).get("required", ())) for choice in choices]
    if all(needed) and not any(value.keys() & properties(choice, schemas).keys() for choice in choices):
        return [Fault(path, f"must have {', or '.join(dict.fromkeys(needed))}")]
    return []


def _ranked(value: Any, choices: list[Schema], schemas: Schemas) -> list[Schema]:
    return sorted(choices, key=lambda choice: _misfit(value, resolve(choice, schemas), schemas))


def _misfit(value: Any, schema: Schema, schemas: Schemas) -> tuple[int, int]:
    """How badly a value fits a choice at first sight: words that tell choices apart, then all the rest."""
    if not _fits(value, types(schema)):
        return 1000, 0
    if not isinstance(value, dict):
        return 0, 0
    known = properties(schema, schemas)
    apart = sum(name in value and value[name] != word for name, word in _literals(schema, schemas).items())
    missing = sum(name not in value for name in schema.get("required", ()))
    strange = sum(name not in known for name in value)
    return apart, missing + strange


def _literals(schema: Schema, schemas: Schemas) -> dict[str, str]:
    """Properties that can hold one word only, and the word: they tell the choices of a `oneOf` apart."""
    found: dict[str, str] = {}
    for name, inner in properties(schema, schemas).items():
        inner = resolve(inner, schemas)
        words = [word for word in inner.get("enum", ()) if word is not None]
        if literal := re.fullmatch(LITERAL, str(inner.get("pattern"))):
            words = [literal[1]]
        if len(words) == 1:
            found[name] = str(words[0])
    return found


def _unknown(value: Any, schema: Schema, schemas: Schemas, path: str, depth: int) -> Iterator[str]:
    schema = resolve(schema, schemas)
    if depth > DEEPEST:
        return
    if isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _unknown(item, schema.get("items", {}), schemas, f"{path}[{number}]", depth + 1)
    elif isinstance(value, dict) and (known := _known(value, schema, schemas)):
        for name, inner in value.items():
            if name in known:
                yield from _unknown(inner, known[name], schemas, _join(path, name), depth + 1)
            else:
                yield _join(path, name if name.isprintable() else shown(name))


def _known(value: Any, schema: Schema, schemas: Schemas) -> dict[str, Schema]:
    """The properties `value` can have: its own, and those of the choice that was most likely meant."""
    found = dict(schema.get("properties", {}))
    chosen = [_ranked(value, schema[key], schemas)[0] for key in ("oneOf", "anyOf") if schema.get(key)]
    for part in (*schema.get("allOf", ()), *chosen):
        found = {**properties(part, schemas), **found}
    return found


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
