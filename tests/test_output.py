"""How data is shown: forms, streaming, safety on terminals and in spreadsheets, fields, jq."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dialkit.catalog import Catalog
from dialkit.cli.output import FORMATS, Items, Options, check, choose_format, options_for, write
from dialkit.cli.output.cells import cell, fitted, moment
from dialkit.cli.output.fields import available_fields, parse_fields, pick
from dialkit.cli.output.records import identity
from dialkit.cli.output.table import FIRST
from dialkit.errors import InvalidArgument, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_FORMATS = sorted(FORMATS.keys() - {"raw"})
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PLAIN = Options()
TERMINAL = Options(is_tty=True, width=80)

numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
names = st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)
# What a hostile sender would put into a name or a text.
HOSTILE = "=+-@|!\t\r\n'\",;\\ \x00\x1b\x7f\x9b\u202e\u2066\ufeff＝０1aé漢\ud800"
hostile = st.text(HOSTILE, min_size=1, max_size=10)


def shown(data: Any, options: Options = PLAIN, *, err: io.StringIO | None = None) -> str:
    """What reaches the other end of a real UTF-8 stream, byte for byte."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    write(data, options, out, err)
    out.flush()
    return raw.getvalue().decode("utf-8")


def failing(*items: Any) -> Iterator[Any]:
    yield from items
    raise UpstreamError("page 2 failed", status=502)


# Documents


@few
@given(values)
def test_json_round_trips(value: Any) -> None:
    assert json.loads(shown(value)) == value
    assert json.loads(shown(value, TERMINAL._replace(format="json"))) == value


@few
@given(st.lists(values, max_size=4))
def test_streams_of_json_round_trip(items: list[Any]) -> None:
    assert json.loads(shown(Items(items), Options("json"))) == items
    for options in (Options("ndjson"), TERMINAL._replace(format="ndjson")):
        lines = shown(Items(items), options).split("\n")
        assert [json.loads(line) for line in lines[:-1]] == items
        assert lines[-1] == ""


def test_json_is_indented_and_keeps_letters_as_they_are() -> None:
    assert shown({"name": "Zoë 漢 🎉"}) == '{\n  "name": "Zoë 漢 🎉"\n}\n'
    assert shown(Items([{"a": [1]}, 2])) == '[\n  {\n    "a": [\n      1\n    ]\n  },\n  2\n]\n'
    assert shown(Items([])) == "[]\n"
    assert shown(None) == "null\n"


def test_a_stream_that_fails_is_still_whole_json() -> None:
    out = io.StringIO()
    with pytest.raises(UpstreamError):
        write(Items(failing({"id": 1}, {"id": 2})), Options("json"), out)
    assert json.loads(out.getvalue()) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_a_stream_that_fails_at_once_writes_nothing(form: str) -> None:
    out = io.StringIO()
    with pytest.raises(UpstreamError):
        write(Items(failing()), Options(form), out)
    assert out.getvalue() == ""


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_what_came_before_an_error_is_shown(form: str) -> None:
    out = io.StringIO()
    with pytest.raises(UpstreamError):
        write(Items(failing({"id": 71}, {"id": 72})), Options(form), out)
    assert "71" in out.getvalue()
    assert "72" in out.getvalue()


@few
@given(values)
def test_yaml_round_trips(value: Any) -> None:
    assert yaml.safe_load(shown(value, Options("yaml"))) == value


@few
@given(st.lists(objects, max_size=3))
def test_a_stream_of_yaml_is_one_sequence(items: list[Any]) -> None:
    assert yaml.safe_load(shown(Items(items), Options("yaml"))) == items


LOOKALIKES = "123 +14155550123 1e5 0o17 0x1f 1_000 12:30:00 .5 1. -7 yes n null ~ .inf nan 2026-03-05"


@pytest.mark.parametrize("text", LOOKALIKES.split())
def test_yaml_quotes_text_that_reads_as_something_else(text: str) -> None:
    assert shown({"a": text}, Options("yaml")) == f"a: '{text}'\n"


