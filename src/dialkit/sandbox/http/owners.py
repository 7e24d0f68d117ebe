"""Whose the ids in a path are: an unknown one is a 404 whatever the operation; ``me`` is the key's user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.catalog.model import kind

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.sandbox.world import Record, World

# Which segment stands before the id of what.
OWNERS = {
    "accesscontrolpolicies": "policies",
    "agent-groups": "agent_groups",
    "call": "calls",
    "callcenters": "call_centers",
    "callrouters": "call_routers",
    "channels": "channels",
    "coachingteams": "coaching_teams",
    "company": "companies",
    "contacts": "contacts",
    "departments": "departments",
    "dispositions": "dispositions",
    "meetings": "meetings",
    "numbers": "numbers",
    "oauth_apps": "oauth_apps",
    "offices": "offices",
    "operators": "users",
    "rooms": "rooms",
    "schedulereports": "schedule_reports",
    "subscriptions": "subscriptions",
    "transcripts": "calls",
    "userdevices": "devices",
    "users": "users",
    "webhooks": "webhooks",
    "websockets": "websockets",
}


def resolve_owners(world: World, operation: Operation, values: dict[str, str], key: Record) -> dict[str, str]:
    """Path values with ``me`` replaced. Raises `Refusal` 404 for an id of nothing kept here."""
    segments = operation.path.split("/") if values else []
    for name, value in values.items():
        place = segments.index("{" + name + "}")
        # /subscriptions/call/{id} is no id of a call.
        owner = OWNERS.get(segments[place - 1 if segments[place - 2] != "subscriptions" else place - 2])
        if owner == "users" and value == "me":
            value = str(key["user_id"])
            values = {**values, name: value}
        if owner and (value.isdecimal() or not _wants_integer(operation, name)):
            world.table(owner).get(value)
    return values


def _wants_integer(operation: Operation, name: str) -> bool:
    """Whether an id is declared as a number: one that is none is the check's to refuse, by name."""
    field = operation.field(name)
    return field is not None and kind(field.schema) == "integer"
