"""Events reach webhooks: what is told to whom, how it is signed, what is tried again and when."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
from receiving import Receiver, happen, settled

from dialkit.sandbox.events import emit
from dialkit.sandbox.events.deliveries import RETRIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from asking import Client

MARA, THEO, PORTLAND = 5391827364501928, 5402938475610293, 5219384756201938
CALL_CENTER = 5610293847561029
# What a subscription of a kind must name.
NEEDED: dict[str, dict[str, Any]] = {
    "agent_status": {"agent_type": "callcenter"},
    "contact": {"contact_type": "shared"},
    "fax": {"direction": "all"},
    "sms": {"direction": "all"},
}
TEXT = {"id": 1, "text": "Two kilos, please", "text_content": "Two kilos, please", "direction": "inbound"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def subscribe(client: Client, receiver: Receiver, kind: str, token: str = "", **fields: Any) -> Any:
    hook = client.ask("POST", "/webhooks", {"hook_url": receiver.url + kind})
    body = {"endpoint_id": int(hook["id"]), **fields}
    return client.ask("POST", f"/subscriptions/{kind}", body, token)


def states(client: Client) -> list[str]:
    """How the deliveries to this machine stand; the seed's webhook is elsewhere."""
    return [one["state"] for one in client.world.deliveries if "127.0.0.1" in (one["url"] or "127.0.0.1")]


def delivery(client: Client) -> Any:
    [found] = [one for one in client.world.deliveries if "127.0.0.1" in (one["url"] or "")]
    return found


def test_an_event_is_posted_as_json(client: Client, receiver: Receiver) -> None:
    made = subscribe(client, receiver, "sms", direction="all")
    happen(client, "sms", TEXT, [("user", MARA)], direction="inbound")
    [post] = receiver.posts
    assert (post.path, post.json) == ("/sms", TEXT)
    assert post.headers["content-type"] == "application/json"
    kept = delivery(client)
    assert kept["state"] == "delivered"
    assert (kept["subscription_id"], kept["url"]) == (int(made["id"]), receiver.url + "sms")
    [attempt] = kept["attempts"]
    assert (attempt["status"], attempt["error"], attempt["ms"]) == (200, None, 0)
    assert client.world.events.get(kept["event_id"])["payload"] == TEXT


def test_with_a_secret_the_whole_body_is_one_jwt(client: Client, receiver: Receiver) -> None:
    made = subscribe(client, receiver, "sms", direction="all")
    path = f"/webhooks/{made['webhook']['id']}"
    client.ask("PATCH", path, {"secret": "copper-kettle"})
    happen(client, "sms", TEXT, [("user", MARA)])
    post = receiver.posts[-1]
    assert post.headers["content-type"] == "application/jwt"
    head, claims, signature = post.body.split(b".")
    mac = hmac.digest(b"copper-kettle", head + b"." + claims, hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + b"=") == mac
    assert json.loads(base64.urlsafe_b64decode(head + b"==")) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(base64.urlsafe_b64decode(claims + b"==")) == TEXT
    client.ask("PATCH", path, {"secret": ""})
    happen(client, "sms", TEXT, [("user", MARA)])
    assert receiver.posts[-1].json == TEXT


