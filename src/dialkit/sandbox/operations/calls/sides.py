"""The sides of a call: a user or group of the company, or somebody outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

# Kinds of target that have lines, and the tables that hold them.
TABLES = {
    "user": "users",
    "office": "offices",
    "room": "rooms",
    "department": "departments",
    "callcenter": "call_centers",
    "callrouter": "call_routers",
}
GROUPS = {"callcenter": "CallCenter", "department": "Department", "office": "Office"}
OUTSIDE = "local"  # what a side outside the company is called unless its contact says otherwise


def target_of(world: World, kind: str, target_id: int, field: str = "target_id") -> Record:
    """The record of a target. Raises `Refusal` 404 naming the field, 400 for a kind without lines."""
    if kind not in TABLES:
        raise Refusal(400, f"{field}: a {kind[:40]} has no line.")
    found = world.table(TABLES[kind]).find(target_id)
    if found is None:
        raise Refusal(404, f"{field}: no {world.table(TABLES[kind]).noun} has the id {target_id}.")
    return found


def office_of(record: Record, kind: str) -> int | None:
    """Which office a target is of."""
    return record["id"] if kind == "office" else record.get("office_id")


def number_of(world: World, kind: str, target_id: int) -> str | None:
    """The primary number of a target, None where it has none."""
    found = numbers.line(world, kind, target_id) if kind in TABLES else None
    return str(found["number"]) if found else None


def company_side(world: World, kind: str, target_id: int) -> Record:
    """A target of the company as one side of a call."""
    found = world.table(TABLES[kind]).find(target_id) or {}
    return {
        "id": str(target_id),
        "type": kind,
        "name": found.get("display_name") or found.get("name") or "",
        "phone": number_of(world, kind, target_id) if found else None,
        "email": next(iter(found.get("emails") or ()), ""),
        "office_id": office_of(found, kind) if found else None,
    }


def outside_side(world: World, number: str) -> Record:
    """Somebody outside, by number: a contact where one has it, else the number itself."""
    found = contacts.contact_of(world, number)
    if found is None:
        return {"id": None, "type": OUTSIDE, "name": number, "phone": number, "email": ""}
    return {
        "id": str(found["id"]),
        "type": found.get("type", OUTSIDE),
        "name": found.get("display_name") or number,
        "phone": number,
        "email": found.get("primary_email") or "",
    }


def side_of(world: World, number: str) -> Record:
    """Whoever has a number, inside the company or outside."""
    whose = rung_by(world, number)
    return company_side(world, *whose) if whose else outside_side(world, number)


def rung_by(world: World, number: str) -> tuple[str, int] | None:
    """The target of the company that rings when a number is called; None outside, and for a channel's."""
    whose = numbers.whose(world, number)
    return whose if whose and whose[0] in TABLES else None
