"""Calls moved to another place, parked and fetched, and people brought in.

A call that is moved ends for who had it; the new place has a leg of its own, which names the old one as
``entry_point_call_id`` and shares its root. On hold or parked the leg stays, and waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls import dialing, live
from dialkit.sandbox.operations.calls.callers import caller_of
from dialkit.sandbox.operations.calls.legs import hold, legs_of, move, need_live, open_leg
from dialkit.sandbox.operations.calls.sides import number_of, outside_side, rung_by, target_of
from dialkit.sandbox.operations.calls.voicemails import reach_voicemail
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import operators
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

RINGS = "preanswer"  # the document states no default


def transfer(world: World, call: Call) -> Record:
    """Move a live call. Without a place, it can only be held or parked."""
    leg = need_live(world, call.path["id"])
    to, state = call.body.get("to"), call.body.get("transfer_state", RINGS)
    data = call.body.get("custom_data", leg["custom_data"])
    if to is None and state in (RINGS, "voicemail"):
        raise Refusal(400, f"to: is required for the state {state}.")
    if leg["date_connected"] is None and (leg["direction"] == "outbound" or state == "hold"):
        raise Refusal(409, f"id: the call {leg['call_id']} is not connected yet; it is {leg['state']}.")
    number = _place(world, leg, to) if to else None
    leg = world.calls.change(leg["call_id"], custom_data=data)
    if to and "call_id" in to:
        _join(world, leg, need_live(world, to["call_id"]))
    elif state in ("hold", "parked"):
        _set_aside(world, leg, to, state)
    else:
        _send(world, leg, to or {}, state)
    return {"call_id": leg["call_id"], "transferred_to_number": number, "transferred_to_state": state}


def _place(world: World, leg: Record, to: Record) -> str | None:
    """The number of where a call is to go. Raises `Refusal` where that is nowhere."""
    if "call_id" in to:
        other = need_live(world, to["call_id"])
        if other["root"] == leg["root"]:
            raise Refusal(400, f"to.call_id: {to['call_id']} is the same call.")
        return None
    if "number" in to:
        number = numbers.e164(to["number"], infer=True)
        if number is None:
            raise Refusal(400, f"to.number: {to['number'][:40]!r} is not a phone number.")
        return number
    if "operator_id" in to:
        kind = _group_kind(world, to["target_id"])
        if operators.member(world, (kind, to["target_id"]), "user", to["operator_id"]) is None:
            raise Refusal(
                400, f"to.operator_id: {to['operator_id']} is no operator of the {kind} {to['target_id']}."
            )
        return number_of(world, "user", to["operator_id"])
    target_of(world, to["target_type"], to["target_id"], "to.target_id")
    return number_of(world, to["target_type"], to["target_id"])


def _group_kind(world: World, group_id: int) -> str:
    for kind, table in (("callcenter", "call_centers"), ("department", "departments"), ("office", "offices")):
        if group_id in world.table(table):
            return kind
    raise Refusal(404, f"to.target_id: no group has the id {group_id}.")


def _send(world: World, leg: Record, to: Record, state: str) -> None:
    """The call ends for who had it, and rings, or reaches voicemail, at the new place."""
    came_from = leg["target"]
    live.keep_waiting(world, leg["root"])
    fields: dict[str, Any] = {
        "contact": leg["contact"],
        "custom_data": leg["custom_data"],
        "entry_point_call_id": leg["call_id"],
        "entry_point_target": leg["entry_point_target"],
        "is_transferred": True,
        "master_call_id": leg["root"],
        "plan": {name: value for name, value in leg["plan"].items() if name == "until"},
        "root": leg["root"],
        "transferred_from": came_from,
    }
    number = numbers.e164(to.get("number", ""), infer=True)
    whose = rung_by(world, number) if number else None
    if "operator_id" in to:
        group = {"group_type": _group_kind(world, to["target_id"]), "group_target": to["target_id"]}
        target, fields = ("user", to["operator_id"]), {**fields, **group}
    else:
        target = whose or (to.get("target_type", ""), to.get("target_id", 0))
    _leave(world, leg)
    if number and whose is None:
        fields["contact"] = outside_side(world, number)
        fields |= {"direction": "outbound", "live_user": None}
        fresh = open_leg(world, leg["target_type"], leg["target_id"], number, "calling", **fields)
        dialing.pick_up(world, fresh["call_id"])
    elif state == "voicemail":
        fresh = open_leg(world, *target, leg["external_number"], RINGS, direction="inbound", **fields)
        reach_voicemail(world, fresh)
    else:
        live.arrive(world, *target, leg["external_number"], **fields)


def _leave(world: World, leg: Record) -> None:
    """End a leg that was moved, its group's, and those of its operators; who else is on the call stays."""
    world.calls.change(leg["call_id"], is_transferred=True)
    own = {leg["call_id"], leg["entry_point_call_id"]}
    for other in reversed(legs_of(world, leg["root"])):
        if other["call_id"] in own or other["entry_point_call_id"] == leg["call_id"]:
            live.end_leg(world, other, "hangup" if other["call_id"] in own else None)


