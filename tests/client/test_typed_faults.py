"""The faults of tests/test_faults.py met through typed methods: by a read, a write, and a text to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from typed_methods import TypedAsker

from asker import BOUND, HASTY, Outcome, holds
from dialkit.client import Policy
from dialkit.client.clock import Clock
from dialkit.client.resource import RawResponse
from dialkit.errors import (
    AuthenticationFailed,
    Conflict,
    DialkitError,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    UpstreamError,
    ValidationFailed,
)
from fault_table import FAULTS, MAYBE
from servers import Faulty, LimitedServer, behaviours, deaf, json_reply, refusing

if TYPE_CHECKING:
    from pathlib import Path

READ: tuple[str, dict[str, Any]] = ("users.get", {"id": 1})
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "read": READ,
    "write": ("contacts.create", {"first_name": "Ines", "last_name": "Okafor"}),
    "outward": ("sms.send", {"to_numbers": ["+14155550123"], "text": "hello", "user_id": 5}),
}
WRITES = ["write", "outward"]


@pytest.fixture(params=["sync", "async"])
def asker(request: pytest.FixtureRequest, tmp_path: Path) -> TypedAsker:
    return TypedAsker(request.param, tmp_path)


def carried_out(outcome: Outcome) -> RawResponse[Any]:
    assert isinstance(outcome, RawResponse), outcome
    return outcome


# Every fault of the table


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_read(asker: TypedAsker, name: str) -> None:
    fault = FAULTS[name]
    with Faulty(fault.step()) as server:
        [outcome] = asker.ask(server.url, READ, policy=Policy(max_retries=1), read=fault.patience)
    assert len(server.begun) == (2 if fault.read and fault.again else 1)
    if fault.read is None:
        return
    assert holds(outcome, fault.read, fault.read_words).exit_code != 9


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_write(asker: TypedAsker, name: str, what: str) -> None:
    """It is received exactly once, whatever happens."""
    fault = FAULTS[name]
    with Faulty(fault.step()) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what], read=fault.patience)
    assert len(server.begun) == 1
    assert (asker.retries, asker.clock.slept) == ([], [])
    if fault.write is None:
        return
    error = holds(outcome, fault.write, fault.write_words)
    if fault.write is OutcomeUnknown:
        assert (error.exit_code, error.retryable) == (9, False)
        assert error.as_dict()["operation"] == REQUESTS[what][0]
        assert "do not repeat it" in (error.hint or "")


# Before anything left


@pytest.mark.parametrize("what", REQUESTS)
def test_a_refused_connection(asker: TypedAsker, what: str) -> None:
    """Nothing was sent, so a write may be tried again too."""
    with refusing() as url:
        [outcome] = asker.ask(url, REQUESTS[what])
    error = holds(outcome, NetworkError, "nothing was sent")
    assert (error.exit_code, error.retryable) == (10, True)
    assert [why for _, why in asker.clock.slept] == ["retry"] * 3


@pytest.mark.parametrize("what", REQUESTS)
def test_a_connection_that_is_never_made(asker: TypedAsker, what: str) -> None:
    with deaf() as url:
        [outcome] = asker.ask(url, REQUESTS[what], policy=Policy(max_retries=1), connect=HASTY)
    holds(outcome, NetworkError, "nothing was sent")
    assert len(asker.retries) == 1


@pytest.mark.parametrize("what", REQUESTS)
def test_a_reset_before_the_request_was_read(asker: TypedAsker, what: str) -> None:
    """A read is asked for again; of a write nobody can know, unless no connection was made."""
    with Faulty(behaviours.reset_before(), behaviours.ok({"id": "1"})) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    if what == "read":
        assert carried_out(outcome).parse().id == 1
    elif isinstance(outcome, DialkitError):
        holds(outcome, OutcomeUnknown, MAYBE)
        assert server.begun == []
    assert len(server.requests) <= 1


# What is in between, and the API itself, say no


class Refusal(NamedTuple):
    """What a status comes to: the class for a read and for a write, and how often each is sent."""

    read: type[DialkitError]
    write: type[DialkitError]
    reads: int = 1
    writes: int = 1


REFUSALS = {
    400: Refusal(ValidationFailed, ValidationFailed),
    401: Refusal(AuthenticationFailed, AuthenticationFailed),
    403: Refusal(PermissionDenied, PermissionDenied),
    404: Refusal(NotFound, NotFound),
    409: Refusal(Conflict, Conflict),
    410: Refusal(NotFound, NotFound),
    413: Refusal(ValidationFailed, ValidationFailed),
    422: Refusal(ValidationFailed, ValidationFailed),
    429: Refusal(RateLimited, RateLimited, 4, 4),
    500: Refusal(UpstreamError, UpstreamError, 4),
    502: Refusal(UpstreamError, OutcomeUnknown, 4),
    503: Refusal(UpstreamError, UpstreamError, 4),
    504: Refusal(UpstreamError, OutcomeUnknown, 4),
}


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("status", REFUSALS)
def test_a_status_has_its_class(asker: TypedAsker, status: int, what: str) -> None:
    refusal = REFUSALS[status]
    kind, times = (refusal.read, refusal.reads) if what == "read" else (refusal.write, refusal.writes)
    with Faulty(behaviours.status(status)) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    error = holds(outcome, kind, "made up for a test")
    assert (error.as_dict()["status"], error.as_dict()["operation"]) == (status, REQUESTS[what][0])
    assert len(server.requests) == times
    assert len(asker.retries) == times - 1


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_a_page_of_a_proxy(asker: TypedAsker, status: int, what: str) -> None:
    """Not Dialpad's words, so that a write may have come through, unless it was refused as it is."""
    with Faulty(behaviours.html(status)) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    refused = ValidationFailed if status == 400 else UpstreamError if what == "read" else OutcomeUnknown
    holds(outcome, refused, "")
    assert len(server.requests) == (4 if what == "read" and status >= 500 else 1)


