"""One HTTP/1.1 connection: from bytes to the application and back, by the parser that uvicorn uses too.

A server of our own, for one reason: importing uvicorn takes a third of the time that a sandbox may take to
start. A websocket is handed to uvicorn's protocol, which is read when the first one is opened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import httptools

from dialkit.sandbox.http.exchange import REASONS, Exchange
from dialkit.sandbox.http.reading import MOST_BODY, TRANSPORT

if TYPE_CHECKING:
    from dialkit.sandbox.http.protocol import Server

MOST_HEAD = 64 << 10  # bytes of a request's address and headers
MOST_WAITING = 16  # requests that wait for the answer of one before; then no more is read
LINGER = 1.0  # seconds in which what still comes is thrown away, at the end
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(asyncio.Protocol):
    """What a client holds open: its requests are answered one after the other."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self.server = server
        self.gone, self.writable = asyncio.Event(), asyncio.Event()
        self.writable.set()
        self.task: asyncio.Task[None] | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Exchange] = deque()
        self._refused = 0  # a status: the answer to what cannot be read, once all before it is answered
        self._over = False  # refused: nothing more is read
        self._client: Any = None
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._in_head = False
        self._head_size = self._body_size = 0
        self._unread = 0  # bytes of a head that came so far; the parser tells of a header once it is whole

    # -- what asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self._client = transport, transport.get_extra_info("peername")
        self.server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is gone
        """The connection is gone: whoever waits for it need not."""
        self.server.connections.discard(self)
        self.gone.set()
        self.writable.set()
        self._waiting.clear()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read what it asked for before."""
        self.gone.set()
        return self.task is not None

    def pause_writing(self) -> None:
        """The client does not keep up."""
        self.writable.clear()

    def resume_writing(self) -> None:
        """The client keeps up again."""
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        """Read what came; answer 400 to what is no HTTP, 431 to a head without end."""
        if self._over:
            return
        self._unread += len(data) if self._in_head else 0
        try:
            while data:
                data = self._feed(data)
        except httptools.HttpParserError:
            self._refused = self._refused or 400
        if self._in_head and self._unread > MOST_HEAD:
            self._refused = 431
        if self._refused:
            self.transport.pause_reading()
            if self.task is None:
                self._refuse()

    def _feed(self, data: bytes) -> bytes:
        """Read; what is to be read next. A wish for a protocol that is not spoken here counts as none.

        The parser would take what comes after such a wish for that protocol, even a body. So it is given the
        head once more, without the wish; Java's own client has it in the first request of a connection.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._refused or self._parser.get_method() == b"CONNECT":
                self._refused = self._refused or 405
            elif self._wants_websocket():
                self._hand_over()
            else:
                head = self._head([pair for pair in self._headers if pair[0] != b"upgrade"])
                self._parser = httptools.HttpRequestParser(self)
                return head + data[upgrade.args[0] :]
        return b""

    # -- what the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url, self._headers, self._body = b"", [], []
        self._head_size = self._body_size = self._unread = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._url += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; those after a body are not read."""
        if self._in_head:
            self._headers.append((name.lower(), value))
            self._count(len(name) + len(value))

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MOST_HEAD:
            self._refused = 431

    def on_headers_complete(self) -> None:
        """The head is there: a client that asks whether to go on, may."""
        self._in_head = False
        waits = any(name == b"expect" and value.lower() == b"100-continue" for name, value in self._headers)
        if waits and self.task is None and not self._refused and not self._parser.should_upgrade():
            self.transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._body_size <= MOST_BODY:
            self._body.append(body)
        self._body_size += len(body)

    def on_message_complete(self) -> None:
        """A request is there whole: answer it, after those before it."""
        if self._refused or self._parser.should_upgrade():
            return
        scope, old = self._scope(), self._parser.get_http_version() == "1.0"
        keep = self._parser.should_keep_alive() and not old
        self._waiting.append(Exchange(self, scope, self._body, keep=keep, old=old))
        if self.task is None:
            self._next()
        elif len(self._waiting) >= MOST_WAITING:
            self.transport.pause_reading()

    def _scope(self) -> dict[str, Any]:
        path, _, query = self._url.partition(b"?")
        if path[:4].lower() == b"http":  # the whole address, as proxies are sent it
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        return {
            "type": "http",
            "method": self._parser.get_method().decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "headers": self._headers,
            "client": self._client,
            "extensions": {TRANSPORT: self.transport},
        }

    # -- answering

    def _next(self) -> None:
        if self._waiting and not self.transport.is_closing():
            self.task = asyncio.get_running_loop().create_task(self._answer(self._waiting.popleft()))

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self.server.app(exchange.scope, exchange.receive, exchange.send)
            await self.writable.wait()  # whoever does not read is not answered on and on
        except Exception:
            import logging

            logging.getLogger(__name__).exception("%s failed", exchange.scope["raw_path"])
        self.task = None
        # An answer that is not whole cannot be followed by another.
        if not exchange.keep or not exchange.complete or self.server.stopping:
            self.transport.close()
        elif self._waiting:
            if len(self._waiting) < MOST_WAITING and not self._refused:
                self.transport.resume_reading()
            self._next()
        elif self._refused:
            self._refuse()
        elif self.gone.is_set():
            self.transport.close()
        else:
            self.transport.resume_reading()

    def _refuse(self) -> None:
        """Answer what cannot be read, and end; a connection closed on unread bytes would lose the answer."""
        if self.transport.is_closing() or self._over:
            return
        self._over = True
        line = b"HTTP/1.1 %d %b\r\n" % (self._refused, REASONS[self._refused])
        self.transport.write(
            line + self.server.date.line() + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.write_eof()
        self.transport.resume_reading()
        asyncio.get_running_loop().call_later(LINGER, self.transport.close)

    def end(self) -> None:
        """End, once the answer under way has gone out."""
        if self.task is None:
            self.transport.close()

    # -- websockets

    def _wants_websocket(self) -> bool:
        return any(name == b"upgrade" and value.lower() == b"websocket" for name, value in self._headers)

    def _hand_over(self) -> None:
        """Let uvicorn's protocol have the connection, from its first byte."""
        if self.task is not None:  # nobody opens a websocket while another answer is to come
            self._refused = 400
            return
        protocol = self.server.websocket()
        self.server.connections.discard(self)
        protocol.connection_made(self.transport)
        self.transport.set_protocol(protocol)
        protocol.data_received(self._head(self._headers))

    def _head(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The head of the request that was read last, as it is written."""
        method, version = self._parser.get_method(), self._parser.get_http_version().encode()
        lines = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        return b"%b %b HTTP/%b\r\n%b\r\n" % (method, self._url, version, lines)
