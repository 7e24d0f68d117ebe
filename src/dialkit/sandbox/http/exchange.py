"""One request and its answer, as the application sees them, on an HTTP/1.1 connection."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.sandbox.http.connection import Connection

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
EMPTY = (204, 304)  # answers that have no body
LINE_ENDS = b"\r\n\0"  # no header holds them, or what follows would be one of its own


class Exchange:
    """`receive` and `send` are what ASGI asks for. `keep`: the connection goes on after it."""

    def __init__(
        self, connection: Connection, scope: dict[str, Any], body: list[bytes], *, keep: bool, old: bool
    ) -> None:
        self.connection, self.scope, self.keep = connection, scope, keep
        self._body: list[bytes] | None = body
        self._head: list[bytes] = []
        self._old, self._silent = old, scope["method"] == "HEAD"
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
        """Take the start of an answer, or a piece of its body; the answer to HEAD is a start alone."""
        transport = self.connection.transport
        if message["type"] == "http.response.start":
            self._start(message["status"], message["headers"])
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._silent:
            body = b""
        elif self._chunked:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        if not transport.is_closing():
            transport.write(b"".join([*self._head, body]))
        self._head, self.begun = [], True
        if more:
            await self.connection.writable.wait()
        else:
            self.complete = True

    def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        endless = status not in EMPTY and all(name != b"content-length" for name, _ in headers)
        self._chunked = endless and not self._old  # HTTP/1.0 knows no chunks: there the end is the end
        if self._chunked:
            headers = [*headers, (b"transfer-encoding", b"chunked")]
        if not self.keep:
            headers = [*headers, (b"connection", b"close")]
        lines = [b"%b: %b\r\n" % (name, value.translate(None, LINE_ENDS)) for name, value in headers]
        if all(name != b"date" for name, _ in headers):
            lines.insert(0, self.connection.server.date.line())
        self._head = [b"HTTP/1.1 %d %b\r\n" % (status, REASONS.get(status, b"")), *lines, b"\r\n"]
