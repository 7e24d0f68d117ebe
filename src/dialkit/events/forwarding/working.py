"""Working on what waits for targets: claimed, brought, settled; one transaction for what ends and begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.errors import DialkitError
from dialkit.events.forwarding.attempt import attempt
from dialkit.events.forwarding.lane import Lane
from dialkit.events.forwarding.leftovers import Leftovers
from dialkit.events.forwarding.telling import Telling
from dialkit.store import deliveries, presence
from dialkit.store.deliveries import DONE

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from dialkit.client.clock import Clock
    from dialkit.events.forwarding.tally import Tally
    from dialkit.events.forwarding.target import Target
    from dialkit.store import Database
    from dialkit.store.database import Row
    from dialkit.store.deliveries import Settled

SLACK = 30.0  # seconds by which a claim outlasts its attempt: to settle it, and for clocks that differ
LOOK = 1.0  # seconds between two looks for what other processes added
AHEAD, MOST_AHEAD = 0.1, 128  # what is claimed beyond what is under way: seconds of work, and at the most
STALE = 1.0  # seconds after which what was claimed ahead and not begun goes back, for whoever has a place
GATHER = 0.05  # seconds in which what ends is gathered for one commit
PATIENCE = 6.0  # seconds for what is under way when all ends


class Worker:
    """Claims, brings, settles: one transaction for all that ended and all that begins.

    A commit costs as much for a hundred as for one, so what is brought quickly is claimed ahead, and settled
    together. Belongs to the event loop it is made in.

    Attributes:
        wake: is set when a turn is worth it.
    """

    def __init__(
        self,
        database: Database,
        targets: dict[str, Target],
        tell: Callable[[str], None],
        clock: Clock,
        tally: Tally | None = None,
    ) -> None:
        import asyncio

        from dialkit.store.outbox import me

        self.wake = asyncio.Event()
        self._database, self._tell, self._clock, self._tally = database, tell, clock, tally
        if tally is not None:
            tally.begin(targets)
        self._lanes = {name: Lane(target) for name, target in targets.items()}
        self._presence = presence.Presence(database.folder)
        self._who = f"{me()} {self._presence.name}"
        self._leftovers = Leftovers(database, self._who, self._lanes, tell)
        self._telling = Telling(tell)
        self._under_way: dict[asyncio.Task[Settled], Row] = {}
        self._settled: list[Settled] = []
        self._back: list[int] = []  # ids of claims that are given back
        self._begun = 0
        self._turned = clock.monotonic()
        self._gathering: asyncio.TimerHandle | None = None
        self._at_fault = False

    @property
    def busy(self) -> int:
        """How many are claimed, or ended and are not settled."""
        ahead = sum(len(lane.ahead) for lane in self._lanes.values())
        return ahead + len(self._under_way) + len(self._settled) + len(self._back)

    def added(self) -> None:
        """There is something new in the store. No turn is worth it while all places are taken."""
        for lane in self._lanes.values():
            lane.more = True
            if lane.low:
                self.wake.set()

    def turn(self) -> int:
        """Settle what has ended, claim more, and begin it; how many were begun since the last turn."""
        self.wake.clear()
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        moment = self._clock.monotonic()
        for lane in self._lanes.values():
            while lane.ahead and moment - lane.ahead[0][1] > STALE:
                self._back.append(lane.ahead.popleft()[0]["id"])
            lane.goal = min(MOST_AHEAD, int(lane.ended * AHEAD / max(moment - self._turned, 0.001)))
        wanted = {name: lane.free for name, lane in self._lanes.items() if lane.free > 0}
        try:
            self._leftovers.look(moment, self._clock.now())
            if self._tally is not None:
                self._tally.look(lambda: deliveries.standing(self._database), moment)
            now = self._clock.now()
            claims = [
                (name, most, now + self._lanes[name].target.within + SLACK) for name, most in wanted.items()
            ]
            rows = deliveries.turn(self._database, self._who, self._settled, claims, now, back=self._back)
        except DialkitError as error:  # locked, full, away: what ended is settled later
            if not self._at_fault:
                self._tell(f"warning: forwarding waits for the store: {error.message}")
            self._at_fault = True
        else:
            self._at_fault = False
            self._settled.clear()
            self._back.clear()
            self._turned = moment
            self._claimed(rows, wanted)
        begun, self._begun = self._begun, 0
        return begun

    async def wait(self, *, idle: bool = True) -> None:
        """Return when a turn is worth it: some have ended, were added, or are due.

        Where not `idle`, at once if nothing is under way.
        """
        import asyncio

        if not idle and not self._under_way:
            return
        try:
            async with asyncio.timeout(self._pause()):
                await self.wake.wait()
        except TimeoutError:
            pass

    async def end(self, within: float = PATIENCE) -> None:
        """Let what is under way finish for so many seconds; settle it, and give back the rest."""
        import asyncio

        for lane in self._lanes.values():
            self._back += [row["id"] for row, _ in lane.ahead]
            lane.ahead.clear()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=2.0)
        self._back += [row["id"] for row in self._under_way.values()]
        left = True
        try:
            if self._settled or self._back:
                now = self._clock.now()
                deliveries.turn(self._database, self._who, self._settled, (), now, back=self._back)
        except DialkitError as error:
            self._tell(f"warning: {error.message}; what was under way is delivered once more")
        else:
            left = False
        self._presence.close(left=left)
        for lane in self._lanes.values():
            await lane.target.close()

    def _claimed(self, rows: Sequence[Row], wanted: dict[str, int]) -> None:
        """Take in what was claimed, of so many that were wanted at the most."""
        moment = self._clock.monotonic()
        for row in rows:
            self._lanes[row["target"]].ahead.append((row, moment))
        for name, lane in self._lanes.items():
            lane.ended = 0
            if name in wanted:
                lane.more = sum(1 for row in rows if row["target"] == name) == wanted[name]
            self._begin(lane)

    def _begin(self, lane: Lane) -> None:
        """Begin as many as may be under way."""
        import asyncio

        while lane.ahead and lane.under_way < lane.target.at_once:
            row, since = lane.ahead.popleft()
            if self._clock.monotonic() - since > STALE:
                self._back.append(row["id"])
                continue
            work = attempt(lane.target, row, self._clock, self._presence.descriptor)
            task = asyncio.ensure_future(work)
            self._under_way[task] = row
            lane.under_way += 1
            self._begun += 1
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Settled]) -> None:
        """One has ended: the next begins, and it is settled with others, or with the next claim."""
        row = self._under_way.pop(task)
        lane = self._lanes[row["target"]]
        lane.under_way -= 1
        if task.cancelled():  # all ends
            self._back.append(row["id"])
            return
        self._settled.append(task.result())
        self._telling.settled(row, task.result(), self._clock.monotonic())
        if self._tally is not None:
            self._tally.attempted(row["target"], delivered=task.result().state == DONE)
        lane.ended += 1
        self._begin(lane)
        if lane.low:
            self.wake.set()
        elif self._gathering is None:
            self._gathering = task.get_loop().call_later(GATHER, self.wake.set)

    def _pause(self) -> float:
        if self._at_fault or any(lane.more for lane in self._lanes.values()):
            return LOOK
        try:
            due = deliveries.next_at(self._database, self._lanes)
        except DialkitError:
            return LOOK
        # What is due and was not claimed waits for one that is under way to end.
        return LOOK if due is None else min(LOOK, max(due - self._clock.now(), 0.05))
