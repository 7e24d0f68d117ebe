"""Phone numbers: who has which, and how they are given, taken back and swapped.

The number's record says whose it is; the lists of users and offices say in which order, the first being the
primary one. Only `give` and `take` write either, so they cannot disagree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

E164 = r"\+[1-9][0-9]{6,14}"
# A number's `status` by the kind of target it has.
STATUS = {
    "user": "user",
    "office": "office",
    "room": "room",
    "department": "department",
    "callcenter": "call_center",
    "callrouter": "call_router",
}
# Kinds of target the world keeps, with their tables; others are taken as they are named.
OWNERS = {"user": "users", "office": "offices"}
# Operations whose path says what kind of target its `id` is.
KINDS = {
    "numbers.assign_user_number.post": "user",
    "numbers.assign_office_number.post": "office",
    "numbers.assign_room_number.post": "room",
    "numbers.assign_call_router_number.post": "callrouter",
    "numbers.user_unassign_number.post": "user",
    "numbers.office_unassign_number.post": "office",
    "numbers.room_unassign_number.post": "room",
}


def e164(text: str, *, infer: bool = False) -> str | None:
    """A number in E.164, None where it is none. With `infer`, ten digits are taken for a number of the US."""
    if infer and (digits := re.sub(r"[^0-9+]", "", text)) and re.fullmatch(r"1?[2-9][0-9]{9}", digits):
        return "+1" + digits[-10:]
    return text if re.fullmatch(E164, text) else None


def add_number(world: World, number: str, office_id: int) -> Record:
    """A new number of the company, free."""
    return world.numbers.put(
        {
            "number": number,
            "area_code": number[2:5],
            "company_id": world.company_id,
            "office_id": office_id,
            "status": "available",
            "type": "local",
            "deleted": False,
        }
    )


def line(world: World, kind: str, target_id: int) -> Record | None:
    """The primary number of a target, None where it has none. Raises `Refusal` 404 for an unknown target."""
    owner = _owner(world, kind, target_id)
    if owner is not None:
        return world.numbers.get(owner["phone_numbers"][0]) if owner["phone_numbers"] else None
    return next(iter(world.numbers.where("target", (kind, target_id))), None)


def give(world: World, record: Record, kind: str, target_id: int, *, primary: bool) -> Record:
    """Give a number to a target. Raises `Refusal` 404 for an unknown target, 409 where another has it."""
    owner = _owner(world, kind, target_id)
    number = record["number"]
    if _whose(record) not in ((None, None), (kind, target_id)):
        raise Refusal(409, f"{number} is assigned already, to a {record['target_type']}.")
    if owner is not None:
        others = [other for other in owner["phone_numbers"] if other != number]
        kept = [number, *others] if primary else [*others, number]
        world.table(OWNERS[kind]).change(target_id, phone_numbers=kept)
    return world.numbers.change(number, target_type=kind, target_id=target_id, status=STATUS.get(kind))


def take(world: World, record: Record) -> Record:
    """Take a number from whoever has it."""
    kind, target_id = _whose(record)
    if kind:
        owner = _owner(world, kind, target_id)
        if owner is not None:
            kept = [other for other in owner["phone_numbers"] if other != record["number"]]
            world.table(OWNERS[kind]).change(target_id, phone_numbers=kept)
    return world.numbers.change(record["number"], target_type=None, target_id=None, status="available")


def pick(world: World, area_code: str | None = None) -> Record:
    """A free number, in that area code where one is named; a new one where the company has none free."""
    for record in world.numbers:
        if record["status"] == "available" and area_code in (None, record["area_code"]):
            return record
    area_code = area_code or "503"
    if not re.fullmatch("[2-9][0-9]{2}", area_code):
        raise Refusal(400, f"area_code: {area_code[:20]!r} is not an area code.")
    for last in range(100, 200):  # 555-0100 to 555-0199 are kept free for fiction in every area code
        number = f"+1{area_code}5550{last}"
        if number not in world.numbers:
            return add_number(world, number, world.primary_office["id"])
    raise Refusal(400, f"area_code: no number is left in {area_code}.")


def assign(world: World, call: Call) -> Record:
    """Give a target a number: the one named, or one that is found."""
    kind, target_id = _target(call)
    _owner(world, kind, target_id)  # an unknown target must not use up a number
    named = call.path.get("number") or call.body.get("number")
    record = world.numbers.get(named) if named else pick(world, call.body.get("area_code"))
    return give(world, record, kind, target_id, primary=call.body.get("primary", True))


def unassign(world: World, call: Call) -> Record:
    """Take from a target a number that it has. Raises `Refusal` 409 where it is another's."""
    kind, target_id = _target(call)
    record = world.numbers.get(call.body["number"])
    if _whose(record) != (kind, target_id):
        raise Refusal(409, f"{record['number']} is not a number of the {kind} {target_id}.")
    return take(world, record)


def release(world: World, call: Call) -> Record:
    """Take a number from whoever has it, and with `release` from the company."""
    record = take(world, world.numbers.get(call.path["number"]))
    return (
        {**world.numbers.remove(record["number"]), "deleted": True} if call.query.get("release") else record
    )


def swap(world: World, call: Call) -> Record:
    """Give a target another primary number in place of the present one."""
    target, details = call.body["target"], call.body.get("swap_details", {})
    kind, target_id = target["target_type"], target["target_id"]
    present = line(world, kind, target_id)
    named = details.get("number")
    record = world.numbers.get(named) if named else pick(world, details.get("area_code"))
    record = give(world, record, kind, target_id, primary=True)
    if present and present["number"] != record["number"]:
        take(world, present)
    return record


def _target(call: Call) -> tuple[str, int]:
    if call.operation.id in KINDS:
        return KINDS[call.operation.id], int(call.path["id"])
    return call.body["target_type"], call.body["target_id"]


def _owner(world: World, kind: str, target_id: int) -> Record | None:
    return world.table(OWNERS[kind]).get(target_id) if kind in OWNERS else None


def _whose(record: Record) -> tuple[Any, Any]:
    return record.get("target_type"), record.get("target_id")


HANDLERS = {
    "numbers.assign_number.post": assign,
    "numbers.assign_target_number.post": assign,
    "numbers.delete": release,
    "numbers.swap_number.post": swap,
    **{name: unassign if "unassign" in name else assign for name in KINDS},
    **Resource(
        "numbers",
        lists=("numbers.list",),
        gets="numbers.get",
        filters={"status": lambda number, status: number["status"] == status},
    ).handlers(),
}
