"""Events a second that `dialkit.events.App` handles, from the signed POST to the end of the handler.

    bench/handling.py                                      # SQLite
    tools/postgres.py .venv/bin/python bench/handling.py   # and PostgreSQL

The app runs under uvicorn in a process of its own, with one handler, which is sync or async. Events come for
some seconds as quickly as they are answered; what counts is all of them, through the time from the first POST
to the end of the last call. The best of three, since what else runs only takes away. Each event has to be
handled exactly once. Exits 1 where a budget is broken.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import Any, NamedTuple

from dialkit.events import App
from empty import empty, stores
from machine import machine
from receiver import SECRET, cpu, sender

TIMES, PATIENCE = 3, 60.0  # runs; seconds until all is handled
BUDGETS = {"SQLite": 1000.0, "PostgreSQL": 500.0}  # events a second, taken and handled


class Measured(NamedTuple):
    """What one run came to."""

    rate: float  # events a second
    cpu: float  # µs of the program for an event
    once: bool  # whether each was handled exactly once


def measure(kind: str, environ: dict[str, str]) -> Measured:
    """One program, its load, and what they came to."""
    command = [sys.executable, __file__, kind]
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        load = sender(f"http://127.0.0.1:{serving.stdout.readline().strip()}/", 0)
        assert load.stdin is not None
        assert load.stdout is not None
        load.stdout.readline()  # it has signed all of its events
        before, began = cpu(serving.pid), time.monotonic()
        stored = json.loads(load.communicate("\n")[0])["fine"]
        serving.stdin.write(f"{stored}\n")
        serving.stdin.flush()
        calls, events, ended = json.loads(serving.stdout.readline())
        spent = cpu(serving.pid) - before
    return Measured(events / (ended - began), spent / stored * 1e6, calls == events == stored)


def serve(kind: str) -> None:
    """Be the program: print the port; told how many events there are, await them, and print what came."""
    import uvicorn

    app, seen, last = App(secrets=SECRET), [], 0.0

    def heard(event: Any) -> None:
        nonlocal last
        seen.append(event.id)
        last = time.monotonic()

    async def heard_too(event: Any) -> None:
        heard(event)

    app.on("sms.received")(heard if kind == "sync" else heard_too)
    server = uvicorn.Server(uvicorn.Config(app.asgi, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    wanted, until = int(sys.stdin.readline()), time.monotonic() + PATIENCE
    while len(seen) < wanted and time.monotonic() < until:
        time.sleep(0.01)
    server.should_exit = True
    thread.join()  # what is called once more would be called by now
    print(json.dumps([len(seen), len(set(seen)), last]), flush=True)


def main() -> int:
    fine = True
    print(f"\nevents handled, the best of {TIMES}")
    for name in stores():
        for kind in ("sync", "async"):
            runs = []
            for _ in range(TIMES):
                with empty(name) as environ:
                    runs.append(measure(kind, environ))
            best = max(runs)
            good = best.rate >= BUDGETS[name] and all(run.once for run in runs)
            fine &= good
            print(
                f"  {name:10}  {kind:5}  {best.rate:6.0f}/s  {best.cpu:4.0f} µs of CPU each  "
                f"budget {BUDGETS[name]:.0f}/s  {'ok' if good else 'OVER'}"
                f"{'' if all(run.once for run in runs) else ', and not each once'}"
            )
    print(machine())
    return 0 if fine else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        sys.exit(main())
