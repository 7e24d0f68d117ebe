"""The client against a server that misbehaves: every fault, for a read and for a write, sync and async.

What is held here: a write whose outcome is unknown was received exactly once; the key goes to no other host
and into no error; nothing takes longer than the client was told to wait; memory stays bounded.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from asker import BOUND, HASTY, KEY, READ, REQUESTS, WRITE, Asker, holds
from beside import until
from dialkit.client import AsyncDialpad, Policy
from dialkit.client.clock import Clock
from dialkit.client.response import Response
from dialkit.errors import (
    DialkitError,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    PartialSuccess,
    RateLimited,
    UpstreamError,
    ValidationFailed,
)
from fault_table import FAULTS, MAYBE, PATIENT
from servers import Faulty, LimitedServer, Recorder, behaviours, deaf, foreign, json_reply, refusing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.behaviours import Behaviour, Stream


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["sync", "async"])
def asker(request: pytest.FixtureRequest, tmp_path: Path) -> Asker:
    return Asker(request.param, tmp_path)


@pytest.fixture(params=["sync", "interruptible", "async"])
def every_asker(request: pytest.FixtureRequest, tmp_path: Path) -> Asker:
    return Asker(request.param, tmp_path)


@pytest.fixture
def quick(tmp_path: Path) -> Asker:
    """For what does not depend on the kind of client."""
    return Asker("sync", tmp_path)


@pytest.fixture
def other() -> Iterator[Recorder]:
    """A host that must never be given anything."""
    with foreign() as server:
        yield server
        server.stop()
        assert not server.begun


# Every fault of the table


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_read(asker: Asker, name: str) -> None:
    """It is asked for again where that may help, and the last error says what was wrong."""
    fault = FAULTS[name]
    with Faulty(fault.step()) as server:
        [outcome] = asker.ask(server.url, READ, policy=Policy(max_retries=1), read=fault.patience)
    if fault.read is None:
        assert isinstance(outcome, Response)
        assert outcome.json() in (None, {})
    else:
        error = holds(outcome, fault.read, fault.read_words)
        assert error.exit_code != 9
    assert len(server.begun) == (2 if fault.read and fault.again else 1)
    assert [retry.attempt for retry in asker.retries] == ([1] if fault.read and fault.again else [])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_write(every_asker: Asker, name: str) -> None:
    """It is received exactly once, whatever happens, and an unknown outcome is called that."""
    asker = every_asker
    fault = FAULTS[name]
    with Faulty(fault.step()) as server:
        [outcome] = asker.ask(server.url, WRITE, read=fault.patience)
    if fault.write is None:
        assert isinstance(outcome, Response)
        assert outcome.json() in (None, {})
    else:
        error = holds(outcome, fault.write, fault.write_words)
        assert not error.retryable
        if fault.write is OutcomeUnknown:
            assert error.exit_code == 9
            assert error.as_dict()["operation"] == "sms.send"
            assert "do not repeat it" in (error.hint or "")
    assert len(server.begun) == 1
    assert asker.retries == []
    assert asker.clock.slept == []


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.read and fault.again])
def test_a_read_gets_over_one_fault(quick: Asker, name: str) -> None:
    fault = FAULTS[name]
    with Faulty(fault.step(), behaviours.ok({"id": "1"})) as server:
        [outcome] = quick.ask(server.url, READ, read=fault.patience if fault.patience == PATIENT else 1.0)
    assert isinstance(outcome, Response)
    assert (outcome.json(), outcome.attempts, len(server.requests)) == ({"id": "1"}, 2, 2)
    assert [retry.request.name for retry in quick.retries] == ["users.get"]


# Before anything left


@pytest.mark.parametrize("what", REQUESTS)
def test_a_refused_connection(asker: Asker, what: str) -> None:
    """Nothing was sent, so a write may be tried again too."""
    with refusing() as url:
        [outcome] = asker.ask(url, REQUESTS[what])
    error = holds(outcome, NetworkError, "nothing was sent")
    assert (error.exit_code, error.retryable) == (10, True)
    assert [why for _, why in asker.clock.slept] == ["retry"] * 3


@pytest.mark.parametrize("what", REQUESTS)
def test_a_connection_that_is_never_made(asker: Asker, what: str) -> None:
    with deaf() as url:
        [outcome] = asker.ask(url, REQUESTS[what], policy=Policy(max_retries=1), connect=HASTY)
    assert holds(outcome, NetworkError, "nothing was sent").exit_code == 10
    assert len(asker.retries) == 1


@pytest.mark.parametrize("what", REQUESTS)
def test_a_tls_handshake_that_hangs(asker: Asker, what: str) -> None:
    with Faulty(behaviours.never()) as server:
        url = server.url.replace("http://", "https://")
        [outcome] = asker.ask(url, REQUESTS[what], policy=Policy(max_retries=0), connect=HASTY)
        until(lambda: server.connections)
    holds(outcome, NetworkError, "nothing was sent")
    assert (server.connections, server.begun) == (1, [])


def test_a_reset_while_a_read_leaves(asker: Asker) -> None:
    with Faulty(behaviours.reset_before(), behaviours.ok({"id": "1"})) as server:
        [outcome] = asker.ask(server.url, READ)
    assert isinstance(outcome, Response)
    assert (outcome.json(), len(server.requests)) == ({"id": "1"}, 1)


def test_a_reset_while_a_write_leaves(asker: Asker) -> None:
    """Nobody can know what had been read, unless the reset came before the connection was made."""
    with Faulty(behaviours.reset_before()) as server:
        [outcome] = asker.ask(server.url, WRITE)
    assert type(outcome) in (OutcomeUnknown, NetworkError)
    assert server.begun == []
    if type(outcome) is OutcomeUnknown:
        assert len(asker.retries) == server.connections - 1


# Kept connections that end


IDLE_ENDS = {
    "before the next request": [behaviours.close_idle({"id": "1"})],
    "as the next request arrives": [behaviours.ok({"id": "1"}), behaviours.reset_before()],
    "after the next request was read": [behaviours.ok({"id": "1"}), behaviours.close_after()],
}


@pytest.mark.parametrize("when", IDLE_ENDS)
def test_a_kept_connection_ends_and_a_read_does_not_notice(asker: Asker, when: str) -> None:
    with Faulty(*IDLE_ENDS[when], behaviours.ok({"id": "2"})) as server:
        first, second = asker.ask(server.url, READ, READ)
    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert (first.json(), second.json()) == ({"id": "1"}, {"id": "2"})
    assert server.connections == 2


@pytest.mark.parametrize("when", IDLE_ENDS)
def test_a_kept_connection_ends_and_a_write_is_not_repeated(asker: Asker, when: str) -> None:
    """Sent on a new connection where the old one was seen to be closed; else its outcome is unknown."""
    with Faulty(*IDLE_ENDS[when], behaviours.ok({"id": "2"})) as server:
        first, second = asker.ask(server.url, WRITE, WRITE)
    assert isinstance(first, Response)
    if when == "before the next request" and isinstance(second, Response):
        assert (second.json(), len(server.requests)) == ({"id": "2"}, 2)
    else:
        holds(second, OutcomeUnknown, MAYBE)
        assert len(server.requests) == (2 if when == "after the next request was read" else 1)
        assert server.connections == 1
    assert asker.retries == []


# 429


@pytest.mark.parametrize("what", REQUESTS)
def test_429_is_waited_for_as_long_as_it_says(asker: Asker, what: str) -> None:
    """A refused write was not carried out: it is sent again."""
    with Faulty(behaviours.rate_limited(7), behaviours.ok({"id": "1"})) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    assert isinstance(outcome, Response)
    assert (outcome.attempts, len(server.requests)) == (2, 2)
    assert asker.clock.slept == [(7.0, "retry")]
    assert [(type(r.error), r.attempt, r.delay) for r in asker.retries] == [(RateLimited, 1, 7.0)]


@pytest.mark.parametrize("ahead", [30, 0, -30])
def test_429_until_a_date(quick: Asker, ahead: int) -> None:
    date = formatdate(quick.clock.now() + ahead, usegmt=True)
    with Faulty(behaviours.rate_limited(date), behaviours.ok()) as server:
        [outcome] = quick.ask(server.url, WRITE)
    assert isinstance(outcome, Response)
    assert quick.clock.slept == [(max(0.0, ahead), "retry")]


@pytest.mark.parametrize("skew", [-86_400, 0, 3_600])
def test_429_until_a_date_by_the_clock_of_the_answer(quick: Asker, skew: int) -> None:
    """Our clock may be wrong, or theirs: what counts is how far the one date is from the other."""
    there = quick.clock.now() + skew
    headers = {"Date": formatdate(there, usegmt=True), "Retry-After": formatdate(there + 20, usegmt=True)}
    with Faulty(behaviours.status(429, headers=headers), behaviours.ok()) as server:
        [outcome] = quick.ask(server.url, WRITE)
    assert isinstance(outcome, Response)
    assert quick.clock.slept == [(20.0, "retry")]


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize(
    "given",
    [
        None, "", "soon", "-5", "1,2", "9" * 30,
        "Mon, 99 Foo 2026 99:99:99 GMT", "Fri, 31 Dec 0000 23:59:59 +9999",
    ],
)  # fmt: skip
def test_429_that_does_not_say_how_long(quick: Asker, what: str, given: str | None) -> None:
    """Longer each time, with jitter, and then it is an error."""
    with Faulty(behaviours.rate_limited(given)) as server:
        [outcome] = quick.ask(server.url, REQUESTS[what])
    error = holds(outcome, RateLimited, "rate_limit_exceeded")
    assert (error.exit_code, error.retryable) == (7, True)
    assert len(server.requests) == 4
    waits = [seconds for seconds, _ in quick.clock.slept]
    assert all(low <= wait <= 2 * low for wait, low in zip(waits, (0.25, 0.5, 1.0), strict=True))


@pytest.mark.parametrize("given", [3600, 999_999_999])
def test_429_that_asks_for_too_long(asker: Asker, given: int) -> None:
    with Faulty(behaviours.rate_limited(given)) as server:
        [outcome] = asker.ask(server.url, WRITE)
    error = holds(outcome, RateLimited, "rate_limit_exceeded")
    assert isinstance(error, RateLimited)
    assert error.retry_after == given
    assert (len(server.requests), asker.clock.slept) == (1, [])


def test_429_that_asks_for_years_does_not_stop_the_requests_after_it(quick: Asker) -> None:
    """The limiter remembers what the server said, but no single answer may silence a key for good."""
    with Faulty(behaviours.rate_limited(999_999_999), behaviours.ok()) as server:
        _, second = quick.ask(server.url, WRITE, WRITE, limits=True)
    assert sum(seconds for seconds, _ in quick.clock.slept) <= Policy().deadline
    assert isinstance(second, (Response, DialkitError))
    assert len(server.requests) <= 2


def test_429_holds_back_the_next_request_of_the_limit(asker: Asker) -> None:
    """What one request learned the next one keeps to, without being refused first."""
    with Faulty(behaviours.rate_limited(20), behaviours.ok()) as server:
        policy = Policy(max_retries=0)
        first, second = asker.ask(server.url, WRITE, WRITE, policy=policy, limits=True)
    holds(first, RateLimited, "rate_limit_exceeded")
    assert isinstance(second, Response)
    assert len(server.requests) == 2
    assert [why for _, why in asker.clock.slept] == ["limit"]
    assert asker.clock.slept[0][0] == pytest.approx(20, abs=0.1)


def test_a_real_limit_is_met_by_waiting(asker: Asker) -> None:
    """In real time, with 429 and no Retry-After as the only guide."""
    policy = Policy(max_retries=20, backoff=0.02)
    with LimitedServer(2, 0.05) as server:
        outcomes = asker.ask(server.url, *[WRITE] * 5, policy=policy, clock=Clock())
    assert all(isinstance(outcome, Response) for outcome in outcomes)
    assert len(server.accepted_times) == 5
    assert len(server.requests) == 5 + len(asker.retries)


def test_repeating_ends_at_the_deadline(asker: Asker) -> None:
    policy = Policy(max_retries=100, backoff=1.0, deadline=20.0, cap=4.0)
    with Faulty(behaviours.status(503)) as server:
        [outcome] = asker.ask(server.url, READ, policy=policy)
    holds(outcome, UpstreamError, "503")
    assert 10 < sum(seconds for seconds, _ in asker.clock.slept) <= 20
    assert max(seconds for seconds, _ in asker.clock.slept) <= 4
    assert len(server.requests) == len(asker.clock.slept) + 1


# Redirects


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(
    asker: Asker, other: Recorder, what: str, code: int
) -> None:
    with Faulty(behaviours.redirect(other.url + "/api/v2/users/1", code)) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    error = holds(outcome, UpstreamError, f"{other.name}:{other.port}")
    assert error.exit_code == 8
    assert len(server.requests) == 1


# {here} and {there} are host:port of the server and of the foreign one.
ELSEWHERE = [
    "//{there}/x", "http:{there}/x", "HTTP://{there}/x", "///{there}/x", "/\\{there}/x", "\\\\{there}/x",
    "http:\\\\{there}/x", "http://{here}@{there}/x", "http://{here}:x@{there}/x", "http://{here}\\@{there}/x",
    "http://{here}#@{there}/x", "http://{here}.{there}/x", "http:/{there}/x", "/%09/{there}/x",
    "/..//{there}/x", "http://{there}\\@{here}/x", "https://{here}/x", "ftp://{here}/x", "file:///etc/passwd",
    "javascript:alert(1)", "?", "#", "", " ",
]  # fmt: skip


@pytest.mark.parametrize("location", ELSEWHERE)
@pytest.mark.parametrize(("what", "code"), [("read", 302), ("write", 307)])
def test_no_spelling_of_a_redirect_reaches_another_host(
    quick: Asker, other: Recorder, what: str, code: int, location: str
) -> None:
    with Faulty(behaviours.ok()) as server:
        hosts = {"here": f"{server.name}:{server.port}", "there": f"{other.name}:{other.port}"}
        server.prepend(behaviours.redirect(location.format(**hosts), code))
        quick.ask(server.url, REQUESTS[what])
    assert 1 <= len(server.requests) <= 2


def test_another_port_is_another_host(asker: Asker) -> None:
    with Recorder() as neighbour, Faulty(behaviours.redirect(neighbour.url + "/x", 307)) as server:
        [outcome] = asker.ask(server.url, READ)
    holds(outcome, UpstreamError, f":{neighbour.port}")
    assert not neighbour.begun


def test_a_read_follows_a_redirect_at_home(asker: Asker) -> None:
    with Faulty(behaviours.redirect("/api/v2/users/2?x=1", 301), behaviours.ok({"id": "2"})) as server:
        [outcome] = asker.ask(server.url, READ)
    assert isinstance(outcome, Response)
    assert [r.target for r in server.requests] == ["/api/v2/users/1", "/api/v2/users/2?x=1"]
    assert [r.header("authorization") for r in server.requests] == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize("code", [307, 308])
def test_a_write_follows_a_redirect_that_keeps_it_whole(asker: Asker, code: int) -> None:
    with Faulty(behaviours.redirect("/api/v2/sms/", code), behaviours.ok({"id": "2"})) as server:
        [outcome] = asker.ask(server.url, WRITE)
    assert isinstance(outcome, Response)
    assert [(r.method, r.target) for r in server.requests] == [
        ("POST", "/api/v2/sms"),
        ("POST", "/api/v2/sms/"),
    ]
    assert server.requests[0].body == server.requests[1].body


@pytest.mark.parametrize("code", [301, 302])
def test_a_write_does_not_become_a_read(asker: Asker, code: int) -> None:
    with Faulty(behaviours.redirect("/api/v2/sms/", code)) as server:
        [outcome] = asker.ask(server.url, WRITE)
    holds(outcome, UpstreamError, str(code))
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [303, 408, 499, 502, 504])
def test_a_write_may_have_been_carried_out_before_such_an_answer(asker: Asker, code: int) -> None:
    step = behaviours.status(code, behaviours.error_body(code), {"Location": "/api/v2/sms/1"})
    with Faulty(step) as server:
        [outcome] = asker.ask(server.url, WRITE)
    holds(outcome, OutcomeUnknown, MAYBE)
    assert len(server.requests) == 1


@pytest.mark.parametrize("what", REQUESTS)
def test_a_redirect_without_an_address_is_not_followed(asker: Asker, what: str) -> None:
    with Faulty(behaviours.status(307, b"")) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    holds(outcome, UpstreamError, "redirected")
    assert len(server.requests) == 1


def test_redirects_in_a_circle_end(asker: Asker) -> None:
    with Faulty(behaviours.redirect("/api/v2/users/1", 307)) as server:
        [outcome] = asker.ask(server.url, READ)
    holds(outcome, UpstreamError, "circle")
    assert len(server.requests) <= 10


# What a server may not do with our errors


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize(
    "step",
    [
        behaviours.status(400, behaviours.error_body(400, f"bad key {KEY}")),
        behaviours.status(401, {"error": f"Bearer {KEY} is unknown"}),
        behaviours.status(403, {"error": {"reason": KEY, "extra": [KEY]}}),
        behaviours.status(500, {KEY: KEY}),
        behaviours.status(502, f"<title>{KEY}</title>".encode(), {"Content-Type": "text/html"}),
        behaviours.status(429, behaviours.error_body(429, KEY)),
        behaviours.status(200, f'{{"echo": "{KEY}'.encode()),
        behaviours.redirect(f"http://{KEY}.example/{KEY}"),
    ],
)
def test_a_key_that_is_sent_back_is_not_shown(quick: Asker, what: str, step: Behaviour) -> None:
    with Faulty(step) as server:
        [outcome] = quick.ask(server.url, REQUESTS[what], policy=Policy(max_retries=0))
    assert server.authorized
    assert isinstance(outcome, DialkitError)


STRANGE_BODIES: list[Any] = [
    b"", b"null", b"5", b"[]", b'"text"', b"{}", b"[[[[", b"[" * 200_000, b"\xff\xfe", b"<html>",
    b"<" * 100_000, b"<title>" * 20_000, {"message": ["x"]}, {"error": None}, {"error": 5}, {"error": []},
    {"error": "text"}, {"error": {}}, {"error": {"message": {"a": 1}}}, {"error": {"code": "x" * 100_000}},
    {"error": {"message": None, "errors": None}}, {"error": {"errors": 5}}, {"error": {"errors": "text"}},
    {"error": {"errors": {"a": 1}}}, {"error": {"errors": [5, None, "x", {"message": 5}]}},
]  # fmt: skip


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("code", [300, 400, 401, 403, 404, 409, 429, 500, 503, 599])
def test_an_error_may_have_any_body(quick: Asker, what: str, code: int) -> None:
    """Each becomes one of our errors, with a message of one line and of bounded length."""
    script = [behaviours.status(code, body) for body in STRANGE_BODIES]
    with Faulty(*script) as server:
        outcomes = quick.ask(server.url, *[REQUESTS[what]] * len(script), policy=Policy(max_retries=0))
    assert len(server.requests) == len(script)
    for outcome in outcomes:
        assert isinstance(outcome, DialkitError)
        assert outcome.exit_code not in (0, 1)
        assert outcome.as_dict()["status"] == code
        assert 0 < len(outcome.message) < 5_000
        assert "\n" not in outcome.message


def test_an_error_page_cannot_keep_us_busy(quick: Asker) -> None:
    """`BOUND` fails where reading it takes time by the square of its length."""
    with Faulty(behaviours.status(404, b"<title" * 40_000)) as server:
        [outcome] = quick.ask(server.url, READ)
    assert isinstance(outcome, NotFound)


def test_a_message_from_outside_is_one_line_of_text(quick: Asker) -> None:
    """Its own text is kept whole beside it."""
    text = "first\nsecond\r\n\x1b[31mred\x1b[0m\x00\u202eend"
    with Faulty(behaviours.status(400, {"error": {"message": text}})) as server:
        [error] = quick.ask(server.url, READ)
    assert isinstance(error, ValidationFailed)
    assert error.message.isprintable()
    assert "first second" in error.message
    assert error.text == text


# Answers that are too large


LIMIT = 16 << 20  # what one answer may come to, decompressed
SLACK = 16 << 20  # what the system holds on the way

TOO_LARGE = {
    "declared": lambda: behaviours.huge(3 << 30),
    "undeclared": lambda: behaviours.huge(3 << 30, declared=False),
    "gzip": lambda: behaviours.gzip_bomb(3 << 30),
}


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("name", TOO_LARGE)
def test_three_gigabytes_are_not_taken(asker: Asker, name: str, what: str) -> None:
    step: Stream = TOO_LARGE[name]()
    with Faulty(step) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
        assert step.over.wait(BOUND)
    if what == "write":
        holds(outcome, OutcomeUnknown, "larger than 16 MiB")
    else:
        assert "larger than 16 MiB" in str(outcome)
        assert isinstance(outcome, DialkitError)
        assert (outcome.exit_code, outcome.retryable) == (8, False)
    # A second time it would be as large.
    assert len(server.requests) == 1
    assert step.taken < LIMIT + SLACK


MEASURE = """
import resource, sys
from dialkit.client import Dialpad
from dialkit.errors import DialkitError
unit = 1 if sys.platform == "darwin" else 1024
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
with Dialpad(sys.argv[2], base_url=sys.argv[1], limits=False) as client:
    client.request("users.get", {"id": "1"})
    before = peak()
    try:
        client.request("users.get", {"id": "1"})
    except DialkitError:
        print(peak() - before)
