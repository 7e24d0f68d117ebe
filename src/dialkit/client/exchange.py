"""How one request is carried out: limits, sending, retries, redirects. No socket and no sleeping here.

`exchange` is a generator that says what to do next and is told what came of it; the sync and the async
client both drive this one. It yields a `Wait`, a `Renew`, or a `Request` to send, and returns the `Response`.

The rule about repeating (docs/architecture.md, rule 1): what only reads is repeated after a lost answer, a
broken connection, 429 and 5xx. A write is repeated only when it certainly was not carried out: no
connection was made, 429, or (once, with an OAuth login) 401. Anything else about a write is `OutcomeUnknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.client import faults
from dialkit.errors import UpstreamError, WouldWait

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from dialkit.client.clock import Clock
    from dialkit.client.limits import Limiter, Place
    from dialkit.client.request import Request
    from dialkit.client.response import Response
    from dialkit.errors import DialkitError

MAX_REDIRECTS = 5


class TransportFault(Exception):
    """No whole answer came. `sent` is False only where the request certainly did not leave.

    `status` is the HTTP status where one was seen before the answer broke off; `timeout` tells waiting
    too long from a broken connection; `final` says that another try would end the same.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool,
        timeout: bool = False,
        status: int | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.sent = sent
        self.timeout = timeout
        self.status = status
        self.final = final


class Wait(NamedTuple):
    """Let time pass: `why` is ``limit`` or ``retry``."""

    seconds: float
    why: str


class Renew(NamedTuple):
    """Get a new access token: `refused` was not taken, or (None) the one at hand is about to expire."""

    refused: str | None


class Retry(NamedTuple):
    """What a callback is told before a request is repeated."""

    request: Request
    attempt: int
    delay: float
    error: DialkitError


class Policy(NamedTuple):
    """How patient to be.

    Attributes:
        max_retries: repeats of one request, beside the first attempt.
        backoff: seconds before the first repeat; doubles each time, with jitter.
        cap: seconds that one wait between attempts may take at most.
        deadline: seconds after which nothing is repeated any more, counted from the first attempt.
        max_wait: seconds a limit may hold a request back; 0 fails at once instead.
        on_retry: told of each repeat before it happens.
    """

    max_retries: int = 3
    backoff: float = 0.5
    cap: float = 60.0
    deadline: float = 180.0
    max_wait: float = float("inf")
    on_retry: Callable[[Retry], None] | None = None


def exchange(  # noqa: PLR0915
    request: Request,
    *,
    policy: Policy,
    limiter: Limiter | None,
    clock: Clock,
    jitter: Callable[[], float],
    key: str | None = None,
    due: Callable[[str, float], bool] | None = None,
) -> Generator[Wait | Renew | Request, Any, Response]:
    """Carry one request out. Raises a `DialkitError`; see the module for the rules.

    `due` says whether the key must be renewed first, at a time in seconds since 1970; None: it cannot be.
    """
    started: float | None = None
    attempt = redirects = 0
    sending = request
    error: DialkitError | None = None
    renewed = False
    while True:
        place = None
        if limiter is not None:
            patience = policy.max_wait
            if error is not None and started is not None:
                patience = min(patience, policy.deadline - (clock.monotonic() - started))
            place = yield from _reserve(limiter, request, patience, clock, error)
        if due is not None and key is not None and due(key, clock.now()):  # the wait may have outlived it
            try:
                key = yield Renew(None)
            except BaseException:
                if limiter is not None and place is not None:
                    limiter.leave(place)
                raise
        if started is None:
            started = clock.monotonic()
        attempt += 1
        delay: float | None = None
        try:
            try:
                response = yield sending
            finally:
                if limiter is not None and place is not None:
                    limiter.settle(place, clock.now())
        except TransportFault as fault:
            error = faults.unanswered(fault, request)
            again = (request.repeatable or not fault.sent) and not fault.final
        else:
            assert response is not None  # the driver answers a request with a response
            if 200 <= response.status < 300:
                return _finish(response, request, attempt, clock.monotonic() - started, key)
            faults.scrub(response, key)
            if response.status in (301, 302, 307, 308) or (response.status == 303 and request.repeatable):
                sending = _redirected(response, request)
                redirects += 1
                attempt -= 1
                if redirects > MAX_REDIRECTS:
                    raise _lost(response, request, "redirected in a circle")
                continue
            if response.status == 401 and due is not None and not renewed:
                renewed = True
                attempt -= 1
                key = yield Renew(key)
                continue
            error = faults.refused(response, clock.now())
            again = (response.status >= 500 or response.status == 408) and request.repeatable
            if faults.is_limit(response):
                again = True
                delay = faults.retry_after(response, clock.now())
                if limiter is not None:
                    limiter.learn(request, clock.now(), delay)
        if not again or attempt > policy.max_retries:
            raise error
        if delay is None:
            delay = min(policy.cap, policy.backoff * 2 ** (attempt - 1)) * (0.5 + jitter() / 2)
        if (
            delay > policy.cap
            or clock.monotonic() - started + delay > policy.deadline
            or delay > policy.max_wait
        ):
            raise error
        if policy.on_retry:
            policy.on_retry(Retry(request, attempt, delay, error))
        yield Wait(delay, "retry")


