"""Calls that play an IVR workflow to whoever picks up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.calls import dialing
from dialkit.sandbox.operations.calls.legs import open_leg
from dialkit.sandbox.operations.calls.sides import target_of
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.people import caller_ids
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LISTENS = 25.0  # seconds that somebody listens to a workflow


def initiate(world: World, call: Call) -> Record:
    """Dial a number for a group, which needs one of its own to call from. Nobody of the company rings."""
    body = call.body
    kind, group_id, number = body["target_type"], body["target_id"], body["phone_number"]
    target_of(world, kind, group_id)
    line = numbers.line(world, kind, group_id)
    if line is None:
        raise Refusal(400, f"target_id: the {kind} {group_id} has no number to call from.")
    shown = body.get("outbound_caller_id") or line["number"]
    whose = numbers.whose(world, shown)
    if shown != caller_ids.BLOCKED and whose != (kind, group_id):
        raise Refusal(400, f"outbound_caller_id: {shown[:20]} is not a number of the {kind} {group_id}.")
    leg = open_leg(
        world,
        kind,
        group_id,
        number,
        "calling",
        direction="outbound",
        selected_caller_id=shown,
        custom_data=body.get("custom_data"),
        plan={"talk": LISTENS},
    )
    dialing.pick_up(world, leg["call_id"])
    return {"call_id": leg["call_id"]}


HANDLERS = {"call.initiate_ivr_call": initiate}
