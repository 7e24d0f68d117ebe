"""Operators of call centers, departments and offices: who they are, how skilled, whether on duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit.sandbox.access.keys import token_of
from dialkit.sandbox.operations.groups import duty, operators

if TYPE_CHECKING:
    from asking import Client

PORTLAND = 5219384756201938
MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
CENTER, DEPARTMENT, ROOM = 5610293847561029, 5728391046572839, 5839201746583920
NOWHERE = 5000000000000000
PEOPLE, DUTY = f"/callcenters/{CENTER}/operators", f"/callcenters/operators/{THEO}/dutystatus"


def ids(client: Client, path: str = PEOPLE, kind: str = "users") -> set[str]:
    return {one["id"] for one in client.ask("GET", path)[kind]}


def events(client: Client, kind: str) -> list[Any]:
    return [event["payload"] for event in client.world.events if event["kind"] == kind]


def some_user(client: Client, **fields: Any) -> int:
    return next(
        user["id"]
        for user in client.world.users
        if all(user[name] == value for name, value in fields.items())
        and operators.member(client.world, ("callcenter", CENTER), "user", user["id"]) is None
    )


# -- who is one


def test_an_operator_comes_and_goes(client: Client) -> None:
    client.ask("DELETE", PEOPLE, {"user_id": THEO})
    assert str(THEO) not in ids(client)
    client.refused(404, "DELETE", PEOPLE, {"user_id": THEO})
    client.refused(404, "GET", f"{PEOPLE}/{THEO}/skill")
    added = client.ask("POST", PEOPLE, {"user_id": THEO, "role": "supervisor"})
    assert (added["name"], added["id"]) == ("Theo Banks", str(THEO))
    assert str(THEO) in ids(client)
    assert client.ask("GET", f"{PEOPLE}/{THEO}/skill")["skill_level"] == "100"
    groups = client.ask("GET", f"/users/{THEO}")["group_details"]
    assert {"group_id": str(CENTER), "group_type": "callcenter", "role": "supervisor"}.items() <= groups[
        -1
    ].items()


def test_adding_again_changes_role_and_skill(client: Client) -> None:
    before = ids(client)
    client.ask("POST", PEOPLE, {"user_id": THEO, "skill_level": 55})
    assert ids(client) == before
    assert client.ask("GET", f"{PEOPLE}/{THEO}/skill")["skill_level"] == "55"
    client.world.switches.put({"id": "added-again", "value": "refused"})
    client.refused(409, "POST", PEOPLE, {"user_id": THEO, "skill_level": 60})
    client.refused(
        409, "POST", f"/departments/{DEPARTMENT}/operators", {"operator_type": "user", "operator_id": THEO}
    )
    assert client.ask("GET", f"{PEOPLE}/{THEO}/skill")["skill_level"] == "55"


def test_a_user_without_a_license_takes_one(client: Client) -> None:
    def left() -> tuple[int, int]:
        found = client.ask("GET", f"/offices/{PORTLAND}/available_licenses")
        return int(found["sell_lines"]), int(found["talk_lines"])

    (sell, talk), body = left(), {"user_id": INES}
    client.ask("POST", PEOPLE, body)
    assert left() == (sell - 1, talk + 1)
    assert client.ask("GET", f"/users/{INES}")["license"] == "agents"
    client.ask("DELETE", PEOPLE, body)
    assert client.ask("GET", f"/users/{INES}")["license"] == "agents"  # none is given back
    client.ask("POST", PEOPLE, {**body, "license_type": "lite_support_agents"})
    assert client.ask("GET", f"/users/{INES}")["license"] == "agents"  # it has one, so none is taken


def test_without_a_free_license_nothing_changes(client: Client) -> None:
    office = client.world.offices.get(PORTLAND)
    client.world.offices.change(PORTLAND, plan={**office["plan"], "sell_lines": 0})
    before = client.ask("GET", f"/users/{INES}")
    status, raw, _ = client.send("POST", "/api/v2" + PEOPLE, {"user_id": INES})
    assert status in (400, 409), raw
    assert client.ask("GET", f"/users/{INES}") == before
    assert str(INES) not in ids(client)


@pytest.mark.parametrize("keep", [True, False])
def test_a_support_license_and_the_numbers(client: Client, keep: bool) -> None:
    user_id = some_user(client, license="talk", state="active", id=INES)
    [number] = (client.ask("POST", f"/users/{user_id}/assign_number", {"area_code": "503"}).get("number"),)
    body = {"user_id": user_id, "license_type": "lite_support_agents", "keep_paid_numbers": keep}
    client.ask("POST", PEOPLE, body)
    user = client.ask("GET", f"/users/{user_id}")
    assert (user["license"], user["phone_numbers"]) == ("lite_support_agents", [number] if keep else [])
    assert client.ask("GET", f"/numbers/{number}")["status"] == ("user" if keep else "available")


@pytest.mark.parametrize(
    ("status", "path", "body", "named"),
    [
        (404, PEOPLE, {"user_id": NOWHERE}, "user_id"),
        (404, PEOPLE, {"user_id": ROOM}, "user_id"),
        (400, PEOPLE, {"user_id": INES, "skill_level": 0}, "skill_level"),
        (400, PEOPLE, {"user_id": INES, "skill_level": 101}, "skill_level"),
        (400, PEOPLE, {"user_id": INES, "role": "coach"}, "role"),
        (
            404,
            f"/departments/{DEPARTMENT}/operators",
            {"operator_type": "room", "operator_id": INES},
            "operator_id",
        ),
        (400, f"/offices/{PORTLAND}/operators", {"operator_id": INES}, "operator_type"),
        (404, f"/callcenters/{NOWHERE}/operators", {"user_id": INES}, "call center"),
    ],
)
def test_who_cannot_be_an_operator(client: Client, status: int, path: str, body: Any, named: str) -> None:
    assert named in client.refused(status, "POST", path, body)


def test_only_active_users_are_added(client: Client) -> None:
    for state in ("suspended", "pending"):
        user_id = some_user(client, state=state)
        assert state in client.refused(400, "POST", PEOPLE, {"user_id": user_id})


@pytest.mark.parametrize("group", [f"/departments/{DEPARTMENT}", f"/offices/{PORTLAND}"])
def test_rooms_and_users_answer_departments_and_offices(client: Client, group: str) -> None:
    path, room = group + "/operators", {"operator_type": "room", "operator_id": ROOM}
    added = client.ask("POST", path, {**room, "role": "operator"})
    assert (added["name"], added["is_on_duty"]) == ("Cupping Lab", True)
    assert str(ROOM) in ids(client, path, "rooms")
    assert str(INES) in ids(client, path)
    assert client.ask("DELETE", path, room)["id"] == str(ROOM)
    assert ids(client, path, "rooms") == set()
    client.refused(404, "DELETE", path, room)
    client.ask("DELETE", path, {"operator_type": "user", "operator_id": INES})
    assert str(INES) not in ids(client, path)


def test_a_deleted_user_is_no_operator(client: Client) -> None:
    client.ask("DELETE", f"/users/{THEO}")
    assert str(THEO) not in ids(client)
    client.refused(404, "GET", DUTY)


# -- skill


def test_skill_is_one_for_each_call_center(client: Client) -> None:
    other = client.ask("POST", "/callcenters", {"name": "Fairs", "office_id": PORTLAND})["id"]
    client.ask("POST", f"/callcenters/{other}/operators", {"user_id": THEO, "skill_level": 10})
    told = client.ask("PATCH", f"{PEOPLE}/{THEO}/skill", {"skill_level": 0})
    assert told == {"call_center_id": str(CENTER), "user_id": str(THEO), "skill_level": "0"}
    assert client.ask("GET", f"/callcenters/{other}/operators/{THEO}/skill")["skill_level"] == "10"
    client.refused(400, "PATCH", f"{PEOPLE}/{THEO}/skill", {"skill_level": 101})
    client.refused(404, "PATCH", f"{PEOPLE}/{INES}/skill", {"skill_level": 50})


# -- duty


def status(client: Client) -> dict[str, int]:
    told = client.ask("GET", f"/callcenters/{CENTER}/status")
    return {name: int(told[name]) for name in ("capacity", "on_duty_operators", "pending")}


def test_duty_is_kept_told_and_counted(client: Client) -> None:
    now, before, logged = client.world.milliseconds(), status(client), len(client.world.duty_log)
    assert before["on_duty_operators"] > 0
    told = client.ask("PATCH", DUTY, {"on_duty": False, "duty_status_reason": "Lunch"})
    assert (told["on_duty"], told["on_duty_status"], told["duty_status_reason"]) == (
        False,
        "unavailable",
        "Lunch",
    )
    assert told["duty_status_started"] == str(now)
    assert told == client.ask("GET", DUTY)
    user = client.ask("GET", f"/users/{THEO}")
    assert (user["is_on_duty"], user["duty_status_reason"]) == (False, "Lunch")
    assert status(client)["on_duty_operators"] == before["on_duty_operators"] - 1
    [event] = events(client, "agent_status")
    assert event["target"] == {
        "id": THEO,
        "type": "user",
        "name": "Theo Banks",
        "email": "theo@larkspur.example",
        "phone": "+15035550143",
    }
    assert (event["on_duty_status"], event["on_duty_status_reason"]) == ("unavailable", "Lunch")
    assert (event["call_center_ids"], event["date"], event["event_timestamp"]) == ([], now, now)
    client.advance(600)
    back = client.ask("PATCH", DUTY, {"on_duty": True})
    assert back["on_duty_started"] == back["duty_status_started"] == str(now + 600_000)
    assert "duty_status_reason" not in back
    assert events(client, "agent_status")[-1]["call_center_ids"] == [str(CENTER)]
    assert status(client) == before
    assert [
        (one["at"] * 1000, one["on_duty"], one["reason"]) for one in list(client.world.duty_log)[logged:]
    ] == [
        (now, False, "Lunch"),
        (now + 600_000, True, None),
    ]


def test_saying_the_same_again_changes_nothing(client: Client) -> None:
    before = client.ask("PATCH", DUTY, {"on_duty": False, "duty_status_reason": "Lunch"})
    client.advance(60)
    assert client.ask("PATCH", DUTY, {"on_duty": False, "duty_status_reason": "Lunch"}) == before
    assert len(events(client, "agent_status")) == 1
    other = client.ask("PATCH", DUTY, {"on_duty": False, "duty_status_reason": "Training"})
    assert other["duty_status_started"] > before["duty_status_started"]


def free_agent(client: Client) -> int:
    members = operators.on_duty_members(client.world, CENTER)
    return next(one["member_id"] for one in members if duty.is_free(client.world, one))


def test_what_an_agent_does_takes_them_from_the_free(client: Client) -> None:
    before, agent = status(client), free_agent(client)
    duty.set_status(client.world, agent, "occupied", "digital")
    told = client.ask("GET", f"/callcenters/operators/{agent}/dutystatus")
    assert (told["on_duty_status"], told["session_type"]) == ("occupied", "digital")
    assert status(client) == {**before, "capacity": before["capacity"] - 1}
    duty.set_status(client.world, agent, "available")
    assert status(client) == before
    client.ask("PATCH", f"/users/{agent}/togglednd", {"do_not_disturb": True})
    assert status(client)["capacity"] == before["capacity"] - 1


def test_an_agent_can_hold_off_one_call_center_only(client: Client) -> None:
    before, agent = status(client), free_agent(client)
    quiet = {"do_not_disturb": True, "group_id": CENTER, "group_type": "callcenter"}
    client.ask("PATCH", f"/users/{agent}/togglednd", quiet)
    assert status(client) == {**before, "capacity": before["capacity"] - 1}
    assert client.ask("GET", f"/users/{agent}")["do_not_disturb"] is False


def test_a_live_call_occupies(client: Client) -> None:
    before, agent = status(client), free_agent(client)
    client.world.calls.put({"call_id": 1, "live_user": agent})
    told = client.ask("GET", f"/callcenters/operators/{agent}/dutystatus")
    assert (told["on_duty_status"], told["session_type"]) == ("occupied", "call")
    assert status(client)["capacity"] == before["capacity"] - 1


def test_waiting_calls_are_counted(client: Client) -> None:
    before, now = status(client), client.world.milliseconds()
    for call_id, waited in ((1, 42_000), (2, 7_000)):
        client.world.calls.put({"call_id": call_id, "waiting_for": CENTER, "date_queued": now - waited})
    told = client.ask("GET", f"/callcenters/{CENTER}/status")
    assert int(told["pending"]) == before["pending"] + 2
    assert int(told["longest_call_wait_time"]) >= 42


def test_whose_duty_cannot_be_set(client: Client) -> None:
    client.refused(404, "PATCH", f"/callcenters/operators/{NOWHERE}/dutystatus", {"on_duty": True})
    client.refused(400, "PATCH", f"/callcenters/operators/{INES}/dutystatus", {"on_duty": True})
    assert client.ask("GET", f"/callcenters/operators/{INES}/dutystatus")["on_duty"] is False
    client.refused(400, "PATCH", DUTY, {"duty_status_reason": "Lunch"})


def test_duty_of_me(client: Client) -> None:
    token = token_of(1, "user")
    assert client.ask("GET", "/callcenters/operators/me/dutystatus", token=token)["user_id"] == str(THEO)


def test_adding_and_removing_are_in_the_change_log(client: Client) -> None:
    client.ask("DELETE", PEOPLE, {"user_id": THEO})
    client.ask("POST", PEOPLE, {"user_id": THEO})
    told = events(client, "changelog")
    assert [event["action"] for event in told] == ["operator.remove", "operator.add"]
    assert told[0]["target"] == {"type": "callcenter", "id": CENTER}
    assert told[0]["changed_by"]["id"] == MARA
