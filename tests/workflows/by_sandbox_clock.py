"""The command line in a process of its own, with the sandbox's clock for its own: waiting sets that clock on.

    python by_sandbox_clock.py contact import people.csv

Everything else is as `dialpad` does it, its limits included. Its last line on stderr tells
how much memory it took.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from pathlib import Path
from typing import Any

from dialkit.cli import session
from dialkit.cli.app import App
from dialkit.client.clock import Clock


class SandboxClock(Clock):
    """The clock of a sandbox that stands still unless somebody waits."""

    def __init__(self, _app: Any) -> None:
        self._connection = http.client.HTTPConnection(os.environ["DIALPAD_BASE_URL"].removeprefix("http://"))
        self._now = float(self._ask("GET", None)["epoch"])

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float, why: str = "") -> None:
        self._ask("POST", {"advance": seconds})
        self._now += seconds

    def _ask(self, method: str, body: Any) -> Any:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, "/__sandbox__/clock", content, {"content-type": "application/json"})
        answer = self._connection.getresponse()
        found = answer.read()
        assert answer.status == 200, found
        return json.loads(found)


def peak(process_id: int | str = "self") -> int:
    """The most memory a process took, in MiB; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    session.CountingClock = SandboxClock  # type: ignore[misc,assignment]
    code = App.of_process(sys.argv[1:]).run()
    print(f"peak {peak()} MiB", file=sys.stderr)
    sys.exit(code)