@pytest.mark.parametrize("what", REQUESTS)
def test_429_is_waited_for_as_long_as_it_says(asker: TypedAsker, what: str) -> None:
    """A refused write was not carried out: it is sent again."""
    with Faulty(behaviours.rate_limited(7), behaviours.ok({"id": "1"})) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    assert (carried_out(outcome).attempts, len(server.requests)) == (2, 2)
    assert asker.clock.slept == [(7.0, "retry")]
    assert [(type(r.error), r.attempt, r.delay) for r in asker.retries] == [(RateLimited, 1, 7.0)]


@pytest.mark.parametrize("what", REQUESTS)
def test_429_to_the_end_tells_how_long_to_wait(asker: TypedAsker, what: str) -> None:
    with Faulty(behaviours.rate_limited(3600)) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    error = holds(outcome, RateLimited, "rate_limit_exceeded")
    assert isinstance(error, RateLimited)
    assert (error.retry_after, len(server.requests), asker.clock.slept) == (3600, 1, [])


@pytest.mark.parametrize("what", REQUESTS)
def test_a_real_limit_is_met_by_waiting(asker: TypedAsker, what: str) -> None:
    policy = Policy(max_retries=20, backoff=0.02)
    with LimitedServer(2, 0.05, answer=json_reply({"id": "1"})) as server:
        outcomes = asker.ask(server.url, *[REQUESTS[what]] * 4, policy=policy, clock=Clock())
    assert [int(carried_out(outcome).parse().id) for outcome in outcomes] == [1] * 4
    assert len(server.accepted_times) == 4


# Answers that are JSON, and not an object


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("value", [[], [{"id": "1"}], 5, "text", True])
def test_an_answer_that_is_no_object(asker: TypedAsker, what: str, value: Any) -> None:
    with Faulty(behaviours.ok(value)) as server:
        [outcome] = asker.ask(server.url, REQUESTS[what])
    holds(outcome, UpstreamError if what == "read" else OutcomeUnknown, "not what Dialpad answers")
    assert len(server.requests) == 1


EMPTY = {"empty": behaviours.empty(), "204": behaviours.no_content(), "null": behaviours.status(200, b"null")}


@pytest.mark.parametrize("name", EMPTY)
def test_a_write_that_is_answered_with_nothing_was_carried_out(asker: TypedAsker, name: str) -> None:
    """An error would call for a repeat."""
    with Faulty(EMPTY[name]) as server:
        outcomes = asker.ask(server.url, *[REQUESTS[what] for what in WRITES])
    assert [carried_out(outcome).parse().to_dict() for outcome in outcomes] == [{}, {}]
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", EMPTY)
def test_a_read_that_is_answered_with_nothing_has_failed(asker: TypedAsker, name: str) -> None:
    with Faulty(EMPTY[name]) as server:
        [outcome] = asker.ask(server.url, READ)
    error = holds(outcome, UpstreamError, "users.get: an object was expected")
    assert "proxy" in (error.hint or "")


def test_an_answer_that_nobody_can_hold(asker: TypedAsker) -> None:
    step = behaviours.huge(3 << 30)
    with Faulty(step, step) as server:
        read, outward = asker.ask(server.url, READ, REQUESTS["outward"])
        assert step.over.wait(BOUND)
    holds(read, UpstreamError, "larger than 16 MiB")
    holds(outward, OutcomeUnknown, "larger than 16 MiB")
    assert len(server.requests) == 2
