"""How quick the sandbox is: start, requests from eight connections, a long list, a reset.

Figures are of this machine with the client on it as well; each rate is the best of three, since noise only
takes away. Beside them: Prism, which starts in 931 ms, takes 165 MB and keeps nothing, as measured once on
such a machine. Exits 1 where a budget is broken.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from typing import Any, Self

CONNECTIONS, TIMES = 8, 3
CONTACTS = 100_000
USER = 5391827364501928
TEXT = json.dumps({"to_numbers": ["+14155550123"], "text": "Your order is ready."}).encode()
PRISM = {"start to the first answer": "Prism 931 ms", "memory after the start": "Prism 165 MB"}


class Server:
    """A sandbox in a process of its own."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "dialkit", "sandbox", "start", "--print", "json", "--limits", "off"]
        started = time.perf_counter()
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.host, self.token = told["url"].removeprefix("http://"), told["token"]
        self.ask("/users/me")
        self.start = time.perf_counter() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def ask(self, path: str) -> Any:
        """One answer."""
        connection = HTTPConnection(self.host)
        connection.request("GET", "/api/v2" + path, headers={"authorization": f"Bearer {self.token}"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def memory(self) -> float:
        """Resident megabytes, where the system tells; else 0."""
        try:
            with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
                line = next(line for line in status if line.startswith("VmRSS"))
        except OSError:
            return 0.0
        return int(line.split()[1]) / 1024

    def rate(self, method: str, path: str, body: bytes, seconds: float) -> float:
        """Answers a second over eight connections, one request under way on each."""
        head = f"{method} /api/v2{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
        raw = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        counts = [0] * CONNECTIONS
        host, port = self.host.split(":")
        until = time.perf_counter() + seconds

        def work(place: int) -> None:
            with socket.create_connection((host, int(port)), 10) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while time.perf_counter() < until:
                    connection.sendall(raw)
                    answer = b""
                    while not whole(answer):
                        answer += connection.recv(1 << 16)
                    if not answer.startswith(b"HTTP/1.1 200"):
                        os._exit(_fail(answer))
                    counts[place] += 1

        threads = [threading.Thread(target=work, args=(place,)) for place in range(CONNECTIONS)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / (time.perf_counter() - started)


def whole(answer: bytes) -> bool:
    """Whether an answer is all there."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    return len(body) >= int(length.partition(b":")[2])


def _fail(answer: bytes) -> int:
    print(answer[:300], file=sys.stderr)
    return 1


def within(code: str) -> float:
    """What a fresh interpreter prints: seconds."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def bare() -> float:
    """Seconds that a process takes which does nothing."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - started


IN_PROCESS = """
import time; t = time.perf_counter()
from dialkit.sandbox import Sandbox
s = Sandbox(); s.start(); print(time.perf_counter() - t); s.stop()
"""
RESET = """
import time, statistics
from dialkit.sandbox import Sandbox
with Sandbox(limits=False) as s:
    found = []
    for _ in range(200):
        t = time.perf_counter(); s.reset(); found.append(time.perf_counter() - t)
    print(statistics.median(found))
"""


def paging(server: Server) -> tuple[float, float, int]:
    """Seconds for a page at the start of a list of contacts and for one at its end, and how many there were.

    The whole list is read once; then the two pages are asked for in turn, so that noise meets both.
    """
    connection = HTTPConnection(server.host)

    def ask(cursor: str) -> tuple[Any, float]:
        started = time.perf_counter()
        path = f"/api/v2/contacts?include_local=true{cursor}"
        connection.request("GET", path, headers={"authorization": f"Bearer {server.token}"})
        return json.loads(connection.getresponse().read()), time.perf_counter() - started

    count, cursors = 0, [""]
    while True:
        answer, _ = ask(cursors[-1])
        count += len(answer.get("items", []))
        if "cursor" not in answer:
            break
        cursors.append("&cursor=" + answer["cursor"])
    pairs = [(ask(cursors[1])[1], ask(cursors[-2])[1]) for _ in range(50)]
    connection.close()
    first, last = (statistics.median(times) for times in zip(*pairs, strict=True))
    return first, last, count


def main() -> int:
    fine = True

    def line(what: str, value: float, unit: str, budget: float, *, least: bool = False) -> None:
        nonlocal fine
        ok = value >= budget if least else value <= budget
        fine &= ok
        sign = ">=" if least else "<="
        beside = f"  ({PRISM[what]})" if what in PRISM else ""
        print(f"  {what:34} {value:8.1f} {unit:4} {sign} {budget:6.1f}  {'ok' if ok else 'OVER'}{beside}")

    print("\nthe sandbox")
    starts, memories = [], []
    for _ in range(TIMES):
        with Server() as server:
            starts.append(server.start)
            memories.append(server.memory())
    line("start to the first answer", min(starts) * 1000, "ms", 500)
    line("memory after the start", min(memories), "MB", 90)
    pairs = [(within(IN_PROCESS), bare()) for _ in range(3 * TIMES)]
    inside, plain = (min(times) for times in zip(*pairs, strict=True))
    print(f"  start within a program: {inside * 1000:.0f} ms; bare interpreter {plain * 1000:.1f} ms")
    line("start within a program", inside / plain, "x", 15)
    line("reset", within(RESET) * 1000, "ms", 2)
    with Server() as server:
        gets = max(server.rate("GET", f"/users/{USER}", b"", 2) for _ in range(TIMES))
        posts = max(server.rate("POST", "/sms", TEXT, 2) for _ in range(TIMES))
    line("GET /users/{id}, 8 connections", gets, "/s", 1500, least=True)
    line("POST /sms, 8 connections", posts, "/s", 800, least=True)
    with Server("--contacts", str(CONTACTS)) as server:
        first, last, count = paging(server)
    print(f"  {count} contacts listed; a page: {first * 1000:.2f} ms at first, {last * 1000:.2f} at last")
    line("a page at the end / at the start", last / first, "x", 1.5)
    return 0 if fine and count >= CONTACTS else 1


if __name__ == "__main__":
    sys.exit(main())
