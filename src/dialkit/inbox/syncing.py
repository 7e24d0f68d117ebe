"""Gaps filled from Dialpad's own lists: the export of texts, which has no words, and the list of calls.

A text that is known is not changed by it, but for a status that it lacked. The export may call a text by
another id than events do, so one in the same thread within two seconds, in the same direction, counts as
the same where there is just one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.inbox import calls, legs, texts, values
from dialkit.inbox.facts import facts
from dialkit.inbox.keeping import ALONE
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.client import Dialpad
    from dialkit.reports.run import Told
    from dialkit.store import Database
    from dialkit.store.database import Row

AT_ONCE = 200  # rows of one transaction, so that who keeps events need not wait
MOST_DAYS = 366
COUNT = {
    "texts": "SELECT COUNT(*) AS number FROM message",
    "calls": "SELECT COUNT(*) AS number FROM phone_call",
}
TWINS = """
SELECT message.id, message.at FROM message JOIN thread ON thread.id = message.thread
WHERE thread.ours = ? AND thread.theirs = ? AND message.direction = ?
  AND message.at >= ? AND message.at <= ? LIMIT 100
"""
KNOWN = "SELECT id FROM message WHERE id IN ({marks})"


class Synced(NamedTuple):
    """What a synchronization came to: rows that were read, and those that were new here."""

    texts_read: int
    texts_new: int
    calls_read: int
    calls_new: int


def sync(
    client: Dialpad,
    database: Database,
    days: int,
    *,
    told: Told | None = None,
    on_calls: Callable[[int], None] = lambda _count: None,
) -> Synced:
    """Load the texts and the calls of the last days, today among them; doing it twice changes nothing.

    Parameters:
        days: how many, from 1 to 366.
        told: hears of the export, see `dialkit.reports.run.run`.
        on_calls: hears how many calls were read.

    Raises `InvalidArgument` for other days, and what asking Dialpad raises: the export and the list of calls
    need a company admin's key. `PartialSuccess` where the texts are loaded and the calls fail: they stay.
    """
    from dialkit.calls import span
    from dialkit.calls.listing import Report, Wanted, list_calls
    from dialkit.errors import DialkitError, InvalidArgument, PartialSuccess
    from dialkit.reports.making import make
    from dialkit.reports.period import last_days, today_in
    from dialkit.reports.question import question

    if not 1 <= days <= MOST_DAYS:
        raise InvalidArgument(f"--days: {days} is not between 1 and {MOST_DAYS}", hint="--days 7")
    now = client.clock.now()
    period = last_days(days, today_in("UTC", now), "UTC")
    asked = question(client.operation("stats.create"), "texts", "records")
    had = {name: _count(database, sql) for name, sql in COUNT.items()}
    with make(client, asked, period, told=told) as report:
        texts_read = load_texts(database, report.rows, now)
        begins = report.period.first  # by Dialpad's clock
    texts_new = _count(database, COUNT["texts"]) - had["texts"]
    first = int(datetime.combine(begins, datetime.min.time(), UTC).timestamp() * 1000)
    try:
        listed = list_calls(client, span.Span(first), Wanted(), Report(on_calls))
        calls_read = load_calls(database, listed, now)
    except DialkitError as error:
        again = "dialpad inbox sync once more: doing it twice changes nothing"
        raise PartialSuccess(
            f"{texts_read} texts were read, {texts_new} of them new; not all calls: {error.message}",
            done={"texts_read": texts_read, "texts_new": texts_new},
            status=error.status,
            operation=error.operation,
            hint=again if isinstance(error, PartialSuccess) else error.hint,
        ) from error
    return Synced(texts_read, texts_new, calls_read, _count(database, COUNT["calls"]) - had["calls"])


def load_texts(database: Database, rows: Callable[[], Iterable[Row]], now: float) -> int:
    """Take rows of the export of texts in; how many there were.

    `rows` gives them anew each time it is called: once to know all that are named, once to take them in.
    `now` in seconds since 1970.
    """
    listed = {_place(fact) for row in rows() for fact in facts(_as_event(row), now)}
    count = 0
    for some in _parts(rows()):
        count += len(some)
        told = [fact for row in some for fact in facts(_as_event(row), now)]
        ids = list({fact["id"] for fact in told})
        with database.write(alone=ALONE):
            known = {row["id"] for row in database.all(KNOWN.format(marks=marks(ids)), ids)} if ids else set()
            for fact in told:
                fact["source"] = "export"
                if fact["id"] not in known and (twin := _twin(database, fact, listed)):
                    fact["id"] = twin
            if told:
                texts.merge(database, told)
    return count


def load_calls(database: Database, rows: Iterable[Row], now: float) -> int:
    """Take rows of the list of calls in; how many there were."""
    count = 0
    for some in _parts(rows):
        count += len(some)
        told = [fact for row in some if (fact := legs.fact({"state": "hangup", **row}, now)) is not None]
        with database.write(alone=ALONE):
            calls.merge(database, told)
    return count


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _as_event(row: Row) -> Row:
    """A row of the export as an event would tell it."""
    at = _milliseconds(row.get("date"))
    return {
        "id": row.get("message_id"),
        "direction": row.get("direction"),
        "from_number": row.get("from_number"),
        "to_number": [row.get("to_number")],
        "mms": str(row.get("mms")).lower() == "true",
        "is_internal": str(row.get("is_internal")).lower() == "true",
        "message_status": row.get("message_status") or None,
        "message_delivery_result": row.get("message_delivery_result") or None,
        "created_date": at,
        "event_timestamp": at,
        "target": {
            "type": row.get("target_kind") or None,
            "id": row.get("target_id") or None,
            "name": row.get("name") or None,
        },
    }


def _milliseconds(told: Any) -> float | None:
    if isinstance(told, str) and not told.replace(".", "", 1).isdecimal():
        try:
            at = datetime.fromisoformat(told)
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000
    return values.number(told)


def _twin(database: Database, fact: Row, listed: set[int]) -> str | None:
    """The id by which events told of the same text, if there is just one that the export does not name."""
    asked = (
        fact["ours"],
        fact["theirs"],
        fact["direction"],
        fact["at"] - texts.NEAR,
        fact["at"] + texts.NEAR,
    )
    found = {
        row["id"] for row in database.all(TWINS, asked) if _place({**fact, "id": row["id"]}) not in listed
    }
    return found.pop() if len(found) == 1 else None


def _place(fact: Row) -> int:
    """A text in its thread, as a number: an export may have millions."""
    return hash((fact["id"], fact["ours"], fact["theirs"]))


def _count(database: Database, sql: str) -> int:
    row = database.one(sql)
    return int(row["number"]) if row else 0
