"""``dialpad call transcript`` and ``call recap``: what was said, and what the AI made of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.calls import recap, transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
CALL = "6109283746501929"
PRIYA = "+14155550123"
TIMES = re.compile(r"(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})")


def silent(sandbox: Sandbox) -> str:
    """A call on which nobody spoke."""
    return str(next(c["call_id"] for c in sandbox.world.calls if c["date_ended"] and not c["date_connected"]))


def test_what_was_said_in_the_order_it_was_said(run: Callable[..., Any]) -> None:
    said = run("call", "transcript", CALL).data
    assert said["call_id"] == CALL
    times = [line["time"] for line in said["lines"]]
    assert times == sorted(times)
    assert said["lines"][0]["content"] == "Larkspur Coffee, this is Theo. How can I help?"


def test_as_text(run: Callable[..., Any]) -> None:
    told = run("call", "transcript", "--call-id", CALL, "--format", "text")
    lines = told.out.splitlines()
    assert lines[0] == "[16:55:09] Theo Banks: Larkspur Coffee, this is Theo. How can I help?"
    assert len(lines) == 6
    assert "purchase_intent" not in told.out


def test_as_subtitles_counted_from_the_moment_the_sides_were_put_through(run: Callable[..., Any]) -> None:
    told = run("call", "transcript", CALL, "--format", "srt")
    blocks = told.out.strip().split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["1", "2", "3", "4", "5", "6"]
    assert blocks[0].splitlines()[1].startswith("00:00:01,100 --> 00:00:0")
    end = 0
    for block in blocks:
        found = TIMES.fullmatch(block.splitlines()[1])
        assert found
        h, m, s, ms, h2, m2, s2, ms2 = map(int, found.groups())
        start, stop = ((h * 60 + m) * 60 + s) * 1000 + ms, ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2
        assert end <= start < stop
        end = stop


def test_a_form_within_json(run: Callable[..., Any]) -> None:
    told = run("call", "transcript", CALL, "--format", "srt", "-o", "json").data
    assert set(told) == {"call_id", "format", "text"}
    assert told["text"].startswith("1\n00:00:01,100")


def test_the_last_call_with_somebody(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "transcript", "--last", "--with", PRIYA)
    spoken = [c for c in sandbox.world.calls if c["external_number"] == PRIYA and c["date_connected"]]
    newest = max((c for c in spoken if c["date_ended"]), key=lambda call: call["date_started"])
    assert told.data["call_id"] == str(newest["call_id"])
    assert f"note: the call {newest['call_id']} of 2026-" in told.err
    assert run("call", "transcript", "--with", PRIYA).data == told.data
    assert run("call", "transcript", "--last", "--with", "+14155559876").code == 4
    theo = run("call", "transcript", "--last", "--user", "theo@larkspur.example").data
    assert any(line.get("name") == "Theo Banks" for line in theo["lines"])


def test_a_call_without_one_says_so(run: Callable[..., Any], sandbox: Sandbox) -> None:
    for command in ("transcript", "recap"):
        told = run("call", command, silent(sandbox))
        assert told.code == 4
        assert f"has no {command}" in told.error["message"]
    sandbox.switch("recap-missing", "refused")
    assert run("call", "recap", silent(sandbox)).code == 4
    unknown = run("call", "transcript", "5999999999999999")
    assert unknown.code == 4
    assert "has no transcript" not in unknown.error["message"]


def test_the_recap(run: Callable[..., Any], dialpad: Callable[..., Any], sandbox: Sandbox) -> None:
    made = run("call", "recap", CALL, "--summary-format", "bullet").data
    assert made["summary"]["format"] == "bullet"
    text = run("call", "recap", "--last", "--with", PRIYA, "--format", "text")
    assert text.out.endswith("Outcome:\n- Order placed\n")
    assert "To do:\n- Send the new wholesale price list." in text.out
    shown = dialpad(
        "call", "recap", CALL, tty=True, DIALPAD_BASE_URL=sandbox.url, DIALPAD_API_KEY=sandbox.token
    )
    assert shown.out == text.out
    assert run("call", "recap", CALL, "--format", "text", "-o", "json").data["text"] == text.out


def test_the_recap_needs_its_scope(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "recap", CALL, DIALPAD_API_KEY=sandbox.keys["narrow"])
    assert told.code == 3
    assert "ai_recap" in told.error["hint"]


@pytest.mark.parametrize("command", ["transcript", "recap"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((), "which call?"),
        (("12x",), "12x"),
        ((CALL, "--call-id", "6109283746501928"), "two calls"),
        ((CALL, "--last"), "leave out one"),
        ((CALL, "--format", "docx"), "docx"),
        (("--last", "--with", "nobody"), "nobody"),
        ((CALL, CALL), "does not take"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    run: Callable[..., Any], sandbox: Sandbox, command: str, line: tuple[str, ...], words: str
) -> None:
    told = run("call", command, *line)
    assert told.code == 2
    assert words in f"{told.error['message']} {told.error['hint']}"
    assert not sandbox.requests


def test_an_alias_stands_for_a_call(run: Callable[..., Any]) -> None:
    run("alias", "set", "order-call", CALL)
    assert run("call", "transcript", "order-call").data["call_id"] == CALL


def test_lines_as_nobody_expects_them() -> None:
    odd = {
        "lines": [
            {"content": "late", "name": "A", "time": "1772729709500", "type": "transcript"},
            {"content": "  two\n\nlines --> here ", "time": "2026-03-05T16:55:12"},
            {"content": "", "name": "A", "time": "2026-03-05T16:55:13", "type": "transcript"},
            {"content": "no time", "name": "B", "time": None, "type": "transcript"},
        ]
    }
    assert transcript.text(odd) == (
        "[16:55:09] A: late\n[16:55:12] unknown: two lines -> here\n[--:--:--] B: no time\n"
    )
    blocks = transcript.srt(odd).strip().split("\n\n")
    assert [block.splitlines()[1][:12] for block in blocks] == [
        "00:00:00,000",
        "00:00:02,500",
        "00:00:02,500",
    ]
    assert recap.text({"summary": None, "purposes": [{"content": "x"}, {}]}) == "Why they called:\n- x\n"


def test_the_wrapper_gives_one_object(environ: dict[str, str], sandbox: Sandbox) -> None:
    for line in (("--last", "--with", PRIYA), ("--call-id", CALL, "--format", "srt"), (silent(sandbox),)):
        done = subprocess.run(
            [sys.executable, str(ROOT / "bin" / "get_call_transcript.py"), *line, "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
        )
        told = json.loads(done.stdout)
        assert told["ok"] == (done.returncode == 0)
        assert told["data"]["call_id"] == CALL if told["ok"] else told["error"]["code"] == "not_found"


def test_the_format_of_the_config_counts_on_a_terminal_too(run: Callable[..., Any]) -> None:
    run("config", "set", "defaults.output", "json")
    for line in (("call", "transcript", CALL), ("call", "recap", CALL), ("call", "watch", CALL)):
        told = run(*line, tty=True, NO_COLOR="1")
        assert told.code == 0
        assert told.out[0] in "[{", line
