"""One rule at work: whether it matches a request or a delivery, and how often it has happened."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.faults.fields import DELIVERY, EFFECTS
from dialkit.sandbox.operations.company.numbers import e164

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.sandbox.world import Record, World

PACE = ("latency", "slow_body")  # a rule of these alone goes with others; of the rest, one decides
SOME = 1 << 32  # of so many, how many are drawn


class Asked(NamedTuple):
    """A request, as rules see it. `values` are what its query, path and body hold."""

    method: str
    path: str
    operation_id: str
    key: str
    values: Callable[[], Iterable[Any]]


class Rule:
    """A rule, how many requests it matched, and how many times it happened."""

    def __init__(self, number: int, given: Record, source: str) -> None:
        self.id, self.given, self.source = number, given, source
        self.matched = self.happened = 0
        self.effects = {name: given[name] for name in (*EFFECTS, *DELIVERY) if name in given}
        self.decides = any(name not in PACE for name in self.effects)
        self._globs = {
            name: re.compile("|".join(map(translate, _list(given[name]))))
            for name in ("operation", "path", "event", "url")
            if name in given
        }

    @property
    def spent(self) -> bool:
        """Whether it has happened as often as it may."""
        return "count" in self.given and self.happened >= int(self.given["count"])

    def as_dict(self) -> Record:
        """As it is listed."""
        counts = {"matched": self.matched, "happened": self.happened, "spent": self.spent}
        return {"id": self.id, **self.given, "from": self.source, **counts}

    def rewind(self) -> None:
        """Begin to count anew."""
        self.matched = self.happened = 0

    def wants(self, asked: Asked) -> bool:
        """Whether it is about a request."""
        given = self.given
        return (
            "webhook" not in given
            and given.get("method", asked.method) == asked.method
            and given.get("key", asked.key) == asked.key
            and self._fits("operation", asked.operation_id)
            and self._fits("path", asked.path)
            and ("number" not in given or given["number"] in _numbers(asked.values()))
        )

    def wants_delivery(self, delivery: Record) -> bool:
        """Whether it is about a delivery."""
        return (
            "webhook" in self.given
            and self._fits("event", str(delivery.get("kind", "")))
            and self._fits("url", str(delivery.get("url", "")))
        )

    def happens(self, world: World) -> bool:
        """Count one that it matched; whether it happens to it."""
        self.matched += 1
        chance = self.given.get("probability", 1.0)
        if (
            self.spent
            or self.matched <= self.given.get("after", 0)
            or world.draw(SOME, "fault", self.id, self.matched) >= chance * SOME
        ):
            return False
        self.happened += 1
        return True

    def _fits(self, name: str, text: str) -> bool:
        return name not in self._globs or self._globs[name].fullmatch(text) is not None


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _numbers(values: Iterable[Any]) -> Iterator[str]:
    """The phone numbers among values and lists of values."""
    for value in values:
        for item in value if isinstance(value, list) else [value]:
            number = e164(item, infer=True) if isinstance(item, str) else None
            if number:
                yield number