def test_yaml_keeps_letters_order_and_long_lines() -> None:
    data = {"b": "Zoë 漢 🎉", "a": "word " * 60 + "end"}
    assert shown(data, Options("yaml")) == f"b: Zoë 漢 🎉\na: {data['a']}\n"


def test_raw_is_the_bytes_as_received() -> None:
    raw = io.BytesIO()
    data = b"\xff\x00\r\n\x1b[31m"
    for options in (Options("raw"), Options(None, is_tty=True)):
        out = io.TextIOWrapper(raw, encoding="utf-8")
        write(data, options, out)
        out.detach()
    assert raw.getvalue() == data * 2


def test_bytes_take_no_other_form() -> None:
    for options in (Options("csv"), Options(jq="."), Options(fields=("a",))):
        with pytest.raises(InvalidArgument, match="as received"):
            shown(b"%PDF", options)


# Streaming


@pytest.mark.skipif(os.name == "nt", reason="pipes always block there")
@pytest.mark.parametrize("form", ["json", "ndjson", "yaml", "csv", "tsv", "ids"])
def test_the_first_item_is_out_before_the_second_is_made(form: str) -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with os.fdopen(reader, "rb"), os.fdopen(writer, "w", encoding="utf-8") as out:

        def items() -> Iterator[dict[str, Any]]:
            yield {"id": "first"}
            assert b"first" in os.read(reader, 4096)  # BlockingIOError where nothing was flushed
            yield {"id": "second"}

        write(Items(items()), Options(form, fields=("id",)), out)
        assert b"second" in os.read(reader, 4096)


class Row(dict[str, Any]):
    """An item that knows how many of its kind are alive."""

    alive = 0

    def __init__(self, number: int) -> None:
        super().__init__(id=number)
        Row.alive += 1

    def __del__(self) -> None:
        Row.alive -= 1


