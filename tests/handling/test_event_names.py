"""Names of events: each state has one, and nothing that comes from outside breaks them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialkit.catalog import Catalog
from dialkit.cli.app import printable
from dialkit.cli.workflows.events import kept
from dialkit.cli.workflows.events.filtering import Filter
from dialkit.errors import InvalidArgument
from dialkit.events import names
from dialkit.events.handling.handlers import typed
from dialkit.events.lines import line
from dialkit.events.making import make
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database
from dialkit.webhooks.kinds import MARKS, kind_of

FIELDS = sorted({mark for marks, _ in MARKS for mark in marks} | {
    "id", "direction", "text", "message_delivery_result", "event_timestamp", "date", "contact", "target"
})  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
PAYLOADS = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), ANYTHING, max_size=8)


def test_each_state_of_the_document_has_a_name() -> None:
    fields = Catalog().operation("webhook_call_event_subscription.create").fields
    [states] = [field.schema["items"]["enum"] for field in fields if field.name == "call_states"]
    assert set(names.CALL_STATES) == set(states) - {"all"}


@pytest.mark.parametrize("name", [name for name in names.NAMES if "*" not in name and name != "unknown"])
def test_what_is_made_has_its_name(name: str) -> None:
    payload = make(name)
    assert names.name_of(kind_of(payload).kind, payload) == name
    assert names.fits(name, "*")
    assert names.fits(name, name)
    assert names.fits(name, f"{name.partition('.')[0]}.*")
    assert not names.fits(name, "digital.*")


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"direction": "inbound", "message_status": "delivered"}, "sms.received"),
        ({"direction": "outbound", "message_status": "pending"}, "sms.sent"),
        ({"direction": "outbound", "message_status": "undelivered"}, "sms.failed"),
        ({"direction": "outbound", "message_status": None}, "sms.sent"),
        ({"direction": 3, "message_status": ["delivered"]}, "sms.sent"),
    ],
)
def test_texts(payload: dict[str, Any], name: str) -> None:
    assert names.name_of("sms", payload) == name


def test_spellings() -> None:
    assert names.known("sms_received") == "sms.received"
    assert names.known("change_log") == names.known("changelog") == "changelog"
    assert names.known("voicemail") == "call.voicemail"
    assert names.known("*") == "*"
    with pytest.raises(InvalidArgument, match="is none"):
        names.known("*", all_of_a_kind=False)
    with pytest.raises(InvalidArgument, match="is none"):
        names.known("x" * 100_000)


@pytest.mark.timeout(300)
@settings(deadline=None)  # the machine may be busy
@given(PAYLOADS)
def test_whatever_an_event_says(payload: dict[str, Any]) -> None:
    kind = kind_of(payload).kind
    name = names.name_of(kind, payload)
    assert name.isascii()
    assert len(name) < 60
    assert typed(payload).kind == kind
    assert printable(line(kind, payload, 1.0)).isprintable()
    for wanted in FILTERS:
        wanted.takes(kind, json.dumps(payload))


FILTERS = [Filter('direction == "inbound"'), Filter('text | test("a")'), Filter("target.name[0].x")]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Database.of({"DIALKIT_HOME": str(tmp_path_factory.mktemp("store"))}) as database:
        yield database


@pytest.mark.timeout(300)
@settings(deadline=None)
@given(payload=PAYLOADS)
def test_whatever_is_kept_is_shown(database: Database, payload: dict[str, Any]) -> None:
    [one] = keep(database, [Arrival(kind_of(payload).kind, payload, "{}", 1.0, "serve")])
    row = kept.one(database, str(one.event_id))
    json.dumps([kept.brief(row), kept.whole(row)])


@pytest.mark.parametrize(
    ("expression", "right"),
    [
        ('direction == "inbound"', True),
        ('.direction == "inbound" # a remark', True),
        ('target | .name == "Main line" and direction == "inbound"', True),
        ("empty", False),
        ("null", False),
        ("false, 1", True),
        ("error", False),
        ("text | length", True),
        ("unset_by_dialpad?", None),
        (") | (true", None),
        ("", None),
        ('"', None),
    ],
)
def test_expressions(expression: str, right: bool | None) -> None:
    if right is None:
        with pytest.raises(InvalidArgument, match="--filter"):
            Filter(expression)
        return
    assert Filter(expression).takes("sms", json.dumps(make("sms.received"))) is right
