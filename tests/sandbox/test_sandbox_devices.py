"""Devices of users, desk phones of users and rooms, PINs for calls abroad."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
ROOM = 5839201746583920
PHONE, ROOM_PHONE = "5947382910564738", "5904857261038472"
NATIVE = f"+15035550142-user-{MARA}-client-native"


def test_every_active_user_has_a_device(client: Client) -> None:
    for user in client.pages("/users?state=active"):
        found = client.pages(f"/userdevices?user_id={user['id']}")
        assert found
        assert {device["user_id"] for device in found} == {user["id"]}
        assert any(device["type"] in ("native", "web") for device in found)


def test_the_list_of_devices(client: Client) -> None:
    everything = client.pages("/userdevices", size=4)
    assert len(everything) == len(client.world.devices)
    own = client.pages("/userdevices?user_id=me")
    assert own == client.pages(f"/userdevices?user_id={MARA}", size=1)
    client.world.switches.put({"id": "devices-without-user", "value": "own"})
    assert client.pages("/userdevices") == own
    client.refused(404, "GET", "/userdevices?user_id=5000000000000000")
    client.refused(404, "GET", "/userdevices/nothing")


def test_a_device_reports_in_every_hour(client: Client) -> None:
    path = "/userdevices/" + quote(NATIVE, safe="")
    first = client.ask("GET", path)["date_registered"]
    assert "2026-03-05T16:00:00" <= first <= "2026-03-05T17:00:00"
    client.advance(3600)
    assert client.ask("GET", path)["date_registered"] == first.replace(
        first[11:13], f"{int(first[11:13]) + 1}"
    )
    [phone] = [one for one in client.pages("/userdevices") if one["type"] == "iphone"][:1]
    assert "date_registered" not in phone, "these never tell"
    client.ask("PATCH", f"/users/{MARA}", {"state": "suspended"})
    assert "date_registered" not in client.ask("GET", path)


def test_desk_phones_belong_to_their_owner(client: Client) -> None:
    [phone] = client.ask("GET", f"/users/{MARA}/deskphones")["items"]
    assert (phone["id"], phone["owner_type"], phone["phone_number"]) == (PHONE, "user", "+15035550142")
    assert client.ask("GET", f"/users/{MARA}/deskphones/{PHONE}") == phone
    assert client.ask("GET", f"/rooms/{ROOM}/deskphones")["items"][0]["id"] == ROOM_PHONE
    for path in (
        f"/users/{THEO}/deskphones/{PHONE}",
        f"/rooms/{ROOM}/deskphones/{PHONE}",
        f"/users/{MARA}/deskphones/{ROOM_PHONE}",
        f"/users/{MARA}/deskphones/5000000000000000",
    ):
        client.refused(404, "GET", path)
        client.refused(404, "DELETE", path)
    assert client.ask("GET", f"/users/{INES}/deskphones") == {"items": []}


def test_a_desk_phone_that_is_removed_is_no_device_any_more(client: Client) -> None:
    def kinds() -> list[str]:
        return sorted(device["type"] for device in client.pages(f"/userdevices?user_id={MARA}"))

    assert kinds() == ["native", "polycom"]
    client.ask("DELETE", f"/users/{MARA}/deskphones/{PHONE}")
    client.refused(404, "GET", f"/users/{MARA}/deskphones/{PHONE}")
    assert kinds() == ["native"]
    client.ask("DELETE", f"/rooms/{ROOM}/deskphones/{ROOM_PHONE}")
    assert client.ask("GET", f"/rooms/{ROOM}/deskphones") == {"items": []}


def test_a_desk_phone_rings_for_the_primary_number(client: Client) -> None:
    client.ask("POST", f"/rooms/{ROOM}/assign_number", {"number": "+15035550161"})
    assert client.ask("GET", f"/rooms/{ROOM}/deskphones/{ROOM_PHONE}")["phone_number"] == "+15035550161"


def test_pins_for_calls_abroad(client: Client) -> None:
    made = client.ask("POST", "/rooms/international_pin", {"customer_ref": "Theo, order 4471"})
    assert re.fullmatch("[0-9]{6}", made["pin"])
    assert (made["customer_ref"], made["expires_on"]) == ("Theo, order 4471", "2026-03-06T17:00:00")
    other = client.ask("POST", "/rooms/international_pin", {})
    assert other["pin"] != made["pin"]
    assert "customer_ref" not in other
    assert len(client.world.pins) == 2
