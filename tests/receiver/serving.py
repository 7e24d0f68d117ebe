"""A receiver in a process of its own, and what posts to it: requests as bytes, answers as they came."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

from beside import PATIENCE, beside

PATH = "/hooks/dialpad"


class Reply(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Serving:
    """``dialpad events serve`` on a port."""

    def __init__(self, environ: dict[str, str], folder: Path, *argv: str, stderr: int | None = None) -> None:
        self.environ, self.folder, self.argv, self.stderr = environ, folder, argv, stderr
        self.port = 0
        self.said = ""
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.stop()

    def start(self) -> Self:
        command = [sys.executable, "-m", "dialkit", "events", "serve", "--print", "json"]
        with ExitStack() as stack:
            log = stack.enter_context((self.folder / "serve.log").open("a", encoding="utf-8"))
            process = stack.enter_context(
                beside(
                    [*command, "--port", str(self.port), *self.argv],
                    env=self.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log if self.stderr is None else self.stderr,
                    text=True,
                )
            )
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, self.log
            self.told = json.loads(line)
            self.port = int(self.told["url"].rpartition(":")[2])
            self.process, self._end = process, stack.pop_all()
        return self

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text("utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it in good order; the exit code."""
        process, self.process = self.process, None
        assert process is not None
        with self._end:
            process.send_signal(number)
            return process.wait(PATIENCE)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def kill_and_start(self) -> None:
        """Again on the same port, which nobody else can take meanwhile."""
        self.kill()
        with socket.socket() as place:
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            place.bind(("127.0.0.1", self.port))
            self.start()

    def connect(self, timeout: float = PATIENCE) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, data: bytes, *, end: bool = True) -> bytes:
        """What comes back for some bytes, until the receiver closes; `end`: nothing follows them."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if end:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it may have answered and closed already
            return everything(connection)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """One request, whose headers are given with ``_`` for ``-``."""
        lines = {"host": f"127.0.0.1:{self.port}", "content-length": str(len(body)), "connection": "close"}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return reply_of(self.raw(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body, end=False))

    def post(self, body: bytes, **headers: str) -> Reply:
        return self.ask("POST", PATH, body, **headers)

    def count(self, name: str) -> int:
        """A number of /metrics, such as ``dialkit_events_received_total``."""
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return int(next((line.rpartition(" ")[2] for line in lines if line.startswith(name)), "0"))

    @property
    def writer(self) -> int:
        """The process that writes for it."""
        assert self.process is not None
        pid = self.process.pid
        [child] = {
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split()
        }
        return child

    def memory(self) -> int:
        """Resident bytes of both processes, the most so far."""
        assert self.process is not None
        lines = [
            line.split()
            for pid in (self.process.pid, self.writer)
            for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        ]
        return sum(int(line[1]) for line in lines if line[0] == "VmHWM:") << 10


def everything(connection: socket.socket) -> bytes:
    """What is read until the other side closes."""
    found = b""
    try:
        while piece := connection.recv(1 << 16):
            found += piece
    except ConnectionResetError:
        pass
    return found


def reply_of(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/1.1 "), data
    pairs = (line.partition(":") for line in lines)
    return Reply(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body)


def statuses(data: bytes) -> list[int]:
    """The statuses of the answers on one connection."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


def posted(body: bytes, *lines: str, path: str = PATH) -> bytes:
    """A request as bytes."""
    head = "".join(f"{line}\r\n" for line in (f"POST {path} HTTP/1.1", "host: 127.0.0.1", *lines))
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