@pytest.mark.parametrize(
    ("kind", "fields", "facets", "told"),
    [
        ("sms", {"direction": "inbound"}, {"direction": "inbound"}, True),
        ("sms", {"direction": "inbound"}, {"direction": "outbound"}, False),
        ("sms", {"direction": "all"}, {"direction": "outbound", "internal": True}, False),
        ("sms", {"direction": "all", "include_internal": True}, {"internal": True}, True),
        ("sms", {"direction": "all"}, {"direction": "outbound", "status": True}, False),
        ("sms", {"direction": "all", "status": True}, {"direction": "outbound", "status": True}, True),
        ("sms", {"direction": "all", "enabled": False}, {"direction": "inbound"}, False),
        ("fax", {"direction": "outbound"}, {"direction": "outbound", "status": True}, False),
        ("fax", {"direction": "outbound", "status": True}, {"direction": "outbound", "status": True}, True),
        ("call", {"call_states": ["hangup"]}, {"state": "hangup"}, True),
        ("call", {"call_states": ["hangup"]}, {"state": "ringing"}, False),
        ("call", {"call_states": ["all"]}, {"state": "ringing"}, True),
        ("call", {}, {"state": "ringing"}, True),
        ("call", {"group_calls_only": True}, {"state": "ringing", "group": False}, False),
        ("call", {"group_calls_only": True}, {"state": "ringing", "group": True}, True),
        ("contact", {"contact_type": "shared"}, {"contact_type": "shared"}, True),
        ("contact", {"contact_type": "shared"}, {"contact_type": "local"}, False),
        ("agent_status", {"agent_type": "callcenter"}, {"agent_type": "callcenter"}, True),
        ("changelog", {}, {}, True),
    ],
)
def test_what_a_subscription_chooses(
    client: Client, receiver: Receiver, kind: str, fields: Any, facets: Any, told: bool
) -> None:
    subscribe(client, receiver, kind, **fields)
    happen(client, kind, {"id": 1}, [("user", MARA)], **facets)
    assert [post.path for post in receiver.posts] == [f"/{kind}"] * told


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"target_type": "user", "target_id": MARA}, True),
        ({"target_type": "user", "target_id": THEO}, False),
        ({"target_type": "office", "target_id": PORTLAND}, True),
        ({"target_type": "office", "target_id": 5220495867312049}, False),
        ({"target_type": "callcenter", "target_id": CALL_CENTER}, False),
        ({}, True),
    ],
)
def test_whom_a_subscription_is_about(client: Client, receiver: Receiver, target: Any, told: bool) -> None:
    subscribe(client, receiver, "sms", direction="all", **target)
    happen(client, "sms", TEXT, [("user", MARA)], direction="inbound")
    assert len(receiver.posts) == told


def test_a_channel_is_watched_by_itself(client: Client, receiver: Receiver) -> None:
    channel = next(iter(client.world.channels))["id"]
    subscribe(client, receiver, "channel", direction="all", target_id=channel)
    happen(client, "channel", {"id": 1}, [("channel", channel)], direction="outbound")
    happen(client, "channel", {"id": 2}, [("channel", channel + 1)], direction="outbound")
    assert receiver.events == [{"id": 1}]


def test_one_event_goes_to_every_subscription(client: Client, receiver: Receiver) -> None:
    for target in ({}, {"target_type": "user", "target_id": MARA}):
        subscribe(client, receiver, "sms", direction="all", **target)
    happen(client, "sms", TEXT, [("user", MARA)], direction="inbound")
    assert [post.json["id"] for post in receiver.posts] == [1, 1]


# -- what the key may see


def key(client: Client, *scopes: str) -> str:
    from dialkit.sandbox.access.keys import add_key

    async def work() -> str:
        with client.sandbox.engine.moment():
            return str(add_key(client.world, "made", MARA, admin=True, scopes=[*scopes])["token"])

    return client.sandbox.run(work())


@pytest.mark.parametrize(
    ("scope", "target", "seen"),
    [
        ("message_content_export", {"target_type": "user", "target_id": MARA}, True),
        ("message_content_export", {}, False),
        ("message_content_export:all", {}, True),
        ("message_content_export:all", {"target_type": "user", "target_id": MARA}, False),
    ],
)
def test_text_is_told_where_the_creating_key_may(
    client: Client, receiver: Receiver, scope: str, target: Any, seen: bool
) -> None:
    made = subscribe(client, receiver, "sms", key(client, scope), direction="all", **target)
    # What counts is the key that made it, not the one that changes it.
    client.ask("PATCH", f"/subscriptions/sms/{made['id']}", {"direction": "inbound"})
    happen(client, "sms", TEXT, [("user", MARA)], direction="inbound")
    told = {**TEXT, "text": TEXT["text"] if seen else None}
    assert receiver.events == [{**told, "text_content": told["text"]}]


@pytest.mark.parametrize("scopes", [["recordings_export"], []])
def test_recordings_are_told_where_the_creating_key_may(
    client: Client, receiver: Receiver, scopes: list[str]
) -> None:
    recordings = {"recording_details": [{"id": "1"}], "voicemail_link": "http://x.example/1"}
    subscribe(client, receiver, "call", key(client, *scopes), call_states=["all"])
    happen(client, "call", {"call_id": 1, **recordings}, [("user", MARA)], state="hangup")
    gone = {"recording_details": [], "voicemail_link": None}
    assert receiver.events == [{"call_id": 1, **(recordings if scopes else gone)}]


