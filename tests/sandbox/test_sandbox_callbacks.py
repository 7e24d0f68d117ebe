"""Callbacks: queued, refused, made when an operator is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calling import CALL_CENTER, CALLER, MARA, OTHER, only_on_duty

if TYPE_CHECKING:
    from asking import Client

BODY = {"call_center_id": CALL_CENTER, "phone_number": OTHER}


def test_a_callback_waits_for_an_operator(client: Client) -> None:
    only_on_duty(client)
    assert client.ask("POST", "/callback", BODY) == {"position": "1"}
    assert client.ask("POST", "/callback", {**BODY, "phone_number": CALLER}) == {"position": "2"}
    client.advance(600)
    assert {one["status"] for one in client.world.callbacks} == {"queued"}
    only_on_duty(client, MARA)
    client.advance(30)
    first = next(iter(client.world.callbacks))
    assert first["status"] == "called"
    call = client.ask("GET", f"/call/{first['call_id']}")
    assert (call["external_number"], call["target"]["id"]) == (OTHER, str(MARA))
    assert call["group_id"] == f"CallCenter:{CALL_CENTER}"
    client.advance(600)
    assert {one["status"] for one in client.world.callbacks} == {"called"}


def test_what_is_refused_is_refused_in_a_trial_too(client: Client) -> None:
    only_on_duty(client)
    client.ask("POST", "/callback", BODY)
    for path in ("/callback", "/callback/validate"):
        assert "waits" in client.refused(409, "POST", path, BODY)
        assert "abroad" in client.refused(400, "POST", path, {**BODY, "phone_number": "+442079460123"})
        assert client.refused(404, "POST", path, {**BODY, "call_center_id": 4711}).startswith(
            "call_center_id"
        )
        assert client.refused(400, "POST", path, {"phone_number": OTHER}).startswith("call_center_id")
    assert len(client.world.callbacks) == 1


def test_a_trial_queues_nothing(client: Client) -> None:
    assert client.ask("POST", "/callback/validate", BODY) == {"success": True}
    assert len(client.world.callbacks) == 0


def test_hours_and_settings_hold(client: Client) -> None:
    only_on_duty(client)
    record = client.world.call_centers.get(CALL_CENTER)
    queue = {**record["hold_queue"], "allow_queue_callback": False}
    client.world.call_centers.change(CALL_CENTER, hold_queue=queue)
    assert "no callbacks" in client.refused(400, "POST", "/callback", BODY)
    client.world.call_centers.change(CALL_CENTER, hold_queue=record["hold_queue"], hours_on=True)
    client.ask("POST", "/callback/validate", BODY)
    client.advance(12 * 3600)
    assert "closed" in client.refused(400, "POST", "/callback", BODY)


def test_a_callback_is_given_up(client: Client) -> None:
    only_on_duty(client)
    client.ask("POST", "/callback", BODY)
    client.advance(4 * 3600 + 60)
    assert [one["status"] for one in client.world.callbacks] == ["timed_out"]
