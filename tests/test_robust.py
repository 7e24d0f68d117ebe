"""What scripts do to a command: closed or full streams, odd encodings, signals, answers without sense."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside, until
from servers import Faulty, Recorder, behaviours, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEND = ["call.call", "--user-id", "5", "--phone-number", "+14155550123"]  # reaches people, in one request
TEXT = {"id": "6431098275610394", "text": "hi", "message_status": "pending"}
posix = pytest.mark.skipif(os.name == "nt", reason="written for a POSIX shell")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply(TEXT)) as server:
        yield server


@pytest.fixture
def shell(environ: dict[str, str], recorder: Recorder) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a line of shell in which ``$D`` is the command."""

    def run(line: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
        env = {**environ, "DIALPAD_BASE_URL": recorder.url, "D": f"{sys.executable} -m dialkit", **extra}
        return subprocess.run(["bash", "-c", line], env=env, capture_output=True, timeout=60, check=False)

    return run


@pytest.mark.parametrize("how", [["--jq", '.nope | error("x")'], ["--jq", ".text | tonumber"]])
def test_a_write_that_cannot_be_shown_was_carried_out(
    how: list[str], dialpad: Callable[..., Any], recorder: Recorder
) -> None:
    ran = dialpad(*SEND, *how, DIALPAD_BASE_URL=recorder.url)
    assert ran.code == 11
    assert len(recorder.requests) == 1
    assert TEXT["id"] in ran.err
    error = json.loads(ran.err.splitlines()[-1])["error"]
    assert "was carried out" in error["message"]
    assert not error["retryable"]


@posix
def test_a_full_disk_does_not_undo_a_text(shell: Callable[..., Any], recorder: Recorder) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    done = shell(f"$D {' '.join(SEND)} > /dev/full")
    assert done.returncode == 11
    assert len(recorder.requests) == 1
    assert TEXT["id"].encode() in done.stderr


def test_ids_that_will_not_be_there_are_refused_first(
    dialpad: Callable[..., Any], recorder: Recorder
) -> None:
    ran = dialpad(
        "users",
        "initiate_call",
        "me",
        "--phone-number",
        "+14155550123",
        "-o",
        "ids",
        DIALPAD_BASE_URL=recorder.url,
    )
    assert ran.code == 2
    assert not recorder.requests


@pytest.mark.parametrize("words", [["--fields="], ["--fields"]])
def test_an_empty_variable_does_not_swallow_a_text(
    words: list[str], dialpad: Callable[..., Any], recorder: Recorder
) -> None:
    assert dialpad(*SEND, *words, DIALPAD_BASE_URL=recorder.url).code == 2
    assert not recorder.requests


@posix
@pytest.mark.parametrize(
    "line", ["$D users nope 2>&-", "$D users nope 2> >(exec true)", "$D users nope 2>/dev/full"]
)
def test_the_exit_code_survives_without_stderr(line: str, shell: Callable[..., Any]) -> None:
    assert shell(line).returncode == 2


@posix
@pytest.mark.parametrize("line", ["$D users list >&-", "$D --help >&-", "$D sms send --text hi >&-"])
def test_a_closed_stdout_is_said_before_anything_is_sent(
    line: str, shell: Callable[..., Any], recorder: Recorder
) -> None:
    done = shell(line)
    assert (done.returncode, b"stdout is closed" in done.stderr) == (2, True)
    assert not recorder.requests


@posix
def test_a_closed_stdin_is_an_empty_one(shell: Callable[..., Any]) -> None:
    assert shell("$D sms send --data - <&-").returncode == 2
    assert shell("$D auth login <&-").returncode == 3


@posix
@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
@pytest.mark.parametrize("start", ["", "\\xef\\xbb\\xbf"])
def test_stdin_is_utf8_whatever_the_locale(
    encoding: str, start: str, shell: Callable[..., Any], recorder: Recorder
) -> None:
    body = r'{"text": "\xc3\xa9\xf0\x9f\x98\x80", "to_numbers": ["+14155550123"]}'
    done = shell(f"printf '{start}{body}' | $D sms send --data -", PYTHONIOENCODING=encoding, LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert recorder.requests[-1].json["text"] == "é😀"


@posix
def test_stdin_that_is_not_utf8(shell: Callable[..., Any], recorder: Recorder) -> None:
    done = shell(r"""printf '{"text": "\xe9"}' | $D sms send --data -""")
    assert (done.returncode, b"not UTF-8" in done.stderr) == (2, True)
    assert not recorder.requests


@posix
def test_a_folder_that_is_gone(shell: Callable[..., Any]) -> None:
    done = shell('folder=$(mktemp -d); cd "$folder"; rmdir "$folder"; $D users --help')
    assert (done.returncode, done.stderr) == (0, b"")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
@pytest.mark.parametrize(("argv", "code"), [(["users", "get", "me"], 130), (SEND, 9)])
def test_a_signal_does_not_end_a_write_without_a_word(
    number: signal.Signals, argv: list[str], code: int, environ: dict[str, str]
) -> None:
    with Faulty(behaviours.never()) as server:
        with beside(
            [sys.executable, "-m", "dialkit", *argv],
            env={**environ, "DIALPAD_BASE_URL": server.url},
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            until(lambda: server.requests or running.poll() is not None)
            running.send_signal(number)
            _, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == code
        assert json.loads(err)["error"]["code"] == ("outcome_unknown" if code == 9 else "interrupted")


@pytest.mark.parametrize("answer", [b'"hello"', b"[1]", b"NaN", b'{"a": NaN}', b"<html>"])
def test_an_answer_that_makes_no_sense(answer: bytes, dialpad: Callable[..., Any]) -> None:
    with Faulty(behaviours.status(200, answer)) as server:
        assert dialpad("users", "get", "me", DIALPAD_BASE_URL=server.url).code == 8
        assert dialpad(*SEND, DIALPAD_BASE_URL=server.url).code == 9
        assert [request.method for request in server.requests] == ["GET", "POST"]


def test_a_list_that_is_none(dialpad: Callable[..., Any]) -> None:
    with Faulty(behaviours.ok({"items": {"a": 1}})) as server:
        assert dialpad("users", "list", "--all", DIALPAD_BASE_URL=server.url).code == 8


def test_a_firewall_is_not_taken_for_dialpad(dialpad: Callable[..., Any]) -> None:
    with Faulty(behaviours.status(403, b"<html><title>Blocked</title></html>")) as server:
        ran = dialpad("users", "get", "me", DIALPAD_BASE_URL=server.url)
    assert "firewall" in json.loads(ran.err)["error"]["hint"]


def test_a_quota_of_licenses_is_no_rate_limit(dialpad: Callable[..., Any]) -> None:
    refusal = {"error": {"code": 403, "message": "License quota exceeded"}}
    with Faulty(behaviours.status(403, refusal)) as server:
        ran = dialpad(
            "users", "create", "--email", "a@b.example", "--office-id", "5", DIALPAD_BASE_URL=server.url
        )
        assert ran.code == 3, ran.err
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "path", ["/api/v2/x/../users", "/api/v2/x/%2e%2E/users", "//evil.example/x", "/a b", "/é"]
)
def test_a_path_is_asked_as_it_is_shown(path: str, dialpad: Callable[..., Any], recorder: Recorder) -> None:
    assert dialpad("api", "GET", path, DIALPAD_BASE_URL=recorder.url).code == 2
    assert not recorder.requests


def test_a_broken_proxy_is_not_passed_by(dialpad: Callable[..., Any]) -> None:
    base = {"DIALPAD_BASE_URL": "https://localhost:9"}
    for value in ("://", "http://u:p@[bad", "http://"):
        ran = dialpad("users", "list", HTTPS_PROXY=value, **base)
        assert (ran.code, "HTTPS_PROXY" in ran.err, "u:p" in ran.err) == (2, True, False)


def test_a_limiter_that_cannot_be_shared_is_said(
    dialpad: Callable[..., Any], recorder: Recorder, tmp_path: Any
) -> None:
    (tmp_path / "dialkit").mkdir()
    (tmp_path / "dialkit" / "state").write_text("in the way")
    ran = dialpad("users", "get", "me", DIALPAD_BASE_URL=recorder.url)
    assert ran.code == 0
    assert "limits are not shared" in ran.err


def test_words_with_a_meaning_are_no_aliases(dialpad: Callable[..., Any]) -> None:
    for name in ("null", "true", "me"):
        assert dialpad("alias", "set", name, "5").code == 2
    assert dialpad("alias", "set", "mum", "+14155550123").code == 0
    ran = dialpad("sms", "send", "--to-numbers", "mum", "--text", "hi", "--dry-run")
    assert json.loads(ran.out)["body"]["to_numbers"] == ["+14155550123"]


def test_a_value_that_looks_like_the_end_of_options(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("sms", "send", "--to-numbers", "+14155550123", "--text=--", "--dry-run")
    assert json.loads(ran.out)["body"]["text"] == "--"


@posix
def test_sandbox_run_stops_its_command_too(environ: dict[str, str]) -> None:
    code = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"
    with beside(
        [sys.executable, "-m", "dialkit", "sandbox", "run", "--", sys.executable, "-c", code],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        inner = int(running.stdout.readline())
        running.terminate()
        assert running.wait(PATIENCE) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(inner, 0)


# SIGTERM comes as soon as the program has begun: this process knows it no sooner.
ENDED_AT_ONCE = """
import signal, subprocess, sys
from dialkit.cli import main

def end(frame, event, arg):
    if event == "return" and frame.f_code is subprocess.Popen.__init__.__code__:
        sys.setprofile(None)
        signal.raise_signal(signal.SIGTERM)

sys.setprofile(end)
sys.exit(main(["sandbox", "run", "--", "sleep", "600"]))
"""


@posix
def test_sandbox_run_stops_a_command_that_has_just_begun(environ: dict[str, str]) -> None:
    with beside([sys.executable, "-c", ENDED_AT_ONCE], env=environ, stdout=subprocess.PIPE) as running:
        running.communicate(timeout=PATIENCE)  # its stdout ends with the last who holds it
    assert running.returncode == 128 + signal.SIGTERM
