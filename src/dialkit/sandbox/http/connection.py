"""One HTTP/1.1 connection: from bytes to the application and back, by the parser that uvicorn uses too.

A server of our own, for one reason: importing uvicorn takes a third of the time that a sandbox may take to
start. A websocket is handed to uvicorn's protocol, which is read when the first one is opened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools

from dialkit.sandbox.http.reading import MOST_BODY, TRANSPORT

if TYPE_CHECKING:
    from dialkit.sandbox.http.protocol import Server

MOST_HEAD = 64 << 10  # bytes of a request's address and headers
MOST_WAITING = 16  # requests that wait for the answer of one before; then no more is read
REASONS = {status.value: status.phrase for status in HTTPStatus}
EMPTY = (204, 304)  # answers that have no body
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Exchange:
    """One request and its answer. `body` is complete; `receive` and `send` are what ASGI asks for."""

    def __init__(self, connection: Connection, scope: dict[str, Any], body: list[bytes], keep: bool) -> None:
        self.connection, self.scope, self.keep = connection, scope, keep
        self._body: list[bytes] | None = body
        self._head: list[bytes] = []
        self._chunked = False
        self.begun = self.complete = False

    async def receive(self) -> dict[str, Any]:
        """The body; after that, word that the client has left, as soon as it has."""
        if self._body is not None:
            body, self._body = b"".join(self._body), None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.connection.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take the start of an answer, or a piece of its body."""
        transport = self.connection.transport
        if message["type"] == "http.response.start":
            self._start(message["status"], message["headers"])
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._chunked:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        if not transport.is_closing():
            transport.write(b"".join([*self._head, body]))
        self._head, self.begun = [], True
        if more:
            await self.connection.writable.wait()
        else:
            self.complete = True

    def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        names = {name for name, _ in headers}
        self._chunked = b"content-length" not in names and status not in EMPTY
        if self._chunked:
            headers = [*headers, (b"transfer-encoding", b"chunked")]
        if not self.keep:
            headers = [*headers, (b"connection", b"close")]
        phrase = REASONS.get(status, "").encode()
        self._head = [b"HTTP/1.1 %d %b\r\n" % (status, phrase)]
        self._head += [b"%b: %b\r\n" % (name, value) for name, value in headers]
        self._head.append(b"\r\n")


class Connection(asyncio.Protocol):
    """What a client holds open: its requests are answered one after the other."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self.server = server
        self.gone, self.writable = asyncio.Event(), asyncio.Event()
        self.writable.set()
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Exchange] = deque()
        self.task: asyncio.Task[None] | None = None
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._head_size = self._body_size = 0

    # -- what asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is gone
        """The connection is gone: whoever waits for it need not."""
        self.server.connections.discard(self)
        self.gone.set()
        self.writable.set()
        self._waiting.clear()

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self.writable.clear()

    def resume_writing(self) -> None:
        """The client keeps up again."""
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        """Read what came; answer 400 to what is no HTTP, 431 to a head without end."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._wants_websocket():
                self._hand_over()
        except httptools.HttpParserError:
            self._refuse(400)
        else:
            if self._head_size > MOST_HEAD:
                self._refuse(431)

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url, self._headers, self._body = b"", [], []
        self._head_size = self._body_size = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._head_size += len(url)
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._head_size += len(name) + len(value)
        if self._head_size <= MOST_HEAD:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is there: a client that asks whether to go on, may."""
        if (b"expect", b"100-continue") in self._headers:
            self.transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._body_size <= MOST_BODY:
            self._body.append(body)
        self._body_size += len(body)

    def on_message_complete(self) -> None:
        """A request is there whole: answer it, after those before it."""
        if self._head_size > MOST_HEAD or (self._parser.should_upgrade() and self._wants_websocket()):
            return
        keep = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self._waiting.append(Exchange(self, self._scope(), self._body, keep))
        if self.task is None:
            self._next()
        elif len(self._waiting) >= MOST_WAITING:
            self.transport.pause_reading()

    def _scope(self) -> dict[str, Any]:
        path, _, query = self._url.partition(b"?")
        return {
            "type": "http",
            "method": self._parser.get_method().decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "headers": self._headers,
            "client": self.transport.get_extra_info("peername"),
            "extensions": {TRANSPORT: self.transport},
        }

    # -- answering

    def _next(self) -> None:
        if self._waiting and not self.transport.is_closing():
            self.task = asyncio.get_running_loop().create_task(self._answer(self._waiting.popleft()))

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self.server.app(exchange.scope, exchange.receive, exchange.send)
        except Exception:
            import logging

            logging.getLogger(__name__).exception("%s failed", exchange.scope["raw_path"])
        self.task = None
        # An answer that is not whole cannot be followed by another.
        if not exchange.keep or not exchange.complete or self.server.stopping:
            self.transport.close()
        else:
            self.transport.resume_reading()
            self._next()

    def _refuse(self, status: int) -> None:
        """Answer a request that is none, where nobody waits for another answer, and end."""
        if self.task is None and not self.transport.is_closing():
            line = b"HTTP/1.1 %d %b\r\n" % (status, REASONS[status].encode())
            self.transport.write(line + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def end(self) -> None:
        """End, once the answer under way has gone out."""
        if self.task is None:
            self.transport.close()

    # -- websockets

    def _wants_websocket(self) -> bool:
        return any(name == b"upgrade" and value.lower() == b"websocket" for name, value in self._headers)

    def _hand_over(self) -> None:
        """Let uvicorn's protocol have the connection, from its first byte."""
        protocol = self.server.websocket()
        lines = [b"%b: %b\r\n" % pair for pair in self._headers]
        head = b"%b %b HTTP/1.1\r\n%b\r\n" % (self._parser.get_method(), self._url, b"".join(lines))
        self.server.connections.discard(self)
        protocol.connection_made(self.transport)
        self.transport.set_protocol(protocol)
        protocol.data_received(head)
