"""How an import goes, for a person: what will be done, how far it is, how long the rest takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.directory.importing import Watch

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.cli.workflows.progress import Progress
    from dialkit.client.clock import Clock


class Shown(Watch):
    """How an import goes, for a person."""

    def __init__(self, app: App, clock: Clock, progress: Progress) -> None:
        self._app, self._clock = app, clock
        self._total = self._before = 0
        self._started = 0.0
        self._seconds = 0.0
        self._progress = progress

    def resumed(self, row: int) -> None:
        """Say that it goes on."""
        self._app.tell(f"note: an import of this file was under way; going on after row {row:,}")

    def scanned(self, pages: int, contacts: int) -> None:
        """So much of the directory has been read."""
        self._progress.pages(pages, contacts)

    def counted(self, rows: int) -> None:
        """So many rows have been looked at."""
        self._progress.say(lambda: f"looking at the rows: {rows:,}", "rows")

    def planned(self, actions: dict[str, int], seconds: float, before: int) -> None:
        """Say what will be done, and how long Dialpad's limits make it."""
        self._progress.done()
        left = sum(actions.values())
        self._total, self._before, self._seconds = left + before, before, seconds
        self._started = self._clock.monotonic()
        shown = ", ".join(f"{number:,} to {WORDS[action]}" for action, number in actions.items())
        least = f"; at Dialpad's limits at least {lasting(seconds)}" if seconds >= 1 else ""
        rows = "1 row" if left == 1 else f"{left:,} rows"
        self._app.tell(f"note: {rows}: {shown or 'nothing left'}{least}")

    def worked(self, counts: dict[str, int]) -> None:
        """Show how many rows are done, and how long the rest takes: by the limits, or at this pace."""
        self._progress.say(lambda: self._line(counts), "work")

    def _line(self, counts: dict[str, int]) -> str:
        done = sum(counts.values())
        shown = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
        passed = self._clock.monotonic() - self._started
        pace = passed / max(done - self._before, 1)
        left = max(self._seconds - passed, pace * (self._total - done), 1)
        return (
            f"{bar(done, self._total)} {done:,} of {self._total:,} rows, about {lasting(left)} left: {shown}"
        )


WORDS = {
    "create": "create",
    "update": "change",
    "write": "write",
    "unchanged": "leave as they are",
    "failed": "report as wrong",
}


def bar(done: int, total: int, width: int = 20) -> str:
    """How much is done: ``[#####...............]``."""
    full = width * min(done, total) // max(total, 1)
    return "[" + "#" * full + "." * (width - full) + "]"


def lasting(seconds: float) -> str:
    """Seconds in words: ``3 s``, ``12 min``, ``1 h 10 min``, ``6 d 22 h``."""
    whole = int(seconds + 0.5)
    for unit, name, below, smaller in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= unit:
            rest = whole % unit // below
            return f"{whole // unit} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{-(-whole // 60)} min" if whole > 90 else f"{max(whole, 1)} s"
