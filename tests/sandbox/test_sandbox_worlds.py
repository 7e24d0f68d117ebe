"""Worlds from files: what they make, and how their mistakes are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asking import START, Client

from dialkit.sandbox import Sandbox
from dialkit.sandbox.worlds import BadFile, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

SHOP = """
company:
  name: Fern & Fig Books
offices:
  - name: Main street
    numbers: ["+13035550100"]
  - name: Warehouse
users:
  - {email: ana@fernfig.example, first_name: Ana, last_name: Reyes, numbers: ["+13035550101"]}
  - {email: bo@fernfig.example, first_name: Bo, office: Warehouse, job_title: Picker, admin: false}
numbers:
  - "+13035550109"
call_centers:
  - name: Orders
    numbers: ["+13035550110"]
    operators: [ana@fernfig.example, bo@fernfig.example]
departments:
  - {name: Returns, operators: [bo@fernfig.example]}
contacts:
  - {first_name: Cleo, last_name: Marsh, phones: ["+13035550150"]}
  - {first_name: Dov, last_name: Stein, phones: ["+13035550151"], owner_id: $ana@fernfig.example}
opt_outs: ["+13035550152"]
then:
  - sms.send: {to_numbers: ["+13035550150"], text: "Your books are here.", user_id: $ana@fernfig.example}
  - dispositions.create: {name: Sales, office_id: $Main street}
    as: sales
  - dispositions.update: {id: $sales, name: Sold or not}
"""


def started(tmp_path: Path, text: str) -> Sandbox:
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return Sandbox(world=file, limits=False, at=START, frozen=True)


def test_a_world_of_ones_own(tmp_path: Path) -> None:
    with started(tmp_path, SHOP) as sandbox:
        client = Client(sandbox)
        assert client.ask("GET", "/company")["name"] == "Fern & Fig Books"
        offices = {office["name"]: office for office in client.pages("/offices")}
        assert list(offices) == ["Main street", "Warehouse"]
        assert client.ask("GET", "/offices/primary")["name"] == "Main street"
        users = {user["emails"][0]: user for user in client.pages("/users")}
        ana, bo = users["ana@fernfig.example"], users["bo@fernfig.example"]
        assert (ana["is_super_admin"], ana["phone_numbers"]) == (True, ["+13035550101"])
        assert (bo["office_id"], bo["job_title"], bo["state"]) == (
            offices["Warehouse"]["id"],
            "Picker",
            "active",
        )
        center = client.pages("/callcenters")[0]
        operators = client.ask("GET", f"/callcenters/{center['id']}/operators")["users"]
        assert {user["id"] for user in operators} == {ana["id"], bo["id"]}
        contacts = client.pages("/contacts?include_local=true")
        assert [(c["first_name"], c["type"]) for c in contacts] == [("Cleo", "shared"), ("Dov", "local")]
        assert [text["text"] for text in client.world.texts.where("to", "+13035550150")] == [
            "Your books are here."
        ]
        assert client.pages("/dispositions")[0]["name"] == "Sold or not"
        company = client.ask("GET", "/company")["id"]
        listed = client.ask("GET", f"/company/{company}/smsoptout?opt_out_state=opted_out")["items"]
        assert [entry["external_endpoint"] for entry in listed] == ["+13035550152"]
        sandbox.reset()
        assert len(client.pages("/users")) == 2
        client.connection.close()


PAST = """
offices: [{name: Salem}]
users:
  - {email: lin@juniper.example, first_name: Lin, numbers: ["+15035550181"]}
then:
  - inbound: {from: "+14155550123", to: "+15035550181", text: Do you have it}
  - wait: 2h
  - sms.send: {to_numbers: ["+14155550123"], text: We do}
  - call: {from: "+14155550123", to: "+15035550181", missed: true}
  - wait: 1d
  - call: {from: "+14155550123", to: "+15035550181", hangup_after: 90s}
    as: talk
  - wait: 3
  - answer: {call: $talk, user: lin@juniper.example}
  - wait: 2d
