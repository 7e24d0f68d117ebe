"""The company, its offices with plans and hours, and rooms."""

from __future__ import annotations

from typing import Any

import pytest
from asking import CATALOG, START, Client

from dialkit.catalog.example import request_example

MARA, THEO = 5391827364501928, 5402938475610293
PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
ROOM, DEPARTMENT = 5839201746583920, 5728391046572839
OFFICE = request_example(CATALOG.operation("offices.create"))


def test_the_company(client: Client) -> None:
    assert client.ask("GET", "/company")["office_count"] == "2"
    client.ask("POST", "/offices", OFFICE)
    assert client.ask("GET", "/company")["office_count"] == "3"
    assert client.ask("PUT", "/company/settings?has_callai=false")["settings"]["has_callai"] is False
    settings = client.ask("PUT", "/company/settings")["settings"]
    assert settings == {"has_callai": False, "allow_ai_training": True}


def test_app_settings_for_the_company_and_for_a_target(client: Client) -> None:
    company = client.ask("GET", "/app/settings")
    assert company["enabled"] is True
    target = f"/app/settings?target_type=office&target_id={SEATTLE}"
    assert client.ask("GET", target) == company
    client.world.app_settings.put({"target": f"office:{SEATTLE}", "settings": {"own": "x"}})
    told = client.ask("GET", target)
    assert (told["enabled"], told["settings"]["own"]) == (False, "x")
    assert told["settings"]["sms_logging_enabled"] is False
    client.refused(404, "GET", "/app/settings?target_type=office&target_id=5000000000000000")
    client.refused(400, "GET", "/app/settings?target_type=office")


# -- offices


def test_a_new_office(client: Client) -> None:
    made = client.ask("POST", "/offices", OFFICE)
    office, plan = made["office"], made["plan"]
    assert (office["is_primary_office"], office["state"], office["availability_status"]) == (
        False,
        "active",
        "open",
    )
    [line] = office["phone_numbers"]
    assert line.startswith("+1206")
    number = client.ask("GET", f"/numbers/%2B{line[1:]}")
    assert (number["status"], number["target_id"], number["office_id"]) == (
        "office",
        office["id"],
        office["id"],
    )
    assert (plan["talk_lines"], plan["balance"]) == ("0", "0.00")
    assert plan["next_billing_date"] == "1775001600000", "the first of April"
    assert plan["ppu_address"]["city"] == "Seattle"
    assert client.ask("GET", f"/offices/{office['id']}") == office
    assert client.ask("GET", f"/offices/{office['id']}/e911")["zip"] == "98101"
    assert client.ask("GET", f"/offices/{office['id']}/offdutystatuses")["off_duty_statuses"] == []
    assert office["monday_hours"] == ["08:00", "18:00"]
    assert client.ask("GET", "/offices/primary")["id"] == str(PORTLAND)
    person = {"email": "x@larkspur.example", "office_id": int(office["id"])}
    assert "talk_lines" in client.refused(400, "POST", "/users", person)


@pytest.mark.parametrize(
    ("status", "change", "named"),
    [
        (400, {"e911_address": None}, "e911_address"),
        (400, {"e911_address": {**OFFICE["e911_address"], "address": "PO Box 3"}}, "e911_address.address"),
        (400, {"e911_address": {**OFFICE["e911_address"], "zip": "1"}}, "e911_address.zip"),
        (400, {"timezone": "America/Nowhere"}, "timezone"),
        (400, {"timezone": "../etc"}, "timezone"),
        (400, {"ring_seconds": 5}, "ring_seconds"),
        (400, {"monday_hours": ["08:00"]}, "monday_hours"),
        (400, {"monday_hours": ["18:00", "08:00"]}, "monday_hours"),
        (400, {"monday_hours": ["8 o'clock", "18:00"]}, "monday_hours"),
        (400, {"mainline_number": "503"}, "mainline_number"),
        (409, {"mainline_number": "+15035550100"}, "mainline_number"),
        (400, {"country": "XX"}, "country"),
        (400, {"billing_address": None}, "billing_address"),
    ],
)
def test_offices_that_cannot_be_made(client: Client, status: int, change: dict[str, Any], named: str) -> None:
    held = len(client.world.numbers)
    assert client.refused(status, "POST", "/offices", {**OFFICE, **change}).startswith(named)
    assert (len(client.world.offices), len(client.world.numbers)) == (2, held)


def test_main_lines_and_offices_abroad(client: Client) -> None:
    def lines(**more: Any) -> list[str]:
        return list(client.ask("POST", "/offices", {**OFFICE, **more})["office"].get("phone_numbers", []))

    assert lines(mainline_number="+15035550144") == ["+15035550144"]
    assert lines(mainline_number="+13125550177") == ["+13125550177"]
    london = {"address": "1 Mill Ln", "city": "London", "state": "London", "zip": "E1 6AN", "country": "GB"}
    assert lines(country="GB", e911_address=london) == ["+442079460000"]
    assert lines(country="JP", e911_address=None) == [], "there are no made-up numbers of Japan"


