"""`dialkit.webhooks.unwrap` against what forgers, broken senders and hurried callers hand to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pickle
from contextlib import suppress
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialkit import webhooks
from dialkit.client.clock import Clock
from dialkit.client.model import UNSET
from dialkit.errors import BadSignature, InvalidArgument, InvalidEvent, StaleEvent
from dialkit.webhooks import CallEvent, ContactEvent, SmsEvent, UnknownEvent, unwrap
from dialkit.webhooks.kinds import MARKS, kind_of
from dialkit.webhooks.unwrapping import MOST

SECRET = "copper-kettle-41-drum-and-some-more"
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
HEADER = {"alg": "HS256", "typ": "JWT"}
TEXT: dict[str, Any] = {
    "id": 6095823680520192,
    "direction": "inbound",
    "from_number": "+14155550123",
    "to_number": ["+15035550142"],
    "message_status": "pending",
    "text": "Two kilos, please",
    "sender_id": None,
    "event_timestamp": 1_772_730_000_000,
}


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(payload: Any, header: Any = None, secret: str = SECRET) -> bytes:
    """A token, written out here so that nothing of what is tested takes part; bytes are taken as they are."""
    parts = [HEADER if header is None else header, payload]
    signed = b".".join(
        encoded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts
    )
    return signed + b"." + encoded(hmac.digest(secret.encode(), signed, hashlib.sha256))


GOOD = token(TEXT)
HEAD, CLAIMS, SIGNATURE = GOOD.split(b".")
PLAIN = bytes.maketrans(b"-_", b"+/")


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


FORGED: dict[str, bytes] = {
    "alg none, no signature": encoded(b'{"alg":"none"}') + b"." + CLAIMS + b".",
    "alg none, the old signature": encoded(b'{"alg":"none"}') + b"." + CLAIMS + b"." + SIGNATURE,
    "alg none, signed": token(TEXT, {"alg": "none"}),
    "alg None in other letters": token(TEXT, {"alg": "NonE"}),
    "alg hs256 in small letters": token(TEXT, {"alg": "hs256"}),
    "alg HS512, signed by HS256": token(TEXT, {"alg": "HS512"}),
    "alg RS256, the secret as key": token(TEXT, {"alg": "RS256"}),
    "alg ES256, a signature as long": token(TEXT, {"alg": "ES256"}),
    "alg is a list": token(TEXT, {"alg": ["HS256"]}),
    "alg is null": token(TEXT, {"alg": None}),
    "no alg": token(TEXT, {"typ": "JWT"}),
    "crit": token(TEXT, {**HEADER, "crit": ["exp"]}),
    "crit, empty": token(TEXT, {**HEADER, "crit": []}),
    "b64 false": token(TEXT, {**HEADER, "b64": False, "crit": ["b64"]}),
    "b64 false without crit": token(TEXT, {**HEADER, "b64": False}),
    "key in the header": token(TEXT, {**HEADER, "jwk": {"kty": "oct", "k": "YQ"}}, "a"),
    "another secret": token(TEXT, secret="another"),
    "the secret and more": token(TEXT, secret=SECRET + " "),
    "empty secret": token(TEXT, secret=""),
    "another text": HEAD + b"." + encoded(b'{"text":"Ten kilos"}') + b"." + SIGNATURE,
    "another header": encoded(b'{"typ":"JWT","alg":"HS256"}') + b"." + CLAIMS + b"." + SIGNATURE,
    "no signature": HEAD + b"." + CLAIMS + b".",
    "two parts": HEAD + b"." + CLAIMS,
    "one part": HEAD,
    "four parts": GOOD + b"." + SIGNATURE,
    "five parts, as if encrypted": GOOD + b".." + SIGNATURE,
    "dots": b"..",
    "no payload": HEAD + b".." + SIGNATURE,
    "cut off in the signature": GOOD[:-1],
    "cut off in the payload": GOOD[: len(HEAD) + 20],
    "one byte more": GOOD + b"A",
    "padded": GOOD + b"=",
    "signature in the plain alphabet": b".".join([HEAD, CLAIMS, SIGNATURE.translate(PLAIN) + b"+"]),
    "a space within": HEAD + b". " + CLAIMS + b"." + SIGNATURE,
    "a line end within": HEAD + b"\n." + CLAIMS + b"." + SIGNATURE,
    "zero byte": GOOD + b"\0",
    "letters that are not ASCII": "éé.éé.éé".encode(),
    "bytes that are no text": b"\xff\xfe.\x80.\x81",
    "plain JSON": json.dumps(TEXT).encode(),
    "plain JSON, an array": b"[]",
    "a token in JSON": json.dumps({"token": GOOD.decode()}).encode(),
    "a token in quotes": b'"' + GOOD + b'"',
    "a form": b"payload=" + GOOD,
}  # fmt: skip


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_what_nobody_signed_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature) as caught:
        unwrap(body, secret=SECRET)
    told = repr(caught.value) + str(caught.value.as_dict())
    assert SECRET not in told
    assert "kilos" not in told
    assert caught.value.hint
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), BadSignature)


def test_a_public_key_is_no_way_in() -> None:
    body = token(TEXT, {"alg": "RS256", "typ": "JWT"}, secret=PUBLIC_KEY)
    with pytest.raises(BadSignature):
        unwrap(body, secret=PUBLIC_KEY)


SIGNED_RUBBISH: dict[str, bytes] = {
    "an array": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "a number": b"1",
    "nothing": b"{",
    "no JSON": b"text=hello",
    "a token within": GOOD,
    "a number that is too long": b'{"id":' + b"9" * 5000 + b"}",
    "a number that is too large": b'{"id":1e999}',
    "two objects": b"{}{}",
    "deep arrays": b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    "deep objects": b'{"a":' * 200 + b"1" + b"}" * 200,
    "deeper than Python goes": b"[" * 100_000,
    "deeper than Python goes, and broken": b'{"a":NaN,"b":' + b"[" * 100_000,
}


@pytest.mark.parametrize("payload", SIGNED_RUBBISH.values(), ids=SIGNED_RUBBISH)
def test_what_is_no_event_is_refused_signed_or_not(payload: bytes) -> None:
    for body, secret in ((token(payload), SECRET), (payload, None)):
        with pytest.raises(InvalidEvent) as caught:
            unwrap(body, secret=secret)
        assert not isinstance(caught.value, BadSignature)
        assert caught.value.hint


@pytest.mark.parametrize("header", [b"[]", b"null", b'"HS256"', b"{", b"\xff", b"[" * 100_000])
def test_a_signed_token_with_a_header_that_is_none(header: bytes) -> None:
    with pytest.raises(InvalidEvent):
        unwrap(token(TEXT, header), secret=SECRET)


@pytest.mark.parametrize("part", [b"a", b"e3=0", b"e3 0", b"e30\n", b"+/+/", "é".encode()])
def test_a_signed_payload_that_is_not_base64(part: bytes) -> None:
    signed = HEAD + b"." + part
    body = signed + b"." + encoded(hmac.digest(SECRET.encode(), signed, hashlib.sha256))
    with pytest.raises(InvalidEvent):
        unwrap(body, secret=SECRET)


@pytest.mark.parametrize("body", [b"", "", b" \n", GOOD, b"%", b"hello", b"<html>", b"\xff", "\ud800"])
def test_without_a_secret_it_must_be_plain_json(body: Any) -> None:
    with pytest.raises(InvalidEvent) as caught:
        unwrap(body, secret=None)
    assert not isinstance(caught.value, BadSignature)


def test_an_unsigned_token_is_not_read_without_a_secret() -> None:
    for body in (GOOD, FORGED["alg none, no signature"]):
        with pytest.raises(InvalidEvent, match="signed"):
            unwrap(body, secret=None)


def test_plain_json_is_read_where_there_is_no_secret() -> None:
    assert unwrap(json.dumps(TEXT), secret=None, strict=True).to_dict() == TEXT
    assert unwrap(b"\xef\xbb\xbf" + json.dumps(TEXT).encode(), secret=None).to_dict() == TEXT


@pytest.mark.parametrize("filler", [b"x", b" ", b"{", b"ey."])
def test_a_body_has_a_bound(filler: bytes) -> None:
    for secret in (SECRET, None):
        with pytest.raises(InvalidEvent, match="more than 1048576 bytes"):
            unwrap(filler * MOST + b"x", secret=secret)
    just = json.dumps({**TEXT, "text": "x" * (700 * 1024)})
    assert len(unwrap(token(just.encode()), secret=SECRET).to_dict()["text"]) == 700 * 1024


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


class At(Clock):
    """A clock that stands."""

    def __init__(self, now: float) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds


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


# -- anything at all


JSON = st.recursive(
    # Characters: half of a pair among them, which JSON can hold and UTF-8 cannot.
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({name for _, kind in MARKS for name in kind.__struct_fields__})
EVENTS = st.tuples(
    st.sampled_from(MARKS), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON)
).map(lambda drawn: {**dict.fromkeys(drawn[0][0], "x"), **drawn[1]})


@given(EVENTS)
def test_whatever_is_signed_is_an_event_and_nothing_of_it_is_lost(payload: dict[str, Any]) -> None:
    payload = {name: value for name, value in payload.items() if name not in ("exp", "nbf")}
    event = unwrap(token(payload), secret=SECRET)
    assert event.to_dict().keys() == payload.keys()
    assert repr(event).startswith(type(event).__name__)
    assert event.at is None or event.at.tzinfo


@given(st.binary() | st.text() | JSON.map(json.dumps) | JSON.map(lambda value: token(value, secret="x")))
def test_whatever_is_posted_there_is_one_way_to_fail(body: bytes | str) -> None:
    with pytest.raises(BadSignature if body.strip() and body.isascii() else InvalidEvent):
        unwrap(body, secret=SECRET)
    # Without a secret it is an event, or none: there is no third.
    with suppress(InvalidEvent):
        unwrap(body, secret=None)


@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=3
    ),
    st.sampled_from([GOOD, *FORGED.values()]),
)
def test_what_is_taken_another_library_takes_as_well(
    edits: list[tuple[int, int, bytes]], body: bytes
) -> None:
    for place, gone, new in edits:
        body = body[:place] + new + body[place + gone :]
    try:
        event = unwrap(body, secret=SECRET)
    except InvalidEvent:
        return
    options: Any = {"verify_signature": True}
    assert jwt.decode(body.strip(), SECRET, algorithms=["HS256"], options=options) == event.to_dict()


@given(EVENTS.filter(lambda payload: not {"exp", "nbf", "iat", "sub", "aud", "iss", "jti"} & payload.keys()))
def test_what_another_library_signs_is_taken(payload: dict[str, Any]) -> None:
    body = jwt.encode(payload, SECRET, algorithm="HS256")
    assert unwrap(body, secret=SECRET).to_dict().keys() == payload.keys()
