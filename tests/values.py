"""Hypothesis strategies for values of a catalog schema, and how a value is written as arguments."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from dialkit.catalog.model import kind, resolve
from dialkit.catalog.rules import given

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog import Operation

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.text(CHARACTERS, max_size=12)
FAR = 4_102_444_800  # 2100-01-01, ahead of every run
INT64 = st.integers(-(2**63), 2**63 - 1)


def of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that `schema` allows, null left out."""
    schema = resolve(schema, schemas)
    for choices in ("oneOf", "anyOf"):
        if choices in schema:
            return st.one_of([of(choice, schemas, depth) for choice in schema[choices]])
    if "enum" in schema:
        return st.sampled_from([value for value in schema["enum"] if value is not None])
    found = kind(schema)
    if found == "array":
        inner = of(schema.get("items", {}), schemas, depth + 1)
        return st.lists(
            inner,
            min_size=schema.get("minItems", 0),
            max_size=min(schema.get("maxItems", 3), 3),
            unique=bool(schema.get("uniqueItems")),
        )
    if found == "object":
        return _objects(schema, schemas, depth)
    return SCALARS.get(found or "string", _texts)(schema)


def _objects(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    inner = schema.get("properties", {})
    needed = set(schema.get("required", ()))
    if not inner:
        return st.dictionaries(TEXT, st.one_of(TEXT, INT64, st.booleans()), max_size=2)
    if depth > 2:
        inner = {name: inner[name] for name in inner if name in needed}
    return st.fixed_dictionaries(
        {name: of(inner[name], schemas, depth + 1) for name in needed},
        optional={name: of(one, schemas, depth + 1) for name, one in inner.items() if name not in needed},
    )


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds"))
    low, high = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    if "pattern" in schema:
        # The end of a pattern is the end of the text; Python's `$` would let a line break follow.
        pattern = schema["pattern"].removesuffix("$") + r"\Z"
        made = st.from_regex(pattern, fullmatch=True, alphabet=CHARACTERS)
        return made.filter(lambda text: low <= len(text) <= high)
    if schema.get("format") == "byte":
        return st.binary(max_size=30).map(lambda raw: b64encode(raw).decode())
    return st.text(CHARACTERS, min_size=low, max_size=min(high, low + 12))


def _integers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = FAR if "x-min-ahead" in schema else -(2**53)
    return st.integers(schema.get("minimum", least), schema.get("maximum", 2**53))


def _numbers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.floats(schema.get("minimum", -1e9), schema.get("maximum", 1e9), allow_nan=False)


SCALARS = {"string": _texts, "integer": _integers, "number": _numbers, "boolean": lambda _: st.booleans()}


def meant(operation: Operation, draw: Callable[[Any], Any]) -> dict[str, Any]:
    """Values for the required fields and some of the others."""
    fields = {field.name: field for field in operation.fields}
    if operation.body is not None:
        whole = resolve(operation.body["schema"], operation.schemas)
        if "oneOf" in whole:
            choice = draw(st.sampled_from(whole["oneOf"]))
            return dict(draw(of(choice, operation.schemas)))
    found = {}
    for name, field in fields.items():
        if field.required or draw(st.booleans()):
            value = of(field.schema, operation.schemas)
            if field.place != "body":
                value = value.filter(lambda v: v not in ("", ".", ".."))
            found[name] = draw(value)
    return kept(operation, found, draw)


def kept(operation: Operation, found: dict[str, Any], draw: Callable[[Any], Any]) -> dict[str, Any]:
    """`found` with what the operation's rules ask for besides: ``x-requires``, ``x-max-span``."""

    def some(name: str) -> Any:
        field = operation.field(name)
        assert field is not None
        return draw(of(field.schema, operation.schemas).filter(given))

    for rule in operation.source.get("requires", ()):
        if any(found.get(name) not in (wanted or [found.get(name)]) for name, wanted in holds(rule)):
            continue
        if not all(given(found.get(name)) for name, _ in holds(rule)):
            continue
        for name, wanted in rule.get("need", {}).items():
            found[name] = draw(st.sampled_from(wanted)) if wanted else some(name)
        if "any" in rule:
            found[rule["any"][0]] = some(rule["any"][0])
        if any(given(found.get(name)) for name in rule.get("together", ())):
            found |= {name: some(name) for name in rule["together"]}
    span = operation.source.get("max-span")
    if span and span["from"] in found:
        found[span["to"]] = found[span["from"]]
    return found


def holds(rule: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """The condition of a rule."""
    return list(rule.get("when", {}).items())


def as_arguments(flag: str, value: Any, form: int) -> list[str]:
    """`value` as arguments, in one of the forms that mean the same; `form` picks which."""
    if isinstance(value, bool):
        return [
            [flag if value else "--no-" + flag[2:]],
            [f"{flag}={'true' if value else 'false'}"],
            [flag, "yes" if value else "no"],
        ][form % 3]
    if isinstance(value, list):
        plain = value and all(isinstance(v, str) and not v.lstrip().startswith("[") for v in value)
        if plain and form % 2 and value != ["null"]:
            return [f"{flag}={item}" for item in value]
        return [f"{flag}={json.dumps(value, ensure_ascii=bool(form % 2))}"]
    if isinstance(value, dict):
        if value and form % 2 and all(isinstance(v, int) and not isinstance(v, bool) for v in value.values()):
            return [f"{flag}.{name.replace('_', '-')}={v}" for name, v in value.items()]
        return [f"{flag}={json.dumps(value)}"]
    if form % 2 and not str(value).startswith("-"):
        return [flag.replace("-", "_").replace("__", "--", 1), str(value)]
    return [f"{flag}={value}"]
