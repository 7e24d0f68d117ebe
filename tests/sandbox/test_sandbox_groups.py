"""Call centers, departments, call routers, coaching teams and what is chosen from on calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit.sandbox.operations.calls import calls
from dialkit.sandbox.operations.groups import call_routers, duty, operators

if TYPE_CHECKING:
    from asking import Client

PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
MARA, THEO = 5391827364501928, 5402938475610293
CENTER, DEPARTMENT, ROUTER = 5610293847561029, 5728391046572839, 6320187465928374
LIST, PROMPT, TEAM = 6517283940562718, 6402918374650192, 5947302846172839
NOWHERE = 5000000000000000


def names(items: list[Any]) -> list[str]:
    return [item["name"] for item in items]


# -- call centers and departments


def test_a_call_center_has_defaults_and_lives(client: Client) -> None:
    made = client.ask("POST", "/callcenters", {"name": "Fairs", "office_id": SEATTLE})
    assert made["ring_seconds"] == "30"
    assert made["hold_queue"]["max_hold_seconds"] == "900"
    assert made["friday_hours"] == ["08:00", "18:00"]
    assert made["sunday_hours"] == made["phone_numbers"] == []
    assert (made["availability_status"], made["state"], made["country"]) == ("open", "active", "us")
    path = f"/callcenters/{made['id']}"
    assert client.ask("GET", path) == made
    changed = client.ask("PATCH", path, {"hold_queue": {"max_hold_count": 7}, "friday_hours": []})
    assert changed == {
        **made,
        "friday_hours": [],
        "hold_queue": {**made["hold_queue"], "max_hold_count": "7"},
    }
    assert client.ask("GET", path + "/operators") == {"users": [], "rooms": []}
    assert client.ask("DELETE", path) == changed
    client.refused(404, "GET", path)


def test_nested_settings_can_be_replaced_instead(client: Client) -> None:
    client.world.switches.put({"id": "nested-settings", "value": "replaced"})
    made = client.ask(
        "POST", "/callcenters", {"name": "A", "office_id": PORTLAND, "alerts": {"cc_service_level": 80}}
    )
    changed = client.ask("PATCH", f"/callcenters/{made['id']}", {"alerts": {"cc_service_level_seconds": 5}})
    assert changed["alerts"] == {"cc_service_level": "95", "cc_service_level_seconds": "5"}


@pytest.mark.parametrize("kind", ["callcenters", "departments"])
def test_lists_by_office_and_name(client: Client, kind: str) -> None:
    every = client.pages(f"/{kind}")
    here, there = (client.pages(f"/offices/{office}/{kind}") for office in (PORTLAND, SEATTLE))
    assert sorted(names(here) + names(there)) == sorted(names(every))
    assert client.pages(f"/{kind}?office_id={SEATTLE}") == there
    assert client.pages(f"/{kind}", size=1) == every
    word = every[0]["name"][1:5].upper()
    assert every[0]["name"] in names(client.pages(f"/{kind}?name_search={word}"))
    assert client.pages(f"/{kind}?name_search=nothing+like+it") == []
    client.refused(404, "GET", f"/offices/{NOWHERE}/{kind}")


def test_a_department(client: Client) -> None:
    made = client.ask("POST", "/departments", {"name": "Fairs", "office_id": SEATTLE})
    assert made["hold_queue"] == {"allow_queuing": False, "max_hold_count": "50", "max_hold_seconds": "900"}
    path = f"/departments/{made['id']}"
    assert client.ask("PATCH", path, {"name": "Markets"})["name"] == "Markets"
    assert client.ask("DELETE", path)["name"] == "Markets"
    client.refused(404, "PATCH", path, {"name": "Gone"})


def test_deleting_a_group_frees_its_numbers_and_lets_go_of_its_people(client: Client) -> None:
    for kind, group_id in (("callcenter", CENTER), ("department", DEPARTMENT)):
        [number] = client.ask("GET", f"/{kind}s/{group_id}")["phone_numbers"]
        client.ask("DELETE", f"/{kind}s/{group_id}")
        assert client.ask("GET", f"/numbers/{number}")["status"] == "available"
        assert client.world.operators.where("group", (kind, group_id)) == []
    assert client.ask("GET", f"/dispositions/{LIST}")["targets"] == []
    assert client.ask("GET", f"/users/{THEO}")["id"] == str(THEO)


def test_deleting_a_call_center_ends_the_calls_that_wait_for_it(client: Client) -> None:
    world = client.world
    for operator in operators.on_duty_members(world, CENTER):
        duty.set_status(world, operator["member_id"], "occupied", "digital")
    call = calls.receive_call(world, "+14155550123", "+15035550110")
    client.advance(2)
    [waiting] = world.calls.where("waiting", CENTER)
    assert client.ask("GET", f"/callcenters/{CENTER}/status")["pending"] == "1"
    client.ask("DELETE", f"/callcenters/{CENTER}")
    assert world.calls.where("waiting", CENTER) == []
    assert world.calls.get(waiting["call_id"])["date_ended"] == world.milliseconds()
    assert call["call_id"] in world.calls


def test_deleting_a_group_ends_the_calls_that_ring_its_operators(client: Client) -> None:
    world = client.world
    center = calls.receive_call(world, "+14155550123", "+15035550110")
    client.advance(2)
    ringing = [leg for leg in world.calls if leg.get("state") == "ringing" and leg["live_user"]]
    assert ringing
    client.ask("DELETE", f"/callcenters/{CENTER}")
    assert world.calls.get(center["call_id"])["date_ended"] == world.milliseconds()
    assert all(world.calls.get(leg["call_id"])["date_ended"] for leg in ringing)


def test_a_number_reaches_a_group_once_it_is_given(client: Client) -> None:
    made = client.ask("POST", "/callcenters", {"name": "Fairs", "office_id": PORTLAND})
    given = client.ask("POST", "/numbers/assign", {"target_type": "callcenter", "target_id": int(made["id"])})
    assert client.ask("GET", f"/callcenters/{made['id']}")["phone_numbers"] == [given["number"]]


@pytest.mark.parametrize(
    ("hours_on", "hours", "status"),
    [
        (False, [], "open"),
        (True, ["08:00", "18:00"], "open"),
        (True, ["10:00", "18:00"], "closed"),  # it is nine in the morning in Portland
        (True, ["06:00", "08:00", "09:00", "12:00"], "open"),
        (True, ["06:00", "08:59", "09:01", "12:00"], "closed"),
        (True, [], "closed"),
    ],
)
def test_opening_times(client: Client, hours_on: bool, hours: list[str], status: str) -> None:
    body = {"hours_on": hours_on, "thursday_hours": hours}
    assert client.ask("PATCH", f"/callcenters/{CENTER}", body)["availability_status"] == status
    assert client.ask("GET", f"/callcenters/{CENTER}/status")["availability"]["status"] == status


def test_opening_times_pass(client: Client) -> None:
    client.ask("PATCH", f"/callcenters/{CENTER}", {"hours_on": True, "thursday_hours": ["08:00", "09:30"]})
    client.advance(1799)
    assert client.ask("GET", f"/callcenters/{CENTER}")["availability_status"] == "open"
    client.advance(1)
    assert client.ask("GET", f"/callcenters/{CENTER}")["availability_status"] == "closed"


ROUTE = {"action": "voicemail", "try_dial_operators": True}


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {"monday_hours": ["08:00"]}, "monday_hours"),
        (400, {"monday_hours": ["8:00", "18:00"]}, "monday_hours"),
        (400, {"monday_hours": ["18:00", "08:00"]}, "monday_hours"),
        (400, {"ring_seconds": 5}, "ring_seconds"),
        (400, {"name": "x" * 101}, "name"),
        (400, {"hold_queue": {"max_hold_seconds": 60, "announce_position": True}}, "announce_position"),
        (400, {"hold_queue": {"queue_escape_dtmf": "x"}}, "queue_escape_dtmf"),
        (
            400,
            {
                "routing_options": {
                    "open": {"action": "department", "try_dial_operators": False},
                    "closed": ROUTE,
                }
            },
            "open",
        ),
        (
            404,
            {
                "routing_options": {
                    "open": ROUTE,
                    "closed": {
                        **ROUTE,
                        "action": "department",
                        "action_target_type": "department",
                        "action_target_id": NOWHERE,
                    },
                }
            },
            "closed",
        ),
        (
            400,
            {"routing_options": {"open": ROUTE, "closed": {**ROUTE, "action_target_id": DEPARTMENT}}},
            "closed",
        ),
    ],
)
def test_what_a_call_center_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    before = client.ask("GET", f"/callcenters/{CENTER}")
    assert named in client.refused(status, "PATCH", f"/callcenters/{CENTER}", body)
    assert client.ask("GET", f"/callcenters/{CENTER}") == before


def test_a_short_hold_has_no_announced_position(client: Client) -> None:
    changed = client.ask("PATCH", f"/callcenters/{CENTER}", {"hold_queue": {"max_hold_seconds": 60}})
    assert changed["hold_queue"]["announce_position"] is False


def test_only_admins_make_groups_and_only_in_offices(client: Client) -> None:
    from dialkit.sandbox.access.keys import token_of

    body = {"name": "A", "office_id": PORTLAND}
    client.refused(403, "POST", "/callcenters", body, token=token_of(1, "user"))
    for kind in ("callcenters", "departments"):
        assert "office_id" in client.refused(404, "POST", f"/{kind}", {**body, "office_id": NOWHERE})
    assert "office_id" in client.refused(400, "POST", "/departments", {"name": "A"})


# -- call routers


def test_a_router_lives(client: Client) -> None:
    body = {
        "name": "Fair Router",
        "office_id": PORTLAND,
        "routing_url": "https://hooks.larkspur.example/fair",
        "default_target_type": "department",
        "default_target_id": DEPARTMENT,
    }
    made = client.ask("POST", "/callrouters", body)
    assert (made["enabled"], made["phone_numbers"]) == (True, [])
    assert "signature" not in made
    path = f"/callrouters/{made['id']}"
    client.ask("POST", f"{path}/assign_number", {"area_code": "503"})
    secret = "example-larkspur-fair-secret-000001"
    changed = client.ask("PATCH", path, {"secret": secret, "office_id": SEATTLE})
    assert changed["signature"] == {"algo": "HS256", "secret": secret, "type": "jwt"}
    [number] = changed["phone_numbers"]
    assert made["id"] in [router["id"] for router in client.pages(f"/callrouters?office_id={SEATTLE}")]
    assert client.ask("DELETE", path) == {}
    assert client.ask("GET", f"/numbers/{number}")["status"] == "available"
    client.refused(404, "GET", path)


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {"routing_url": "not an address"}, "routing_url"),
        (400, {"secret": "short"}, "secret"),
        (400, {"default_target_id": DEPARTMENT}, "default_target"),
        (404, {"default_target_id": NOWHERE, "default_target_type": "user"}, "default_target_id"),
        (404, {"default_target_id": DEPARTMENT, "default_target_type": "user"}, "default_target_id"),
        (400, {"default_target_id": ROUTER, "default_target_type": "callrouter"}, "default_target_id"),
        (404, {"office_id": NOWHERE}, "office_id"),
    ],
)
def test_what_a_router_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    assert named in client.refused(status, "PATCH", f"/callrouters/{ROUTER}", body)


def test_errors_disable_a_router(client: Client) -> None:
    path = f"/callrouters/{ROUTER}"
    for _ in range(10):
        call_routers.note_error(client.world, ROUTER)
    assert client.ask("GET", path)["enabled"] is True
    client.advance(3601)  # the ten are forgotten
    for _ in range(11):
        call_routers.note_error(client.world, ROUTER)
    assert client.ask("GET", path)["enabled"] is False
    assert client.ask("PATCH", path, {"enabled": True})["enabled"] is True
    call_routers.note_error(client.world, ROUTER)
    assert client.ask("GET", path)["enabled"] is False
    client.ask("PATCH", path, {"enabled": True, "reset_error_count": True})
    call_routers.note_error(client.world, ROUTER)
    assert client.ask("GET", path)["enabled"] is True


# -- coaching teams, agent groups


def test_coaching_teams(client: Client) -> None:
    every = client.pages("/coachingteams")
    assert {team["office_id"] for team in every} == {str(PORTLAND), str(SEATTLE)}
    assert (
        client.pages(f"/offices/{PORTLAND}/teams")
        == [every[0]]
        == [client.ask("GET", f"/coachingteams/{TEAM}")]
    )
    path = f"/coachingteams/{TEAM}/members"
    before = client.ask("GET", path)["items"]
    assert {member["role"] for member in before} == {"coach", "trainee"}
    added = client.ask("POST", path, {"member_id": str(THEO), "role": "trainee"})
    assert (added["id"], added["role"], added["is_on_duty"]) == (str(THEO), "trainee", True)
    assert client.ask("GET", path)["items"] == [*before, added]
    assert client.ask("POST", path, {"member_id": str(THEO), "role": "trainee"}) == added
    assert "trainee" in client.refused(409, "POST", path, {"member_id": str(THEO), "role": "coach"})
    client.refused(404, "POST", path, {"member_id": str(NOWHERE), "role": "coach"})
    client.refused(404, "GET", f"/coachingteams/{NOWHERE}/members")


def test_agent_groups_are_read_with_the_scope(client: Client) -> None:
    from dialkit.sandbox.access.keys import token_of

    assert client.ask("GET", "/agent-groups/5548201937465028")["name"] == "Wholesale Agents"
    client.refused(403, "GET", "/agent-groups/5548201937465028", token=token_of(1, "narrow"))
    client.refused(404, "GET", "/agent-groups/nothing")


# -- outcomes, prompts, labels, scorecards


TREE = {"Sold": {"~usage": "inbound", "Beans": {"~usage": "inbound"}}, "Nobody there": {}}


def test_disposition_lists(client: Client) -> None:
    made = client.ask("POST", "/dispositions", {"name": "Fairs", "office_id": SEATTLE, "dispositions": TREE})
    assert made["formatted_dispositions"] == [
        {"name": "Sold", "usage": "inbound", "dispositions": [{"name": "Beans", "usage": "inbound"}]},
        {"name": "Nobody there", "usage": "everything", "dispositions": []},
    ]
    path, target = f"/dispositions/{made['id']}", {"target_type": "coachingteam", "target_id": TEAM}
    assert client.ask("PATCH", path, {"action": "add_target", **target})["targets"] == [target]
    assert client.pages(f"/dispositions?target_type=coachingteam&target_id={TEAM}") == [
        client.ask("GET", path)
    ]
    assert made["id"] in [
        one["id"] for one in client.pages(f"/dispositions?target_type=office&target_id={SEATTLE}")
    ]
    assert len(client.pages("/dispositions")) == 3
    changed = client.ask(
        "PATCH", path, {"name": "Markets", "dispositions": {"Later": {"~usage": "outbound"}}}
    )
    assert (changed["name"], list(changed["dispositions"]), changed["targets"]) == (
        "Markets",
        ["Later"],
        [target],
    )
    assert client.ask("PATCH", path, {"action": "remove_target", **target})["targets"] == []
    client.refused(404, "PATCH", path, {"action": "remove_target", **target})
    client.refused(
        404, "PATCH", path, {"action": "add_target", "target_type": "callcenter", "target_id": NOWHERE}
    )
    assert client.ask("DELETE", path) == {}
    client.refused(404, "GET", path)


def test_new_outcomes_can_join_the_present_ones(client: Client) -> None:
    client.world.switches.put({"id": "disposition-trees", "value": "joined"})
    before = client.ask("GET", f"/dispositions/{LIST}")["dispositions"]
    changed = client.ask(
        "PATCH", f"/dispositions/{LIST}", {"dispositions": {"Later": {"~usage": "outbound"}}}
    )
    assert changed["dispositions"] == {**before, "Later": {"~usage": "outbound"}}


@pytest.mark.parametrize(
    "tree", [{"Sold": "yes"}, {"Sold": {"~usage": "always"}}, {"a": {"b": {"~usage": 1}}}]
)
def test_what_outcomes_cannot_be(client: Client, tree: Any) -> None:
    body = {"name": "Fairs", "office_id": SEATTLE, "dispositions": tree}
    assert "dispositions" in client.refused(400, "POST", "/dispositions", body)


SOUND = {"target_type": "callcenter", "target_id": CENTER, "ivr_type": "GREETING", "file": "SUQzBAAAAAAAAA=="}
PROMPTS = f"/customivrs?target_type=callcenter&target_id={CENTER}"


def chosen(client: Client, ivr_type: str = "GREETING") -> list[str]:
    [group] = [one for one in client.pages(PROMPTS) if one["ivr_type"] == ivr_type]
    return [prompt["id"] for prompt in group["ivrs"] if prompt["selected"]]


def test_only_one_prompt_plays_at_a_time(client: Client) -> None:
    assert chosen(client) == [str(PROMPT)]
    made = client.ask("POST", "/customivrs", {**SOUND, "name": "Summer"})
    assert made["selected"] is False
    way = f"/customivrs/callcenter/{CENTER}/GREETING"
    group = client.ask("PATCH", way, {"ivr_id": int(made["id"])})
    assert [prompt["id"] for prompt in group["ivrs"] if prompt["selected"]] == chosen(client) == [made["id"]]
    assert client.ask("PATCH", f"/customivrs/{made['id']}", {"name": "June"})["name"] == "June"
    assert client.ask("DELETE", way, {"ivr_id": int(made["id"])})["selected"] is True
    assert chosen(client) == []  # nothing takes its place
    client.refused(404, "DELETE", way, {"ivr_id": int(made["id"])})


def test_the_first_prompt_of_its_kind_plays_at_once(client: Client) -> None:
    made = client.ask("POST", "/customivrs", {**SOUND, "ivr_type": "HOLD_MUSIC"})
    assert made["selected"] is True
    assert made["date_added"] == str(client.world.milliseconds())
    assert chosen(client, "HOLD_MUSIC") == [made["id"]]


def test_a_recording_notice_for_one_way_only(client: Client) -> None:
    [notice] = chosen(client, "AUTO_RECORDING")
    made = client.ask("POST", "/customivrs", {**SOUND, "ivr_type": "AUTO_RECORDING"})
    way, body = f"/customivrs/callcenter/{CENTER}/AUTO_RECORDING", {"ivr_id": int(made["id"])}
    client.ask("PATCH", way, {**body, "select_option": "outbound"})
    assert chosen(client, "AUTO_RECORDING") == [notice, made["id"]]
    client.ask("PATCH", way, body)
    assert chosen(client, "AUTO_RECORDING") == [made["id"]]


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {"file": "not base64!"}, "file"),
        (400, {"file": "UklGRg=="}, "file"),
        (404, {"target_id": NOWHERE}, "target_id"),
        (400, {"target_type": "room"}, "target_type"),
        (400, {"ivr_type": "SONG"}, "ivr_type"),
        (413, {"file": "SUQz" * 300_000}, "larger"),
    ],
)
def test_what_a_prompt_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    assert named in client.refused(status, "POST", "/customivrs", {**SOUND, **body})


def test_prompts_of_others_are_not_found(client: Client) -> None:
    client.refused(404, "GET", f"/customivrs?target_type=callcenter&target_id={NOWHERE}")
    client.refused(404, "PATCH", f"/customivrs/department/{DEPARTMENT}/GREETING", {"ivr_id": PROMPT})
    client.refused(404, "PATCH", f"/customivrs/callcenter/{CENTER}/CLOSED", {"ivr_id": PROMPT})
    client.refused(404, "PATCH", f"/customivrs/{NOWHERE}", {"name": "x"})


def test_call_labels(client: Client) -> None:
    labels = client.ask("GET", "/calllabels")["labels"]
    assert labels[:3] == ["wholesale", "follow-up", "complaint"]
    assert client.ask("GET", "/calllabels?limit=2") == {"labels": labels[:2]}


def test_scorecards(client: Client) -> None:
    every = client.pages("/scorecards")
    assert {card["state"] for card in every} == {"active", "archived", "draft"}
    [active] = client.pages("/scorecards?state=active")
    assert client.ask("GET", f"/scorecards/{active['id']}") == active
    assert client.pages(f"/scorecards?target_type=callcenter&target_id={CENTER}") == every
    assert client.pages(f"/scorecards?target_type=office&target_id={PORTLAND}") == []
    client.refused(404, "GET", f"/scorecards?target_type=office&target_id={NOWHERE}")
    client.refused(404, "GET", f"/scorecards/{NOWHERE}")