@pytest.mark.parametrize(
    ("form", "held", "count"),
    [("ndjson", 2, 100_000), ("json", 2, 3000), ("ids", 2, 3000), ("csv", 1002, 3000),
     ("tsv", 1002, 3000), ("table", 202, 3000)],
)  # fmt: skip
def test_memory_stays_flat(form: str, held: int, count: int) -> None:
    most = 0

    def items() -> Iterator[Row]:
        nonlocal most
        for number in range(count):
            yield Row(number)
            most = max(most, Row.alive)

    gc.collect()
    assert Row.alive == 0
    with open(os.devnull, "w", encoding="utf-8") as out:
        write(Items(items()), Options(form), out)
    assert 0 < most <= held


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_a_closed_pipe_stops_the_items(form: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    made = 0

    def items() -> Iterator[dict[str, Any]]:
        nonlocal made
        for made in range(1, 5001):
            yield {"id": made}

    out = os.fdopen(writer, "w", encoding="utf-8")
    try:
        with pytest.raises(BrokenPipeError):
            write(Items(items()), Options(form), out)
    finally:
        with pytest.raises(BrokenPipeError):
            out.close()
    assert made <= 1001


def test_json_needs_no_other_library() -> None:
    code = (
        "import io, json, sys, typing; before = set(sys.modules)\n"
        "from dialkit.cli.output import *\n"
        "write(Items([{'a': 1}]), options_for(sys.stdout, {}), sys.stdout)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = lines.splitlines()[-1].split()
    assert [name for name in loaded if not name.startswith("dialkit")] in ([], ["__future__"])
    assert not {"table", "text", "records", "query", "fields"} & {name.split(".")[-1] for name in loaded}


def test_a_plain_table_does_not_load_rich() -> None:
    code = (
        "import io, sys; from dialkit.cli.output import *\n"
        "write([{'id': 1, 'name': 'Mara'}], Options('table', width=80, is_tty=True), io.StringIO())\n"
        "print('rich' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


# Safety


UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize("form", TEXT_FORMATS)
@few
@given(
    item=st.dictionaries(
        hostile,
        hostile | st.lists(hostile, max_size=2) | st.dictionaries(hostile, hostile, max_size=2),
        max_size=3,
    )
)
def test_nothing_steers_a_terminal(form: str, item: dict[str, Any]) -> None:
    options = Options(form, is_tty=True, width=60)
    for data in (Items([{"id": "\x1b]0;owned\x07"}, item | {"id": 1}]), {"id": "\x1b[2J"} | item):
        assert not UNSAFE.search(shown(data, options))
    assert not UNSAFE.search(shown(list(item.values()), options._replace(format=None, jq=".[]")))


def test_escapes_are_readable() -> None:
    row = {"name": "a\x1b[31mb\u202ec\x9b"}
    assert shown([row], TERMINAL).splitlines()[1] == r"a\x1b[31mb\u202ec\x9b"
    assert shown(row, TERMINAL) == "name:  " + r"a\x1b[31mb\u202ec\x9b" + "\n"
    as_json = TERMINAL._replace(format="json")
    assert shown(row, as_json).splitlines()[1] == r'  "name": "a\u001b[31mb\u202ec\u009b"'


@pytest.mark.parametrize("form", TEXT_FORMATS)
@pytest.mark.parametrize("is_tty", [True, False])
def test_a_lone_surrogate_is_an_escape(form: str, is_tty: bool) -> None:
    text = shown({"id": "a\ud800b"}, Options(form, is_tty=is_tty))
    assert r"a\ud800b" in text.replace(r"\uD800", r"\ud800")
    if "json" in form:
        assert json.loads(text) == {"id": "a\ud800b"}


def test_a_stream_of_another_encoding_does_not_stop_the_output() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", newline="\r\n")
    write({"name": "Zoë"}, Options("json"), out)
    assert raw.getvalue() == '{\n  "name": "Zoë"\n}\n'.encode()
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    write({"name": "Zoë"}, TERMINAL, out)
    assert raw.getvalue() == b"name:  Zo\\xeb\n"


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@few
@given(st.lists(st.dictionaries(hostile, hostile, min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_cell_is_a_formula(rows: list[dict[str, str]]) -> None:
    for form in ("csv", "tsv"):
        text = shown(Items(rows), Options(form))
        table = read_csv(text) if form == "csv" else [line.split("\t") for line in text.split("\n")[:-1]]
        assert len(table) == len(rows) + 1
        assert len({len(line) for line in table}) == 1
        for text in (text for line in table for text in line):
            runs = re.match(r"[\ufeff ]*[=+\-@＝＋－＠]|[\t\r\n]", text)
            assert not runs or re.fullmatch("[+-]?[0-9]+", text)


@pytest.mark.parametrize(
    ("given_", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-1+1", "'-1+1"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("+1 415 555 0123", "'+1 415 555 0123"),
        ("-", "'-"),
        ("+", "'+"),
        ("+14155550123", "+14155550123"),
        ("-12.5", "-12.5"),
        ("-1e-5", "-1e-5"),
        ("1-2", "1-2"),
        ("a=b", "a=b"),
        (-5, "-5"),
        (True, "true"),
        (None, ""),
        ({"a": ["=1"]}, '{"a":["=1"]}'),
    ],
)
def test_cells(given_: Any, cell: str) -> None:
    assert read_csv(shown({"a": given_, "b": 0}, Options("csv")))[1] == [cell, "0"]


printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t\"',"))


@few
@given(st.lists(st.tuples(printable, printable)))
def test_csv_gives_back_what_went_in(rows: list[tuple[str, str]]) -> None:
    data = [{"a": f"x{left}", "b": f"x{right}"} for left, right in rows]
    read = read_csv(shown(Items(data), Options("csv", fields=("a", "b"))))
    assert read == [["a", "b"], *([row["a"], row["b"]] for row in data)]


def test_tsv_has_one_line_per_item() -> None:
    text = shown({"a": "x\ty\nz\\n\r\x00", "b": 1}, Options("tsv"))
    assert text == "a\tb\n" + r"x\ty\nz\\n\r\x00" + "\t1\n"


def test_columns_come_from_the_first_thousand_items() -> None:
    err = io.StringIO()
    named = {999: "b", 1000: "late"}
    items = ({"id": n, **({named[n]: n} if n in named else {})} for n in range(1002))
    lines = shown(Items(items), Options("csv"), err=err).splitlines()
    assert lines[0] == "id,b"
    assert lines[1000:] == ["999,999", "1000,", "1001,"]
    assert "late" in err.getvalue()


def test_rows_that_are_no_objects_have_a_column_of_their_own() -> None:
    assert shown(["a", 1, [2]], Options("csv")) == "value\na\n1\n[2]\n"
    assert shown({"a": ""}, Options("csv")) == 'a\n""\n'
    assert shown([], Options("csv")) == ""
    assert shown(Items([]), Options("csv", fields=("id", "name"))) == "id,name\n"


# Ids


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"user_id": 1, "id": 2}, "2"),
        ({"office_id": 1, "number": "+14155550123"}, "+14155550123"),
        ({"id": None, "call_id": "7"}, "7"),
        ({"request_id": "r", "target_id": 3}, "r"),
        ({"schedule_id": "s"}, "s"),
        ("plain", "plain"),
        (12, "12"),
        (True, None),
        ({"name": "x"}, None),
        ({"id": ""}, None),
        ({"id": {}}, None),
    ],
)
def test_identity(item: Any, found: str | None) -> None:
    assert identity(item) == found


