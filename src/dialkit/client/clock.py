"""Time as everything in dialkit sees it: one object, passed in, so that tests need not sleep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo


class Clock:
    """Real time. A test passes its own with the same methods."""

    def now(self) -> float:
        """Seconds since 1970, UTC: shared by the processes of a machine."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only ever grow: for measuring."""
        return time.monotonic()

    def sleep(self, seconds: float, why: str = "") -> None:  # noqa: ARG002 - for those who show it
        """Wait. `why` is ``limit`` or ``retry``, for those who show it to a person."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float, why: str = "") -> None:  # noqa: ARG002
        """Wait without holding up the event loop."""
        import asyncio

        await asyncio.sleep(seconds)


def zone_of(name: str) -> tzinfo:
    """A time zone by its name in the tz database. Raises `InvalidArgument`."""
    if name == "UTC":
        from datetime import UTC

        return UTC
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        from dialkit.catalog.model import nearest
        from dialkit.errors import InvalidArgument

        near = nearest(name, available_timezones())
        hint = f"did you mean {' or '.join(near)}?" if near else "write it like America/Los_Angeles"
        raise InvalidArgument(f"--timezone: {name[:80]!r} is no time zone", hint=hint) from None
