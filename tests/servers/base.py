"""The part all servers share: a listener, a thread for each connection, and an end that never waits."""

from __future__ import annotations

import socket
import threading
from typing import Self

from servers.wire import Connection, Request

BACKLOG = 1024
JOIN_SECONDS = 10.0


class Server:
    """A server on the loopback interface; use it as a context manager.

    `requests` holds every request that arrived completely, in order; `begun` every one whose headers arrived;
    `connections` counts what was accepted. Subclasses say in `serve` what happens on a connection.
    """

    def __init__(self, host: str = "127.0.0.1", *, name: str | None = None) -> None:
        """`host` is the address to listen on, `name` what stands for it in `url`."""
        self.host = host
        self.name = name or host
        self.port = 0
        self.requests: list[Request] = []
        self.begun: list[Request] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}

    @property
    def url(self) -> str:
        """Such as ``http://127.0.0.1:40123``, with no slash at the end."""
        return f"http://{self.name}:{self.port}"

    def holds(self, text: str) -> bool:
        """Whether `text`, such as an API key, arrived in any request, complete or not."""
        return any(request.holds(text) for request in [*self.begun])

    @property
    def authorized(self) -> bool:
        """Whether an Authorization header ever arrived."""
        return any(request.header("authorization") is not None for request in [*self.begun])

    def serve(self, connection: Connection) -> None:
        """What happens on one connection; it is closed when this returns."""
        raise NotImplementedError

    def start(self) -> Self:
        """Listen. The port is known, and connections are taken, when this returns."""
        self._listener = socket.create_server((self.host, 0), backlog=BACKLOG)
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name=f"{type(self).__name__} {self.port}")
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Break off everything and join every thread. Calling it again does nothing."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        # Only a connection wakes `accept` on every system.
        socket.create_connection((self.host, self.port), timeout=JOIN_SECONDS).close()
        self._acceptor.join(JOIN_SECONDS)
        self._listener.close()
        with self._lock:
            still_open = list(self._open.items())
        for _, sock in still_open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # its thread closed it just now
        for thread, _ in still_open:
            thread.join(JOIN_SECONDS)
        stuck = [t.name for t in (self._acceptor, *(t for t, _ in still_open)) if t.is_alive()]
        if stuck:
            raise RuntimeError(f"threads still running: {', '.join(stuck)}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.stopping.is_set():
                sock.close()
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            connection = Connection(sock, self, self.connections)
            thread = threading.Thread(target=self._run, args=(connection,))
            with self._lock:
                self._open[thread] = sock
            thread.start()

    def _run(self, connection: Connection) -> None:
        try:
            self.serve(connection)
        except OSError:
            pass  # the client has gone, or we are stopping; anything else is a bug, and pytest reports it
        finally:
            connection.sock.close()
            with self._lock:
                del self._open[threading.current_thread()]