"""


def test_a_past_that_ends_now(tmp_path: Path) -> None:
    with started(tmp_path, PAST) as sandbox:
        world = sandbox.world
        for _ in range(2):
            texts, calls = list(world.texts), sorted(world.calls, key=lambda call: call["date_started"])
            begin = world.now - (3 * 86_400 + 2 * 3_600 + 3)
            assert [text["created_at"] - begin for text in texts] == [0, 7_200]
            assert [text["message_status"] for text in texts] == ["pending", "success"]
            assert [call["state"] for call in calls] == ["missed", "hangup"]
            assert [call.get("date_connected") is None for call in calls] == [True, False]
            assert calls[1]["date_ended"] == world.milliseconds(begin + 7_200 + 86_400 + 90)
            assert calls[0]["date_ended"] < calls[1]["date_started"]
            sandbox.reset()


def test_an_empty_world(tmp_path: Path) -> None:
    with Sandbox(empty=True, limits=False) as sandbox:
        client = Client(sandbox)
        assert len(client.pages("/users")) == len(client.pages("/offices")) == 1
        for path in ("/contacts?include_local=true", "/callcenters", "/webhooks", "/rooms", "/call"):
            assert client.pages(path) == []
        made = client.ask("POST", "/contacts", {"first_name": "A", "last_name": "B"})
        assert client.pages("/contacts") == [made]
        client.connection.close()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("users: [", 1, "is no YAML"),
        ("a: *b", None, "aliases"),
        ("{" * 100_000, 1, "is nested deeper than"),  # without a look before, a minute
        ("- " * 1000, 1, "is nested deeper than"),
        ("a: \0", None, "is no YAML"),
        ("- 1", 1, "sections"),
        ("peopel: []", 1, "peopel: is no section"),
        ("users: {}", 1, "users: must be a list"),
        ("users:\n  - {email: a@b.example}\n  - ana", 3, "users.1: must be a mapping"),
        ("users:\n  - email: a@b.example\n    colour: red", 3, "users.0.colour: is unknown"),
        ("users:\n  - email: a@b.example\n    license: gold", 3, "users.0.license: must be one of"),
        ("users:\n  - email: a@b.example\n    email: b@b.example", 3, "'email' stands here twice"),
        ("company: {nmae: X}", 1, "company.nmae: is unknown"),
        ("offices: [{name: A}]\nnumbers:\n  - '5550100'", 3, "numbers.0.number: '5550100' is not"),
        ("offices: [{name: A}]\nthen:\n  - users.lst: {}", 3, "then.0: needs one operation id"),
        ("then:\n  - wait: soon", 2, "then.0.wait: 'soon' is not a length of time"),
        ("then:\n  - wait: [1]", 2, "then.0.wait:"),
        ("then:\n  - wait: 90y", 2, "then.0.wait: '90y' is not a length of time"),
        ("then:\n  - wait: 30000d", 2, "then.0.wait: begins before 1970"),
        ("offices: [{name: A}]\nthen:\n  - inbound: {to: '+14155550123'}", 3, "then.0.inbound.from:"),
        ("offices: [{name: A}]\nthen:\n  - duty: {user: 1,\n           on: perhaps}", 4, "then.0.duty.on:"),
        (
            "offices: [{name: A}]\nthen:\n  - users.get: {id: $nobody}",
            3,
            "nothing before this is called 'nobody'",
        ),
        (
            "offices: [{name: A}]\ncall_centers:\n  - name: Q\n    operators: [x@y.example]",
            4,
            "call_centers.0.operators.0: no user is called",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    if "users" in text and "offices" not in text:
        text = text + ("" if text.endswith("[") else "\noffices: [{name: A}]")
    with pytest.raises(BadFile) as caught:
        started(tmp_path, text)
    message = str(caught.value)
    assert says in message
    assert "world.yaml" in message
    if line:
        assert f"line {line}:" in message


def test_what_json_has_not_is_text(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("a: [.inf, .nan, 2026-03-05, 1.5]")
    assert read_yaml(file).value == {"a": [".inf", ".nan", "2026-03-05", 1.5]}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Sandbox(world=tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "users: needs at least one"),
        ("offices:\n  - {name: Salem}\n", "users: needs at least one"),
        ("users:\n  - {email: a@b.example, first_name: A}\n", "users: needs an office; add offices"),
    ],
)
def test_a_world_nobody_could_ask_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        started(tmp_path, text)
