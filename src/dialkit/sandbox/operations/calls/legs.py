"""Legs of calls: a call to one person has one, a call to a group has the group's and one for each who rang.

A leg's record holds what `GET /call/{id}` shows and events tell, and for the sandbox itself: ``root``, the
leg that all of one conversation came out of; ``live_user``, who is on it while it goes on; ``waiting_for``,
the group in whose queue it waits; ``group_type`` and ``group_target``, on whose behalf it is; ``plan``, how
the other side behaves; ``filed``, whose lists it is in. A leg goes on until it has ``date_ended``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.call_event import recording_details, spoken_text, tell
from dialkit.sandbox.operations.calls.sides import GROUPS, company_side, side_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

FRESH: dict[str, Any] = {
    "csat_score": None,
    "custom_data": None,
    "date_connected": None,
    "date_ended": None,
    "date_first_rang": None,
    "date_queued": None,
    "date_rang": None,
    "duration": None,
    "entry_point_call_id": None,
    "entry_point_target": None,
    "group_id": None,
    "group_target": None,
    "group_type": None,
    "hold_since": None,
    "hold_time": None,
    "is_internal": False,
    "is_transferred": False,
    "labels": [],
    "live_user": None,
    "master_call_id": None,
    "mos_score": None,
    "operator_call_id": None,
    "plan": {},
    "proxy_target": None,
    "selected_caller_id": None,
    "talk_time": None,
    "total_duration": None,
    "transferred_from": None,
    "waiting_for": None,
    "was_recorded": False,
}
GROUPED = {"callcenter", "department", "office"}  # kinds whose legs are a group's


def build_leg(
    call_id: int, kind: str, target_id: int, target: Record, contact: Record, began: int, **fields: Any
) -> Record:
    """A leg's record, `began` at a moment in ms; nothing is kept or told."""
    leg = {
        **FRESH,
        "call_id": call_id,
        "root": call_id,
        "target_type": kind,
        "target_id": target_id,
        "target": target,
        "contact": contact,
        "office_id": target.get("office_id"),
        "date_started": began,
        "event_timestamp": began,
        **fields,
    }
    if kind in GROUPED:
        leg |= {"group_type": kind, "group_target": target_id}
    filed = [f"{kind}:{target_id}"]
    if leg["group_type"]:
        leg["group_id"] = f"{GROUPS[leg['group_type']]}:{leg['group_target']}"
        if leg["direction"] == "outbound":
            filed.append(f"{leg['group_type']}:{leg['group_target']}")
    return {**leg, "filed": filed}


def open_leg(world: World, kind: str, target_id: int, external: str, state: str, **fields: Any) -> Record:
    """A new leg of a target of the company and a number, in its first state, told to subscribers."""
    target = company_side(world, kind, target_id)
    call_id, now = fields.pop("call_id", None) or world.new_id(), world.milliseconds()
    leg = build_leg(
        call_id,
        kind,
        target_id,
        target,
        fields.pop("contact", None) or side_of(world, external),
        now,
        **{
            "external_number": external,
            "internal_number": target["phone"],
            "state": state,
            "live_user": target_id if kind == "user" else None,
            **fields,
        },
    )
    world.calls.put(leg)
    tell(world, leg, state)
    return leg


def move(world: World, call_id: int, state: str, **fields: Any) -> Record:
    """A leg comes to another state, which subscribers are told."""
    leg = world.calls.change(call_id, state=state, event_timestamp=world.milliseconds(), **fields)
    tell(world, leg, state)
    return leg


def hold(world: World, leg: Record, state: str = "hold", **fields: Any) -> Record:
    """Let the other side of a leg wait."""
    since = leg["hold_since"] or world.milliseconds()
    return move(world, leg["call_id"], state, hold_since=since, waiting_for=None, **fields)


def resume(world: World, leg: Record) -> Record:
    """Go on with a leg that was on hold."""
    return move(world, leg["call_id"], "connected", hold_since=None, hold_time=_held(world, leg))


def _held(world: World, leg: Record) -> float:
    more = world.milliseconds() - leg["hold_since"] if leg["hold_since"] else 0
    return float((leg["hold_time"] or 0) + more)


def close_leg(world: World, leg: Record, state: str = "hangup", **fields: Any) -> Record:
    """End a leg: its last state, its durations. Only a leg that was connected has a duration."""
    now = world.milliseconds()
    if leg["date_connected"]:
        held = _held(world, leg)
        spoken = float(now - leg["date_connected"])
        fields |= {
            "duration": spoken,
            "hold_time": held,
            "talk_time": max(0.0, spoken - held),
            "mos_score": round(3.6 + world.draw(9, "mos", leg["call_id"]) / 10, 1),
        }
    told = (
        state in ("hangup", leg["state"]) or leg["state"] == "voicemail"
    )  # who reached it was missed before
    leg = world.calls.change(
        leg["call_id"],
        state=state,
        date_ended=now,
        event_timestamp=now,
        total_duration=float(now - leg["date_started"]),
        live_user=None,
        waiting_for=None,
        hold_since=None,
        **fields,
    )
    if not told:
        tell(world, leg, state)
    if world.switch("hangup-event") == "always" or world.draw(10, "hangup", leg["call_id"]):
        tell(world, leg, "hangup")
    return leg


def live(leg: Record) -> bool:
    """Whether a leg goes on."""
    return leg["date_ended"] is None


def need_live(world: World, call_id: int) -> Record:
    """A leg that goes on. Raises `Refusal` 404 for an unknown one, 409 for one that is over."""
    leg = world.calls.get(call_id)
    if not live(leg):
        raise Refusal(409, f"id: the call {call_id} is over; it ended with {leg['state']}.")
    return leg


def legs_of(world: World, root: int) -> list[Record]:
    """The legs of a conversation that go on, in the order they began."""
    return [leg for leg in world.calls.where("root", root) if live(leg)]


def connected_leg(world: World, user_id: int) -> Record | None:
    """The call on which a user talks now, None where there is none."""
    return next((leg for leg in world.calls.where("live", user_id) if leg["state"] == "connected"), None)


def show_leg(world: World, leg: Record) -> Record:
    """A leg as answers show it."""
    recordings = recording_details(world, leg["call_id"])
    links = world.recording_links.where("call", leg["call_id"])
    shared: dict[str, list[str]] = {"callrecording": [], "admincallrecording": [], "voicemail": []}
    for link in links:
        shared[link["type"]].append(link["access_link"])
    voicemail = next(iter(world.voicemails.where("call", leg["call_id"])), None)
    return {
        **leg,
        **(_nameless(leg) if is_anonymous(world, leg) else {}),
        "recording_details": recordings or None,
        "call_recording_share_links": shared["callrecording"],
        "admin_call_recording_share_links": shared["admincallrecording"],
        "voicemail_share_link": next(iter(shared["voicemail"]), None),
        "transcription_text": voicemail["transcription"] if voicemail else spoken_text(world, leg),
        "proxy_target": leg["proxy_target"] or {},
        "screen_recording_urls": [],
    }


def is_anonymous(world: World, leg: Record) -> bool:
    """Whether the person of a call was deleted since."""
    return leg["target_type"] == "user" and leg["target_id"] not in world.users


def _nameless(leg: Record) -> Record:
    return {"target": {**leg["target"], "name": "", "email": "", "phone": None}}
