"""What call centers and departments have in common: an office, hours, routing, numbers, operators."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.wire import Refusal
from dialkit.sandbox.world.zones import find_zone

if TYPE_CHECKING:
    from datetime import tzinfo

    from dialkit.sandbox.world import Record, World

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
# What the document says of fields that are left out; of routing it says only that there are defaults.
DEFAULTS: Record = {
    "hours_on": False,
    "ring_seconds": 30,
    **{f"{day}_hours": ["08:00", "18:00"] for day in DAYS[:5]},
    **{f"{day}_hours": [] for day in DAYS[5:]},
    "voice_intelligence": {"allow_pause": True, "auto_start": True},
    "routing_options": {
        "open": {"action": "voicemail", "operator_routing": "longestidle", "try_dial_operators": True},
        "closed": {"action": "voicemail", "try_dial_operators": False},
    },
    "voicemail_notification_emails": [],
    "phone_numbers": [],
    "state": "active",
}
# Actions that say where to send a call only by a target, and the kinds of target that each takes.
AIMED = {
    "bridge_target": None,
    "call_service_target": None,
    "department": ("department",),
    "person": ("user",),
}


def complete(world: World, record: Record, before: Record | None, defaults: Record) -> Record:
    """A group line with defaults where nothing was said, checked. Raises `Refusal`.

    The two parts of the routing must be given whole, so they are never mixed with what was there.
    """
    merged = before is not None and world.switch("nested-settings") == "merged"
    for name, value in defaults.items():
        if isinstance(value, dict) and name != "routing_options":
            under = before[name] if before is not None and merged else value
            record = {**record, name: over(under, record[name])}
    for day in DAYS:
        check_hours(f"{day}_hours", record[f"{day}_hours"])
    if before is None or record["routing_options"] != before["routing_options"]:
        for part, way in record["routing_options"].items():
            _check_way(world, f"routing_options.{part}", way)
    return record


def show(kind: str) -> Any:
    """What answers show of a group line of that kind."""

    def shown(world: World, record: Record) -> Record:
        office, way = world.offices.find(record["office_id"]) or {}, record["routing_options"]["open"]
        return {
            "country": str(office.get("country") or "us").lower(),
            "timezone": office.get("timezone"),
            **record,
            "phone_numbers": numbers.numbers_of(world, kind, record),
            "availability_status": "open" if is_open(world, record) else "closed",
            "first_action": "menu" if way["action"] == "menu" else "operators",
            "no_operators_action": way["action"],
        }

    return shown


def free_lines(world: World, kind: str, record: Record) -> None:
    """Take its numbers from a group that goes."""
    for number in numbers.numbers_of(world, kind, record):
        numbers.take(world, world.numbers.get(number))


def end_waiting(world: World, kind: str, group_id: int) -> None:
    """End the calls that wait for a group that goes; the document does not say what becomes of them."""
    from dialkit.sandbox.operations.calls import calls

    waiting = [call["call_id"] for call in world.calls.where("waiting", group_id)]
    for operator in world.operators.where("group", (kind, group_id)):
        for leg in world.calls.where("live", operator["member_id"]):
            entry = world.calls.find(leg.get("entry_point_call_id"))
            if leg.get("state") == "ringing" and entry and entry.get("target_id") == group_id:
                waiting.append(entry["call_id"])
    for call_id in dict.fromkeys(waiting):
        calls.hang_up(world, call_id)


def is_open(world: World, record: Record) -> bool:
    """Whether a group line takes calls at this moment by its opening times; holidays are not kept here."""
    if record.get("state") != "active":
        return False
    if not record["hours_on"]:
        return True
    local = datetime.fromtimestamp(world.now, UTC).astimezone(zone(world, record))
    hours, clock = record[f"{DAYS[local.weekday()]}_hours"], f"{local:%H:%M}"
    return any(start <= clock < end for start, end in zip(hours[::2], hours[1::2], strict=False))


def zone(world: World, record: Record) -> tzinfo:
    """The time zone of a group line: its own, else its office's; UTC where the machine does not know it."""
    office = world.offices.find(record["office_id"]) or {}
    return find_zone(record.get("timezone") or office.get("timezone") or "UTC") or UTC


def over(under: Any, given: Any) -> Any:
    """An object with what was given in place of what it had, inside too; a null counts as not given."""
    if not isinstance(under, dict) or not isinstance(given, dict):
        return given
    changed = {name: over(under.get(name), value) for name, value in given.items() if value is not None}
    return {**under, **changed}


def check_hours(name: str, hours: list[str]) -> None:
    """Raises `Refusal` 400 for opening times that cannot be meant."""
    for hour in hours:
        if not TIME.fullmatch(hour):
            raise Refusal(400, f"{name}: {hour[:20]!r} is not a time such as 08:00.")
    if len(hours) % 2:
        raise Refusal(400, f"{name}: times come in pairs of start and end; got {len(hours)}.")
    for earlier, later in pairwise(hours):
        if earlier >= later:
            raise Refusal(400, f"{name}: {later} does not come after {earlier}.")


def _check_way(world: World, name: str, way: Record) -> None:
    kind, target_id = way.get("action_target_type"), way.get("action_target_id")
    if (kind is None) != (target_id is None):
        raise Refusal(400, f"{name}.action_target_id: give it and action_target_type, or neither.")
    if way.get("action") in AIMED:
        if kind is None:
            raise Refusal(400, f"{name}.action_target_id: is needed for the action {way['action']}.")
        wanted = AIMED[way["action"]]
        if wanted and kind not in wanted:
            raise Refusal(
                400, f"{name}.action_target_type: the action {way['action']} takes {wanted[0]}; got {kind}."
            )
    if kind in targets.TABLES:
        targets.target(world, kind, target_id, f"{name}.action_target_id")
    for key in way.get("dtmf") or ():
        _check_way(world, f"{name}.dtmf.options", key.get("options") or {})