def test_ids_are_printed_before_the_complaint() -> None:
    out = io.StringIO()
    with pytest.raises(InvalidArgument, match="1 of 3 items have no id"):
        write(Items([{"id": 1}, {"name": "x"}, {"id": "3\n4"}]), Options("ids"), out)
    assert out.getvalue() == "1\n3\\n4\n"
    assert shown([{"id": 1, "contact": {"id": 9}}], Options("ids", fields=("contact.id",))) == "9\n"


# Tables


@few
@given(st.lists(objects, max_size=5), st.integers(1, 60))
def test_no_line_of_a_table_is_wider_than_the_terminal(rows: list[dict[str, Any]], width: int) -> None:
    for fields in (None, tuple({name: None for row in rows for name in row}) or None):
        text = shown(Items(rows), Options("table", fields=fields, width=width, is_tty=True))
        assert all(cell_len(line) <= width for line in text.split("\n"))


def test_wide_characters_are_aligned() -> None:
    rows = [{"id": 1, "name": name, "text": "x"} for name in ("漢字", "Zoë 👩‍👩‍👧", "plain")]
    lines = shown(rows, TERMINAL).splitlines()
    assert {cell_len(line.rpartition("x")[0]) for line in lines[1:]} == {cell_len("id  Zoë 👩‍👩‍👧  ")}


def test_ids_numbers_and_times_are_cut_last() -> None:
    row = {
        "id": 5391827364501928,
        "title": "A very long title that goes on",
        "phone": "+14155550123",
        "date_started": 1772731200000,
        "text": "word " * 40,
    }
    line = shown([row], TERMINAL._replace(fields=tuple(row))).splitlines()[1]
    assert all(text in line for text in ("5391827364501928", "+14155550123", "2026-03-05T17:20:00Z"))
    assert "A very lon" in line
    assert line.endswith("…")
    assert cell_len(line) <= 80
    narrow = shown([row], TERMINAL._replace(fields=tuple(row), width=30)).splitlines()[1]
    assert cell_len(narrow) <= 30


