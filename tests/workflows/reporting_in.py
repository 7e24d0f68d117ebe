"""What the tests of reports share: time that the sandbox keeps, and a sandbox whose clock goes on."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dialkit.client import Dialpad
from dialkit.client.clock import Clock
from dialkit.reports.period import last_days, today_in
from dialkit.reports.question import question
from dialkit.reports.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dialkit.reports.question import Question
    from dialkit.reports.run import Result
    from dialkit.sandbox import Sandbox


class Steps(Clock):
    """The sandbox's own time: whoever waits sets it on."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.slept: list[tuple[float, str]] = []

    def now(self) -> float:
        return self._sandbox.clock.now.timestamp()

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float, why: str = "") -> None:
        self.slept.append((seconds, why))
        self._sandbox.clock.advance(seconds)


def client_of(sandbox: Sandbox, environ: dict[str, str], **options: Any) -> Dialpad:
    """A client whose clock is the sandbox's."""
    return Dialpad(
        sandbox.token,
        base_url=sandbox.url,
        environ=environ,
        clock=Steps(sandbox),
        **{"limits": False, **options},
    )


def fetch(client: Dialpad, folder: Path, asked: Question | str = "calls", days: int = 7, **how: Any) -> Any:
    """A report of the last days: what it came to, and the bytes of its files."""
    if isinstance(asked, str):
        asked = question(client.operation("stats.create"), asked)
    period = last_days(days, today_in("UTC", client.clock.now()), "UTC")
    paths = [folder / f"{number}.csv" for number in range(2)]
    opened = [path.open("w+b") for path in paths]
    try:
        done: Result = run(client, asked, period, opened.__getitem__, **how)
    finally:
        for file in opened:
            file.close()
    return done, [path.read_bytes() for path in paths[: len(done.begun)]]


@contextmanager
def going_on(sandbox: Sandbox) -> Iterator[None]:
    """While this holds, the clock of a sandbox is set on by ten seconds whenever a report is begun."""
    over = threading.Event()

    def work() -> None:
        seen = len(reports_of(sandbox))
        while not over.wait(0.02):
            if (now := len(reports_of(sandbox))) != seen:
                seen = now
                sandbox.clock.advance(10)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def reports_of(sandbox: Sandbox) -> list[Any]:
    """The bodies of the requests that began reports."""
    return [one.json for one in sandbox.requests if one.operation == "stats.create"]
