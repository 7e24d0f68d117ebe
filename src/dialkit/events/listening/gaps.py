"""Times in which nothing could be received, said plainly."""

from __future__ import annotations

DAY = 86_400.0
LONGEST = 30  # days that `dialpad inbox sync` goes back at the most


def told(since: float, until: float) -> str:
    """One line on a gap, in seconds since 1970, and how to fill it as far as that can be done."""
    from math import ceil

    days = min(LONGEST, max(1, ceil((until - since) / DAY)))
    return (
        f"warning: not connected from {moment(since)} to {moment(ceil(until))}: what happened then may have "
        f"been missed; to look for it: dialpad inbox sync --days {days}"
    )


def moment(at: float) -> str:
    """A time as it is shown: ISO 8601, UTC, to the second."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
