"""Listening without a public URL: a websocket at Dialpad, its events verified, kept, told and brought on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.errors import DialkitError, NotFound
from dialkit.events.keeping.keeper import Here
from dialkit.events.listening import gaps, subscribing
from dialkit.events.listening.line import Line
from dialkit.events.listening.messages import Messages
from dialkit.store import listeners

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from dialkit.client import Dialpad
    from dialkit.events.forwarding import Forwarder
    from dialkit.events.listening.messages import Counts
    from dialkit.events.listening.subscribing import Place, Wanted
    from dialkit.inbox.keeping import Arrival
    from dialkit.store import Database

# Seconds between two notes in the store of being connected: a kill leaves as much in doubt. A lock that went
# with its connection to PostgreSQL is taken again then, too.
NOTED = 5.0


class Listener:
    """Listens, until it is stopped.

    Parameters:
        client: asks Dialpad; used in threads.
        database: for what was made at Dialpad; events are kept over a connection of their own.
        wanted: what to be told of.
        secret: signs the events; None has one made up for this run.
        forwarder: brings events to targets; started and stopped by whoever made it.
        shown: is called in the event loop with what was new, as (id in the store, arrival).
        tell: is told a line for a person: what was made, what may have been missed, what went wrong.
    """

    def __init__(
        self,
        client: Dialpad,
        database: Database,
        wanted: Wanted,
        *,
        secret: str | None = None,
        forwarder: Forwarder | None = None,
        shown: Callable[[Sequence[tuple[int, Arrival]]], None] = lambda _new: None,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._client, self._database, self._wanted, self._secret = client, database, wanted, secret
        self._forwarder, self._shown, self._tell = forwarder, shown, tell
        self._place: Place | None = None
        self.left = False  # whether something made for it is still there at the end

    async def listen(self, stop: asyncio.Event) -> Counts:
        """Set up, listen until `stop` is set, take down again; what came.

        Raises what the client raises where it cannot be set up, or may no longer.
        """
        import asyncio

        await asyncio.to_thread(self._set_up)
        assert self._place is not None
        targets = self._forwarder.targets if self._forwarder is not None else ()
        self._messages = Messages(
            Here(self._database.another, lambda _arrival: targets, self._client.clock.now),
            self._place.secret,
            kept=self._kept,
            tell=self._tell,
            stop=stop,
            clock=self._client.clock,
        )
        noter = asyncio.ensure_future(self._note())
        self._line = Line(
            self._renewed, self._messages.take, gap=self._gap, tell=self._tell, clock=self._client.clock
        )
        try:
            await self._line.hear(self._place.url, stop, self._joined)
        finally:
            noter.cancel()
            try:
                counts = await self._messages.end()
            finally:
                await asyncio.to_thread(self._take_down)
        return counts

    def _set_up(self) -> None:
        subscribing.check(self._client, self._wanted)
        subscribing.sweep(self._client, self._database, self._tell)
        self._place = subscribing.establish(self._client, self._database, self._wanted, self._secret)

    def _take_down(self) -> None:
        place = self._place
        if place is None:
            return
        try:
            row = listeners.get(self._database, place.listener_id)
            if row is not None:
                subscribing.take_down(self._client, self._database, row)
        except DialkitError as error:
            self.left = True
            self._tell(
                f"warning: taking down websocket {place.websocket_id} failed: {error.message}; "
                "the next dialpad listen does it"
            )
        finally:
            place.held.close()

    async def _renewed(self) -> str:
        import asyncio

        def ask() -> str:
            if self._place is not None:
                try:
                    return subscribing.renewed(self._client, self._place)
                except NotFound:
                    self._tell("warning: the websocket was deleted by somebody else; a new one is made")
                self._take_down()
                self._place = None  # and it stays so where no new one can be made yet
            self._place = subscribing.establish(self._client, self._database, self._wanted, self._secret)
            self._messages.sign(self._place.secret)
            return self._place.url

        return await asyncio.to_thread(ask)

    def _joined(self) -> None:
        targets = ", ".join(f"{kind}:{number}" for kind, number in self._wanted.targets)
        theirs = [kind for kind in self._wanted.kinds if targets and kind in subscribing.TARGETED]
        rest = [kind for kind in self._wanted.kinds if kind not in theirs]
        both = ((theirs, targets), (rest, "the company"))
        told = " and ".join(f"{', '.join(kinds)} of {whose}" for kinds, whose in both if kinds)
        self._tell(f"note: listening for {told}; Ctrl-C ends it")

    def _kept(self, new: list[tuple[int, Arrival]]) -> None:
        if self._forwarder is not None:
            self._forwarder.wake()
        self._shown(new)

    def _gap(self, since: float, until: float) -> None:
        self._tell(gaps.told(since, until))

    async def _note(self) -> None:
        """Write down every so often that it was connected, for the start after a kill."""
        import asyncio
        from contextlib import suppress

        while True:
            place, heard_at = self._place, self._line.heard_at
            if place is not None and heard_at is not None:
                with suppress(DialkitError):  # who keeps events says so
                    await asyncio.to_thread(listeners.heard, self._database, place.listener_id, heard_at)
            await asyncio.sleep(1.0 if heard_at is None else NOTED)
