"""Coaching teams: coaches, and the trainees whose calls they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company.numbers import numbers_of
from dialkit.sandbox.operations.groups import duty
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def list_members(world: World, call: Call) -> Record:
    """The coaches and trainees of a team, all at once: the request has no cursor to ask for more."""
    members = world.coaching_members.where("team", call.path["id"])
    return {"items": [_shown(world, one) for one in members if one["user_id"] in world.users]}


def add_member(world: World, call: Call) -> Record:
    """Put a user into a team. Raises `Refusal` 409 for one who has another role: none can be changed."""
    team_id, role, text = call.path["id"], call.body["role"], call.body["member_id"]
    user = world.users.find(text)
    if user is None:
        raise Refusal(404, f"member_id: no user has the id {text[:80]}.")
    if user.get("state", "active") != "active":
        raise Refusal(400, f"member_id: the user {text} is {user['state']}, not active.")
    present = next(
        (one for one in world.coaching_members.where("team", team_id) if one["user_id"] == user["id"]), None
    )
    if present is None:
        present = world.coaching_members.put(
            {"id": world.new_id(), "team_id": team_id, "user_id": user["id"], "role": role}
        )
    elif present["role"] != role or world.switch("added-again") == "refused":
        raise Refusal(409, f"member_id: the user {text} is a {present['role']} of this team already.")
    return _shown(world, present)


def _shown(world: World, member: Record) -> Record:
    from dialkit.sandbox.operations.people.users import USERS

    user = world.users.get(member["user_id"])
    is_on_duty = duty.on_duty(world, user["id"])
    return {**USERS.show(world, user), "is_on_duty": is_on_duty, "role": member["role"]}


COACHING_TEAMS = Resource(
    "coaching_teams",
    lists=("coaching_team.listall", "coaching_team.list"),
    gets="coaching_team.get",
    show=lambda world, team: {**team, "phone_numbers": numbers_of(world, "coachingteam", team)},
    within="office_id",
)
HANDLERS = {
    **COACHING_TEAMS.handlers(),
    "coaching_team.members.get": list_members,
    "coaching_team.members.add": add_member,
}
