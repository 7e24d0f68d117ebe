"""Reception: what is looked at before a body is read, and what becomes of the body. No sockets here.

A server asks `screen` once the head of a request is there, and `take` once the body is; the answer is handed
to a callback, in the event loop, when the event is stored or refused, and within `WITHIN` in any case.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dialkit.errors import DialkitError
from dialkit.events.keeping.intake import Intake, Waiting
from dialkit.events.metrics import CONTENT_TYPE, Metrics
from dialkit.events.receiver.answers import REFUSED, STORED, Answer, plain
from dialkit.events.receiver.local import is_local
from dialkit.webhooks.unwrapping import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.events.keeping.keeper import Keeper
    from dialkit.events.receiver.judging import Judge

    Done = Callable[[Answer], None]
    Headers = Sequence[tuple[bytes, bytes]]

WITHIN = 4.5  # seconds from the first byte of a request to its answer; Dialpad waits 5
LOOK = 0.25  # seconds between looks for events that waited too long
HEALTH, METRICS = "/health", "/metrics"


class Reception:
    """All that a receiver does but the HTTP. Belongs to the event loop in which it is started.

    Parameters:
        judge: who wrote a body, and at which paths.
        keeper: writes events down.
        tell: hears in a line what the person who runs this should know.
        stored: is called after each group that was stored.
        local_only: take events from this machine only.
        public_status: answer at ``/health`` and ``/metrics`` to other machines as well.
    """

    def __init__(
        self,
        judge: Judge,
        keeper: Keeper,
        tell: Callable[[str], None],
        *,
        local_only: bool = False,
        public_status: bool = False,
        stored: Callable[[], None] = lambda: None,
    ) -> None:
        self.metrics = Metrics()
        self.metrics.refused.update(
            dict.fromkeys(REFUSED, 0)
        )  # who watches sees the first of each rise from 0
        self._judge, self._tell, self._stored = judge, tell, stored
        self._local_only, self._public_status = local_only, public_status
        self._intake = Intake(keeper, self._settle, self.metrics)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: dict[Waiting, float] = {}  # and until when
        self._fresh: list[Waiting] = []
        self._looking = False
        self._said: dict[str, float] = {}

    def start(self, *, opened: bool = False) -> None:
        """Begin, within the event loop; again does no harm. `opened`: open the store, or raise why not."""
        self._loop = asyncio.get_running_loop()
        self._intake.start(opened=opened)

    async def stop(self, patience: float = 5.0) -> None:
        """Store what waits, answer it, and end."""
        await asyncio.to_thread(self.close, patience)
        await asyncio.sleep(0)  # what was stored last is answered

    def close(self, patience: float = 5.0) -> None:
        """Store what waits, and end; in any thread but the event loop's, which answers it."""
        self._intake.close(patience)

    def screen(self, method: str, path: str, headers: Headers, peer: str | None) -> Answer | None:
        """The answer to a request that is refused by its head; None where the body is to be read."""
        if path in (HEALTH, METRICS) and method in ("GET", "HEAD"):
            if self._public_status or is_local(headers, peer):
                return None
            return self.refuse("not_found")
        if path not in self._judge.paths:
            return self.refuse("not_found")
        self.metrics.received += 1
        if method != "POST":
            return self.refuse("method")
        if self._local_only and not is_local(headers, peer):
            return self.refuse("not_local")
        for name, value in headers:
            if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
                return self.refuse("encoded")
            if name == b"content-length" and (len(value) > 12 or not value.isdigit() or int(value) > MOST):
                return self.refuse("too_large")
        return None

    def take(self, path: str, body: bytes, done: Done, until: float) -> None:
        """Take a body whose head passed; `done` has the answer, perhaps before this returns.

        `until`: when there has to be an answer, by the loop's time.
        """
        if path == METRICS:
            done(plain(200, self.metrics.text(), CONTENT_TYPE))
        elif path == HEALTH:
            self._wait(Waiting(None, lambda answer: done(_health(answer))), until)
        else:
            try:
                found = self._judge(path, body)
            except Exception as error:  # a bug of ours: with a 4xx the event would be lost
                self._tell(f"warning: an event was not understood ({type(error).__name__})")
                found = "not_stored"
            if isinstance(found, str):
                done(self.refuse(found))
            else:
                self._wait(Waiting(found, done), until)

    def refuse(self, reason: str) -> Answer:
        """Count a refusal; its answer. Of some, the person who runs this hears as well."""
        self.metrics.refused[reason] += 1
        if reason in SAID and self._due(reason, SAID_EVERY):
            self._tell(f"warning: refused ({self.metrics.refused[reason]}): {SAID[reason]}")
        return REFUSED[reason]

    def _due(self, what: str, every: float) -> bool:
        """Whether something is to be said again: that was not done in the last seconds."""
        if self._loop is None:
            return False
        now = self._loop.time()
        due = now - self._said.get(what, -every) >= every
        if due:
            self._said[what] = now
        return due

    def _wait(self, waiting: Waiting, until: float) -> None:
        if self._loop is None:
            self.start()
        assert self._loop is not None
        self._under_way[waiting] = until
        if not self._fresh:
            self._loop.call_soon(self._hand_over)
        self._fresh.append(waiting)
        if not self._looking:
            self._looking = True
            self._loop.call_later(LOOK, self._look)

    def _hand_over(self) -> None:
        """All that came at once goes to the thread that writes at once: waking it is dear."""
        fresh, self._fresh = self._fresh, []
        for waiting in self._intake.put(fresh):
            waiting.over = True
            del self._under_way[waiting]
            waiting.ticket(self.refuse("busy"))

    def _settle(self, group: list[Waiting]) -> None:
        """Called by the thread that writes."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._settled, group)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    def _settled(self, group: list[Waiting]) -> None:
        stored = False
        for waiting in group:
            if waiting.fault is not None:
                self._failed(waiting.fault)
            kept = waiting.kept
            if kept is not None and waiting.arrival is not None:
                stored = True
                if kept.duplicate:
                    self.metrics.duplicates += 1
                else:
                    self.metrics.stored[waiting.arrival.kind] += 1
            if not waiting.over:
                waiting.over = True
                del self._under_way[waiting]
                waiting.ticket(STORED if waiting.fault is None else self.refuse("not_stored"))
        if stored:
            self._stored()

    def _failed(self, fault: Exception) -> None:
        if self._due("fault", FAULT_EVERY):
            why = fault.message if isinstance(fault, DialkitError) else fault
            self._tell(f"warning: an event cannot be stored ({why}); the sender is told to try again")

    def _look(self) -> None:
        """Answer those that waited too long; should they be stored yet, their repeat is a duplicate."""
        assert self._loop is not None
        now = self._loop.time()
        for waiting in [waiting for waiting, until in self._under_way.items() if until < now]:
            waiting.over = True
            del self._under_way[waiting]
            waiting.ticket(self.refuse("not_stored"))
        self._looking = bool(self._under_way)
        if self._looking:
            self._loop.call_later(LOOK, self._look)


# Refusals that may be the fault of who runs this, and so are said, each once in a while.
SAID_EVERY, FAULT_EVERY = 60.0, 10.0  # seconds
SAID = {
    "bad_signature": "not signed with the secret; if it was Dialpad, see dialpad webhooks list",
    "not_local": "posted from elsewhere, and no secret is set; see dialpad events serve --help",
    "busy": "more comes than can be stored",
}


def _health(answer: Answer) -> Answer:
    if answer.status < 300:
        return plain(200, b'{"status": "ok"}\n', b"application/json")
    return plain(503, b'{"status": "the store cannot be written"}\n', b"application/json")
