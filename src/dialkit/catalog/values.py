"""Texts of a command line, read as the JSON values that schemas ask for.

What is text stays text (``123`` too); what is a number becomes one. A text that cannot be read, and a value
that the schema forbids, raise `ValueFault` with one line about it and what to type instead.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from dialkit.catalog.example import compose
from dialkit.catalog.model import nearest, nullable, properties, resolve
from dialkit.catalog.validate import CALLED, LISTED, LONGEST, faults, one_of, shown, types

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog.model import Schema, Schemas

INTEGER = "0|-?[1-9][0-9]*"
NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
# Of a schema that allows several types the narrowest that can be read is taken; a text always can.
ORDER = ("boolean", "integer", "number", "array", "object", "string")


class ValueFault(ValueError):
    """A text is not the value a flag takes. `message` names the flag and the text, `hint` what to type."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def read(text: str, schema: Schema, schemas: Schemas, *, flag: str) -> Any:
    """The value that `text` stands for, checked against `schema`.

    `flag` is how errors call it, such as ``--to-numbers``. Where the schema allows null and is no text,
    ``null`` is None; where it has ``x-me``, ``me`` stays as it is. Raises `ValueFault`.
    """
    if "array" in _kinds(schema, schemas):
        return read_array([text], schema, schemas, flag=flag)
    return _checked(_value(text, schema, schemas, flag), schema, schemas, flag)


def read_array(texts: list[str], schema: Schema, schemas: Schemas, *, flag: str) -> list[Any] | None:
    """The list that the texts of a repeated flag stand for, one after the other.

    Each text is a JSON array, or one item: a plain text, a number, a JSON object, as the schema's items are.
    A comma splits nothing, for texts hold commas. Raises `ValueFault`.
    """
    schema = resolve(schema, schemas)
    if texts == ["null"] and nullable(schema):
        return None
    items = schema.get("items", {})
    found: list[Any] = []
    try:
        for text in texts:
            if text.lstrip().startswith("["):
                found += _json(text, schema, schemas, flag)
            else:
                found.append(_value(text, items, schemas, flag))
        _checked(found, schema, schemas, flag)
    except ValueFault as fault:
        commas = [] if "object" in _kinds(items, schemas) else [t for t in texts if "," in t and "[" not in t]
        raise ValueFault(fault.message, _apart(commas[0], flag) if commas else fault.hint) from None
    return found


