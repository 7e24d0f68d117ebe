"""How much is in the inbox, and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.inbox.reading import moment

if TYPE_CHECKING:
    from dialkit.store import Database

ONE = {
    "threads": "SELECT COUNT(*) AS threads, COALESCE(SUM(unread), 0) AS unread FROM thread",
    "times": "SELECT MIN(received_at) AS first_event, MAX(received_at) AS last_event FROM event",
    "duplicates": "SELECT COALESCE(SUM(duplicates), 0) AS duplicates FROM event",
    "voicemails": "SELECT COUNT(*) AS voicemails FROM voicemail",
}
MANY = {
    "events": "SELECT kind AS name, COUNT(*) AS number FROM event GROUP BY kind ORDER BY name",
    "texts": "SELECT direction AS name, COUNT(*) AS number FROM message GROUP BY direction ORDER BY name",
    "delivery": """
        SELECT status AS name, COUNT(*) AS number FROM message WHERE direction = 'outbound'
        GROUP BY status ORDER BY name
    """,
    "calls": "SELECT outcome AS name, COUNT(*) AS number FROM phone_call GROUP BY outcome ORDER BY name",
}


def stats(database: Database) -> dict[str, Any]:
    """Counts of events by kind, of texts by direction and by delivery, of calls by outcome; and times."""
    found: dict[str, Any] = {}
    for sql in ONE.values():
        found |= database.one(sql) or {}
    for name in ("first_event", "last_event"):
        found[name] = moment(found[name])
    for name, sql in MANY.items():
        found[name] = {row["name"] or "unknown": row["number"] for row in database.all(sql)}
    return found
