"""One HTTP/1.1 connection of somebody who posts events, by the parser that uvicorn uses.

A protocol of our own: uvicorn gives a head any time to arrive, and takes 60 µs more of CPU for each event
(`docs/architecture.md`). Answers go out in the order of their requests, each once its event is stored;
requests that come meanwhile on the same connection are stored with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import httptools

from dialkit.events.receiver.answers import STORED, Answer, head
from dialkit.events.receiver.reception import WITHIN
from dialkit.webhooks.unwrapping import MOST

if TYPE_CHECKING:
    from dialkit.events.receiver.server import Server

MOST_HEAD = 16 << 10  # bytes of a request's address and headers
MOST_RAW = 8 << 20  # bytes of a request as it travels: chunks can be mostly frame
MOST_SLOTS = 64  # requests that wait for their answers; then no more is read
FRESH, IDLE, LINGER, WRITE = 5.0, 75.0, 2.0, 10.0  # seconds, see `until`
NEVER = float("inf")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
OK = head(STORED, close=False)


class Slot:
    """The place of an answer among those of a connection. `last`: the connection ends with it."""

    __slots__ = ("_connection", "answer", "last", "silent")

    def __init__(self, connection: Connection, *, last: bool, silent: bool = False) -> None:
        self._connection, self.last, self.silent = connection, last, silent
        self.answer: Answer | None = None

    def done(self, answer: Answer) -> None:
        """Here is the answer."""
        self.answer = answer
        self._connection.flush()


class Connection(asyncio.BufferedProtocol):
    """What a sender holds open. `until` is when it is ended if nothing happens before, by the loop's time."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self._server, self._reception = server, server.reception
        self._parser = httptools.HttpRequestParser(self)
        self._slots: deque[Slot] = deque()
        self._peer: str | None = None
        self._url, self._headers, self._body = b"", list[tuple[bytes, bytes]](), bytearray()
        self._reading = self._in_head = False  # a request, its head
        self._head_size = self._raw = 0
        self._over = False  # nothing more is read
        self._ended = False  # nothing more is written
        self._blocked = False  # the other side does not read
        self.began = self.until = 0.0
        self._within = 0.0  # when the request under way has to be answered

    @property
    def waits(self) -> bool:
        """Whether an answer is owed."""
        return bool(self._slots)

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return bool(self._slots) or self._reading

    # -- what asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else None
        self.began = self._server.time()
        self.until = self.began + FRESH
        self._server.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is gone
        """The connection is gone; what waits to be stored is stored all the same."""
        self._over = self._ended = True
        self._let_go()
        self._server.leave(self)

    def eof_received(self) -> bool:
        """The other side sends no more; it may still read what it is owed."""
        self._over = True
        if self._slots:
            self._slots[-1].last = True
        return bool(self._slots)

    def pause_writing(self) -> None:
        """The other side does not read its answers."""
        self._blocked, self.until = True, self._server.time() + WRITE
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._blocked, self.until = False, NEVER if self._slots else self._server.time() + IDLE
        self._resume()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - it only hints
        """Where to put what comes: one place for all connections, since it is read before the next comes."""
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read what came."""
        if self._over:
            return
        self._raw += nbytes
        try:
            data: bytes | memoryview = self._server.buffer[:nbytes]
            while data and not self._over:
                data = self._feed(data)
        except httptools.HttpParserCallbackError:
            self._refuse("not_stored")  # a bug of ours: with a 4xx the event would be lost
        except httptools.HttpParserError:
            self._refuse("bad_request")
        if self._in_head and self._raw > MOST_HEAD:
            # The parser tells of a header once it is whole.
            self._refuse("head_too_large")
        if self._raw > MOST_RAW:
            self._refuse("too_large")
        if len(self._slots) >= MOST_SLOTS:
            self.transport.pause_reading()

    def _feed(self, data: bytes | memoryview) -> bytes:
        """Read; what is to be read next. A wish for another protocol counts as none.

        The parser would take what follows such a wish for that protocol, so it is given the head once more
        without it; Java's own client sends one with the first request of a connection.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            method = self._parser.get_method()
            if self._over or method == b"CONNECT":
                self._refuse("bad_request")
                return b""
            lines = b"".join(b"%b: %b\r\n" % pair for pair in self._headers if pair[0] != b"upgrade")
            first = b"%b %b HTTP/%b\r\n" % (method, self._url, self._parser.get_http_version().encode())
            self._parser = httptools.HttpRequestParser(self)
            return first + lines + b"\r\n" + bytes(data[upgrade.args[0] :])
        return b""

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url, self._headers, self._body = b"", [], bytearray()
        self._reading = self._in_head = True
        self._head_size = self._raw = 0
        self._within = self._server.time() + WITHIN
        if not self._blocked:
            self.until = self._within

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; those after a body are not read."""
        if self._in_head and not self._over:
            self._headers.append((name.lower(), value))
            self._count(len(name) + len(value))

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MOST_HEAD:
            self._refuse("head_too_large")

    def on_headers_complete(self) -> None:
        """The head is there: it may say enough."""
        self._in_head = False
        if self._over or self._parser.should_upgrade():
            return
        path = self._path()
        answer = self._reception.screen(self._method(), path, self._headers, self._peer)
        if answer is not None:
            self._end_with(answer)
        elif not self._slots and any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in self._headers
        ):
            self.transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._over:
            return
        if len(self._body) + len(body) > MOST:
            self._refuse("too_large")
        elif self._server.hold(len(self._body), len(self._body) + len(body)):
            self._body += body
        else:
            self._refuse("busy")

    def on_message_complete(self) -> None:
        """A request is there whole."""
        if self._over or self._parser.should_upgrade():
            return
        self._reading = False
        if not self._blocked:
            self.until = NEVER
        keep = self._parser.should_keep_alive() and not self._server.stopping
        slot = Slot(self, last=not keep, silent=self._method() == "HEAD")
        self._over = not keep
        self._slots.append(slot)
        body = bytes(self._body)
        self._let_go()
        self._reception.take(self._path(), body, slot.done, self._within)

    def _method(self) -> str:
        return self._parser.get_method().decode("ascii")

    def _path(self) -> str:
        path = self._url.partition(b"?")[0]
        if path[:4].lower() == b"http":  # the whole address, as proxies are sent it
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        return path.decode("latin-1")

    def _let_go(self) -> None:
        """The body is no longer held here."""
        self._server.hold(len(self._body), 0)
        self._body = bytearray()

    # -- answering

    def flush(self) -> None:
        """Write the answers that are there, in order."""
        written = []
        while self._slots and (answer := self._slots[0].answer) is not None and not self._ended:
            slot = self._slots.popleft()
            last = slot.last or (self._server.stopping and not self._slots and not self._reading)
            written.append(OK if answer is STORED and not last else head(answer, close=last))
            if answer.body and not slot.silent:
                written.append(answer.body)
            if last:
                self._ended = self._over = True
        if not written:
            return
        self.transport.write(b"".join(written))
        if self._ended:
            self._linger()
        elif not self._slots and not self._reading and not self._blocked:
            self.until = self._server.time() + IDLE
        self._resume()

    def _resume(self) -> None:
        if len(self._slots) < MOST_SLOTS and not self._blocked and not self.transport.is_closing():
            self.transport.resume_reading()

    def _refuse(self, reason: str) -> None:
        """Answer, after all before it, what is no request or arrived too late; and end."""
        if not self._over:
            self._end_with(self._reception.refuse(reason))

    def _end_with(self, answer: Answer) -> None:
        self._over, self._reading = True, False
        self._let_go()
        slot = Slot(self, last=True, silent=self._parser.get_method() == b"HEAD")
        self._slots.append(slot)
        self.until = NEVER
        slot.done(answer)

    def _linger(self) -> None:
        """End, but read on for a moment: a connection closed on unread bytes loses its last answer."""
        self.until = self._server.time() + LINGER
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def expire(self) -> None:
        """It is `until`: nothing came, the request is not whole, or the other side does not read."""
        if self._blocked or self._ended or not self._reading:
            self.transport.abort() if self._blocked else self.transport.close()
        else:
            self._refuse("slow")

    def wind_down(self) -> None:
        """The server ends: so does this, once what is under way is answered."""
        if not self.busy and not self._ended:
            self.transport.close()
