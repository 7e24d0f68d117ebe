"""Texts of a command line read as values: what they become, and what is said when they cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialkit.catalog import Catalog
from dialkit.catalog.example import compose
from dialkit.catalog.model import kind, resolve
from dialkit.catalog.values import ValueFault, read, read_array

CATALOG = Catalog()
INTEGER = {"type": "integer", "format": "int64"}
NUMBER = {"type": "number", "format": "double"}
STRING = {"type": "string"}
BOOLEAN = {"type": "boolean"}
PHONES = {"type": "array", "items": STRING}
PAIR = {"type": "object", "required": ["target_id"], "properties": {"target_id": INTEGER, "name": STRING}}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def refusal(*texts: str, schema: dict[str, Any], flag: str = "--x") -> ValueFault:
    with pytest.raises(ValueFault) as caught:
        read(texts[0], schema, {}, flag=flag) if len(texts) == 1 else read_array(
            [*texts], schema, {}, flag=flag
        )
    message = caught.value.message
    assert message.startswith(flag)
    assert message.isprintable()
    return caught.value


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(value: int) -> None:
    assert read(str(value), INTEGER, {}, flag="--x") == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    found = read(repr(value), NUMBER, {}, flag="--x")
    assert found == value
    assert isinstance(found, float)


@given(TEXTS)
def test_texts_stay_as_they_are(value: str) -> None:
    assert read(value, STRING, {}, flag="--x") == value


@given(st.lists(TEXTS))
def test_lists_come_back_from_json(value: list[str]) -> None:
    assert read(json.dumps(value), PHONES, {}, flag="--x") == value


@given(st.lists(TEXTS.filter(lambda text: not text.lstrip().startswith("["))))
def test_lists_come_back_from_repeated_flags(value: list[str]) -> None:
    assert read_array(value, PHONES, {}, flag="--x") == value


@given(st.dictionaries(TEXTS, st.one_of(st.integers(), TEXTS, st.booleans(), st.none())))
def test_objects_come_back(value: dict[str, Any]) -> None:
    assert read(json.dumps(value), {"type": "object"}, {}, flag="--x") == value


@given(st.text())
def test_any_text_is_a_value_or_one_clear_line(text: str) -> None:
    refused = []
    for schema in (INTEGER, NUMBER, BOOLEAN, STRING, PHONES, PAIR, {"enum": ["a", "b"]}, {}):
        try:
            read(text, schema, {}, flag="--x")
        except ValueFault as fault:
            refused.append(fault.message)
    assert [message for message in refused if not message.isprintable() or len(message) > 300] == []


def test_every_field_reads_its_own_example() -> None:
    read_back = 0
    for operation in CATALOG:
        for field in operation.fields:
            value = compose(field.schema, operation.schemas)
            text = value if isinstance(value, str) else json.dumps(value)
            assert read(text, field.schema, operation.schemas, flag=field.flag) == value, (
                operation.id,
                field.name,
            )
            read_back += 1
    assert read_back > 700


def test_every_field_refuses_what_is_of_another_type() -> None:
    for operation in CATALOG:
        for field in operation.fields:
            if kind(resolve(field.schema, operation.schemas)) in ("integer", "number", "boolean", "object"):
                with pytest.raises(ValueFault, match=field.flag):
                    read("nothing of the kind", field.schema, operation.schemas, flag=field.flag)


@pytest.mark.parametrize(
    "text", ["1e3", " 1", "1 ", "1_000", "+1", "1.0", "0x10", "007", "-0", "", "１２", "١٢", "--1"]
)
def test_integers_are_plain_digits(text: str) -> None:
    fault = refusal(text, schema=INTEGER, flag="--count")
    assert fault.message == f"--count must be an integer; got {text!r}"
    assert fault.hint == "write it in digits only, such as 12"


@pytest.mark.parametrize(
    ("flag", "schema", "hint"),
    [
        ("--id", {}, "digits, or an alias: dialpad alias set NAME ID"),
        ("--user-id", {}, "digits, or an alias: dialpad alias set NAME ID"),
        ("--paid", {}, "write it in digits only, such as 12"),
        ("--to.target-id", {}, "write it in digits only, such as 12"),
        ("--end", {"x-unit": "s"}, "write it in epoch seconds, such as 1772817600"),
        ("--end", {"x-unit": "ms"}, "write it in epoch milliseconds, such as 1772817600000"),
    ],
)
def test_hints_for_integers_know_ids_and_moments(flag: str, schema: dict[str, Any], hint: str) -> None:
    assert refusal("x", schema={**INTEGER, **schema}, flag=flag).hint == hint


def test_base64_says_how_to_make_it() -> None:
    fault = refusal("photo.jpg", schema={"type": "string", "format": "byte"}, flag="--media")
    assert fault.message.startswith("--media must be Base64")
    assert fault.hint == "one line of a file's Base64: base64 FILE | tr -d '\\n'"


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "1_0", " 1", "1,5", ".5", "1.", ""])
def test_numbers_are_finite_and_plain(text: str) -> None:
    assert refusal(text, schema=NUMBER).message == f"--x must be a number; got {text!r}"


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "9" * 300])
def test_integers_fit_in_64_bits(text: str) -> None:
    assert "must fit in 64 bits" in refusal(text, schema=INTEGER).message


@pytest.mark.parametrize(
    ("texts", "value"),
    [(("true", "YES", "On", "1"), True), (("false", "no", "OFF", "0"), False)],
)
def test_booleans_have_many_spellings(texts: tuple[str, ...], value: bool) -> None:
    assert [read(text, BOOLEAN, {}, flag="--x") for text in texts] == [value] * 4
    assert refusal("maybe", schema=BOOLEAN).hint == "write true or false"


def test_null_is_for_what_is_no_text() -> None:
    assert read("null", {"type": ["integer", "null"]}, {}, flag="--x") is None
    assert read("null", {"type": ["array", "null"], "items": STRING}, {}, flag="--x") is None
    assert read_array(["null"], {"type": ["array", "null"], "items": STRING}, {}, flag="--x") is None
    assert read("null", {"type": ["string", "null"]}, {}, flag="--x") == "null"
    refusal("null", schema=INTEGER)
    refusal("null", schema={"type": ["string", "null"], "enum": ["a", None]})


def test_me_only_where_it_is_known() -> None:
    mine = {**INTEGER, "x-me": True}
    assert read("me", mine, {}, flag="--id") == "me"
    assert read("12", mine, {}, flag="--id") == 12
    assert refusal("you", schema=mine).message == "--x must be an integer or me; got 'you'"
    refusal("me", schema=INTEGER)


def test_choices_are_exact_and_the_nearest_is_offered() -> None:
    schema = {"type": ["string", "null"], "enum": ["callcenter", "department", "office", None]}
    assert read("office", schema, {}, flag="--x") == "office"
    fault = refusal("Offise", schema=schema, flag="--target-type")
    assert fault.message == "--target-type cannot be 'Offise'"
    assert fault.hint == "did you mean office? choices: callcenter, department, office"
    assert refusal("zzzzzz", schema=schema).hint == "choices: callcenter, department, office"
    assert read("2", {"type": "integer", "enum": [1, 2]}, {}, flag="--x") == 2
    long = refusal("zzzzzz", schema={"type": "string", "enum": [f"state{n}" for n in range(31)]}).hint
    assert long is not None
    assert long.endswith("state11, … (31 in all)")


def test_dates_pass_unchanged() -> None:
    schema = {"type": "string", "format": "date-time"}
    for text in ("2026-03-05T17:20:00Z", "2026-03-05T17:20:00", "2026-03-05T17:20+01:00"):
        assert read(text, schema, {}, flag="--start") == text
    fault = refusal("tomorrow", schema=schema, flag="--start")
    assert fault.message == "--start must be a date and time such as 2026-03-05T17:20:00Z; got 'tomorrow'"


def test_lists_put_texts_together() -> None:
    assert read_array(['["+1", "+2"]', "+3", " [] ", '["+4"]'], PHONES, {}, flag="--x") == [
        "+1",
        "+2",
        "+3",
        "+4",
    ]
    assert read_array([], PHONES, {}, flag="--x") == []
    assert read("+1,+2", PHONES, {}, flag="--x") == ["+1,+2"]
    ids = {"type": "array", "items": INTEGER}
    assert read_array(["1", "[2, 3]"], ids, {}, flag="--x") == [1, 2, 3]
    assert refusal('["1"]', schema=ids).message == "--x[0] must be an integer; got '1'"
    things = {"type": "array", "items": PAIR}
    assert read_array(['{"target_id": 1}', '[{"target_id": 2}]'], things, {}, flag="--x") == [
        {"target_id": 1},
        {"target_id": 2},
    ]


def test_commas_are_told_apart() -> None:
    ids = {"type": "array", "items": INTEGER}
    assert refusal("1,2", schema=ids, flag="--ids").hint == "repeat the flag: --ids 1 --ids 2"
    states = {"type": "array", "items": {"type": "string", "enum": ["ringing", "hangup"]}}
    assert refusal("ringing,hangup", schema=states).hint == "repeat the flag: --x ringing --x hangup"
    numbers = {"type": "array", "items": {"type": "string", "pattern": r"^\+[1-9][0-9]{1,14}$"}}
    assert refusal("+14155550123,+15035550123", schema=numbers).hint == (
        "repeat the flag: --x +14155550123 --x +15035550123"
    )
    assert refusal("1,$(rm -rf x)", schema=ids).hint == "repeat the flag for each item: --x ONE --x TWO"


def test_objects_show_both_ways_to_write_them() -> None:
    schemas = {
        "Pair": {**PAIR, "properties": {**PAIR["properties"], "target_id": {**INTEGER, "examples": [5610]}}}
    }
    with pytest.raises(ValueFault) as caught:
        read("user", {"$ref": "#/components/schemas/Pair"}, schemas, flag="--to")
    assert caught.value.message == "--to must be an object; got 'user'"
    assert caught.value.hint == """write --to '{"target_id": 5610}' or --to.target-id VALUE"""
    assert refusal("{}", schema=PAIR, flag="--to").message == "--to.target_id is required"
    assert refusal('{"target_id": "1"}', schema=PAIR, flag="--to").message == (
        "--to.target_id must be an integer; got '1'"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '{"target_id": 1',
            "--x is not valid JSON at character 16 (Expecting ',' delimiter): '{\"target_id\": 1'",
        ),
        ('{"target_id": NaN}', "--x holds a number that JSON cannot carry"),
        ('{"target_id": ' + "1" * 5000 + "}", "--x holds a number that JSON cannot carry"),
        ('{"a":' * 100_000, "--x is nested too deeply"),
        ('{"target_id": 1, "name": "\\ud800"}', "--x.name holds half a character"),
    ],
)
def test_json_that_is_none_is_said_so(text: str, told: str) -> None:
    assert refusal(text, schema=PAIR).message.startswith(told)


def test_choices_of_several_types_take_the_narrowest() -> None:
    either = {"oneOf": [STRING, INTEGER, PAIR]}
    assert read("12", either, {}, flag="--x") == 12
    assert read("twelve", either, {}, flag="--x") == "twelve"
    assert read('{"target_id": 1}', either, {}, flag="--x") == {"target_id": 1}
    assert read('{"any": 1}', {}, {}, flag="--x") == {"any": 1}
    assert read("12", {}, {}, flag="--x") == "12"


def test_messages_escape_and_shorten() -> None:
    fault = refusal("\x1b[31m" + "x" * 200, schema=INTEGER)
    assert "\x1b" not in fault.message
    assert len(fault.message) < 130
