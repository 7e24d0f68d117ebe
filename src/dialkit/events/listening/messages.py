"""From a websocket's messages to the store: verified, kept, then told. What was not verified is not kept.

What cannot be stored is not lost for that: it waits in memory, and is tried again until it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import BadSignature, DialkitError, InvalidEvent
from dialkit.events.keeping.intake import Intake, Waiting
from dialkit.events.metrics import Metrics
from dialkit.inbox.keeping import Arrival

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from dialkit.client.clock import Clock
    from dialkit.events.keeping.keeper import Keeper

ROOM = 4096  # events
PATIENCE = 2.0  # seconds until the store is tried again
TRIES = 5  # at the store, after the end
HANGS = 15.0  # seconds that one try may take; SQLite waits for 10 until another process lets go of it


class Counts(NamedTuple):
    """How many messages were new, known already, and refused."""

    new: int = 0
    duplicates: int = 0
    refused: int = 0


class Messages:
    """Takes messages of one websocket. Make it within the event loop.

    Parameters:
        keeper: writes events down, in a thread of its own.
        secret: what signs them. `sign` changes it, where the websocket is made anew.
        kept: is called in the event loop with what was new, after it is on the disk. What it raises sets
            `stop`, and comes out of `end`.
        tell: is told in a line what was refused, and that the store cannot be written.
        patience: seconds until the store is tried again.
        room: events in memory at the most; then the sender waits.
    """

    def __init__(
        self,
        keeper: Keeper,
        secret: str,
        *,
        kept: Callable[[list[tuple[int, Arrival]]], None],
        tell: Callable[[str], None],
        stop: asyncio.Event,
        clock: Clock,
        patience: float = PATIENCE,
        room: int = ROOM,
    ) -> None:
        import asyncio

        self._kept, self._tell, self._stop, self._clock, self._patience = kept, tell, stop, clock, patience
        self._secret = secret.encode()
        self._loop = asyncio.get_running_loop()
        self._intake = Intake(keeper, self._settle, Metrics())
        self._intake.start(opened=False)
        self._room = asyncio.Semaphore(room)
        self._open = 0  # events that are neither kept nor lost
        self._done = asyncio.Event()
        self._until: float | None = None  # when the store is given up, after the end
        self._said = False  # that the store cannot be written
        self._fault: Exception | None = None  # of who is told
        self.counts = Counts()

    def sign(self, secret: str) -> None:
        """From now on events are signed with this secret."""
        self._secret = secret.encode()

    async def take(self, message: str | bytes) -> None:
        """Take one message; waits while too many wait for the store."""
        try:
            arrival = self._verified(message)
        except InvalidEvent as error:
            self.counts = self.counts._replace(refused=self.counts.refused + 1)
            if self.counts.refused in (1, 10, 100, 1000) or self.counts.refused % 10_000 == 0:
                self._tell(f"warning: {self.counts.refused} refused, the last because {error.message}")
            return
        await self._room.acquire()
        self._open += 1
        self._put([Waiting(arrival, None)])

    async def end(self) -> Counts:
        """No more will come. Returns once all is kept, or the store cannot be written for long."""
        import asyncio

        self._until = self._loop.time() + TRIES * self._patience
        self._done.clear()
        try:
            async with asyncio.timeout(TRIES * self._patience + HANGS):
                if self._open:
                    await self._done.wait()
        except TimeoutError:
            self._tell(f"warning: {self._open} events may be lost: the store does not answer")
        await asyncio.to_thread(self._intake.close, HANGS)
        if self._fault is not None:
            raise self._fault
        return self.counts

    def _put(self, some: list[Waiting]) -> None:
        if waits := self._intake.put(some):  # there are too many bytes in line
            self._loop.call_later(self._patience, self._put, waits)

    def _settle(self, group: list[Waiting]) -> None:
        """Called by the thread that has them written."""
        try:
            self._loop.call_soon_threadsafe(self._settled, group)
        except RuntimeError:
            pass  # the loop is closed: it was given up

    def _settled(self, group: list[Waiting]) -> None:
        in_time = self._until is None or self._loop.time() < self._until
        again, lost, new = [], [], []
        for each in group:
            if each.kept is not None and each.arrival is not None:
                if not each.kept.duplicate:
                    new.append((each.kept.event_id, each.arrival))
            elif in_time and isinstance(each.fault, DialkitError):
                again.append(each)
            else:  # too late, or by a bug, which must not hold up the others
                lost.append(each)
        self._count(len(new), len(group) - len(again) - len(lost) - len(new), len(lost))
        self._say(again, lost)
        if again:
            self._loop.call_later(self._patience, self._put, again)
        if new:
            self._show(new)

    def _count(self, new: int, duplicates: int, lost: int) -> None:
        before = self.counts
        self.counts = Counts(before.new + new, before.duplicates + duplicates, before.refused + lost)
        for _ in range(new + duplicates + lost):
            self._room.release()
            self._open -= 1
        if not self._open:
            self._done.set()

    def _show(self, new: list[tuple[int, Arrival]]) -> None:
        try:
            self._kept(new)
        except Exception as fault:
            self._fault = fault
            self._stop.set()

    def _say(self, again: list[Waiting], lost: list[Waiting]) -> None:
        if again and not self._said:
            self._tell(f"warning: events wait in memory, the store cannot be written: {_why(again[0])}")
        self._said = bool(again)
        for why in dict.fromkeys(map(_why, lost)):
            number = sum(_why(each) == why for each in lost)
            self._tell(f"warning: {'an event is' if number == 1 else f'{number} events are'} lost: {why}")

    def _verified(self, message: str | bytes) -> Arrival:
        from dialkit.webhooks import token
        from dialkit.webhooks.body import read_object
        from dialkit.webhooks.kinds import kind_of

        body = message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")
        if not token.looks_signed(body):
            raise BadSignature("it is not signed", hint=token.HINT)
        payload: dict[str, Any] = read_object(token.verify(body, (self._secret,)))
        kind = kind_of(payload).kind
        return Arrival(kind, payload, body.decode("ascii"), self._clock.now(), "listen")


def _why(each: Waiting) -> str:
    fault = each.fault
    return fault.message if isinstance(fault, DialkitError) else f"a bug in dialkit ({fault})"
