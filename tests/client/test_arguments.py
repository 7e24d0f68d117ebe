"""What typed methods are given: of wrong values nothing is sent, and right ones travel as meant."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typed_methods import CATALOG, OPERATIONS, method

import values
from dialkit import AsyncDialpad, Dialpad
from dialkit.client.model import UNSET, decode
from dialkit.client.request import MAX_BODY
from dialkit.client.types.shared import Alerts, User
from dialkit.errors import InvalidArgument
from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.client import Request
    from dialkit.sandbox import Sandbox

TO = ["+14155550123"]
ALERTS: Any = {"cc_service_level": "x"}
NAIVE = datetime(2026, 3, 5)  # noqa: DTZ001


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply({})) as server:
        yield server


@pytest.fixture(scope="module")
def asked(recorder: Recorder) -> Iterator[Dialpad]:
    """A client of a server that takes everything."""
    with Dialpad("key", base_url=recorder.url, environ={}, limiter=None) as client:
        yield client


class Word(str, Enum):  # noqa: UP042 - its str() is not its value
    ACTIVE = "active"


class Plain(StrEnum):
    ACTIVE = "active"


class Number(IntEnum):
    FIVE = 5


# operation, what it is given, what the message says
WRONG: list[tuple[str, dict[str, Any], str]] = [
    # Of another type.
    ("sms.send", {"to_numbers": "+14155550123", "text": "x"}, "to_numbers must be a list"),
    ("sms.send", {"to_numbers": {"+14155550123"}, "text": "x"}, "to_numbers must be a list"),
    ("sms.send", {"to_numbers": iter(TO), "text": "x"}, "to_numbers must be a list"),
    ("sms.send", {"to_numbers": [14155550123], "text": "x"}, "to_numbers[0] must be text"),
    ("sms.send", {"to_numbers": [None], "text": "x"}, "to_numbers[0] must be text; got null"),
    ("sms.send", {"to_numbers": TO, "text": b"x"}, "text must be text; got bytes"),
    ("sms.send", {"to_numbers": TO, "text": ["x"]}, "text must be text; got a list"),
    ("sms.send", {"to_numbers": TO, "text": 5}, "text must be text; got 5"),
    ("sms.send", {"to_numbers": TO, "user_id": "5"}, "user_id must be an integer; got '5'"),
    ("sms.send", {"to_numbers": TO, "user_id": 5.0}, "user_id must be an integer; got 5.0"),
    ("sms.send", {"to_numbers": TO, "user_id": True}, "user_id must be an integer; got true"),
    ("sms.send", {"to_numbers": TO, "user_id": Decimal(5)}, "user_id must be an integer; got Decimal"),
    ("users.get", {"id": True}, "id must be text; got true"),
    ("users.get", {"id": 5.5}, "id must be text; got 5.5"),
    ("users.get", {"id": b"5"}, "id must be text; got bytes"),
    ("users.get", {"id": UUID(int=5)}, "id must be text; got UUID"),
    ("users.get", {"id": ["5"]}, "id must be text; got a list"),
    ("users.list", {"company_admin": "yes"}, "company_admin must be true or false; got 'yes'"),
    ("users.list", {"company_admin": 1}, "company_admin must be true or false; got 1"),
    ("users.update", {"id": 5, "presence_status": object()}, "presence_status must be an object; got object"),
    ("users.update", {"id": 5, "presence_status": [("message", "x")]}, "presence_status must be an object"),
    ("users.update", {"id": 5, "presence_status": {"message": 5}}, "presence_status.message must be text"),
    ("users.update", {"id": 5, "admin_office_ids": [1, "2"]}, "admin_office_ids[1] must be an integer"),
    ("users.update", {"id": 5, "admin_office_ids": [2**63]}, "admin_office_ids[0] must fit in 64 bits"),
    ("callcenters.update", {"id": 7, "alerts": ALERTS}, "alerts.cc_service_level must"),
    # Missing, empty, too long, not among the words.
    ("users.get", {"id": None}, "users.get needs id"),
    ("users.get", {"id": UNSET}, "users.get needs id"),
    ("users.get", {"id": ""}, "id: '' cannot stand in a path"),
    ("users.get", {"id": ".."}, "id: '..' cannot stand in a path"),
    ("sms.send", {"to_numbers": TO, "text": "x" * 1601}, "text must have at most 1600 characters; has 1601"),
    ("sms.send", {"to_numbers": [f"+1415555{n:04}" for n in range(11)]}, "at most 10 items; has 11"),
    ("sms.send", {"to_numbers": TO, "media": bytes(500 * 1024 + 1)}, "must be at most 512,000 bytes"),
    ("sms.send", {"to_numbers": TO, "media": "no Base64!"}, "media must be Base64"),
    ("sms.send", {"to_numbers": TO, "text": "\ud800"}, "half a character"),
    ("users.list", {"state": "gone"}, "state must be one of active, all"),
    ("users.list", {"state": ["active"]}, "state must be text; got a list"),
    # Would leave the list unfiltered.
    ("users.list", {"email": ""}, "users.list: email is empty"),
    # What only together makes sense, and what the clock says.
    ("sms.send", {"text": "x"}, "to_numbers or channel_hashtag is required"),
    ("sms.send", {"to_numbers": [], "text": "x"}, "to_numbers or channel_hashtag is required"),
    ("stats.create", {"export_type": "stats", "stat_type": "csat"}, "target_id is required with stat_type"),
    # Dates.
    ("digital.sessionsdata.list", {"start_date": NAIVE, "end_date": "x"}, "has no time zone"),
    ("digital.sessionsdata.list", {"start_date": NAIVE.date(), "end_date": "x"}, "start_date must be text"),
    ("digital.sessionsdata.list", {"start_date": "soon", "end_date": "x"}, "must be a date and time such as"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "given", "words"), WRONG)
def test_nothing_is_sent_of_a_wrong_value(
    asked: Dialpad, recorder: Recorder, operation: str, given: dict[str, Any], words: str
) -> None:
    before = len(recorder.begun)
    with pytest.raises(InvalidArgument) as caught:
        method(asked, operation)(**given)
    assert words in caught.value.message
    assert caught.value.hint
    assert len(recorder.begun) == before


def test_all_that_is_wrong_is_told_at_once(asked: Dialpad) -> None:
    with pytest.raises(InvalidArgument) as caught:
        asked.sms.send(to_numbers="1", text=5, user_id="x")  # type: ignore[arg-type]
    told = caught.value.message
    assert ["to_numbers must" in told, "text must" in told, "user_id must" in told] == [True] * 3
    assert caught.value.hint == "dialpad sms.send --help tells what it takes"


def test_a_body_above_a_megabyte_is_not_sent(asked: Dialpad, recorder: Recorder) -> None:
    before = len(recorder.begun)
    with pytest.raises(InvalidArgument, match=f"at most {MAX_BODY:,}"):
        asked.users.update(id=5, presence_status={"message": "x" * MAX_BODY})
    assert len(recorder.begun) == before


@pytest.mark.parametrize("given", [{"ident": 5}, {"id": 5, "more": 1}, {}])
def test_names_that_are_none_and_names_that_miss(asked: Dialpad, given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        asked.users.get(**given)
    with pytest.raises(TypeError):
        asked.users.get(5)  # type: ignore[misc]


def test_asyncio_is_told_of_wrong_values_too(recorder: Recorder) -> None:
    """A list at once, for it has nothing to await until it is read."""

    async def ask() -> None:
        async with AsyncDialpad("key", base_url=recorder.url, environ={}) as client:
            with pytest.raises(InvalidArgument):
                await client.users.get(id="")
            with pytest.raises(InvalidArgument):
                client.users.list(state="gone")  # type: ignore[arg-type]

    before = len(recorder.begun)
    asyncio.run(ask())
    assert len(recorder.begun) == before


@pytest.mark.parametrize(("ahead", "fits"), [(-3600, False), (60, False), (3600, True)])
def test_what_is_scheduled_must_lie_ahead(dp: Dialpad, sandbox: Sandbox, ahead: int, fits: bool) -> None:
    """By the client's own clock, which here is the sandbox's, and years away from ours."""
    given: dict[str, Any] = {"start_date": int(dp.clock.now()) + ahead, "to_numbers": TO, "text": "x"}
    before = len(sandbox.requests)
    if fits:
        assert dp.message.schedules.create(**given, user_id=5391827364501928).text == "x"
    else:
        with pytest.raises(InvalidArgument, match="start_date must be at least 10 minutes from now"):
            dp.message.schedules.create(**given)
        assert len(sandbox.requests) == before


# What travels


def sent(recorder: Recorder) -> tuple[str, Any]:
    request = recorder.requests[-1]
    return request.target.removeprefix("/api/v2"), request.json


RIGHT: list[tuple[str, dict[str, Any], str, Any]] = [
    ("users.get", {"id": 5391827364501928}, "/users/5391827364501928", None),
    ("users.get", {"id": "me"}, "/users/me", None),
    ("users.get", {"id": Number.FIVE}, "/users/5", None),
    ("users.get", {"id": "a/b é?"}, "/users/a%2Fb%20%C3%A9%3F", None),
    ("sms.send", {"to_numbers": tuple(TO), "text": "x"}, "/sms", {"text": "x", "to_numbers": TO}),
    ("sms.send", {"to_numbers": TO, "media": b"GIF89a"}, "/sms", {"media": "R0lGODlh", "to_numbers": TO}),
    ("sms.send", {"to_numbers": TO, "media": bytearray(b"GIF89a")}, "/sms",
     {"media": "R0lGODlh", "to_numbers": TO}),
    ("sms.send", {"to_numbers": TO, "text": None}, "/sms", {"text": None, "to_numbers": TO}),
    ("sms.send", {"to_numbers": TO, "text": UNSET}, "/sms", {"to_numbers": TO}),
    ("sms.send", {"to_numbers": TO, "user_id": Number.FIVE}, "/sms", {"to_numbers": TO, "user_id": 5}),
    ("users.update", {"id": 1, "state": Word.ACTIVE}, "/users/1", {"state": "active"}),
    ("users.update", {"id": 1, "presence_status": {"message": UNSET, "provider": "x"}}, "/users/1",
     {"presence_status": {"provider": "x"}}),
    ("callcenters.update", {"id": 7, "alerts": Alerts(cc_service_level=90)}, "/callcenters/7",
     {"alerts": {"cc_service_level": 90}}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "given", "target", "body"), RIGHT)
def test_right_values_travel_as_json_has_them(
    asked: Dialpad, recorder: Recorder, operation: str, given: dict[str, Any], target: str, body: Any
) -> None:
    method(asked, operation)(**given)
    assert sent(recorder) == (target, body)


@pytest.mark.parametrize("word", [Word.ACTIVE, Plain.ACTIVE, "active"])
def test_a_word_of_an_enumeration_is_its_value(asked: Dialpad, recorder: Recorder, word: Any) -> None:
    asked.users.list(state=word).first()
    assert sent(recorder)[0] == "/users?state=active"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 5, 17, 20, tzinfo=UTC), "2026-03-05T17:20:00Z"),
        (datetime(2026, 3, 5, 17, 20, tzinfo=timezone(timedelta(hours=-8))), "2026-03-06T01:20:00Z"),
        ("2026-03-05T17:20:00", "2026-03-05T17:20:00"),
    ],
)
def test_dates_travel_in_utc(asked: Dialpad, recorder: Recorder, moment: Any, text: str) -> None:
    asked.digital.sessions(start_date=moment, end_date=moment).first()
    assert dict(recorder.requests[-1].query) == {"start_date": text, "end_date": text}


def test_what_an_answer_held_can_be_given_back(asked: Dialpad, recorder: Recorder) -> None:
    """Unknown fields too: a replacement must not drop them."""
    alerts = decode(Alerts, {"cc_service_level": "90", "cc_service_level_seconds": None, "newer": [1]})
    asked.callcenters.update(id=7, alerts=alerts)
    assert sent(recorder)[1] == {
        "alerts": {"cc_service_level": 90, "cc_service_level_seconds": None, "newer": [1]}
    }
    user = decode(User, {"id": "5391827364501928"})
    asked.users.get(id=user.id or "")
    assert sent(recorder)[0] == "/users/5391827364501928"


# Every operation


def same(one: Request, other: Request) -> bool:
    names = ("method", "url", "headers", "content", "effect", "repeatable", "limits", "needs_key")
    return [getattr(one, name) for name in names] == [getattr(other, name) for name in names]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_typed_method_asks_what_the_operation_asks(name: str, shown: Callable[[], Dialpad]) -> None:
    """Byte for byte what `prepare` makes of the same values."""
    operation, client = CATALOG.operation(name), shown()
    order = [field.name for field in operation.fields]

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        meant = values.meant(operation, data.draw)
        meant = {field: meant[field] for field in order if field in meant}
        assert same(method(client, name)(**meant), client.prepare(operation, meant))

    check()


@pytest.fixture(scope="module")
def shown() -> Callable[[], Any]:
    """A client that only shows what it would send."""
    client = Dialpad("key", base_url="http://127.0.0.1:1", environ={}, dry_run=True)
    return lambda: client
