"""What processes that are gone were at: found by the files they kept locked, and tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.events.forwarding.attempt import LONGEST, failed, pause_after
from dialkit.store import deliveries, presence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dialkit.store import Database
    from dialkit.store.database import Row
    from dialkit.store.deliveries import Settled

LOOK = 5.0  # seconds between two looks
# Seconds until what such a process was at is tried again, by the kind of target: an app may be at it still,
# for as long as it would have been waited for. A script that is keeps its process present.
PAUSE = {"handler": 0.0, "exec": 0.0, "url": 5.0}


class Leftovers:
    """Looks for what others left, on behalf of `who`; for any target, and whoever does it.

    And for what a clock that was set back holds up, of the `targets`.
    """

    def __init__(
        self, database: Database, who: str, targets: Iterable[str], tell: Callable[[str], None]
    ) -> None:
        self._database, self._who, self._targets, self._tell = database, who, tuple(targets), tell
        self._looked: float | None = None

    def look(self, moment: float, now: float) -> None:
        """Have it tried again, if it is time to look: `moment` by a clock that only runs on."""
        if self._looked is not None and moment - self._looked < LOOK:
            return
        folder, left = self._database.folder, 0
        deliveries.hasten(self._database, self._targets, now, now + LONGEST)
        for who in deliveries.claimers(self._database, self._who):
            if presence.gone(folder, who.rpartition(" ")[2]):
                rows = deliveries.claimed_by(self._database, who)
                known = [_left(row, now) for row in rows if _kind(row) in PAUSE]
                left += deliveries.settle(self._database, who, known, now)
        if self._looked is None:
            presence.tidy(folder)
        self._looked = moment
        if left:
            self._tell(f"note: under way in a process that has ended, and tried again: {left} deliveries")


def _left(row: Row, now: float) -> Settled:
    """One event may be what ends each process, so it comes less and less often."""
    pause = PAUSE[_kind(row)]
    if row["attempts"] > 1:
        pause = max(pause, pause_after(row["attempts"] - 1))
    return failed(row, "the process that was at it ended", now, pause=pause)


def _kind(row: Row) -> str:
    return str(row["target"]).partition(":")[0]