def test_hours_and_whether_the_line_is_open(client: Client) -> None:
    def status() -> str:
        return str(client.ask("GET", f"/offices/{SEATTLE}")["availability_status"])

    path = f"/offices/{SEATTLE}"
    assert START == 1_772_730_000  # Thursday 9:00 in Seattle
    changed = client.ask(
        "PATCH", path, {"hours_on": True, "thursday_hours": ["08:00", "12:00", "13:00", "18:00"]}
    )
    assert changed["office"]["thursday_hours"] == ["08:00", "12:00", "13:00", "18:00"]
    assert changed["office"]["friday_hours"] == ["08:00", "18:00"], "other days stay"
    assert "talk_lines" in changed["plan"]
    assert status() == "open"
    client.advance(3.5 * 3600)
    assert status() == "closed", "at lunch"
    client.advance(3600)
    assert status() == "open"
    client.ask("PATCH", path, {"thursday_hours": []})
    assert status() == "closed"
    client.ask("PATCH", path, {"hours_on": False})
    assert status() == "open"
    client.refused(400, "PATCH", path, {"friday_hours": ["12:00", "09:00"]})


def test_offices_by_state(client: Client) -> None:
    client.world.offices.change(SEATTLE, state="suspended")
    assert len(client.pages("/offices", size=1)) == 2
    assert [office["id"] for office in client.pages("/offices?active_only=true")] == [str(PORTLAND)]


def test_licenses_are_what_the_plan_holds_less_what_is_taken(client: Client) -> None:
    for office in (PORTLAND, SEATTLE):
        plan = client.ask("GET", f"/offices/{office}/plan")
        free = client.ask("GET", f"/offices/{office}/available_licenses")
        people = [user for user in client.world.users if user["office_id"] == office]
        sell = [user for user in people if user["license"] == "agents"]
        assert int(plan["sell_lines"]) - int(free["sell_lines"]) == len(sell)
    client.refused(404, "GET", "/offices/5000000000000000/plan")


def test_off_duty_statuses(client: Client) -> None:
    told = client.ask("GET", f"/offices/{PORTLAND}/offdutystatuses")
    assert told == {"id": str(PORTLAND), "off_duty_statuses": ["Break", "Lunch", "Training"]}


# -- rooms


def test_a_room_from_first_to_last(client: Client) -> None:
    made = client.ask("POST", "/rooms", {"name": "Lab", "office_id": SEATTLE})
    again = client.ask("POST", "/rooms", {"name": "Lab", "office_id": SEATTLE})
    assert made["id"] != again["id"], "names are free"
    assert (made["state"], made["phone_numbers"], made["is_on_duty"]) == ("active", [], False)
    path = f"/rooms/{made['id']}"
    free = client.ask("GET", f"/offices/{SEATTLE}/available_licenses")
    number = client.ask("POST", path + "/assign_number", {"area_code": "206"})["number"]
    second = client.ask("POST", path + "/assign_number", {"area_code": "425", "primary": False})["number"]
    now = client.ask("GET", f"/offices/{SEATTLE}/available_licenses")
    assert int(now["room_lines"]) == int(free["room_lines"]) - 1
    assert int(now["additional_number_lines"]) == int(free["additional_number_lines"]) - 1
    order = {"name": "Laboratory", "phone_numbers": [second, number]}
    shown = client.ask("PATCH", path, order)
    assert {name: shown[name] for name in order} == order
    assert client.ask("PATCH", path, {"phone_numbers": [second]})["name"] == "Laboratory"
    assert client.ask("GET", f"/numbers/%2B{number[1:]}")["status"] == "available"
    client.refused(400, "PATCH", path, {"phone_numbers": ["+15035550142"]})
    gone = client.ask("DELETE", path)
    assert (gone["state"], gone["phone_numbers"]) == ("deleted", [])
    assert client.ask("GET", f"/offices/{SEATTLE}/available_licenses") == free
    client.refused(404, "GET", path)
    client.refused(404, "POST", "/rooms", {"name": "Lab", "office_id": 5000000000000000})


def test_rooms_of_an_office(client: Client) -> None:
    everything = client.pages("/rooms", size=1)
    assert len(everything) == 4
    for office in (PORTLAND, SEATTLE):
        found = client.pages(f"/rooms?office_id={office}")
        assert found == [room for room in everything if room["office_id"] == str(office)]
        assert found


def test_a_room_that_goes_takes_no_calls_any_more(client: Client) -> None:
    assert client.ask("GET", f"/rooms/{ROOM}")["is_on_duty"] is True, "an operator of the office"
    client.ask("DELETE", f"/rooms/{ROOM}")
    world = client.world
    assert world.operators.where("member", ("room", ROOM)) == []
    assert world.deskphones.where("owner", ("room", ROOM)) == []
    assert world.numbers.where("target", ("room", ROOM)) == []
