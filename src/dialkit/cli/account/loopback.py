"""The address on this machine that a browser is led back to, for as long as a login takes (RFC 8252, 7.3)."""

from __future__ import annotations

import os
import socket
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

SLOW = 10.0  # seconds that one request may take to arrive
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<body><h1>{title}</h1><p>{text}</p></body></html>\n"
)
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Verdict(NamedTuple):
    """What the browser is told of its request. `then` is called once that is on its way."""

    status: int
    title: str
    text: str
    then: Callable[[], None] = lambda: None


class Listener:
    """Answers requests for one path, each in a thread of its own, until it is closed.

    Browsers open connections beforehand and say nothing on them; so one that is silent must not hold up
    the next. `take` gets the query of a request and says what is answered; it is called in any thread.

    Parameters:
        host: ``127.0.0.1``, ``localhost`` or ``::1``.
        port: 0 for a free one; `port` is the one it became.

    Raises `InvalidArgument` where the port is taken.
    """

    def __init__(self, host: str, port: int, path: str, take: Callable[[str], Verdict]) -> None:
        handler = type("Handler", (_Handler,), {"path_": path, "take": staticmethod(take)})
        kind = _Server6 if host == "::1" else _Server
        try:
            self._server = kind(("::1" if host == "::1" else "127.0.0.1", port), handler)
        except OSError as error:
            raise InvalidArgument(
                f"port {port} of {host} cannot be listened at: {error.strerror}",
                hint="end what uses it, or take another that is registered for the app: --redirect-port N",
            ) from None
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> int:
        return self.port

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # silent connections would keep us
    # Elsewhere it would let another program listen at the same port.
    allow_reuse_address = os.name == "posix"

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks DNS for our name, which can take seconds
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has hung up is nobody's trouble."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    path_ = "/"
    timeout = SLOW
    server_version, sys_version = "dialkit", ""
    error_message_format = PAGE.format(title="%(code)d", text="%(message)s")

    take: Callable[[str], Verdict]

    def do_GET(self) -> None:
        """Answer, then let the one who waits go on."""
        path, _, query = self.path.partition("?")
        told = (
            type(self).take(query) if path == self.path_ else Verdict(404, "Not found", "There is no page.")
        )
        try:
            body = PAGE.format(title=escape(told.title), text=escape(told.text)).encode()
            self.send_response(told.status)
            for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        finally:
            told.then()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Nothing: the address holds the code."""