def _reserve(
    limiter: Limiter, request: Request, patience: float, clock: Clock, failed: DialkitError | None
) -> Generator[Wait, Any, Place]:
    """Take a place and wait for it. Where that takes too long, an attempt that `failed` has the word."""
    place = limiter.reserve(request, clock.now(), patience)
    while place.wait > 0:
        if place.wait > patience:
            raise failed or WouldWait(
                f"{request.name}: its limit is reached for {place.wait:.1f} s; nothing was sent",
                seconds=place.wait,
                hint="leave out --no-wait to wait for it, or try again later",
            )
        try:
            yield Wait(place.wait, "limit")
        except BaseException:  # stopped while waiting: others may have the place
            limiter.leave(place)
            raise
        place = limiter.reserve(request, clock.now(), patience, instead_of=place.rows)
    return place


def _finish(response: Response, request: Request, attempts: int, elapsed: float, key: str | None) -> Response:
    response.request = request
    response.attempts = attempts
    response.elapsed = elapsed
    try:
        data = response.json()
        if not isinstance(data, dict) and data is not None and _answers_object(request):
            raise ValueError("not an object")
    except ValueError:
        faults.scrub(response, key)
        raise faults.unreadable(response) from None
    return response


def _answers_object(request: Request) -> bool:
    return request.operation is not None and "schema" in request.operation.source["answer"]


def _redirected(response: Response, request: Request) -> Request:
    """The request to send instead, at the same host only; a write only where the method is kept."""
    from urllib.parse import urljoin

    from dialkit.client.request import Request as Made

    here = response.request.url
    location = response.headers.get("location", "").strip()
    if not location:
        raise _lost(response, request, f"redirected ({response.status}) without an address")
    there = urljoin(here, location)
    if not there.startswith(_origin(here) + "/"):
        raise _lost(response, request, f"redirected to {faults.host_of(there)}, which is not followed")
    if request.method not in ("GET", "HEAD") and response.status not in (307, 308):
        raise _lost(response, request, f"redirected ({response.status}), which a write does not follow")
    return Made(
        request.method,
        there,
        headers=request.headers,
        content=request.content,
        operation=request.operation,
        effect=request.effect,
        repeatable=request.repeatable,
        needs_key=request.needs_key,
    )


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"


def _lost(response: Response, request: Request, why: str) -> UpstreamError:
    return UpstreamError(
        f"{request.name}: {why}",
        status=response.status,
        operation=request.name,
        hint="check DIALPAD_BASE_URL: it must be the API's own address",
    )
