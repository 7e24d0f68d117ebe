"""Texts to use again: fields and braces, names, and everything that is refused."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialkit.errors import Conflict, InvalidArgument, NotFound
from dialkit.messaging import templates
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HELLO = "Hello {first_name}, it is {time}. {{ok}} {first_name}"


@pytest.fixture
def database(store: str, environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as opened:
        yield opened


def test_a_life(database: Database) -> None:
    made = templates.create(database, "welcome", HELLO, 1_772_730_000)
    assert made == {
        "name": "welcome",
        "text": HELLO,
        "fields": ["first_name", "time"],
        "created_at": "2026-03-05T17:00:00Z",
        "updated_at": "2026-03-05T17:00:00Z",
    }
    assert templates.show(database, "welcome") == made
    values = {"first_name": "Ada", "time": "9 {am}"}
    assert templates.render(database, "welcome", values) == "Hello Ada, it is 9 {am}. {ok} Ada"
    changed = templates.update(database, "welcome", "Bye", 1_772_730_060)
    assert (changed["text"], changed["created_at"][-3:], changed["updated_at"][-6:]) == (
        "Bye",
        "00Z",
        "01:00Z",
    )
    assert templates.list_all(database) == [changed]
    assert templates.delete(database, "welcome") == changed
    assert templates.list_all(database) == []


def test_what_does_not_go(database: Database) -> None:
    templates.create(database, "Welcome", HELLO, 1)
    with pytest.raises(Conflict, match="a template 'Welcome' already"):
        templates.create(database, "Welcome", "other", 2)
    assert templates.show(database, "Welcome")["text"] == HELLO
    for call in (templates.show, templates.delete):
        with pytest.raises(NotFound, match="no template 'welcom'") as found:
            call(database, "welcom")
        assert found.value.hint == "did you mean 'Welcome'? else: dialpad template list"
    with pytest.raises(NotFound):
        templates.update(database, "other", "x", 2)
    with pytest.raises(NotFound):
        templates.render(database, "other", {})


@pytest.mark.parametrize(
    ("variables", "message", "hint"),
    [
        ({"time": "9"}, "no value for {first_name}", "--var first_name=VALUE"),
        ({}, "no value for {first_name}, {time}", "--var first_name=VALUE --var time=VALUE"),
        ({"first_name": "A", "time": "9", "ok": "x"}, "no field {ok}", "its fields: first_name, time"),
    ],
)
def test_fields_and_values_must_match(
    variables: dict[str, str], message: str, hint: str, database: Database
) -> None:
    templates.create(database, "welcome", HELLO, 1)
    with pytest.raises(InvalidArgument) as found:
        templates.render(database, "welcome", variables)
    assert message in found.value.message
    assert found.value.hint == hint


@pytest.mark.parametrize(
    "text", ["{", "}", "a { b", "{first name}", "{1}", "{}", "{{{", "{a}}", "{a.b}", "{é}"]
)
def test_a_brace_alone_is_found_when_it_is_written(text: str, database: Database) -> None:
    with pytest.raises(InvalidArgument, match="stands alone") as found:
        templates.create(database, "x", text, 1)
    assert found.value.hint == "a field is written {first_name}, a brace {{ or }}"
    assert templates.list_all(database) == []


@pytest.mark.parametrize("name", ["", " x", "x ", "-x", "a\nb", "a\x1b[31m", "x" * 65])
def test_names_are_checked(name: str, database: Database) -> None:
    with pytest.raises(InvalidArgument, match="cannot name a template"):
        templates.create(database, name, "text", 1)


@pytest.mark.parametrize("name", ["Demo Scheduled", "bienvenue-à-tous", "x" * 64, "5"])
def test_names_that_do(name: str, database: Database) -> None:
    assert templates.create(database, name, "text", 1)["name"] == name


@pytest.mark.parametrize(
    ("text", "message"), [("", "empty"), (" \n", "empty"), ("x" * 1601, "1601 characters"), ("a\x00", "NUL")]
)
def test_texts_are_checked(text: str, message: str, database: Database) -> None:
    with pytest.raises(InvalidArgument, match=message):
        templates.create(database, "x", text, 1)


def test_a_text_that_is_too_long_once_filled_in(database: Database) -> None:
    templates.create(database, "x", "{a}", 1)
    with pytest.raises(InvalidArgument, match="1601 characters"):
        templates.render(database, "x", {"a": "y" * 1601})


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    written = text.replace("{", "{{").replace("}", "}}")
    assert templates.fields(written) == []
    assert templates.fill(written, {}) == text


@given(st.text(), st.text())
def test_values_stay_as_they_are(before: str, value: str) -> None:
    written = before.replace("{", "{{").replace("}", "}}") + "{a}{a}"
    assert templates.fill(written, {"a": value}) == before + value + value


# The command.


def test_help_lines_run(run: Callable[..., Any], sandbox: Any) -> None:
    from dialkit.cli.workflows.template import HELP

    assert len(HELP.examples) > 3
    for line in HELP.examples:
        ran = run(*shlex.split(line)[1:], DIALPAD_DEFAULT_FROM_NUMBER="+15035550142")
        assert ran.code == 0, (line, ran)
    assert sandbox.texts[-1]["text"] == "Welcome, Ada!"


def test_dry_runs_keep_nothing(run: Callable[..., Any], sandbox: Any) -> None:
    made = run("template", "create", "x", "--text", "Hi {a}", "--dry-run").data
    assert made == {"dry_run": True, "name": "x", "text": "Hi {a}", "fields": ["a"]}
    assert run("template", "list").data == []
    run("template", "create", "x", "--text", "Hi {a}")
    assert run("template", "delete", "x", "--dry-run").data["dry_run"] is True
    assert run("template", "update", "x", "--text", "Bye", "--dry-run").code == 0
    assert [row["text"] for row in run("template", "list").data] == ["Hi {a}"]
    assert sandbox.requests == []


def test_texts_from_files_and_stdin_byte_for_byte(dialpad: Callable[..., Any], tmp_path: Path) -> None:
    import json

    text = "It is $1,035.00 – “now”\r\nor never\U0001f469\u200d\U0001f680"
    (tmp_path / "text.txt").write_bytes(text.encode() + b"\n")
    dialpad("template", "create", "a", "--text-file", "text.txt")
    dialpad("template", "create", "b", "--text-stdin", stdin=text)
    rows = json.loads(dialpad("template", "list", "-o", "json").out)
    assert [row["text"] for row in rows] == [text, text]


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("create", 2, "which template? no NAME is given"),
        ("create x", 2, "no --text is given"),
        ("create x --text a --text-stdin", 2, "only one of --text, --text-file and --text-stdin"),
        ("create x --name y --text a", 2, "two names: 'x' and 'y'"),
        ("create x --text-file missing.txt", 2, "--text-file missing.txt: No such file"),
        ("create x --text-file latin.txt", 2, "--text-file latin.txt: not UTF-8"),
        ("show x", 4, "there is no template 'x'"),
        ("render x", 4, "there is no template 'x'"),
        ("render x --var a", 2, "--var: 'a' is not NAME=VALUE"),
        ("render x --var 1=a", 2, "--var: '1=a' is not NAME=VALUE"),
        ("render x --var a=1 --var a=2", 2, "--var a is given twice"),
        ("delete x --force", 2, "does not take"),
        ("forget x", 2, "no subcommand"),
    ],
)
def test_refusals(line: str, code: int, message: str, run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    ran = run("template", *line.split())
    assert ran.code == code
    assert message in ran.error["message"]


def test_sending_one(run: Callable[..., Any], sandbox: Any) -> None:
    run("template", "create", "Welcome back", "--text", "Hi {name} {{!}}")
    line = ["sms", "send", "--to", "+14155550123", "--from", "+15035550142", "--template", "Welcome back"]
    assert run(*line).error["message"] == "no value for {name}"
    assert run(*line, "--var", "name=Ada", "--var", "x=1").code == 2
    assert sandbox.requests == []
    assert run(*line, "--var", "name=Ada = Bo").code == 0
    assert sandbox.texts[-1]["text"] == "Hi Ada = Bo {!}"
