"""Subscriptions: made and changed by kind, their defaults, what is refused, how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import CATALOG

from dialkit.catalog.example import answer_example

if TYPE_CHECKING:
    from asking import Client

WEBHOOK, WEBSOCKET = 6238475910283746, 6239586021394857
MARA, THEO, PORTLAND, CHANNEL = 5391827364501928, 5402938475610293, 5219384756201938, 6124857390164825
OF_MARA = {"target_type": "user", "target_id": MARA}
# What a subscription of a kind must name, and the id of the seed's.
KINDS: dict[str, tuple[dict[str, Any], int]] = {
    "agent_status": ({"agent_type": "callcenter"}, 6341027385910264),
    "call": ({"call_states": ["hangup"]}, 6342138496021375),
    "changelog": ({}, 6343249507132486),
    "channel": ({"direction": "all", "target_id": CHANNEL}, 6344350618243597),
    "contact": ({"contact_type": "shared"}, 6345461729354608),
    "fax": ({"direction": "all"}, 6346572830465719),
    "sms": ({"direction": "all"}, 6347683941576820),
}


def make(client: Client, kind: str, **fields: Any) -> Any:
    body = {**KINDS[kind][0], "endpoint_id": WEBHOOK, **fields}
    return client.ask("POST", f"/subscriptions/{kind}", body)


@pytest.mark.parametrize("kind", KINDS)
def test_the_documents_example_is_there(client: Client, kind: str) -> None:
    name = f"webhook_{'change_log' if kind == 'changelog' else kind}_event_subscription.get"
    found = client.ask("GET", f"/subscriptions/{kind}/{KINDS[kind][1]}")
    assert found == as_answered(answer_example(CATALOG.operation(name)))


def as_answered(value: Any) -> Any:
    """Integers as the service spells them."""
    if isinstance(value, dict):
        return {name: as_answered(one) for name, one in value.items()}
    return str(value) if type(value) is int else value


@pytest.mark.parametrize("kind", KINDS)
def test_made_read_changed_deleted(client: Client, kind: str) -> None:
    made = make(client, kind)
    path = f"/subscriptions/{kind}/{made['id']}"
    assert made["enabled"] is True
    assert made["webhook"]["id"] == str(WEBHOOK)
    assert client.ask("GET", path) == made
    body = {
        "enabled": False,
        "endpoint_id": WEBSOCKET,
        **({"contact_type": "local"} if kind == "contact" else {}),
    }
    changed = client.ask("PATCH", path, body)
    assert changed["enabled"] is False
    assert changed["websocket"]["id"] == str(WEBSOCKET)
    assert not changed.get("webhook")
    assert [one["id"] for one in client.pages(f"/subscriptions/{kind}")] == [str(KINDS[kind][1]), made["id"]]
    assert client.ask("DELETE", path) == changed
    client.refused(404, "GET", path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_subscription_is_found_under_its_own_kind_only(client: Client, kind: str) -> None:
    other = next(name for name in KINDS if name != kind)
    for method in ("GET", "DELETE"):
        client.refused(404, method, f"/subscriptions/{kind}/{KINDS[other][1]}")
    client.ask("GET", f"/subscriptions/{other}/{KINDS[other][1]}")


@pytest.mark.parametrize("kind", KINDS)
def test_an_endpoint_must_exist(client: Client, kind: str) -> None:
    body = {**KINDS[kind][0], "endpoint_id": 1}
    assert client.refused(404, "POST", f"/subscriptions/{kind}", body).startswith("endpoint_id: ")
    path = f"/subscriptions/{kind}/{KINDS[kind][1]}"
    more = {"contact_type": "shared"} if kind == "contact" else {}
    assert client.refused(404, "PATCH", path, {"endpoint_id": 1, **more}).startswith("endpoint_id: ")


def test_without_an_endpoint_there_is_nowhere_to_send(client: Client) -> None:
    made = client.ask("POST", "/subscriptions/sms", {"direction": "all"})
    assert made.keys() == {"id", "direction", "enabled", "include_internal", "status"}


def test_the_older_name_of_an_endpoint(client: Client) -> None:
    body = {"direction": "all", "webhook_id": str(WEBHOOK)}
    assert client.ask("POST", "/subscriptions/sms", body)["webhook"]["id"] == str(WEBHOOK)
    assert "webhook_id" in client.refused(400, "POST", "/subscriptions/sms", {**body, "webhook_id": "x"})
    client.world.switches.put({"id": "webhook-id", "value": "ignored"})
    assert "webhook" not in client.ask("POST", "/subscriptions/sms", body)


@pytest.mark.parametrize("kind", ["call", "fax", "sms"])
def test_those_of_one_target_are_listed(client: Client, kind: str) -> None:
    made = make(client, kind, **OF_MARA)
    make(client, kind)
    listed = client.pages(f"/subscriptions/{kind}?target_type=user&target_id={MARA}")
    assert listed == [made]
    assert client.pages(f"/subscriptions/{kind}?target_type=user&target_id={THEO}") == []
    assert len(client.pages(f"/subscriptions/{kind}", size=1)) == 3
    assert "target_type" in client.refused(400, "GET", f"/subscriptions/{kind}?target_id={MARA}")


def test_a_target_must_exist(client: Client) -> None:
    for kind in ("call", "fax", "sms"):
        body = {**KINDS[kind][0], "target_type": "user", "target_id": 1}
        assert client.refused(404, "POST", f"/subscriptions/{kind}", body).startswith("target_id: ")
    body = {"direction": "all", "endpoint_id": WEBHOOK, "target_id": PORTLAND}
    assert client.refused(404, "POST", "/subscriptions/channel", body).startswith("target_id: ")


@pytest.mark.parametrize(
    ("kind", "set_", "after"),
    [
        ("sms", {"status": True, "include_internal": True}, {"status": False, "include_internal": False}),
        ("fax", {"status": True}, {"status": True}),
        ("call", {"group_calls_only": True}, {"group_calls_only": True}),
    ],
)
def test_defaults_stand_in_changes_where_the_document_says_so(
    client: Client, kind: str, set_: Any, after: Any
) -> None:
    made = make(client, kind, enabled=False, **set_)
    changed = client.ask("PATCH", f"/subscriptions/{kind}/{made['id']}", {"endpoint_id": WEBSOCKET})
    assert {name: changed[name] for name in after} == after
    assert changed["enabled"] is (kind != "fax")  # a fax subscription's switch has no default


def test_a_list_of_states_replaces_the_earlier_one(client: Client) -> None:
    made = make(client, "call", call_states=["ringing", "hangup"], **OF_MARA)
    changed = client.ask("PATCH", f"/subscriptions/call/{made['id']}", {"call_states": ["missed"]})
    assert changed["call_states"] == ["missed"]
    assert changed["target_id"] == str(MARA)
    client.refused(400, "PATCH", f"/subscriptions/call/{made['id']}", {"call_states": ["dreaming"]})


def test_there_are_ten_for_the_company_and_a_hundred_in_all(client: Client) -> None:
    for _ in range(10):
        make(client, "sms")
    assert "10" in client.refused(400, "POST", "/subscriptions/sms", {"direction": "all"})
    made = [make(client, "sms", **OF_MARA) for _ in range(89)]  # one is the seed's
    body = {"direction": "all", **OF_MARA}
    assert "100" in client.refused(400, "POST", "/subscriptions/sms", body)
    make(client, "call")  # each kind counts by itself
    client.ask("DELETE", f"/subscriptions/sms/{made[0]['id']}")
    make(client, "sms", **OF_MARA)


@pytest.mark.parametrize("kind", ["agent_status", "contact", "changelog"])
def test_kinds_without_a_target_are_all_for_the_company(client: Client, kind: str) -> None:
    for _ in range(9):
        make(client, kind)
    client.refused(400, "POST", f"/subscriptions/{kind}", KINDS[kind][0])


def test_an_orphan_shows_no_webhook_and_can_get_another(client: Client) -> None:
    hook = client.ask("POST", "/webhooks", {"hook_url": "https://a.example"})
    made = make(client, "sms", endpoint_id=int(hook["id"]))
    client.ask("DELETE", f"/webhooks/{hook['id']}")
    path = f"/subscriptions/sms/{made['id']}"
    assert "webhook" not in client.ask("GET", path)
    assert client.ask("PATCH", path, {"endpoint_id": WEBHOOK})["webhook"]["id"] == str(WEBHOOK)