def test_the_columns_that_matter_are_chosen_and_the_rest_is_said() -> None:
    rows = [{f"x{n}": "some text here" for n in range(20)} | {"empty": None, "name": "Mara", "id": 1}]
    err = io.StringIO()
    head = shown(rows, TERMINAL, err=err).splitlines()[0].split()
    assert head[:2] == ["id", "name"]
    assert "empty" not in head
    assert f"fields not shown: {23 - len(head)};" in err.getvalue()
    chosen = shown(rows, TERMINAL._replace(fields=("x3", "empty", "id"))).splitlines()
    assert chosen[0].split() == ["x3", "empty", "id"]


def test_rows_without_an_id_keep_their_order() -> None:
    rows = [{"field": "call_id", "type": "integer", "name": "x"}]
    assert shown(rows, TERMINAL).split("\n")[0].split() == ["field", "type", "name"]


def test_a_piped_table_is_whole() -> None:
    rows = [{"id": n, "text": "word " * 50 + "end", "e": None} for n in range(3)]
    lines = shown(Items(rows), Options("table")).splitlines()
    assert lines[0].split() == ["id", "text", "e"]
    assert all(line.endswith("end") for line in lines[1:])


def test_a_table_streams_after_its_sample() -> None:
    rows = [{"id": n, "name": "a" * (3 if n < 200 else 90)} for n in range(203)]
    lines = shown(Items(rows), TERMINAL).splitlines()
    assert len(lines) == 204
    assert lines[-1] == "202  aaa…"
    assert shown(Items(rows), Options("table")).splitlines()[-1] == "202  " + "a" * 90


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": 7, "name": "Priya Nair"}, "Priya Nair"),
        ({"id": 7, "name": ""}, "7"),
        ({"x": 1, "name": {}}, "2 fields"),
        ({"x": 1}, "1 field"),
        ({}, ""),
        (["a", "b"], "a, b"),
        ([1, 2, 3, 4, 5], "1, 2, 3 +2"),
        ([{"display_name": "Mara"}, {"id": 4}], "Mara, 4"),
        ([[1, 2], []], "2 items, 0 items"),
        ([], ""),
        (False, "false"),
        ("a\nb", r"a\nb"),
    ],
)
def test_nested_values_are_short(value: Any, text: str) -> None:
    assert cell("any", value) == text


def test_numbers_stand_to_the_right_and_ids_to_the_left() -> None:
    text = shown([{"id": 1, "count": 5}, {"id": 22, "count": 12345}], TERMINAL)
    assert text.splitlines() == ["id  count", "1       5", "22  12345"]


def test_one_object_is_keys_and_values() -> None:
    data = {
        "id": 7,
        "contact": {"name": "Priya", "phone": "+14155550123"},
        "text": "one\ntwo",
        "note": None,
        "to_numbers": ["+14155550123"] * 4,
        "url": "https://x.example/" + "a" * 100,
        "created_date": "1772731200",
    }
    assert shown(data, TERMINAL).splitlines() == [
        "id:             7",
        "contact.name:   Priya",
        "contact.phone:  +14155550123",
        "text:           one",
        "                two",
        "note:",
        "to_numbers:     " + ", ".join(["+14155550123"] * 4),
        "url:            https://x.example/" + "a" * 100,
        "created_date:   2026-03-05T17:20:00Z",
    ]


def test_other_values_on_a_terminal() -> None:
    err = io.StringIO()
    assert shown("done\x07", TERMINAL) == "done\\x07\n"
    assert shown(3.5, TERMINAL) == "3.5\n"
    assert shown(None, TERMINAL) == ""
    assert shown(Items([]), TERMINAL, err=err) == ""
    assert err.getvalue() == "note: no items\n"


def test_preferred_columns_exist_in_the_api() -> None:
    catalog = Catalog()
    known = {
        row["field"].rpartition(".")[2]
        for operation in catalog
        if "schema" in operation.answer
        for row in available_fields(operation.answer["schema"], operation.schemas)
    }
    assert set(FIRST) <= known


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1772731200000, "2026-03-05T17:20:00Z"),
        ("1772731200", "2026-03-05T17:20:00Z"),
        (412000, None),
        (True, None),
        ("+14155550123", None),
        (1772731200000.0, None),
        (None, None),
    ],
)
def test_moments(value: Any, text: str | None) -> None:
    assert moment(value) == text


