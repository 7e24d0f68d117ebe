"""How moments and lengths of time are written where a person gives them: ``2026-03-05T17:00Z``, ``1h30m``."""

from __future__ import annotations

import re

UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
LENGTH = re.compile(r"(?=[0-9])(?:([0-9.]+)d)?(?:([0-9.]+)h)?(?:([0-9.]+)m)?(?:([0-9.]+)s?)?")
LONGEST = 100 * 365 * 86_400.0  # seconds; further on, ISO 8601 ends


def seconds_of(length: float | str) -> float:
    """A length of time in seconds: a number, or ``90s``, ``3h``, ``2d``, ``1h30m``. Raises `ValueError`."""
    if isinstance(length, str):
        found = LENGTH.fullmatch(length.strip())
        try:
            parts = zip(found.groups(), UNITS.values(), strict=True) if found else ()
            seconds = sum(float(count) * unit for count, unit in parts if count) if found else -1.0
        except ValueError:  # 1.2.3
            seconds = -1.0
    else:
        seconds = float(length)
    if 0 <= seconds <= LONGEST:
        return seconds
    raise ValueError(f"{str(length)[:40]!r} is not a length of time such as 90s, 3h, 2d or 1h30m")


def days_in(year: int, month: int) -> int:
    """How many days a month has; without `calendar`, which takes long to import."""
    from datetime import date, timedelta

    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day


def moment_of(moment: float | str) -> float:
    """A moment in seconds since 1970: such a number, or ISO 8601, UTC without a zone. Raises `ValueError`."""
    from datetime import UTC, datetime

    try:
        if isinstance(moment, str) and not re.fullmatch(r"[0-9]{5,}(\.[0-9]+)?", moment.strip()):
            found = datetime.fromisoformat(moment.strip())
            seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        else:
            seconds = float(moment)
        datetime.fromtimestamp(seconds + LONGEST, UTC)  # a world has years after it
        fits = seconds >= 0
    except (ValueError, OverflowError, OSError):
        fits = False
    if not fits:
        raise ValueError(f"{str(moment)[:40]!r} is not a moment such as 2026-03-05T17:00Z")
    return seconds
