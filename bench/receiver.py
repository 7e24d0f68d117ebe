"""Verified, durable events a second that `dialpad events serve` takes, with load from other processes.

    bench/receiver.py                                      # SQLite
    tools/postgres.py .venv/bin/python bench/receiver.py   # and PostgreSQL

The best of three, since what else runs only takes away; CPU per event is of the receiver's two processes, so
it says more where the machine is busy. Exits 1 where a budget is broken.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database
from empty import empty, stores
from load import event
from machine import machine

LOAD = str(Path(__file__).with_name("load.py"))
SECRET = "a-secret-of-thirty-two-characters"
USED, FORMER = 10_000, 100_000_000  # events that are there already, and their ids
SENDERS, CONNECTIONS, SECONDS, TIMES = 2, 32, 4, 3
P99, MEMORY = 40.0, 120.0  # ms, MB
BUDGETS = {"SQLite": 4000.0, "PostgreSQL": 2500.0}  # events a second


class Measured(NamedTuple):
    """What one run came to."""

    rate: float  # events a second
    p50: float  # ms
    p99: float  # ms
    cpu: float  # µs of the receiver for an event
    memory: float  # MB
    others: int  # answers that were no 2xx


def use(environ: dict[str, str]) -> None:
    """Make a store such as it is after its first minute: with events, and PostgreSQL knows how many."""
    payloads = [event(FORMER + number) for number in range(USED)]
    arrivals = [Arrival("sms", each, json.dumps(each), time.time(), "serve") for each in payloads]
    with Database.of(environ) as database:
        keep(database, arrivals)
        with database.write() as tx:
            tx.execute("ANALYZE")


def measure(environ: dict[str, str]) -> Measured:
    """One receiver, its load, and what they came to."""
    command = [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0", "--print", "json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as receiver:
        assert receiver.stdout is not None
        url = json.loads(receiver.stdout.readline())["url"] + "/hooks/dialpad"
        senders = [sender(url, number) for number in range(SENDERS)]
        for each in senders:
            assert each.stdout is not None
            each.stdout.readline()  # it has signed all of its events
        both = [receiver.pid, *children(receiver.pid)]  # who answers, and who writes
        before = sum(map(cpu, both))
        for each in senders:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        told = [json.loads(each.communicate()[0]) for each in senders]
        spent, memory = sum(map(cpu, both)) - before, sum(map(resident, both))
        receiver.send_signal(signal.SIGTERM)
        assert receiver.wait(30) == 0
    latencies: Counter[int] = Counter()
    for one in told:
        latencies.update({int(tenths): count for tenths, count in one["latencies"].items()})
    total = sum(one["fine"] for one in told)
    return Measured(
        total / max(one["seconds"] for one in told),
        quantile(latencies, 0.5),
        quantile(latencies, 0.99),
        spent / total * 1e6,
        memory,
        sum(one["other"] for one in told),
    )


def sender(url: str, number: int) -> subprocess.Popen[str]:
    """A process that sends events of its own."""
    command = [sys.executable, LOAD, url, str(CONNECTIONS), str(SECONDS), str(number * 10_000_000)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(SECRET + "\n")
    process.stdin.flush()
    return process


def quantile(counts: Counter[int], share: float) -> float:
    """Milliseconds that so many of the answers took at the most."""
    wanted, seen = sum(counts.values()) * share, 0
    for tenths in sorted(counts):
        seen += counts[tenths]
        if seen >= wanted:
            return (tenths + 1) / 10
    return 0.0


def children(pid: int) -> list[int]:
    """Processes that a process began."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for one in threads for child in (one / "children").read_text("ascii").split()]


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """The most megabytes that a process had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def main() -> int:
    fine = True
    print(f"\nevents received: {SENDERS} senders with {CONNECTIONS} connections, the best of {TIMES}")
    for name in stores():
        runs = []
        for _ in range(TIMES):
            with empty(name) as environ:
                use(environ)
                runs.append(measure({**environ, "DIALPAD_WEBHOOK_SECRET": SECRET}))
        best = max(runs)
        good = best.rate >= BUDGETS[name] and best.p99 <= P99 and best.memory <= MEMORY and not best.others
        fine &= good
        print(
            f"  {name:10}  {best.rate:6.0f}/s  p50 {best.p50:5.1f} ms  p99 {best.p99:5.1f} ms  "
            f"{best.cpu:4.0f} µs of CPU each  {best.memory:3.0f} MB  "
            f"budget {BUDGETS[name]:.0f}/s, {P99:.0f} ms, {MEMORY:.0f} MB  {'ok' if good else 'OVER'}"
        )
    print(machine())
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
