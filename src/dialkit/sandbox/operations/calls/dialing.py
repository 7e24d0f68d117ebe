"""Calls that somebody inside makes: their devices ring, then the number does what it is fated to do.

A device is picked up after two seconds; a number that is fated to nothing else answers four seconds later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.carrier.fates import fate_of
from dialkit.sandbox.operations.calls import live
from dialkit.sandbox.operations.calls.legs import live as goes_on
from dialkit.sandbox.operations.calls.legs import move, open_leg
from dialkit.sandbox.operations.calls.sides import rung_by
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import duty

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

PICK_UP, ANSWER, BUSY, NO_ANSWER, FAR_VOICEMAIL = 2.0, 4.0, 1.0, 30.0, 20.0  # seconds, each after the last
FAR_MESSAGE = 15.0  # how long is spoken to a voicemail outside


def dial(world: World, user_id: int, number: str, **fields: Any) -> Record:
    """A call of a user to a number: their devices ring at once, and the number when one is picked up."""
    leg = open_leg(
        world,
        "user",
        user_id,
        number,
        "calling",
        direction="outbound",
        vi_enabled=live.has_ai(world),
        is_internal=numbers.whose(world, number) is not None,
        **fields,
    )
    world.later(PICK_UP, "dialing.pick_up", call_id=leg["call_id"])
    return leg


def pick_up(world: World, call_id: int) -> None:
    """A device of the user who calls is picked up: their other call waits, and the number rings."""
    leg = world.calls.get(call_id)
    if not goes_on(leg):
        return
    live.clear_line(world, leg)
    if leg["target_type"] == "user":
        duty.set_status(world, leg["target_id"], "occupied", "call")
    leg = move(world, call_id, "ringing")
    whose = rung_by(world, leg["external_number"])
    if whose is None:
        _reach_outside(world, leg)
        return
    live.arrive(
        world,
        *whose,
        leg["internal_number"] or "",
        contact=leg["target"],
        root=leg["root"],
        master_call_id=leg["root"],
        is_internal=True,
        plan=leg["plan"],
        custom_data=leg["custom_data"],
    )


def _reach_outside(world: World, leg: Record) -> None:
    """The other side does what its number is fated to do."""
    fate, call_id = fate_of(leg["external_number"]).call, leg["call_id"]
    if fate == "busy":
        world.later(BUSY, "dialing.fail", call_id=call_id)
    elif fate == "no_answer":
        world.later(NO_ANSWER, "dialing.fail", call_id=call_id)
    elif fate == "voicemail":
        world.calls.change(call_id, plan={**leg["plan"], "talk": FAR_MESSAGE, "alone": True})
        world.later(FAR_VOICEMAIL, "live.answer", call_id=call_id)
    else:
        world.later(ANSWER, "live.answer", call_id=call_id)


def fail(world: World, call_id: int) -> None:
    """The other side was busy, or did not answer."""
    leg = world.calls.get(call_id)
    if goes_on(leg) and leg["date_connected"] is None:
        live.end_leg(world, leg)


HANDLERS: dict[str, Handler] = {}
JOBS = {"dialing.pick_up": pick_up, "dialing.fail": fail}
