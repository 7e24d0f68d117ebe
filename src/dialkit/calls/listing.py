"""Finding calls: of a time, of somebody, missed ones; and the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.calls.outcome import iso, milliseconds, missed, outcome, root
from dialkit.errors import DialkitError, InvalidArgument, NotFound, PartialSuccess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.calls.span import Span
    from dialkit.client import Dialpad

    Row = dict[str, Any]

LOOKED_THROUGH = 5000  # calls, to find the last one with somebody


class Wanted(NamedTuple):
    """Which calls: with a number (E.164), of a target such as ``("user", 5402938475610293)``, missed ones."""

    number: str | None = None
    target: tuple[str, int] | None = None
    missed: bool = False
    anonymized: bool = False

    def query(self) -> Row:
        """The part of it that Dialpad sorts out."""
        found: Row = {"include_anonymized": True} if self.anonymized else {}
        if self.target:
            found |= {"target_type": self.target[0], "target_id": self.target[1]}
        return found

    def fits(self, call: Row) -> bool:
        """Whether a call is with the number, where one is asked for."""
        return self.number is None or self.number in (
            call.get("external_number"),
            (call.get("contact") or {}).get("phone"),
        )


class Report:
    """What there is to say beside the calls themselves: how many were read, how many are in doubt."""

    def __init__(self, on_page: Callable[[int], None] = lambda _count: None) -> None:
        self.read = self.doubtful = 0
        self.on_page = on_page


def list_calls(client: Dialpad, span: Span, wanted: Wanted, report: Report | None = None) -> Iterator[Row]:
    """The calls of a time that ended, the newest first, as Dialpad shows them, with `outcome` and `started`.

    Missed ones come only once all have been read: a call to a group rings several people, and is answered
    where one of them took it. Legs of one call are counted once then, and `report.doubtful` counts those of
    which Dialpad does not tell whether anybody answered.
    """
    report = report or Report()
    found = (row for row in _read(client, span, wanted, report) if wanted.fits(row))
    return _missed(found, report) if wanted.missed else found


def last_call(client: Dialpad, wanted: Wanted) -> Row:
    """The last call on which somebody spoke. Raises `NotFound` where there is none among the last 5,000."""
    count = 0
    for row in client.items("call.list", wanted.query()):
        count += 1
        if wanted.fits(row) and outcome(row) == "answered":
            return _shown(row)
        if count >= LOOKED_THROUGH:
            break
    whom = f" with {wanted.number}" if wanted.number else ""
    raise NotFound(
        f"no answered call{whom} among the last {count}",
        status=None,
        hint="name one: --call-id ID; there are: dialpad call list --days 28",
    )


def user_id(client: Dialpad, text: str) -> int:
    """The id of a user who is named by id, by e-mail address, or as ``me``.

    Raises `InvalidArgument` for what is neither, `NotFound` for an address that nobody has.
    """
    if text.isascii() and text.isdecimal():
        return int(text)
    if text == "me":
        return int(client.request("users.get", {"id": "me"}).record()["id"])
    if "@" not in text:
        raise InvalidArgument(
            f"--user: {text[:60]!r} is no id and no e-mail address",
            hint="dialpad users list, or dialpad alias set NAME ID",
        )
    for user in client.items("users.list", {"email": text}):
        if text.lower() in [str(one).lower() for one in user.get("emails") or ()]:
            return int(user["id"])
    raise NotFound(f"--user: no user has the address {text}", status=None, hint="dialpad users list")


def _read(client: Dialpad, span: Span, wanted: Wanted, report: Report) -> Iterator[Row]:
    """The calls of a time. What fails once calls were read is `PartialSuccess`, with where to go on."""
    last: Row = {}
    for window in span.windows(int(client.clock.now() * 1000)):
        pages = client.pages("call.list", {**window, **wanted.query()})
        while True:
            try:
                page = next(pages, None)
            except DialkitError as error:
                if not last:
                    raise
                raise _broken_off(error, span, last, report.read) from error
            if page is None:
                break
            report.read += len(page)
            report.on_page(report.read)
            last = page[-1] if page else last
            yield from map(_shown, page)


def _broken_off(error: DialkitError, span: Span, last: Row, count: int) -> PartialSuccess:
    cause = _cause(error)
    return PartialSuccess(
        f"{count} calls were read, then: {cause.message}",
        done=count,
        status=cause.status,
        operation="call.list",
        # Others may have begun in the same millisecond, so the last one comes again.
        hint="go on from there, the last one again: "
        f"--since {span.after} --until {(milliseconds(last.get('date_started')) or 0) + 1}",
    )


def _cause(error: DialkitError) -> DialkitError:
    """What went wrong, below what says how far it had come."""
    while isinstance(error, PartialSuccess) and isinstance(error.__cause__, DialkitError):
        error = error.__cause__
    return error


def _missed(calls: Iterator[Row], report: Report) -> Iterator[Row]:
    answered: set[str] = set()
    first: dict[str, Row] = {}  # root -> the leg by which the call came in, else the oldest
    doubtful: set[str] = set()
    try:
        for call in calls:
            if call["outcome"] == "answered":
                answered.add(root(call))
            elif missed(call):
                kept = first.pop(root(call), None)
                first[root(call)] = kept if kept and not kept.get("entry_point_call_id") else call
            elif call["outcome"] == "unknown":
                doubtful.add(root(call))
    except PartialSuccess as error:  # nothing has been shown yet
        raise _cause(error) from None
    report.doubtful = len(doubtful - answered - first.keys())
    # Roots stand in the order of their oldest legs, which is that of the calls.
    yield from (call for name, call in first.items() if name not in answered)


def _shown(call: Row) -> Row:
    return {**call, "outcome": outcome(call), "started": iso(call.get("date_started"))}
