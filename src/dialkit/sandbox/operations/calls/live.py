"""Calls under way: who rings, who answers, who hangs up. Nobody is really there, so chance and plans decide.

Somebody inside the company answers after three to eight seconds, and the other side hangs up 40 to 180
seconds later; both follow from the seed. A call's ``plan`` overrules this: ``missed``, nobody inside answers;
``voicemail``, nor that, and this message is left; ``talk``, so many seconds are talked; ``alone``, to a
voicemail outside; ``until``, the other side hangs up at a moment that is set already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.call_event import tell
from dialkit.sandbox.operations.calls import recordings
from dialkit.sandbox.operations.calls.aftermath import follow_up, rest
from dialkit.sandbox.operations.calls.legs import close_leg, hold, legs_of, live, move, open_leg, resume
from dialkit.sandbox.operations.calls.voicemails import keep_message, reach_voicemail
from dialkit.sandbox.operations.groups import duty

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

RINGS = 25.0  # how long a user's devices ring
LEAST_TALK, MORE_TALK = 40, 141


def arrive(world: World, kind: str, target_id: int, caller: str, **fields: Any) -> Record:
    """A call reaches a target of the company: a person's devices ring, a group rings its operators."""
    from dialkit.sandbox.operations.calls import queues, routers

    if kind == "callrouter":
        return routers.route(world, target_id, caller, **fields)
    if kind in ("user", "room"):
        return ring(world, kind, target_id, caller, **fields)
    return queues.enter(world, kind, target_id, caller, **fields)


def ring(world: World, kind: str, target_id: int, caller: str, **fields: Any) -> Record:
    """Ring a person or a room; their voicemail answers where nothing can ring."""
    now = world.milliseconds()
    record = world.table("users" if kind == "user" else "rooms").get(target_id)
    leg = open_leg(
        world,
        kind,
        target_id,
        caller,
        "ringing",
        direction="inbound",
        vi_enabled=has_ai(world),
        **{"date_rang": now, "date_first_rang": now, **fields},
    )
    if kind == "user" and not can_ring(world, record):
        reach_voicemail(world, leg)
        return leg
    if not _ignored(leg):
        pause = 3 + world.draw(6, "answers", leg["call_id"])
        world.later(pause, "live.answer", call_id=leg["call_id"])
    world.later(RINGS, "live.unanswered", call_id=leg["call_id"])
    return leg


def can_ring(world: World, user: Record) -> bool:
    """Whether a user's devices ring: the user is active, lets themself be disturbed, and has a device."""
    return bool(
        user["state"] == "active" and not user.get("do_not_disturb") and has_device(world, user["id"])
    )


def has_device(world: World, user_id: int) -> bool:
    """Whether a user has a device of any kind."""
    return bool(world.devices.where("user", user_id) or world.deskphones.where("owner", ("user", user_id)))


def unanswered(world: World, call_id: int) -> None:
    """Nobody has answered: the call was missed, and goes to voicemail."""
    leg = world.calls.get(call_id)
    if live(leg) and leg["date_connected"] is None and leg["state"] == "ringing":
        talking = any(other["state"] == "connected" for other in legs_of(world, leg["root"]))
        if talking or leg["plan"].get("parked"):
            end_leg(world, leg)  # others talk on without, or the call stays parked
        else:
            reach_voicemail(world, move(world, call_id, "missed"))


def leave_voicemail(world: World, call_id: int) -> None:
    """The caller has spoken to the voicemail, or not, and hangs up."""
    leg = world.calls.get(call_id)
    if not live(leg):
        return
    if leg["plan"].get("voicemail"):
        close_leg(world, leg, "voicemail")
        keep_message(world, leg)
    goodbye(world, leg["root"])


# -- together


def answer(world: World, call_id: int) -> None:
    """The sides of a leg are connected; a leg that is over, or was answered, stays as it is."""
    leg = world.calls.get(call_id)
    if live(leg) and leg["state"] in ("calling", "queued", "ringing"):
        connect(world, leg)


