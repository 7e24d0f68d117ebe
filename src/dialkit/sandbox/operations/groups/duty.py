"""Duty: whether agents take calls of their call centers, what they are doing, and what it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.emit import emit
from dialkit.sandbox.wire import iso

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

AVAILABLE, OFF = "available", "unavailable"


def duty_of(world: World, user_id: int) -> Record:
    """How a user's duty stands; somebody who was never on duty is off."""
    return world.duties.find(user_id) or {"user_id": int(user_id), "on_duty": False, "status": OFF}


def on_duty(world: World, user_id: int) -> bool:
    """Whether a user is on duty."""
    return bool(duty_of(world, user_id)["on_duty"])


def set_duty(world: World, user_id: int, on_duty: bool, reason: str | None = None) -> Record:
    """Put a user on or off duty in all their call centers. Nothing happens where nothing changes.

    Raises `Refusal` 404 for an unknown user.
    """
    world.users.get(user_id)
    before = duty_of(world, user_id)
    same = before["on_duty"] == on_duty
    if same and before.get("reason") == reason:
        return before
    after = {
        **before,
        "on_duty": on_duty,
        "status": before["status"] if same else AVAILABLE if on_duty else OFF,
        "session_type": before.get("session_type") if same else None,
        "reason": reason,
        "started": world.now,
    }
    if on_duty and not same:
        after["on_duty_started"] = world.now
    return _put(world, after)


def set_status(world: World, user_id: int, status: str, session_type: str | None = None) -> Record:
    """Say what an agent on duty is doing: ``available``, ``occupied``, ``wrapup`` or ``busy``.

    `session_type`, ``call`` or ``digital``, is what occupies. Nothing happens to somebody off duty.
    """
    before = duty_of(world, user_id)
    if not before["on_duty"] or (before["status"], before.get("session_type")) == (status, session_type):
        return before
    return _put(world, {**before, "status": status, "session_type": session_type, "started": world.now})


def now_doing(world: World, user_id: int) -> tuple[str, str | None]:
    """The status of an agent, and what occupies them: a live call does, whatever was said before."""
    duty = duty_of(world, user_id)
    if duty["on_duty"] and duty["status"] == AVAILABLE and world.calls.count("live", int(user_id)):
        return "occupied", "call"
    return duty["status"], duty.get("session_type")


def is_free(world: World, operator: Record) -> bool:
    """Whether a call of a group could ring one of its operators, a user, now."""
    user = world.users.find(operator["member_id"]) or {}
    undisturbed = not user.get("do_not_disturb") and not operator.get("do_not_disturb")
    ready = user.get("state") == "active" and undisturbed
    return bool(ready and now_doing(world, operator["member_id"])[0] == AVAILABLE)


def shown_duty(world: World, user_id: int) -> Record:
    """What a user's record says of duty, times in ISO 8601."""
    duty = duty_of(world, user_id)
    status, session = now_doing(world, user_id)
    return {
        "is_on_duty": duty["on_duty"],
        "on_duty_status": status,
        "session_type": session,
        "duty_status_reason": duty.get("reason"),
        **{f"{name}_started": _stamp(duty.get(key)) for name, key in STARTED.items()},
    }


STARTED = {"duty_status": "started", "on_duty": "on_duty_started"}


def status_of(world: World, user_id: int) -> Record:
    """What the operation on duty answers; it has the times in milliseconds."""
    started = {name: duty_of(world, user_id).get(key) for name, key in STARTED.items()}
    return {
        **shown_duty(world, user_id),
        "user_id": int(user_id),
        "on_duty": on_duty(world, user_id),
        **{f"{name}_started": at and world.milliseconds(at) for name, at in started.items()},
    }


def centers_of(world: World, user_id: int) -> list[int]:
    """The call centers a user is an operator of."""
    found = world.operators.where("member", ("user", int(user_id)))
    return [record["group_id"] for record in found if record["group_type"] == "callcenter"]


def _put(world: World, duty: Record) -> Record:
    user_id = duty["user_id"]
    world.duties.put(duty)
    world.duty_log.put(
        {
            "id": world.count("duty_log"),
            "user_id": user_id,
            "at": duty["started"],
            "on_duty": duty["on_duty"],
            "status": duty["status"],
            "reason": duty.get("reason"),
        }
    )
    if centers_of(world, user_id):
        emit(
            world,
            "agent_status",
            _event(world, duty, world.users.get(user_id)),
            [("user", user_id)],
            agent_type="callcenter",
        )
    return duty


def _event(world: World, duty: Record, user: Record) -> Record:
    """An agent status event, as the developer pages tell it; ids of call centers are texts there."""
    available = not user.get("do_not_disturb") and not world.calls.count("live", user["id"])
    centers = centers_of(world, user["id"]) if duty["on_duty"] else []
    return {
        "availability_status": "available" if available else "unavailable",
        "call_center_ids": [str(center_id) for center_id in centers],
        "date": world.milliseconds(duty["started"]),
        "event_timestamp": world.milliseconds(),
        "on_duty_status": duty["status"],
        "on_duty_status_reason": duty.get("reason"),
        "powerdialer_mode": False,
        "powerdialer_session": None,
        "target": {
            "id": user["id"],
            "type": "user",
            "name": user.get("display_name"),
            "email": next(iter(user.get("emails") or ()), None),
            "phone": next(iter(user.get("phone_numbers") or ()), None),
        },
    }


def _stamp(moment: Any) -> str | None:
    return None if moment is None else iso(moment)
