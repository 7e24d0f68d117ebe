"""A server that accepts every request, remembers it, and answers what it is told to."""

from __future__ import annotations

import socket
from collections.abc import Callable

from servers.base import Server
from servers.wire import Connection, Reply, Request, render

Answer = Reply | Callable[[Request], Reply]

EMPTY_OBJECT = Reply(200, (), b"{}")


class Recorder(Server):
    """Answers each request with `answer`, or with what it returns when called with the request."""

    def __init__(
        self, answer: Answer = EMPTY_OBJECT, *, host: str = "127.0.0.1", name: str | None = None
    ) -> None:
        super().__init__(host, name=name)
        self._fixed = None if callable(answer) else render(answer)
        self._answer = answer

    def answer(self, request: Request) -> Reply:
        """The answer to one request; called in the thread of its connection."""
        assert callable(self._answer)
        return self._answer(request)

    def serve(self, connection: Connection) -> None:
        while True:
            request = connection.read()
            data = self._fixed or render(self.answer(request))
            if request.method == "HEAD":
                data = data[: data.index(b"\r\n\r\n") + 4]
            connection.send(data)
            if (request.header("connection") or "").lower() == "close":
                return


def foreign(answer: Answer = EMPTY_OBJECT) -> Recorder:
    """A Recorder on another host than 127.0.0.1: what may never be given the key. See `Server.authorized`.

    The host is 127.0.0.2, or ``localhost`` where the system has only one loopback address (macOS).
    """
    try:
        with socket.create_server(("127.0.0.2", 0)):
            return Recorder(answer, host="127.0.0.2")
    except OSError:
        return Recorder(answer, name="localhost")
