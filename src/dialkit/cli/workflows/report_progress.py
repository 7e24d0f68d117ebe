"""How far a report has come, told to a person."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.cli.app import App

QUIET = 1.0  # seconds that pass without a word
MEGABYTE = 1_000_000
WORDS = {"waiting": "Dialpad works the report out", "fetching": "the report is coming"}


class Progress:
    """Says how far a report has come: on a terminal as it goes, elsewhere once, and not within a second."""

    def __init__(self, app: App) -> None:
        self._stream = app.stderr
        self._live = app.stderr.isatty()
        self._told: set[str] = set()
        self._since = 0.0  # when the first bytes came

    def __call__(self, what: str, far: float) -> None:
        """`far` is in seconds of waiting, or in bytes that have come."""
        if what == "waiting" and far < QUIET:
            return
        if what == "fetching":
            now = monotonic()
            self._since = self._since or now
            if now - self._since < QUIET:
                return
        if self._live:
            shown = f"{far:.0f} s" if what == "waiting" else f"{far / MEGABYTE:.0f} MB"
            self._stream.write(f"\r{WORDS[what]}: {shown} \x1b[K")
        elif what not in self._told:
            self._stream.write(f"note: {WORDS[what]}\n")
        self._told.add(what)
        self._stream.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._live and self._told:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
