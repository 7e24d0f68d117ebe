"""Users: who they are, where they sit, with what license."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.company.number_supply import pick
from dialkit.sandbox.operations.groups import duty
from dialkit.sandbox.operations.people import licenses
from dialkit.sandbox.operations.people.devices import remove_devices, sign_in
from dialkit.sandbox.operations.people.members import leave_groups
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def settle_user(world: World, user: Record, before: Record | None) -> Record:
    """Complete a user who is new or changed, and check what was said."""
    if before is None:
        user = {**_fresh(world), "emails": [user.get("email")], **user}
    if before is None or user["emails"] != before["emails"]:
        _check_emails(world, user)
    if user.get("extension") and user["extension"] != (before or {}).get("extension"):
        _check_extension(world, user)
    for place, number in enumerate(user.get("forwarding_numbers") or ()):
        if numbers.e164(number) is None:
            raise Refusal(
                400, f"forwarding_numbers[{place}]: {number[:40]!r} is not a phone number in E.164."
            )
    for office_id in user.get("admin_office_ids") or ():
        if office_id not in world.offices:
            raise Refusal(404, f"admin_office_ids: no office has the id {office_id}.")
    return complete(user)


def complete(user: Record) -> Record:
    """A user with what follows from the rest."""
    names = [user[name] for name in ("first_name", "last_name") if user.get(name)]
    return {
        **user,
        "display_name": " ".join(names or user["emails"][:1]),
        "is_admin": bool(user["is_super_admin"] or user.get("admin_office_ids")),
        "lower_emails": [email.lower() for email in user["emails"]],
    }


def _fresh(world: World) -> Record:
    return {
        "company_id": world.company_id,
        "license": "talk",
        "state": "pending",
        "country": "us",
        "language": "en",
        "timezone": "America/Los_Angeles",
        "is_super_admin": False,
        "do_not_disturb": False,
        "international_dialing_enabled": False,
        "date_added": world.stamp(),
        "onboarding_completed": False,
        "voicemail": {
            "is_default_voicemail": True,
            "name": "Default greeting",
            "voicemail_notifications_enabled": True,
        },
        "phone_numbers": [],
    }


def show_user(world: World, user: Record) -> Record:
    """What answers show: the person, and how they are doing at this moment."""
    from dialkit.sandbox.operations.groups.operators import group_details

    user_id = user["id"]
    return {
        **user,
        **duty.shown_duty(world, user_id),
        "group_details": group_details(world, user_id),
        "is_available": not world.calls.count("live", user_id),
        "is_online": user["state"] == "active" and bool(world.devices.count("user", user_id)),
    }


def create(world: World, call: Call) -> Record:
    """A new user, who takes a license; a number only where that was asked for."""
    body = {name: value for name, value in call.body.items() if name != "auto_assign"}
    office = world.offices.find(body["office_id"])
    if office is None:
        raise Refusal(404, f"office_id: no office has the id {body['office_id']}.")
    user = settle_user(world, {"id": world.new_id(), **body}, None)
    licenses.need(world, office["id"], licenses.LICENSES[user["license"]])
    fresh = []
    if call.body.get("auto_assign"):
        if wanted := numbers.line_of("user", user, 0, {"type": "local"}):
            licenses.need(world, office["id"], wanted, field="auto_assign")
        fresh = [pick(world, office=office)["number"]]
    numbers.arrange(world, "user", user, fresh)
    changelog(world, call, "user.create", "user", user["id"], user["display_name"])
    return show_user(world, world.users.get(user["id"]))


def update(world: World, call: Call) -> Record:
    """Change what was sent. A number can be dropped here, or put elsewhere in the order, and not added."""
    body = {name: value for name, value in call.body.items() if name != "keep_paid_numbers"}
    before = world.users.get(call.path["id"])
    user = settle_user(world, {**before, **body}, before)
    kept = user["phone_numbers"]
    if "phone_numbers" in body:
        numbers.check_kept(before, kept)
    to_support = user["license"] == licenses.SUPPORT != before["license"]
    if to_support and not call.body.get("keep_paid_numbers", True):
        kept = []
    if user["office_id"] != before["office_id"]:
        _check_move(world, before, user["office_id"])
        if _abroad(world, before, user["office_id"]) and kept:
            raise Refusal(400, "office_id: the office is abroad, and the user has numbers; take them first.")
    _settle_seat(world, before, user)
    user = numbers.arrange(world, "user", {**user, "phone_numbers": before["phone_numbers"]}, kept, "license")
    _change_state(world, before, user)
    changelog(world, call, "user.update", "user", user["id"], ", ".join(sorted(body)), changes=body)
    return show_user(world, world.users.get(user["id"]))


def move_office(world: World, call: Call) -> Record:
    """Put a user into another office; numbers change where one of the two is abroad."""
    user, office_id = world.users.get(call.path["id"]), call.body.get("office_id")
    if office_id is None or office_id == user["office_id"]:
        return show_user(world, user)
    _check_move(world, user, office_id)
    moved = {**user, "office_id": office_id}
    _settle_seat(world, user, moved)
    kept = user["phone_numbers"]
    # Internal numbers begin with 803, and are kept by who has no others.
    if _abroad(world, user, office_id) and not all(number.lstrip("+").startswith("803") for number in kept):
        kept = [pick(world, office=world.offices.get(office_id))["number"]]
    numbers.arrange(world, "user", moved, kept, "office_id")
    changelog(world, call, "user.move_office", "user", user["id"], str(office_id))
    return show_user(world, world.users.get(user["id"]))


def delete(world: World, call: Call) -> Record:
    """Remove a user: the license and the numbers are free again, and nothing rings for them any more."""
    user = world.users.get(call.path["id"])
    _end_calls(world, user["id"])
    duty.set_duty(world, user["id"], False)
    for fax in world.fax_lines.where("target", ("user", user["id"])):
        numbers.take(world, world.numbers.get(fax["number"]))
    numbers.arrange(world, "user", user, [])
    remove_devices(world, "user", user["id"])
    leave_groups(world, "user", user["id"])
    if f"user:{user['id']}" in world.e911:
        world.e911.remove(f"user:{user['id']}")
    world.cancel(user.get("status_job"))
    world.users.remove(user["id"])
    gone = world.deleted_users.put({**user, "state": "deleted", "phone_numbers": [], "extension": None})
    changelog(world, call, "user.delete", "user", user["id"], user["display_name"])
    return show_user(world, gone)


def activate(world: World, user: Record) -> Record:
    """A user signs in for the first time, on the desktop app, so that calls can be made."""
    if not user.get("date_active"):
        now = {name: world.stamp() for name in ("date_active", "date_first_login")}
        user = world.users.put({**user, **now, "onboarding_completed": True})
        sign_in(world, user)
    return user


def _change_state(world: World, before: Record, user: Record) -> None:
    if user["state"] == "active" != before["state"]:
        activate(world, user)
    elif user["state"] == "suspended" != before["state"]:
        _end_calls(world, user["id"])
        duty.set_duty(world, user["id"], False)


def _end_calls(world: World, user_id: int) -> None:
    from dialkit.sandbox.operations.calls.calls import hang_up

    for call in world.calls.where("live", user_id):
        if world.calls.get(call["call_id"]).get("live_user"):  # not ended along with the one before
            hang_up(world, call["call_id"])


def _settle_seat(world: World, before: Record, user: Record) -> None:
    """See that there is a license, where the office or the kind changes."""
    seats = [(one["office_id"], licenses.LICENSES[one["license"]]) for one in (before, user)]
    if seats[0] != seats[1]:
        field = "license" if seats[0][0] == seats[1][0] else "office_id"
        licenses.need(world, *seats[1], field=field)


def _check_move(world: World, user: Record, office_id: int) -> None:
    if office_id not in world.offices:
        raise Refusal(404, f"office_id: no office has the id {office_id}.")
    if world.company.get("account_type") == "free" and office_id != user["office_id"]:
        raise Refusal(403, "office_id: users move between offices on paid accounts only.")


def _abroad(world: World, user: Record, office_id: int) -> bool:
    countries = {world.offices.get(one).get("country") for one in (user["office_id"], office_id)}
    return len(countries) > 1


def _check_emails(world: World, user: Record) -> None:
    if not user["emails"]:
        raise Refusal(400, "emails: at least one address must stay.")
    field = "emails" if user["id"] in world.users else "email"
    for email in user["emails"]:
        if not EMAIL.fullmatch(email):
            raise Refusal(400, f"{field}: {email[:80]!r} is not an e-mail address.")
        if any(other["id"] != user["id"] for other in world.users.where("email", email.lower())):
            raise Refusal(409, f"{field}: a user with the address {email[:80]} exists already.")


def _check_extension(world: World, user: Record) -> None:
    extension = user["extension"]
    if not re.fullmatch("[0-9]{1,10}", extension):
        raise Refusal(400, f"extension: {extension[:20]!r} is not a short number.")
    if any(other["id"] != user["id"] for other in world.users.where("extension", extension)):
        raise Refusal(409, f"extension: {extension} is another user's.")


# What others show of a user.
USERS = Resource("users", gets="users.get", show=show_user)
HANDLERS = {
    **USERS.handlers(),
    "users.create": create,
    "users.update": update,
    "users.move_office.patch": move_office,
    "users.delete": delete,
}
