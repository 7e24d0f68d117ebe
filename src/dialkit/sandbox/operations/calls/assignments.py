"""Operators for whom a call that waits in a call center's queue is reserved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.calls import queues
from dialkit.sandbox.operations.calls.legs import need_live
from dialkit.sandbox.operations.groups import operators
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

WAITS = ("queued", "ringing", "hold", "parked")  # a queue call that nobody talks on


def assign(world: World, call: Call) -> Record:
    """Reserve a waiting call for an operator of its call center; assigning again changes nothing."""
    leg = _waiting(world, call)
    results = []
    for user_id in _named(call):
        place = ("callcenter", leg["target_id"])
        if operators.member(world, place, "user", user_id) is None:
            text = f"The user {user_id} is no operator of the call center {leg['target_id']}."
            results.append({"id": user_id, "code": 400, "status": "error", "message": text})
            continue
        if user_id not in leg["assigned"]:
            leg = world.calls.change(leg["call_id"], assigned=[*leg["assigned"], user_id])
        results.append(_done(user_id, "assigned"))
    queues.offer(world, leg["call_id"])
    return _answer(leg, results)


def unassign(world: World, call: Call) -> Record:
    """Take an operator off a waiting call."""
    leg = _waiting(world, call)
    results = []
    for user_id in _named(call):
        if user_id not in leg["assigned"]:
            text = f"The user {user_id} is not assigned to the call {leg['call_id']}."
            results.append({"id": user_id, "code": 404, "status": "error", "message": text})
            continue
        left = [other for other in leg["assigned"] if other != user_id]
        leg = world.calls.change(leg["call_id"], assigned=left)
        results.append(_done(user_id, "unassigned"))
    queues.offer(world, leg["call_id"])
    return _answer(leg, results)


def unassign_all(world: World, call: Call) -> Record:
    """Take all operators off a waiting call."""
    leg = _waiting(world, call)
    world.calls.change(leg["call_id"], assigned=[])
    queues.offer(world, leg["call_id"])
    return {"call_id": leg["call_id"], **_people(leg)}


def assigned(world: World, call: Call) -> Record:
    """Who is assigned to a waiting call."""
    leg = _waiting(world, call)
    return {"call_id": leg["call_id"], **_people(leg)}


def _waiting(world: World, call: Call) -> Record:
    """The call in question. Raises `Refusal` 400 for one of no center, 409 for one that does not wait."""
    leg = world.calls.get(call.path["id"])
    if leg["target_type"] != "callcenter" or "assigned" not in leg:
        raise Refusal(400, f"id: the call {leg['call_id']} is not a call of a call center.")
    leg = need_live(world, leg["call_id"])
    if leg["state"] not in WAITS:
        raise Refusal(409, f"id: the call {leg['call_id']} does not wait in a queue; it is {leg['state']}.")
    return leg


def _named(call: Call) -> list[int]:
    if not (named := call.body.get("operator_ids")):
        raise Refusal(400, "operator_ids: is required, and names one operator.")
    return [int(user_id) for user_id in named]


def _done(user_id: int, what: str) -> Record:
    return {"id": user_id, "code": 200, "status": "success", "message": f"Operator {what}."}


def _people(leg: Record) -> Record:
    return {"count": len(leg["assigned"]), "operator_ids": leg["assigned"]}


def _answer(leg: Record, results: list[Record]) -> Record:
    good = all(result["status"] == "success" for result in results)
    return {
        "call_id": leg["call_id"],
        "status": "success" if good else "error",
        "operators": results,
        "assigned_operators": _people(leg),
    }


HANDLERS = {
    "call.assign": assign,
    "call.unassign": unassign,
    "call.unassign.all": unassign_all,
    "call.assigned": assigned,
}
