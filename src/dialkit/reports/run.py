"""A report from the question to its files: ask, wait, fetch; ask again where an answer has expired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.client.download import download
from dialkit.errors import APIError, InvalidArgument, NotFound, OutcomeUnknown, ReadTimeout, UpstreamError
from dialkit.reports.period import today_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import BinaryIO

    from dialkit.client import Dialpad
    from dialkit.client.request import Request
    from dialkit.client.response import Response
    from dialkit.reports.period import Period
    from dialkit.reports.question import Question

    # What is under way (``waiting`` or ``fetching``), and how far: seconds, or bytes.
    Told = Callable[[str, float], object]

PATIENCE = 1800.0  # seconds; a report of years takes minutes
FIRST, SLOWEST = 0.5, 10.0  # seconds between two questions whether it is done
STEP = 1.0  # seconds of one sleep, so that who waits hears of it
GROWTH = 1.5


class Begun(NamedTuple):
    """A request that Dialpad works at; `reused` where it had been under way already."""

    window: dict[str, Any]
    request_id: str
    reused: bool


class Result(NamedTuple):
    """What a report came to: the days it counts, and the requests that brought its files."""

    period: Period
    begun: list[Begun]
    sizes: list[int]


def requests(client: Dialpad, question: Question, period: Period) -> list[Request]:
    """What would be sent, without sending it."""
    today = today_in(period.timezone, client.clock.now())
    return [_request(client, question, period, window) for window in period.windows(today)]


def run(
    client: Dialpad,
    question: Question,
    period: Period,
    open_file: Callable[[int], BinaryIO],
    *,
    patience: float = PATIENCE,
    told: Told | None = None,
) -> Result:
    """Have a report worked out and fetch it. `open_file` gives an empty file for each part, by number.

    Raises `UpstreamError` where Dialpad fails at it, `ReadTimeout` where it takes longer than `patience`
    seconds, and what `download` and the client raise.
    """
    until = client.clock.monotonic() + patience
    period, begun = begin(client, question, period)
    sizes = []
    for number, one in enumerate(begun):
        file = open_file(number)
        for last in (False, True):
            try:
                url = _wait(client, one, until, patience, told)
                sizes.append(_fetched(client, url, file, told))
                break
            except APIError as error:
                if last or not _expired(error):
                    raise
                one = begun[number] = _begin(client, question, period, one.window)[0]
    return Result(period, begun, sizes)


def begin(client: Dialpad, question: Question, period: Period) -> tuple[Period, list[Begun]]:
    """Ask for a period, the older days first; the days it is, and what was asked.

    Days are counted back from Dialpad's today. Where midnight passes meanwhile, or our clock is off, what was
    asked is about other days. That is as it should be where they were counted back anyway; else it is asked
    once more, by Dialpad's own date.
    """
    today = today_in(period.timezone, client.clock.now())
    found: list[Begun] = []
    for _ in range(2):
        found, days = [], set()
        windows = period.windows(today)
        if not windows:
            raise InvalidArgument(
                f"by Dialpad's clock {period.first} has not come yet",
                hint="dialpad doctor compares the clocks",
            )
        for window in windows:
            one, day = _begin(client, question, period, window)
            found.append(one)
            days.add(day)
        theirs = max(days)
        period = period.as_of(today, theirs)
        if len(days) == 1 and period.windows(theirs) == windows:
            break
        today = theirs
    return period, found


def _begin(client: Dialpad, question: Question, period: Period, window: dict[str, Any]) -> tuple[Begun, date]:
    """Ask for one window; with the day it was at Dialpad's."""
    try:
        response = client.send(_request(client, question, period, window))
    except OutcomeUnknown as error:
        error.hint = "a report changes nothing: run it again, and one that was begun is gone on with"
        raise
    answer = response.json() or {}
    request_id = answer.get("request_id")
    if not isinstance(request_id, str) or not request_id:
        raise UpstreamError("stats.create: the answer has no request_id", status=response.status)
    day = today_in(period.timezone, _server_time(response) or client.clock.now())
    return Begun(window, request_id, bool(answer.get("already_started"))), day


def _server_time(response: Response) -> float | None:
    """When Dialpad answered, by its own clock; None where it does not say."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (LookupError, ValueError, TypeError, OverflowError):
        return None


def _request(client: Dialpad, question: Question, period: Period, window: dict[str, Any]) -> Request:
    return client.prepare("stats.create", {**question.params(), **window, "timezone": period.timezone})


def _wait(client: Dialpad, one: Begun, until: float, patience: float, told: Told | None) -> str:
    """The address of the file, once there is one."""
    clock, pause = client.clock, FIRST
    started = clock.monotonic()
    while True:
        answer = client.request("stats.get", {"id": one.request_id}).json() or {}
        status, url = answer.get("status"), answer.get("download_url")
        if status == "complete" and isinstance(url, str) and url:
            return url
        if status == "failed":
            raise UpstreamError(
                f"Dialpad could not work the report out ({one.request_id})",
                status=None,
                repeatable=True,
                hint="ask for fewer days or for one --target, or try again later; nothing was changed",
            )
        if status not in ("processing", None):
            what = "names no file" if status == "complete" else f"is {str(status)[:40]!r}"
            raise UpstreamError(f"stats.get: report {one.request_id} {what}", status=None)
        if clock.monotonic() + pause > until:
            raise ReadTimeout(
                f"the report {one.request_id} is not ready after {patience:.0f} s",
                hint=f"run it again to go on waiting, or: dialpad stats get {one.request_id}",
            )
        left = pause
        while left > 0:
            clock.sleep(min(left, STEP), "report")
            left -= STEP
            if told:
                told("waiting", clock.monotonic() - started)
        pause = min(SLOWEST, pause * GROWTH)


def _fetched(client: Dialpad, url: str, file: BinaryIO, told: Told | None) -> int:
    got = download(client, url, file, told=(lambda size: told("fetching", size)) if told else None)
    file.flush()
    return got.size


def _expired(error: APIError) -> bool:
    """Whether what was asked for is gone after its hour: 404 or, as an integrator saw, a 400 saying so."""
    return isinstance(error, NotFound) or (error.status == 400 and "expired" in error.text.lower())
