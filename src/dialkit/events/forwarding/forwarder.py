"""Bringing kept events to targets: a URL, a script, a handler. What waits for that is in the store.

    forwarder = Forwarder(lambda: Database.of(environ), [Posting("http://localhost:3000/hook")])
    keep(database, arrivals, targets=forwarder.targets)   # in the transaction that keeps the events
    forwarder.wake()                                      # they leave now, not at the next look

It works in a thread of its own with a database and an event loop of its own, so what a target takes its time
for holds up nobody who receives. Each event reaches each target at least once, and once where the target's
answer arrives. **Order is not kept**: one that failed comes again after those behind it, and several are
under way at a time. A worker takes only what is for its own targets, so that several machines can share a
store, and nothing is run because a row says so.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from dialkit.client.clock import Clock
from dialkit.errors import DialkitError
from dialkit.events.forwarding.working import LOOK, PATIENCE, Worker

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from dialkit.events.forwarding.tally import Tally
    from dialkit.events.forwarding.target import Target
    from dialkit.store import Database

GRACE = 3.0  # seconds to cancel what has not finished, and to write all down


class Forwarder:
    """Works on what waits for some targets. `start` and `stop` it, or use it as a context manager.

    Parameters:
        opened: opens the database, for the forwarder's own thread.
        targets: whom it works for; each is one object, used by this forwarder alone.
        tell: is told, in one line, what could not be delivered.
        clock: tells the time (`dialkit.client.clock.Clock`).
        tally: counts, for who watches.
    """

    def __init__(
        self,
        opened: Callable[[], Database],
        targets: Sequence[Target],
        tell: Callable[[str], None] = lambda _line: None,
        clock: Clock | None = None,
        tally: Tally | None = None,
    ) -> None:
        self._opened, self._targets, self._tell = opened, {one.name: one for one in targets}, tell
        self._clock, self._tally = clock or Clock(), tally
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._ending = False
        self._patience = PATIENCE

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of its targets, for `dialkit.store.deliveries.add`."""
        return tuple(self._targets)

    @property
    def running(self) -> bool:
        """Whether it works: it has begun, and not ended, be it for want of a store."""
        return self._thread is not None and self._thread.is_alive()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to work, as soon as there is a store; that is not waited for."""
        if self._targets:
            self._thread = threading.Thread(target=self._run, name="dialkit-forwarder", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Something was added; from any thread."""
        if self._worker is not None:
            self._there(self._worker.added)

    def stop(self, within: float = PATIENCE) -> None:
        """End: what is under way may finish for so many seconds, the rest waits in the store."""
        self._patience, self._ending = within, True
        if self._worker is not None:
            self._there(self._worker.wake.set)
        if self._thread is not None:
            self._thread.join(within + GRACE)
            self._thread = None

    def run_due(self, *, most: int = 10_000) -> int:
        """Work here and now on what is due, without a thread, until nothing is; how many attempts there were.

        For cron and tests. At most `most` attempts.
        """
        import asyncio

        async def work() -> int:
            with self._opened() as database:
                worker = Worker(database, self._targets, self._tell, self._clock, self._tally)
                done = 0
                try:
                    while done < most and (begun := worker.turn()) + worker.busy:
                        done += begun
                        await worker.wait(idle=False)
                finally:
                    await worker.end()
                return done

        return asyncio.run(work())

    def _there(self, work: Callable[[], None]) -> None:
        """Have it done in the event loop."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(work)
        except RuntimeError:  # it has ended
            pass

    def _run(self) -> None:
        import asyncio

        try:
            asyncio.run(self._work())
        except Exception as error:
            self._tell(f"warning: forwarding has ended ({type(error).__name__}: {error}); start it again")

    async def _work(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        database = await self._patiently()
        if database is None:
            return
        with database:
            self._worker = worker = Worker(database, self._targets, self._tell, self._clock, self._tally)
            try:
                while not self._ending:
                    worker.turn()
                    if not self._ending:
                        await worker.wait()
                worker.turn()  # what came last has its first attempt
            finally:
                await worker.end(self._patience)

    async def _patiently(self) -> Database | None:
        """The database, opened as soon as it can be; None where all ends before."""
        import asyncio

        said = False
        while not self._ending:
            try:
                return self._opened()
            except DialkitError as error:
                if not said:
                    self._tell(f"warning: forwarding waits for the store: {error.message}")
                said = True
                await asyncio.sleep(LOOK)
        return None
