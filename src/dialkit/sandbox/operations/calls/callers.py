"""Who makes a call: whether they may, on which device, and which number the other side sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls import dialing
from dialkit.sandbox.operations.calls.legs import connected_leg
from dialkit.sandbox.operations.calls.sides import company_side, target_of
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.people import caller_ids, tags
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

RESERVED = "available"  # the status of numbers that the company keeps in reserve, for whoever needs one


def caller_of(world: World, user_id: int, field: str) -> Record:
    """A user who may call. Raises `Refusal` 404 for an unknown one, 403 for one who is not active."""
    user = target_of(world, "user", user_id, field)
    if user["state"] != "active":
        raise Refusal(403, f"{field}: the user {user_id} is {user['state']} and makes no calls.")
    return user


def place_call(world: World, call: Call, user: Record, number: str, **more: Any) -> Record:
    """A call of a user as a request asks for it: on whose behalf, with which caller id.

    Raises `Refusal`.
    """
    body = call.body
    group = (body["group_type"], body["group_id"]) if body.get("group_id") else None
    if group:
        target_of(world, *group, field="group_id")
    if number in user["phone_numbers"]:
        raise Refusal(400, f"phone_number: {number[:20]} is the user's own number.")
    if tags.marks(world, number)["do_not_call"] and world.switch("do-not-call") == "refuse":
        raise Refusal(403, f"phone_number: {number[:20]} is marked do_not_call.")
    _check_line(world, user, bool(body.get("is_consult")))
    shown = caller_id_of(world, user, group, body.get("outbound_caller_id"))
    fields: dict[str, Any] = {"selected_caller_id": shown, "custom_data": body.get("custom_data")}
    if group:
        fields |= {"group_type": group[0], "group_target": group[1]}
        if shown != caller_ids.BLOCKED:
            fields["proxy_target"] = company_side(world, *group)
    return dialing.dial(world, user["id"], number, **fields, **more)


def _check_line(world: World, user: Record, is_consult: bool) -> None:
    """A call beside another: asked for, or as the switch ``second-call`` says."""
    present = connected_leg(world, user["id"])
    if is_consult and present is None:
        raise Refusal(409, f"is_consult: the user {user['id']} is on no call now.")
    if present and not is_consult and world.switch("second-call") == "refused":
        raise Refusal(409, f"user_id: the user {user['id']} is on the call {present['call_id']} already.")


def caller_id_of(world: World, user: Record, group: tuple[str, int] | None, wanted: str | None) -> str | None:
    """What the other side sees. Raises `Refusal` 400 for a number that the user may not show."""
    if wanted is None:
        line = numbers.line(world, *group) if group else None
        return line["number"] if line else caller_ids.shown_number(world, user)
    record = world.numbers.find(wanted) or {}
    allowed = (
        wanted == caller_ids.BLOCKED
        or wanted in user["phone_numbers"]
        or (group is not None and (record.get("target_type"), record.get("target_id")) == group)
        or record.get("status") == RESERVED
    )
    if not allowed:
        raise Refusal(400, f"outbound_caller_id: {wanted[:20]} is not a number that this call can show.")
    return wanted


def device_of(world: World, user: Record, suits: Callable[[str], bool] = lambda _kind: True) -> Record | None:
    """The device of a user that was used last, of the kinds that suit; None where there is none."""
    found = [device for device in world.devices.where("user", user["id"]) if suits(device["type"])]
    return max(found, key=lambda device: device.get("date_registered") or "", default=None)


def said_by(call: Call) -> str | None:
    """The text that is to be spoken, from a field that integrators use: ``command``, JSON in a string."""
    try:
        actions = json.loads(call.extra.get("command", "{}"))["actions"]
        return " ".join(str(action["say"]) for action in actions if "say" in action)[:2000] or None
    except (ValueError, KeyError, TypeError):
        return None
