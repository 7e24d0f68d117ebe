"""How an import goes, for a person: what will be done, how far it is, how long the rest takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.workflows.progress import Progress
from dialkit.directory.importing import Watch

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.client import Dialpad


class Shown(Watch):
    """How an import goes, for a person."""

    def __init__(self, app: App, client: Dialpad) -> None:
        self._app, self._clock = app, client.clock
        self._total = 0
        self._started = 0.0
        self._seconds = 0.0
        self.progress = Progress(app, client.clock.monotonic)

    def scanned(self, pages: int, contacts: int) -> None:
        """So much of the directory has been read."""
        self.progress.pages(pages, contacts)

    def counted(self, rows: int) -> None:
        """So many rows have been looked at."""
        self.progress.say(lambda: f"looking at the rows: {rows:,}")

    def planned(self, actions: dict[str, int], seconds: float, before: int) -> None:
        """Say what will be done, and how long Dialpad's limits make it."""
        self.progress.done()
        left = sum(actions.values())
        self._total, self._seconds = left + before, seconds
        self._started = self._clock.monotonic()
        shown = ", ".join(f"{number:,} to {WORDS[action]}" for action, number in actions.items())
        least = f"; at Dialpad's limits at least {lasting(seconds)}" if seconds >= 1 else ""
        self._app.tell(f"note: {left:,} rows: {shown or 'nothing left'}{least}")

    def worked(self, counts: dict[str, int]) -> None:
        """Show how many rows are done, and how long the rest takes at the same pace."""
        self.progress.say(lambda: self._line(counts))

    def _line(self, counts: dict[str, int]) -> str:
        done = sum(counts.values())
        shown = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
        left = self._seconds - (self._clock.monotonic() - self._started)
        return f"{bar(done, self._total)} {done:,} rows: {shown}; about {lasting(max(left, 1))} left"


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
