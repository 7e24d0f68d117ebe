"""`dialkit.webhooks.unwrap`: what comes out, however odd it is, and when it counts."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from dialkit import webhooks
from dialkit.client.model import UNSET
from dialkit.errors import BadSignature, InvalidArgument, InvalidEvent, StaleEvent
from dialkit.webhooks import CallEvent, ContactEvent, SmsEvent, UnknownEvent, unwrap
from dialkit.webhooks.kinds import MARKS, kind_of
from signing import CLAIMS, GOOD, HEAD, SECRET, TEXT, At, encoded, token


def test_an_event_comes_out_typed() -> None:
    event = unwrap(GOOD, secret=SECRET, strict=True)
    assert isinstance(event, SmsEvent)
    assert (event.id, event.text, event.to_number) == (TEXT["id"], TEXT["text"], ["+15035550142"])
    assert (event.sender_id, event.mms) == (None, UNSET)  # null is not absent
    assert event.to_dict() == TEXT
    assert event.at
    assert event.at.isoformat() == "2026-03-05T17:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [GOOD, GOOD.decode(), bytearray(GOOD), memoryview(GOOD), b"\r\n " + GOOD + b"\n"],
    ids=["bytes", "text", "bytearray", "view", "spaces"],
)
def test_a_body_in_all_its_forms(body: Any) -> None:
    assert unwrap(body, secret=SECRET.encode()).to_dict() == TEXT


@pytest.mark.parametrize("others", [[], ["another"], [b"another", "third"]])
def test_any_of_several_secrets_may_have_signed(others: list[Any]) -> None:
    for secrets in ([SECRET, *others], (*others, SECRET), {*others, SECRET}, iter([*others, SECRET])):
        assert unwrap(GOOD, secret=secrets).to_dict() == TEXT
    if others:
        with pytest.raises(BadSignature):
            unwrap(GOOD, secret=others)


# -- an event is not lost over a field


ODD: dict[str, tuple[bytes, dict[str, Any]]] = {
    "not a number": (b'{"call_id":1,"state":"hangup","mos_score":NaN}', {"mos_score": None}),
    "half an emoji": (b'{"message_status":"sent","text":"ok \\ud83d"}', {"text": "ok \ufffd"}),
    "an emoji": (b'{"message_status":"sent","text":"ok \\ud83d\\ude42"}', {"text": "ok 🙂"}),
    "control characters": (b'{"message_status":"sent","text":"a\n\x07\x1b[mb"}', {"text": "a\n\x07\x1b[mb"}),
    "a zero": (b'{"message_status":"sent","text":"a\\u0000b"}', {"text": "a\0b"}),
    "bytes that are no text": (b'{"message_status":"sent","text":"a\xff"}', {"text": "a\ufffd"}),
    "twice the same name": (b'{"message_status":"sent","text":"a","text":"b"}', {"text": "b"}),
    "ids as text": (b'{"call_id":"6109283746501928","state":"ringing"}', {"call_id": 6109283746501928}),
    "ids beyond 64 bits": (b'{"call_id":18446744073709551617,"state":""}', {"call_id": 2**64 + 1}),
    "an id that is none": (b'{"call_id":"abc","state":"ringing"}', {"call_id": "abc"}),
    "one recipient as text": (b'{"message_status":"sent","to_number":"+1415"}', {"to_number": "+1415"}),
    "a contact of null": (b'{"message_status":"sent","contact":null}', {"contact": None}),
    "a contact of text": (b'{"message_status":"sent","contact":"Ada"}', {"contact": "Ada"}),
    "a list with null": (b'{"message_status":"sent","admins":[null,{"id":1}]}', {}),
    "true as a number": (b'{"message_status":"sent","id":true}', {"id": True}),
    "a status of an object": (b'{"message_status":{"a":1}}', {"message_status": {"a": 1}}),
    "a time that is none": (b'{"message_status":"a","event_timestamp":"soon"}', {"event_timestamp": "soon"}),
    "a time in no year": (b'{"message_status":"sent","event_timestamp":99999999999999999}', {}),
    "a time before all": (b'{"message_status":"sent","event_timestamp":-99999999999999999}', {}),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "holds"), ODD.values(), ids=ODD)
def test_an_odd_event_is_an_event(payload: bytes, holds: dict[str, Any]) -> None:
    for body, secret in ((token(payload), SECRET), (payload, None)):
        event = unwrap(body, secret=secret)
        assert isinstance(event, SmsEvent | CallEvent)
        assert {name: getattr(event, name) for name in holds} == holds
        assert event.to_dict().items() >= holds.items()
        json.dumps(event.to_dict()).encode()
        assert repr(event).isprintable()
        if "time" in str(payload):
            assert event.at is None


def test_unknown_fields_are_kept_within_and_without() -> None:
    body = token({**TEXT, "mood": "good", "target": {"id": 1, "floor": 3}})
    event = unwrap(body, secret=SECRET)
    assert isinstance(event, SmsEvent)
    assert event.target
    assert (event.extra, event.target.extra) == ({"mood": "good"}, {"floor": 3})
    assert event.to_dict()["target"] == {"id": 1, "floor": 3}
    with pytest.raises(InvalidEvent, match=r"unknown fields: mood, target\.floor"):
        unwrap(body, secret=SECRET, strict=True)
    with pytest.raises(InvalidEvent, match="the sms event"):
        unwrap(token({**TEXT, "mms": "perhaps"}), secret=SECRET, strict=True)


@pytest.mark.parametrize(("marks", "kind"), MARKS)
def test_a_kind_is_known_by_its_fields(marks: frozenset[str], kind: type[Any]) -> None:
    assert kind_of(dict.fromkeys(marks)) is kind
    assert isinstance(unwrap(token(dict.fromkeys(marks)), secret=SECRET), kind)
    for left_out in marks:
        assert kind_of(dict.fromkeys(marks - {left_out})) is UnknownEvent


def test_a_contact_as_documented() -> None:
    contact = {"id": "5908860123456789", "type": "shared", "first_name": "Ada", "phones": ["+14155550123"]}
    event = unwrap(token({"event": "Created", "contact": contact}), secret=SECRET, strict=True)
    assert isinstance(event, ContactEvent)
    assert event.contact
    assert (event.event, event.contact.phones, event.at) == ("Created", ["+14155550123"], None)


def test_an_event_of_nothing_is_unknown() -> None:
    for payload in ({}, {"hello": [1, {"a": None}]}):
        event = unwrap(token(payload), secret=SECRET)
        assert isinstance(event, UnknownEvent)
        assert (event.raw, event.at) == (payload, None)


# -- times


@pytest.mark.parametrize(
    ("claims", "now", "valid"),
    [
        ({"exp": 1000}, 1000, True),
        ({"exp": 1000}, 1060, True),
        ({"exp": 1000}, 1061, False),
        ({"exp": 1000.5}, 900, True),
        ({"nbf": 1000}, 940, True),
        ({"nbf": 1000}, 939, False),
        ({"nbf": 900, "exp": 1000}, 950, True),
        ({"exp": None, "nbf": None}, 950, True),
        ({"iat": 5000}, 1000, True),  # when it was made is not asked
    ],
)
def test_a_token_with_times_of_its_own_is_held_to_them(claims: Any, now: float, valid: bool) -> None:
    clock = At(now)
    body = token({**TEXT, **claims})
    if valid:
        assert unwrap(body, secret=SECRET, clock=clock).extra == claims
    else:
        with pytest.raises(StaleEvent):
            unwrap(body, secret=SECRET, clock=clock)
    # Without a signature they are words like others.
    assert unwrap(json.dumps({**TEXT, **claims}), secret=None, clock=clock).extra == claims


@pytest.mark.parametrize("value", ["1000", True, [], {}, "soon"])
def test_times_of_a_token_are_numbers(value: Any) -> None:
    for name in ("exp", "nbf"):
        with pytest.raises(InvalidEvent):
            unwrap(token({**TEXT, name: value}), secret=SECRET)


@pytest.mark.parametrize("moment", [{"date": 5_000_000}, {"event_timestamp": 5_000_000, "date": 1}])
def test_age_counts_from_what_the_event_says(moment: Any) -> None:
    body = token({"action": "updated_ivr", "changed_by": {}, **moment})
    assert unwrap(body, secret=SECRET, max_age=10, clock=At(5010)).kind == "changelog"
    with pytest.raises(StaleEvent):
        unwrap(body, secret=SECRET, max_age=10, clock=At(5011))


@pytest.mark.parametrize(
    "moment", [{}, {"event_timestamp": None}, {"event_timestamp": "1"}, {"event_timestamp": True}]
)
def test_an_event_of_no_age_is_not_fresh(moment: Any) -> None:
    body = token({"call_id": 1, "state": "hangup", **moment})
    clock = At(0.002)
    if moment.get("event_timestamp") == "1":  # a number in text is a number
        assert unwrap(body, secret=SECRET, max_age=10, clock=clock).milliseconds == 1
        return
    with pytest.raises(StaleEvent, match="the call event does not say when"):
        unwrap(body, secret=SECRET, max_age=10, clock=clock)


@pytest.mark.parametrize("digits", [20, 400, 3000])
def test_a_time_far_beyond_all(digits: int) -> None:
    late, early = (
        token({"call_id": 1, "state": "hangup", "event_timestamp": sign * 10**digits}) for sign in (1, -1)
    )
    assert unwrap(late, secret=SECRET, max_age=10).at is None
    with pytest.raises(StaleEvent, match="before all time"):
        unwrap(early, secret=SECRET, max_age=10)


# -- the call itself


@pytest.mark.parametrize(
    "secret", ["", b"", [], [""], ["good", ""], ["good", None], [None], 5, [5], "\ud800"]
)
def test_a_secret_that_is_none(secret: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^secret: ") as caught:
        unwrap(GOOD, secret=secret)
    assert "good" not in repr(caught.value)
    assert caught.value.__context__ is None  # a traceback would show the secret there


def test_a_secret_from_the_environment_that_is_no_utf8() -> None:
    raw = b"caf\xe9-and-enough-bytes-for-a-secret"
    signed = HEAD + b"." + CLAIMS
    body = signed + b"." + encoded(hmac.digest(raw, signed, hashlib.sha256))
    assert unwrap(body, secret=raw.decode("utf-8", "surrogateescape")).to_dict() == TEXT


@pytest.mark.parametrize("body", [None, {}, TEXT, [GOOD], 5])
def test_a_body_that_was_read_already(body: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"^body: is "):
        unwrap(body, secret=SECRET)


@pytest.mark.parametrize("age", [0, -1, float("nan")])
def test_an_age_that_is_none(age: float) -> None:
    with pytest.raises(InvalidArgument, match=r"^max_age: "):
        unwrap(GOOD, secret=SECRET, max_age=age)


def test_all_names_are_there() -> None:
    for name in webhooks.__all__:
        assert getattr(webhooks, name)
    with pytest.raises(AttributeError, match="no attribute 'wrap'"):
        webhooks.wrap  # type: ignore[attr-defined]
