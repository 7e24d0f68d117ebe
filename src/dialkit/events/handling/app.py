"""Handlers for a program of the user's own: events come in by its server, are kept, and then handled.

    from dialkit.events import App

    app = App(secrets=os.environ["DIALPAD_WEBHOOK_SECRET"])

    @app.on("sms.received")
    def reply(event):
        print(event.from_number, event.text)

`app.asgi` and `app.wsgi` are plain applications of either kind, to be mounted wherever events are posted. An
event is answered 2xx once it is in the store, together with the work it makes, and handled after that. A
handler that fails is called again, after 1 s, 2 s, 4 s … up to an hour, for a day; what is left then is a
dead letter. It is called at least once for each event, and once where nothing fails; order is not kept.
"""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from dialkit.errors import NotFound
from dialkit.events import names
from dialkit.events.forwarding.tally import Tally
from dialkit.events.handling.bridge import Bridge
from dialkit.events.handling.handlers import PREFIX, log, typed
from dialkit.events.handling.mounting import Everywhere, Mounted
from dialkit.events.handling.registry import Registry

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Iterable, Mapping
    from typing import Self

    from dialkit.client.clock import Clock
    from dialkit.events.forwarding import Forwarder
    from dialkit.events.keeping.keeper import Keeper
    from dialkit.events.receiver.reception import Reception
    from dialkit.inbox.keeping import Arrival
    from dialkit.store import Database
    from dialkit.webhooks import AnyEvent

MOST_DEAD = 1000


class DeadLetter(NamedTuple):
    """An event that a handler did not take within a day.

    Attributes:
        id: what `App.retry` and `App.drop`, and ``dialpad events pending``, call it.
        event_id: the event's id in the store, for ``dialpad events show``.
        handler: the handler's name.
        attempts: how often it was called.
        error: how the last call failed.
        event: the event, in its type.
    """

    id: int
    event_id: int
    handler: str
    attempts: int
    error: str
    event: AnyEvent


