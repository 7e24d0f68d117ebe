"""The receiver as a WSGI application: each request waits in its own thread, the store is written by one."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from dialkit.events.receiver.reception import WITHIN as ANSWERED
from dialkit.webhooks.unwrapping import MOST

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from dialkit.events.receiver.answers import Answer
    from dialkit.events.receiver.reception import Reception

T = TypeVar("T")
WITHIN = 4.8  # seconds for an answer: the reception answers earlier, or its loop is gone


class Bridge:
    """A WSGI application.

    `made` makes the reception, which then lives in an event loop in a thread; `start` begins the work of
    handlers.
    """

    def __init__(self, made: Callable[[], Reception], start: Callable[[], None]) -> None:
        self._made, self._start = made, start
        self._turn = threading.Lock()
        self._process = 0
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self._reception: Reception

    def __call__(self, asked: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        self._start()
        self._begin()
        answer = self._answer(asked)
        headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in answer.headers]
        if answer.status != 204:
            headers.append(("content-length", str(len(answer.body))))
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [] if asked["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def close(self) -> None:
        """Store and answer what waits, and end. A request begins anew."""
        with self._turn:
            if self._process != os.getpid():
                return
            self._process = 0
            self._reception.close()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(WITHIN)
            if not self._thread.is_alive():
                self._loop.close()

    def _answer(self, asked: WSGIEnvironment) -> Answer:
        path = asked.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        method, peer = asked["REQUEST_METHOD"], asked.get("REMOTE_ADDR")
        until = monotonic() + ANSWERED  # the loop's time is this clock's
        reception = self._reception
        try:
            headers = _headers(asked)
            refused = self._there(lambda: reception.screen(method, path, headers, peer)).result(WITHIN)
            if refused is not None:
                return refused
            body = _body(asked)
            if body is None:
                return reception.refuse("bad_request")
            if len(body) > MOST:
                return reception.refuse("too_large")
            answered: Future[Answer] = Future()
            self._there(lambda: reception.take(path, body, answered.set_result, until)).result(WITHIN)
            return answered.result(WITHIN)
        except TimeoutError:
            return reception.refuse("not_stored")

    def _there(self, work: Callable[[], T]) -> Future[T]:
        """What `work` gives in the event loop."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return future

    def _begin(self) -> None:
        """Start the loop, once in each process: servers fork after they have loaded the application."""
        import asyncio

        if self._process == os.getpid():
            return
        with self._turn:
            if self._process == os.getpid():
                return
            self._loop, self._reception = asyncio.new_event_loop(), self._made()
            self._thread = threading.Thread(target=self._loop.run_forever, name="dialkit-bridge", daemon=True)
            self._thread.start()
            self._there(self._reception.start).result(WITHIN)
            self._process = os.getpid()


def _headers(asked: WSGIEnvironment) -> list[tuple[bytes, bytes]]:
    """The headers as ASGI has them."""
    found = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), str(value).encode("latin-1", "replace"))
        for name, value in asked.items()
        if name.startswith("HTTP_")
    ]
    if asked.get("CONTENT_LENGTH"):
        found.append((b"content-length", asked["CONTENT_LENGTH"].encode("latin-1", "replace")))
    return found


def _body(asked: WSGIEnvironment) -> bytes | None:
    """The body, a byte more than is allowed at the most; None where less came than was said."""
    source: Any = asked["wsgi.input"]
    if not (said := asked.get("CONTENT_LENGTH")):
        # Without a length a server may wait for ever, unless it says that it knows the end.
        return bytes(source.read(MOST + 1)) if asked.get("wsgi.input_terminated") else b""
    wanted, parts = int(said), []
    while wanted > 0 and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts) if wanted == 0 else None
