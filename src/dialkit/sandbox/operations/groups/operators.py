"""Operators: who takes the calls of call centers, departments and offices, and with what skill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups import duty, targets
from dialkit.sandbox.operations.groups.duty import on_duty, set_duty
from dialkit.sandbox.operations.groups.told import told
from dialkit.sandbox.operations.people import licenses
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

__all__ = ["add", "clear", "group_details", "members", "on_duty", "on_duty_members", "set_duty"]

SKILL = 100  # of an operator added without a level, as documented
# Licenses that let a user be an agent of call centers.
AGENTS = ("agents", "dpde_all", "dpde_one", licenses.SUPPORT)
# The first segment of an operation's id, and the kind of group it is about.
GROUPS = {"callcenters": "callcenter", "departments": "department", "offices": "office"}


def members(world: World, group_type: str, group_id: int) -> list[Record]:
    """The operators of a group, in the order in which they were added."""
    return world.operators.where("group", (group_type, group_id))


def member(world: World, group: tuple[str, int], kind: str, member_id: int) -> Record | None:
    """An operator of a group, None where the user or room is none of it."""
    found = world.operators.where("member", (kind, member_id))
    return next((one for one in found if (one["group_type"], one["group_id"]) == group), None)


def on_duty_members(world: World, center_id: int) -> list[Record]:
    """The operators of a call center who are on duty."""
    return [one for one in members(world, "callcenter", center_id) if on_duty(world, one["member_id"])]


def add(world: World, group: tuple[str, int], kind: str, member_id: int, **fields: Any) -> Record:
    """Make a user or a room an operator of a group; `fields` are its role and skill.

    For one who is there already, these are changed. Raises `Refusal` 409 where that is switched off.
    """
    present = member(world, group, kind, member_id)
    if present is not None:
        if world.switch("added-again") == "refused":
            raise Refusal(409, f"{kind} {member_id} is an operator of this {group[0]} already.")
        return world.operators.change(present["id"], **fields)
    return world.operators.put(
        {
            "id": world.new_id(),
            "group_type": group[0],
            "group_id": group[1],
            "member_type": kind,
            "member_id": member_id,
            "date_added": world.stamp(),
            **fields,
        }
    )


def clear(world: World, group_type: str, group_id: int) -> None:
    """Let all operators of a group go."""
    for one in members(world, group_type, group_id):
        world.operators.remove(one["id"])


def group_details(world: World, user_id: int) -> list[Record]:
    """The groups a user is in, as the user's record tells them."""
    return [
        {
            "group_id": one["group_id"],
            "group_type": one["group_type"],
            "role": one["role"],
            "do_not_disturb": bool(one.get("do_not_disturb")),
        }
        for one in world.operators.where("member", ("user", user_id))
    ]


# -- operations


def add_to_center(world: World, call: Call) -> Record:
    """Make a user an operator of a call center; one without a license for that takes one.

    Raises `Refusal` where none is left, and then changes nothing.
    """
    body, user = call.body, _active(world, "user", call.body["user_id"], "user_id")
    group = _group(call)
    known = member(world, group, "user", user["id"]) or {}
    given = {
        "role": body.get("role", known.get("role", "operator")),
        "skill_level": body.get("skill_level", known.get("skill_level", SKILL)),
    }
    if user["license"] not in AGENTS:
        _license(world, user, body.get("license_type", "agents"), body.get("keep_paid_numbers", True))
    return _shown(world, add(world, group, "user", user["id"], **given))


def _license(world: World, user: Record, wanted: str, keep_numbers: bool) -> None:
    licenses.need(world, user["office_id"], licenses.LICENSES[wanted], field="license_type")
    user = {**user, "license": wanted}
    kept = [] if wanted == licenses.SUPPORT and not keep_numbers else user["phone_numbers"]
    numbers.arrange(world, "user", user, kept, "keep_paid_numbers")


def add_to_group(world: World, call: Call) -> Record:
    """Make a user or a room an operator of a department or an office."""
    kind, member_id = call.body["operator_type"], call.body["operator_id"]
    _active(world, kind, member_id, "operator_id")
    known = member(world, _group(call), kind, member_id) or {}
    role = call.body.get("role", known.get("role", "operator"))
    return _shown(world, add(world, _group(call), kind, member_id, role=role))


