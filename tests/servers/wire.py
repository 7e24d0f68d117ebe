"""HTTP/1.1 on a socket: requests read and answers written by hand, so that a test decides every byte."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import responses
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from servers.base import Server

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

HEAD_LIMIT = 1 << 20
# On Windows `struct linger` holds two shorts, elsewhere two ints.
LINGER_ZERO = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Hangup(ConnectionError):
    """The client closed, or the server is being stopped: this connection has nothing more to do."""


class Malformed(ValueError):
    """The client sent something that is not HTTP/1.1. It is not caught, so that the test sees it."""


@dataclass(slots=True)
class Request:
    """One request as it arrived.

    `target` is the raw request target; `headers` are in order, names as sent; `body` is put together where it
    came in chunks; `connection` numbers the connections of the server from 1; `received` is when the last
    byte was in, in seconds of `time.monotonic()`, 0 until then.
    """

    method: str
    target: str
    headers: list[tuple[str, str]]
    connection: int
    body: bytes = b""
    received: float = 0.0

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def segments(self) -> list[str]:
        """The path cut at each slash, then decoded: ``/a%2Fb/c`` is ``["a/b", "c"]``."""
        return [unquote(part, errors="strict") for part in self.path.removeprefix("/").split("/")]

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values in order, repeated and empty ones kept."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True, errors="strict")

    @property
    def json(self) -> Any:
        """The body read as JSON; None where there is no body."""
        return json.loads(self.body) if self.body else None

    def header(self, name: str) -> str | None:
        """The first header of that name in any case, None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def holds(self, text: str) -> bool:
        """Whether `text` occurs in the target, a header or the body, percent-encoded or not."""
        places = [self.target, unquote(self.target), *(value for _, value in self.headers)]
        return any(text in place for place in places) or text.encode() in self.body


class Reply(NamedTuple):
    """An answer. Content-Length, and Content-Type where there is a body, are added unless given."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def json_reply(value: Any, status: int = 200, headers: Headers = ()) -> Reply:
    """An answer with `value` as JSON."""
    return Reply(status, headers, json.dumps(value).encode())


def pairs(headers: Headers) -> list[tuple[str, str]]:
    """Headers as a list of pairs, whichever form they were given in."""
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def head(status: int, headers: Headers = ()) -> bytes:
    """The status line and the headers, nothing added, with the empty line after them."""
    lines = [
        f"HTTP/1.1 {status} {responses.get(status, 'Status')}",
        *(f"{name}: {value}" for name, value in pairs(headers)),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def render(reply: Reply) -> bytes:
    """A whole answer, complete and correct."""
    status, headers, body = reply
    headers = pairs(headers)
    given = {name.lower() for name, _ in headers}
    if body and "content-type" not in given:
        headers.append(("Content-Type", "application/json"))
    if status not in (204, 304) and not given & {"content-length", "transfer-encoding"}:
        headers.append(("Content-Length", str(len(body))))
    return head(status, headers) + body


class Connection:
    """One connection, seen by the thread that serves it."""

    def __init__(self, sock: socket.socket, server: Server, number: int) -> None:
        self.sock = sock
        self.server = server
        self.number = number
        self._buffer = bytearray()

    def _fill(self) -> None:
        data = self.sock.recv(1 << 16)
        if not data:
            raise Hangup
        self._buffer += data

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _until(self, mark: bytes) -> bytes:
        start = 0
        while (end := self._buffer.find(mark, start)) < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise Malformed(f"more than {HEAD_LIMIT} bytes without {mark!r}")
            start = max(0, len(self._buffer) - len(mark) + 1)
            self._fill()
        return self._take(end + len(mark))[: -len(mark)]

    def await_bytes(self) -> None:
        """Return when the first bytes of the next request are there. Raises `Hangup` if none will come."""
        if not self._buffer:
            self._fill()

    def read_head(self) -> Request:
        """Read a request up to the empty line, and note it in `server.begun`."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        first = lines[0].split(" ")
        if len(first) != 3 or first[2] != "HTTP/1.1":
            raise Malformed(f"not a request line: {lines[0]!r}")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise Malformed(f"not a header: {line!r}")
            headers.append((name, value.strip()))
        request = Request(first[0], first[1], headers, self.number)
        self.server.begun.append(request)
        return request

    def read_body(self, request: Request) -> None:
        """Read the body, and note the request, complete now, in `server.requests`."""
        if (request.header("transfer-encoding") or "").lower() == "chunked":
            parts = []
            while size := int(self._until(b"\r\n").partition(b";")[0], 16):
                parts.append(self._take(size))
                self._take(2)
            while self._until(b"\r\n"):
                pass  # trailers
            request.body = b"".join(parts)
        else:
            request.body = self._take(int(request.header("content-length") or 0))
        request.received = time.monotonic()
        self.server.requests.append(request)

    def read(self) -> Request:
        """Read one whole request."""
        request = self.read_head()
        self.read_body(request)
        return request

    def send(self, data: bytes) -> None:
        """Send all of `data`. Raises `OSError` when the client has gone."""
        self.sock.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait; raises `Hangup` at once when the server is stopped."""
        if self.server.stopping.wait(seconds):
            raise Hangup

    def drain(self) -> None:
        """Read and forget until the client closes or the server is stopped."""
        while self.sock.recv(1 << 16):
            pass

    def finish(self) -> None:
        """End our side properly (FIN): what was sent still arrives."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection (RST): what was sent may be lost."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self.sock.close()