@few
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "M"]), max_size=30), st.integers(1, 20))
def test_fitted_text_has_its_width(text: str, size: int) -> None:
    assert cell_len(fitted(text, size)) == size


# Colour and the terminal


def test_colour_is_for_keys_alone() -> None:
    options = TERMINAL._replace(color=True)
    data = {"a": '"b": 1', "c": ['"x": ', "y", {'d": "': "f"}]}
    text = shown(data, options._replace(format="json"))
    keys = re.findall("\x1b\\[36m(.*?)\x1b\\[39m", text)
    assert [json.loads(key) for key in keys] == ["a", "c", 'd": "']
    assert json.loads(re.sub("\x1b\\[[0-9]+m", "", text)) == data
    assert shown({"a": 1}, options) == "\x1b[36ma:\x1b[39m  1\n"
    assert shown([{"a": 1}], options) == "\x1b[36ma\x1b[39m\n1\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal of unknown size."""

    def isatty(self) -> bool:
        return True


def test_options_of_streams() -> None:
    modern = {"WT_SESSION": "1"}
    assert options_for(io.StringIO(), modern) == Options()
    assert options_for(Terminal(), modern) == Options(color=True, width=80, is_tty=True)
    assert options_for(Terminal(), modern | {"COLUMNS": "132"}).width == 132
    for wrong in ("0", "-3", "wide", "", "²"):
        assert options_for(Terminal(), {"COLUMNS": wrong}).width == 80
    assert not options_for(Terminal(), modern | {"NO_COLOR": "1"}).color
    assert not options_for(Terminal(), modern | {"TERM": "dumb"}).color
    assert options_for(Terminal(), modern | {"NO_COLOR": ""}).color
    assert options_for(io.StringIO(), {"COLUMNS": "132"}, format="csv", jq=".").jq == "."


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")
def test_a_real_terminal_has_its_width() -> None:
    import fcntl
    import struct
    import termios

    main, side = os.openpty()
    try:
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 97, 0, 0))
        with os.fdopen(side, "w", encoding="utf-8") as out:
            assert options_for(out, {}).width == 97
            write([{"id": 1}], options_for(out, {"NO_COLOR": "1"}), out)
            shown = b""
            while len(shown) < len(b"id\r\n1\r\n"):  # a terminal may hand it over in pieces
                shown += os.read(main, 100)
            assert shown == b"id\r\n1\r\n"
    finally:
        os.close(main)


def test_the_format_is_chosen_by_where_it_goes() -> None:
    assert choose_format(Options()) == "json"
    assert choose_format(Options(is_tty=True)) == "table"
    assert choose_format(Options("csv", is_tty=True)) == "csv"


def test_options_are_checked_before_anything_is_sent() -> None:
    for options in (Options("xml"), Options("raw", jq="."), Options("raw", fields=("a",)), Options(jq=".[")):
        with pytest.raises(InvalidArgument) as caught:
            check(options)
        assert "\n" not in caught.value.message
    for form in (None, *FORMATS):
        check(Options(form))


# Fields


ANSWER = {
    "id": 1,
    "contact": {"name": "Priya", "phones": ["+14155550123", "+14155550124"]},
    "recipients": [{"number": "a", "tags": ["x"]}, {"number": "b"}, 5],
    "0": "zero",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 1),
        ("contact.name", "Priya"),
        ("contact.phones.1", "+14155550124"),
        ("contact.phones.9", None),
        ("recipients.number", ["a", "b", None]),
        ("recipients.tags.0", ["x", None, None]),
        ("recipients.1.number", "b"),
        ("id.x", None),
        ("nowhere.at.all", None),
        ("0", "zero"),
        ("recipients." + "9" * 5000, None),
    ],
)
def test_pick(path: str, value: Any) -> None:
    assert pick(ANSWER, path.split(".")) == value


