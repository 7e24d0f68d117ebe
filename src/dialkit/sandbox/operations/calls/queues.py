"""Calls to groups: which operators ring, who waits how long, where a call goes that nobody takes.

The group's leg goes on for as long as the call does; each operator who rings has a leg that names it as
``entry_point_call_id``. Call centers ring those on duty who are free, one after the other by the group's
routing, and let callers wait while all are busy. Departments and offices ring those who are not on a call;
departments may let callers wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls import live
from dialkit.sandbox.operations.calls.legs import close_leg, legs_of, move, open_leg
from dialkit.sandbox.operations.calls.legs import live as goes_on
from dialkit.sandbox.operations.calls.sides import TABLES
from dialkit.sandbox.operations.calls.voicemails import reach_voicemail
from dialkit.sandbox.operations.groups import duty, group_lines, operators

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

LOOKS = 5.0  # seconds between two looks for a free operator while a call waits
TOLD = 5.0  # seconds that a closing message takes
MOST_LEGS = 8  # of one call; a routing that goes round in circles ends in voicemail
WAITS = ("queued", "ringing")


def enter(world: World, kind: str, group_id: int, caller: str, **fields: Any) -> Record:
    """A call reaches a group."""
    group = world.table(TABLES[kind]).get(group_id)
    call_id, now = world.new_id(), world.milliseconds()
    if "root" not in fields:
        apart = world.switch("queue-legs") == "apart"
        fields["root"] = world.new_id() if apart else call_id
    leg = open_leg(
        world,
        kind,
        group_id,
        caller,
        "ringing",
        call_id=call_id,
        direction="inbound",
        **{
            "date_rang": now,
            "date_first_rang": now,
            "master_call_id": fields["root"],
            "assigned": [],
            "tried": [],
            **fields,
        },
    )
    part = "open" if "hours_on" not in group or group_lines.is_open(world, group) else "closed"
    way = (group.get("routing_options") or {}).get(part) or {}
    if part == "closed" or not way.get("try_dial_operators", True):
        act(world, leg, way)
    else:
        offer(world, call_id)
    return world.calls.get(call_id)


def offer(world: World, call_id: int) -> None:
    """Ring whoever is to take a call that waits; let it wait on, or send it where the group says."""
    leg = world.calls.get(call_id)
    if not goes_on(leg) or leg["state"] not in WAITS or _ringing(world, leg):
        return
    kind, group_id = leg["target_type"], leg["target_id"]
    group = world.table(TABLES[kind]).get(group_id)
    way = (group.get("routing_options") or {}).get("open") or {}
    there = [one for one in _there(world, kind, group_id) if one["member_id"] not in leg["tried"]]
    free = [
        one
        for one in there
        if (not leg["assigned"] or one["member_id"] in leg["assigned"]) and _free(world, kind, one)
    ]
    routing = way.get("operator_routing") or "longestidle"
    if free:
        free = _ORDER.get(routing, _longest_idle)(world, leg, free)
        for operator in free if routing == "simultaneous" else free[:1]:
            _ring(world, leg, group, operator)
    elif _may_wait(world, leg, group, there):
        if leg["state"] != "queued":
            move(world, call_id, "queued", date_queued=world.milliseconds(), waiting_for=group_id)
        world.later(LOOKS, "queues.offer", call_id=call_id)
    else:
        act(world, leg, way)


def rings_for_group(world: World, leg: Record) -> bool:
    """Whether a leg is that of an operator, whose group's leg goes on."""
    above = world.calls.find(leg["entry_point_call_id"])
    return (
        above is not None
        and goes_on(above)
        and "tried" in above
        and leg["group_target"] == above["target_id"]
    )


def pass_on(world: World, call_id: int) -> None:
    """An operator has not answered, or declined: that leg was missed, and the next operator's turn comes."""
    leg = world.calls.get(call_id)
    if not goes_on(leg) or leg["state"] != "ringing":
        return
    close_leg(world, leg, "missed")
    center = world.calls.get(leg["entry_point_call_id"])
    world.calls.change(center["call_id"], tried=[*center["tried"], leg["target_id"]])
    offer(world, center["call_id"])


def act(world: World, leg: Record, way: Record) -> None:
    """Nobody takes the call: do what the group's routing says, voicemail where that leads nowhere."""
    kind, target_id = way.get("action_target_type"), way.get("action_target_id")
    fresh = world.calls.change(leg["call_id"], waiting_for=None)
    known = kind in TABLES and target_id in world.table(TABLES[kind])
    if fresh["plan"].get("voicemail") or way.get("action", "voicemail") == "voicemail":
        reach_voicemail(world, fresh)
    elif known and len(world.calls.where("root", leg["root"])) < MOST_LEGS:
        live.arrive(
            world,
            str(kind),
            int(target_id or 0),
            leg["external_number"],
            **{name: leg[name] for name in CARRIED},
            entry_point_call_id=leg["call_id"],
            entry_point_target=leg["entry_point_target"] or leg["target"],
        )
    elif known or way.get("action") in ("bridge_target", "department", "person"):
        reach_voicemail(world, fresh)
    else:
        world.later(TOLD, "live.goodbye", root=leg["root"])


