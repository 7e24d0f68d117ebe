"""Call centers: queues that operators answer, and how each stands at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.groups import duty, group_lines, operators
from dialkit.sandbox.operations.groups.told import told
from dialkit.sandbox.resource import Resource, contains, equal
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LEAST_TO_ANNOUNCE = 120  # seconds of longest wait from which positions can be announced, as documented
DEFAULTS: Record = {
    **group_lines.DEFAULTS,
    "advanced_settings": {
        "auto_call_recording": {
            "allow_pause_recording": False,
            "call_recording_inbound": False,
            "call_recording_outbound": False,
        },
        "max_wrap_up_seconds": 0,
    },
    "alerts": {"cc_service_level": 95, "cc_service_level_seconds": 60},
    "hold_queue": {
        "allow_queue_callback": False,
        "announce_estimated_wait_time": True,
        "announce_position": True,
        "announcement_interval_seconds": 120,
        "estimated_wait_time_max": 30,
        "max_hold_count": 50,
        "max_hold_seconds": 900,
        "queue_callback_dtmf": "9",
        "queue_callback_threshold": 5,
        "queue_escape_dtmf": "*",
        "stay_in_queue_after_closing": False,
        "unattended_queue": False,
    },
}


def settle_call_center(world: World, record: Record, before: Record | None) -> Record:
    """Complete a call center: defaults, and what was given inside its settings."""
    asked = record.get("hold_queue", {}).get("announce_position")
    record = group_lines.complete(world, record, before, DEFAULTS)
    queue = record["hold_queue"]
    if queue["max_hold_seconds"] < LEAST_TO_ANNOUNCE and queue["announce_position"]:
        if asked and (before is None or record["hold_queue"] != before["hold_queue"]):
            raise Refusal(
                400,
                "hold_queue.announce_position: is not possible where max_hold_seconds is under "
                f"{LEAST_TO_ANNOUNCE}; it is {queue['max_hold_seconds']}.",
            )
        record = {**record, "hold_queue": {**queue, "announce_position": False}}
    return record


def leave_call_center(world: World, center: Record) -> None:
    """Free the numbers of a call center that goes, and let go of all that speaks of it."""
    group_lines.end_waiting(world, "callcenter", center["id"])
    group_lines.free_lines(world, "callcenter", center)
    operators.clear(world, "callcenter", center["id"])
    target = ("callcenter", center["id"])
    for name in ("dispositions", "assignments"):
        for record in world.table(name).where("target", target):
            left = [one for one in record["targets"] if (one["target_type"], one["target_id"]) != target]
            world.table(name).change(record["id"], targets=left)


def status(world: World, call: Call) -> Record:
    """How a call center stands: who is on duty, who of them is free, who waits for how long."""
    center = world.call_centers.get(call.path["id"])
    open_ = group_lines.is_open(world, center)
    on_duty = operators.on_duty_members(world, center["id"])
    free = [member for member in on_duty if duty.is_free(world, member)]
    waiting = world.calls.where("waiting", center["id"])
    since = [moment for call in waiting if (moment := call.get("date_queued") or call.get("date_started"))]
    return {
        "availability": {"name": "Open" if open_ else "Closed", "status": "open" if open_ else "closed"},
        "capacity": len(free),
        "longest_call_wait_time": max(0, world.milliseconds() - min(since)) // 1000 if since else 0,
        "on_duty_operators": len(on_duty),
        "pending": len(waiting),
    }


CALL_CENTERS = Resource(
    "call_centers",
    lists=("callcenters.listall", "callcenters.list"),
    gets="callcenters.get",
    makes="callcenters.create",
    changes=("callcenters.update",),
    deletes="callcenters.delete",
    fresh=DEFAULTS,
    refs={"office_id": "offices"},
    settle=settle_call_center,
    leave=leave_call_center,
    show=group_lines.show("callcenter"),
    filters={"office_id": equal("office_id"), "name_search": contains("name")},
    within="office_id",
)
ACTIONS = {f"callcenters.{verb}": f"callcenter.{verb}" for verb in ("create", "update", "delete")}
HANDLERS = {**told(CALL_CENTERS.handlers(), ACTIONS, "callcenter"), "callcenters.status": status}
