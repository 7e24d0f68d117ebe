"""How far something has come, said to a person on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.page import width_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from dialkit.cli.app import App

# Nothing is said of what takes less, in seconds; a line on a terminal changes no faster than this.
QUIET, OFTEN = 1.0, 0.1


class Progress:
    """One line that changes, on a terminal; elsewhere one note of each thing. Not within a second.

    The line is taken away at the end of a ``with`` block.
    """

    def __init__(self, app: App, monotonic: Callable[[], float]) -> None:
        self._stream, self._tell, self._monotonic = app.stderr, app.tell, monotonic
        self._environ = app.environ
        self._live = app.stderr.isatty()
        self._what = ""
        self._started = self._last = monotonic()
        self._told = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.done()

    def say(self, line: Callable[[], str], what: str = "") -> None:
        """Show the line, which is only made where it is shown; of another thing, `what`, time starts anew."""
        now = self._monotonic()
        if what != self._what:
            self._what, self._started, self._told = what, now, self._told and self._live
        if now - self._started < QUIET or (self._told and not self._live) or now - self._last < OFTEN:
            return
        self._last, self._told = now, True
        if self._live:
            # A longer one would take two lines, of which the next could only replace the second.
            most = width_of(self._stream, self._environ) - 1
            self._stream.write(f"\r{line()[:most]} \x1b[K")
            self._stream.flush()
        else:
            self._tell(f"note: {line()}")

    def pages(self, pages: int, contacts: int) -> None:
        """How far the directory has been read."""
        self.say(lambda: f"reading the directory: {contacts:,} contacts, {pages:,} pages")

    def report(self, what: str, far: float) -> None:
        """How far a report has come: ``waiting``, seconds; ``fetching``, bytes."""
        words, size, unit = REPORT[what]
        self.say(lambda: f"{words}: {far / size:.0f} {unit}", what)

    def clear(self) -> None:
        """Take the line away, for something that is to stand there."""
        if self._live and self._told:
            self._told = False
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def done(self) -> None:
        """Take the line away; what follows is something else."""
        self.clear()
        self._what, self._started, self._told = "", self._monotonic(), False


REPORT = {
    "waiting": ("Dialpad works the report out", 1, "s"),
    "fetching": ("the report is coming", 1_000_000, "MB"),
}
