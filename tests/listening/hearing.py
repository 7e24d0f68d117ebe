"""Those around a listener: the command in a process of its own, an app that events are forwarded to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from beside import PATIENCE, beside, until
from dialkit.client.clock import Clock

SECRET = "copper-kettle-41-drum"


class Post(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class StandingClock(Clock):
    """A clock that only the test sets on."""

    def __init__(self) -> None:
        self.at = 1_772_730_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


class App:
    """An app on this machine: answers 204, or the next of `statuses`; a 0 waits for `let_go`.

    Its port is its own, and refuses connections until the app is entered.
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.statuses: list[int] = []
        self.let_go = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.posts.append(Post(self.path, headers, body))
                status = outer.statuses.pop(0) if outer.statuses else 204
                if not status:
                    outer.let_go.wait(PATIENCE)
                    status = 204
                words = b"" if status == 204 else b"not now\x1b[31m"
                self.send_response(status)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # who asked has gone
                    pass

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.server_bind()
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self.server.server_activate()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Listening:
    """``dialpad listen`` in a process of its own, once it is connected."""

    def __init__(self, *argv: str, environ: dict[str, str], cwd: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.printed: list[str] = []
        self.told: list[str] = []
        self._begin = partial(
            beside,
            [sys.executable, "-m", "dialkit", "listen", *argv],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environ,
            cwd=cwd,
        )

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.process = stack.enter_context(self._begin())
            self.threads = [threading.Thread(target=self._out), threading.Thread(target=self._err)]
            for thread in self.threads:
                thread.start()
                stack.callback(thread.join)
            stack.callback(self.process.kill)
            until(
                lambda: self.says("note: listening") or self.process.poll() is not None,
                told=lambda: self.told,
            )
            assert self.process.poll() is None, self.told
            self._end = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()

    def says(self, words: str) -> list[str]:
        """The lines on stderr that hold these words."""
        return [line for line in self.told if words in line]

    def heard(self, number: int) -> list[dict[str, Any]]:
        """So many events, once they came."""
        until(lambda: len(self.events) >= number, told=lambda: (self.events, self.told))
        return self.events

    def end(self, number: int = signal.SIGINT) -> int:
        """End it in good order; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for thread in self.threads:
            thread.join()
        return code

    def _out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith('{"id"'):
                self.events.append(json.loads(line))

    def _err(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told.append(line.rstrip())
