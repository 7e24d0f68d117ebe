"""Which days a report is about: from dates to the numbers of days that Dialpad counts back.

Dialpad counts days back from its own today, in a time zone. Integrators report that a range which is to begin
today begins yesterday, and that today has to be asked for by itself (``is_today``); so it is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from dialkit.client.clock import zone_of
from dialkit.errors import InvalidArgument

DAYS = 7  # where nothing is said
MOST = 18_250  # days; further back than any account
WORDS = {"today": 0, "yesterday": 1}


class Period(NamedTuple):
    """Whole days in a time zone, both included; `counted`: they were counted back from today."""

    first: date
    last: date
    timezone: str
    counted: bool = False

    def as_of(self, today: date, other: date) -> Period:
        """These days where today turns out to be another one: those that were counted back move along."""
        if not self.counted or today == other:
            return self
        return self._replace(first=self.first + (other - today), last=self.last + (other - today))

    def windows(self, today: date) -> list[dict[str, Any]]:
        """The parameters of the requests that bring these days, the older first; none of days to come."""
        near, far = (today - self.last).days, (today - self.first).days
        found: list[dict[str, Any]] = []
        if far > 0:
            found.append({"days_ago_start": max(near, 1), "days_ago_end": far})
        if near <= 0 <= far:
            found.append({"is_today": True})
        return found

    def __str__(self) -> str:
        return f"{self.first} to {self.last} ({self.timezone})"


def today_in(timezone: str, now: float) -> date:
    """The day it is in a time zone, `now` in seconds since 1970."""
    return datetime.fromtimestamp(now, zone_of(timezone)).date()


def last_days(count: int, today: date, timezone: str) -> Period:
    """The last days, today among them. Raises `InvalidArgument`."""
    if not 1 <= count <= MOST:
        raise InvalidArgument(f"--days: {count} is not between 1 and {MOST}", hint="write it like --days 30")
    return Period(today - timedelta(days=count - 1), today, timezone, counted=True)


def between(
    first: str, last: str, today: date, timezone: str, flags: tuple[str, str] = ("--from", "--to")
) -> Period:
    """The days from one date to another; `flags` are what errors call them. Raises `InvalidArgument`.

    A date is ``2026-03-05``, ``today``, ``yesterday`` or a number of days ago.
    """
    start, end = _date(first, today, flags[0]), _date(last, today, flags[1])
    if start > end:
        raise InvalidArgument(
            f"{flags[0]}: {start} is after {end}", hint=f"{flags[0]} {end} {flags[1]} {start}"
        )
    counted = _days_ago(first) is not None and _days_ago(last) is not None
    return Period(start, end, timezone, counted)


def _days_ago(text: str) -> int | None:
    """How many days ago, where that is what is written."""
    plain = text.strip().lower()
    if plain.isascii() and plain.isdecimal() and len(plain) < 8:
        return int(plain)
    return WORDS.get(plain)


def _date(text: str, today: date, flag: str) -> date:
    ago = _days_ago(text)
    try:
        found = date.fromisoformat(text.strip()) if ago is None else today - timedelta(days=ago)
    except (ValueError, OverflowError):
        raise InvalidArgument(
            f"{flag}: {text[:40]!r} is not a date",
            hint=f"write it like {flag} {today}, {flag} yesterday, or as days ago: {flag} 7",
        ) from None
    if found > today:
        raise InvalidArgument(f"{flag}: {found} has not come yet", hint=f"{flag} today")
    if (today - found).days > MOST:
        raise InvalidArgument(
            f"{flag}: {found} is more than {MOST} days ago", hint=f"{flag} {today - timedelta(days=365)}"
        )
    return found