def connect(world: World, leg: Record) -> Record:
    """Connect a leg, and with it those that waited for it: its group's, and that of who calls from inside."""
    clear_line(world, leg)
    now = world.milliseconds()
    leg = move(world, leg["call_id"], "connected", date_connected=now, waiting_for=None)
    if leg["target_type"] == "user":
        duty.set_status(world, leg["target_id"], "occupied", "call")
    above = _above(world, leg)
    for other in legs_of(world, leg["root"]):
        waits = other["date_connected"] is None and other["call_id"] != leg["call_id"]
        if waits and other["call_id"] in above:
            move(
                world,
                other["call_id"],
                "connected",
                date_connected=now,
                operator_call_id=leg["call_id"],
                waiting_for=None,
            )
        elif waits and other["entry_point_call_id"] == (leg["entry_point_call_id"] or 0):
            close_leg(world, other, "missed")  # it rang at others too
        elif waits and other["call_id"] == leg["root"] and other["direction"] == "outbound":
            clear_line(world, other)
            move(world, other["call_id"], "connected", date_connected=now)
        elif other["call_id"] == leg["entry_point_call_id"] and other["state"] in (
            "hold",
            "parked",
            "queued",
        ):
            resume(world, world.calls.change(other["call_id"], operator_call_id=leg["call_id"]))
    if leg.get("joins"):
        tell(world, leg, "merged")
    else:
        for kind in _recorded(world, leg):
            recordings.start_recording(world, leg, kind)
    plan_goodbye(world, leg["root"])
    return world.calls.get(leg["call_id"])


def _above(world: World, leg: Record) -> set[int]:
    """The legs that a leg came out of: its group's, and that of the group which sent the call there."""
    found: set[int] = set()
    while (entry := leg["entry_point_call_id"]) is not None and entry not in found:
        found.add(entry)
        leg = world.calls.get(entry)
    return found


def plan_goodbye(world: World, root: int) -> None:
    """Have the other side hang up after a while."""
    keep_waiting(world, root)
    first = world.calls.where("root", root)[0]
    if first["plan"].get("until"):
        return  # it was said beforehand when
    talk = first["plan"].get("talk") or LEAST_TALK + world.draw(MORE_TALK, "talks", root)
    job = world.later(talk, "live.goodbye", root=root)
    world.calls.change(first["call_id"], goodbye=job)


def keep_waiting(world: World, root: int) -> None:
    """The other side waits as long as it takes."""
    for leg in world.calls.where("root", root):
        world.cancel(leg.get("goodbye"))


def goodbye(world: World, root: int) -> None:
    """The other side hangs up, which ends all legs; those that nobody answered were missed."""
    for leg in reversed(legs_of(world, root)):
        end_leg(world, leg)


def end_leg(world: World, leg: Record, state: str | None = None) -> None:
    """End one leg, and begin what follows."""
    missed = leg["date_connected"] is None and leg["direction"] == "inbound"
    ended = close_leg(world, leg, state or ("missed" if missed else "hangup"))
    if ended["date_connected"]:
        follow_up(world, ended)
    _after(world, ended)


def let_go(world: World, leg: Record) -> None:
    """A user has no more to do with a leg that goes on."""
    rest(world, leg)
    _after(world, leg)


def _after(world: World, leg: Record) -> None:
    """What a user goes on with: the call that they let wait, or nothing."""
    if leg["target_type"] != "user":
        return
    others = world.calls.where("live", leg["target_id"])
    if not others:
        if leg["date_connected"] is None:
            rest(world, leg)
        return
    waiting = [other for other in others if other["state"] == "hold"]
    if waiting and not any(other["state"] == "connected" for other in others):
        resume(world, waiting[-1])
        if not any(
            one.get("goodbye") in world.jobs for one in world.calls.where("root", waiting[-1]["root"])
        ):
            plan_goodbye(world, waiting[-1]["root"])


def clear_line(world: World, leg: Record) -> None:
    """Let the other call of a user wait, whoever talks on it."""
    if leg["live_user"] is not None:
        for other in world.calls.where("live", leg["live_user"]):
            if other["state"] == "connected" and other["root"] != leg["root"]:
                hold(world, other)


def _ignored(leg: Record) -> bool:
    return bool(leg["plan"].get("missed") or leg["plan"].get("voicemail"))


def has_ai(world: World) -> bool:
    return bool((world.company.get("settings") or {}).get("has_callai", True))


def _recorded(world: World, leg: Record) -> tuple[str, ...]:
    """Which kinds of recording begin by themselves: those of a group that records its calls."""
    if leg["target_type"] not in ("user", "room"):
        return ()
    if leg["group_type"] == "callcenter":
        center = world.call_centers.find(leg["group_target"]) or {}
        settings = (center.get("advanced_settings") or {}).get("auto_call_recording") or {}
        return (recordings.ORDINARY,) if settings.get(f"call_recording_{leg['direction']}") else ()
    tables = {"department": "departments", "office": "offices"}
    group = world.table(tables[leg["group_type"]]).find(leg["group_target"]) if leg["group_type"] else None
    return (recordings.ORDINARY,) if group and group.get("auto_call_recording") is True else ()


HANDLERS: dict[str, Handler] = {}
JOBS = {
    "live.unanswered": unanswered,
    "live.leave_voicemail": leave_voicemail,
    "live.answer": answer,
    "live.goodbye": goodbye,
}
