"""`dialkit.webhooks.unwrap` with anything at all, and beside another library."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialkit.errors import BadSignature, InvalidEvent
from dialkit.webhooks import unwrap
from dialkit.webhooks.kinds import MARKS
from signing import GOOD, SECRET, token

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
    st.sampled_from([GOOD, token({}), token({"id": 1}, secret="another"), token({}, {"alg": "none"})]),
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
