"""`make bench`: the budgets of docs/architecture.md, as ratios measured in one run.

    bench/run.py [--runs 15]
    bench/run.py --only start|client|typed|shards|limiter|sandbox|receiver|handling|forwarding|inbox

Whole processes are run in turn, bare interpreter and commands, so that a machine that slows down slows all
of them. The least of each is what counts, for what else runs only ever adds: medians of one hour
were 4.5 and 5.1 for the same command. Exits 1 where a budget is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
DIALPAD = str(Path(PYTHON).with_name("dialpad"))
SEND = ["sms", "send", "--to", "+14155550123", "--from", "+15035550142", "--message", "Hello"]

# Read 20 pages, find nobody, say what would be made. Dialpad's 20 requests a second bound it: no budget.
UPSERT = [
    "contact",
    "upsert",
    "--first-name",
    "Zoe",
    "--last-name",
    "New",
    "--phone",
    "+12025550199",
    "--dry-run",
]

# What is run, the budget as a multiple of the bare interpreter.
STARTS: list[tuple[str, list[str], float]] = [
    ("dialpad --version", [DIALPAD, "--version"], 3.0),
    ("dialpad --help", [DIALPAD, "--help"], 3.0),
    ("dialpad users --help", [DIALPAD, "users", "--help"], 3.0),
    ("dialpad sms send --help", [DIALPAD, "sms", "send", "--help"], 3.5),
    ("dialpad users list --help", [DIALPAD, "users", "list", "--help"], 3.5),
    ("a dry-run send", [DIALPAD, *SEND, "--dry-run"], 5.0),
    ("a send to a local sandbox", [DIALPAD, *SEND, "--again"], 8.0),
    ("contact upsert, 20 pages read", [DIALPAD, *UPSERT], 0.0),
    ("from dialkit import Dialpad", [PYTHON, "-c", "from dialkit import Dialpad"], 6.0),
]
CLIENT_BUDGET = 1.5
OFFICIAL_IMPORT = "from dialpad import DialpadClient"
IMPORT_BUDGET = 0.45  # of the official client's
TYPED_BUDGET = 0.35  # of the official client's CPU
ASYNC_BUDGET = 3.0  # times the official client's throughput
PAIRS = 5


def once(command: list[str], environ: dict[str, str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    elapsed = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr.decode()[:500]}")
    return elapsed


def start(runs: int, environ: dict[str, str]) -> bool:
    """Start-up: every command as a whole process, in turn with the bare interpreter."""
    rows = [("bare interpreter", [PYTHON, "-c", "pass"], 0.0), *STARTS]
    times: dict[str, list[float]] = {name: [] for name, _, _ in rows}
    for turn in range(runs + 1):
        for name, command, _ in rows:
            elapsed = once(command, environ)
            if turn:  # the first fills the disk's cache
                times[name].append(elapsed)
    bare = min(times["bare interpreter"])
    print(f"\nwhole processes, the least of {runs} in turn")
    fine = True
    for name, _, budget in rows:
        least = min(times[name])
        ratio = least / bare
        verdict = "" if not budget else f"  budget {budget:.1f}  " + ("ok" if ratio <= budget else "OVER")
        fine &= not budget or ratio <= budget
        print(f"  {name:28} {least * 1000:7.1f} ms  {ratio:5.2f} x bare{verdict}")
    return fine


def client(environ: dict[str, str]) -> bool:
    """CPU per request of 2,000 calls, beside bare pyreqwest, in turn."""
    pairs = [(loop("pyreqwest", environ)[0], loop("dialkit", environ)[0]) for _ in range(3 * PAIRS)]
    print(f"\nCPU per request, 2,000 calls to a local server, the least of {3 * PAIRS} in turn")
    return compared(pairs, ("bare pyreqwest", "Dialpad.request"), CLIENT_BUDGET)


def typed(environ: dict[str, str]) -> bool:
    """The typed client beside the official one: import, CPU of a call, throughput with 32 in flight."""
    imports = [[PYTHON, "-c", line] for line in (OFFICIAL_IMPORT, "from dialkit import Dialpad")]
    pairs = [tuple(once(command, environ) * 1e6 for command in imports) for _ in range(3 * PAIRS)]
    print(f"\nbeside the official client, the least of {PAIRS} in turn")
    fine = compared(pairs, ("import: official", "import: dialkit"), IMPORT_BUDGET)
    sides = [(loop("official", environ), loop("typed", environ)) for _ in range(PAIRS)]
    cpu = [(official[0], ours[0]) for official, ours in sides]
    fine &= compared(cpu, ("users.get, CPU: official", "users.get, CPU: dialkit"), TYPED_BUDGET)
    many = [loop("typed-async", environ)[1] for _ in range(PAIRS)]
    wall = [(official[1], ours) for (official, _), ours in zip(sides, many, strict=True)]
    fine &= compared(wall, ("users.get, wall: official", "32 in flight: dialkit"), 1 / ASYNC_BUDGET)
    both = [(loop("official-async", environ)[1], ours) for ours in many]
    return fine & compared(both, ("32 in flight: official", "32 in flight: dialkit"), 0.0)


def compared(pairs: Sequence[Sequence[float]], names: tuple[str, str], budget: float) -> bool:
    """Print the least of both, in microseconds, and their ratio; whether that is within budget."""
    other, ours = map(min, zip(*pairs, strict=True))
    ratio = ours / other
    fine = not budget or ratio <= budget
    verdict = f"  budget {budget:.2f}  {'ok' if fine else 'OVER'}" if budget else ""
    print(f"  {names[0]:28} {other:7.0f} us")
    print(f"  {names[1]:28} {ours:7.0f} us  {ratio:5.2f} x{verdict}")
    return fine


def loop(name: str, environ: dict[str, str]) -> tuple[float, float]:
    """CPU and wall microseconds per call of one half."""
    command = [PYTHON, str(ROOT / "bench" / "loop.py"), name]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    cpu, wall = map(float, done.stdout.split())
    return cpu, wall


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    only = ("start", "client", "typed", "shards", "limiter", "sandbox")
    only += ("receiver", "handling", "forwarding", "inbox")
    parser.add_argument("--only", choices=only)
    args = parser.parse_args()
    fine = True
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "DIALKIT_HOME": home, "DIALKIT_KEYRING": "off"}
        command = [PYTHON, "-m", "dialkit", "sandbox", "start", "--print", "json", "--limits", "off"]
        command += ["--contacts", "2000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as server:
            try:
                assert server.stdout is not None
                sandbox = json.loads(server.stdout.readline())
                environ |= {"DIALPAD_BASE_URL": sandbox["url"], "DIALPAD_API_KEY": sandbox["token"]}
                if args.only in (None, "start"):
                    fine &= start(args.runs, environ)
                if args.only in (None, "client"):
                    fine &= client(environ)
                if args.only in (None, "typed"):
                    fine &= typed(environ)
            finally:
                server.terminate()
        if args.only in (None, "shards"):
            subprocess.run([PYTHON, str(ROOT / "bench" / "shards.py")], check=True)
        if args.only in (None, "limiter"):
            fine &= not subprocess.run([PYTHON, str(ROOT / "bench" / "limiter.py")], check=False).returncode
        if args.only in (None, "sandbox"):
            fine &= not subprocess.run([PYTHON, str(ROOT / "bench" / "sandbox.py")], check=False).returncode
        if args.only in (None, "receiver"):
            fine &= not subprocess.run([PYTHON, str(ROOT / "bench" / "receiver.py")], check=False).returncode
        if args.only in (None, "handling"):
            fine &= not subprocess.run([PYTHON, str(ROOT / "bench" / "handling.py")], check=False).returncode
        if args.only in (None, "forwarding"):
            done = subprocess.run([PYTHON, str(ROOT / "bench" / "forwarding.py")], check=False)
            fine &= not done.returncode
        if args.only in (None, "inbox"):
            # A million texts take a minute to make: only where they are asked for.
            some = [] if args.only else ["--only", "keep"]
            command = [PYTHON, str(ROOT / "bench" / "inbox.py"), *some]
            fine &= not subprocess.run(command, check=False).returncode
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
