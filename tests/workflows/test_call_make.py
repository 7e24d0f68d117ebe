"""``dialpad call make``: whose devices ring, what is dialled, once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
THEO, THEO_NUMBER = 5402938475610293, "+15035550143"
TO = ("--to", "+14155550123")
FROM = ("--from", THEO_NUMBER)


def calls(sandbox: Sandbox) -> list[Any]:
    """The calls that were made since the sandbox stands still."""
    now = sandbox.clock.now.timestamp() * 1000
    return [call for call in sandbox.world.calls if call["date_started"] == now]


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{request.method} {request.path}" for request in sandbox.requests]


def test_the_user_is_found_by_their_number(run: Callable[..., Any], sandbox: Sandbox) -> None:
    made = run("call", "make", *TO, *FROM).data
    [call] = calls(sandbox)
    assert made == {"call_id": str(call["call_id"]), "status": "ringing"}
    assert (call["target_id"], call["external_number"]) == (THEO, "+14155550123")
    assert call["selected_caller_id"] == THEO_NUMBER
    assert asked(sandbox) == ["GET /api/v2/numbers", "POST /api/v2/call"]


def test_the_map_of_the_environment_spares_the_question(run: Callable[..., Any], sandbox: Sandbox) -> None:
    run("call", "make", *TO, *FROM, DIALPAD_USER_MAP=json.dumps({"+1 (503) 555-0143": str(THEO)}))
    assert asked(sandbox) == ["POST /api/v2/call"]
    assert calls(sandbox)[0]["target_id"] == THEO


def test_a_user_who_is_named_needs_no_number(run: Callable[..., Any], sandbox: Sandbox) -> None:
    run("alias", "set", "theo", str(THEO))
    assert run("call", "make", *TO, "--user-id", "theo").data["status"] == "ringing"
    assert sandbox.requests[-1].json == {"phone_number": "+14155550123", "user_id": THEO}


def test_text_is_spoken_and_said_to_be_undocumented_once(run: Callable[..., Any], sandbox: Sandbox) -> None:
    text = 'Your "table" is ready: 1½ hours, 🎉.'
    told = run("call", "make", *TO, "--user-id", str(THEO), "--text", text)
    assert told.code == 0
    assert told.err.count("warning:") == 1
    assert "command" in told.err
    assert json.loads(sandbox.requests[-1].json["command"]) == {"actions": [{"say": text}]}


def test_a_dry_run_places_no_call(run: Callable[..., Any], sandbox: Sandbox) -> None:
    shown = run("call", "make", *TO, "--user-id", str(THEO), "--text", "Hi", "--dry-run").data
    assert shown["body"]["command"] == '{"actions": [{"say": "Hi"}]}'
    assert not sandbox.requests
    shown = run("call", "make", *TO, *FROM, "--dry-run").data
    assert shown["body"]["user_id"] == THEO
    assert asked(sandbox) == ["GET /api/v2/numbers"]
    assert not calls(sandbox)


def test_the_flags_of_the_operation_still_work(run: Callable[..., Any], sandbox: Sandbox) -> None:
    run("call", "make", "--phone-number", "+14155550123", "--user_id", str(THEO), "--custom-data", "order=1")
    assert calls(sandbox)[0]["custom_data"] == "order=1"
    shown = run(
        "call", "make", "--data", json.dumps({"phone_number": "+14155550123", "user_id": THEO}), "--curl"
    )
    assert shown.out.startswith("curl --request POST")


def test_the_same_call_again_is_refused_unless_it_is_meant(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ("call", "make", *TO, "--user-id", str(THEO))
    assert run(*line).code == 0
    again = run(*line)
    assert again.code == 5
    assert "--again" in again.error["hint"]
    assert len(calls(sandbox)) == 1
    assert run(*line, "--again").code == 0
    assert len(calls(sandbox)) == 2


def test_a_key_of_ones_own_places_one_call(run: Callable[..., Any], sandbox: Sandbox) -> None:
    assert run("call", "make", *TO, "--user-id", str(THEO), "--once", "").code == 2
    assert run("sms.send", "--to-numbers", TO[1], "--text", "hi", "--once", "").code == 2
    line = ("call", "make", *TO, "--user-id", str(THEO), "--once", "order-48213")
    assert run(*line).data == run(*line).data
    assert len(calls(sandbox)) == 1


def test_an_unknown_outcome_is_never_repeated(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="call.call", reset="after", count=1)
    line = ("call", "make", *TO, "--user-id", str(THEO))
    first = run(*line)
    assert first.code == 9
    assert len(calls(sandbox)) == 1
    assert run(*line).code == 5
    assert len(calls(sandbox)) == 1
    assert asked(sandbox) == ["POST /api/v2/call"]
    entry = run("outbox", "list").data[0]
    assert (entry["operation"], entry["state"]) == ("call.call", "unknown")


@pytest.mark.parametrize(
    ("line", "words", "hint"),
    [
        (TO, "user_id required", "--from"),
        ((*TO, "--from", "+15035550100"), "user_id required", "--user-id"),
        ((*TO, "--from", "+14155559999"), "not a number of your company", "numbers list"),
        ((*TO, "--from", "5035550143"), "is not a phone number", "--infer-country-code"),
        (("--to", "12", *FROM), "is not a phone number", "+14155550123"),
        (FROM, "call whom?", "--to"),
        ((*TO, *FROM, "--text", " "), "--text is empty", "--text"),
        ((*TO, "--phone-number", "+14155550124", *FROM), "which?", "--phone-number"),
        ((*TO, "--user-id", "nobody"), "nobody", "alias"),
        ((*TO, *FROM, "--nonsense"), "--nonsense", "--help"),
    ],
)
def test_what_is_wrong_is_said_before_any_call(
    run: Callable[..., Any], sandbox: Sandbox, line: tuple[str, ...], words: str, hint: str
) -> None:
    told = run("call", "make", *line)
    assert told.code == 2
    assert words in told.error["message"]
    assert hint in told.error["hint"]
    assert not calls(sandbox)
    assert "POST /api/v2/call" not in asked(sandbox)


def test_a_call_is_to_one_number(run: Callable[..., Any], sandbox: Sandbox) -> None:
    ran = run("call", "make", *TO, "--to", "+14155550124", "--user-id", str(THEO))
    assert (ran.code, "2 times" in ran.error["message"]) == (2, True)
    assert not sandbox.requests


@pytest.mark.parametrize("text", ["{", "[]", '{"+15035550143": "theo"}', "3"])
def test_a_wrong_map_is_named(run: Callable[..., Any], sandbox: Sandbox, text: str) -> None:
    told = run("call", "make", *TO, *FROM, DIALPAD_USER_MAP=text)
    assert told.code == 2
    assert "DIALPAD_USER_MAP" in told.error["message"]
    assert not sandbox.requests


def test_a_national_number_needs_a_country(run: Callable[..., Any], sandbox: Sandbox) -> None:
    run("call", "make", "--to", "(415) 555-0123", "--from", "503-555-0143", "--infer-country-code")
    assert calls(sandbox)[0]["external_number"] == "+14155550123"
    run("config", "set", "region", "US")
    assert run("call", "make", "--to", "415 555 0124", *FROM).code == 0


def test_a_caller_id_that_cannot_be_shown_is_explained(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "make", *TO, "--user-id", str(THEO), "--from", "+15035550100")
    assert told.code == 2
    assert "outbound_caller_id" in told.error["message"]
    assert "--group-type" in told.error["hint"]
    office = ("--group-type", "office", "--group-id", "5219384756201938")
    assert run("call", "make", *TO, "--user-id", str(THEO), "--from", "+15035550100", *office).code == 0


def test_an_answer_that_cannot_be_shown_is_no_failed_call(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "make", *TO, "--user-id", str(THEO), "--jq", ".call_id | error")
    assert told.code == 11
    assert len(calls(sandbox)) == 1


def test_no_call_leaves_that_cannot_be_written_down(
    run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "dialkit").mkdir()
    (tmp_path / "dialkit" / "state").write_text("in the way")
    told = run("call", "make", *TO, "--user-id", str(THEO))
    assert told.code == 2
    assert "DIALKIT_HOME" in told.error["hint"]
    assert not sandbox.requests


def test_a_damaged_outbox_is_kept_aside(run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path) -> None:
    line = ("call", "make", *TO, "--user-id", str(THEO))
    assert run(*line).code == 0
    state = tmp_path / "dialkit" / "state"
    for ending in ("-wal", "-shm"):
        (state / f"dialkit.db{ending}").unlink(missing_ok=True)
    (state / "dialkit.db").write_bytes(b"no database" * 1000)
    told = run(*line)
    assert told.code == 2
    assert "is damaged; it is kept as" in told.err
    assert len([one for one in sandbox.requests if one.operation == "call.call"]) == 1
    assert run(*line).code == 0
    assert list(state.glob("dialkit.db.damaged-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_while_it_leaves_is_an_unknown_outcome(
    environ: dict[str, str], run: Callable[..., Any], sandbox: Sandbox
) -> None:
    import signal
    import subprocess

    sandbox.faults.add(operation="call.call", latency=60, count=1)
    with beside(
        [sys.executable, "-m", "dialkit", "call", "make", *TO, "--user-id", str(THEO)],
        stderr=subprocess.PIPE,
        text=True,
        env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
    ) as process:
        until(lambda: sandbox.requests or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 9
        assert process.stderr
        assert "outbox resolve" in process.stderr.read()
    assert len(calls(sandbox)) == 1
    assert run("outbox", "list").data[0]["state"] == "unknown"


def test_the_wrapper_gives_one_object(environ: dict[str, str], sandbox: Sandbox) -> None:
    import subprocess

    def wrapper(*argv: str) -> tuple[int, Any]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "bin" / "make_call.py"), *argv, "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
        )
        return done.returncode, json.loads(done.stdout)

    code, told = wrapper(*TO, *FROM)
    assert (code, told["ok"], told["command"]) == (0, True, "make_call.make")
    assert told["data"]["call_id"] == str(calls(sandbox)[0]["call_id"])
    code, told = wrapper(*TO)
    assert (code, told["ok"], told["error"]["code"]) == (2, False, "invalid_argument")
    assert "user_id required" in told["error"]["message"]
