"""Times that calls are asked for: from words such as “today” to the windows that Dialpad answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.client.clock import zone_of
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR, DAY = 3_600_000, 86_400_000  # ms
# Integrators report that a window of 30 days or more is refused.
WIDEST = 29 * DAY
MOST_DAYS = 3660
EXAMPLE = "write it like 2026-03-05 or 2026-03-05T17:00Z"


class Span(NamedTuple):
    """From a moment on, up to another, which is not part of it; in ms. `before` None: up to now."""

    after: int
    before: int | None = None

    def windows(self, now: int) -> Iterator[dict[str, int]]:
        """What to ask for, the newest first: neighbours that Dialpad takes, each call in one of them.

        Dialpad's own bounds are outside of what it answers, hence the millisecond.
        """
        end, before = self.before or max(now, self.after) + 1, self.before
        while True:
            start = max(self.after, end - WIDEST)
            window = {"started_after": start - 1}
            if before is not None:
                window["started_before"] = before
            yield window
            if start <= self.after:
                return
            end = before = start


def today(now: float, zone: str | None) -> Span:
    """The day that it is at `now`, in epoch seconds, in a time zone; None is the machine's."""
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(now, UTC).astimezone(None if zone is None else zone_of(zone))
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return Span(int(midnight.timestamp() * 1000))


def last(now: float, length: float) -> Span:
    """So many ms up to now."""
    return Span(int(now * 1000 - length))


def between(since: str | None, until: str | None, zone: str | None, now: float, unless: int) -> Span:
    """From one moment to another, as people write them; without the first, `unless` ms before the second.

    Raises `InvalidArgument` for what is no moment, and for an end that is not after the beginning.
    """
    present = int(now * 1000)
    end = moment("--until", until, zone) if until is not None else None
    if since is not None:
        start = moment("--since", since, zone)
    else:
        start = (present if end is None else min(end, present)) - unless
    if (present if end is None else end) <= start:
        raise InvalidArgument(f"--since {since} is not before {until or 'now'}", hint=EXAMPLE)
    if end is not None and end > present:
        end = None  # nothing has begun since
    if (present if end is None else end) - start > MOST_DAYS * DAY:
        raise InvalidArgument(f"--since {since}: more than {MOST_DAYS} days", hint="ask for less at once")
    return Span(start, end)


def moment(flag: str, text: str, zone: str | None) -> int:
    """A moment in ms: ISO 8601, in the zone where it says none, or epoch ms. Raises `InvalidArgument`."""
    from datetime import datetime

    if text.isascii() and text.isdecimal() and len(text) == 13:
        return int(text)
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone_of(zone)) if zone is not None else found.astimezone()
        return int(found.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise InvalidArgument(f"{flag}: {text[:40]!r} is not a moment", hint=EXAMPLE) from None