"""


@pytest.mark.parametrize("name", TOO_LARGE)
def test_three_gigabytes_do_not_fill_the_memory(name: str, tmp_path: Path) -> None:
    pytest.importorskip("resource")
    with Faulty(behaviours.ok(), TOO_LARGE[name](), behaviours.status(404)) as server:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, server.url, KEY],
            env={"DIALKIT_HOME": str(tmp_path)}, capture_output=True, check=True, text=True, timeout=30,
        )  # fmt: skip
    assert int(done.stdout) < 3 * LIMIT


def test_a_large_answer_within_the_limit_is_taken(asker: Asker) -> None:
    with Faulty(behaviours.ok({"display_name": "x" * (12 << 20)})) as server:
        [outcome] = asker.ask(server.url, READ)
    assert isinstance(outcome, Response)
    assert len(outcome.content) > 12 << 20


# Lists


PEOPLE = [{"id": str(number)} for number in range(7)]


def test_a_list_is_read_to_its_end(asker: Asker) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert asker.items(server.url, "users.list", {"state": "all"}) == (PEOPLE, None)
    assert [r.query for r in server.requests] == [
        [("state", "all")], [("state", "all"), ("cursor", "3")], [("state", "all"), ("cursor", "6")],
    ]  # fmt: skip


def test_a_cursor_that_comes_again_ends_the_list(asker: Asker) -> None:
    with Faulty(behaviours.same_cursor({"id": "1"})) as server:
        items, error = asker.items(server.url, "users.list", {})
    assert items == [{"id": "1"}] * 2
    assert isinstance(error, PartialSuccess)
    assert (error.exit_code, "'same' came twice" in error.message) == (11, True)
    assert len(server.requests) == 2


def test_cursors_that_go_round_end_the_list(quick: Asker) -> None:
    def answer(request: Any) -> Any:
        following = {None: "a", "a": "b", "b": "c", "c": "a"}
        return json_reply({"items": [{}], "cursor": following[dict(request.query).get("cursor")]})

    with Recorder(answer) as server:
        items, error = quick.items(server.url, "users.list", {})
    assert (len(items), type(error), len(server.requests)) == (4, PartialSuccess, 4)


@pytest.mark.parametrize(
    "fault",
    [
        behaviours.status(400),
        behaviours.truncated_json(),
        behaviours.html(404),
        behaviours.raw(b"nonsense\r\n\r\n"),
    ],
)
def test_a_list_that_breaks_keeps_what_was_read(asker: Asker, fault: Behaviour) -> None:
    """And says where to go on from: from there the rest comes, nothing twice and nothing missing."""
    with Faulty(behaviours.pages(PEOPLE, 3), behaviours.pages(PEOPLE, 3), fault) as server:
        items, error = asker.items(server.url, "users.list", {})
    assert items == PEOPLE[:6]
    assert isinstance(error, PartialSuccess)
    assert (error.exit_code, error.cursor) == (11, "6")
    assert "6 items" in error.message
    assert "--cursor 6" in (error.hint or "")
    assert error.__cause__ is not error
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert asker.items(server.url, "users.list", {"cursor": error.cursor}) == (PEOPLE[6:], None)


def test_a_list_whose_first_page_fails_has_failed(asker: Asker) -> None:
    with Faulty(behaviours.status(404)) as server:
        items, error = asker.items(server.url, "users.list", {})
    assert items == []
    assert isinstance(error, NotFound)
    assert error.__cause__ is not error


@pytest.mark.parametrize(
    "page", [5, [], "x", None, {"items": 5}, {"items": None, "cursor": "x"}, {"cursor": "x"}]
)
def test_a_page_that_is_no_page_ends_the_list(quick: Asker, page: Any) -> None:
    with Faulty(behaviours.ok(page) if page is not None else behaviours.empty()) as server:
        items, error = quick.items(server.url, "users.list", {})
    assert items == []
    assert error is None or isinstance(error, UpstreamError)
    assert len(server.requests) <= 2


@pytest.mark.parametrize("cursor", [5, ["x"], {"a": 1}, True, "x" * 100_000])
def test_a_cursor_may_be_anything(quick: Asker, cursor: Any) -> None:
    with Faulty(behaviours.ok({"items": [{}], "cursor": cursor})) as server:
        _, error = quick.items(server.url, "users.list", {})
    assert isinstance(error, PartialSuccess)
    assert len(server.requests) <= 2
    assert len(error.message) < 5_000


# Stopped from here


def test_a_cancelled_write_is_an_unknown_outcome(tmp_path: Path) -> None:
    async def cancel() -> OutcomeUnknown:
        async with AsyncDialpad(KEY, base_url=server.url, environ={"DIALKIT_HOME": str(tmp_path)}) as client:
            task = asyncio.ensure_future(client.request(*WRITE))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except OutcomeUnknown as error:
                return error
        raise AssertionError("it was not cancelled")

    with Faulty(behaviours.never()) as server:
        error = asyncio.run(cancel())
    assert MAYBE in error.message
    assert len(server.requests) == 1
