"""Working on what waits for targets: claimed, brought, settled; one transaction for what ends and begins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.client.base import jitter
from dialkit.errors import DialkitError
from dialkit.events.target import Job, NotDelivered
from dialkit.store import deliveries
from dialkit.store.deliveries import DEAD, DONE, WAITING, Settled

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from dialkit.client.clock import Clock
    from dialkit.events.target import Target
    from dialkit.store import Database
    from dialkit.store.database import Row

FIRST, LONGEST = 1.0, 3600.0  # seconds until the second attempt, which double; and at the most
GIVEN_UP = 86_400.0  # seconds after the first attempt; one that fails then was the last
SLACK = 30.0  # seconds by which a claim outlasts its attempt: to settle it, and for clocks that differ
LOOK = 1.0  # seconds between two looks for what other processes added
KEPT = 500  # characters of an error
QUIET = 60.0  # seconds in which it is said but once that a target fails


class Worker:
    """Claims, brings, settles: one transaction for all that ended and all that begins."""

    def __init__(
        self, database: Database, targets: dict[str, Target], tell: Callable[[str], None], clock: Clock
    ) -> None:
        from secrets import token_hex

        from dialkit.store.outbox import me

        self._database, self._targets, self._tell, self._clock = database, targets, tell, clock
        self._who = f"{me()} {token_hex(4)}"
        self._under_way: dict[asyncio.Task[Settled], Row] = {}
        self._settled: list[Settled] = []
        self._failing: dict[str, int] = {}  # by target: failures since it was said that it fails
        self._said: dict[str, float] = {}  # by target: when that was
        self._at_fault = False

    @property
    def busy(self) -> int:
        """How many are under way, or ended and are not settled."""
        return len(self._under_way) + len(self._settled)

    async def turn(self) -> int:
        """Settle what has ended, and begin as many as may be under way; how many were begun."""
        import asyncio

        for task in [task for task in self._under_way if task.done()]:
            self._told(self._under_way.pop(task), task.result())
            self._settled.append(task.result())
        now = self._clock.now()
        free = {name: one.at_once - self._busy(name) for name, one in self._targets.items()}
        wanted = [
            (name, most, now + self._targets[name].within + SLACK) for name, most in free.items() if most > 0
        ]
        try:
            rows = deliveries.turn(self._database, self._who, self._settled, wanted, now)
        except DialkitError as error:  # locked, full, away: what ended is settled later
            if not self._at_fault:
                self._tell(f"warning: forwarding waits for the store: {error.message}")
            self._at_fault = True
            return 0
        self._at_fault = False
        self._settled.clear()
        for row in rows:
            self._under_way[asyncio.ensure_future(self._attempt(row))] = row
        return len(rows)

    async def wait(self, wake: asyncio.Event | None) -> None:
        """Return when there may be something to do: one has ended, was added, or is due."""
        import asyncio

        if wake is None and not self._under_way:
            return
        waker = asyncio.ensure_future(wake.wait()) if wake is not None else None
        try:
            waited: set[asyncio.Future[Any]] = {*self._under_way, *([waker] if waker else [])}
            await asyncio.wait(waited, timeout=self._pause(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if waker is not None:
                waker.cancel()

    async def end(self, within: float = 6.0) -> None:
        """Let what is under way finish for so many seconds; settle it, and give back the rest."""
        import asyncio

        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        late = [task for task in self._under_way if not task.done()]
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=2.0)
        back = [self._under_way.pop(task)["id"] for task in late]
        settled = self._settled + [task.result() for task in self._under_way]
        try:
            deliveries.turn(self._database, self._who, settled, (), self._clock.now(), back=back)
        except DialkitError as error:
            self._tell(f"warning: {error.message}; what was under way is delivered once more")
        for target in self._targets.values():
            await target.close()

    def _busy(self, name: str) -> int:
        return sum(1 for row in self._under_way.values() if row["target"] == name)

    def _pause(self) -> float:
        if self._at_fault:
            return LOOK
        try:
            due = deliveries.next_at(self._database, self._targets)
        except DialkitError:
            return LOOK
        # What is due and was not claimed waits for one that is under way to end.
        return LOOK if due is None else min(LOOK, max(due - self._clock.now(), 0.05))

    async def _attempt(self, row: Row) -> Settled:
        import asyncio

        target = self._targets[row["target"]]
        job = Job(
            row["id"],
            row["event_id"],
            row["kind"],
            row["body"],
            json.loads(row["payload_json"]),
            row["attempts"],
        )
        try:
            async with asyncio.timeout(target.within):
                await target.deliver(job)
        except TimeoutError:
            return self._failed(row, f"took longer than {target.within:g} s")
        except NotDelivered as error:
            return self._failed(row, str(error), final=error.final)
        except Exception as error:
            return self._failed(row, f"{type(error).__name__}: {error}")
        return Settled(row["id"], DONE)

    def _failed(self, row: Row, why: str, *, final: bool = False) -> Settled:
        now = self._clock.now()
        why = " ".join(why.split())[:KEPT]
        if final or now - row["first_at"] >= GIVEN_UP:
            return Settled(row["id"], DEAD, why)
        return Settled(row["id"], WAITING, why, now + pause_after(row["attempts"]))

    def _told(self, row: Row, settled: Settled) -> None:
        """Say of a target that it fails when it begins to, and that it takes events again."""
        name, now = row["target"], self._clock.monotonic()
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
        elif now - self._said.get(name, -QUIET) >= QUIET:
            self._said[name], self._failing[name] = now, 1
            self._tell(f"warning: {name}: {settled.error}; it is tried again, see dialpad events pending")


def pause_after(attempts: int, draw: Callable[[], float] = jitter) -> float:
    """Seconds until the next attempt, after so many: 1, 2, 4, … up to an hour, less up to half by chance."""
    return min(LONGEST, FIRST * 2.0 ** min(attempts - 1, 20)) * (0.5 + draw() / 2)
