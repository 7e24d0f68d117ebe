"""How a user is doing: status line, do not disturb, names to call under, analysis of the live call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups.operators import member
from dialkit.sandbox.operations.groups.targets import target
from dialkit.sandbox.operations.people.caller_ids import groups_of, shown_number
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

IN_MILLISECONDS = 100_000_000_000  # moments from here on are taken for milliseconds, smaller ones for seconds


def update_status(world: World, call: Call) -> Record:
    """Set the status line, until a moment or for good; a line that is left out stays as it is."""
    user, body = world.users.get(call.path["id"]), call.body
    world.cancel(user.get("status_job"))
    expiration = body.get("expiration")
    job = None
    if expiration is not None:
        moment = expiration / 1000 if expiration >= IN_MILLISECONDS else expiration
        job = world.at(moment, "users.clear_status", user_id=user["id"])
    message = body.get("status_message", user.get("status_message"))
    world.users.change(user["id"], status_message=message, status_expiration=expiration, status_job=job)
    changelog(world, call, "user.status", "user", user["id"])
    return {"id": user["id"], "status_message": message, "expiration": expiration}


def clear_status(world: World, user_id: int) -> None:
    """The time of a status line is over."""
    world.users.change(user_id, status_message=None, status_expiration=None, status_job=None)


def toggle_dnd(world: World, call: Call) -> Record:
    """Hold calls off, all or those of one group. Raises `Refusal` 400 for a group the user is not in."""
    user, body = world.users.get(call.path["id"]), call.body
    wanted = body["do_not_disturb"]
    if "group_id" not in body:
        world.users.change(user["id"], do_not_disturb=wanted)
    else:
        group = (body["group_type"], body["group_id"])
        target(world, *group, "group_id")
        found = member(world, group, "user", user["id"])
        if found is None:
            raise Refusal(400, f"group_id: the user is not in the {group[0]} {group[1]}.")
        world.operators.change(found["id"], do_not_disturb=wanted)
    changelog(world, call, "user.do_not_disturb", "user", user["id"], "on" if wanted else "off")
    return {**body, "id": user["id"]}


def personas(world: World, call: Call) -> Record:
    """The user as such, then each group of theirs that has a number."""
    user = world.users.get(call.path["id"])
    own = {
        "id": user["id"],
        "type": "user",
        "name": user["display_name"],
        "caller_id": shown_number(world, user),
        "image_url": user.get("image_url"),
        "phone_numbers": user["phone_numbers"],
    }
    others = [
        {
            "id": group["id"],
            "type": kind,
            "name": group.get("name"),
            "caller_id": held[0],
            "image_url": group.get("image_url"),
            "phone_numbers": held,
        }
        for kind, group in groups_of(world, user["id"])
        if (held := numbers.numbers_of(world, kind, group))
    ]
    return {"items": [own, *others]}


def toggle_call_vi(world: World, call: Call) -> Record:
    """Switch Voice Intelligence on the user's live call. Raises `Refusal` 400 where there is none."""
    user = world.users.get(call.path["id"])
    live = world.calls.where("live", user["id"])
    if not live:
        raise Refusal(400, f"id: the user {user['id']} is on no call.")
    last, body = live[-1], call.body
    enabled = body.get("enable_vi", last.get("vi_enabled", True))
    locale = body.get("vi_locale", last.get("vi_locale", "en-us"))
    world.calls.change(last["call_id"], vi_enabled=enabled, vi_locale=locale)
    return {"id": last["call_id"], "call_state": last.get("state"), "enable_vi": enabled, "vi_locale": locale}


HANDLERS = {
    "users.update_status": update_status,
    "users.toggle_dnd": toggle_dnd,
    "users.toggle_call_vi": toggle_call_vi,
    "users.personas.get": personas,
}
JOBS = {"users.clear_status": clear_status}