def test_fields_keep_their_order_in_every_form() -> None:
    options = Options("json", fields=parse_fields("contact.name, id,gone,id"))
    assert shown(ANSWER, options) == '{\n  "contact.name": "Priya",\n  "id": 1,\n  "gone": null\n}\n'
    line = '{"contact.name":"Priya","id":1,"gone":null}\n'
    assert shown(Items([ANSWER]), options._replace(format="ndjson")) == line
    assert shown([ANSWER], options._replace(format="csv")) == "contact.name,id,gone\nPriya,1,\n"
    assert shown(None, options) == "null\n"


@pytest.mark.parametrize("text", ["", "a,,b", "a..b", ".", "a,"])
def test_empty_names_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="empty name"):
        parse_fields(text)


def test_the_fields_there_are() -> None:
    operation = Catalog().operation("call.list")
    rows = available_fields(operation.answer["schema"], operation.schemas, items="items")
    found = {row["field"]: row["type"] for row in rows}
    assert found["call_id"] == "integer"
    assert found["contact"] == "object"
    assert found["contact.phone"] == "string"
    assert found["labels"] == "array of string"
    assert all(row["description"] for row in rows)
    whole = {row["field"] for row in available_fields(operation.answer["schema"], operation.schemas)}
    assert {"cursor", "items", "items.call_id"} <= whole


def test_every_answer_has_fields_and_examples_use_them() -> None:
    from dialkit.catalog.example import answer_example

    for operation in Catalog():
        example = answer_example(operation)
        if isinstance(example, dict) and "schema" in operation.answer:
            found = {row["field"] for row in available_fields(operation.answer["schema"], operation.schemas)}
            assert example.keys() <= found, operation.id


def nested(name: str, inner: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {name: inner}}


def test_a_schema_inside_itself_is_named_once() -> None:
    schemas: dict[str, Any] = {
        "Node": {
            "type": ["object", "null"],
            "properties": {
                "name": {"type": "string", "format": "date-time", "description": "Its name."},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                "a": nested("b", nested("c", nested("d", nested("e", {})))),
            },
        }
    }
    rows = available_fields({"type": "array", "items": {"$ref": "#/components/schemas/Node"}}, schemas)
    assert rows[0] == {"field": "name", "type": "string (date-time)", "description": "Its name."}
    assert [row["field"] for row in rows] == ["name", "children", "a", "a.b", "a.b.c", "a.b.c.d"]
    assert rows[1]["type"] == "array of object"


# jq


def test_jq_prints_text_as_it_is_and_the_rest_as_json() -> None:
    data = Items([{"id": 1, "name": "Zoë\nB"}, {"id": 2, "name": None}])
    assert shown(data, Options(jq=".[].name")) == "Zoë\nB\nnull\n"
    assert shown({"a": [1, {"b": True}]}, Options(jq=".a")) == '[1,{"b":true}]\n'
    assert json.loads(shown({"a": [1, "x"]}, Options("json", jq=".a[]"))) == [1, "x"]
    assert shown({"a": ["x\ny"]}, Options("ndjson", jq=".a[]")) == '"x\\ny"\n'
    assert shown({"a": 1}, Options(jq="empty")) == ""
    assert shown({"id": 6431098275610394}, Options(jq=".id")) == "6431098275610394\n"


BIG = [2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 12345678901234567891234567890]


@pytest.mark.parametrize(
    "expression",
    [".", "map(.)", "{a: .}", "[.[]]", ".[0:]", "(def f: .; f) # a comment", "tojson | fromjson"],
)
def test_jq_passes_integers_on_as_they_are(expression: str) -> None:
    for number in BIG:
        for form in ("json", "ndjson", None):
            assert re.findall(r"-?\d{9,}", shown([number], Options(form, jq=expression))) == [str(number)]


