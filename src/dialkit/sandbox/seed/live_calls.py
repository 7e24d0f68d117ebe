"""The calls that go on at the start: the document's, which is parked, and one that Theo is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls.legs import build_leg
from dialkit.sandbox.operations.calls.sides import company_side, outside_side
from dialkit.sandbox.operations.groups import operators
from dialkit.sandbox.seed.names import CALL_CENTER, PORTLAND, THEO

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

PRIYA, OTHER = "+14155550123", "+14155550124"
BEGAN, ANSWERED, PARKED = 300, 292, 112  # seconds before the start
TALKS = 95  # seconds for which Theo is on the other call


def fill_live(world: World, maker: Maker) -> None:
    """Make them, with the share links that the document has of the parked one."""
    shared, review = maker.example("recording_share_link.get"), maker.example("call_review_share_link.get")
    call_id = maker.example("call.get_call_info")["call_id"]
    root, theirs = call_id - 2, call_id + 1
    now = world.milliseconds()
    began, answered, parked = (now - 1000 * seconds for seconds in (BEGAN, ANSWERED, PARKED))
    office = company_side(world, "office", PORTLAND)
    waits: dict[str, Any] = {
        "root": root,
        "master_call_id": root,
        "direction": "inbound",
        "external_number": PRIYA,
        "internal_number": office["phone"],
        "entry_point_target": office,
        "date_rang": began,
        "date_first_rang": began,
        "custom_data": "order=48213",
    }
    through = {"date_connected": answered, "state": "connected"}
    assigned = [
        one["member_id"]
        for one in operators.members(world, "callcenter", CALL_CENTER)
        if one["member_type"] == "user"
    ][:2]
    _leg(world, root, "office", PORTLAND, PRIYA, began, **waits, **through)
    center = {
        **waits,
        **through,
        "entry_point_call_id": root,
        "operator_call_id": theirs,
        "date_queued": began + 1_000,
        "assigned": assigned,
        "tried": [],
        "was_recorded": True,
        "labels": ["wholesale"],
        "state": "parked",
        "hold_since": parked,
    }
    _leg(world, call_id, "callcenter", CALL_CENTER, PRIYA, began, **center)
    world.calls.change(call_id, group_id=f"Office:{PORTLAND}")
    spoken = float(parked - answered)
    ended = {
        **waits,
        "entry_point_call_id": call_id,
        "group_type": "callcenter",
        "group_target": CALL_CENTER,
        "date_connected": answered,
        "date_ended": parked,
        "state": "hangup",
        "duration": spoken,
        "talk_time": spoken,
        "hold_time": 0.0,
        "total_duration": float(parked - began),
        "mos_score": 4.3,
    }
    _leg(world, theirs, "user", THEO, PRIYA, began, **ended)
    world.transcripts.put({"call_id": theirs, "topic": 0})
    world.recaps.put(
        {"call_id": theirs, "topic": 0, "date_created": parked + 30_000, "date_modified": parked + 30_000}
    )
    length = int(spoken) - 5_000
    world.recordings.put(
        {
            "id": int(shared["item_id"]),
            "call_id": call_id,
            "recording_type": "callrecording",
            "start_time": answered + 2_000,
            "length": length,
            "duration": length,
        }
    )
    world.recording_links.put({**shared, "date_added": world.stamp(world.now - 60)})
    world.review_links.put(review)
    _theo(world, call_id + 7)


def _theo(world: World, call_id: int) -> None:
    """The call that Theo is on; it goes on until somebody ends it."""
    began = world.milliseconds() - 1000 * TALKS
    _leg(
        world,
        call_id,
        "user",
        THEO,
        OTHER,
        began,
        direction="outbound",
        external_number=OTHER,
        internal_number=company_side(world, "user", THEO)["phone"],
        selected_caller_id=company_side(world, "user", THEO)["phone"],
        date_connected=began + 9_000,
        state="connected",
        live_user=THEO,
        vi_enabled=True,
    )


def _leg(
    world: World, call_id: int, kind: str, target_id: int, number: str, began: int, **fields: Any
) -> Record:
    target, contact = company_side(world, kind, target_id), outside_side(world, number)
    return world.calls.put(build_leg(call_id, kind, target_id, target, contact, began, **fields))
