"""How meetings repeat. The document gives no list of words for it; these are the ones known here."""

from __future__ import annotations

from datetime import UTC, datetime

from dialkit.sandbox.moments import days_in
from dialkit.sandbox.wire import Refusal

TIMES = 13  # the document's example: weekly from 5 March, with an end on 4 June
DAYS = {"daily": 1, "weekly": 7, "biweekly": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def rhythm(word: str) -> str:
    """The rhythm that a word names, capitals or not. Raises `Refusal` 400."""
    found = word.lower()
    if found not in DAYS and found not in MONTHS:
        raise Refusal(400, f"recurrence: {word[:80]!r} is none of {', '.join([*DAYS, *MONTHS])}.")
    return found


def moment_of(start: int, word: str | None, index: int) -> int:
    """When the occurrence of that index begins, in epoch seconds; the first has the index 0."""
    if not word or index == 0:
        return start
    if word in DAYS:
        return start + 86_400 * DAYS[word] * index
    first = datetime.fromtimestamp(start, UTC)
    months = first.month - 1 + MONTHS[word] * index
    year, month = first.year + months // 12, months % 12 + 1
    day = min(first.day, days_in(year, month))
    return int(first.replace(year=year, month=month, day=day).timestamp())