CARRIED = ("contact", "root", "master_call_id", "is_internal", "is_transferred", "plan", "custom_data")


def ring_operator(world: World, leg: Record, kind: str, member_id: int) -> Record:
    """A leg of the group's call on which one operator rings."""
    now = world.milliseconds()
    return open_leg(
        world,
        kind,
        member_id,
        leg["external_number"],
        "ringing",
        direction="inbound",
        **{name: leg[name] for name in CARRIED},
        entry_point_call_id=leg["call_id"],
        entry_point_target=leg["entry_point_target"] or leg["target"],
        group_type=leg["target_type"],
        group_target=leg["target_id"],
        date_rang=now,
        date_first_rang=leg["date_first_rang"],
        date_queued=leg["date_queued"],
        transferred_from=leg["transferred_from"],
        vi_enabled=_listens(world, leg),
    )


def _ring(world: World, leg: Record, group: Record, operator: Record) -> None:
    ringing = ring_operator(world, leg, operator["member_type"], operator["member_id"])
    if leg["state"] == "queued":
        world.calls.change(leg["call_id"], state="ringing", waiting_for=None)
    if not (leg["plan"].get("missed") or leg["plan"].get("voicemail")):
        pause = 3 + world.draw(6, "answers", ringing["call_id"])
        world.later(pause, "live.answer", call_id=ringing["call_id"])
    world.later(group.get("ring_seconds") or 30, "queues.pass_on", call_id=ringing["call_id"])


def _listens(world: World, leg: Record) -> bool:
    """Whether Dialpad's AI listens: it is on for the company, and the group has it start by itself."""
    group = world.table(TABLES[leg["target_type"]]).find(leg["target_id"]) or {}
    company = world.company.get("settings") or {}
    return bool(
        company.get("has_callai", True) and (group.get("voice_intelligence") or {}).get("auto_start", True)
    )


def _ringing(world: World, leg: Record) -> bool:
    return any(one["entry_point_call_id"] == leg["call_id"] for one in legs_of(world, leg["root"]))


def _there(world: World, kind: str, group_id: int) -> list[Record]:
    """The operators who could take a call of the group now or when they are free."""
    every = operators.members(world, kind, group_id)
    found = [one for one in every if not one.get("do_not_disturb")]
    if kind == "callcenter":
        return [one for one in found if one["member_type"] == "user" and _on_duty(world, one["member_id"])]
    return [one for one in found if one["member_type"] == "room" or _active(world, one["member_id"])]


def _on_duty(world: World, user_id: int) -> bool:
    return bool(duty.on_duty(world, user_id)) and _active(world, user_id)


def _active(world: World, user_id: int) -> bool:
    user = world.users.find(user_id)
    return user is not None and live.can_ring(world, user)


def _free(world: World, kind: str, operator: Record) -> bool:
    if operator["member_type"] == "room":
        return True
    if kind == "callcenter":
        return bool(duty.is_free(world, operator))
    return not world.calls.where("live", operator["member_id"])


def _may_wait(world: World, leg: Record, group: Record, there: list[Record]) -> bool:
    """Whether a call may wait: the group lets it, there is somebody to wait for, and neither is too long."""
    queue, kind = group.get("hold_queue") or {}, leg["target_type"]
    if kind == "office" or (kind == "department" and not queue.get("allow_queuing")):
        return False
    alone = bool(queue.get("unattended_queue") and not leg["tried"]) or bool(leg["assigned"])
    if not there and not (kind == "callcenter" and alone):
        return False
    if leg["date_queued"] is None:
        return bool(len(world.calls.where("waiting", leg["target_id"])) < queue.get("max_hold_count", 50))
    return bool(world.milliseconds() - leg["date_queued"] < 1000 * queue.get("max_hold_seconds", 900))


# -- whose turn it is


def _longest_idle(world: World, _leg: Record, free: list[Record]) -> list[Record]:
    return sorted(
        free, key=lambda one: (world.counters.find(f"idle {one['member_id']}") or {"value": 0})["value"]
    )


def _most_skilled(world: World, leg: Record, free: list[Record]) -> list[Record]:
    return sorted(_longest_idle(world, leg, free), key=lambda one: -(one.get("skill_level") or 0))


def _round_robin(world: World, leg: Record, free: list[Record]) -> list[Record]:
    turn = world.count(f"turn {leg['target_type']} {leg['target_id']}") % len(free)
    return free[turn:] + free[:turn]


def _random(world: World, leg: Record, free: list[Record]) -> list[Record]:
    return sorted(free, key=lambda one: world.draw(1 << 30, "turn", leg["call_id"], one["member_id"]))


_ORDER: dict[str, Callable[[World, Record, list[Record]], list[Record]]] = {
    "fixedorder": lambda _world, _leg, free: free,
    "longestidle": _longest_idle,
    "mostskilled": _most_skilled,
    "random": _random,
    "roundrobin": _round_robin,
    "simultaneous": lambda _world, _leg, free: free,
}

HANDLERS: dict[str, Handler] = {}
JOBS = {"queues.offer": offer, "queues.pass_on": pass_on}
