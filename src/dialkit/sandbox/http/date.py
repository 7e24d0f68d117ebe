"""The header Date of answers, by the sandbox's own clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# English whatever the locale is, which `strftime` would follow.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Date:
    """What a clock shows as a line of a head, written once for each second."""

    __slots__ = ("_clock", "_line", "_second")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._second, self._line = clock, -1, b""

    def line(self) -> bytes:
        """The line, with its end."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._line = second, _line(second)
        return self._line


def _line(second: int) -> bytes:
    at = time.gmtime(second)
    day = f"{DAYS[at.tm_wday]}, {at.tm_mday:02} {MONTHS[at.tm_mon - 1]} {at.tm_year:04}"
    return f"date: {day} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT\r\n".encode("ascii")
