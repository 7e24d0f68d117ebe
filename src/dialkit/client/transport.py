"""The wire: `pyreqwest` behind one small face, sync and async.

A transport sends one request once and reads the answer within bounds. It never retries, never follows a
redirect, and says of every failure whether the request may have left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dialkit import __version__
from dialkit.client.exchange import TransportFault
from dialkit.client.native import ClientBuilder, SyncClientBuilder, wire
from dialkit.client.response import Response
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from dialkit.client.request import Request

T = TypeVar("T")

# An answer is JSON for a person or a program to hold; recordings travel by other URLs. Bounds memory.
# (Python needs up to thirty times as much for what is in it.)
MAX_ANSWER = 16 * 1024 * 1024
CHUNK = 256 * 1024

# Raised by pyreqwest before it connects. Its ConnectError and ConnectTimeoutError do not say as much: they
# stand for whatever fails before the answer's headers are there, a read timeout among them. What tells is
# hyper's own word among the causes; where that is missing, the request counts as sent.
UNSENT = (wire.PoolTimeoutError,)
UNCONNECTED = "client error (Connect)"


class Reach(NamedTuple):
    """How far and how long. Seconds: to connect, between two signs of life, and for all of one attempt.

    `connect` must be shorter than `read`, or an unreachable host cannot be told from a lost answer.
    `direct` leaves proxies out.
    """

    connect: float = 5.0
    read: float = 30.0
    total: float = 180.0
    direct: bool = False


def _configure(builder: Any, reach: Reach) -> Any:
    from datetime import timedelta

    if reach.direct:
        builder = builder.no_proxy()
    return (
        builder.user_agent(f"dialkit/{__version__}")
        .follow_redirects(False)
        # Over HTTP/2 reqwest sends again by itself, twice, what the server says it has not handled.
        .http1_only()
        .referer(False)
        .connect_timeout(timedelta(seconds=reach.connect))
        .read_timeout(timedelta(seconds=reach.read))
        .timeout(timedelta(seconds=reach.total))
    )


def fault_of(error: Exception, status: int | None = None) -> TransportFault | InvalidArgument:
    """What went wrong, and whether the request may have left."""
    if isinstance(error, wire.BuilderError):
        return InvalidArgument(
            "a value is too long or too odd for a URL or a header", hint="make its values shorter or plainer"
        )
    causes = (getattr(error, "details", None) or {}).get("causes") or []
    text = causes[-1]["message"] if causes else getattr(error, "message", None) or str(error)
    return TransportFault(
        text,
        sent=not isinstance(error, UNSENT) and all(cause["message"] != UNCONNECTED for cause in causes),
        timeout=isinstance(error, wire.RequestTimeoutError),
        status=status,
    )


def prepared(client: Any, request: Request, key: str | None) -> Any:
    """The request as pyreqwest sends it, its answer read as it comes. Raises `InvalidArgument`."""
    try:
        builder = client.request(request.method, request.url).headers(request.headers)
        if key is not None and request.needs_key:
            builder = builder.header("authorization", "Bearer " + key, is_sensitive=True)
        if request.content is not None:
            builder = builder.body_bytes(request.content)
        return builder.build_streamed()
    except wire.BuilderError:
        raise
    except ValueError as error:
        raise InvalidArgument(f"{request.name} cannot be sent: {' '.join(str(error).split())}") from None


def _too_large(status: int) -> TransportFault:
    return TransportFault(
        f"the answer is larger than {MAX_ANSWER >> 20} MiB", sent=True, status=status, final=True
    )


def answer_of(reply: Any, chunks: list[bytes], request: Request) -> Response:
    """The answer, from its head and what has been read of its body."""
    headers = {}
    for name in reply.headers:
        try:
            headers[name.lower()] = reply.headers[name]
        except ValueError:  # a value that is not ASCII, which nothing here needs
            continue
    return Response(reply.status, headers, b"".join(chunks), request)


class Transport:
    """Blocking transport; connections are kept and reused. Safe to share between threads."""

    def __init__(self, reach: Reach) -> None:
        self._client = _configure(SyncClientBuilder(), reach).build()

    def send(self, request: Request, key: str | None) -> Response:
        """Send once and read the whole answer. Raises `TransportFault`."""
        status = None
        try:
            with prepared(self._client, request, key) as reply:
                status = reply.status
                chunks: list[bytes] = []
                size = 0
                reader = reply.body_reader
                while chunk := reader.read(CHUNK):
                    size += len(chunk)
                    if size > MAX_ANSWER:
                        raise _too_large(reply.status)
                    chunks.append(bytes(chunk))
                return answer_of(reply, chunks, request)
        except wire.PyreqwestError as error:
            raise fault_of(error, status) from None

    def close(self) -> None:
        """Close all connections."""
        self._client.close()


class InterruptibleTransport(Transport):
    """Sends from a second thread, so that Ctrl-C is heard at once: pyreqwest waits without listening.

    For programs that send a few requests; the second thread costs about 200 µs a request.
    """

    def send(self, request: Request, key: str | None) -> Response:
        """Send once, as `Transport.send` does. KeyboardInterrupt may leave the request under way."""
        return aside(lambda: Transport.send(self, request, key))


def aside(work: Callable[[], T], meanwhile: Callable[[], object] = lambda: None) -> T:
    """What `work` gives or raises, done in a second thread, so that Ctrl-C is heard here.

    `meanwhile` is called every so often, here.
    """
    import _thread

    done = _thread.allocate_lock()
    done.acquire()
    came: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            came.append(work())
        except BaseException as error:
            failed.append(error)
        finally:
            done.release()

    _thread.start_new_thread(run, ())
    # With a bound, since Windows hears Ctrl-C only between two waits.
    while not done.acquire(timeout=0.25):
        meanwhile()
    if failed:
        raise failed[0]
    return came[0]


def _tell_again(task: asyncio.Task[Any], heard: int) -> None:
    """Cancel a task once more that has the answer to a write: at its next wait, where it has another.

    Not at once: a task that ends with the answer would lose it, and one that leaves `asyncio.timeout` would
    be cancelled nevertheless, for nothing takes back what is on its way (before Python 3.13).
    """
    if task.cancelling() > heard:
        task.uncancel()
        task.cancel()


class AsyncTransport:
    """The same for asyncio."""

    def __init__(self, reach: Reach) -> None:
        self._client = _configure(ClientBuilder(), reach).build()

    async def send(self, request: Request, key: str | None) -> Response:
        """Send once and read the whole answer. Raises `TransportFault`."""
        import asyncio

        task = asyncio.current_task()
        heard = task.cancelling() if task else 0
        try:
            return await self._send(request, key)
        except asyncio.CancelledError:
            task = None
            raise
        finally:
            # pyreqwest does not pass on a cancellation that comes with the answer.
            if task is not None and task.cancelling() > heard:
                if request.repeatable:
                    raise asyncio.CancelledError
                asyncio.get_running_loop().call_soon(_tell_again, task, heard)

    async def _send(self, request: Request, key: str | None) -> Response:
        status = None
        try:
            async with prepared(self._client, request, key) as reply:
                status = reply.status
                chunks: list[bytes] = []
                size = 0
                reader = reply.body_reader
                while chunk := await reader.read(CHUNK):
                    size += len(chunk)
                    if size > MAX_ANSWER:
                        raise _too_large(reply.status)
                    chunks.append(bytes(chunk))
                return answer_of(reply, chunks, request)
        except wire.PyreqwestError as error:
            raise fault_of(error, status) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()