# -- trying again


@pytest.mark.parametrize("kind", ["call", "sms", "contact", "fax", "agent_status", "changelog"])
def test_after_a_5xx_it_is_tried_again_on_the_sandboxs_clock(
    client: Client, receiver: Receiver, kind: str
) -> None:
    need: dict[str, Any] = {
        "contact": {"contact_type": "shared"},
        "agent_status": {"agent_type": "callcenter"},
    }
    subscribe(
        client,
        receiver,
        kind,
        **need.get(kind, {} if kind in ("call", "changelog") else {"direction": "all"}),
    )
    receiver.statuses = [503] * 99
    happen(client, kind, {"id": 1})
    for tries, pause in enumerate(RETRIES[kind], 1):
        assert len(receiver.posts) == tries
        client.advance(pause * 0.9)
        assert len(receiver.posts) == tries
        client.advance(pause * 0.1 + 0.001)
    client.advance(86_400)
    assert len(receiver.posts) == len(RETRIES[kind]) + 1
    kept = delivery(client)
    assert kept["state"] == "failed"
    assert [attempt["status"] for attempt in kept["attempts"]] == [503] * len(receiver.posts)


def test_ten_more_tries_of_a_text_take_about_four_hours(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [500] * 10
    happen(client, "sms", TEXT)
    client.advance(4.2 * 3600)
    assert len(receiver.posts) == 11
    assert delivery(client)["state"] == "delivered"
    times = [attempt["at"] for attempt in delivery(client)["attempts"]]
    assert times[-1] - times[0] == sum(RETRIES["sms"]) * 1000


@pytest.mark.parametrize("status", [400, 404, 410, 429, 301])
def test_after_a_4xx_or_a_redirect_it_is_not_tried_again(
    client: Client, receiver: Receiver, status: int
) -> None:
    subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [status]
    happen(client, "sms", TEXT)
    client.advance(86_400)
    assert [post.path for post in receiver.posts] == ["/sms"]
    assert delivery(client)["state"] == "failed"


def test_where_nobody_listens_it_is_tried_twice_more(client: Client) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hook = client.ask("POST", "/webhooks", {"hook_url": f"http://127.0.0.1:{port}/"})
    client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(hook["id"]), "direction": "all"})
    happen(client, "sms", TEXT)
    assert delivery(client)["state"] == "waiting"
    client.advance(60)
    kept = delivery(client)
    assert kept["state"] == "failed"
    began = kept["attempts"][0]["at"]
    assert [attempt["at"] - began for attempt in kept["attempts"]] == [0, 1000, 3000]
    assert all("No connection" in attempt["error"] for attempt in kept["attempts"])


def test_without_a_secure_connection_nothing_is_sent(client: Client, receiver: Receiver) -> None:
    url = receiver.url.replace("http", "https")
    hook = client.ask("POST", "/webhooks", {"hook_url": url})
    client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(hook["id"]), "direction": "all"})
    happen(client, "sms", TEXT)
    assert receiver.posts == []
    assert "secure" in delivery(client)["attempts"][0]["error"]


def test_an_answer_that_is_late_counts_as_none(client: Client, receiver: Receiver) -> None:
    courier = client.sandbox.engine.courier
    before, courier.answer_within = courier.answer_within, 0.1
    try:
        subscribe(client, receiver, "sms", direction="all")
        receiver.statuses = [0, 0]
        happen(client, "sms", TEXT)
        client.advance(2)  # the second is tried after one
    finally:
        courier.answer_within = before
    client.advance(8)
    assert delivery(client)["state"] == "delivered"
    errors = [attempt["error"] for attempt in delivery(client)["attempts"]]
    assert errors == ["No answer within 0.1 seconds."] * 2 + [None]


