"""Targets: what a pair of a kind and an id names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

# Kinds of target the world keeps, with their tables. The document names some more, of which it says nothing.
TABLES = {
    "callcenter": "call_centers",
    "callrouter": "call_routers",
    "channel": "channels",
    "coachingteam": "coaching_teams",
    "company": "companies",
    "department": "departments",
    "office": "offices",
    "room": "rooms",
    "user": "users",
}


def target(world: World, kind: str, target_id: object, field: str = "target_id") -> Record:
    """The record a target names. Raises `Refusal` 404, naming the field that held the id."""
    table = TABLES.get(kind)
    found = world.table(table).find(target_id) if table else None
    if found is None:
        raise Refusal(404, f"{field}: no {kind} has the id {str(target_id)[:80]}.")
    return found
