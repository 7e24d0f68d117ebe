"""Licenses: what an office's plan holds of each kind, what of it is taken, and what is left.

A person takes a line by the kind of license, whatever the state; a number may take one besides, see
`numbers`. Both are counted where they are kept, so that nothing has to be given back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

SUPPORT = "lite_support_agents"  # for agents of call centers; no number comes with it
LICENSES = {
    "admins": "talk_lines",
    "agents": "sell_lines",
    "dpde_all": "talk_lines",
    "dpde_one": "talk_lines",
    "lite_lines": "talk_lines",
    SUPPORT: "contact_center_lines",
    "magenta_lines": "talk_lines",
    "talk": "talk_lines",
    "user": "talk_lines",
}
LINES = (
    "additional_number_lines",
    "contact_center_lines",
    "fax_lines",
    "room_lines",
    "sell_lines",
    "talk_lines",
    "tollfree_additional_number_lines",
    "tollfree_room_lines",
    "tollfree_uberconference_lines",
    "uberconference_lines",
)
# What is left of each kind in the offices of the start, and in the first office of a world of one's own.
SPARE = dict(zip(LINES, (25, 10, 5, 5, 10, 25, 5, 2, 2, 10), strict=True))


def used(world: World, office_id: int, line: str) -> int:
    """How many lines of a kind are taken in an office."""
    people = sum(
        world.users.count("seat", (office_id, name)) for name, kind in LICENSES.items() if kind == line
    )
    return people + world.numbers.count("line", (office_id, line))


def available(world: World, office: Record) -> Record:
    """How many lines of each kind an office has left."""
    held = office.get("plan") or {}
    return {line: max(0, held.get(line, 0) - used(world, office["id"], line)) for line in LINES}


def need(world: World, office_id: int, line: str, count: int = 1, field: str = "license") -> None:
    """See that an office has so many lines of a kind left. Raises `Refusal`, or buys, as the switch says."""
    office = world.offices.get(office_id)
    plan, taken = office.get("plan") or {}, used(world, office_id, line)
    if plan.get(line, 0) - taken >= count:
        return
    chosen = world.switch("no-license")
    if chosen != "bought":
        raise Refusal(int(chosen), f"{field}: the office {office['name'][:80]} has no free {line}.")
    world.offices.change(office_id, plan={**plan, line: taken + count})


def stock(world: World, office_id: int) -> None:
    """Give an office's plan what is taken there, and some to spare."""
    office = world.offices.get(office_id)
    lines = {line: used(world, office_id, line) + spare for line, spare in SPARE.items()}
    held = office.get("plan") or new_plan(world, world.e911.find(f"office:{office_id}") or {})
    world.offices.change(office_id, plan={**held, **lines})


def new_plan(world: World, place: Record, period: str = "monthly") -> Record:
    """A plan without lines for an office at a place, billed from the first of the coming month or year."""
    today = datetime.fromtimestamp(world.now, UTC)
    turn = today.month == 12 or period == "yearly"
    bills = datetime(today.year + turn, 1 if turn else today.month + 1, 1, tzinfo=UTC)
    return {
        **dict.fromkeys(LINES, 0),
        "balance": "0.00",
        "next_billing_date": int(bills.timestamp() * 1000),
        "ppu_address": {
            "address_line_1": place.get("address"),
            "address_line_2": place.get("address2") or None,
            "city": place.get("city"),
            "region": place.get("state"),
            "postal_code": place.get("zip"),
            "country": place.get("country"),
        },
    }


def plan(world: World, call: Call) -> Any:
    """What an office's plan holds."""
    return world.offices.get(call.path["office_id"]).get("plan") or {}


def licenses(world: World, call: Call) -> Record:
    """What is left of an office's plan."""
    return available(world, world.offices.get(call.path["office_id"]))


HANDLERS = {"plan.get": plan, "plan.available_licenses.get": licenses}
