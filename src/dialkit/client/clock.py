"""Time as everything in dialkit sees it: one object, passed in, so that tests need not sleep."""

from __future__ import annotations

import time


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
