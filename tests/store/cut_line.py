"""A line to a server that can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Line:
    """Passes bytes on to a server, until a word of the client's: then it hangs up, before or after that."""

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.word: bytes | None = None
        self.passed_on = False  # whether the word still reaches the server
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        _hang_up(self._listener)
        self._threads[0].join()  # from now on nobody is let in
        for side in self._sockets:
            _hang_up(side)
        for thread in self._threads:
            thread.join()
        for side in (self._listener, *self._sockets):
            side.close()

    def _start(self, target: Callable[..., None], *sides: socket.socket) -> None:
        self._sockets += sides
        self._threads.append(threading.Thread(target=target, args=sides))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.server)
            self._start(self._forth, client, server)
            self._start(self._back, server, client)

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            if self.word is not None and self.word in data:
                self.word = None
                self.cuts += 1
                _hang_up(client)
                if self.passed_on:
                    server.sendall(data)
                break
            with suppress(OSError):  # it may have hung up meanwhile
                server.sendall(data)
        _hang_up(server)

    @staticmethod
    def _back(server: socket.socket, client: socket.socket) -> None:
        while data := _received(server):
            with suppress(OSError):
                client.sendall(data)
        _hang_up(client)


def _hang_up(side: socket.socket) -> None:
    """Closing alone says nothing while another thread waits for it."""
    for how in (socket.SHUT_WR, socket.SHUT_RD):
        with suppress(OSError):
            side.shutdown(how)


def _received(side: socket.socket) -> bytes:
    try:
        return side.recv(65_536)
    except OSError:
        return b""
