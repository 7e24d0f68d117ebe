"""The working days of call center operators: when they went on duty and off, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.groups.duty import AVAILABLE, OFF
from dialkit.sandbox.seed.names import THEO

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

HOUR, DAY = 3600, 86_400
DAYS = 14  # so many days back are told
FIRST_DAY = 3  # 1970-01-01 was a Thursday; days of the week count from Monday
# A day's changes: hours after midnight in UTC, on duty or off, why. Eight in the morning in Portland is 16.
SHIFT = (
    (16.0, True, None),
    (20.0, False, "Lunch"),
    (20.5, True, "Back from lunch"),
    (22.5, False, "Break"),
    (22.75, True, None),
    (25.0, False, None),
)


def fill_duties(world: World, maker: Maker) -> None:
    """Tell the days before today, and who is on duty now."""
    operators = [
        record["member_id"]
        for record in world.operators
        if record["group_type"] == "callcenter" and record["role"] != "admin"
    ]
    for place, user_id in enumerate(dict.fromkeys(operators)):
        changes = [
            change
            for ago in range(DAYS, 1, -1)
            if (maker.today // DAY - ago + FIRST_DAY) % 7 < 5
            for change in _day(world, user_id, maker.today - ago * DAY)
        ]
        if place % 4 == 3 and user_id != THEO:
            changes.append(_change(user_id, maker.today - HOUR, False, "Training"))
        else:
            changes.append(_change(user_id, maker.today - HOUR, True, None))
        for change in changes:
            world.duty_log.put({"id": world.count("duty_log"), **change})
        last = changes[-1]
        world.duties.put(
            {
                "user_id": user_id,
                "on_duty": last["on_duty"],
                "status": last["status"],
                "reason": last["reason"],
                "started": last["at"],
                "on_duty_started": max(change["at"] for change in changes if change["on_duty"]),
            }
        )


def _day(world: World, user_id: int, midnight: float) -> list[Record]:
    return [
        _change(
            user_id, midnight + hours * HOUR + world.draw(600, "shift", user_id, midnight, hours), on, why
        )
        for hours, on, why in SHIFT
    ]


def _change(user_id: int, at: float, on: bool, why: str | None) -> Record:
    return {"user_id": user_id, "at": at, "on_duty": on, "status": AVAILABLE if on else OFF, "reason": why}
