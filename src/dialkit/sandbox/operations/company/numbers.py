"""Phone numbers: who has which, and how they are given, taken back and swapped.

The number's record says whose it is; the lists of users, offices and others say in which order, the first
being the primary one. Only `arrange` writes either, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company.number_supply import add_number, pick
from dialkit.sandbox.operations.groups.targets import TABLES, target
from dialkit.sandbox.operations.people import licenses
from dialkit.sandbox.resource import Resource, equal
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.sandbox.world import Record, World

__all__ = ["add_number", "arrange", "e164", "give", "line", "pick", "take", "whose"]

E164 = r"\+[1-9][0-9]{6,14}"
# A number's `status` by the kind of target it has. The document has no word for numbers of channels.
STATUS = {
    "user": "user",
    "office": "office",
    "room": "room",
    "department": "department",
    "callcenter": "call_center",
    "callrouter": "call_router",
}


def e164(text: str, *, infer: bool = False) -> str | None:
    """A number in E.164, None where it is none. With `infer`, ten digits are taken for a number of the US."""
    if infer and (digits := re.sub(r"[^0-9+]", "", text)) and re.fullmatch(r"1?[2-9][0-9]{9}", digits):
        return "+1" + digits[-10:]
    return text if re.fullmatch(E164, text) else None


def whose(world: World, number: str) -> tuple[str, int] | None:
    """Who has a number: kind and id; None where it is nobody's, or not the company's."""
    record = world.numbers.find(number)
    return holder(record) if record else None


def line(world: World, kind: str, target_id: int) -> Record | None:
    """The primary number of a target, None where it has none. Raises `Refusal` 404 for an unknown target."""
    owner = target(world, kind, target_id)
    held = numbers_of(world, kind, owner)
    return world.numbers.get(held[0]) if held else None


def numbers_of(world: World, kind: str, owner: Record) -> list[str]:
    """The numbers of a target, the primary one first."""
    listed = owner.get("phone_numbers") or []
    if kind in ("user", "room"):
        return list(listed)
    # Lines of groups may have been given before the group was made, by the seed.
    held = [record["number"] for record in world.numbers.where("target", (kind, owner["id"]))]
    return [n for n in listed if n in held] + [n for n in held if n not in listed]


def arrange(world: World, kind: str, owner: Record, kept: Sequence[str], field: str = "number") -> Record:
    """Let a target have these numbers, in this order, and no others; the target as it then is.

    `owner` may be the target as it is about to become: with another license, in another office. Raises
    `Refusal` where the office's plan has no line for one of them, and then changes nothing.
    """
    had = numbers_of(world, kind, owner)
    office = office_of(world, kind, owner)["id"]
    records = [world.numbers.get(number) for number in kept]
    lines = [line_of(kind, owner, place, record) for place, record in enumerate(records)]
    wanted = Counter(wanted for wanted in lines if wanted)
    taken = Counter(record["line"] for record in map(world.numbers.get, had) if record["office_id"] == office)
    for name, count in (wanted - taken).items():
        licenses.need(world, office, name, count, field)
    for number in had:
        if number not in kept:
            _free(world, world.numbers.get(number))
    for record, taking in zip(records, lines, strict=True):
        now = {"target_type": kind, "target_id": owner["id"], "office_id": office, "line": taking}
        world.numbers.put({**record, **now, "status": STATUS.get(kind)})
    _ring(world, kind, owner, kept[0] if kept else None)
    fresh = owner if kind != "office" else world.offices.get(owner["id"])  # `need` may have bought lines
    return world.table(TABLES[kind]).put({**fresh, "phone_numbers": list(kept)})


def check_kept(owner: Record, kept: Sequence[str]) -> None:
    """Raises `Refusal` 400 where a list that replaces a target's numbers has one that it did not have."""
    for place, number in enumerate(kept):
        if number not in owner["phone_numbers"]:
            raise Refusal(400, f"phone_numbers: {number[:20]!r} is not a number held here; assign it.")
        if number in kept[:place]:
            raise Refusal(400, f"phone_numbers: {number} stands there twice.")


def give(world: World, record: Record, kind: str, target_id: int, *, primary: bool) -> Record:
    """Give a number to a target. Raises `Refusal` 404 for an unknown target, 409 where another has it."""
    number = record["number"]
    owner = target(world, kind, target_id)
    if holder(record) not in (None, (kind, owner["id"])) or record.get("fax"):
        raise Refusal(409, f"number: {number} is assigned already, to a {record['target_type']}.")
    if record["status"] in ("pending", "porting"):
        raise Refusal(409, f"number: {number} is {record['status']} and cannot be assigned yet.")
    others = [other for other in numbers_of(world, kind, owner) if other != number]
    arrange(world, kind, owner, [number, *others] if primary else [*others, number])
    return world.numbers.get(number)


def take(world: World, record: Record) -> Record:
    """Take a number from whoever has it; what it is afterwards."""
    held, number = holder(record), record["number"]
    owner = world.table(TABLES[held[0]]).find(held[1]) if held and held[0] in TABLES else None
    if held is None or owner is None or record.get("fax"):
        return _free(world, record)
    kept = [other for other in numbers_of(world, held[0], owner) if other != number]
    arrange(world, held[0], owner, kept)
    return world.numbers.find(number) or {**record, **_NOBODY, "deleted": True}


def office_of(world: World, kind: str, owner: Record) -> Record:
    """The office of a target; the primary one of what belongs to none, such as a channel."""
    return (
        owner if kind == "office" else world.offices.get(owner.get("office_id") or world.primary_office["id"])
    )


def line_of(kind: str, owner: Record, place: int, record: Record) -> str | None:
    """The license a number takes: none for the first one of a user or group, whose own license covers it."""
    prefix = "tollfree_" if record["type"] == "tollfree" else ""
    if place or (kind == "user" and owner["license"] == licenses.SUPPORT):
        return f"{prefix}additional_number_lines"
    return f"{prefix}room_lines" if kind == "room" else None


_NOBODY = {"target_type": None, "target_id": None, "line": None, "fax": False, "status": "available"}


def _free(world: World, record: Record) -> Record:
    if record["number"] in world.fax_lines:
        world.fax_lines.remove(record["number"])
    freed = {**record, **_NOBODY}
    if world.switch("reserve-pool") == "off" and holder(record):
        return {**world.numbers.remove(record["number"]), **_NOBODY, "deleted": True}
    return world.numbers.put(freed)


def _ring(world: World, kind: str, owner: Record, number: str | None) -> None:
    """Let a target's phones ring for another number."""
    if (owner.get("phone_numbers") or [None])[0] == number:
        return
    for phone in world.deskphones.where("owner", (kind, owner["id"])):
        world.deskphones.put({**phone, "phone_number": number})
    for device in world.devices.where("user", owner["id"]):
        world.devices.put({**device, "phone_number": number})


def holder(record: Record) -> tuple[str, int] | None:
    """Who has a number, by its record: kind and id."""
    return (record["target_type"], record["target_id"]) if record.get("target_type") else None


HANDLERS = Resource(
    "numbers", lists=("numbers.list",), gets="numbers.get", filters={"status": equal("status")}
).handlers()
