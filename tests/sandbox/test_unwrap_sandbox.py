"""Events that the sandbox posts to a real server come out as their types, signed or not, without drift."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from calling import CALL_CENTER, THEO, at_once, line_of, only_on_duty, ring
from receiving import Receiver, settled
from texting import CHANNEL, INES, MARA, MINE, OUTSIDE, QUEUE, STRANGER, receive
from websockets.sync.client import connect

from beside import PATIENCE
from dialkit.client.clock import Clock
from dialkit.errors import BadSignature, InvalidEvent, StaleEvent
from dialkit.webhooks import (
    AgentStatusEvent,
    CallEvent,
    ChangeLogEvent,
    ChannelEvent,
    ContactEvent,
    FaxEvent,
    SmsEvent,
    UnknownEvent,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asking import Client

SECRET = "a-secret-of-thirty-two-characters"
FAX_LINE = "+15035550120"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def subscribe(client: Client, receiver: Receiver, kind: str, secret: str | None, **fields: Any) -> int:
    """The id of a webhook at the receiver that is told all of a kind."""
    signed = {"secret": secret} if secret else {}
    hook = client.ask("POST", "/webhooks", {"hook_url": receiver.url + kind, **signed})
    client.ask("POST", f"/subscriptions/{kind}", {"endpoint_id": int(hook["id"]), **fields})
    return int(hook["id"])


def texts(client: Client) -> None:
    client.ask("POST", "/sms", {"to_numbers": [OUTSIDE, STRANGER], "text": "Hello", "user_id": MARA})
    client.ask("POST", "/sms", {"to_numbers": [MINE], "text": "Hello, Mara", "user_id": THEO})
    receive(client, OUTSIDE, MINE, "Two kilos, please 🙂")
    receive(client, STRANGER, QUEUE, "Are you open?")
    client.advance(60)


def calls(client: Client) -> None:
    only_on_duty(client, THEO)
    for caller in (OUTSIDE, STRANGER):  # the second waits
        ring(client, line_of(client, "callcenter", CALL_CENTER), caller, hangup_after=90)
    client.advance(120)
    ring(client, MINE, missed=True)
    ring(client, MINE, OUTSIDE, voicemail="It is about the order.")
    client.ask("POST", f"/users/{INES}/initiate_call", {"phone_number": OUTSIDE})
    client.advance(30)
    on = next(call for call in client.world.calls if call["state"] == "connected" and not call["date_ended"])
    client.ask("PUT", f"/call/{on['call_id']}/labels", {"labels": ["wholesale"]})
    client.advance(3600)


def duty(client: Client) -> None:
    path = f"/callcenters/operators/{THEO}/dutystatus"
    client.ask("PATCH", path, {"on_duty": False, "duty_status_reason": "Lunch"})
    client.ask("PATCH", path, {"on_duty": True})


def contacts(client: Client) -> None:
    made = client.ask("POST", "/contacts", {"first_name": "Ada", "last_name": "Byron", "phones": [OUTSIDE]})
    client.ask("PATCH", f"/contacts/{made['id']}", {"job_title": "Buyer"})
    client.ask("DELETE", f"/contacts/{made['id']}")
    client.ask("PUT", "/contacts", {"uid": "crm-7", "first_name": "Ada", "last_name": "Abbott"})


def settings(client: Client) -> None:
    client.ask("PATCH", f"/users/{MARA}", {"first_name": "Mara"})
    client.ask(
        "POST", "/channels", {"name": "a", "description": "b", "privacy_type": "public", "user_id": INES}
    )
    client.ask("PATCH", f"/users/{MARA}/togglednd", {"do_not_disturb": True})


def channels(client: Client) -> None:
    member = {"id": 1, "channel_id": CHANNEL, "user_id": MARA}
    at_once(client, lambda: client.world.channel_members.put(member))
    name = client.world.channels.get(CHANNEL)["name"]
    client.ask("POST", "/sms", {"channel_hashtag": name, "text": "Roast day", "user_id": MARA})


def faxes(client: Client) -> None:
    client.ask("POST", "/fax", {"to_number": OUTSIDE, "from_number": FAX_LINE, "user_id": MARA})
    client.ask("POST", "/fax", {"to_number": FAX_LINE, "from_number": MINE})
    client.advance(600)


# What is subscribed to, what happens, what it is told as, how many at least.
KINDS: list[tuple[str, dict[str, Any], Callable[[Client], None], type[Any], int]] = [
    ("sms", {"direction": "all", "status": True, "include_internal": True}, texts, SmsEvent, 6),
    ("call", {"call_states": ["all"]}, calls, CallEvent, 15),
    ("agent_status", {"agent_type": "callcenter"}, duty, AgentStatusEvent, 2),
    ("contact", {"contact_type": "shared"}, contacts, ContactEvent, 4),
    ("changelog", {}, settings, ChangeLogEvent, 2),
    ("channel", {"direction": "all", "target_id": CHANNEL}, channels, ChannelEvent, 1),
    ("fax", {"direction": "all", "status": True}, faxes, FaxEvent, 3),
]
IDS = [row[0] for row in KINDS]


@pytest.mark.parametrize("secret", [SECRET, None])
@pytest.mark.parametrize(("kind", "fields", "happens", "told_as", "least"), KINDS, ids=IDS)
def test_what_is_posted_is_the_event(
    client: Client,
    receiver: Receiver,
    secret: str | None,
    kind: str,
    fields: dict[str, Any],
    happens: Callable[[Client], None],
    told_as: type[Any],
    least: int,
) -> None:
    hook = subscribe(client, receiver, kind, secret, **fields)
    happens(client)
    settled(client)
    told = [one["payload"] for one in client.world.deliveries if one["endpoint_id"] == hook]
    assert len(told) == len(receiver.posts) >= least
    for post in receiver.posts:
        event = unwrap(post.body, secret=secret, strict=True)
        assert type(event) is told_as
        assert (event.kind, event.extra) == (kind, {})
        # Nothing is lost and nothing is added; ids that came as text are numbers.
        assert as_numbers(event.to_dict()) in [as_numbers(payload) for payload in told]
        assert (event.at is None) == (told_as is ContactEvent)
        if event.at:
            assert abs(event.at.timestamp() - client.world.now) < 4000
            assert event.at.utcoffset().total_seconds() == 0
        if secret:
            with pytest.raises(BadSignature):
                unwrap(post.body, secret="another-secret-than-it-was-signed-by")
            with pytest.raises(InvalidEvent):
                unwrap(post.body, secret=None)
        else:
            with pytest.raises(BadSignature):
                unwrap(post.body, secret=SECRET)


def as_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_numbers(inner) for inner in value]
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def test_calls_come_to_many_states(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "call", SECRET, call_states=["all"])
    calls(client)
    settled(client)
    told = [unwrap(post.body, secret=SECRET, strict=True) for post in receiver.posts]
    states = {event.state for event in told if isinstance(event, CallEvent)}
    assert states >= {
        "queued",
        "ringing",
        "connected",
        "recap_summary",
        "hangup",
        "missed",
        "voicemail_uploaded",
    }
    assert all(isinstance(event, CallEvent) and isinstance(event.call_id, int) for event in told)


def test_a_text_that_came_in(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", SECRET, direction="inbound")
    receive(client, OUTSIDE, QUEUE, "Two kilos, please")
    settled(client)
    event = unwrap(receiver.posts[0].body, secret=SECRET)
    assert isinstance(event, SmsEvent)
    assert (event.from_number, event.to_number, event.text) == (OUTSIDE, [QUEUE], "Two kilos, please")
    assert event.contact
    assert event.target
    assert (event.contact.name, event.target.phone_number) == ("Priya Nair", "(503) 555-0110")
    assert event.sender_id is None  # it came as null
    assert event.admins


def test_a_secret_is_changed_while_events_come(client: Client, receiver: Receiver) -> None:
    new = "the-secret-that-comes-after-the-other"
    hook = subscribe(client, receiver, "sms", SECRET, direction="inbound")
    receive(client, OUTSIDE, MINE, "one")
    settled(client)
    client.ask("PATCH", f"/webhooks/{hook}", {"secret": new})
    receive(client, OUTSIDE, MINE, "two")
    settled(client)
    both = [unwrap(post.body, secret=[new, SECRET]) for post in receiver.posts]
    assert [event.text for event in both if isinstance(event, SmsEvent)] == ["one", "two"]
    with pytest.raises(BadSignature):
        unwrap(receiver.posts[0].body, secret=[new])


class At(Clock):
    """A clock that stands."""

    def __init__(self, now: float) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds


def test_an_event_may_be_too_old(client: Client, receiver: Receiver) -> None:
    subscribe(client, receiver, "sms", SECRET, direction="inbound")
    subscribe(client, receiver, "contact", SECRET, contact_type="shared")
    receive(client, OUTSIDE, MINE, "one")
    client.ask("PUT", "/contacts", {"uid": "1", "first_name": "Ada", "last_name": "Abbott"})
    settled(client)
    text, contact = sorted((post.body for post in receiver.posts), key=len, reverse=True)
    now = client.world.now
    for seconds in (-3600, 0, 300):
        assert unwrap(text, secret=SECRET, max_age=300, clock=At(now + seconds)).kind == "sms"
    with pytest.raises(StaleEvent, match="older than 300 seconds: of 2026-03-05 17:00:0"):
        unwrap(text, secret=SECRET, max_age=300, clock=At(now + 301))
    with pytest.raises(StaleEvent, match="does not say when"):
        unwrap(contact, secret=SECRET, max_age=300, clock=At(now))
    # Where no clock is given it is the machine's.
    assert unwrap(text, secret=SECRET, max_age=abs(time.time() - now) + 60).kind == "sms"


def test_an_event_may_come_through_a_websocket(client: Client) -> None:
    made = client.ask("POST", "/websockets", {"secret": SECRET})
    client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(made["id"]), "direction": "inbound"})
    with connect(made["websocket_url"]) as connection:
        receive(client, OUTSIDE, MINE, "one")
        event = unwrap(connection.recv(PATIENCE), secret=SECRET, strict=True)
    assert isinstance(event, SmsEvent)
    assert event.text == "one"


def test_a_scheduled_report_is_of_no_known_kind(client: Client, receiver: Receiver) -> None:
    hook = client.ask("POST", "/webhooks", {"hook_url": receiver.url, "secret": SECRET})
    plan = {"name": "Calls", "report_type": "call_logs", "frequency": "daily", "on_day": 0, "at": 7}
    client.ask("POST", "/schedulereports", {**plan, "endpoint_id": int(hook["id"])})
    client.advance(86_400)
    event = unwrap(receiver.posts[0].body, secret=SECRET)
    assert isinstance(event, UnknownEvent)
    assert (event.raw["name"], event.raw["status"], event.kind) == ("Calls", "complete", "unknown")
    assert event.raw == event.to_dict()
    assert event.at
    with pytest.raises(InvalidEvent, match="unknown fields"):
        unwrap(receiver.posts[0].body, secret=SECRET, strict=True)
