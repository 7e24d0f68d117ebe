"""Ports that nobody serves."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def free_port() -> Iterator[int]:
    """A port of 127.0.0.1 for a server that is to be told its port, kept for as long as the block lasts.

    On Linux, where two may bind one with SO_REUSEADDR, which servers set; elsewhere it is only free by now.
    """
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        if sys.platform != "linux":
            sock.close()
        yield port


@contextmanager
def refusing() -> Iterator[str]:
    """The URL of a port that refuses connections for as long as the block lasts.

    The port is bound but not listened on, so that no other process can be given it meanwhile.
    """
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextmanager
def deaf() -> Iterator[str]:
    """The URL of a port that lets connections hang: nobody accepts, and the queue is full.

    On Windows such a port refuses instead.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # Systems round the length of the queue up by a few.
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
