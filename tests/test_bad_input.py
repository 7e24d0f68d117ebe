"""Bad input: one clear line, a hint, the right exit code, and nothing sent."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BIG = json.dumps({"text": "x" * 2_000_000})
SEND = "sms send --to-numbers +14155550123 --text hi"

# command line, environment, stdin, exit code, what the message names, what the hint says
CASES: list[tuple[str, dict[str, str], str, int, str, str]] = [
    ("nosuch thing", {}, "", 2, "'nosuch'", "dialpad search nosuch"),
    ("users lst", {}, "", 2, "'lst'", "did you mean dialpad users list"),
    ("sms.sned", {}, "", 2, "'sms.sned'", "dialpad sms.send"),
    ("users list --sate active", {}, "", 2, "--sate", "did you mean --state"),
    ("users get", {}, "", 2, "needs --id", "dialpad users get --id"),
    ("call.call --phone-number +14155550123", {}, "", 2, "--user-id", "dialpad call make"),
    ("users list --state actve", {}, "", 2, "'actve'", "did you mean active"),
    ("sms send --user-id 12x --text hi", {}, "", 2, "--user-id", ""),
    ("sms send --user-id 1e3", {}, "", 2, "--user-id", ""),
    ("sms send --user-id 99999999999999999999", {}, "", 2, "--user-id", ""),
    ("sms send --infer-country-code=maybe", {}, "", 2, "--infer-country-code", ""),
    ("sms send --data '{'", {}, "", 2, "--data", "quote it once"),
    ("sms send --data '[1]'", {}, "", 2, "not a JSON object", "dialpad schema sms.send"),
    ("sms send --data -", {}, "not json", 2, "--data -", "quote it once"),
    ("sms send --data @missing.json", {}, "", 2, "@missing.json", "path"),
    ("users list --data '{}'", {}, "", 2, "takes no body", "--help"),
    ("sms send --data -", {}, BIG, 2, "1 MB", ""),
    (
        'sms send --data \'{"to_numbers": "+14155550123"}\'',
        {},
        "",
        2,
        "to_numbers",
        "dialpad schema sms.send",
    ),
    (shlex.join(["sms", "send", "--text", "x" * 1601]), {}, "", 2, "1600", ""),
    (shlex.join(["sms", "send", *["--to-numbers=+14155550123"] * 11]), {}, "", 2, "10", ""),
    (f"{SEND} one_word_more", {}, "", 2, "one word too many", "--help"),
    (f"{SEND} --jq '.['", {}, "", 2, ".[", ""),
    (f"{SEND} -o jsn", {}, "", 2, "'jsn'", "json"),
    ("users list --email ''", {}, "", 2, "email is empty", "leave it out"),
    ("users list --max-items 0", {}, "", 2, "--max-items: '0' is not a whole number from 1 up", "30"),
    (f"{SEND} --timeout soon", {}, "", 2, "--timeout: 'soon' is not a number from 0.001 to 86400", "30"),
    (f"{SEND} --query limit", {}, "", 2, "NAME=VALUE", "--query state=active"),
    ("sms send --to-numbers +14155550123 --all", {}, "", 2, "does not answer with a list", "--all"),
    ("users get ..", {}, "", 2, "id", ""),
    ("contacts get ..", {}, "", 2, "'..'", "real value"),
    (SEND, {"DIALPAD_API_KEY": "abc\ndef"}, "", 2, "line break", ""),
    (SEND, {"DIALPAD_API_KEY": "schlüssel"}, "", 2, "ASCII", ""),
    (SEND, {"DIALPAD_BASE_URL": "http://api.example.com"}, "", 6, "api.example.com", "https"),
    (SEND, {"DIALPAD_BASE_URL": "https://dialpad.com.evil.example"}, "", 6, "evil.example", "allow_hosts"),
    (f"{SEND} --base-url https://evil.example", {}, "", 6, "evil.example", "allow_hosts"),
    (f"{SEND} --account nobody", {}, "", 3, "'nobody'", "auth login"),
]


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply({})) as server:
        yield server


@pytest.mark.parametrize(("line", "env", "stdin", "code", "names", "hint"), CASES, ids=lambda v: str(v)[:50])
def test_bad_input(
    line: str,
    env: dict[str, str],
    stdin: str,
    code: int,
    names: str,
    hint: str,
    dialpad: Callable[..., Any],
    recorder: Recorder,
) -> None:
    before = recorder.connections
    ran = dialpad(*shlex.split(line), stdin=stdin, tty=True, **{"DIALPAD_BASE_URL": recorder.url, **env})
    assert ran.code == code, ran.err
    assert recorder.connections == before, "something was sent"
    assert ran.out == ""
    first, *rest = ran.err.splitlines()
    assert first.startswith("error: ")
    assert names in first
    assert len(rest) == 1
    assert rest[0].startswith("hint: ")
    assert hint in " ".join(rest)
    assert len(first) < 400

    as_json = dialpad(*shlex.split(line), stdin=stdin, **{"DIALPAD_BASE_URL": recorder.url, **env})
    assert as_json.code == code
    error = json.loads(as_json.err)["error"]
    assert set(error) == {"code", "message", "hint", "status", "operation", "retryable"}
    assert names in error["message"]


def test_no_key(dialpad: Callable[..., Any], environ: dict[str, str], recorder: Recorder) -> None:
    del environ["DIALPAD_API_KEY"]
    before = recorder.connections
    ran = dialpad(*shlex.split(SEND), tty=True, DIALPAD_BASE_URL=recorder.url)
    assert ran.code == 3
    assert "dialpad auth login" in ran.err
    assert recorder.connections == before
    assert dialpad(*shlex.split(SEND), "--dry-run").code == 0


def test_a_missing_file_and_a_binary_one(dialpad: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "image.bin").write_bytes(b"\xff\xfe\x00\x80")
    ran = dialpad("sms", "send", "--data", "@image.bin", tty=True)
    assert (ran.code, "UTF-8" in ran.err) == (2, True)


def test_data_and_flags_together(dialpad: Callable[..., Any], tmp_path: Path) -> None:
    """Flags are laid over the body, and what the body gives is not asked for again."""
    body = {"phone_number": "+14155550123", "user_id": 7}
    (tmp_path / "call.json").write_text(json.dumps(body))
    ran = dialpad("call", "make", "--data", "@call.json", "--user-id", "8", "--dry-run")
    assert json.loads(ran.out)["body"] == {"phone_number": "+14155550123", "user_id": 8}


def test_an_unknown_field_of_the_body_is_sent_and_said(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("sms", "send", "--data", '{"channel_hashtag": "a", "new_field": 1}', "--dry-run")
    assert json.loads(ran.out)["body"]["new_field"] == 1
    assert "new_field" in ran.err


def test_a_text_that_begins_with_a_dash(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("sms", "send", "--to-numbers", "+14155550123", "--text=-10 % today", "--dry-run")
    assert json.loads(ran.out)["body"]["text"] == "-10 % today"
    ran = dialpad("sms", "send", "--text", "-10%", "--dry-run", tty=True)
    assert (ran.code, "--flag=VALUE" in ran.err) == (2, True)


def test_control_characters_of_an_error_do_not_reach_the_terminal(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("users", "\x1b[2Jlist", tty=True)
    assert ran.code == 2
    assert "\x1b" not in ran.err
