"""How often may be asked: the catalog's limits, and a company's 20 a second, on the world's clock."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.catalog import Operation
    from dialkit.sandbox.world import Record, World

COMPANY = {"count": 20, "window": 1, "scope": "company"}
MOST = 10_000  # users, numbers, … that are counted for; beyond it, those whose windows are over are dropped


class Limits:
    """Requests of the last windows, of every request that came with a good key.

    One that a limit refuses does not count towards that limit, so whoever waits as long as is said gets
    through. One that fails later, as it lacks a field, counts.
    """

    def __init__(self, world: World, *, on: bool = True, tier: int = 0) -> None:
        self.world, self.on, self.tier = world, on, tier
        self._asked: dict[tuple[Any, ...], deque[float]] = {}

    def clear(self) -> None:
        """Forget all requests."""
        self._asked.clear()

    def check(self, operation: Operation, key: Record, values: Mapping[str, Any]) -> None:
        """Count a request, `values` being what it was given by name.

        Raises `Refusal` 429 (or 403, as the switch says) where it is one too many.
        """
        if not self.on or not operation.limits:
            return
        self._count(("",), COMPANY)
        for limit in operation.limits:
            if limit.get("tier") in (None, self.tier):
                whose = str(values.get(limit.get("by", ""), ""))[:80]
                whose = str(key["user_id"]) if whose == "me" else whose
                self._count((operation.id, limit["scope"], limit["count"], whose), limit)

    def _count(self, name: tuple[Any, ...], limit: dict[str, Any]) -> None:
        now, window = self.world.now, limit["window"]
        asked = self._asked.get(name)
        if asked is None:
            if len(self._asked) >= MOST:
                self._tidy(now)
            asked = self._asked[name] = deque(maxlen=limit["count"])
        while asked and asked[0] <= now - window:
            asked.popleft()
        if len(asked) >= limit["count"]:
            raise self._refusal(max(1, ceil(asked[0] + window - now)), limit)
        asked.append(now)

    def _tidy(self, now: float) -> None:
        """Drop the counts in which nothing happened for longer than any window."""
        longest = 3600
        self._asked = {name: asked for name, asked in self._asked.items() if asked[-1] > now - longest}

    def _refusal(self, wait: int, limit: dict[str, Any]) -> Refusal:
        headers = {"retry-after": str(wait)} if self.world.switch("retry-after") == "on" else {}
        status = int(self.world.switch("limit-status"))
        text = (
            f"rate_limit_exceeded: {limit['count']} requests in {limit['window']} s for a {limit['scope']}."
        )
        if self.world.frozen:  # waiting does not help
            text += f" The sandbox's clock stands still: advance it by {wait}s, or start with --limits off."
        return Refusal(status, text, headers)
