"""Threads, texts and calls as they are shown, the newest first, page by page; and read marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import NotFound
from dialkit.inbox.keeping import ALONE
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

PAGE = 50
END = 1 << 62  # a position after all others
SIDES = """thread.ours, thread.theirs, thread.target_type, thread.target_id, thread.target_name,
           thread.contact_id, thread.contact_name"""

THREADS = """
SELECT thread.*, message.at, message.direction, message.text, message.status
FROM thread LEFT JOIN message ON message.position = thread.last_position
WHERE thread.last_position < ? {those} ORDER BY thread.last_position DESC LIMIT ?
"""
OF_NUMBER = "SELECT id FROM thread WHERE theirs = ? ORDER BY last_position DESC LIMIT 100"
OF_LINE = "SELECT id FROM thread WHERE theirs = ? AND ours = ?"
TEXTS = f"""
SELECT message.*, {SIDES} FROM message JOIN thread ON thread.id = message.thread
WHERE message.thread = ? AND message.position < ? ORDER BY message.position DESC LIMIT ?
"""  # noqa: S608
READ = """
UPDATE message SET read_at = ?
WHERE thread = ? AND direction = 'inbound' AND read_at IS NULL AND position <= ?
"""
COUNT_UNREAD = """
UPDATE thread SET unread = (SELECT COUNT(*) FROM message WHERE message.thread = thread.id
                            AND message.direction = 'inbound' AND message.read_at IS NULL)
WHERE id = ?
"""
UNREAD = "SELECT id FROM thread WHERE unread > 0"
CALLS = "SELECT * FROM phone_call WHERE position < ? {those} ORDER BY position DESC LIMIT ?"
MISSED = "AND direction = 'inbound' AND outcome IN ('missed', 'voicemail')"
LEFT = "AND whole IN (SELECT whole FROM voicemail)"
VOICEMAILS = "SELECT * FROM voicemail WHERE whole IN ({marks}) ORDER BY at"


def threads(
    database: Database, *, before: int | None = None, most: int = PAGE, unread: bool = False
) -> list[Row]:
    """Threads, the one written in last first: who, how many unread, and the last text.

    Parameters:
        before: a `position`; threads whose last text comes before it, as the next page.
        unread: only those with texts that were not read.
    """
    sql = THREADS.format(those="AND thread.unread > 0" if unread else "")
    return [_shown_thread(row) for row in database.all(sql, (END if before is None else before, most))]


def thread(
    database: Database, theirs: str, *, ours: str | None = None, before: int | None = None, most: int = PAGE
) -> list[Row]:
    """What was written with a number, the newest first, whichever of our lines it was.

    `theirs` and `ours` (one line only) in E.164, or as they stand in threads. Raises `NotFound` for a number
    that nothing was written with.
    """
    rows: list[Row] = []
    for one in ids_of(database, theirs, ours):
        rows += database.all(TEXTS, (one, END if before is None else before, most))
    rows.sort(key=lambda row: -row["position"])
    return [shown_text(row) for row in rows[:most]]


def ids_of(database: Database, theirs: str, ours: str | None = None) -> list[int]:
    """The threads with a number. Raises `NotFound` where there is none."""
    sql, asked = (OF_NUMBER, (theirs,)) if ours is None else (OF_LINE, (theirs, ours))
    found = [row["id"] for row in database.all(sql, asked)]
    if not found:
        raise NotFound(
            f"no text with {theirs}{f' from {ours}' if ours else ''} is in the inbox",
            status=None,
            hint="dialpad inbox threads; older ones: dialpad inbox sync --days 7",
        )
    return found


def read(
    database: Database, theirs: str | None, now: float, *, ours: str | None = None, up_to: int | None = None
) -> int:
    """Mark as read what a number wrote, or all that anybody did (None); how many texts that was.

    `ours`: only what came to this line. `up_to`: a `position`; what came after it stays unread. Raises
    `NotFound` as `thread` does.
    """
    with database.write(alone=ALONE):
        if theirs is None:
            sql, asked = (UNREAD, ()) if ours is None else (f"{UNREAD} AND ours = ?", (ours,))
            ids = [row["id"] for row in database.all(sql, asked)]
        else:
            ids = ids_of(database, theirs, ours)
        count = 0
        for one in ids:
            values = (now, one, END if up_to is None else up_to)
            count += database.execute(READ, values).rowcount
            database.execute(COUNT_UNREAD, (one,))
    return count


def calls(
    database: Database,
    *,
    number: str | None = None,
    missed: bool = False,
    voicemail: bool = False,
    before: int | None = None,
    most: int = PAGE,
) -> list[Row]:
    """Calls, the newest first, each once however many legs it has; those with a number, missed, or left."""
    those = ("AND number = ? " if number else "") + (MISSED if missed else "") + (LEFT if voicemail else "")
    asked: list[Any] = [END if before is None else before, *([number] if number else []), most]
    rows = database.all(CALLS.format(those=those), asked)
    wholes = [row["whole"] for row in rows]
    found: dict[str, list[Row]] = {}
    for at in range(0, len(wholes), 500):
        some = wholes[at : at + 500]
        for row in database.all(VOICEMAILS.format(marks=marks(some)), some):
            found.setdefault(row["whole"], []).append(row)
    return [_shown_call(row, found.get(row["whole"], ())) for row in rows]


def moment(value: float | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond, as positions have it."""
    from datetime import UTC, datetime

    if value is None or value < 0:
        return None
    return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_text(row: Row) -> Row:
    """A text as it is shown; `text` is null where no event had the words, or they were redacted here."""
    return {
        "at": moment(row["at"]),
        "direction": row["direction"],
        "number": row["theirs"],
        "contact": row["contact_name"],
        "text": row["text"],
        "status": row["status"],
        "result": row["result"],
        "unread": row["direction"] == "inbound" and row["read_at"] is None,
        "ours": row["ours"],
        "line": row["target_name"],
        "mms": bool(row["mms"]),
        "media_url": row["media_url"],
        "sender_id": row["sender_id"],
        "redacted": bool(row["redacted"]),
        "id": row["id"],
        "position": row["position"],
    }


def _shown_thread(row: Row) -> Row:
    return {
        "number": row["theirs"],
        "contact": row["contact_name"],
        "unread": row["unread"],
        "at": moment(row["at"]),
        "direction": row["direction"],
        "text": row["text"],
        "status": row["status"],
        "messages": row["messages"],
        "ours": row["ours"],
        "line": row["target_name"],
        "contact_id": row["contact_id"],
        "target_type": row["target_type"],
        "target_id": row["target_id"],
        "position": row["last_position"],
    }


def _shown_call(row: Row, left: Sequence[Row]) -> Row:
    return {
        "started": moment(row["started_at"]),
        "outcome": row["outcome"],
        "direction": row["direction"],
        "number": row["number"],
        "contact": row["contact_name"],
        "line": row["target_name"],
        "answered_by": row["answered_by"],
        "seconds": row["duration"],
        "voicemail": next((one["text"] or one["link"] or "left" for one in left), None),
        "ours": row["ours"],
        "connected": moment(row["connected_at"]),
        "ended": moment(row["ended_at"]),
        "legs": row["legs"],
        "target_type": row["target_type"],
        "target_id": row["target_id"],
        "voicemails": [
            {"id": one["id"], "at": moment(one["at"]), "seconds": one["duration"], "link": one["link"],
             "text": one["text"]}
            for one in left
        ],
        "call_id": row["id"],
        "position": row["position"],
    }  # fmt: skip
