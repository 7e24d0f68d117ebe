"""How agents' time went by, from the log of their duty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.reports.period import Period
    from dialkit.sandbox.world import World

    Stretch = tuple[int, int, str]  # from, to, in epoch milliseconds, and the status

STATUSES = ("available", "busy", "occupied", "unavailable", "wrapup")


def stretches(world: World, start: int, end: int) -> dict[int, list[Stretch]]:
    """By user, their time from `start` to `end` (epoch ms) in pieces of one status; nothing of the future.

    Before the first that is known of an agent there is nothing.
    """
    end = min(end, world.milliseconds())
    changes: dict[int, list[tuple[int, int, str]]] = {}
    for change in world.duty_log:
        at = int(change["at"] * 1000)
        if at < end:
            changes.setdefault(change["user_id"], []).append((at, change["id"], change["status"]))
    found: dict[int, list[Stretch]] = {}
    for user_id, log in changes.items():
        log.sort()
        ends = [at for at, _, _ in log[1:]] + [end]
        pieces = [
            (max(at, start), until, status)
            for (at, _, status), until in zip(log, ends, strict=True)
            if until > max(at, start)
        ]
        if pieces:
            found[user_id] = pieces
    return found


def by_day(period: Period, start: int, end: int) -> Iterator[tuple[str, int]]:
    """A stretch of time in pieces of a day, in ms, by the days of the period's time zone."""
    while start < end:
        moment = datetime.fromtimestamp(start / 1000, period.zone)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until = min(end, max(start + 1, int(midnight.timestamp() * 1000)))
        yield period.day(start), until - start
        start = until