def _kinds(schema: Schema, schemas: Schemas) -> list[str]:
    """The JSON types a text can be read as, narrowest first; empty where any value will do."""
    schema = resolve(schema, schemas)
    found = set(types(schema)) - {"null"}
    for choice in () if found else (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found.update(_kinds(choice, schemas))
    return sorted(found & set(ORDER), key=ORDER.index)


def _value(text: str, schema: Schema, schemas: Schemas, flag: str) -> Any:
    schema = resolve(schema, schemas)
    kinds = _kinds(schema, schemas)
    if text == "null" and nullable(schema) and "string" not in kinds:
        return None
    if text == "me" and schema.get("x-me"):
        return text
    if "enum" in schema:
        return _choice(text, schema["enum"], flag)
    if text.lstrip()[:1] in (("{",) if "object" in kinds else ("{", "[") if not kinds else ()):
        return _json(text, schema, schemas, flag)
    for kind in kinds or ("string",):
        try:
            return READERS[kind](text)
        except (KeyError, ValueError):
            continue
    hint = _object_hint(schema, schemas, flag) if "object" in kinds else _plain_hint(kinds[0], schema, flag)
    wanted = " or ".join([*(CALLED[kind] for kind in kinds), *(["me"] if schema.get("x-me") else ())])
    raise ValueFault(f"{flag} must be {wanted}; got {shown(text)}", hint)


def _choice(text: str, choices: list[Any], flag: str) -> Any:
    named = {choice if isinstance(choice, str) else json.dumps(choice): choice for choice in choices}
    if named.get(text) is not None:
        return named[text]
    near = nearest(text.lower(), [name for name in named if name != "null"], 1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise ValueFault(f"{flag} cannot be {shown(text)}", f"{meant}choices: {one_of(choices)}")


def _integer(text: str) -> int:
    if not re.fullmatch(INTEGER, text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(NUMBER, text) or float(text) in (float("inf"), float("-inf")):
        raise ValueError(text)
    return float(text)


# How each type is read; KeyError and ValueError mean that the text is not of it.
READERS: dict[str, Callable[[str], Any]] = {
    "boolean": lambda text: BOOLEANS[text.lower()],
    "integer": _integer,
    "number": _number,
    "string": str,
}
HINTS = {
    "boolean": "write true or false",
    "integer": "write it in digits only, such as 12",
    "number": "write it with digits and a point, such as 0.5",
}


ENCODE = "one line of a file's Base64: base64 FILE | tr -d '\\n'"
# Moments are integers too; `x-unit` of their schema says in what they count.
UNITS = {
    "s": "write it in epoch seconds, such as 1772817600",
    "ms": "write it in epoch milliseconds, such as 1772817600000",
}


def _plain_hint(kind: str, schema: Schema, flag: str) -> str | None:
    if kind == "integer" and "x-unit" in schema:
        return UNITS.get(schema["x-unit"])
    # An item of a list, and a part of an object, is read as it stands.
    if kind == "integer" and re.fullmatch("--(.*-)?ids?", flag) and "." not in flag:
        return "digits, or an alias: dialpad alias set NAME ID"
    return HINTS.get(kind)


def _text_hint(schema: Schema) -> str | None:
    return ENCODE if schema.get("format") == "byte" else None


def _json(text: str, schema: Schema, schemas: Schemas, flag: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = f"{flag} is not valid JSON at character {error.pos + 1} ({error.msg}): {shown(text)}"
    except RecursionError:
        message = f"{flag} is nested too deeply: {shown(text)}"
    except ValueError as error:  # NaN, or an integer of thousands of digits
        message = f"{flag} holds a number that JSON cannot carry ({shown(str(error))}): {shown(text)}"
    raise ValueFault(message, _json_hint(schema, schemas, flag))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _checked(value: Any, schema: Schema, schemas: Schemas, flag: str) -> Any:
    for path, message in faults(value, schema, schemas):
        place = f"{flag}.{path}" if path and not path.startswith("[") else flag + path
        hint = (
            _object_hint(schema, schemas, flag)
            if isinstance(value, dict) and not path
            else _text_hint(schema)
        )
        raise ValueFault(f"{place} {message}", hint)
    return value


def _json_hint(schema: Schema, schemas: Schemas, flag: str) -> str | None:
    schema = resolve(schema, schemas)
    if "array" not in _kinds(schema, schemas):
        return _object_hint(schema, schemas, flag) if properties(schema, schemas) else None
    example = json.dumps(compose(schema, schemas), ensure_ascii=False)
    return f"give {flag} once for each item, or a JSON list" + (
        f": {flag} '{example}'" if _short(example) else ""
    )


def _object_hint(schema: Schema, schemas: Schemas, flag: str) -> str:
    """An object as it can be typed: with what is required, else with its first property."""
    schema = resolve(schema, schemas)
    schema = next((resolve(choice, schemas) for choice in schema.get("oneOf", ())), schema)
    inner = properties(schema, schemas)
    names = list(schema.get("required", ())) or list(inner)[:1] or ["name"]
    example = json.dumps({name: compose(inner.get(name, {}), schemas) for name in names}, ensure_ascii=False)
    if not _short(example):
        example = f'{{"{names[0]}": …}}'
    return f"write {flag} '{example}' or {flag}.{names[0].replace('_', '-')} VALUE"


def _short(example: str) -> bool:
    return len(example) <= 2 * LONGEST and "'" not in example


def _apart(text: str, flag: str) -> str:
    """How to say what was written with commas."""
    parts = text.split(",")
    if all(re.fullmatch(r"(?a)[\w.+-]+", part) for part in parts):
        return "repeat the flag: " + " ".join(f"{flag} {part}" for part in parts[:LISTED])
    return f"repeat the flag for each item: {flag} ONE {flag} TWO"
