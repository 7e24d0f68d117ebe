"""What a faulty server can do with a request: one small function or class each. See `TABLE` at the end."""

from __future__ import annotations

import json
import threading
import zlib
from typing import TYPE_CHECKING, Any

from servers.wire import Connection, Headers, Reply, Request, head, json_reply, pairs, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JSON_TYPE = ("Content-Type", "application/json")
BLOCK = b"a" * (1 << 20)


class Behaviour:
    """What happens to one request: `act` is given the connection, and says whether it may be used again."""

    def __init__(self, act: Callable[[Connection], bool], *, at_accept: bool = False) -> None:
        self.act = act
        self.at_accept = at_accept


def answering(answer: Callable[[Request], Reply]) -> Behaviour:
    """Answers correctly with what `answer` returns, and keeps the connection."""

    def act(connection: Connection) -> bool:
        connection.send(render(answer(connection.read())))
        return True

    return Behaviour(act)


def ending(data: bytes = b"") -> Behaviour:
    """Reads the request, sends `data` as it is, and closes (FIN)."""

    def act(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        return False

    return Behaviour(act)


def raw(data: bytes) -> Behaviour:
    """Sends `data` as it is, HTTP or not, and keeps the connection."""

    def act(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        return True

    return Behaviour(act)


# Answers as they should be


def error_body(code: int, message: str = "made up for a test", reason: str = "badRequest") -> dict[str, Any]:
    """An error in the form the service documents."""
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return {"error": {"code": code, "message": message, "errors": errors}}


def ok(value: Any = None, headers: Headers = ()) -> Behaviour:
    """200 with `value` as JSON, ``{}`` where none is given."""
    return answering(lambda _: json_reply({} if value is None else value, 200, headers))


def status(code: int, body: Any = None, headers: Headers = ()) -> Behaviour:
    """Any status. `body` is bytes sent as they are or a JSON value; by default the documented error."""
    value = error_body(code) if body is None else body
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return answering(lambda _: Reply(code, headers, data))


def no_content() -> Behaviour:
    """204."""
    return answering(lambda _: Reply(204))


def empty() -> Behaviour:
    """200 with Content-Length 0."""
    return answering(lambda _: Reply(200))


def html(code: int = 502) -> Behaviour:
    """A proxy's error page."""
    page = b"<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
    return answering(lambda _: Reply(code, {"Content-Type": "text/html; charset=utf-8"}, page))


def redirect(location: str, code: int = 302) -> Behaviour:
    """Sends the client elsewhere."""
    return answering(lambda _: Reply(code, {"Location": location}))


def rate_limited(retry_after: int | str | None = None) -> Behaviour:
    """429; `retry_after` is in seconds or an HTTP date, None for no header."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return status(429, error_body(429, "rate_limit_exceeded", "rateLimitExceeded"), headers)


def pages(items: list[Any], size: int, key: str = "items") -> Behaviour:
    """One page of a list: `size` items from the request's ``cursor``, and a cursor if there is more."""

    def answer(request: Request) -> Reply:
        start = int(dict(request.query).get("cursor", "0"))
        page: dict[str, Any] = {key: items[start : start + size]}
        if start + size < len(items):
            page["cursor"] = str(start + size)
        return json_reply(page)

    return answering(answer)


def same_cursor(item: Any = None, key: str = "items") -> Behaviour:
    """A page whose cursor leads to itself."""
    return ok({key: [{"id": "1"} if item is None else item], "cursor": "same"})


def chunked(value: Any = None, *, size: int = 3, cut: bool = False) -> Behaviour:
    """A correct answer in chunks of `size` bytes; with `cut` the connection ends before the last chunk."""
    data = json.dumps({} if value is None else value).encode()
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    whole = head(200, [JSON_TYPE, ("Transfer-Encoding", "chunked")]) + body
    return ending(whole) if cut else raw(whole + b"0\r\n\r\n")


# Connections that break


def reset_before() -> Behaviour:
    """RST before anything is read: right after accept; on a kept connection, as the next request arrives."""

    def act(connection: Connection) -> bool:
        connection.reset()
        return False

    return Behaviour(act, at_accept=True)


def reset_after() -> Behaviour:
    """Reads the whole request, then RST."""

    def act(connection: Connection) -> bool:
        connection.read()
        connection.reset()
        return False

    return Behaviour(act)


def close_after() -> Behaviour:
    """Reads the whole request, then closes (FIN) without an answer."""
    return ending()


def close_idle(value: Any = None) -> Behaviour:
    """Answers as if the connection could be used again, and closes it. For other moments see `Faulty`."""
    return ending(render(json_reply({} if value is None else value, 200, {"Connection": "keep-alive"})))


# Answers that take their time


def _drip(connection: Connection, data: bytes, seconds: float, steps: int = 20) -> None:
    """Send `data` in about `steps` parts over `seconds`."""
    size = max(1, -(-len(data) // steps))
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    for part in parts:
        connection.pause(seconds / len(parts))
        connection.send(part)


def slow_headers(seconds: float, value: Any = None) -> Behaviour:
    """A correct answer whose headers take `seconds`."""

    def act(connection: Connection) -> bool:
        connection.read()
        top, mark, body = render(json_reply({} if value is None else value)).partition(b"\r\n\r\n")
        _drip(connection, top, seconds)
        connection.send(mark + body)
        return True

    return Behaviour(act)


def slow_body(seconds: float, value: Any = None) -> Behaviour:
    """A correct answer whose headers come at once and whose body takes `seconds`."""

    def act(connection: Connection) -> bool:
        connection.read()
        top, mark, body = render(json_reply({"items": []} if value is None else value)).partition(b"\r\n\r\n")
        connection.send(top + mark)
        _drip(connection, body, seconds)
        return True

    return Behaviour(act)


def never() -> Behaviour:
    """Reads the request and says nothing until the client closes."""

    def act(connection: Connection) -> bool:
        connection.read()
        connection.drain()
        return False

    return Behaviour(act)


# Answers that are broken


def truncated(body: bytes = b'{"id": "1", "first_name": "An') -> Behaviour:
    """Promises more than it sends, then closes (FIN)."""
    return ending(head(200, [JSON_TYPE, ("Content-Length", str(len(body) + 100))]) + body)


def truncated_json(body: bytes = b'{"id": "1", "first_name": "An') -> Behaviour:
    """A complete answer whose JSON is cut off."""
    return answering(lambda _: Reply(200, (), body))


def bad_status_line() -> Behaviour:
    """Something that is not HTTP."""
    return ending(b"HTTP/teapot yes\r\nContent-Length: 0\r\n\r\n")


def early_answer(code: int = 413) -> Behaviour:
    """Answers as soon as the headers are there, before the body is read, and closes.

    The body that still comes is thrown away: closing on it would be a reset, which may overtake the answer.
    """

    def act(connection: Connection) -> bool:
        connection.read_head()
        connection.send(render(json_reply(error_body(code), code, {"Connection": "close"})))
        connection.finish()
        connection.drain()
        return False

    return Behaviour(act)


# Answers that are too large


class Stream(Behaviour):
    """An answer that streams, made as it is sent.

    `taken` counts the bytes of the body that the system took for the client, over all requests; `over` is set
    when one has ended, with the last byte or because the client hung up.
    """

    def __init__(self, headers: Headers, parts: Callable[[], Iterator[bytes]]) -> None:
        super().__init__(self._stream)
        self.taken = 0
        self.over = threading.Event()
        self._headers = headers
        self._parts = parts

    def _stream(self, connection: Connection) -> bool:
        connection.read()
        try:
            connection.send(head(200, [JSON_TYPE, *pairs(self._headers)]))
            for part in self._parts():
                connection.send(part)
                self.taken += len(part)
        finally:
            self.over.set()
        return False


def huge(size: int, *, declared: bool = True) -> Stream:
    """A JSON string of `size` bytes; its length is declared, or the close is its end."""

    def parts() -> Iterator[bytes]:
        yield b'"'
        for _ in range((size - 2) // len(BLOCK)):
            yield BLOCK
        yield BLOCK[: (size - 2) % len(BLOCK)] + b'"'

    return Stream({"Content-Length": str(size)} if declared else {"Connection": "close"}, parts)


def gzip_bomb(size: int) -> Stream:
    """A JSON string of about `size` bytes (whole MiB), gzip encoded: about a thousandth of it on the wire."""
    count = max(1, size >> 20)

    def parts() -> Iterator[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        yield b"\x1f\x8b\x08" + bytes(7)
        yield packer.compress(b'"') + packer.flush(zlib.Z_FULL_FLUSH)
        # A full flush forgets what was before: every block comes out the same, and is packed only once.
        block = packer.compress(BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
        checksum = zlib.crc32(b'"')
        for _ in range(count):
            yield block
            checksum = zlib.crc32(BLOCK, checksum)
        length = (count * len(BLOCK) + 2) & 0xFFFFFFFF
        yield packer.compress(b'"') + packer.flush()
        yield zlib.crc32(b'"', checksum).to_bytes(4, "little") + length.to_bytes(4, "little")

    return Stream({"Content-Encoding": "gzip", "Connection": "close"}, parts)


def huge_headers(size: int = 1 << 22) -> Behaviour:
    """A correct answer with about `size` bytes of headers, a kilobyte each."""
    headers = [(f"X-Filler-{number}", "a" * 1000) for number in range(size // 1024)]
    return ok(None, headers)


# By name, with harmless arguments where one is needed: for tests that try every kind of fault.
TABLE: dict[str, Callable[[], Behaviour]] = {
    "reset_before": reset_before,
    "reset_after": reset_after,
    "close_after": close_after,
    "slow_headers": lambda: slow_headers(3600),
    "slow_body": lambda: slow_body(3600),
    "never": never,
    "truncated": truncated,
    "chunked_cut": lambda: chunked({"id": "1"}, cut=True),
    "truncated_json": truncated_json,
    "bad_status_line": bad_status_line,
    "html": html,
    "no_content": no_content,
    "empty": empty,
    "early_answer": early_answer,
    "rate_limited": rate_limited,
    "huge": lambda: huge(3 << 30),
    "huge_headers": huge_headers,
    "gzip_bomb": lambda: gzip_bomb(1 << 30),
}
