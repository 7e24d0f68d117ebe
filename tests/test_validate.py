"""Values against schemas: what is at fault, where, and in agreement with a validator people know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dialkit.catalog import Catalog
from dialkit.catalog.example import answer_example, compose
from dialkit.catalog.validate import DEEPEST, MOST, Fault, faults, shown, unknown

CATALOG = Catalog()
INT64 = {"type": ["integer", "null"], "format": "int64"}
E164 = r"^\+[1-9][0-9]{1,14}$"


def schema_of(operation_id: str, field: str) -> tuple[dict[str, Any], dict[str, Any]]:
    operation = CATALOG.operation(operation_id)
    found = operation.field(field)
    assert found is not None
    return found.schema, operation.schemas


@pytest.mark.parametrize(
    ("value", "schema", "message"),
    [
        ("1", {"type": "integer"}, "must be an integer; got '1'"),
        (True, {"type": "integer"}, "must be an integer; got true"),
        (1.0, {"type": "integer"}, "must be an integer; got 1.0"),
        (1, {"type": "boolean"}, "must be true or false; got 1"),
        (float("nan"), {"type": "number"}, "must be a number; got nan"),
        (float("inf"), {"type": "number"}, "must be a number; got inf"),
        (5, {"type": ["string", "null"]}, "must be text; got 5"),
        (None, {"type": "string"}, "must be text; got null"),
        (True, {"enum": [1, 2]}, "must be one of 1, 2; got true"),
        ({"a": 1}, {"type": "array"}, "must be a list; got an object"),
        ([], {"type": "object"}, "must be an object; got a list"),
        (b"x", {"type": "string"}, "must be text; got bytes"),
        ("x", {"enum": ["callcenter", "office"]}, "must be one of callcenter, office; got 'x'"),
        (2**63, INT64, f"must fit in 64 bits, -2^63 to 2^63 - 1; got {2**63}"),
        (-(2**63) - 1, INT64, f"must fit in 64 bits, -2^63 to 2^63 - 1; got {-(2**63) - 1}"),
        (9, {"type": "integer", "minimum": 10}, "must be at least 10; got 9"),
        (1.5, {"type": "number", "maximum": 1}, "must be at most 1; got 1.5"),
        ("ab", {"minLength": 3}, "must have at least 3 characters; has 2"),
        ("ab", {"maxLength": 1}, "must have at most 1 character; has 2"),
        ([1], {"minItems": 2}, "must have at least 2 items; has 1"),
        ([1, 2], {"maxItems": 1}, "must have at most 1 item; has 2"),
        ("a\n", {"pattern": r"^[^\r\n]*$"}, "must be one line, without line breaks; got 'a\\n'"),
        ("415", {"pattern": E164}, "must be a phone number in E.164, such as +14155550123; got '415'"),
        ("aGk", {"format": "byte"}, "must be Base64; got 'aGk'"),
        ("a b=", {"format": "byte"}, "must be Base64; got 'a b='"),
        ("aGk\n", {"format": "byte"}, "must be Base64; got 'aGk\\n'"),
        ("é", {"format": "byte"}, "must be Base64; got 'é'"),
        ("aGk=", {"format": "byte", "x-max-bytes": 1}, "must be at most 1 bytes before Base64; is 2"),
        ("on", {"pattern": "^auto$"}, "must be auto; got 'on'"),
        ("x", {"pattern": "^[0-9]$"}, "must match ^[0-9]$; got 'x'"),
        ("\ud800", {"type": "string"}, "holds half a character (a lone surrogate), which UTF-8 cannot carry"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(value: Any, schema: dict[str, Any], message: str) -> None:
    assert faults(value, schema, {}) == [Fault("", message)]


def test_long_lists_of_choices_are_cut() -> None:
    [fault] = faults("x", {"enum": [f"c{n}" for n in range(14)]}, {})
    assert (
        fault.message
        == "must be one of c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, … (14 in all); got 'x'"
    )


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (None, {"type": ["string", "null"], "minLength": 1}),
        (None, {"type": ["string", "null"], "enum": ["a", None]}),
        (-(2**63), INT64),
        (2**63 - 1, INT64),
        (1, {"type": "number"}),
        ((1, 2), {"type": "array", "items": {"type": "integer"}}),
        ("me", {"type": "integer", "x-me": True}),
        ("anything", {}),
        ("x", {"type": "file"}),
        ("aGk=", {"format": "byte", "x-max-bytes": 2}),
        ("", {"format": "byte"}),
        ("x", {"pattern": "(?<never closed"}),
        ("a$", {"pattern": r"^a\$"}),
        ({"unknown": 1}, {"type": "object", "properties": {"known": {"type": "string"}}}),
    ],
)
def test_lets_pass_what_fits(value: Any, schema: dict[str, Any]) -> None:
    assert faults(value, schema, {}) == []


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-03-05T17:20:00", True),
        ("2026-03-05T17:20", True),
        ("2026-03-05T17:20:00.123Z", True),
        ("2026-03-05T17:20:00+01:00", True),
        ("2024-02-29T00:00:00Z", True),
        ("2026-02-29T00:00:00Z", False),
        ("2026-03-05", False),
        ("2026-03-05 17:20:00", False),
        ("2026-03-05T25:00:00", False),
        ("٢٠٢٦-03-05T17:20:00", False),
        ("2026-03-05T17:20:00\n", False),
        ("yesterday", False),
    ],
)
def test_dates(text: str, fits: bool) -> None:
    schema = {"type": "string", "format": "date-time"}
    assert (faults(text, schema, {}) == []) == fits
    assert faults(text, schema, {}, loose=True) == []


def test_paths_lead_to_the_fault() -> None:
    schemas = {
        "Person": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "phones": {"type": "array", "items": {"type": "string"}},
            },
        }
    }
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}
    value = [{"name": "Ann"}, {"phones": ["+1", 2]}]
    assert faults(value, schema, schemas) == [
        Fault("[1].name", "is required"),
        Fault("[1].phones[1]", "must be text; got 2"),
    ]
    assert faults(value[1], schema["items"], schemas)[1].path == "phones[1]"


def test_uniqueness_names_the_second() -> None:
    schema = {"type": "array", "uniqueItems": True}
    assert faults([1, {"a": 1, "b": 2}, {"b": 2, "a": 1}], schema, {}) == [
        Fault("[2]", "stands in the list twice: an object")
    ]
    assert faults([1, "1", True], schema, {}) == []


def test_all_parts_must_fit() -> None:
    schema = {"allOf": [{"type": "string", "minLength": 2}, {"pattern": "^a"}]}
    assert faults("ab", schema, {}) == []
    assert [fault.message for fault in faults("b", schema, {})] == [
        "must have at least 2 characters; has 1",
        "must match ^a; got 'b'",
    ]


@pytest.mark.parametrize(
    ("operation", "field", "value", "expected"),
    [
        ("numbers.swap_number.post", "swap_details", {"type": "auto"}, []),
        ("numbers.swap_number.post", "swap_details", {"type": "provided_number", "number": "+1503555"}, []),
        ("numbers.swap_number.post", "swap_details", {"type": "area_code", "area_code": 503},
         [("area_code", "must be text; got 503")]),
        ("numbers.swap_number.post", "swap_details", {"type": "cheap"},
         [("type", "must be one of area_code, auto, provided_number; got 'cheap'")]),
        ("numbers.swap_number.post", "swap_details", {"area_code": "503"}, [("type", "is required")]),
        ("numbers.swap_number.post", "swap_details", "auto", [("", "must be an object; got 'auto'")]),
        ("call.transfer_call", "to", {"target_id": 5, "target_type": "usr"},
         [("target_type", "must be one of callcenter, department, office, user; got 'usr'")]),
        ("call.transfer_call", "to", {"target_id": "5", "target_type": "user"},
         [("target_id", "must be an integer; got '5'")]),
        ("call.transfer_call", "to", {"operator_id": 5}, [("target_id", "is required")]),
        ("call.transfer_call", "to", {"user": 5},
         [("", "must have operator_id and target_id, or call_id, or number, or target_id and target_type")]),
    ],
)  # fmt: skip
def test_choices_report_the_one_that_was_meant(
    operation: str, field: str, value: Any, expected: list[tuple[str, str]]
) -> None:
    schema, schemas = schema_of(operation, field)
    assert faults(value, schema, schemas) == expected


def test_answers_may_be_spelled_as_the_service_does() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "format": "int64", "minimum": 1},
            "count": {"type": "integer"},
            "name": {"type": "string"},
            "ids": {"type": "array", "items": {"type": "integer", "format": "int64"}},
        },
    }
    answer = {"id": "5391827364501928", "name": None, "ids": ["1", 2], "more": {}}
    assert faults(answer, schema, {}, loose=True) == []
    assert [fault.path for fault in faults(answer, schema, {})] == ["id", "name", "ids[0]"]
    assert faults({"id": "0", "count": "1"}, schema, {}, loose=True) == [
        Fault("id", "must be at least 1; got 0"),
        Fault("count", "must be an integer; got '1'"),
    ]
    for text in ("1x", "1_0", " 1", "", "9" * 5000, "١٢"):
        assert faults({"id": text}, schema, {}, loose=True) != []


def test_every_answer_fits_as_the_service_spells_it() -> None:
    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: spelled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [spelled(inner) for inner in value]
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    found = {}
    for operation in CATALOG:
        if "schema" in operation.answer:
            answer, schema = spelled(answer_example(operation)), operation.answer["schema"]
            wrong = faults(answer, schema, operation.schemas, loose=True)
            # Numbers that are no ids stay numbers on the wire; the function above spells them all.
            found[operation.id] = [f for f in wrong if not f.message.startswith("must be a number")]
    assert len(found) > 200
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_unknown_properties_are_found_and_no_faults() -> None:
    schemas = {"Inner": {"type": "object", "properties": {"known": {"type": "string"}}}}
    schema = {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
            "free": {"type": "object"},
        },
    }
    value = {"list": [{"known": "x"}, {"knwon": "x"}], "free": {"any": 1}, "extra": 1, "bad\x1bname": 2}
    assert unknown(value, schema, schemas) == ["list[1].knwon", "extra", "'bad\\x1bname'"]
    assert faults(value, schema, schemas) == []
    choice, schemas = schema_of("numbers.swap_number.post", "swap_details")
    assert unknown({"type": "auto", "number": "+1"}, choice, schemas) == ["number"]
    assert unknown({"type": "provided_number", "number": "+1"}, choice, schemas) == []


def test_work_is_bounded() -> None:
    schemas = {"Tree": {"type": "object", "properties": {"tree": {"$ref": "#/components/schemas/Tree"}}}}
    tree: dict[str, Any] = {}
    for _ in range(500):
        tree = {"tree": tree}
    found = faults(tree, {"$ref": "#/components/schemas/Tree"}, schemas)
    assert found == [Fault(".".join(["tree"] * (DEEPEST + 1)), f"is nested deeper than {DEEPEST} levels")]
    assert unknown(tree, {"$ref": "#/components/schemas/Tree"}, schemas) == []
    many = faults(["x"] * 5000, {"type": "array", "items": {"type": "integer"}}, {})
    assert len(many) == MOST


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.binary()))
def test_what_messages_show_is_one_short_line(value: Any) -> None:
    text = shown(value)
    assert len(text) <= 80
    assert text.isprintable()


def test_numbers_too_long_to_show_are_not_shown() -> None:
    assert shown(10**5000) == "an integer"
    assert faults(10**5000, {"type": "string"}, {}) == [Fault("", "must be text; got an integer")]


SCALARS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", ["string", "null"]])},
        optional={
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(1, 4),
            "pattern": st.sampled_from(["^a*$", "b", "^[^c]$"]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number", ["integer", "null"]])},
        optional={"minimum": st.integers(-2, 2), "maximum": st.integers(-1, 3)},
    ),
    st.sampled_from(
        [{"type": "boolean"}, {}, {"enum": ["a", 1, 2, None]}, {"$ref": "#/components/schemas/Named"}]
    ),
)
NAMES = st.sampled_from(["a", "b", "c"])
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner},
            optional={
                "minItems": st.integers(0, 2),
                "maxItems": st.integers(0, 2),
                "uniqueItems": st.booleans(),
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)},
            optional={"required": st.lists(NAMES, max_size=2, unique=True)},
        ),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 4), st.sampled_from([0.5, -1.5]), st.text("abc", max_size=4)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(schema=SCHEMAS, value=VALUES)
def test_agrees_with_a_known_validator(schema: dict[str, Any], value: Any) -> None:
    schemas = {"Named": {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}}
    known = Draft202012Validator({**schema, "components": {"schemas": schemas}})
    assert (faults(value, schema, schemas) == []) == known.is_valid(value)


def test_every_composed_body_fits() -> None:
    for operation in CATALOG:
        if operation.body:
            body = compose(operation.body["schema"], operation.schemas)
            assert faults(body, operation.body["schema"], operation.schemas) == [], operation.id
            assert unknown(json.loads(json.dumps(body)), operation.body["schema"], operation.schemas) == []
