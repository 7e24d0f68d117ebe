"""Calls from ring to hangup: made, answered, missed, moved, parked, shared with others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from calling import (
    BUSY,
    CALL_CENTER,
    MARA,
    OTHER,
    PARKED,
    PORTLAND,
    SILENT,
    TALKS,
    THEO,
    VOICEMAIL,
    at_once,
    colleague,
    events,
    legs,
    line_of,
    only_on_duty,
    ring,
    told,
)

from dialkit.sandbox.operations.calls import calls

if TYPE_CHECKING:
    from asking import Client


def make(client: Client, number: str = OTHER, user_id: int = MARA, **more: Any) -> int:
    body = {"user_id": user_id, "phone_number": number, **more}
    return int(client.ask("POST", "/call", body)["call_id"])


def read(client: Client, call_id: int) -> Any:
    return client.ask("GET", f"/call/{call_id}")


def awake(client: Client, *user_ids: int) -> None:
    for user_id in user_ids:
        client.ask("PATCH", f"/users/{user_id}/togglednd", {"do_not_disturb": False})


# -- made


def test_a_call_rings_connects_and_ends(client: Client) -> None:
    call_id = make(client, custom_data="order=7")
    assert read(client, call_id)["state"] == "calling"
    client.advance(2)
    assert read(client, call_id)["state"] == "ringing"
    client.advance(4)
    call = read(client, call_id)
    assert (call["state"], call["custom_data"]) == ("connected", "order=7")
    assert "date_ended" not in call
    assert "duration" not in call
    client.advance(180)
    call = read(client, call_id)
    assert call["state"] == "hangup"
    assert 40_000 <= call["duration"] <= 180_000
    assert call["total_duration"] == call["duration"] + 6_000
    assert told(client, call_id)[:4] == ["calling", "ringing", "connected", "hangup"]


def test_events_have_numbers_and_nulls(client: Client) -> None:
    call_id = make(client)
    first, *_ = [event for event in events(client) if event["call_id"] == call_id]
    assert first["date_connected"] is None
    assert first["duration"] is None
    assert first["entry_point_target"] == {}
    assert first["target"]["id"] == MARA
    assert first["target"]["office_id"] == PORTLAND
    assert first["event_timestamp"] == client.world.milliseconds()
    assert first["recording_details"] == []
    client.advance(300)
    ended = next(event for event in events(client, "hangup") if event["call_id"] == call_id)
    assert isinstance(ended["duration"], float)
    assert isinstance(ended["hold_time"], float)


@pytest.mark.parametrize(
    ("number", "seconds", "connects"), [(BUSY, 5, False), (SILENT, 35, False), (VOICEMAIL, 40, True)]
)
def test_fates_of_numbers(client: Client, number: str, seconds: float, connects: bool) -> None:
    call_id = make(client, number)
    client.advance(seconds)
    call = read(client, call_id)
    assert call["state"] == "hangup"
    assert ("date_connected" in call) == connects
    assert call.get("duration") == (15_000.0 if connects else None)
    client.advance(3600)
    assert client.ask("GET", f"/transcripts/{call_id}") == {"call_id": str(call_id)}, "nobody talked with us"


def test_who_cannot_call(client: Client) -> None:
    world = client.world
    sleeper = next(user["id"] for user in world.users if user["state"] == "suspended")
    assert client.refused(403, "POST", "/call", {"user_id": sleeper, "phone_number": OTHER}).startswith(
        "user_id"
    )
    assert client.refused(404, "POST", "/call", {"user_id": 123, "phone_number": OTHER}).startswith("user_id")
    device = world.devices.where("user", THEO)[0]["id"]
    body = {"user_id": MARA, "phone_number": OTHER}
    assert client.refused(400, "POST", "/call", {**body, "device_id": device}).startswith("device_id")
    shown = {**body, "outbound_caller_id": "+15035550143"}
    assert client.refused(400, "POST", "/call", shown).startswith("outbound_caller_id")
    assert client.refused(409, "POST", "/call", {**body, "is_consult": True}).startswith("is_consult")
    own = {**body, "phone_number": world.users.get(MARA)["phone_numbers"][0]}
    assert client.refused(400, "POST", "/call", own).startswith("phone_number")
    client.ask("POST", "/call", {**body, "outbound_caller_id": "blocked"})
    for device in world.devices.where("user", MARA):
        world.devices.remove(device["id"])
    for phone in world.deskphones.where("owner", ("user", MARA)):
        world.deskphones.remove(phone["id"])
    assert "no active device" in client.refused(400, "POST", "/call", body)


def test_only_an_app_dials_at_once(client: Client) -> None:
    device = client.ask("POST", f"/users/{THEO}/initiate_call", {"phone_number": OTHER})["device"]
    assert device["user_id"] == str(THEO)
    assert client.world.calls.where("live", THEO)[-1]["external_number"] == OTHER
    for device in client.world.devices.where("user", THEO):
        client.world.devices.change(device["id"], type="iphone")
    said = client.refused(400, "POST", f"/users/{THEO}/initiate_call", {"phone_number": OTHER})
    assert "signed in" in said
    assert client.refused(400, "POST", f"/users/{THEO}/initiate_call", {}).startswith("phone_number")


def test_a_second_call_lets_the_first_wait(client: Client) -> None:
    second = make(client, user_id=THEO, is_consult=True)
    client.advance(8)
    assert read(client, TALKS)["state"] == "hold"
    assert read(client, second)["state"] == "connected"
    client.ask("PUT", f"/call/{second}/actions/hangup")
    assert read(client, TALKS)["state"] == "connected"
    client.advance(10)
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    ended = next(event for event in events(client, "hangup") if event["call_id"] == TALKS)
    assert ended["hold_time"] == 6_000.0
    assert ended["talk_time"] == ended["duration"] - 6_000.0


def test_a_call_for_a_group_is_listed_with_it(client: Client) -> None:
    call_id = make(client, group_id=CALL_CENTER, group_type="callcenter")
    shown = line_of(client, "callcenter", CALL_CENTER)
    assert client.world.calls.get(call_id)["selected_caller_id"] == shown
    call = read(client, call_id)
    assert call["group_id"] == f"CallCenter:{CALL_CENTER}"
    assert call["proxy_target"]["id"] == str(CALL_CENTER)
    client.ask("PUT", f"/call/{call_id}/actions/hangup")
    for kind, target_id in (("callcenter", CALL_CENTER), ("user", MARA)):
        first = client.ask("GET", f"/call?target_type={kind}&target_id={target_id}")["items"][0]
        assert first["call_id"] == str(call_id)


def test_calls_within_the_company_have_two_legs(client: Client) -> None:
    ines = colleague(client)
    number = line_of(client, "user", ines)
    call_id = make(client, number)
    client.advance(2)
    outbound, inbound = legs(client, call_id)
    assert (inbound["target_id"], inbound["state"], inbound["direction"]) == (ines, "ringing", "inbound")
    assert outbound["is_internal"]
    assert inbound["is_internal"]
    assert inbound["contact"]["id"] == str(MARA)
    client.advance(10)
    assert {leg["state"] for leg in legs(client, call_id)} == {"connected"}
    client.ask("PUT", f"/call/{inbound['call_id']}/actions/hangup")
    assert {leg["state"] for leg in legs(client, call_id)} == {"hangup"}
    assert not client.world.calls.where("live", MARA)


def test_text_to_speech_is_heard(client: Client) -> None:
    command = json.dumps({"actions": [{"say": "Your order is ready."}]})
    call_id = make(client, command=command)
    client.advance(300)
    lines = client.ask("GET", f"/transcripts/{call_id}")["lines"]
    assert lines[0]["content"] == "Your order is ready."


# -- from outside


def test_somebody_inside_answers(client: Client) -> None:
    ines = colleague(client)
    call = ring(client, line_of(client, "user", ines), hangup_after=60)
    assert told(client, call["call_id"]) == ["ringing"]
    client.advance(59)
    assert read(client, call["call_id"])["state"] == "connected"
    client.advance(1)
    ended = read(client, call["call_id"])
    assert ended["state"] == "hangup"
    assert ended["total_duration"] == 60_000
    assert ended["contact"]["name"] == "Priya Nair"


def test_missed_calls_go_to_voicemail(client: Client) -> None:
    ines = colleague(client)
    call_id = ring(client, line_of(client, "user", ines), voicemail="Please call me back.")["call_id"]
    client.advance(25)
    assert read(client, call_id)["state"] == "voicemail"
    client.advance(60)
    call = read(client, call_id)
    assert (call["state"], call["transcription_text"]) == ("voicemail", "Please call me back.")
    assert "date_connected" not in call
    assert told(client, call_id) == [
        "ringing",
        "missed",
        "voicemail",
        "hangup",
        "voicemail_uploaded",
        "transcription",
    ]
    last = events(client, "transcription")[-1]
    assert last["voicemail_recording_id"]
    status, sound, headers = client.send("GET", last["voicemail_link"].removeprefix(client.sandbox.url))
    assert (status, sound[:4], headers["content-type"]) == (200, b"RIFF", "audio/wav")


def test_voicemail_without_a_message(client: Client) -> None:
    ines = colleague(client)
    client.ask("PATCH", f"/users/{ines}/togglednd", {"do_not_disturb": True})
    call_id = ring(client, line_of(client, "user", ines))["call_id"]
    client.advance(60)
    assert told(client, call_id) == ["ringing", "voicemail", "hangup"]
    assert read(client, call_id)["state"] == "missed"
    assert not client.world.voicemails.where("call", call_id)


def test_a_caller_who_gives_up_was_missed(client: Client) -> None:
    ines = colleague(client)
    call_id = ring(client, line_of(client, "user", ines), hangup_after=2)["call_id"]
    client.advance(60)
    assert told(client, call_id) == ["ringing", "missed", "hangup"]


def test_blocked_numbers_get_nowhere(client: Client) -> None:
    client.ask("POST", "/blockednumbers/add", {"numbers": [OTHER]})
    call = ring(client, line_of(client, "user", colleague(client)), OTHER)
    assert (call["state"], call["live_user"]) == ("blocked", None)
    assert told(client, call["call_id"]) == ["blocked", "hangup"]


def test_answer_and_hang_up_by_hand(client: Client) -> None:
    ines = colleague(client)
    call_id = ring(client, line_of(client, "user", ines), missed=True)["call_id"]
    client.advance(10)
    at_once(client, lambda: calls.answer_call(client.world, call_id))
    assert read(client, call_id)["state"] == "connected"
    at_once(client, lambda: calls.hang_up(client.world, call_id))
    assert "over" in client.refused(409, "PUT", f"/call/{call_id}/actions/hangup")


# -- listed and labelled


def test_only_ended_calls_are_listed_newest_first(client: Client) -> None:
    found = client.pages("/call", size=7)
    assert len(found) == sum(leg["date_ended"] is not None for leg in client.world.calls)
    started = [int(call["date_started"]) for call in found]
    assert started == sorted(started, reverse=True)
    assert str(TALKS) not in {call["call_id"] for call in found}


def test_filters_of_the_list(client: Client) -> None:
    everything = client.pages("/call")
    middle = int(everything[len(everything) // 2]["date_started"])
    later = client.pages(f"/call?started_after={middle}")
    earlier = client.pages(f"/call?started_before={middle}")
    assert all(int(call["date_started"]) > middle for call in later)
    assert all(int(call["date_started"]) < middle for call in earlier)
    assert 0 < len(later) + len(earlier) < len(everything)
    theirs = client.pages(f"/call?target_type=user&target_id={THEO}")
    assert {call["target"]["id"] for call in theirs} == {str(THEO)}
    assert client.refused(400, "GET", "/call?limit=51").startswith("limit")
    now = client.world.milliseconds()
    span = f"/call?started_after={now - 30 * 86_400_000}&started_before={now}"
    assert client.refused(400, "GET", span).startswith("started_before")
    client.world.switches.put({"id": "call-list-limits", "value": "off"})
    client.ask("GET", span + "&limit=80")


def test_calls_of_deleted_users_are_anonymous(client: Client) -> None:
    gone = next(
        leg["target_id"]
        for leg in client.world.calls
        if leg["target_type"] == "user" and leg["target_id"] not in (MARA, THEO)
    )
    before = client.pages("/call")
    client.ask("DELETE", f"/users/{gone}")
    after = client.pages("/call")
    assert len(after) < len(before)
    assert len(client.pages("/call?include_anonymized=true")) == len(before)


def test_labels(client: Client) -> None:
    path = f"/call/{PARKED}/labels"
    assert client.ask("PUT", path, {"labels": ["follow-up"]})["labels"] == ["follow-up"]
    assert "no label" in client.refused(400, "PUT", path, {"labels": ["nonsense"]})
    client.world.switches.put({"id": "call-labels", "value": "add"})
    assert client.ask("PUT", path, {"labels": ["wholesale"]})["labels"] == ["follow-up", "wholesale"]


# -- moved


def test_transfer_to_a_user(client: Client) -> None:
    ines = colleague(client)
    to = {"to": {"target_type": "user", "target_id": ines}, "custom_data": "from Theo"}
    answer = client.ask("POST", f"/call/{TALKS}/transfer", to)
    assert answer["transferred_to_state"] == "preanswer"
    assert answer["transferred_to_number"] == line_of(client, "user", ines)
    old = read(client, TALKS)
    assert (old["state"], old["is_transferred"]) == ("hangup", True)
    new = client.world.calls.where("live", ines)[0]
    assert (new["state"], new["entry_point_call_id"]) == ("ringing", TALKS)
    assert (new["transferred_from"]["id"], new["custom_data"]) == (str(THEO), "from Theo")
    client.advance(10)
    assert read(client, new["call_id"])["state"] == "connected"
    assert "over" in client.refused(409, "POST", f"/call/{TALKS}/transfer", to)


def test_transfer_to_a_number_and_to_voicemail(client: Client) -> None:
    client.ask("POST", f"/call/{TALKS}/transfer", {"to": {"number": "+14155550188"}})
    new = [leg for leg in legs(client, TALKS) if leg["date_ended"] is None]
    assert [(leg["external_number"], leg["direction"]) for leg in new] == [("+14155550188", "outbound")]
    client.advance(5)
    assert read(client, new[0]["call_id"])["state"] == "connected"
    client.ask("PUT", f"/call/{new[0]['call_id']}/actions/hangup")
    call_id = make(client)
    client.advance(10)
    to = {"to": {"target_type": "user", "target_id": colleague(client)}, "transfer_state": "voicemail"}
    client.ask("POST", f"/call/{call_id}/transfer", to)
    client.advance(20)
    assert "voicemail" in told(client, legs(client, call_id)[-1]["call_id"])
    assert not client.world.calls.where("live", MARA)


def test_transfer_into_another_call(client: Client) -> None:
    call_id = make(client)
    client.advance(10)
    client.ask("POST", f"/call/{call_id}/transfer", {"to": {"call_id": TALKS}})
    assert "merged" in told(client, call_id)
    assert [leg["external_number"] for leg in legs(client, TALKS)][1:] == [OTHER]
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    assert all(leg["date_ended"] for leg in legs(client, TALKS))


def test_transfers_that_are_refused(client: Client) -> None:
    path = f"/call/{TALKS}/transfer"
    assert client.refused(400, "POST", path, {}).startswith("to:")
    for to, status, field in (
        ({"number": "nonsense"}, 400, "to.number"),
        ({"call_id": TALKS}, 400, "to.call_id"),
        ({"target_type": "user", "target_id": 4711}, 404, "to.target_id"),
        ({"operator_id": 4711, "target_id": CALL_CENTER}, 400, "to.operator_id"),
    ):
        assert client.refused(status, "POST", path, {"to": to}).startswith(field)
    ringing = make(client)
    said = client.refused(409, "POST", f"/call/{ringing}/transfer", {"to": {"number": OTHER}})
    assert "not connected" in said


def test_hold_park_and_fetch(client: Client) -> None:
    ines = colleague(client)
    client.ask("POST", f"/call/{TALKS}/transfer", {"transfer_state": "hold"})
    assert read(client, TALKS)["state"] == "hold"
    assert client.world.calls.where("live", THEO)
    client.ask("POST", f"/call/{TALKS}/transfer", {"transfer_state": "parked"})
    call = read(client, TALKS)
    assert (call["state"], call["group_id"]) == ("parked", f"Office:{PORTLAND}")
    assert not client.world.calls.where("live", THEO)
    client.advance(3600)
    assert read(client, TALKS)["state"] == "parked"
    fresh = client.ask("POST", f"/call/{TALKS}/unpark", {"user_id": ines})["call_id"]
    client.advance(10)
    assert read(client, int(fresh))["state"] == "connected"
    said = client.refused(409, "POST", f"/call/{TALKS}/unpark", {"user_id": ines})
    assert "not parked" in said
    client.advance(200)
    assert all(leg["date_ended"] for leg in legs(client, TALKS))


def test_participants(client: Client) -> None:
    fresh = int(
        client.ask("POST", f"/call/{TALKS}/participants/add", {"participant": {"number": OTHER}})["call_id"]
    )
    client.advance(5)
    assert told(client, fresh) == ["calling", "ringing", "connected", "merged"]
    assert read(client, TALKS)["state"] == "connected"
    busy = int(
        client.ask("POST", f"/call/{TALKS}/participants/add", {"participant": {"number": BUSY}})["call_id"]
    )
    client.advance(5)
    assert read(client, busy)["state"] == "hangup"
    assert read(client, TALKS)["state"] == "connected"
    colleague = {"participant": {"target_type": "user", "target_id": MARA}}
    awake(client, MARA)
    third = int(client.ask("POST", f"/call/{TALKS}/participants/add", colleague)["call_id"])
    client.advance(10)
    assert read(client, third)["state"] == "connected"
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    assert all(leg["date_ended"] for leg in legs(client, TALKS))
    assert client.refused(409, "POST", f"/call/{TALKS}/participants/add", colleague)


# -- IVR, screen pops, office lines


def test_ivr_calls_ring_nobody_inside(client: Client) -> None:
    body = {"phone_number": OTHER, "target_type": "callcenter", "target_id": CALL_CENTER, "custom_data": "x"}
    call_id = int(client.ask("POST", "/call/initiate_ivr_call", body)["call_id"])
    client.advance(4)
    assert read(client, call_id)["state"] == "connected"
    assert len(legs(client, call_id)) == 1
    client.advance(30)
    assert read(client, call_id)["duration"] == 25_000
    assert client.refused(404, "POST", "/call/initiate_ivr_call", {**body, "target_id": 4711})
    wrong = {**body, "outbound_caller_id": "+15035550142"}
    assert client.refused(400, "POST", "/call/initiate_ivr_call", wrong).startswith("outbound_caller_id")


def test_screen_pops(client: Client) -> None:
    path = f"/users/{THEO}/screenpop"
    device = client.ask("POST", path, {"screen_pop_uri": "myapp://orders/7"})["device"]
    assert device["user_id"] == str(THEO)
    assert [pop["screen_pop_uri"] for pop in client.world.screen_pops][-1] == "myapp://orders/7"
    for uri in ("https://me:secret@crm.example/", "nonsense", "https://[::1"):
        assert client.refused(400, "POST", path, {"screen_pop_uri": uri}).startswith("screen_pop_uri")


def test_a_main_line_rings_its_operators(client: Client) -> None:
    only_on_duty(client)
    awake(client, MARA)
    call = ring(client, line_of(client, "office", PORTLAND))
    client.advance(10)
    assert read(client, call["call_id"])["state"] == "connected"
    agent = read(client, int(read(client, call["call_id"])["operator_call_id"]))
    assert agent["entry_point_call_id"] == str(call["call_id"])
    assert agent["group_id"] == f"Office:{PORTLAND}"


def test_a_number_marked_do_not_call_is_not_called(client: Client) -> None:
    client.ask("PATCH", "/numbers/tags", {"phone": "+14155550123", "do_not_call": True})
    wanted = {"phone_number": "+14155550123", "user_id": MARA}
    assert "do_not_call" in client.refused(403, "POST", "/call", wanted)
    client.ask("PATCH", "/numbers/tags", {"phone": "+14155550123", "do_not_call": False})
    client.ask("POST", "/call", wanted)
