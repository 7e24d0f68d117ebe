"""Serving until SIGTERM or SIGINT: for a command line; call it in the main thread."""

from __future__ import annotations

import os
import socket
import sys
from errno import EINVAL
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.events.receiver.reception import Reception


# Seconds after which the thread that writes lets the one that answers have its turn. With Python's own 5 ms,
# answers waited for it: p99 was 35 ms instead of 26.
SWITCH = 0.001


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises `OSError` where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: only then asyncio sets TCP_NODELAY, without which each answer takes 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere this would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except (OSError, TypeError) as error:  # the second is of a name that cannot be one
        listening.close()
        raise error if isinstance(error, OSError) else OSError(EINVAL, "no name of a host") from None
    return listening


def serve_forever(reception: Reception, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Receive on a socket that listens until SIGTERM or SIGINT; then finish what is under way.

    `announce` is called once it answers. Raises what opening the store raises, before anything is answered.
    """
    import asyncio
    import signal

    from dialkit.events.receiver.server import Server

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Ctrl-Break, on Windows
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {
            number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
            for number in numbers
        }
        switching = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        try:
            reception.start(opened=True)
            server = Server(reception)
            loop.call_soon(announce)
            await server.run(listening, stop)
        finally:
            sys.setswitchinterval(switching)
            for number, handler in before.items():
                signal.signal(number, handler)

    asyncio.run(serve())
