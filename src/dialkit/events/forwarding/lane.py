"""A lane: a target, and what one worker has claimed for it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.events.forwarding.target import Target
    from dialkit.store.database import Row


class Lane:
    """What is under way to a target, and what comes next."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.under_way = 0
        self.ahead: deque[tuple[Row, float]] = deque()  # claimed and not begun, and since when
        self.goal = 0  # how many to have ahead
        self.ended = 0  # since the last turn
        self.more = True  # whether the store may have more than was claimed

    @property
    def free(self) -> int:
        """How many may be claimed."""
        return self.target.at_once + self.goal - self.under_way - len(self.ahead)

    @property
    def low(self) -> bool:
        """Whether a claim is worth its commit."""
        return self.more and len(self.ahead) <= self.goal // 2 and self.free > 0
