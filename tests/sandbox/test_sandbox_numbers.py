"""Numbers: who has which, licenses they take, swaps, fax lines, tags, blocks, formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
CENTER, DEPARTMENT, ROOM = 5610293847561029, 5728391046572839, 5839201746583920
ROUTER, NOBODY = 6320187465928374, 5000000000000000
PERSON = {"target_type": "user", "target_id": MARA}


def number(client: Client, text: str) -> dict[str, Any]:
    return dict(client.ask("GET", "/numbers/" + quote(text)))


def lines(client: Client, path: str) -> list[str]:
    return list(client.ask("GET", path).get("phone_numbers", []))


def left(client: Client, line: str = "additional_number_lines", office: int = PORTLAND) -> int:
    return int(client.ask("GET", f"/offices/{office}/available_licenses").get(line, 0))


def use_up(client: Client, line: str = "additional_number_lines") -> None:
    plan = client.world.offices.get(PORTLAND)["plan"]
    client.world.offices.change(PORTLAND, plan={**plan, line: plan[line] - left(client, line)})


def agree(client: Client) -> None:
    """What a number says of its owner, and an owner of its numbers, is the same."""
    tables = {
        "user": "users",
        "office": "offices",
        "room": "rooms",
        "department": "departments",
        "callcenter": "call_centers",
        "callrouter": "call_routers",
    }
    world = client.world
    listed = {
        held: (kind, owner["id"])
        for kind, table in tables.items()
        for owner in world.table(table)
        for held in owner["phone_numbers"]
    }
    said = {
        one["number"]: (one["target_type"], one["target_id"]) for one in world.numbers if one["target_type"]
    }
    faxes = {fax["number"] for fax in world.fax_lines}
    assert listed == {name: whose for name, whose in said.items() if name not in faxes}
    assert all((one["status"] == "available") <= (one["line"] is None) for one in world.numbers)


def test_the_start_agrees(client: Client) -> None:
    agree(client)


def test_assign_unassign_and_what_it_costs(client: Client) -> None:
    before = left(client)
    taken = {"target_type": "user", "target_id": THEO}
    assert "assigned" in client.refused(409, "POST", "/numbers/+15035550142/assign", taken)
    second = client.ask("POST", f"/users/{MARA}/assign_number", {"number": "+15035550144", "primary": False})
    assert (second["status"], second["target_id"]) == ("user", str(MARA))
    assert lines(client, f"/users/{MARA}") == ["+15035550142", "+15035550144"]
    assert left(client) == before - 1
    first = client.ask("POST", f"/users/{MARA}/assign_number", {"number": "+12065550145"})
    assert first["office_id"] == str(PORTLAND)
    assert lines(client, f"/users/{MARA}") == ["+12065550145", "+15035550142", "+15035550144"]
    again = client.ask("POST", "/numbers/+15035550142/assign", PERSON)
    assert again["number"] == lines(client, f"/users/{MARA}")[0] == "+15035550142"
    assert left(client) == before - 2
    client.refused(409, "POST", f"/users/{THEO}/unassign_number", {"number": "+15035550142"})
    freed = client.ask("POST", f"/users/{MARA}/unassign_number", {"number": "+15035550142"})
    assert (freed["status"], freed.get("target_id")) == ("available", None)
    assert left(client) == before - 1
    agree(client)


def test_the_first_number_costs_nothing_and_a_further_one_needs_a_license(client: Client) -> None:
    use_up(client)
    assert client.ask("POST", f"/users/{INES}/assign_number", {"area_code": "503"})["target_id"] == str(INES)
    held = len(client.world.numbers)
    for body in ({"area_code": "312"}, {"number": "+15035550145"}):
        assert "additional_number_lines" in client.refused(400, "POST", f"/users/{INES}/assign_number", body)
    assert len(client.world.numbers) == held, "and no number was taken anew"
    client.world.switches.put({"id": "no-license", "value": "bought"})
    client.ask("POST", f"/users/{INES}/assign_number", {"area_code": "312"})
    agree(client)


@pytest.mark.parametrize(
    ("path", "kind", "target", "status"),
    [
        (f"/offices/{SEATTLE}", "office", SEATTLE, "office"),
        (f"/rooms/{ROOM}", "room", ROOM, "room"),
        (f"/callrouters/{ROUTER}", "callrouter", ROUTER, "call_router"),
        (f"/users/{THEO}", "user", THEO, "user"),
        (f"/callcenters/{CENTER}", "callcenter", CENTER, "call_center"),
        (f"/departments/{DEPARTMENT}", "department", DEPARTMENT, "department"),
    ],
)
def test_every_kind_of_target(client: Client, path: str, kind: str, target: int, status: str) -> None:
    had = lines(client, path)
    to = {"target_type": kind, "target_id": target}
    made = client.ask("POST", "/numbers/assign", {**to, "area_code": "312", "primary": False})
    assert made["number"] == "+13125550100"
    assert (made["status"], made["target_type"], made["target_id"]) == (status, kind, str(target))
    assert lines(client, path) == [*had, "+13125550100"]
    swapped = client.ask("POST", "/numbers/swap", {"target": to})
    assert lines(client, path) == [swapped["number"], *had[1:], "+13125550100"]
    agree(client)
    if kind in ("office", "room", "user"):
        client.ask("POST", f"{path}/unassign_number", {"number": "+13125550100"})
    else:
        client.ask("DELETE", "/numbers/%2B13125550100")
    assert lines(client, path) == [swapped["number"], *had[1:]]
    agree(client)


def test_reserved_numbers_come_first(client: Client) -> None:
    ask = {"target_type": "user", "target_id": INES}
    assert client.ask("POST", "/numbers/assign", ask)["number"] == "+15035550144", "one of the office"
    assert client.ask("POST", "/numbers/assign", {**ask, "area_code": "206"})["number"] == "+12065550145"
    assert client.ask("POST", "/numbers/assign", {**ask, "area_code": "971"})["number"] == "+19715550100"
    for one in [one for one in client.world.numbers if one["status"] == "available"]:
        client.world.numbers.remove(one["number"])
    assert client.ask("POST", "/numbers/assign", ask)["number"][:5] == "+1503", "then the office's area code"
    assert client.refused(400, "POST", "/numbers/assign", {**ask, "area_code": "12"}).startswith("area_code")
    assert "564" in client.refused(400, "POST", "/numbers/assign", {**ask, "area_code": "564"})


@pytest.mark.parametrize(
    ("status", "path", "body"),
    [
        (404, "/numbers/+15035550144/assign", {**PERSON, "target_id": NOBODY}),
        (404, "/numbers/+14155550199/assign", PERSON),
        (404, "/numbers/assign", {**PERSON, "number": "+14155550199"}),
        (404, "/numbers/assign", {**PERSON, "target_type": "staffgroup"}),
        (400, "/numbers/assign", {**PERSON, "target_type": "unknown"}),
        (409, "/numbers/assign", {**PERSON, "number": "+15035550190"}),
        (409, "/numbers/assign", {**PERSON, "number": "+12065550190"}),
        (404, f"/rooms/{ROOM}/unassign_number", {"number": "+14155550199"}),
        (409, f"/rooms/{ROOM}/unassign_number", {"number": "+15035550142"}),
    ],
)
def test_what_cannot_be_assigned(client: Client, status: int, path: str, body: dict[str, Any]) -> None:
    client.refused(status, "POST", path, body)
    agree(client)


def test_swaps(client: Client) -> None:
    to = {"target": PERSON}
    assert client.ask("POST", "/numbers/swap", to)["number"] == "+15035550144"
    assert number(client, "+15035550142")["status"] == "available"
    [device] = [one for one in client.pages(f"/userdevices?user_id={MARA}") if one["type"] == "native"]
    assert device["phone_number"] == "+15035550144", "what rings is the primary number"
    code = {"type": "area_code", "area_code": "206"}
    assert client.ask("POST", "/numbers/swap", {**to, "swap_details": code})["number"] == "+12065550145"
    named = {"type": "provided_number", "number": "+15035550146"}
    assert client.ask("POST", "/numbers/swap", {**to, "swap_details": named})["number"] == "+15035550146"
    client.refused(409, "POST", "/numbers/swap", {**to, "swap_details": {**named, "number": "+15035550143"}})
    client.refused(404, "POST", "/numbers/swap", {**to, "swap_details": {**named, "number": "+14155550123"}})
    client.refused(400, "POST", "/numbers/swap", {**to, "swap_details": {"type": "provided_number"}})
    client.refused(404, "POST", "/numbers/swap", {"target": {**PERSON, "target_id": NOBODY}})
    assert lines(client, f"/users/{MARA}") == ["+15035550146"]
    client.world.switches.put({"id": "reserve-pool", "value": "off"})
    client.refused(403, "POST", "/numbers/swap", {**to, "swap_details": named})
    agree(client)


def test_a_number_is_freed_or_given_up(client: Client) -> None:
    assert client.ask("DELETE", "/numbers/%2B15035550142")["status"] == "available"
    assert lines(client, f"/users/{MARA}") == []
    assert client.ask("DELETE", "/numbers/%2B15035550143?release=true")["deleted"] is True
    client.refused(404, "GET", "/numbers/%2B15035550143")
    assert lines(client, f"/users/{THEO}") == []
    client.refused(404, "DELETE", "/numbers/%2B15035550143")
    agree(client)


def test_without_a_pool_what_is_freed_is_gone(client: Client) -> None:
    client.world.switches.put({"id": "reserve-pool", "value": "off"})
    assert client.ask("POST", f"/users/{MARA}/unassign_number", {"number": "+15035550142"})["deleted"] is True
    client.refused(404, "GET", "/numbers/%2B15035550142")
    agree(client)


def test_the_list_by_status(client: Client) -> None:
    everything = client.pages("/numbers", size=7)
    assert len({one["number"] for one in everything}) == len(client.world.numbers)
    for status in (
        "available",
        "user",
        "office",
        "room",
        "call_center",
        "porting",
        "pending",
        "dynamic_caller",
    ):
        found = client.pages(f"/numbers?status={status}", size=3)
        assert found == [one for one in everything if one["status"] == status]


def test_only_an_admin_sees_the_list(client: Client) -> None:
    token = client.world.keys.where("user", THEO)[0]["token"]
    client.refused(403, "GET", "/numbers", token=token)


# -- fax lines


def test_fax_lines(client: Client) -> None:
    before = left(client, "fax_lines")
    to = {"target_type": "department", "target_id": DEPARTMENT}
    reserved = {"type": "reserved", "number": "+15035550144"}
    made = client.ask("POST", "/faxline", {"line": reserved, "target": to})
    assert (made["number"], made["target_id"]) == ("+15035550144", str(DEPARTMENT))
    assert lines(client, f"/departments/{DEPARTMENT}") == ["+15035550120"], "a fax line does not ring"
    client.refused(409, "POST", "/faxline", {"line": reserved, "target": to})
    client.refused(404, "POST", "/faxline", {"line": {**reserved, "number": "+14155550123"}, "target": to})
    client.refused(409, "POST", "/numbers/+15035550144/assign", to)
    search = {"type": "search", "area_code": "206"}
    theo = {"target_type": "user", "target_id": THEO}
    assert client.ask("POST", "/faxline", {"line": search, "target": theo})["number"] == "+12065550145"
    toll_free = client.ask("POST", "/faxline", {"line": {"type": "tollfree"}, "target": theo})
    assert number(client, toll_free["number"])["type"] == "tollfree"
    assert left(client, "fax_lines") == before - 3
    client.refused(404, "POST", "/faxline", {"line": search, "target": {**theo, "target_id": NOBODY}})
    client.refused(400, "POST", "/faxline", {"line": search, "target": {**theo, "target_type": "office"}})
    use_up(client, "fax_lines")
    client.refused(400, "POST", "/faxline", {"line": search, "target": theo})
    client.ask("DELETE", "/numbers/%2B15035550144")
    assert left(client, "fax_lines") == 1
    client.ask("DELETE", f"/users/{THEO}")
    assert number(client, "+12065550145")["status"] == "available"
    assert [one["number"] for one in client.world.fax_lines] == ["+15035550122"]
    agree(client)


# -- marks and blocks


def test_marks_are_set_one_by_one(client: Client) -> None:
    who = {"phone": "+14155550177"}
    none = {"do_not_call": False, "do_not_text": False}
    assert client.ask("PATCH", "/numbers/tags", who) == {**who, **none}
    assert client.ask("PATCH", "/numbers/tags", {**who, "do_not_text": True}) == {
        **who,
        **none,
        "do_not_text": True,
    }
    both = client.ask("PATCH", "/numbers/tags", {**who, "do_not_call": True})
    assert both == {**who, "do_not_call": True, "do_not_text": True}
    assert client.world.tags.get(who["phone"]) == both
    client.refused(400, "PATCH", "/numbers/tags", {"phone": "415 555 0177"})


def test_blocked_numbers(client: Client) -> None:
    def blocked() -> set[str]:
        return {one["number"] for one in client.pages("/blockednumbers")}

    before, two = blocked(), ["+14155550171", "+14155550172"]
    client.ask("POST", "/blockednumbers/add", {"numbers": two})
    client.ask("POST", "/blockednumbers/add", {"numbers": two[:1]})
    assert blocked() == before | {*two}
    assert client.ask("GET", "/blockednumbers/%2B14155550171") == {"number": two[0]}
    client.ask("POST", "/blockednumbers/remove", {"numbers": [two[0], "+14155550173"]})
    client.refused(404, "GET", "/blockednumbers/%2B14155550171")
    client.ask("POST", "/blockednumbers/add", {})
    assert blocked() == before | {two[1]}
    client.refused(400, "POST", "/blockednumbers/add", {"numbers": ["+14155550174", "415"]})
    assert blocked() == before | {two[1]}


# -- formats


@pytest.mark.parametrize(
    ("number", "country", "e164", "local", "code", "of"),
    [
        ("+14155550123", "", "+14155550123", "(415) 555-0123", "(415)", "US"),
        ("(415) 555-0123", "US", "+14155550123", "(415) 555-0123", "(415)", "US"),
        ("1-415-555-0123", "us", "+14155550123", "(415) 555-0123", "(415)", "US"),
        ("+16045550123", "", "+16045550123", "(604) 555-0123", "(604)", "CA"),
        ("+18765550123", "", "+18765550123", "(876) 555-0123", "(876)", "JM"),
        ("020 7946 0123", "GB", "+442079460123", "020 7946 0123", "020", "GB"),
        ("+442079460123", "", "+442079460123", "020 7946 0123", "020", "GB"),
        ("01 99 00 12 34", "FR", "+33199001234", "01 99 00 12 34", "01", "FR"),
        ("02 5550 1234", "AU", "+61255501234", "(02) 5550 1234", "(02)", "AU"),
        ("+6591234567", "", "+6591234567", "9123 4567", "9123", "SG"),
        ("03-1234-5678", "JP", "+81312345678", "03-1234-5678", "03", "JP"),
        ("030 23125123", "DE", "+493023125123", "03023125123", None, "DE"),
        ("+390612345678", "", "+390612345678", "0612345678", None, "IT"),
    ],
)
def test_formats(
    client: Client, number: str, country: str, e164: str, local: str, code: str, of: str
) -> None:
    query = urlencode({"number": number, **({"country_code": country} if country else {})})
    answer = client.ask("POST", f"/numbers/format?{query}")
    assert (answer["e164_number"], answer["local_number"], answer["country_code"]) == (e164, local, of)
    assert answer.get("area_code") == code


@pytest.mark.parametrize(
    ("number", "country", "named"),
    [
        ("(415) 555-0123", "", "country_code"),
        ("(415) 555-0123", "XX", "country_code"),
        ("+99912345678", "", "number"),
        ("415 555 012", "US", "number"),
        ("(115) 555-0123", "US", "number"),
        ("hello", "US", "number"),
    ],
)
def test_what_is_no_number(client: Client, number: str, country: str, named: str) -> None:
    query = urlencode({"number": number, **({"country_code": country} if country else {})})
    assert client.refused(400, "POST", f"/numbers/format?{query}").startswith(named)
