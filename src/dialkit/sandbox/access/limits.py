"""How often may be asked: the catalog's limits, and the company's 20 requests a second, on the world's clock."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import World

COMPANY = {"count": 20, "window": 1, "scope": "company"}
# Whose requests count together, by the scope of a limit: fields of the request that name it.
WHOSE: dict[str, tuple[str, ...]] = {
    "company": (),
    "user": ("user_id", "id"),
    "ivr": ("target_id",),
    "number": ("phone_number",),
    "callcenter": ("call_center_id",),
}


class Limits:
    """Requests of the last windows. A refused one counts as well as one that is carried out."""

    def __init__(self, world: World, *, on: bool = True, tier: int = 0) -> None:
        self.world, self.on, self.tier = world, on, tier
        self._asked: dict[tuple[Any, ...], deque[float]] = {}

    def clear(self) -> None:
        """Forget all requests."""
        self._asked.clear()

    def check(self, operation: Operation, call: Call) -> None:
        """Count a request. Raises `Refusal` 429 (or 403, as the switch says) where it is one too many."""
        if not self.on:
            return
        self._count(("",), COMPANY)
        values = {**call.path, **call.query, **call.body}
        for limit in operation.limits:
            if limit.get("tier") in (None, self.tier):
                whose = next((values[name] for name in WHOSE[limit["scope"]] if name in values), None)
                self._count((operation.id, limit["scope"], limit["count"], whose), limit)

    def _count(self, name: tuple[Any, ...], limit: dict[str, Any]) -> None:
        now, window = self.world.now, limit["window"]
        asked = self._asked.setdefault(name, deque())
        while asked and asked[0] <= now - window:
            asked.popleft()
        if len(asked) >= limit["count"]:
            raise self._refusal(max(1, round(asked[0] + window - now + 0.5)), limit)
        asked.append(now)

    def _refusal(self, wait: int, limit: dict[str, Any]) -> Refusal:
        headers = {"retry-after": str(wait)} if self.world.switch("retry-after") == "on" else {}
        status = int(self.world.switch("limit-status"))
        text = (
            f"rate_limit_exceeded: {limit['count']} requests in {limit['window']} s for a {limit['scope']}."
        )
        return Refusal(status, text, headers)
