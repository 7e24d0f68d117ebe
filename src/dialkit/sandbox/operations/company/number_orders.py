"""Orders about numbers: to assign one, take one back, swap one, give one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company.number_supply import pick, type_of
from dialkit.sandbox.operations.company.numbers import (
    arrange,
    give,
    holder,
    line_of,
    numbers_of,
    office_of,
    take,
)
from dialkit.sandbox.operations.groups.targets import target
from dialkit.sandbox.operations.people import licenses
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# Operations whose path says what kind of target its `id` is.
KINDS = {
    "numbers.assign_user_number.post": "user",
    "numbers.assign_office_number.post": "office",
    "numbers.assign_room_number.post": "room",
    "numbers.assign_call_router_number.post": "callrouter",
    "numbers.user_unassign_number.post": "user",
    "numbers.office_unassign_number.post": "office",
    "numbers.room_unassign_number.post": "room",
}
NO_TARGETS = ("coachingteam", "unknown")  # kinds that can have no number


def assign(world: World, call: Call) -> Record:
    """Give a target a number: the one named, or one that is found."""
    kind, target_id = _target(call)
    owner = target(world, kind, target_id)  # an unknown one must not use up a number
    named = call.path.get("number") or call.body.get("number")
    if named:
        record = world.numbers.get(named)
    else:
        office = office_of(world, kind, owner)
        code = call.body.get("area_code")
        wanted = line_of(kind, owner, len(numbers_of(world, kind, owner)), {"type": type_of(code)})
        if wanted:
            licenses.need(world, office["id"], wanted, field="number")
        record = pick(world, code, office)
    given = give(world, record, kind, target_id, primary=call.body.get("primary", True))
    changelog(world, call, "number.assign", kind, target_id, given["number"])
    return given


def unassign(world: World, call: Call) -> Record:
    """Take from a target a number that it has. Raises `Refusal` 409 where it is another's."""
    kind, target_id = _target(call)
    record = world.numbers.get(call.body["number"])
    if holder(record) != (kind, target_id):
        raise Refusal(409, f"number: {record['number']} is not one of the {kind} {target_id}.")
    changelog(world, call, "number.unassign", kind, target_id, record["number"])
    return take(world, record)


def release(world: World, call: Call) -> Record:
    """Take a number from whoever has it, and with `release` from the company."""
    record = world.numbers.get(call.path["number"])
    kind, target_id = holder(record) or ("company", world.company_id)
    taken = take(world, record)
    given_up = call.query.get("release") and record["number"] in world.numbers
    action = "number.release" if given_up else "number.unassign"
    changelog(world, call, action, kind, target_id, record["number"])
    return {**world.numbers.remove(record["number"]), "deleted": True} if given_up else taken


def swap(world: World, call: Call) -> Record:
    """Give a target another primary number in place of the present one."""
    aim, details = call.body["target"], call.body.get("swap_details", {})
    kind, target_id = _kind(aim["target_type"]), aim["target_id"]
    owner = target(world, kind, target_id)
    had = numbers_of(world, kind, owner)
    office = office_of(world, kind, owner)
    if details.get("type") == "provided_number":
        record = _provided(world, details.get("number"))
    else:
        record = pick(world, details.get("area_code"), office)
    arrange(world, kind, owner, [record["number"], *had[1:]])
    note = f"{had[0] if had else 'none'} to {record['number']}"
    changelog(world, call, "number.swap", kind, target_id, note)
    return world.numbers.get(record["number"])


def _provided(world: World, number: str | None) -> Record:
    """The free number that a swap names."""
    if number is None:
        raise Refusal(400, "swap_details.number: is required for the type provided_number.")
    if world.switch("reserve-pool") == "off":
        raise Refusal(403, "swap_details.number: the company keeps no reserved numbers.")
    record = world.numbers.get(number)
    if record["status"] != "available":
        raise Refusal(409, f"swap_details.number: {number} is not free.")
    return record


def _target(call: Call) -> tuple[str, int]:
    if call.operation.id in KINDS:
        return KINDS[call.operation.id], int(call.path["id"])
    return _kind(call.body["target_type"]), int(call.body["target_id"])


def _kind(kind: str) -> str:
    if kind in NO_TARGETS:
        raise Refusal(400, f"target_type: a {kind} can have no number.")
    return kind


HANDLERS = {
    "numbers.assign_number.post": assign,
    "numbers.assign_target_number.post": assign,
    "numbers.delete": release,
    "numbers.swap_number.post": swap,
    **{name: unassign if "unassign" in name else assign for name in KINDS},
}
