"""Events a second that are forwarded to a program of this machine, and that are heard by a websocket.

    bench/forwarding.py                                      # SQLite
    tools/postgres.py .venv/bin/python bench/forwarding.py   # and PostgreSQL

Forwarding begins with events that wait in the store, and ends when all are settled there; listening, from the
first message to the last commit. The other side is a process of its own. The best of three, since what else
runs only takes away. Exits 1 where a budget is broken, or an event did not arrive once.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any, NamedTuple

import httptools

from dialkit.client.clock import Clock
from dialkit.events.forwarding import Forwarder
from dialkit.events.forwarding.posting import Posting
from dialkit.events.keeping.keeper import Here
from dialkit.events.listening.line import Line
from dialkit.events.listening.messages import Messages
from dialkit.inbox.keeping import Arrival
from dialkit.store import Database
from empty import empty, stores
from load import event, signed
from machine import machine
from receiver import SECRET

EVENTS, TIMES, PATIENCE = 2000, 3, 60.0  # events, runs, seconds that one may take
BUDGETS = {  # events a second
    ("forwarded", "SQLite"): 1000.0,
    ("forwarded", "PostgreSQL"): 1000.0,
    ("heard", "SQLite"): 2000.0,
    ("heard", "PostgreSQL"): 1200.0,
}


class Measured(NamedTuple):
    """What one run came to."""

    rate: float  # events a second
    cpu: float  # µs of this process for an event
    once: bool  # whether each arrived, and once


def forwarded(environ: dict[str, str]) -> Measured:
    """Bring on what waits."""
    other = beside("program")
    assert other.stdin is not None
    assert other.stdout is not None
    posting = Posting(f"http://127.0.0.1:{other.stdout.readline().strip()}/hook")
    keeper = Here(lambda: Database.of(environ), lambda _arrival: (posting.name,))
    bodies = [(event(number), signed(number, SECRET.encode()).decode()) for number in range(EVENTS)]
    for first in range(0, EVENTS, 250):
        keeper.keep([Arrival("sms", *one, time.time(), "bench") for one in bodies[first : first + 250]])
    keeper.close()
    began, cpu = time.perf_counter(), time.process_time()
    attempts = Forwarder(lambda: Database.of(environ), [posting]).run_due()
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    came = int(other.communicate("\n")[0])
    return Measured(EVENTS / took, spent / EVENTS * 1e6, came == attempts == EVENTS)


def heard(environ: dict[str, str]) -> Measured:
    """Listen to somebody who sends as quickly as it is read."""

    async def hear(url: str) -> Measured:
        stop, clock = asyncio.Event(), Clock()

        def kept(new: list[tuple[int, Arrival]]) -> None:
            ids.update(event_id for event_id, _ in new)
            if len(ids) == EVENTS:
                stop.set()

        async def renew() -> str:
            return url

        ids: set[int] = set()
        keeper = Here(lambda: Database.of(environ))
        messages = Messages(keeper, SECRET, kept=kept, tell=print, stop=stop, clock=clock)
        line = Line(renew, messages.take, gap=lambda *_: None, tell=print, clock=clock)
        began, cpu = time.perf_counter(), time.process_time()
        async with asyncio.timeout(PATIENCE):
            await line.hear(url, stop, lambda: None)
            counts = await messages.end()
        took, spent = time.perf_counter() - began, time.process_time() - cpu
        return Measured(EVENTS / took, spent / EVENTS * 1e6, counts == (EVENTS, 0, 0))

    with Database.of(environ):  # the tables are there
        pass
    other = beside("websocket")
    assert other.stdout is not None
    try:
        return asyncio.run(hear(f"ws://127.0.0.1:{other.stdout.readline().strip()}/"))
    finally:
        other.communicate("\n")


def beside(role: str) -> subprocess.Popen[str]:
    """The other side. It prints its port, and ends at a line on stdin."""
    return subprocess.Popen(
        [sys.executable, __file__, role], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


async def program() -> None:
    """Answer 204 to whatever is posted; at the end, print how many different events that were."""
    ids: set[Any] = set()

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.parser = transport, httptools.HttpRequestParser(self)

        def data_received(self, data: bytes) -> None:
            self.parser.feed_data(data)

        def on_message_begin(self) -> None:
            self.body = b""

        def on_body(self, body: bytes) -> None:
            self.body += body

        def on_message_complete(self) -> None:
            ids.add(self.body)
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    await until_told(server.sockets[0].getsockname()[1])
    print(len(ids))


async def websocket() -> None:
    """Send all events to whoever connects."""
    from websockets.asyncio.server import ServerConnection, serve

    bodies = [signed(number, SECRET.encode()).decode() for number in range(EVENTS)]

    async def send(connection: ServerConnection) -> None:
        for body in bodies:
            await connection.send(body)
        await connection.wait_closed()

    async with serve(send, "127.0.0.1", 0) as server:
        await until_told(next(iter(server.sockets)).getsockname()[1])


async def until_told(port: int) -> None:
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def main() -> int:
    fine = True
    print(f"\nevents brought on and heard, {EVENTS} of each, the best of {TIMES}")
    for (what, name), budget in BUDGETS.items():
        runs = []
        for _ in range(TIMES if name in stores() else 0):
            with empty(name) as environ:
                runs.append((forwarded if what == "forwarded" else heard)(environ))
        if runs:
            best, once = max(runs), all(run.once for run in runs)
            good = best.rate >= budget and once
            fine &= good
            print(
                f"  {what:9}  {name:10}  {best.rate:6.0f}/s  {best.cpu:4.0f} µs of CPU each  "
                f"budget {budget:.0f}/s  {'ok' if good else 'OVER'}{'' if once else ', and not each once'}"
            )
    print(machine())
    return 0 if fine else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run({"program": program, "websocket": websocket}[sys.argv[1]]())
    else:
        sys.exit(main())