def test_jq_chooses_and_compares_integers_as_they_are() -> None:
    rows = [{"id": number, "at": place} for place, number in enumerate(BIG)]
    for place, number in enumerate(BIG):
        assert shown(rows, Options(jq=f".[] | select(.id == {number}) | .at")) == f"{place}\n"
    assert shown(rows, Options(jq="[.[].id] | unique | length")) == "6\n"
    assert shown(rows, Options(jq=".[0:3][].id")) == "".join(f"{number}\n" for number in BIG[:3])
    assert shown(rows, Options("csv", jq=".[3:4]")) == f"id,at\n{BIG[3]},3\n"
    assert shown(rows, Options(jq=".[1].id | tostring")) == f"{BIG[1]}\n"


def test_jq_says_which_integer_it_has_calculated() -> None:
    for expression in (".[0] + 2", "[.[] | . * 3]", "{sum: (.[0] + .[1])}", "add", ".[1] | floor"):
        out = io.StringIO()
        with pytest.raises(InvalidArgument, match=r"--jq .*: \d+ was calculated, .* 2\^53 only") as caught:
            write([2**53 + 1, 2**54 + 1], Options(jq=expression), out)
        assert "tostring" in (caught.value.hint or "")
        assert out.getvalue() == ""
    assert shown([2**53 - 1, 1], Options(jq="add")) == f"{2**53}\n"
    assert shown([1, 2.5, 1e300], Options(jq=".[0] + 1, .[1] * 2, .[2]")) == "2\n5\n1e+300\n"
    assert shown({"text": str(2**60)}, Options(jq=".text")) == f"{2**60}\n"


def test_jq_sees_the_whole_list() -> None:
    assert shown(Items(range(10)), Options(jq="length, add")) == "10\n45\n"
    assert shown(Items([{"a": {"b": 1}}]), Options(fields=("a.b",), jq=".[0]")) == '{"a.b":1}\n'


def test_jq_feeds_other_forms() -> None:
    data = [{"id": 1, "x": "a"}, {"id": 2, "x": "b"}]
    for expression in (".[] | {id}", "map({id})"):
        assert shown(data, Options("csv", jq=expression)) == "id\n1\n2\n"
        assert shown(data, Options("ids", jq=expression)) == "1\n2\n"
    assert shown(data, Options("yaml", jq=".[0]")) == "id: 1\nx: a\n"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (".[", "syntax error, unexpected end of file"),
        ("foo", "foo/0 is not defined"),
        (".a | bar(", "syntax error"),
        ("", "Top-level program not given"),
        ("'", "INVALID_CHARACTER"),
        ("x" * 5000, "xxxx…"),
    ],
)
def test_a_wrong_expression_is_one_clear_line(expression: str, said: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check(Options(jq=expression))
    message = caught.value.message
    assert message.startswith(("--jq '", '--jq "'))
    assert said in message
    assert "\n" not in message
    assert len(message) < 500
    assert caught.value.hint


def test_an_expression_that_does_not_fit_the_answer() -> None:
    with pytest.raises(InvalidArgument, match=r"--jq '\.a': Cannot index array"):
        shown([1], Options(jq=".a"))
    out = io.StringIO()
    with pytest.raises(InvalidArgument) as caught:
        write({"a": "\x1b[31m\nforged line"}, Options(jq="1, error(.a)"), out)
    assert out.getvalue() == "1\n"
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


def test_jq_runs_on_what_came_before_an_error() -> None:
    out = io.StringIO()
    with pytest.raises(UpstreamError):
        write(Items(failing({"id": 1})), Options(jq=".[].id"), out)
    assert out.getvalue() == "1\n"


def test_jq_takes_text_that_is_no_text() -> None:
    assert shown({"a": "x\ud800"}, Options(jq=".a")) == "x\N{REPLACEMENT CHARACTER}\n"
