"""Callbacks: places kept in a call center's queue for somebody who has hung up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.calls import dialing, live
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import duty, group_lines, operators
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LOOKS = 15.0  # seconds between two looks for an operator
LASTS = 4 * 3600.0  # seconds; a callback that nobody makes is then given up
HOME = "+1"  # numbers of the same country; those abroad are refused


def create(world: World, call: Call) -> Record:
    """Queue a callback; its place among the callers and callbacks that wait already."""
    center = _check(world, call)
    ahead = len(world.calls.where("waiting", center["id"])) + len(_queued(world, center["id"]))
    record = world.callbacks.put(
        {
            "id": world.new_id(),
            "call_center_id": center["id"],
            "phone_number": call.body["phone_number"],
            "status": "queued",
            "date_created": world.milliseconds(),
            "call_id": None,
        }
    )
    world.later(LOOKS, "callbacks.look", callback_id=record["id"])
    return {"position": ahead + 1}


def validate(world: World, call: Call) -> Record:
    """Whether a callback would be queued now. What would be refused is refused here too, with the reason."""
    _check(world, call)
    return {"success": True}


def _check(world: World, call: Call) -> Record:
    """The call center. Raises `Refusal` 400 for a number abroad or a closed center, 409 for a second one."""
    center_id, number = call.body.get("call_center_id"), call.body.get("phone_number")
    for name in ("call_center_id", "phone_number"):
        if call.body.get(name) is None:
            raise Refusal(400, f"{name}: is required")
    center = world.call_centers.find(center_id)
    if center is None:
        raise Refusal(404, f"call_center_id: no call center has the id {center_id}.")
    if not str(number).startswith(HOME):
        raise Refusal(400, f"phone_number: {number} is abroad, and callbacks are made at home only.")
    if numbers.whose(world, str(number)):
        raise Refusal(400, f"phone_number: {number} is a number of the company itself.")
    queue = center.get("hold_queue") or {}
    if not queue.get("allow_queue_callback"):
        raise Refusal(400, f"call_center_id: the call center {center_id} makes no callbacks.")
    if not group_lines.is_open(world, center):
        raise Refusal(400, f"call_center_id: the call center {center_id} is closed now.")
    waiting = _queued(world, center["id"])
    if any(other["phone_number"] == number for other in waiting):
        raise Refusal(409, f"phone_number: a callback to {number} waits in this call center already.")
    if len(world.calls.where("waiting", center["id"])) + len(waiting) >= queue.get("max_hold_count", 50):
        raise Refusal(409, f"call_center_id: the queue of the call center {center_id} is full.")
    return center


def _queued(world: World, center_id: int) -> list[Record]:
    found = world.callbacks.where("queue", center_id)
    return [callback for callback in found if callback["status"] == "queued"]


def look(world: World, callback_id: int) -> None:
    """Make the callback where it is the first in the queue and an operator is free; else look again later."""
    callback = world.callbacks.get(callback_id)
    center = world.call_centers.find(callback["call_center_id"])
    age = world.milliseconds() - callback["date_created"]
    if callback["status"] != "queued" or center is None:
        return
    if age >= 1000 * LASTS:
        world.callbacks.change(callback_id, status="timed_out")
        return
    first = _queued(world, center["id"])[0]["id"] == callback_id
    turn = first and not world.calls.where("waiting", center["id"]) and group_lines.is_open(world, center)
    free = [
        one["member_id"]
        for one in operators.on_duty_members(world, center["id"])
        if turn and duty.is_free(world, one) and live.has_device(world, one["member_id"])
    ]
    if not free:
        world.later(LOOKS, "callbacks.look", callback_id=callback_id)
        return
    line = numbers.line(world, "callcenter", center["id"])
    leg = dialing.dial(
        world,
        free[0],
        callback["phone_number"],
        group_type="callcenter",
        group_target=center["id"],
        selected_caller_id=line["number"] if line else None,
    )
    world.callbacks.change(callback_id, status="called", call_id=leg["call_id"])


HANDLERS = {"call.callback": create, "call.validate_callback": validate}
JOBS = {"callbacks.look": look}