def test_what_is_no_http_counts_as_no_answer(client: Client) -> None:
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            for _ in range(3):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(b"hello\r\n\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        hook = client.ask("POST", "/webhooks", {"hook_url": url})
        client.ask("POST", "/subscriptions/changelog", {"endpoint_id": int(hook["id"])})
        happen(client, "changelog", {"id": 1})
        client.advance(10)
        thread.join()
    kept = delivery(client)
    assert kept["state"] == "failed"
    assert [attempt["status"] for attempt in kept["attempts"]] == [None] * 3


# -- order, and what is kept


def test_while_the_clock_stands_events_go_in_order(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="all")
    for number in range(40):
        happen(client, "sms", {"id": number})
    assert [event["id"] for event in receiver.events] == [*range(40)]


def test_time_that_jumps_keeps_the_order_of_what_is_due(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "changelog")
    subscribe(client, receiver, "call", call_states=["all"])
    receiver.statuses = [503, 503]
    happen(client, "call", {"id": "call"}, state="hangup")  # tried again after 2 seconds
    happen(client, "changelog", {"id": "change"})  # after 0.1
    client.advance(3600)
    assert [event["id"] for event in receiver.events] == ["call", "change", "change", "call"]


def test_while_the_clock_runs_many_are_under_way_at_once(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="all")

    async def clock(frozen: bool) -> None:
        with client.sandbox.engine.moment():
            client.world.set_clock(frozen=frozen)

    client.sandbox.run(clock(frozen=False))
    receiver.statuses = [200] * 100
    for number in range(100):
        happen(client, "sms", {"id": number})
    settled(client)
    assert sorted(event["id"] for event in receiver.events) == [*range(100)]
    assert set(states(client)) == {"delivered"}
    client.sandbox.run(clock(frozen=True))


def test_a_reset_drops_what_is_under_way(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [503]
    happen(client, "sms", TEXT)
    client.sandbox.reset()
    client.advance(86_400)
    assert len(receiver.posts) == 1
    assert len(client.world.deliveries) == 0


def test_what_was_under_way_in_a_snapshot_goes_again(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [503, 200, 200]
    happen(client, "sms", TEXT)
    engine = client.sandbox.engine

    async def keep() -> None:
        engine.snapshot("waiting")

    async def back() -> None:
        engine.restore("waiting")

    client.sandbox.run(keep())
    client.advance(30)
    assert len(receiver.posts) == 2
    client.sandbox.run(back())
    assert delivery(client)["state"] == "waiting"
    client.advance(60)
    assert len(receiver.posts) == 3


def test_an_event_from_a_deleted_webhook_goes_nowhere(client: Client, receiver: Receiver) -> None:
    made = subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [503]
    happen(client, "sms", TEXT)
    client.ask("DELETE", f"/webhooks/{made['webhook']['id']}")
    client.advance(86_400)
    happen(client, "sms", TEXT)
    assert len(receiver.posts) == 1
    assert "deleted" in delivery(client)["attempts"][-1]["error"]
    assert "webhook" not in client.ask("GET", f"/subscriptions/sms/{made['id']}")


def test_only_this_machine_is_reached(client: Client) -> None:
    for url in ("http://192.0.2.1/", "https://hooks.larkspur.example:1/x", "http://2130706433/"):
        hook = client.ask("POST", "/webhooks", {"hook_url": url})
        client.ask("POST", "/subscriptions/changelog", {"endpoint_id": int(hook["id"])})
    happen(client, "changelog", {"id": 1})
    client.advance(86_400)
    found = [one for one in client.world.deliveries if one["kind"] == "changelog"]
    assert len(found) == 4  # with that of the seed
    for one in found:
        assert one["state"] == "unreachable"
        [attempt] = one["attempts"]
        assert "is not this machine" in attempt["error"]


def test_a_webhook_moved_away_is_not_followed(client: Client, receiver: Receiver) -> None:
    made = subscribe(client, receiver, "sms", direction="all")
    receiver.statuses = [503]
    happen(client, "sms", TEXT)
    client.ask("PATCH", f"/webhooks/{made['webhook']['id']}", {"hook_url": "https://192.0.2.1/"})
    client.advance(60)
    [kept] = [one for one in client.world.deliveries if one["subscription_id"] == int(made["id"])]
    assert (kept["state"], kept["url"], len(receiver.posts)) == ("unreachable", "https://192.0.2.1/", 1)


def test_only_the_last_five_thousand_are_kept(client: Client) -> None:
    hook = client.ask("POST", "/webhooks", {"hook_url": "https://192.0.2.1/"})
    client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(hook["id"]), "direction": "all"})

    async def work() -> None:
        before = {one["id"] for one in client.world.events}
        with client.sandbox.engine.moment():
            for number in range(5_100):
                emit(client.world, "sms", {"id": number})
        assert not before & {one["id"] for one in client.world.events}

    client.sandbox.run(work())
    assert len(client.world.events) == 5_000
    assert [one["payload"]["id"] for one in client.world.deliveries] == [*range(100, 5_100)]


# -- from what is asked to what is told


def test_a_text_that_is_sent_is_told_and_then_its_delivery(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", direction="outbound", status=True)
    sent = client.ask("POST", "/sms", {"to_numbers": ["+14155550123"], "text": "Hi"})
    client.advance(60)
    assert {event["id"] for event in receiver.events} == {int(sent["id"])}
    assert [event["message_status"] for event in receiver.events] == ["sent", "delivered"]
    assert receiver.events[0]["text"] == "Hi"
    assert receiver.events[0]["to_number"] == ["+14155550123"]


def test_a_contact_that_is_made_is_told(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "contact", contact_type="shared")
    client.ask("PUT", "/contacts", {"uid": "1", "first_name": "Ada", "last_name": "Abbott"})
    client.ask("POST", "/contacts", {"first_name": "B", "last_name": "B", "owner_id": str(MARA)})
    settled(client)
    assert [event["contact"]["first_name"] for event in receiver.events] == ["Ada"]


def test_what_was_under_way_goes_again_after_a_restart(receiver: Receiver, tmp_path: Path) -> None:
    from asking import START, Client

    from dialkit.sandbox import Sandbox

    path = tmp_path / "state"
    receiver.statuses = [0]
    with Sandbox(limits=False, at=START, frozen=True, state=path) as sandbox:
        client = Client(sandbox)
        subscribe(client, receiver, "changelog")

        async def work() -> None:
            with sandbox.engine.moment():
                emit(client.world, "changelog", {"id": 1})

        sandbox.run(work())
        client.connection.close()
    receiver.let_go.set()
    assert receiver.events in ([], [{"id": 1}])  # it was cut off, perhaps before it was sent
    receiver.statuses = []
    receiver.posts.clear()
    with Sandbox(limits=False, at=START, frozen=True, state=path) as sandbox:
        client = Client(sandbox)
        settled(client)
        client.connection.close()
        assert [event["id"] for event in receiver.events] == [1]
        assert delivery(client)["state"] == "delivered"


# -- faults


class Faults:
    """What the store of fault rules looks like from here."""

    def __init__(self, *effects: Any) -> None:
        self.effects = [*effects]

    def delivery(self, _delivery: Any) -> Any:
        return self.effects.pop(0) if self.effects else None


@pytest.fixture
def bend(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(*effects: Any) -> None:
        monkeypatch.setattr(client.sandbox.engine, "faults", Faults(*effects), raising=False)

    return use


def test_a_delivery_can_be_lost_or_late_or_doubled(client: Client, receiver: Receiver, bend: Any) -> None:
    subscribe(client, receiver, "changelog")
    client.ask("DELETE", "/subscriptions/changelog/6343249507132486")
    bend({"lost": True}, {"late": 30}, {"duplicate": 3})
    for number in range(3):
        happen(client, "changelog", {"id": number})
    assert [event["id"] for event in receiver.events] == [2, 2, 2]
    client.advance(29)
    assert len(receiver.posts) == 3
    client.advance(1)
    assert receiver.events[-1] == {"id": 1}
    assert sorted(states(client)) == ["delivered"] * 4 + ["lost"]


def test_a_delivery_can_be_overtaken(client: Client, receiver: Receiver, bend: Any) -> None:
    subscribe(client, receiver, "changelog")
    client.ask("DELETE", "/subscriptions/changelog/6343249507132486")
    bend({"reorder": True}, None, {"reorder": True})
    for number in range(3):
        happen(client, "changelog", {"id": number})
    assert [event["id"] for event in receiver.events] == [1, 0]
    client.advance(5)
    assert [event["id"] for event in receiver.events] == [1, 0, 2]


def test_one_that_was_not_overtaken_keeps_to_its_retries(
    client: Client, receiver: Receiver, bend: Any
) -> None:
    subscribe(client, receiver, "call", call_states=["all"])
    bend({"reorder": True})
    receiver.statuses = [503]
    happen(client, "call", {"id": 1}, state="hangup")
    client.advance(5)
    assert len(receiver.posts) == 1
    client.advance(1.9)
    assert len(receiver.posts) == 1
    client.advance(0.1)
    assert delivery(client)["state"] == "delivered"
