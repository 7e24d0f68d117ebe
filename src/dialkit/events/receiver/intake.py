"""Intake: events that wait to be written down, and the one thread that does it.

Single commits are slow and groups are not, so whatever came while one group was written is the next. Who
waits is told after the commit, never before. Where it cannot be written who waits is told as well: the
sender then tries again, and what was stored nevertheless is a duplicate.
"""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic, perf_counter, time
from typing import TYPE_CHECKING, Any

from dialkit.store import notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.events.receiver.metrics import Metrics
    from dialkit.inbox.keeping import Arrival, Kept
    from dialkit.store.database import Database

    Keep = Callable[[Database, Sequence[Arrival]], Sequence[Kept]]

GROUP = 256  # events of one commit: more gain nothing, and the first of them wait for the last
PROBE = "receiver"  # the note by which it is seen whether the store can be written
TELL_EVERY = 10.0  # seconds
MOST_WAITING = 4096  # events that wait
MOST_BYTES = 16 << 20  # of their bodies together


class Waiting:
    """An event that waits. `kept` and `fine` are set once it is stored, `over` once nobody waits any more."""

    __slots__ = ("arrival", "fine", "kept", "over", "ticket")

    def __init__(self, arrival: Arrival | None, ticket: Any) -> None:
        self.arrival = arrival  # None: only try whether the store can be written
        self.ticket = ticket  # the caller's own
        self.kept: Kept | None = None
        self.fine = False
        self.over = False


class Intake:
    """The thread that writes. `settle` is called by it with each group that is done, well or not.

    Parameters:
        open_store: opens the database; called again after a failure, since a connection may be dead.
        keep: writes a group in one transaction, all or none (`dialkit.inbox.keeping.keep`).
        settle: takes a group; whatever of it has no `kept` was not stored.
        metrics: counts.
        tell: hears of failures, in a line.
    """

    def __init__(
        self,
        open_store: Callable[[], Database],
        keep: Keep,
        settle: Callable[[list[Waiting]], None],
        metrics: Metrics,
        tell: Callable[[str], None],
    ) -> None:
        self._open, self._keep, self._settle = open_store, keep, settle
        self._metrics, self._tell = metrics, tell
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._turn = threading.Condition()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._database: Database | None = None
        self._told = -TELL_EVERY

    def start(self, *, opened: bool) -> None:
        """Begin; again does no harm. `opened`: open the store before, and raise what that raises."""
        if self._thread is None:
            self._database = self._open() if opened else None
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
        if self._database is not None:
            self._database.close()

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
        if self._store(group) or len(group) == 1:
            return
        for each in group:
            if not each.over:  # a store that hangs is not asked once more for each
                self._store([each])

    def _store(self, group: list[Waiting]) -> bool:
        wanted = [each for each in group if not each.over]
        arrivals = [each.arrival for each in wanted if each.arrival]
        began = perf_counter()
        try:
            if self._database is None:
                self._database = self._open()
            if len(arrivals) < len(wanted):
                notes.keep(self._database, PROBE, 0, time())
            kept = iter(self._keep(self._database, arrivals) if arrivals else ())
        except Exception as error:
            self._failed(error)
            return False
        for each in wanted:
            each.fine = True
            if each.arrival:
                each.kept = next(kept)
        if arrivals:
            self._metrics.committed(perf_counter() - began)
        return True

    def _failed(self, error: Exception) -> None:
        from dialkit.errors import DialkitError

        # Of our own errors the line is fit to be shown; of others it may hold what was written.
        why = error.message if isinstance(error, DialkitError) else type(error).__name__
        self._metrics.failed_commits += 1
        if monotonic() - self._told >= TELL_EVERY:
            self._told = monotonic()
            self._tell(f"warning: an event cannot be stored ({why}); the sender is told to try again")
        database, self._database = self._database, None
        try:
            if database is not None:
                database.close()
        except Exception as fault:  # it is given up anyway
            self._tell(f"warning: the store does not close ({type(fault).__name__})")