def _set_aside(world: World, leg: Record, to: Record | None, state: str) -> None:
    """The caller waits; on hold the same user keeps the call, parked it belongs to a main line."""
    live.keep_waiting(world, leg["root"])
    if state == "hold":
        hold(world, leg)
        return
    office = leg["office_id"] or world.primary_office["id"]
    if to and to.get("target_type") == "office":
        office = to["target_id"]
    for other in legs_of(world, leg["root"]):
        if other["entry_point_call_id"] == leg["call_id"]:
            live.end_leg(world, other)
    hold(world, leg, "parked", live_user=None, group_id=f"Office:{office}", parked_by=leg["live_user"])
    if leg["target_type"] == "user":
        live.let_go(world, leg)


def _join(world: World, leg: Record, other: Record) -> None:
    """The other side of a call joins another call, as one more person on it."""
    move(world, leg["call_id"], "merged")
    _leave(world, world.calls.get(leg["call_id"]))
    now = world.milliseconds()
    open_leg(
        world,
        other["target_type"],
        other["target_id"],
        leg["external_number"],
        "merged",
        contact=leg["contact"],
        direction=leg["direction"],
        live_user=None,
        root=other["root"],
        master_call_id=other["root"],
        entry_point_call_id=leg["call_id"],
        is_transferred=True,
        transferred_from=leg["target"],
        date_connected=now,
    )


def unpark(world: World, call: Call) -> Record:
    """Ring a user with a parked call. Raises `Refusal` 409 where it is not parked."""
    leg = need_live(world, call.path["id"])
    user = caller_of(world, call.body["user_id"], "user_id")
    if leg["state"] != "parked":
        raise Refusal(409, f"id: the call {leg['call_id']} is not parked; it is {leg['state']}.")
    if not live.can_ring(world, user):
        raise Refusal(409, f"user_id: the user {user['id']} cannot be rung now.")
    fresh = live.ring(
        world,
        "user",
        user["id"],
        leg["external_number"],
        contact=leg["contact"],
        root=leg["root"],
        master_call_id=leg["root"],
        entry_point_call_id=leg["call_id"],
        entry_point_target=leg["entry_point_target"],
        custom_data=leg["custom_data"],
        plan={**leg["plan"], "missed": False, "voicemail": None, "parked": leg["call_id"]},
    )
    return {"call_id": fresh["call_id"]}


def add_participant(world: World, call: Call) -> Record:
    """Dial somebody and bring them into a live call.

    Raises `Refusal` 409 while nobody talks on it, 400 for a target without a number.
    """
    leg = need_live(world, call.path["id"])
    if leg["date_connected"] is None:
        raise Refusal(409, f"id: the call {leg['call_id']} is not connected yet; it is {leg['state']}.")
    newcomer = call.body["participant"]
    if "number" in newcomer:
        number = numbers.e164(newcomer["number"], infer=True)
        if number is None:
            raise Refusal(400, f"participant.number: {newcomer['number'][:40]!r} is not a phone number.")
    else:
        kind, target_id = newcomer["target_type"], newcomer["target_id"]
        target_of(world, kind, target_id, "participant.target_id")
        number = number_of(world, kind, target_id)
        if number is None:
            raise Refusal(400, f"participant.target_id: the {kind} {target_id} has no primary number.")
    shared: dict[str, Any] = {
        "root": leg["root"],
        "master_call_id": leg["root"],
        "custom_data": leg["custom_data"],
        "plan": {name: value for name, value in leg["plan"].items() if name == "until"},
    }
    whose = rung_by(world, number)
    if whose:
        caller = leg["internal_number"] or leg["external_number"]
        fresh = live.arrive(world, *whose, caller, contact=leg["target"], is_internal=True, **shared)
    else:
        fresh = open_leg(
            world,
            leg["target_type"],
            leg["target_id"],
            number,
            "calling",
            direction="outbound",
            live_user=None,
            joins=True,
            **shared,
        )
        dialing.pick_up(world, fresh["call_id"])
    return {"call_id": fresh["call_id"]}


HANDLERS = {
    "call.transfer_call": transfer,
    "call.unpark": unpark,
    "call.participants.add": add_participant,
}
