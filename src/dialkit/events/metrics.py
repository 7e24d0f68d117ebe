"""What a receiver counts, and how Prometheus reads it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.events.forwarding.tally import Tally

# Upper ends in seconds of a commit's time.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts since the start. Only the event loop and the thread that writes change them, each its own.

    `tally` counts what is brought on, where that is done here.
    """

    def __init__(self) -> None:
        self.received = 0  # requests at the paths of events
        self.stored: Counter[str] = Counter()  # by kind
        self.duplicates = 0
        self.refused: Counter[str] = Counter()  # by reason
        self.failed_commits = 0
        self.waiting = 0
        self.connections = 0
        self.tally: Tally | None = None
        self._commits = [0] * (len(BOUNDS) + 1)
        self._commit_seconds = 0.0
        self._written = 0

    def committed(self, seconds: float) -> None:
        """A commit took so long."""
        self._commits[bisect_left(BOUNDS, seconds)] += 1
        self._commit_seconds += seconds

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        lines = [
            *_one("received_total", "counter", "Requests at the paths of events.", self.received),
            *_many("stored_total", "Events stored for the first time.", "kind", self.stored),
            *_one("duplicates_total", "counter", "Events that were there already.", self.duplicates),
            *_many("refused_total", "Requests answered otherwise than 2xx.", "reason", self.refused),
            *_one("failed_commits_total", "counter", "Commits that failed.", self.failed_commits),
            *_one("queue_length", "gauge", "Events that wait to be stored.", self.waiting),
            *_one("connections", "gauge", "Connections that are open.", self.connections),
            *self._histogram(),
            *(self.tally.lines() if self.tally is not None else ()),
        ]
        return "\n".join(lines).encode() + b"\n"

    def _histogram(self) -> list[str]:
        name, total = "dialkit_commit_seconds", 0
        lines = [f"# HELP {name} Time of a commit, of one or many events.", f"# TYPE {name} histogram"]
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._commits, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self._commit_seconds:.6f}", f"{name}_count {total}"]


def _one(name: str, kind: str, about: str, value: int) -> list[str]:
    name = f"dialkit_{name}" if kind == "gauge" and name != "queue_length" else f"dialkit_events_{name}"
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}", f"{name} {value}"]


def _many(name: str, about: str, label: str, counts: Counter[str]) -> list[str]:
    # The labels are words of ours, never what came from outside.
    name = f"dialkit_events_{name}"
    rows = [f'{name}{{{label}="{key}"}} {counts[key]}' for key in sorted(counts)]
    return [f"# HELP {name} {about}", f"# TYPE {name} counter", *rows]
