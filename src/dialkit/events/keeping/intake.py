"""Intake: events that wait to be written down, and the one thread that sees to it.

Single commits are slow and groups are not, so whatever came while one group was written is the next. Who
waits is told after the commit, never before. Where it cannot be written who waits is told as well; what is
then put again, and was stored nevertheless, is a duplicate.
"""

from __future__ import annotations

import threading
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.events.keeping.keeper import Keeper
    from dialkit.events.metrics import Metrics
    from dialkit.inbox.keeping import Arrival, Kept

GROUP = 256  # events of one commit: more gain nothing, and the first of them wait for the last
MOST_WAITING = 4096  # events that wait
MOST_BYTES = 16 << 20  # of their bodies together
LONG = 1.0  # seconds: a store that takes its time to fail is not asked once more for each


class Waiting:
    """An event that waits. `kept` is set once it is stored, `fault` where it could not be.

    `over` is set by the caller once nobody waits any more.
    """

    __slots__ = ("arrival", "fault", "kept", "over", "ticket")

    def __init__(self, arrival: Arrival | None, ticket: Any) -> None:
        self.arrival = arrival  # None: only try whether the store can be written
        self.ticket = ticket  # the caller's own
        self.kept: Kept | None = None
        self.fault: Exception | None = None
        self.over = False


class Intake:
    """The thread that has events written. It calls `settle` with each group that is done, well or not.

    Parameters:
        keeper: writes a group, all or none; only this thread uses it.
        settle: takes a group; whatever of it has a `fault` was not stored.
        metrics: counts.
    """

    def __init__(self, keeper: Keeper, settle: Callable[[list[Waiting]], None], metrics: Metrics) -> None:
        self._keeper, self._settle, self._metrics = keeper, settle, metrics
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._turn = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None

    def start(self, *, opened: bool) -> None:
        """Begin; again does no harm. `opened`: open the store before, and raise what that raises."""
        if self._thread is None:
            if opened:
                self._keeper.open()
            self._thread = threading.Thread(target=self._work, name="dialkit-intake", daemon=True)
            self._thread.start()

    def put(self, some: Sequence[Waiting]) -> list[Waiting]:
        """Have events written down; those that are not, where too many wait already, or it ends."""
        refused = []
        with self._turn:
            for waiting in some:
                size = len(waiting.arrival.body) if waiting.arrival else 0
                if self._ending or len(self._waiting) >= MOST_WAITING or self._bytes + size > MOST_BYTES:
                    refused.append(waiting)
                else:
                    self._waiting.append(waiting)
                    self._bytes += size
            self._metrics.waiting = len(self._waiting)
            self._turn.notify()
        return refused

    def close(self, patience: float) -> None:
        """Write down what waits, for so many seconds at the most, and end."""
        with self._turn:
            self._ending = True
            self._turn.notify()
        if self._thread is not None:
            self._thread.join(patience)

    def _work(self) -> None:
        while group := self._next():
            self._write(group)
            self._settle(group)
        self._keeper.close()

    def _next(self) -> list[Waiting]:
        """The next group; an empty one is the end."""
        with self._turn:
            while not self._waiting and not self._ending:
                self._turn.wait()
            group = [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]
            self._bytes -= sum(len(each.arrival.body) for each in group if each.arrival)
            self._metrics.waiting = len(self._waiting)
        return group

    def _write(self, group: list[Waiting]) -> None:
        """Store a group, or one by one where that fails: one event that cannot be kept costs no other."""
        began = perf_counter()
        if self._store(group) or len(group) == 1:
            return
        for each in group:
            if perf_counter() - began > LONG:
                return
            if not each.over:
                self._store([each])

    def _store(self, group: list[Waiting]) -> bool:
        wanted = [each for each in group if not each.over]
        arrivals = [each.arrival for each in wanted if each.arrival]
        began = perf_counter()
        try:
            if len(arrivals) < len(wanted):
                self._keeper.keep(())
            kept = iter(self._keeper.keep(arrivals) if arrivals else ())
        except Exception as fault:
            self._metrics.failed_commits += 1
            for each in wanted:
                each.fault = fault
            return False
        for each in wanted:
            each.fault = None
            if each.arrival:
                each.kept = next(kept)
        if arrivals:
            self._metrics.committed(perf_counter() - began)
        return True
