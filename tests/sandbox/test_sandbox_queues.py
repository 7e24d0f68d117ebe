"""Calls to call centers: legs, whose turn it is, waiting, assignment, work afterwards, routers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from calling import (
    CALL_CENTER,
    MARA,
    PARKED,
    TALKS,
    THEO,
    at_once,
    events,
    legs,
    line_of,
    only_on_duty,
    ring,
    told,
)

from dialkit.sandbox.operations.calls import calls
from dialkit.sandbox.operations.groups import duty

if TYPE_CHECKING:
    from asking import Client

ROUTER = 6320187465928374


def center(client: Client, **how: Any) -> Any:
    return ring(client, line_of(client, "callcenter", CALL_CENTER), **how)


def agents(client: Client, call: Any) -> list[Any]:
    return [leg for leg in legs(client, call["root"]) if leg["target_type"] == "user"]


def set_routing(client: Client, routing: str, **queue: Any) -> None:
    record = client.world.call_centers.get(CALL_CENTER)
    options = record["routing_options"]
    way = {**options["open"], "operator_routing": routing}
    client.world.call_centers.change(
        CALL_CENTER,
        routing_options={**options, "open": way},
        hold_queue={**record["hold_queue"], **queue},
    )


def test_the_legs_of_a_queue_call(client: Client) -> None:
    only_on_duty(client, MARA)
    call = center(client)
    (agent,) = agents(client, call)
    assert (agent["state"], agent["live_user"]) == ("ringing", MARA)
    assert (agent["entry_point_call_id"], agent["master_call_id"]) == (call["call_id"], call["root"])
    client.advance(9)
    shown = client.ask("GET", f"/call/{call['call_id']}")
    assert (shown["state"], shown["operator_call_id"]) == ("connected", str(agent["call_id"]))
    assert shown["target"]["type"] == "callcenter"
    assert events(client, "ringing")[-2]["target"]["type"] == "call_center"
    assert duty.duty_of(client.world, MARA)["status"] == "occupied"
    client.ask("PUT", f"/call/{agent['call_id']}/actions/hangup")
    assert {leg["state"] for leg in legs(client, call["root"])} == {"hangup"}
    assert duty.duty_of(client.world, MARA)["status"] == "wrapup"
    client.advance(31)
    assert duty.duty_of(client.world, MARA)["status"] == "available"


def test_one_who_misses_passes_the_call_on(client: Client) -> None:
    only_on_duty(client, MARA, THEO)
    set_routing(client, "mostskilled")
    call = center(client, missed=True)
    (first,) = agents(client, call)
    assert first["target_id"] == MARA  # who has more skill than Theo
    client.advance(30)
    first, second = agents(client, call)
    assert (first["state"], second["target_id"], second["state"]) == ("missed", THEO, "ringing")
    at_once(client, lambda: calls.hang_up(client.world, second["call_id"]))  # declined
    assert [leg["state"] for leg in agents(client, call)] == ["missed", "missed"]
    assert client.world.calls.get(call["call_id"])["state"] == "voicemail"
    client.advance(10)
    assert told(client, call["call_id"])[-2:] == ["voicemail", "hangup"]


def test_all_ring_at_once(client: Client) -> None:
    only_on_duty(client, MARA, THEO)
    set_routing(client, "simultaneous")
    call = center(client)
    assert {leg["target_id"] for leg in agents(client, call)} == {MARA, THEO}
    client.advance(9)
    assert sorted(leg["state"] for leg in agents(client, call)) == ["connected", "missed"]


def test_callers_wait_while_all_are_busy(client: Client) -> None:
    only_on_duty(client, MARA)
    first = center(client, missed=True)
    agent = agents(client, first)[0]
    at_once(client, lambda: calls.answer_call(client.world, agent["call_id"]))
    second = center(client, caller="+14155550178")
    assert second["state"] == "queued"
    status = client.ask("GET", f"/callcenters/{CALL_CENTER}/status")
    assert status["pending"] == "1"
    client.advance(20)
    assert client.world.calls.get(second["call_id"])["state"] == "queued"
    client.ask("PUT", f"/call/{first['call_id']}/actions/hangup")
    client.advance(30 + 5 + 9)
    shown = client.ask("GET", f"/call/{second['call_id']}")
    assert shown["state"] == "connected"
    assert told(client, second["call_id"])[:3] == ["ringing", "queued", "connected"]
    assert client.ask("GET", f"/callcenters/{CALL_CENTER}/status")["pending"] == "0"


def test_who_waits_too_long_or_gives_up(client: Client) -> None:
    only_on_duty(client, MARA)
    set_routing(client, "longestidle", max_hold_seconds=60)
    first = center(client, missed=True)
    at_once(client, lambda: calls.answer_call(client.world, first["call_id"], MARA))
    long, short = center(client), center(client, hangup_after=20)
    client.advance(20)
    assert told(client, short["call_id"]) == ["ringing", "queued", "missed", "hangup"]
    client.advance(18)
    assert client.world.calls.get(long["call_id"])["state"] == "queued"


def test_the_longest_wait_ends_in_voicemail(client: Client) -> None:
    only_on_duty(client, MARA)
    set_routing(client, "longestidle", max_hold_seconds=60)
    first = center(client, hangup_after=300)
    client.advance(9)
    long = center(client)
    client.advance(61)
    assert client.world.calls.get(long["call_id"])["state"] == "voicemail"
    assert client.world.calls.get(first["call_id"])["state"] == "connected"


def test_nobody_on_duty(client: Client) -> None:
    only_on_duty(client)
    set_routing(client, "longestidle", unattended_queue=False)
    call = center(client, voicemail="Is anybody there?")
    assert call["state"] == "voicemail"
    client.advance(60)
    assert client.world.voicemails.where("call", call["call_id"])[0]["transcription"] == "Is anybody there?"
    set_routing(client, "longestidle", unattended_queue=True)
    assert center(client)["state"] == "queued"


def test_a_closed_center_sends_calls_elsewhere(client: Client) -> None:
    only_on_duty(client, MARA)
    client.world.call_centers.change(CALL_CENTER, hours_on=True)
    client.advance(86_400 * 3 + 3600 * 12)  # Sunday night
    call = center(client)
    center_leg, department_leg = legs(client, call["root"])[:2]
    assert (center_leg["target_type"], department_leg["target_type"]) == ("callcenter", "department")
    assert department_leg["entry_point_call_id"] == center_leg["call_id"]
    assert not [leg for leg in legs(client, call["root"]) if leg["target_id"] == MARA]


def test_assignment_of_a_waiting_call(client: Client) -> None:
    only_on_duty(client, MARA)
    first = center(client, hangup_after=5000)
    client.advance(9)
    waits = center(client)
    path = f"/call/{waits['call_id']}"
    answer = client.ask("POST", f"{path}/assign", {"operator_ids": [THEO]})
    assert (answer["status"], answer["assigned_operators"]["operator_ids"]) == ("success", [str(THEO)])
    assert client.ask("GET", f"{path}/assigned")["count"] == "1"
    client.ask("PUT", f"/call/{first['call_id']}/actions/hangup")
    at_once(client, lambda: duty.set_duty(client.world, THEO, True))
    client.advance(60)
    assert client.world.calls.get(waits["call_id"])["state"] == "connected"
    assert [leg["target_id"] for leg in agents(client, waits)] == [THEO]
    assert "does not wait" in client.refused(409, "POST", f"{path}/assign", {"operator_ids": [THEO]})


def test_results_of_assignment(client: Client) -> None:
    path = f"/call/{PARKED}"
    before = client.ask("GET", f"{path}/assigned")["operator_ids"]
    answer = client.ask(
        "POST",
        f"{path}/unassign",
        {"operator_ids": [int(before[0])]},
    )
    assert answer["assigned_operators"]["operator_ids"] == before[1:]
    again = client.ask("POST", f"{path}/unassign", {"operator_ids": [int(before[0])]})
    assert (again["status"], again["operators"][0]["status"]) == ("error", "error")
    strange = client.ask("POST", f"{path}/assign", {"operator_ids": [4711]})
    assert strange["operators"][0]["message"]
    assert client.ask("POST", f"{path}/unassign/all")["operator_ids"] == before[1:]
    assert client.ask("GET", f"{path}/assigned")["count"] == "0"
    assert client.refused(400, "POST", f"{path}/assign", {}).startswith("operator_ids")
    assert "call center" in client.refused(400, "GET", f"/call/{TALKS}/assigned")


def test_roots_apart(client: Client) -> None:
    client.world.switches.put({"id": "queue-legs", "value": "apart"})
    only_on_duty(client, MARA)
    call = center(client)
    (agent,) = agents(client, call)
    assert call["master_call_id"] == agent["master_call_id"] != call["call_id"]
    client.advance(300)
    assert all(leg["date_ended"] for leg in legs(client, call["root"]))


@pytest.mark.parametrize("answer", ["ok", "error"])
def test_routers_lead_to_their_default(client: Client, answer: str) -> None:
    client.world.switches.put({"id": "router-answer", "value": answer})
    only_on_duty(client, MARA)
    number = next(one["number"] for one in client.world.numbers if one.get("target_id") == ROUTER)
    call = ring(client, number)
    trail = client.ask("GET", f"/call/{call['call_id']}")["routing_breadcrumbs"]
    assert [step["breadcrumb_type"] for step in trail] == ["external_api", "callrouter"]
    assert ("response" in trail[0]) == (answer == "ok")
    assert call["target_id"] == CALL_CENTER
    assert call["entry_point_target"]["type"] == "callrouter"
    for _ in range(11):
        ring(client, number)
    assert client.ask("GET", f"/callrouters/{ROUTER}")["enabled"] == (answer == "ok")


@pytest.mark.parametrize("default", [("callrouter", ROUTER), ("channel", 1), ("user", 4711)])
def test_routers_that_lead_nowhere_end_at_the_main_line(client: Client, default: tuple[str, int]) -> None:
    kind, target_id = default
    client.world.call_routers.change(ROUTER, default_target_type=kind, default_target_id=target_id)
    number = client.world.numbers.where("target", ("callrouter", ROUTER))[0]["number"]
    call = ring(client, number)
    assert call["target_type"] == "office"
    assert len(call["routing_breadcrumbs"]) <= 10
