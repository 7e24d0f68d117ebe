"""Saying of a target that it fails, when it begins to, and that it takes events again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.store.deliveries import DEAD, DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.store.database import Row
    from dialkit.store.deliveries import Settled

QUIET = 60.0  # seconds in which it is said but once that a target fails


class Telling:
    """`tell` is told, in one line each."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._failing: dict[str, int] = {}  # by target: failures since it was said that it fails
        self._said: dict[str, float] = {}  # by target: when that was

    def settled(self, row: Row, settled: Settled, moment: float) -> None:
        """An attempt has ended, at a moment by a clock that only runs on."""
        name = row["target"]
        if settled.state == DONE:
            if failed := self._failing.pop(name, 0):
                self._tell(f"note: {name} takes events again, after {failed} attempts that failed")
            return
        if settled.state == DEAD:
            self._tell(
                f"warning: event {row['event_id']} is given up for {name}: {settled.error}; "
                f"dialpad events pending --dead"
            )
        elif name in self._failing:
            self._failing[name] += 1
        elif moment - self._said.get(name, -QUIET) >= QUIET:
            self._said[name], self._failing[name] = moment, 1
            self._tell(f"warning: {name}: {settled.error}; it is tried again, see dialpad events pending")
