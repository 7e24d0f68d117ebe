"""Users: licenses, numbers, states, status, do not disturb, offices."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from asking import START, Client

from dialkit.sandbox import Sandbox

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
CENTER = 5610293847561029
NEW = {"email": "nia@larkspur.example", "office_id": PORTLAND, "first_name": "Nia", "last_name": "Reyes"}


def left(client: Client, line: str, office: int = PORTLAND) -> int:
    return int(client.ask("GET", f"/offices/{office}/available_licenses").get(line, 0))


def make(client: Client, **more: Any) -> str:
    return f"/users/{client.ask('POST', '/users', {**NEW, **more})['id']}"


def use_up(client: Client, line: str, office: int = PORTLAND) -> None:
    record = client.world.offices.get(office)
    taken = record["plan"][line] - left(client, line, office)
    client.world.offices.put({**record, "plan": {**record["plan"], line: taken}})


def choose(client: Client, name: str, choice: str) -> None:
    client.world.switches.put({"id": name, "value": choice})


def test_a_user_from_first_to_last(client: Client) -> None:
    given = {**NEW, "auto_assign": True}
    made = client.ask("POST", "/users", given)
    assert (made["display_name"], made["license"], made["state"]) == ("Nia Reyes", "talk", "pending")
    assert made["date_added"] == "2026-03-05T17:00:00"
    [number] = made["phone_numbers"]
    path = f"/users/{made['id']}"
    assert client.ask("GET", path) == made
    emails = ["n@larkspur.example", "nia@larkspur.example"]
    changed = client.ask("PATCH", path, {"last_name": "Ruiz", "emails": emails, "id": 5, "job_title": None})
    assert changed == {**made, "last_name": "Ruiz", "emails": emails, "display_name": "Nia Ruiz"}
    gone = client.ask("DELETE", path)
    assert (gone["state"], gone["phone_numbers"]) == ("deleted", [])
    assert client.ask("GET", f"/numbers/{number}")["status"] == "available"
    client.refused(404, "GET", path)
    client.refused(404, "DELETE", path)
    assert client.ask("POST", "/users", given)["emails"] == ["nia@larkspur.example"], "free again"


def test_a_user_takes_a_license_and_gives_it_back(client: Client) -> None:
    before = left(client, "talk_lines")
    path = make(client)
    assert left(client, "talk_lines") == before - 1
    sell = left(client, "sell_lines")
    client.ask("PATCH", path, {"license": "agents"})
    assert (left(client, "talk_lines"), left(client, "sell_lines")) == (before, sell - 1)
    client.ask("DELETE", path)
    assert left(client, "sell_lines") == sell


def test_without_a_free_license_nobody_comes(client: Client) -> None:
    use_up(client, "talk_lines")
    users = len(client.world.users)
    assert "talk_lines" in client.refused(400, "POST", "/users", NEW)
    assert len(client.world.users) == users
    choose(client, "no-license", "409")
    client.refused(409, "POST", "/users", NEW)
    choose(client, "no-license", "bought")
    plan = client.ask("GET", f"/offices/{PORTLAND}/plan")
    make(client)
    bought = client.ask("GET", f"/offices/{PORTLAND}/plan")
    assert int(bought["talk_lines"]) == int(plan["talk_lines"]) + 1
    assert left(client, "talk_lines") == 0


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (409, {**NEW, "email": "MARA@larkspur.example"}, "email"),
        (404, {**NEW, "office_id": 5000000000000000}, "office_id"),
        (400, {**NEW, "email": "nobody"}, "email"),
        (400, {"email": NEW["email"]}, "office_id"),
        (400, {**NEW, "license": "support"}, "license"),
    ],
)
def test_who_cannot_be_made(client: Client, status: int, body: dict[str, Any], named: str) -> None:
    assert client.refused(status, "POST", "/users", body).startswith(named)


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (409, {"emails": ["theo@larkspur.example", "mara@larkspur.example"]}, "emails"),
        (400, {"emails": []}, "emails"),
        (409, {"extension": "1042"}, "extension"),
        (400, {"extension": "ten"}, "extension"),
        (400, {"forwarding_numbers": ["+15035550199", "503"]}, "forwarding_numbers[1]"),
        (404, {"admin_office_ids": [5000000000000000]}, "admin_office_ids"),
        (404, {"office_id": 5000000000000000}, "office_id"),
        (400, {"phone_numbers": ["+15035550142"]}, "phone_numbers"),
        (400, {"phone_numbers": ["+15035550143", "+15035550143"]}, "phone_numbers"),
        (400, {"state": "deleted"}, "state"),
    ],
)
def test_what_cannot_be_changed(client: Client, status: int, body: dict[str, Any], named: str) -> None:
    before = client.world.users.get(THEO)
    assert client.refused(status, "PATCH", f"/users/{THEO}", body).startswith(named)
    assert client.world.users.get(THEO) is before


def test_own_values_can_be_sent_again(client: Client) -> None:
    user = client.ask("GET", f"/users/{MARA}")
    sent = {name: user[name] for name in ("emails", "extension", "phone_numbers")}
    assert client.ask("PATCH", f"/users/{MARA}", sent) == user


def test_admin_rights(client: Client) -> None:
    assert client.ask("GET", f"/users/{THEO}")["is_admin"] is False
    shown = client.ask("PATCH", f"/users/{THEO}", {"admin_office_ids": [SEATTLE]})
    assert (shown["is_admin"], shown["admin_office_ids"]) == (True, [str(SEATTLE)])
    shown = client.ask("PATCH", f"/users/{THEO}", {"admin_office_ids": [], "is_super_admin": True})
    assert (shown["is_admin"], shown["is_super_admin"]) == (True, True)


def test_the_user_of_the_key_can_go(client: Client) -> None:
    client.ask("DELETE", "/users/me")
    client.refused(404, "GET", "/users/me")
    assert list(client.world.events)[-1]["payload"]["changed_by"]["id"] == MARA


# -- the list


def test_the_list_by_state(client: Client) -> None:
    def states(query: str) -> dict[str, int]:
        found = [user["state"] for user in client.pages("/users" + query, size=5)]
        return {state: found.count(state) for state in found}

    everybody = states("?state=all")
    assert everybody == {"active": 10, "suspended": 1, "pending": 1, "deleted": 1}
    for state, count in everybody.items():
        assert states(f"?state={state}") == {state: count}
    assert states("?state=cancelled") == {}
    assert states("") == {"active": 10, "suspended": 1, "pending": 1}
    choose(client, "users-without-state", "active")
    assert states("") == {"active": 10}
    choose(client, "users-without-state", "all")
    assert states("") == everybody


def test_the_list_by_admin_email_and_number(client: Client) -> None:
    def ids(query: str) -> list[str]:
        return [user["id"] for user in client.ask("GET", "/users" + query)["items"]]

    assert ids("?company_admin=true") == [str(MARA)]
    assert str(MARA) not in ids("?company_admin=false")
    assert ids("?email=Theo@larkspur.example") == [str(THEO)]
    assert ids("?email=nobody@larkspur.example") == []
    assert ids(f"?number={quote('+15035550143')}") == [str(THEO)]
    assert ids("?number=5035550143") == [str(THEO)]
    assert ids(f"?number={quote('+15035550100')}") == [], "the office's"
    assert ids(f"?number={quote('+15035550143')}&email=mara@larkspur.example") == []
    assert ids("?email=theo@larkspur.example&state=suspended") == []


def test_me_is_the_user_of_the_key(client: Client) -> None:
    assert client.ask("GET", "/users/me")["id"] == str(MARA)
    assert client.ask("PATCH", "/users/me/status", {"status_message": "Out"})["id"] == str(MARA)
    assert client.ask("GET", f"/users/{MARA}")["status_message"] == "Out"


# -- numbers, groups and devices of users who change or go


def test_numbers_can_be_put_in_order_and_dropped(client: Client) -> None:
    for number in ("+15035550144", "+15035550145"):
        client.ask("POST", f"/users/{THEO}/assign_number", {"number": number, "primary": False})
    order = ["+15035550145", "+15035550143", "+15035550144"]
    assert client.ask("PATCH", f"/users/{THEO}", {"phone_numbers": order})["phone_numbers"] == order
    additional = left(client, "additional_number_lines")
    client.ask("PATCH", f"/users/{THEO}", {"phone_numbers": order[:1]})
    assert left(client, "additional_number_lines") == additional + 2
    assert client.ask("GET", "/numbers/%2B15035550143")["status"] == "available"
    assert {device["phone_number"] for device in client.pages(f"/userdevices?user_id={THEO}")} == set(
        order[:1]
    )


def test_who_goes_leaves_everything(client: Client) -> None:
    client.world.channel_members.put({"id": 1, "channel_id": 5, "user_id": THEO})
    assert client.world.operators.where("member", ("user", THEO))
    assert client.pages(f"/userdevices?user_id={THEO}")
    client.ask("PUT", f"/users/{THEO}/e911", HOME)
    client.ask("DELETE", f"/users/{THEO}")
    world = client.world
    assert world.operators.where("member", ("user", THEO)) == []
    assert world.devices.where("user", THEO) == []
    assert world.calls.where("live", THEO) == []
    assert world.deskphones.where("owner", ("user", THEO)) == []
    assert world.numbers.where("target", ("user", THEO)) == []
    assert world.channel_members.where("user", THEO) == []
    assert f"user:{THEO}" not in world.e911
    client.refused(404, "GET", f"/userdevices?user_id={THEO}")


def test_a_support_license_makes_numbers_cost(client: Client) -> None:
    before = left(client, "additional_number_lines")
    client.ask("PATCH", f"/users/{THEO}", {"license": "lite_support_agents"})
    assert left(client, "additional_number_lines") == before - 1
    client.ask("PATCH", f"/users/{THEO}", {"license": "talk"})
    assert left(client, "additional_number_lines") == before
    told = {"license": "lite_support_agents", "keep_paid_numbers": False}
    assert client.ask("PATCH", f"/users/{THEO}", told)["phone_numbers"] == []
    assert left(client, "additional_number_lines") == before


# -- states


def test_suspended_and_active_again(client: Client) -> None:
    path = f"/users/{THEO}"
    assert client.ask("GET", path)["is_online"] is True
    shown = client.ask("PATCH", path, {"state": "suspended"})
    assert (shown["state"], shown["is_online"], shown["is_on_duty"]) == ("suspended", False, False)
    assert shown["phone_numbers"] == ["+15035550143"], "numbers stay"
    assert client.world.calls.where("live", THEO) == [], "who is shut out is on no call any more"
    assert client.ask("PATCH", path, {"state": "active"})["is_online"] is True


def test_voice_intelligence_of_the_live_call(client: Client) -> None:
    path = f"/users/{THEO}/togglevi"
    shown = client.ask("PATCH", path, {"enable_vi": False, "vi_locale": "fr-ca"})
    assert (shown["enable_vi"], shown["vi_locale"]) == (False, "fr-ca")
    again = client.ask("PATCH", path, {"enable_vi": True})
    assert again == {**shown, "enable_vi": True}
    client.ask("PUT", f"/call/{shown['id']}/actions/hangup")
    assert "no call" in client.refused(400, "PATCH", path, {"enable_vi": True})


def test_a_pending_user_who_is_activated_signs_in(client: Client) -> None:
    path = make(client, auto_assign=True)
    assert client.ask("GET", path).get("date_active") is None
    client.advance(60)
    shown = client.ask("PATCH", path, {"state": "active"})
    assert shown["date_active"] == shown["date_first_login"] == "2026-03-05T17:01:00"
    assert (shown["onboarding_completed"], shown["is_online"]) == (True, True)
    [device] = client.pages("/userdevices?user_id=" + path.rpartition("/")[2])
    [number] = shown["phone_numbers"]
    assert device["id"] == f"{number}-user-{shown['id']}-client-native"


# -- offices


def test_moving_within_the_country_keeps_numbers(client: Client) -> None:
    talk, sell = left(client, "sell_lines"), left(client, "sell_lines", SEATTLE)
    moved = client.ask("PATCH", f"/users/{THEO}/move_office", {"office_id": SEATTLE})
    assert (moved["office_id"], moved["phone_numbers"]) == (str(SEATTLE), ["+15035550143"])
    assert (left(client, "sell_lines"), left(client, "sell_lines", SEATTLE)) == (talk + 1, sell - 1)
    assert client.ask("GET", "/numbers/%2B15035550143")["office_id"] == str(SEATTLE)
    client.ask("PATCH", f"/users/{THEO}", {"office_id": PORTLAND})
    use_up(client, "sell_lines", SEATTLE)
    assert "sell_lines" in client.refused(400, "PATCH", f"/users/{THEO}/move_office", {"office_id": SEATTLE})
    client.refused(404, "PATCH", f"/users/{THEO}/move_office", {"office_id": 5000000000000000})
    assert client.ask("PATCH", f"/users/{THEO}/move_office", {})["office_id"] == str(PORTLAND)


def test_moving_abroad_changes_the_number(client: Client) -> None:
    client.world.offices.change(SEATTLE, country="GB")
    told = client.refused(400, "PATCH", f"/users/{THEO}", {"office_id": SEATTLE})
    assert told.startswith("office_id: the office is abroad")
    moved = client.ask("PATCH", f"/users/{THEO}/move_office", {"office_id": SEATTLE})
    assert moved["phone_numbers"] == ["+442079460000"]
    assert client.ask("GET", "/numbers/%2B15035550143")["status"] == "available"
    client.ask("PATCH", f"/users/{INES}", {"office_id": SEATTLE})
    client.world.companies.change(client.world.company_id, account_type="free")
    client.refused(403, "PATCH", f"/users/{MARA}/move_office", {"office_id": SEATTLE})


# -- status, do not disturb, names to call under


def test_a_status_line_goes_when_its_time_comes(client: Client) -> None:
    path, now = f"/users/{THEO}", 1_772_730_000
    first = client.ask("PATCH", path + "/status", {"status_message": "Out", "expiration": (now + 60) * 1000})
    assert first == {"id": str(THEO), "status_message": "Out", "expiration": str((now + 60) * 1000)}
    client.advance(30)
    client.ask("PATCH", path + "/status", {"expiration": now + 90})  # seconds are understood, the line stays
    client.advance(40)
    assert client.ask("GET", path)["status_message"] == "Out"
    client.advance(40)
    assert "status_message" not in client.ask("GET", path)
    client.ask("PATCH", path + "/status", {"status_message": "Back"})
    client.advance(86_400)
    assert client.ask("GET", path)["status_message"] == "Back"


def test_do_not_disturb_for_all_and_for_a_group(client: Client) -> None:
    path = f"/users/{THEO}"
    assert client.ask("PATCH", path + "/togglednd", {"do_not_disturb": True})["do_not_disturb"] is True
    assert client.ask("GET", path)["do_not_disturb"] is True
    client.ask("PATCH", path + "/togglednd", {"do_not_disturb": False})
    group = {"do_not_disturb": True, "group_id": CENTER, "group_type": "callcenter"}
    assert client.ask("PATCH", path + "/togglednd", group) == {
        **group,
        "group_id": str(CENTER),
        "id": str(THEO),
    }
    shown = client.ask("GET", path)
    told = {one["group_type"]: one["do_not_disturb"] for one in shown["group_details"]}
    assert (shown["do_not_disturb"], told["callcenter"], told["department"]) == (False, True, False)
    client.refused(400, "PATCH", f"/users/{INES}/togglednd", group)
    client.refused(404, "PATCH", path + "/togglednd", {**group, "group_id": 5000000000000000})
    client.refused(400, "PATCH", path + "/togglednd", {"do_not_disturb": True, "group_id": CENTER})


def test_personas(client: Client) -> None:
    found = client.ask("GET", f"/users/{THEO}/personas")["items"]
    assert [(one["type"], one["caller_id"]) for one in found] == [
        ("user", "+15035550143"),
        ("callcenter", "+15035550110"),
        ("department", "+15035550120"),
    ]
    assert found[1]["id"] == str(CENTER)


def test_caller_id(client: Client) -> None:
    path = f"/users/{THEO}/caller_id"
    shown = client.ask("GET", path)
    assert (shown["caller_id"], shown["office_main_line"]) == ("+15035550143", "+15035550100")
    assert {group["caller_id"] for group in shown["groups"]} == {"+15035550110", "+15035550120"}
    client.ask("PATCH", f"/users/{THEO}", {"forwarding_numbers": ["+15035550198"]})
    for number in ("+15035550110", "+15035550100", "+15035550198", "+15035550143", "blocked"):
        assert client.ask("POST", path, {"caller_id": number})["caller_id"] == number
    for number in ("+15035550142", "+14155550123"):
        assert client.refused(400, "POST", path, {"caller_id": number}).startswith("caller_id")
    assert client.ask("GET", path)["caller_id"] == "blocked"
    client.ask("POST", path, {"caller_id": "+15035550143"})
    client.ask("POST", f"/users/{THEO}/unassign_number", {"number": "+15035550143"})
    assert client.ask("GET", path)["caller_id"] == "+15035550100", "what a user cannot show is not shown"
    settings = {"block_caller_id_disabled": True, "set_caller_id_disabled": True}
    client.world.offices.change(PORTLAND, office_settings=settings)
    for number in ("blocked", "+15035550100"):
        client.refused(403, "POST", path, {"caller_id": number})


# -- emergency addresses

HOME = {"address": "114  NE Larch St", "city": "Portland", "state": "or", "zip": "97211", "country": "us"}


def test_an_emergency_address_is_kept_as_written_or_as_checked(client: Client) -> None:
    path = f"/users/{THEO}/e911"
    office = client.ask("GET", f"/offices/{PORTLAND}/e911")
    assert client.ask("GET", path) == office, "without one of their own"
    assert client.ask("PUT", path, {**HOME, "address2": "Floor 2"}) == {**HOME, "address2": "Floor 2"}
    checked = {**HOME, "address": "114 NE Larch St", "state": "OR", "country": "US", "address2": ""}
    assert client.ask("PUT", path, {**HOME, "use_validated_option": True}) == checked, (
        "and no old second line"
    )
    assert client.ask("GET", path) == checked
    assert client.ask("GET", f"/offices/{PORTLAND}/e911") == office
    for name, wrong in (("address", "P.O. Box 12"), ("zip", "9721"), ("city", " "), ("state", None)):
        assert client.refused(400, "PUT", path, {**HOME, name: wrong}).startswith(name)


def test_an_office_can_give_its_address_to_all(client: Client) -> None:
    client.ask("PUT", f"/users/{THEO}/e911", HOME)
    seattle = {"address": "1 Pier Rd", "city": "Seattle", "state": "WA", "zip": "98101", "country": "US"}
    client.ask("PUT", f"/offices/{PORTLAND}/e911", seattle)
    assert client.ask("GET", f"/offices/{PORTLAND}")["e911_address"]["address"] == "1 Pier Rd"
    assert client.ask("GET", f"/users/{THEO}/e911")["address"] == HOME["address"]
    client.ask("PUT", f"/offices/{PORTLAND}/e911", {**seattle, "update_all": True})
    assert client.ask("GET", f"/users/{THEO}/e911")["address"] == "1 Pier Rd"


# -- the change log


def test_changes_are_told_to_the_change_log(client: Client) -> None:
    client.ask("PATCH", f"/users/{THEO}", {"job_title": "Lead"})
    event = list(client.world.events)[-1]
    assert event["kind"] == "changelog"
    told = event["payload"]
    assert (told["action"], told["target"]) == ("user.update", {"type": "user", "id": THEO})
    assert told["changed_by"] == {"name": "Mara Ellison", "id": MARA, "type": "user"}
    assert told["additional_data"] == {"changes": {"job_title": "Lead"}}


# -- at scale


def test_a_larger_company_is_as_sound_as_the_small_one() -> None:
    with Sandbox(limits=False, at=START, frozen=True, sizes={"users": 400}) as sandbox:
        client = Client(sandbox)
        users = client.pages("/users")
        assert len(users) == len({user["emails"][0] for user in users}) == 400
        numbers = [number for user in users for number in user["phone_numbers"]]
        assert len(numbers) == len(set(numbers)) > 300
        assert all(number[5:10] == "55501" and not number.startswith("+1564") for number in numbers)
        assert all(client.world.numbers.get(number)["target_type"] == "user" for number in numbers)
        assert {user["state"] for user in users} == {"active", "suspended", "pending"}
        client.connection.close()
