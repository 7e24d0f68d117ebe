"""Users: who they are, where they sit, how they are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations import numbers
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def settle_user(world: World, user: Record, before: Record | None) -> Record:
    """Complete a user: a new one gets what every user has; its numbers can be dropped or reordered."""
    world.offices.get(user["office_id"])
    if before is None:
        user = _begin(world, user)
    else:
        _keep_numbers(world, before["phone_numbers"], user["phone_numbers"])
    names = [user[name] for name in ("first_name", "last_name") if user.get(name)]
    return {
        **user,
        "display_name": " ".join(names or user["emails"][:1]),
        "is_admin": user["is_super_admin"],
        "lower_emails": [email.lower() for email in user["emails"]],
    }


def _begin(world: World, user: Record) -> Record:
    email = user.get("email")
    if email and world.users.where("email", email.lower()):
        raise Refusal(409, f"email: a user with the address {email[:80]} exists already.")
    return {
        "emails": [email],
        "company_id": world.company_id,
        "license": "talk",
        "state": "pending",
        "country": "us",
        "language": "en",
        "timezone": "America/Los_Angeles",
        "is_super_admin": False,
        "do_not_disturb": False,
        "date_added": world.stamp(),
        "onboarding_completed": False,
        "voicemail": {"is_default_voicemail": True, "name": "Default greeting"},
        "phone_numbers": [],
        **user,
    }


def _keep_numbers(world: World, had: list[str], kept: list[str]) -> None:
    if foreign := [number for number in kept if number not in had]:
        raise Refusal(400, f"phone_numbers: {foreign[0][:20]} is not a number of this user; assign it.")
    for number in [number for number in had if number not in kept]:
        numbers.take(world, world.numbers.get(number))


def enter_user(world: World, user: Record) -> None:
    """Give a new user a number where that was asked for."""
    if user.get("auto_assign"):
        numbers.give(world, numbers.pick(world), "user", user["id"], primary=True)


def leave_user(world: World, user: Record) -> None:
    """Free the numbers of a user who goes."""
    for number in user["phone_numbers"]:
        numbers.take(world, world.numbers.get(number))


def wanted_user(_world: World, call: Call, user: Record) -> bool:
    """Filters of the list of users; each one left out keeps everybody."""
    query = call.query
    return (
        query.get("state", "all") in ("all", user["state"])
        and query.get("company_admin", user["is_super_admin"]) == user["is_super_admin"]
        and ("email" not in query or query["email"].lower() in user["lower_emails"])
        and ("number" not in query or query["number"] in user["phone_numbers"])
    )


USERS = Resource(
    "users",
    lists=("users.list",),
    gets="users.get",
    makes="users.create",
    changes=("users.update", "users.move_office.patch", "users.update_status"),
    deletes="users.delete",
    settle=settle_user,
    enter=enter_user,
    leave=leave_user,
    wanted=wanted_user,
)
HANDLERS = USERS.handlers()
