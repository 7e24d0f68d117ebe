"""People outside text and call in; agents answer, hang up, and go on and off duty: by the Python API."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from asking import START, Client

from dialkit.sandbox import Refusal, Sandbox

OUTSIDE, MARA, MARA_LINE = "+14155550123", 5391827364501928, "+15035550142"
THEO, OFFICE = 5402938475610293, 5219384756201938


def test_a_text_comes_in(sandbox: Sandbox, client: Client) -> None:
    text = sandbox.text_in(OUTSIDE, MARA_LINE, "Is it ready?")
    kept = sandbox.world.texts.get(text["id"])
    assert (kept["direction"], kept["from_number"], kept["text"]) == ("inbound", OUTSIDE, "Is it ready?")
    assert (kept["target_type"], kept["target_id"]) == ("user", MARA)
    assert sandbox.texts[-1]["id"] == text["id"]
    assert sandbox.inbox(OUTSIDE) == []


def test_a_picture_comes_in(sandbox: Sandbox, client: Client) -> None:
    text = sandbox.text_in("(415) 555-0123", MARA_LINE, "", media=b"\x89PNG")
    assert base64.b64decode(sandbox.world.texts.get(text["id"])["media"]) == b"\x89PNG"


def test_what_was_sent_arrives(sandbox: Sandbox, client: Client) -> None:
    client.ask("POST", "/sms", {"to_numbers": [OUTSIDE], "text": "Grüße ☕"})
    sandbox.clock.advance("1m")
    [text] = sandbox.inbox(OUTSIDE)
    assert text["text"] == "Grüße ☕"
    assert sandbox.inbox("415 555 0123") == [text]


def test_a_text_to_nobody_is_refused(sandbox: Sandbox, client: Client) -> None:
    with pytest.raises(Refusal) as no:
        sandbox.text_in(OUTSIDE, "+14155550188", "Hi")
    assert no.value.status in (400, 404)
    with pytest.raises(Refusal, match="from: 'nobody'"):
        sandbox.text_in("nobody", MARA_LINE, "Hi")


def test_a_call_comes_in_is_answered_and_ends(sandbox: Sandbox, client: Client) -> None:
    call = sandbox.call_in(OUTSIDE, MARA_LINE)
    assert sandbox.world.calls.get(call["call_id"])["direction"] == "inbound"
    assert sandbox.answer(call["call_id"], "mara@larkspur.example")["state"] == "connected"
    sandbox.clock.advance("30s")
    assert sandbox.hang_up(call["call_id"])["state"] == "hangup"
    with pytest.raises(Refusal):
        sandbox.hang_up(call["call_id"])
    with pytest.raises(Refusal):
        sandbox.answer(1)


def test_the_caller_hangs_up(sandbox: Sandbox, client: Client) -> None:
    call = sandbox.call_in(OUTSIDE, MARA_LINE, hangup_after="90s")
    sandbox.answer(call["call_id"])
    sandbox.clock.advance("2m")
    assert sandbox.world.calls.get(call["call_id"])["state"] == "hangup"


def test_a_caller_leaves_a_message(sandbox: Sandbox, client: Client) -> None:
    call = sandbox.call_in(OUTSIDE, MARA_LINE, voicemail="Please call me back.")
    sandbox.clock.advance("10m")
    assert len(sandbox.world.voicemails.where("call", call["call_id"])) == 1


def test_a_message_has_the_sound_it_was_given(sandbox: Sandbox, client: Client) -> None:
    call = sandbox.call_in(OUTSIDE, MARA_LINE, voicemail="Call me back", sound=b"RIFF....WAVE")
    sandbox.clock.advance("5m")
    [message] = sandbox.world.voicemails.where("call", int(call["call_id"]))
    status, sound, headers = client.send("GET", f"/files/voicemails/{message['id']}.wav")
    assert (status, sound, headers["content-type"]) == (200, b"RIFF....WAVE", "audio/wav")
    with pytest.raises(Refusal, match="sound: needs voicemail"):
        sandbox.call_in(OUTSIDE, MARA_LINE, sound=b"RIFF")


def test_what_is_told_of_texts_and_calls_is_what_users_know(sandbox: Sandbox, client: Client) -> None:
    call = sandbox.call_in(OUTSIDE, MARA_LINE)
    assert not {"plan", "root", "filed", "goodbye"} & call.keys()
    text = sandbox.text_in(OUTSIDE, MARA_LINE, "", media=b"\x89PNG")
    assert text["mms"] is True
    assert not {"media", "created_at"} & text.keys()
    with pytest.raises(Refusal, match=r"^to: \+19998887777 rings nobody"):
        sandbox.call_in(OUTSIDE, "+19998887777")


def test_only_operators_come_and_go(sandbox: Sandbox, client: Client) -> None:
    body = {"first_name": "New", "last_name": "Hire", "email": "new@larkspur.example", "office_id": OFFICE}
    user = client.ask("POST", "/users", body)
    with pytest.raises(Refusal, match=r"user: new@larkspur.example is an operator of no call center"):
        sandbox.duty("new@larkspur.example", True)
    with pytest.raises(Refusal, match=f"user: {user['id']} is"):
        sandbox.duty(user["id"], False)


def test_operators_come_and_go(sandbox: Sandbox, client: Client) -> None:
    from dialkit.sandbox.operations.groups.operators import on_duty

    sandbox.duty(THEO, False, "Lunch")
    assert not on_duty(sandbox.world, THEO)
    sandbox.duty("theo@larkspur.example", True)
    assert on_duty(sandbox.world, THEO)


# -- the handle


def test_the_clock(sandbox: Sandbox, client: Client) -> None:
    assert sandbox.clock.now == datetime.fromtimestamp(START, UTC)
    assert sandbox.clock.frozen
    sandbox.clock.set(sandbox.clock.now + timedelta(hours=1))
    sandbox.clock.set("2026-03-05T19:00Z")
    assert sandbox.clock.now == datetime(2026, 3, 5, 19, tzinfo=UTC)
    sandbox.clock.run()
    assert not sandbox.clock.frozen
    sandbox.clock.freeze()
    with pytest.raises(Refusal, match="not set back"):
        sandbox.clock.set(START)


def test_requests_deliveries_and_keys(sandbox: Sandbox, client: Client) -> None:
    client.ask("POST", "/sms", {"to_numbers": [OUTSIDE], "text": "Hi"})
    [request] = sandbox.requests
    assert (request.method, request.path, request.json["text"]) == ("POST", "/api/v2/sms", "Hi")
    assert (request.status, request.operation) == (200, "sms.send")
    assert set(sandbox.keys) >= {"admin", "user", "narrow", "expired"}
    assert isinstance(sandbox.deliveries, list)


def test_faults_switches_and_copies(sandbox: Sandbox, client: Client) -> None:
    rule = sandbox.faults.add(operation="users.*", status=500, count=1)
    assert [row["id"] for row in sandbox.faults.list()] == [rule["id"]]
    sandbox.faults.remove(rule["id"])
    with pytest.raises(ValueError, match="status"):
        sandbox.faults.add(status="often")
    sandbox.faults.clear()
    sandbox.switch("retry-after", "on")
    sandbox.snapshot("one")
    client.ask("DELETE", "/contacts/6018273645019283")
    [row] = [row for row in sandbox.diff("one") if row["table"] == "contacts"]
    assert row["after"] is None
    sandbox.restore("one")
    assert client.ask("GET", "/contacts/6018273645019283")
    sandbox.reset()
    assert sandbox.world.switch("retry-after") == "off"


def test_it_must_run_to_be_steered() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        Sandbox().clock.advance(1)


def test_importing_it_loads_nothing() -> None:
    code = "import sys, dialkit.sandbox; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {name for name in out.split() if name.startswith("dialkit.")} == {"dialkit.sandbox"}
    assert not {"asyncio", "uvicorn", "json"} & set(out.split())
