"""What is old forgotten: all of it, or only what people said."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument
from dialkit.inbox import words
from dialkit.inbox.keeping import ALONE
from dialkit.inbox.positions import of_moment
from dialkit.store import deliveries
from dialkit.store.database import marks

if TYPE_CHECKING:
    from dialkit.store import Database
    from dialkit.store.database import Row

AT_ONCE = 500  # rows of one transaction, so that who keeps events need not wait
UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
AGE = re.compile(r"([0-9]{1,5})([dwmy])")
DAY = 86_400.0
# Fields of events that hold what people said or sent, or lead to it.
SAID = (
    "text", "text_content", "mms_url", "transcription_text", "voicemail_link", "voicemail_share_link",
    "recording_url", "recording_details", "admin_recording_urls", "call_recording_share_links",
    "admin_call_recording_share_links", "screen_recording_urls", "recap_summary", "recap_purposes",
    "recap_action_items", "recap_outcome", "csat_transcriptions", "csat_recording_urls", "fax_url",
)  # fmt: skip

# Of each table: what a row is known by, and by what it is old.
OLD = {
    "events": ("event", "id", "received_at"),
    "texts": ("message", "position", "position"),
    "voicemails": ("voicemail", "id", "at"),
    "calls": ("phone_call", "whole", "position"),
}
# What is left to redact of it.
UNREDACTED = {
    "events": "body <> ''",
    "texts": "redacted = 0",
    "voicemails": "redacted = 0",
}
SOME = """
SELECT {key} AS name, {age} AS age FROM {table}
WHERE {age} >= :after AND {age} < :before {those} ORDER BY {age} LIMIT :most
"""
COUNT = "SELECT COUNT(*) AS number FROM {table} WHERE {age} < :before {those}"
DELETE = "DELETE FROM {table} WHERE {key} IN ({marks})"
OF_THREADS = """
SELECT thread, COUNT(*) AS messages,
       SUM(CASE WHEN direction = 'inbound' AND read_at IS NULL THEN 1 ELSE 0 END) AS unread
FROM message WHERE position IN ({marks}) GROUP BY thread
"""
LESSEN = """
UPDATE thread SET
    messages = messages - :messages,
    unread = unread - :unread,
    last_position = COALESCE((SELECT MAX(position) FROM message WHERE message.thread = thread.id), 0)
WHERE id = :thread
"""
EMPTY = "DELETE FROM thread WHERE id = :thread AND messages = 0"
OF_CALLS = (
    "DELETE FROM leg WHERE whole IN ({marks})",
    "DELETE FROM leg_tie WHERE whole IN ({marks})",
    "DELETE FROM voicemail WHERE whole IN ({marks})",
)
REDACT = {
    "texts": "UPDATE message SET text = NULL, media_url = NULL, redacted = 1 WHERE position IN ({marks})",
    "voicemails": "UPDATE voicemail SET text = NULL, link = NULL, redacted = 1 WHERE id IN ({marks})",
}
PAYLOADS = "SELECT id, payload_json FROM event WHERE id IN ({marks})"
REDACT_EVENT = "UPDATE event SET body = '', payload_json = ? WHERE id = ?"


def age(told: str) -> float:
    """An age such as ``90d``, ``6m`` or ``1y`` (30 and 365 days) in seconds. Raises `InvalidArgument`."""
    found = AGE.fullmatch(told.strip().lower())
    days = int(found[1]) * UNITS[found[2]] if found else 0
    if not days:
        raise InvalidArgument(
            f"--older-than: {told[:40]!r} is no age", hint="write it like --older-than 1y, 6m, 8w or 90d"
        )
    return days * DAY


def count(database: Database, before: float, *, redact: bool = False) -> dict[str, int]:
    """How many events, texts, voicemails and calls `prune` would take, without taking them."""
    found = {}
    for name in UNREDACTED if redact else OLD:
        row = database.one(_sql(COUNT, name, redact=redact), {"before": _bound(name, before)})
        found[name] = int(row["number"]) if row else 0
    return found


def prune(database: Database, before: float, *, redact: bool = False) -> dict[str, int]:
    """Forget what came before a moment (seconds since 1970); how many events, texts, voicemails and calls.

    With `redact` only words, media, recordings and recaps go, and who wrote to whom and when stays; no event
    that comes again brings them back. Read marks and counts follow. In steps, between which events are kept.
    """
    done = {name: _prune(database, name, before, redact=redact) for name in (UNREDACTED if redact else OLD)}
    if any(done.values()):
        database.scrub(words.TABLE)
    return done


def _prune(database: Database, name: str, before: float, *, redact: bool) -> int:
    sql = _sql(SOME, name, redact=redact)
    asked = {"after": 0, "before": _bound(name, before), "most": AT_ONCE}
    total = 0
    # They are looked for outside of the transaction, for what is old stays old, and each time from where the
    # last ones were, so that what is done already is not gone through again.
    while rows := database.all(sql, asked):
        with database.write(alone=ALONE):
            (_redact if redact else _delete)(database, name, [row["name"] for row in rows])
        total += len(rows)
        asked["after"] = rows[-1]["age"]
    return total


def _delete(database: Database, name: str, keys: list[int | str]) -> None:
    table, key, _ = OLD[name]
    all_keys = marks(keys)
    lessened: list[Row] = []
    if name == "texts":
        lessened = database.all(OF_THREADS.format(marks=all_keys), keys)
        words.take(database, [int(one) for one in keys])
    elif name == "events":
        deliveries.forget(database, keys)
    elif name == "calls":
        for sql in OF_CALLS:
            database.execute(sql.format(marks=all_keys), keys)
    database.execute(DELETE.format(table=table, key=key, marks=all_keys), keys)
    for row in lessened:
        for sql in (LESSEN, EMPTY):
            database.execute(sql, row)


def _redact(database: Database, name: str, keys: list[int | str]) -> None:
    if name == "events":
        rows = database.all(PAYLOADS.format(marks=marks(keys)), keys)
        database.executemany(REDACT_EVENT, [(_without_words(row["payload_json"]), row["id"]) for row in rows])
        return
    if name == "texts":
        words.take(database, [int(one) for one in keys])
    database.execute(REDACT[name].format(marks=marks(keys)), keys)


def _without_words(payload: str) -> str:
    kept = {name: value for name, value in json.loads(payload).items() if name not in SAID}
    return json.dumps(kept, ensure_ascii=False)


def _sql(sql: str, name: str, *, redact: bool) -> str:
    table, key, age = OLD[name]
    return sql.format(table=table, key=key, age=age, those=f"AND {UNREDACTED[name]}" if redact else "")


def _bound(name: str, before: float) -> float:
    return of_moment(before) if OLD[name][2] == "position" else before
