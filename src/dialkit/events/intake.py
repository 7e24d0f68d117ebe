"""From messages to the store: verified, grouped, kept, then told. What was not verified is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import BadSignature, DialkitError, InvalidEvent
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.client.clock import Clock
    from dialkit.inbox.keeping import Kept
    from dialkit.store import Database

GROUP = 256  # events of one transaction at the most
WAITING = 10_000  # events in memory at the most; then the sender waits
PATIENCE = 2.0  # seconds until the store is tried again
LAST_TRIES = 5  # of a run that ends


class Counts(NamedTuple):
    """How many messages were new, known already, and refused."""

    new: int = 0
    duplicates: int = 0
    refused: int = 0


class Intake:
    """Takes messages of one websocket.

    Parameters:
        database: where to keep them; used in a thread of its own.
        secret: what signs them. `sign` changes it, where the websocket is made anew.
        targets: names of what each event is brought to, see `dialkit.events.forwarding`.
        kept: is called in the event loop with what was new, after it is on the disk.
        tell: is told in a line what was refused, and that the store cannot be written.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        *,
        targets: Sequence[str],
        kept: Callable[[list[tuple[int, Arrival]]], None],
        tell: Callable[[str], None],
        clock: Clock,
    ) -> None:
        import asyncio

        self._database, self._targets, self._kept, self._tell = database, tuple(targets), kept, tell
        self._secret, self._clock = secret.encode(), clock
        self._queue: asyncio.Queue[Arrival | None] = asyncio.Queue(WAITING)
        self.counts = Counts()
        self._tries: int | None = None  # at the store, before giving up; None: as many as it takes

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
        await self._queue.put(arrival)

    async def end(self) -> None:
        """No more will come: `run` returns once all is kept, or the store cannot be written for long."""
        self._tries = LAST_TRIES
        await self._queue.put(None)

    async def run(self) -> None:
        """Keep what comes, until `end`."""
        ended = False
        while not ended:
            group = [await self._queue.get()]
            while len(group) < GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            ended = None in group
            arrivals = [one for one in group if one is not None]
            if arrivals:
                self._count(arrivals, await self._keep(arrivals))

    def _count(self, arrivals: list[Arrival], kept: list[Kept | None]) -> None:
        both = [(one, arrival) for one, arrival in zip(kept, arrivals, strict=True) if one is not None]
        new = [(one.event_id, arrival) for one, arrival in both if not one.duplicate]
        before = self.counts
        self.counts = Counts(
            before.new + len(new),
            before.duplicates + len(both) - len(new),
            before.refused + len(arrivals) - len(both),
        )
        if new:
            self._kept(new)

    async def _keep(self, arrivals: list[Arrival]) -> list[Kept | None]:
        """Keep them, however long that takes, but for the end: what was received is not to be lost.

        None for one that is lost all the same: by a bug, which must not take the others with it.
        """
        import asyncio

        said = False
        while True:
            try:
                return [*await asyncio.to_thread(self._write, arrivals)]
            except DialkitError as error:
                if not said:
                    self._tell(
                        f"warning: events wait in memory, the store cannot be written: {error.message}"
                    )
                said = True
                if self._tries is not None:
                    self._tries -= 1
                    if self._tries < 0:
                        self._tell(f"warning: {len(arrivals)} events are lost: {error.message}")
                        return [None] * len(arrivals)
                await asyncio.sleep(PATIENCE)
            except Exception as error:
                if len(arrivals) > 1:
                    return [kept for one in arrivals for kept in await self._keep([one])]
                self._tell(
                    f"warning: an event could not be kept, by a bug in dialkit: {type(error).__name__}"
                )
                return [None]

    def _write(self, arrivals: list[Arrival]) -> list[Kept]:
        """All in one transaction."""
        with self._database.write() as tx:
            kept = keep(self._database, arrivals)
            deliveries.add(tx, [one.event_id for one in kept], self._targets, self._clock.now())
        return kept

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
