"""Bringing events to where they are wanted, over HTTP and websockets."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Literal

from dialkit.sandbox.events.deliveries import HELD, Outcome, copy, hurry, settle, wait
from dialkit.sandbox.events.endpoints import find_endpoint
from dialkit.sandbox.events.post import body_of, fault_of_host, post

if TYPE_CHECKING:
    import asyncio

    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.events.sockets import Sockets
    from dialkit.sandbox.world import Record

AT_ONCE = 16  # attempts under way for one endpoint, while the clock runs; one in all while it stands
GONE = Outcome(error="The webhook or websocket was deleted.", state="failed")
LOST = Outcome(error="A fault lost it.", state="lost")
BROKEN = Outcome(error="The sandbox failed; its log has the traceback.", state="failed")


class Courier:
    """What brings deliveries to their endpoints.

    The world says what is to be sent: `flush` takes what is in its outbox, and on the first call all that was
    under way when it was kept. Nobody outside this machine is reached, but hosts in `allowed_hosts`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine, self.world = engine, engine.world
        self.allowed_hosts: set[str] = set()
        self.answer_within = 5.0  # seconds, of real time: what is waited for is outside the sandbox
        self._loop: asyncio.AbstractEventLoop | None = None  # None: nothing was taken from the world yet
        self._queues: dict[int, deque[tuple[int, int]]] = {}  # by endpoint: place in the order, delivery
        self._busy: Counter[int] = Counter()
        self._known: set[int] = set()  # deliveries in the queues or under way
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[int, list[int]] = {}  # by endpoint: those that another one is to overtake
        self._arrived = 0
        self._sockets: Sockets | None = None

    @property
    def sockets(self) -> Sockets:
        """The websockets that are open; made with the first one."""
        if self._sockets is None:
            from dialkit.sandbox.events.sockets import Sockets

            self._sockets = Sockets(self.engine)
        return self._sockets

    def flush(self) -> None:
        """Start what is to be sent now."""
        outbox = self.world.outbox
        if self._loop is not self.engine.loop:
            self.forget()
            self._loop = self.engine.loop
            outbox[:] = [
                delivery["id"] for delivery in self.world.deliveries if delivery["state"] == "sending"
            ]
        if outbox:
            taken, outbox[:] = [*outbox], []
            self._take(taken)
        if self._sockets is not None:
            self._sockets.close_ended()
        if self._queues:
            self._start()

    async def idle(self) -> None:
        """Return when nothing is under way."""
        import asyncio

        while self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def forget(self) -> None:
        """Drop what is under way: the world is about to become another."""
        for task in self._tasks:
            task.cancel()
        self._tasks = set()
        self._queues.clear()
        self._busy.clear()
        self._known.clear()
        self._held.clear()
        self._loop = None
        self.world.outbox.clear()
        if self._sockets is not None:
            self._sockets.close_all()

    async def serve_websocket(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one websocket, from its opening to its end."""
        await self.sockets.serve(scope, receive, send)

    def _take(self, numbers: list[int]) -> None:
        """Put deliveries into the queues; those that go nowhere end here, all in one moment."""
        nowhere: list[tuple[int, str]] = []
        for number in numbers:
            delivery = self.world.deliveries.find(number)
            if delivery is None or number in self._known:
                continue
            _, endpoint = find_endpoint(self.world, delivery["endpoint_id"]) or ("", {})
            why = self._why_not(endpoint)
            if why:
                nowhere.append((number, why))
                continue
            self._known.add(number)
            self._arrived += 1
            self._queues.setdefault(delivery["endpoint_id"], deque()).append((self._arrived, number))
        if nowhere:
            with self.engine.moment():
                for number, why in nowhere:
                    settle(self.world, number, Outcome(error=why, state="unreachable"), self.world.now)

    def _start(self) -> None:
        """Begin as many attempts as may be under way."""
        while (endpoint := self._next()) is not None and self._loop is not None:
            _, number = self._queues[endpoint].popleft()
            if not self._queues[endpoint]:
                del self._queues[endpoint]
            self._busy[endpoint] += 1
            task = self._loop.create_task(self._run(number, endpoint))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> int | None:
        """The endpoint whose turn it is; None where none may begin now."""
        if self.world.frozen:
            if self._busy.total() or not self._queues:
                return None
            return min(self._queues, key=lambda endpoint: self._queues[endpoint][0])
        return next((endpoint for endpoint in self._queues if self._busy[endpoint] < AT_ONCE), None)

    async def _run(self, number: int, endpoint: int) -> None:
        """One attempt, and what follows from it. Cancelled, it leaves no trace."""
        delivery = self.world.deliveries.get(number)
        outcome, began = self._bend(delivery), self.world.clock_time()
        attempted = outcome is None
        if attempted:
            try:
                outcome = await self._attempt(delivery)
            except Exception:
                import logging

                logging.getLogger(__name__).exception("delivery %s", number)
                outcome = BROKEN
        self._busy[endpoint] -= 1
        self._known.discard(number)
        overtaken = [held for held in self._held.pop(endpoint, ()) if held != number] if attempted else ()
        with self.engine.moment():
            if outcome:
                settle(self.world, number, outcome, began)
            for held in overtaken:
                hurry(self.world, held)

    def _bend(self, delivery: Record) -> Outcome | Literal[False] | None:
        """What faults do to a delivery: an outcome, False where it waits, None where it takes its way.

        Each delivery is asked about once, before its first attempt.
        """
        faults = getattr(self.engine, "faults", None)
        if faults is None or delivery["attempts"] or delivery.get("bent"):
            return None
        fault = faults.delivery(delivery)
        if not fault:
            return None
        if "lost" in fault:
            return LOST
        with self.engine.moment():
            for _ in range(int(fault.get("duplicate", 1)) - 1):
                copy(self.world, delivery)
            if "late" in fault:
                wait(self.world, delivery, float(fault["late"]), bent=True)
            elif "reorder" in fault:
                wait(self.world, delivery, HELD, bent=True)
                self._held.setdefault(delivery["endpoint_id"], []).append(delivery["id"])
        return False if "late" in fault or "reorder" in fault else None

    async def _attempt(self, delivery: Record) -> Outcome:
        found = find_endpoint(self.world, delivery["endpoint_id"])
        if found is None:
            return GONE
        kind, endpoint = found
        secret = (endpoint.get("signature") or {}).get("secret")
        body, content_type = body_of(self.world, delivery["payload"], secret)
        if kind == "websocket":
            return await self.sockets.push(endpoint["id"], body.decode())
        if why := self._why_not(endpoint):
            return Outcome(error=why, state="unreachable")
        return await post(endpoint["hook_url"], body, content_type, self.answer_within)

    def _why_not(self, endpoint: Record) -> str | None:
        """Why an endpoint is not contacted at all; None where it is, or is gone, or is no webhook."""
        return fault_of_host(endpoint["hook_url"], self.allowed_hosts) if "hook_url" in endpoint else None