class App(Registry):
    """Receives events and calls handlers.

    Parameters:
        secrets: the webhook's secret; or several, of which any may have signed, while you change it. None is
            for webhooks without one: then events are taken from this machine only, unless `insecure`.
        insecure: without a secret, take what anybody posts.
        name: goes before the names of handlers, ``name.function``. Programs that share a store must not share
            names of handlers, else each does the other's work.
        environ: where `DIALKIT_HOME` and `DIALKIT_DATABASE_URL` are read; the process's, if left out.
        clock: tells the time (`dialkit.client.clock.Clock`); the machine's, if left out.

    Attributes:
        asgi: the ASGI application: takes events at whatever path it is mounted. Handlers begin with the
            server where this is its own application, else with the first event, unless `lifespan` or `start`
            begins them before: then what failed earlier is tried again from the start.
        wsgi: the WSGI application, likewise.

    Raises `InvalidArgument` for an empty secret.
    """

    def __init__(
        self,
        *,
        secrets: str | bytes | Iterable[str | bytes] | None,
        insecure: bool = False,
        name: str = "",
        environ: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        from dialkit.client.clock import Clock
        from dialkit.webhooks.unwrapping import keys_of

        super().__init__(name)
        self._keys, self._insecure = keys_of(secrets), insecure
        self._environ = os.environ if environ is None else environ
        self._clock = clock or Clock()
        self._tally = Tally()
        self._turn = threading.RLock()
        self._forwarder: Forwarder | None = None
        self._process = 0
        self.asgi = Mounted(self._reception, self._running, self._start_at, self.stop)
        self.wsgi = Bridge(self._reception, self.start)

    def __repr__(self) -> str:
        return f"<App of {len(self._handlers)} handlers>"

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Handlers work within it: ``FastAPI(lifespan=events.lifespan)``, or ``async with``."""
        import asyncio

        await asyncio.to_thread(self._start_at, asyncio.get_running_loop())
        try:
            yield
        finally:
            await self.asgi.close()
            await asyncio.to_thread(self.stop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Have handlers called, in threads of their own, until `stop`; again does no harm."""
        from dialkit.events.handling.loading import load

        if self._running():
            return
        load(self._environ)
        with self._turn:
            if not self._running():
                self._begun = True
                self._forwarder = self._made()
                self._process = os.getpid()
                self._forwarder.start()
                atexit.register(self.stop)

    def stop(self, within: float = 10.0) -> None:
        """Let calls that are under way finish, for so many seconds; what waits is done at the next start."""
        atexit.unregister(self.stop)
        with self._turn:
            if self._forwarder is not None and self._process == os.getpid():
                self._forwarder.stop(within)
            self._forwarder = None
        self.wsgi.close()

    def run_pending(self) -> int:
        """Call handlers for all that is due, here and now, until nothing is; how many calls there were.

        For tests, and for cron where no process runs all the time. Not within an event loop.
        """
        return self._made().run_due()

    def dead_letters(self) -> list[DeadLetter]:
        """What handlers of this app did not take within a day, the newest first; at most 1000."""
        import json

        from dialkit.store import deliveries

        with self._opened() as database:
            rows = deliveries.dead(database, tuple(self._handlers), MOST_DEAD)
        return [
            DeadLetter(
                row["id"],
                row["event_id"],
                row["target"].removeprefix(PREFIX),
                row["attempts"],
                row["last_error"] or "",
                typed(json.loads(row["payload_json"])),
            )
            for row in rows
        ]

    def retry(self, dead_letter_id: int) -> None:
        """Have a dead letter handled once more, as if it were new. Raises `NotFound`."""
        from dialkit.store import deliveries

        with self._opened() as database:
            self._settle(deliveries.again(database, dead_letter_id, self._clock.now()), dead_letter_id)
        if self._forwarder is not None:
            self._forwarder.wake()

    def drop(self, dead_letter_id: int) -> None:
        """Give a dead letter up for good. Raises `NotFound`."""
        from dialkit.store import deliveries

        with self._opened() as database:
            self._settle(deliveries.drop(database, dead_letter_id, self._clock.now()), dead_letter_id)

    def _settle(self, count: int, dead_letter_id: int) -> None:
        if not count:
            hint = "app.dead_letters(), or dialpad events pending --dead"
            raise NotFound(f"there is no dead letter {dead_letter_id}", status=None, hint=hint)

    def _start_at(self, home: asyncio.AbstractEventLoop) -> None:
        self._home = home
        self.start()

    def _running(self) -> bool:
        """Whether handlers work, in this process: servers fork after they have loaded the program."""
        forwarder = self._forwarder
        if forwarder is None or self._process != os.getpid():
            return False
        return forwarder.running or not self._handlers

    def _made(self) -> Forwarder:
        from dialkit.events.forwarding import Forwarder

        handlers = tuple(self._handlers.values())
        return Forwarder(self._opened, handlers, log().warning, self._clock, self._tally)

    def _opened(self) -> Database:
        from dialkit.store import Database

        return Database.of(self._environ, log().warning)

    def _reception(self) -> Reception:
        from dialkit.events.receiver.judging import Judge
        from dialkit.events.receiver.reception import Reception

        judge = Judge({}, self._keys, clock=self._clock)
        judge.paths = Everywhere()
        reception = Reception(
            judge,
            self._keeper(),
            log().warning,
            local_only=self._keys is None and not self._insecure,
            stored=self._wake,
        )
        reception.metrics.tally = self._tally
        return reception

    def _keeper(self) -> Keeper:
        from dialkit.events.keeping.keeper import Here

        return Here(self._opened, self._wanted, self._clock.now)

    def _wake(self) -> None:
        if self._forwarder is not None:
            self._forwarder.wake()

    def _wanted(self, arrival: Arrival) -> list[str]:
        """Whom an event is for. One that came by another way before is new here."""
        name = names.name_of(arrival.kind, arrival.payload)
        return [target for target, handler in self._handlers.items() if handler.wants(name)]
