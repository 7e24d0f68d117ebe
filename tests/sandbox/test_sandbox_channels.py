"""Channels: who opens them, who is in them, who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit.sandbox.access.keys import token_of

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
NEWS, DESK, NOWHERE = 5950192837465012, 6124857390164825, 5000000000000000
BODY = {"name": "roast-log", "description": "What was roasted.", "privacy_type": "private"}
USER = token_of(1, "user")  # a key of Theo's, who is no admin


def members(client: Client, channel_id: Any) -> list[str]:
    return [one["name"] for one in client.pages(f"/channels/{channel_id}/members")]


def test_a_channel_lives(client: Client) -> None:
    made = client.ask("POST", "/channels", {**BODY, "user_id": INES})
    path = f"/channels/{made['id']}"
    assert client.ask("GET", path) == made == {"id": made["id"], "name": "roast-log"}
    assert members(client, made["id"]) == ["Ines Okafor"]
    assert client.ask("POST", path + "/members", {"user_id": THEO}) == {"id": str(THEO), "name": "Theo Banks"}
    assert client.ask("POST", path + "/members", {"user_id": THEO})["id"] == str(THEO)  # once is enough
    assert members(client, made["id"]) == ["Ines Okafor", "Theo Banks"]
    for user_id in (INES, THEO):
        assert client.ask("DELETE", path + "/members", {"user_id": user_id}) == {}
    assert members(client, made["id"]) == []  # it lives on
    assert client.ask("DELETE", path) == {}
    client.refused(404, "GET", path)
    client.refused(404, "GET", path + "/members")


def test_lists(client: Client) -> None:
    every = client.pages("/channels")
    assert client.pages("/channels", size=1) == every
    archived = client.pages("/channels?state=archived")
    assert archived == [one for one in every if one["name"] == "spring-fair"]
    assert client.pages("/channels?state=lost") == []
    everybody = members(client, next(one["id"] for one in every if one["name"] == "general"))
    assert len(everybody) == sum(user["state"] == "active" for user in client.world.users)


def test_a_deleted_channel_has_no_members_left_behind(client: Client) -> None:
    client.ask("DELETE", f"/channels/{NEWS}")
    assert client.world.channel_members.where("channel", NEWS) == []
    assert client.ask("GET", f"/users/{MARA}")["id"] == str(MARA)


def test_private_channels_are_for_members_and_admins(client: Client) -> None:
    made = client.ask("POST", "/channels", BODY)
    assert members(client, made["id"]) == ["Mara Ellison"]
    assert client.ask("GET", "/channels", token=USER)["items"] == client.pages("/channels")[:-1]
    for path in ("", "/members"):
        client.refused(404, "GET", f"/channels/{made['id']}{path}", token=USER)
    client.ask("POST", f"/channels/{made['id']}/members", {"user_id": THEO})
    assert client.ask("GET", f"/channels/{made['id']}", token=USER) == made


def test_a_users_key_opens_channels_for_its_own_user(client: Client) -> None:
    made = client.ask("POST", "/channels", {**BODY, "user_id": INES}, token=USER)
    assert members(client, made["id"]) == ["Theo Banks"]


def test_names_are_free_or_unique(client: Client) -> None:
    first, second = (client.ask("POST", "/channels", BODY) for _ in range(2))
    assert first["id"] != second["id"]
    client.world.switches.put({"id": "channel-names", "value": "unique"})
    assert "roast-log" in client.refused(409, "POST", "/channels", BODY)


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {"name": " "}, "name"),
        (400, {"name": None}, "name"),
        (400, {"privacy_type": "secret"}, "privacy_type"),
        (404, {"user_id": NOWHERE}, "user_id"),
    ],
)
def test_what_a_channel_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    assert named in client.refused(status, "POST", "/channels", {**BODY, **body})


def test_who_cannot_join_or_leave(client: Client) -> None:
    path = f"/channels/{DESK}/members"
    client.refused(404, "POST", path, {"user_id": NOWHERE})
    client.refused(404, "DELETE", path, {"user_id": INES})
    client.refused(400, "DELETE", path, {})
    gone = next(user["id"] for user in client.world.users if user["state"] == "suspended")
    assert "suspended" in client.refused(400, "POST", path, {"user_id": gone})
    client.world.switches.put({"id": "added-again", "value": "refused"})
    client.refused(409, "POST", path, {"user_id": THEO})


def test_a_deleted_user_is_in_no_channel(client: Client) -> None:
    client.ask("DELETE", f"/users/{THEO}")
    assert "Theo Banks" not in members(client, DESK)