def remove(world: World, call: Call) -> Record:
    """Take an operator out of a group. Raises `Refusal` 404 for somebody who is none of it."""
    field = "user_id" if "user_id" in call.body else "operator_id"
    kind, member_id = call.body.get("operator_type", "user"), call.body[field]
    found = member(world, _group(call), kind, member_id)
    if found is None:
        raise Refusal(404, f"{field}: the {kind} {member_id} is no operator of this {_group(call)[0]}.")
    shown = _shown(world, found)
    world.operators.remove(found["id"])
    return shown


def list_operators(world: World, call: Call) -> Record:
    """The users and the rooms that take the calls of a group."""
    from dialkit.sandbox.operations.people.rooms import ROOMS
    from dialkit.sandbox.operations.people.users import USERS

    listed = members(world, *_group(call))
    users = [user for one in listed if one["member_type"] == "user" for user in _found(world, one)]
    rooms = [room for one in listed if one["member_type"] == "room" for room in _found(world, one)]
    return {
        "users": [{**USERS.show(world, user), **duty.shown_duty(world, user["id"])} for user in users],
        "rooms": [ROOMS.show(world, room) for room in rooms],
    }


def get_skill(world: World, call: Call) -> Record:
    """How skilled an operator counts as within one call center."""
    return _skill(_in_center(world, call))


def set_skill(world: World, call: Call) -> Record:
    """Set the skill of an operator within one call center."""
    found = _in_center(world, call)
    return _skill(world.operators.change(found["id"], skill_level=call.body["skill_level"]))


def get_duty(world: World, call: Call) -> Record:
    """Whether an operator is on duty, and what they are doing."""
    return duty.status_of(world, world.users.get(call.path["id"])["id"])


def change_duty(world: World, call: Call) -> Record:
    """Put an operator on or off duty. Raises `Refusal` 400 for a user who is no call center's operator."""
    user_id = _active(world, "user", call.path["id"], "id")["id"]
    if not duty.centers_of(world, user_id):
        raise Refusal(400, f"id: the user {user_id} is an operator of no call center.")
    set_duty(world, user_id, call.body["on_duty"], call.body.get("duty_status_reason"))
    return duty.status_of(world, user_id)


def _group(call: Call) -> tuple[str, int]:
    return GROUPS[call.operation.id.partition(".")[0]], call.path["id"]


def _active(world: World, kind: str, member_id: object, field: str) -> Record:
    found = targets.target(world, kind, member_id, field)
    if found.get("state", "active") != "active":
        raise Refusal(400, f"{field}: the {kind} {member_id} is {found['state']}, not active.")
    return found


def _found(world: World, operator: Record) -> list[Record]:
    """The record of an operator's user or room; none where that is gone."""
    found = world.table(targets.TABLES[operator["member_type"]]).find(operator["member_id"])
    return [] if found is None else [found]


def _in_center(world: World, call: Call) -> Record:
    center_id, user_id = call.path["call_center_id"], call.path["user_id"]
    found = member(world, ("callcenter", center_id), "user", user_id)
    if found is None:
        raise Refusal(404, f"user_id: the user {user_id} is no operator of this call center.")
    return found


def _skill(operator: Record) -> Record:
    return {
        "call_center_id": operator["group_id"],
        "user_id": operator["member_id"],
        "skill_level": operator.get("skill_level", SKILL),
    }


def _shown(world: World, operator: Record) -> Record:
    kind, member_id = operator["member_type"], operator["member_id"]
    found = targets.target(world, kind, member_id)
    return {
        **found,
        "name": found["display_name"] if kind == "user" else found["name"],
        "is_on_duty": kind == "room" or on_duty(world, member_id),
    }


HANDLERS: dict[str, Handler] = {
    "callcenters.operators.get": list_operators,
    "callcenters.operators.get.skilllevel": get_skill,
    "callcenters.operators.skilllevel": set_skill,
    "callcenters.operators.get.dutystatus": get_duty,
    "callcenters.operators.dutystatus": change_duty,
    **{f"{group}.operators.get": list_operators for group in ("departments", "offices")},
}
for _name, _kind in GROUPS.items():
    _adding = add_to_center if _kind == "callcenter" else add_to_group
    _changing: dict[str, Handler] = {
        f"{_name}.operators.post": _adding,
        f"{_name}.operators.delete": remove,
    }
    _actions = dict(zip(_changing, ("operator.add", "operator.remove"), strict=True))
    HANDLERS |= told(_changing, _actions, _kind)
