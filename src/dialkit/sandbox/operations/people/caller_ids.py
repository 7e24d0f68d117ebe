"""Caller ids: which number people see when a user calls, and which others it could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.groups.targets import TABLES
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

BLOCKED = "blocked"


def groups_of(world: World, user_id: int) -> Iterator[tuple[str, Record]]:
    """The call centers, departments and offices that a user is an operator of, with their kinds."""
    for operator in world.operators.where("member", ("user", user_id)):
        group = world.table(TABLES[operator["group_type"]]).find(operator["group_id"])
        if group is not None:
            yield operator["group_type"], group


def main_line(world: World, user: Record) -> str | None:
    """The main number of a user's office."""
    found = numbers.line(world, "office", user["office_id"])
    return found["number"] if found else None


def choices(world: World, user: Record) -> list[str]:
    """The numbers a user may show: own ones, those of groups, the office's main line, forwarding numbers."""
    found = [*user["phone_numbers"]]
    for kind, group in groups_of(world, user["id"]):
        found += numbers.numbers_of(world, kind, group)
    main = main_line(world, user)
    return [*found, *([main] if main else []), *(user.get("forwarding_numbers") or ())]


def shown_number(world: World, user: Record) -> str | None:
    """What people see when a user calls; ``blocked`` where the number is hidden.

    It is the number that was set, while the user may show it; else the primary one, else the office's.
    """
    chosen: str | None = user.get("caller_id")
    if chosen is not None and (chosen == BLOCKED or chosen in choices(world, user)):
        return chosen
    return next(iter(user["phone_numbers"]), None) or main_line(world, user)


def shown(world: World, user: Record) -> Record:
    """The caller id of a user, and what else it could be."""
    groups = [
        {"display_name": group.get("name"), "caller_id": held[0]}
        for kind, group in groups_of(world, user["id"])
        if (held := numbers.numbers_of(world, kind, group))
    ]
    return {
        "id": user["id"],
        "caller_id": shown_number(world, user),
        "forwarding_numbers": user.get("forwarding_numbers") or [],
        "groups": groups,
        "office_main_line": main_line(world, user),
        "phone_numbers": user["phone_numbers"],
        "primary_phone": next(iter(user["phone_numbers"]), None),
    }


def get(world: World, call: Call) -> Record:
    """Read it."""
    return shown(world, world.users.get(call.path["id"]))


def set_caller_id(world: World, call: Call) -> Record:
    """Choose it. A number that is not among the choices is refused, which the document leaves open."""
    user, chosen = world.users.get(call.path["id"]), call.body["caller_id"]
    settings = world.offices.get(user["office_id"]).get("office_settings") or {}
    if chosen == BLOCKED and settings.get("block_caller_id_disabled"):
        raise Refusal(403, "caller_id: the office does not let people hide their number.")
    if chosen != BLOCKED and settings.get("set_caller_id_disabled"):
        raise Refusal(403, "caller_id: the office does not let people choose their number.")
    if chosen != BLOCKED and chosen not in choices(world, user):
        raise Refusal(400, f"caller_id: {chosen[:20]} is not a number that this user can show.")
    changelog(world, call, "user.caller_id", "user", user["id"], chosen)
    return shown(world, world.users.change(user["id"], caller_id=chosen))


HANDLERS = {"caller_id.users.get": get, "caller_id.users.post": set_caller_id}
