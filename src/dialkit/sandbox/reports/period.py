"""Which days a report is about, and how it writes times: in a time zone, without naming it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import Refusal
from dialkit.sandbox.world.zones import find_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

QUARTER = 900_000  # ms
LONGEST = 18_250  # days; further back than anything here


class Period(NamedTuple):
    """From one moment to before another, in epoch milliseconds, in a time zone."""

    start: int
    end: int
    zone: tzinfo

    def holds(self, moment: float | None) -> bool:
        """Whether a moment in epoch milliseconds is in it."""
        return moment is not None and self.start <= moment < self.end

    def day(self, moment: float) -> str:
        """The day of a moment, such as ``2026-03-05``."""
        return _quarter(int(moment) // QUARTER, self.zone)[0][:10]

    def stamp(self, moment: float | None) -> str:
        """A moment such as ``2026-03-05 17:20:00``; empty where there is none."""
        if moment is None:
            return ""
        quarter, rest = divmod(int(moment), QUARTER)
        hour, minute = _quarter(quarter, self.zone)
        return f"{hour}{minute + rest // 60_000:02d}:{rest // 1000 % 60:02d}"


@lru_cache(maxsize=4096)
def _quarter(number: int, zone: tzinfo) -> tuple[str, int]:
    """Of a quarter of an hour, counted since 1970: day and hour as text, and the minute.

    Zones differ from UTC by whole quarters, so all moments of one are in the same hour.
    """
    moment = datetime.fromtimestamp(number * (QUARTER // 1000), zone)
    return moment.strftime("%Y-%m-%d %H:"), moment.minute


def zone_of(name: str) -> tzinfo:
    """A time zone by its tz database name. Raises `Refusal` 400."""
    if (found := find_zone(name)) is None:
        raise Refusal(400, f"timezone: {name[:80]!r} is no name of the tz database.")
    return found


def period_of(asked: Mapping[str, Any], now: float, prefix: str = "") -> Period:
    """The days a request is about, as seen at `now`: those between two numbers of days ago, both included.

    Left out, the numbers are 1 and 30. With `is_today` it is today, up to now. `prefix` stands before the
    names of the two fields. Raises `Refusal` 400.
    """
    zone = zone_of(asked.get("timezone", "UTC"))
    start, end = f"{prefix}days_ago_start", f"{prefix}days_ago_end"
    near, far = asked.get(start, 1), asked.get(end, 30)
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    latest = int(now * 1000) + 1
    if asked.get("is_today") and not prefix:
        return Period(_milliseconds(today), latest, zone)
    for name, value in ((start, near), (end, far)):
        if not 0 <= value <= LONGEST:
            raise Refusal(400, f"{name}: {str(value)[:20]} is not between 0 and {LONGEST}.")
    if near > far:
        raise Refusal(400, f"{start}: {near} is further back than {end}, {far}.")
    first, after = today - timedelta(days=far), today - timedelta(days=near - 1)
    return Period(_milliseconds(first), min(_milliseconds(after), latest), zone)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
