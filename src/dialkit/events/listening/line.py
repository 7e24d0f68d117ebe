"""The line to a websocket: opened, renewed before its hour ends, opened again where it breaks.

Renewing opens the next connection before the last one is closed, so nothing is missed; what comes by both is
one event to the store. A break is a gap, from the last sign of life to the next opening.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.client.base import jitter
from dialkit.errors import (
    InvalidArgument,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    UpstreamError,
    WouldWait,
)
from dialkit.events.hooks.addresses import loopback

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from websockets.asyncio.client import ClientConnection

    from dialkit.client.clock import Clock

HOUR = 3600.0  # seconds that a URL is good for, where it does not say itself
EARLY = 300.0  # seconds before its end at which it is renewed, less by chance
PING = 10.0  # seconds between two looks at whether the other end is there
LOOK = 1.0  # seconds between two looks at the clock
FIRST, LONGEST = 0.5, 60.0  # seconds until the second try to connect, which double; and at the most
LARGEST = 1 << 20  # bytes of an event, as `dialkit.webhooks.unwrap` takes them
PATIENT = 30.0  # seconds after which a connection counts as good, and the next break begins with short waits
# What may be otherwise in a while. Where a new websocket may have been made, it has been looked for by then.
TRANSIENT = (NetworkError, OutcomeUnknown, RateLimited, UpstreamError, WouldWait)


class Line:
    """Hears what a websocket says, for as long as it is wanted.

    Parameters:
        renew: gives a URL that is good now. What it raises and is no matter of the network ends the line.
        take: is given each message.
        gap: is told, once a line is there again or no longer wanted, from when to when there was none
            (seconds since 1970).
        tell: is told in a line what goes wrong and right again.
        clock: tells the time.
    """

    def __init__(
        self,
        renew: Callable[[], Awaitable[str]],
        take: Callable[[str | bytes], Awaitable[None]],
        *,
        gap: Callable[[float, float], None],
        tell: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._renew, self._take, self._gap, self._tell, self._clock = renew, take, gap, tell, clock
        self._open: set[asyncio.Task[None]] = set()  # those who read, one for each connection
        self._failures = 0
        self._said = ""  # what a server said in the last message, which may be why it closes
        self.heard_at: float | None = None  # the last sign of life

    async def hear(self, url: str, stop: asyncio.Event, joined: Callable[[], None]) -> None:
        """Hear until `stop` is set, beginning with this URL; `joined` is called at the first connection."""
        import asyncio

        before: ClientConnection | None = None
        fresh: str | None = url
        try:
            while (opened := await self._opened(fresh, stop)) is not None:
                connection, lasts = opened
                first = self.heard_at is None
                reader = asyncio.ensure_future(self._read(connection))
                self._open.add(reader)
                reader.add_done_callback(self._open.discard)
                fresh, last, before = None, before, connection
                if last is not None:
                    await last.close()
                if first:
                    joined()
                await self._until_due(connection, reader, lasts, stop)
                if reader.done():
                    before = None
        finally:
            if before is not None:
                await before.close()
            if self._open:
                await asyncio.wait(self._open, timeout=5.0)
            for task in [*self._open]:
                task.cancel()

    async def _opened(self, url: str | None, stop: asyncio.Event) -> tuple[ClientConnection, float] | None:
        """A connection, and for how many seconds it is good; None where it is no longer wanted."""
        from websockets.exceptions import InvalidHandshake, InvalidURI

        while not stop.is_set():
            try:
                url = url if url is not None else await self._renew()
                connection = await connected(url)
            except InvalidURI:
                raise UpstreamError("Dialpad gave no URL of a websocket", status=None) from None
            except (*TRANSIENT, OSError, TimeoutError, InvalidHandshake) as error:
                self._failed(error)
                url = None
                await self._pause(stop)
                continue
            self._tell_gap()
            return connection, lifetime(url)
        self._tell_gap()  # or given up
        return None

    def _tell_gap(self) -> None:
        if self.heard_at is not None and all(reader.done() for reader in self._open):
            self._gap(self.heard_at, self._clock.now())

    async def _read(self, connection: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        self._said, began = "", self._clock.monotonic()
        self._alive()
        try:
            while True:
                message = await connection.recv()
                self._alive()
                self._said = message if isinstance(message, str) else ""
                await self._take(message)
        except ConnectionClosed as closed:
            if closed.rcvd is not None:  # it said good-bye: until now it was there
                self._alive()
            if self._clock.monotonic() - began > PATIENT:
                self._failures = 0
            if closed.rcvd is not None and closed.rcvd.code == 1008:  # refused: what it said is why
                self._failed(RuntimeError(self._said[:200] or closed.rcvd.reason[:200]))

    async def _until_due(
        self, connection: ClientConnection, reader: asyncio.Task[None], lasts: float, stop: asyncio.Event
    ) -> None:
        """Return when the next connection is to be opened: this one ends soon or has; or at the stop."""
        import asyncio

        due = self._clock.monotonic() + lasts - min(EARLY, lasts / 4) * (1 + jitter()) / 2
        ping = self._clock.monotonic()
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not reader.done() and not stop.is_set() and (now := self._clock.monotonic()) < due:
                if now >= ping:
                    ping = now + PING
                    await self._ping(connection)
                await asyncio.wait((reader, stopped), timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
        if reader.done() and not stop.is_set():
            if self._failures:
                await self._pause(stop)
            else:
                self._failures = 1  # the first try comes at once, the second after a while

    async def _ping(self, connection: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        def answered(pong: asyncio.Future[Any]) -> None:
            if not pong.cancelled() and pong.exception() is None:
                self._alive()

        try:
            pong: asyncio.Future[float] = await connection.ping()  # type: ignore[assignment]
            pong.add_done_callback(answered)
        except ConnectionClosed:
            pass

    async def _pause(self, stop: asyncio.Event) -> None:
        import asyncio

        seconds = min(LONGEST, FIRST * 2.0 ** min(self._failures - 1, 10)) * (0.5 + jitter() / 2)
        self._failures += 1
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            pass

    def _alive(self) -> None:
        self.heard_at = self._clock.now()

    def _failed(self, error: Exception) -> None:
        self._failures = max(self._failures, 1)
        if self._failures == 1 or isinstance(error, RuntimeError):
            self._tell(f"warning: no connection: {reason(error)}; trying on")


async def connected(url: str) -> ClientConnection:
    """A connection to a websocket. Its library watches that the other end is there.

    Raises `InvalidArgument` for a URL or a proxy that cannot be used, and what the library raises.
    """
    from urllib.parse import urlsplit

    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidProxy

    parts = urlsplit(url)
    near = loopback(parts.hostname or "")
    if parts.scheme != "wss" and not (parts.scheme == "ws" and near):
        raise InvalidArgument(
            "Dialpad gave a websocket that is not encrypted; it is not used", hint="check --base-url"
        )
    try:
        return await connect(
            url,
            max_size=LARGEST,
            open_timeout=10,
            ping_interval=20,
            ping_timeout=20,
            close_timeout=5,
            proxy=None if near else True,
        )
    except (InvalidProxy, ImportError):  # what they say may hold a password
        raise InvalidArgument(
            "the environment names a proxy that a websocket cannot go through",
            hint="set HTTPS_PROXY to one of http:// or https://; for one of socks5://: "
            "python3 -m pip install python-socks",
        ) from None


def lifetime(url: str) -> float:
    """Seconds that a URL is good for, by the token in it, which is not ours to verify; else an hour."""
    import binascii

    try:
        part = url.rpartition("/")[2].split(".")[1]
        claims = json.loads(binascii.a2b_base64(part.replace("-", "+").replace("_", "/") + "=="))
        seconds = float(claims["exp"] - claims["iat"])
    except (ValueError, LookupError, TypeError):
        return HOUR
    return min(max(seconds, 10.0), HOUR)


def reason(error: Exception) -> str:
    """Why, without the URL, which holds a token."""
    from websockets.exceptions import InvalidStatus

    if isinstance(error, InvalidStatus):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(getattr(error, "message", error))[:200]
