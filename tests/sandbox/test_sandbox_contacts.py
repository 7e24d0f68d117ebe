"""Contacts: shared and local ones, found by number however it is written, told to subscribers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from dialkit.catalog import Catalog
from dialkit.sandbox import seed
from dialkit.sandbox.operations.people.contacts import contact_of
from dialkit.sandbox.seed.sizes import SIZES
from dialkit.sandbox.world import World
from dialkit.sandbox.world.phones import plain

if TYPE_CHECKING:
    from asking import Client

MARA, THEO = 5391827364501928, 5402938475610293
PRIYA, NOWHERE = "6018273645019283", "5000000000000000"
BODY = {"first_name": "Bo", "last_name": "Ek"}


def test_a_contact_lives(client: Client) -> None:
    made = client.ask(
        "POST",
        "/contacts",
        {**BODY, "phones": ["+14155550181", "+14155550182"], "urls": ["https://a.example"]},
    )
    assert (made["type"], made["display_name"], made["primary_phone"]) == ("shared", "Bo Ek", "+14155550181")
    path = f"/contacts/{made['id']}"
    assert client.ask("GET", path) == made
    changed = client.ask(
        "PATCH", path, {"phones": ["+14155550183"], "job_title": "Buyer", "owner_id": str(THEO)}
    )
    assert changed == {
        **made,
        "phones": ["+14155550183"],
        "primary_phone": "+14155550183",
        "job_title": "Buyer",
    }
    emptied = client.ask("PATCH", path, {"phones": []})
    assert emptied == {
        name: value for name, value in {**changed, "phones": []}.items() if name != "primary_phone"
    }
    assert client.ask("DELETE", path) == emptied
    client.refused(404, "GET", path)
    client.refused(404, "DELETE", path)


def test_the_same_request_twice_makes_two(client: Client) -> None:
    first, second = (client.ask("POST", "/contacts", BODY) for _ in range(2))
    assert first["id"] != second["id"]


def test_a_uid_is_one_contact(client: Client) -> None:
    body = {**BODY, "uid": "a/b ?#%2F", "phones": ["+14155550180"]}
    made = client.ask("PUT", "/contacts", body)
    assert made["id"] == f"shared_{client.world.company_id}_{body['uid']}"
    again = client.ask("PUT", "/contacts", {**BODY, "uid": body["uid"], "first_name": "Bodil"})
    assert again == {**made, "first_name": "Bodil", "display_name": "Bodil Ek"}
    assert client.ask("GET", "/contacts/" + quote(made["id"], safe="")) == again
    assert client.ask("DELETE", "/contacts/" + quote(made["id"], safe="")) == again
    assert "uid" in client.refused(400, "PUT", "/contacts", {**body, "uid": ""})


def test_lists_of_shared_and_local_contacts(client: Client) -> None:
    def ids(query: str) -> list[str]:
        return [contact["id"] for contact in client.pages("/contacts" + query)]

    local = client.ask("POST", "/contacts", {**BODY, "owner_id": str(THEO)})
    assert (local["type"], local["owner_id"]) == ("local", str(THEO))
    shared, own, every = ids(""), ids(f"?owner_id={THEO}"), ids("?include_local=true")
    assert local["id"] in own
    assert set(own).isdisjoint(shared)
    assert {*shared, *own} < set(every)
    assert every == [contact["id"] for contact in client.world.contacts]
    assert client.pages(f"/contacts?owner_id={THEO}", size=2) == client.pages(f"/contacts?owner_id={THEO}")
    client.refused(404, "GET", f"/contacts?owner_id={NOWHERE}")
    assert client.ask("GET", f"/contacts/{local['id']}") == local


def test_nothing_is_skipped_when_contacts_go_between_pages(client: Client) -> None:
    every = [contact["id"] for contact in client.pages("/contacts")]
    page = client.ask("GET", "/contacts?limit=3")
    client.ask("DELETE", f"/contacts/{every[0]}")
    rest = client.pages(f"/contacts?cursor={page['cursor']}")
    assert [contact["id"] for contact in page["items"] + rest] == every


def test_pages_have_a_hundred_and_cursors_belong_to_their_list(client: Client) -> None:
    for number in range(230):
        client.ask("PUT", "/contacts", {"uid": str(number), "first_name": "C", "last_name": str(number)})
    sizes, cursor = [], ""
    while cursor is not None:
        page = client.ask("GET", f"/contacts?cursor={cursor}" if cursor else "/contacts?limit=5000")
        sizes.append(len(page["items"]))
        cursor = page.get("cursor")
        if cursor:
            last = cursor
    assert sizes == [100, 100, sum(one["type"] == "shared" for one in client.world.contacts) - 200]
    for path in ("/users", f"/contacts?owner_id={THEO}"):
        mark = "&" if "?" in path else "?"
        assert "cursor" in client.refused(400, "GET", f"{path}{mark}cursor={last}")


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {"last_name": None}, "last_name"),
        (400, {"phones": ["(415) 555-0123"]}, "phones"),
        (400, {"phones": "+14155550123"}, "phones"),
        (404, {"owner_id": NOWHERE}, "user"),
    ],
)
def test_what_a_contact_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    before = len(client.world.contacts)
    assert named in client.refused(status, "POST", "/contacts", {**BODY, **body})
    assert len(client.world.contacts) == before


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+14155550123", "+14155550123"),
        ("(415) 555-0123", "+14155550123"),
        ("415.555.0123", "+14155550123"),
        ("1-415-555-0123", "+14155550123"),
        ("+1 415 555 0123", "+14155550123"),
        ("415-555-0123 ext. 204", "+14155550123"),
        ("415-555-0123 x204", "+14155550123"),
        ("415-555-0123 Extension: 7", "+14155550123"),
        ("+14155550123;ext=204", "+14155550123"),
        ("(415)555-0123#9", "+14155550123"),
        ("+44 20 7946 0018", "+442079460018"),
        ("", None),
        ("+", None),
        ("555-0123", None),
        ("extension 204", None),
        ("٤١٥٥٥٥٠١٢٣", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str | None) -> None:
    assert plain(text) == number


def test_a_contact_is_found_by_number_however_it_is_written(client: Client) -> None:
    world = client.world

    def found(number: str, user_id: int | None = None) -> str | None:
        contact = contact_of(world, number, user_id)
        return contact and contact["id"]

    own = client.ask("POST", "/contacts", {**BODY, "owner_id": str(THEO), "phones": ["+14155550123"]})
    assert found("+14155550123") == found("415-555-0123") == found("+14155550123", MARA) == PRIYA
    assert found("+14155550123", THEO) != PRIYA
    assert contact_of(world, "+14155550123", THEO)["owner_id"] == str(THEO)
    assert world.contacts.where("phone", "(415) 555-0123")
    client.ask("PATCH", f"/contacts/{PRIYA}", {"phones": ["+14155550199"]})
    assert found("+14155550123") is None
    assert found("+14155550199") == PRIYA
    client.ask("DELETE", f"/contacts/{own['id']}")
    assert contact_of(world, None) is None


def test_changes_are_told(client: Client) -> None:
    shared = client.ask("POST", "/contacts", {**BODY, "phones": ["+14155550181"]})
    client.ask("PATCH", f"/contacts/{shared['id']}", {"job_title": "Buyer"})
    client.ask("DELETE", f"/contacts/{shared['id']}")
    client.ask("PUT", "/contacts", {**BODY, "uid": "1"})
    client.ask("PUT", "/contacts", {**BODY, "uid": "1"})
    client.ask("POST", "/contacts", {**BODY, "owner_id": str(THEO)})
    told = [event["payload"] for event in client.world.events if event["kind"] == "contact"]
    assert [event["event"] for event in told] == [
        "Created",
        "Updated",
        "Deleted",
        "Created",
        "Updated",
        "Created",
    ]
    assert [event["contact"]["type"] for event in told] == ["shared"] * 5 + ["local"]
    assert told[1]["contact"]["id"] == shared["id"]
    assert (told[1]["contact"]["job_title"], told[1]["contact"]["urls"]) == ("Buyer", None)


def test_address_books_are_a_mess(client: Client) -> None:
    every = client.pages("/contacts?include_local=true")
    assert len({contact["display_name"].lower() for contact in every}) < len(every)
    assert any(not contact["primary_phone"].startswith("+") for contact in every)
    assert any(contact["id"].startswith("shared_") for contact in every)
    assert {contact["type"] for contact in every} == {"shared", "local"}
    assert all(plain(phone) for contact in every for phone in contact["phones"])
    assert not any(plain(phone).startswith("+1564") for contact in every for phone in contact["phones"])


def test_a_large_company_is_made_and_read_in_linear_time() -> None:
    wanted = min(20_000, SIZES["contacts"].most)
    world = World(1, lambda: 1_772_730_000.0)
    started = time.process_time()
    seed.fill(world, Catalog(), {"contacts": wanted})
    assert time.process_time() - started < 5  # it takes about half a second
    assert len(world.contacts) == wanted
    assert len({contact["id"] for contact in world.contacts}) == wanted
