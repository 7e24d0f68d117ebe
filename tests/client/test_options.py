"""Options at the making of a client and by `with_options`; raw answers; questions by id and by path."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from typed_methods import CATALOG, OPERATIONS, method, raw_method

from asker import HASTY, FakeClock
from dialkit import AsyncDialpad, Dialpad
from dialkit.catalog.example import request_example
from dialkit.client import Policy, Request, Retry
from dialkit.client.base import MOST_REACHES
from dialkit.client.resource import RawResponse
from dialkit.client.types.shared import User
from dialkit.errors import (
    InvalidArgument,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    ReadTimeout,
    Refused,
    UpstreamError,
    WouldWait,
)
from servers import Faulty, LimitedServer, Recorder, behaviours, deaf, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEXT: dict[str, Any] = {"to_numbers": ["+14155550123"], "text": "hi", "user_id": 5}
CALL: dict[str, Any] = {"user_id": 7, "phone_number": "+14155550123"}


@pytest.fixture
def make(environ: dict[str, str]) -> Iterator[Callable[..., Dialpad]]:
    """Makes clients, and closes them in the end: ``make(url, **options)``."""
    made: list[Dialpad] = []

    def client(url: str, **options: Any) -> Dialpad:
        made.append(Dialpad("key", base_url=url, environ=environ, **{"clock": FakeClock(), **options}))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture(params=["constructor", "with_options"])
def given(request: pytest.FixtureRequest, make: Callable[..., Dialpad]) -> Callable[..., Dialpad]:
    """Makes a client with options, given in one of the two ways: ``given(url, **options)``."""
    if request.param == "constructor":
        return make
    return lambda url, **options: make(url).with_options(**options)


# Each option, both ways


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_max_retries(given: Callable[..., Dialpad], retries: int) -> None:
    with Faulty(behaviours.status(503)) as server:
        dp = given(server.url, max_retries=retries)
        with pytest.raises(UpstreamError):
            dp.users.get(id=1)
    assert len(server.requests) == retries + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_retries": -1},
        {"max_retries": 1.5},
        {"limiter": "share"},
        {"limiter": True},
        {"timeout": "5"},
        *({"timeout": float(word)} for word in ("0", "-1", "inf", "nan")),
    ],
)
def test_options_that_make_no_sense(given: Callable[..., Dialpad], wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        given("http://127.0.0.1:1", **wrong)
    assert caught.value.hint


def test_on_retry_is_told_of_each_repeat(given: Callable[..., Dialpad]) -> None:
    told: list[Retry] = []
    with Faulty(behaviours.status(503), behaviours.rate_limited(2), behaviours.ok({"id": "1"})) as server:
        assert given(server.url, on_retry=told.append).users.get(id=1).id == 1
    assert [(retry.request.name, retry.attempt) for retry in told] == [("users.get", 1), ("users.get", 2)]
    assert told[1].delay == 2


def test_a_short_timeout_tells_a_lost_answer(given: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.never()) as server:
        dp = given(server.url, timeout=HASTY, max_retries=0)
        with pytest.raises(ReadTimeout):
            dp.users.get(id=1)
        with pytest.raises(OutcomeUnknown):
            dp.sms.send(**TEXT)
    assert len(server.requests) == 2


def test_a_short_timeout_tells_a_host_that_cannot_be_reached(given: Callable[..., Dialpad]) -> None:
    """Nothing was sent: a write is not called unknown.

    To connect has nine tenths of the time; in the tenth that is left a busy machine has to notice.
    """
    with deaf() as url:
        dp = given(url, timeout=3, max_retries=0)
        with pytest.raises(NetworkError, match="nothing was sent"):
            dp.sms.send(**TEXT)


def test_a_timeout_is_for_all_of_an_answer(given: Callable[..., Dialpad]) -> None:
    """One that drips is over in time, too."""
    with Faulty(behaviours.slow_body(3600)) as server:
        dp = given(server.url, timeout=HASTY, max_retries=0)
        with pytest.raises(ReadTimeout):
            dp.users.get(id=1)


def test_without_the_limiter_nobody_waits(given: Callable[..., Dialpad]) -> None:
    with Recorder(json_reply({})) as server:
        dp = given(server.url, limiter=None)
        for _ in range(7):
            dp.call.make(**CALL)
    assert len(server.requests) == 7
    assert isinstance(dp.clock, FakeClock)
    assert dp.clock.slept == []


def test_with_the_limiter_the_sixth_call_waits(given: Callable[..., Dialpad]) -> None:
    with Recorder(json_reply({})) as server:
        dp = given(server.url, limiter="shared")
        for _ in range(6):
            dp.call.make(**CALL)
    assert isinstance(dp.clock, FakeClock)
    assert [why for _, why in dp.clock.slept] == ["limit"]


def test_strict_refuses_what_is_not_documented(given: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.ok({"id": "a", "newer": 1})) as server:
        assert given(server.url).contacts.get(id="a").extra == {"newer": 1}
        with pytest.raises(UpstreamError, match=r"contacts\.get: unknown fields: newer"):
            given(server.url, strict=True).contacts.get(id="a")


# A dry run


def test_a_dry_run_gives_the_request_and_sends_nothing(given: Callable[..., Dialpad]) -> None:
    with Recorder() as server:
        dp: Any = given(server.url, dry_run=True)
        request = dp.sms.send(**TEXT)
        assert isinstance(request, Request)
        assert (request.method, request.url, request.body) == ("POST", f"{server.url}/api/v2/sms", TEXT)
        assert isinstance(dp.users.list(), Request)
        assert isinstance(dp.call.hangup(id=1), Request)
        assert isinstance(dp.users.with_raw_response.get(id=1), Request)
        assert isinstance(dp.request("users.get", {"id": 1}), Request)
        assert isinstance(dp.get("/api/v2/new"), Request)
        assert isinstance(dp.ask("PATCH", "/api/v2/new", body={}), Request)
        with pytest.raises(Refused, match="dry_run") as caught:
            dp.send(request)
        assert "with_options(dry_run=False)" in (caught.value.hint or "")
        assert server.begun == []
        # What only reads may be sent, and what was only shown by a client that sends.
        dp.send(dp.users.get(id=1))
        dp.with_options(dry_run=False).send(request)
    assert [one.path for one in server.requests] == ["/api/v2/users/1", "/api/v2/sms"]
    assert "key" not in repr(request)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_can_be_run_dry(name: str) -> None:
    """Sync, async and raw alike; no connection is opened, for there is nobody to connect to."""
    example = request_example(CATALOG.operation(name))
    options: dict[str, Any] = {"base_url": "http://127.0.0.1:1", "environ": {}, "dry_run": True}
    dp = Dialpad("key", **{**options, "clock": FakeClock()})
    shown = [method(dp, name)(**example), raw_method(dp, name)(**example)]

    async def later() -> list[Any]:
        client = AsyncDialpad("key", **{**options, "clock": FakeClock()})
        asked = [method(client, name)(**example), raw_method(client, name)(**example)]
        return [await one if asyncio.iscoroutine(one) else one for one in asked]

    shown += asyncio.run(later())
    assert {type(one) for one in shown} == {Request}
    assert len({(one.method, one.url, one.content) for one in shown}) == 1


# Copies


def test_copies_share_connections_and_the_limiter(make: Callable[..., Dialpad]) -> None:
    with Recorder(json_reply({})) as server:
        dp = make(server.url)
        for one in (dp, dp.with_options(max_retries=0), dp.with_options(strict=False).with_options(), dp):
            one.call.make(**CALL)
            one.users.list().to_list()
        assert server.connections == 1
        hasty = dp.with_options(max_retries=0)
        hasty.policy = Policy(max_wait=0)
        hasty.call.make(**CALL)
        with pytest.raises(WouldWait):
            hasty.call.make(**CALL)


def test_a_copy_has_resources_of_its_own(make: Callable[..., Dialpad]) -> None:
    """Those in use on the original keep to its options, and within each other too."""
    with Faulty(behaviours.status(404)) as server:
        dp = make(server.url)
        users, caller_id = dp.users, dp.users.caller_id
        other = dp.with_options(dry_run=True)
        assert isinstance(other.users.get(id=1), Request)
        assert isinstance(other.users.caller_id.get(id=1), Request)
        assert isinstance(other.users.with_raw_response.get(id=1), Request)
        assert (dp.users, dp.users.caller_id) == (users, caller_id)
        with pytest.raises(NotFound):
            users.get(id=1)
        with pytest.raises(NotFound):
            caller_id.get(id=1)


@pytest.mark.parametrize("kind", [Dialpad, AsyncDialpad])
def test_a_client_is_copied_and_not_pickled(kind: type[Dialpad | AsyncDialpad]) -> None:
    dp = kind("key", base_url="http://127.0.0.1:1", environ={}, strict=True)
    assert copy.copy(dp).users is not dp.users
    assert copy.copy(dp).strict
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="make one in each process"):
            way(dp)


def test_options_left_out_stay_as_they_are(make: Callable[..., Dialpad]) -> None:
    dp = make("http://127.0.0.1:1", max_retries=7, timeout=3, limiter=None, strict=True, on_retry=print)
    same = dp.with_options()
    for name in ("policy", "limited", "dry_run", "strict", "clock", "catalog"):
        assert getattr(same, name) == getattr(dp, name)
    assert same.settings.reach == dp.settings.reach
    other = dp.with_options(max_retries=1)
    assert (other.policy.max_retries, other.policy.on_retry, dp.policy.max_retries) == (1, print, 7)
    assert dp.with_options(limiter="shared").limited
    assert not dp.limited
    assert repr(same) == "<Dialpad at http://127.0.0.1:1>"
    assert "key" not in repr(same.users)


@pytest.mark.parametrize("which", ["original", "copy"])
def test_closing_one_closes_both_and_either_can_be_used_again(
    make: Callable[..., Dialpad], which: str
) -> None:
    with Recorder(json_reply({"id": "1"})) as server:
        dp = make(server.url)
        other = dp.with_options(timeout=4)
        dp.users.get(id=1)
        other.users.get(id=1)
        assert server.connections == 2  # timeouts belong to connections
        (dp if which == "original" else other).close()
        assert dp.users.get(id=1).id == other.users.get(id=1).id == 1
    assert server.connections == 4


def test_a_timeout_of_its_own_for_each_call_keeps_few_connections(make: Callable[..., Dialpad]) -> None:
    with Recorder(json_reply({"id": "1"})) as server:
        dp = make(server.url)
        for number in range(100):
            assert dp.with_options(timeout=5 - number / 100).users.get(id=1).id == 1
    assert len(dp._shared.transports) <= MOST_REACHES
    assert server.connections == 100


def test_a_context_ends_closed() -> None:
    async def later(url: str) -> None:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            await dp.users.get(id=1)
            assert dp._shared.transports
        assert not dp._shared.transports

    with Recorder(json_reply({"id": "1"})) as server:
        asyncio.run(later(server.url))
        with Dialpad("key", base_url=server.url, environ={}, limiter=None) as dp:
            dp.users.get(id=1)
            assert dp._shared.transports
        assert not dp._shared.transports


# Raw answers


def test_a_raw_answer_tells_how_it_went(make: Callable[..., Dialpad]) -> None:
    headers = {"X-Request-Id": "r-1", "Content-Type": "application/json; charset=utf-8"}
    with Faulty(behaviours.rate_limited(3), behaviours.ok({"id": "5"}, headers)) as server:
        answer = make(server.url).users.with_raw_response.get(id=5)
    assert isinstance(answer, RawResponse)
    assert (answer.status, answer.attempts, answer.elapsed) == (200, 2, 3.0)
    assert answer.headers["x-request-id"] == "r-1"
    assert (answer.content, answer.json()) == (b'{"id": "5"}', {"id": "5"})
    assert answer.request.name == "users.get"
    parsed = answer.parse()
    assert isinstance(parsed, User)
    assert (parsed.id, answer.parse()) == (5, parsed)
    assert repr(answer) == "<RawResponse 200 users.get, 11 bytes>"


def test_a_raw_list_is_one_page(make: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.ok({"items": [{"id": "1"}, {"id": "2"}], "cursor": "a"})) as server:
        answer = make(server.url).users.with_raw_response.list(state="all")
    assert [user.id for user in answer.parse()] == [1, 2]
    assert answer.json()["cursor"] == "a"
    assert len(server.requests) == 1


def test_a_raw_answer_may_be_nothing(make: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.no_content()) as server:
        answer = make(server.url).call.with_raw_response.hangup(id=1)
    assert (answer.status, answer.content, answer.json()) == (204, b"", None)
    parsed: Any = answer.parse
    assert parsed() is None


def test_a_raw_refusal_is_an_error(make: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.status(404)) as server, pytest.raises(NotFound):
        make(server.url).users.with_raw_response.get(id=1)


def test_raw_answers_by_asyncio() -> None:
    async def later(url: str) -> tuple[Any, Any, Any]:
        async with AsyncDialpad("key", base_url=url, environ={}, limiter=None) as dp:
            return (
                await dp.users.with_raw_response.get(id=5),
                await dp.users.with_raw_response.list(),
                await dp.call.with_raw_response.hangup(id=1),
            )

    script = [behaviours.ok({"id": "5"}), behaviours.ok({"items": [{"id": "1"}]}), behaviours.no_content()]
    with Faulty(*script) as server:
        one, page, nothing = asyncio.run(later(server.url))
    assert (one.status, one.parse().id, page.parse()[0].id) == (200, 5, 1)
    assert (nothing.status, nothing.parse()) == (204, None)


# By id, and by path


def test_questions_by_id_and_by_path(make: Callable[..., Dialpad]) -> None:
    with Recorder(json_reply({"id": "1"})) as server:
        dp = make(server.url, company_id=77)
        assert dp.request("users.get", {"id": "me"}).json() == {"id": "1"}
        assert dp.get("/api/v2/new", limit=10, name="a b").json() == {"id": "1"}
        assert dp.ask("PATCH", "/api/v2/new", body={"enable": True}).json() == {"id": "1"}
        with pytest.raises(InvalidArgument) as caught:
            dp.request("user.get", {"id": 1})
        assert "users.get" in (caught.value.hint or "")
        assert dp.ask("get", "/api/v2/new", query={"path": "x"}).json() == {"id": "1"}
        assert dp.get("/api/v2/new", path="y").json() == {"id": "1"}
        with pytest.raises(InvalidArgument):
            dp.get("https://larkspur.example/api/v2/new")
        with pytest.raises(InvalidArgument, match="not a method") as caught:
            dp.ask("G ET", "/api/v2/new")
        assert "PATCH" in (caught.value.hint or "")
    assert [(one.method, one.target, one.json) for one in server.requests] == [
        ("GET", "/api/v2/users/me", None),
        ("GET", "/api/v2/new?limit=10&name=a%20b", None),
        ("PATCH", "/api/v2/new", {"enable": True}),
        ("GET", "/api/v2/new?path=x", None),
        ("GET", "/api/v2/new?path=y", None),
    ]
    assert {one.header("dp-company-id") for one in server.requests} == {"77"}
    assert {one.header("authorization") for one in server.requests} == {"Bearer key"}


def test_a_write_that_no_document_knows_is_sent_once(make: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.close_after()) as server, pytest.raises(OutcomeUnknown) as caught:
        make(server.url).ask("PATCH", "/api/v2/new", body={})
    assert len(server.requests) == 1
    assert caught.value.hint


def test_a_refused_question_by_path_says_what_to_do(make: Callable[..., Dialpad]) -> None:
    with Faulty(behaviours.status(400)) as server, pytest.raises(Exception, match="made up") as caught:
        make(server.url).get("/api/v2/new")
    assert "dialpad search --help" in str(getattr(caught.value, "hint", ""))


def test_a_real_limit_is_kept_without_the_limiter_too() -> None:
    """429 is enough to go by."""
    with LimitedServer(1, 0.05, answer=json_reply({"id": "1"})) as server:
        policy = Policy(max_retries=20, backoff=0.02)
        with Dialpad("key", base_url=server.url, environ={}, limiter=None, policy=policy) as dp:
            assert [dp.users.get(id=1).id for _ in range(3)] == [1, 1, 1]
    assert len(server.accepted_times) == 3
