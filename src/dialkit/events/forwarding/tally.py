"""How forwarding and handlers stand, for Prometheus: attempts since the start, and what is open."""

from __future__ import annotations

from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING

from dialkit.events.hooks.addresses import loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dialkit.store.database import Row

    Counts = Counter[tuple[str, str]]  # by target, and by outcome or state

OUTCOMES = ("delivered", "failed")
STATES = ("waiting", "claimed", "dead")
EVERY = 5.0  # seconds between two looks into the store
SHARE = (
    100  # and so many times as long as the last look took: with millions that wait, a hundredth of the time
)


class Tally:
    """Counts for each target. One thread counts, and any reads."""

    def __init__(self) -> None:
        self._attempts: Counts = Counter()
        self._open: Counts = Counter()
        self._targets: tuple[str, ...] = ()
        self._due = float("-inf")

    def begin(self, targets: Iterable[str]) -> None:
        """Count for these: from 0, so that whoever watches sees the first."""
        self._targets = tuple(targets)
        self._attempts.update(dict.fromkeys(((one, how) for one in self._targets for how in OUTCOMES), 0))

    def attempted(self, target: str, *, delivered: bool) -> None:
        """One attempt has ended."""
        self._attempts[target, OUTCOMES[not delivered]] += 1

    def look(self, counted: Callable[[], Sequence[Row]], moment: float) -> None:
        """Have what is open counted, if that is due: rows of ``target``, ``state``, ``number``."""
        if moment < self._due:
            return
        began = perf_counter()
        found: Counts = Counter(dict.fromkeys(((one, state) for one in self._targets for state in STATES), 0))
        for row in counted():
            found[row["target"], row["state"]] = row["number"]
        self._open = found
        self._due = moment + max(EVERY, SHARE * (perf_counter() - began))

    def lines(self) -> list[str]:
        """All of it, in Prometheus' text format."""
        return [
            "# HELP dialkit_delivery_attempts_total Attempts to bring an event to a target, since the start.",
            "# TYPE dialkit_delivery_attempts_total counter",
            *_rows("dialkit_delivery_attempts_total", "outcome", self._attempts),
            "# HELP dialkit_deliveries_open Events that a target has not taken, in the whole store.",
            "# TYPE dialkit_deliveries_open gauge",
            *_rows("dialkit_deliveries_open", "state", self._open),
        ]


def _rows(name: str, word: str, counts: Counts) -> list[str]:
    shown: Counts = Counter()
    for (target, how), number in counts.copy().items():
        shown[_label(target), how] += number
    return [
        f'{name}{{target="{target}",{word}="{how}"}} {shown[target, how]}' for target, how in sorted(shown)
    ]


def _label(target: str) -> str:
    """A target as a label: of a URL elsewhere but the host, for whoever knows the rest may post there."""
    from urllib.parse import urlsplit

    if target.startswith("url:"):
        parts = urlsplit(target.removeprefix("url:"))
        path = parts.path if loopback(parts.hostname or "") else ""
        target = f"url:{parts.scheme}://{parts.netloc}{path}"
    return target.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
