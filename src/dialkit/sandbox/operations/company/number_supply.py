"""Where new numbers come from: the company's free ones, else ranges that are kept free for fiction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.world import Record, World

NANP = ("US", "CA", "PR", "DO")
# By country: how such numbers begin, and how many digits follow. Regulators keep these for films and books.
FICTION = {"AU": ("+6125550", 4), "DE": ("+493023125", 3), "FR": ("+3319900", 4), "GB": ("+442079460", 3)}
TOLL_FREE = ("800", "888", "877", "866", "855", "844", "833")
NEARBY = ("503", "971", "458", "541", "206", "425")  # where nothing says which area code
RESERVED = ("564",)  # the numbers with fixed fates are there


def add_number(world: World, number: str, office_id: int) -> Record:
    """A new number of the company, free."""
    area_code = number[2:5] if number.startswith("+1") else None
    return world.numbers.put(
        {
            "number": number,
            "area_code": area_code,
            "company_id": world.company_id,
            "office_id": office_id,
            "status": "available",
            "type": type_of(area_code),
            "deleted": False,
            "target_type": None,
            "target_id": None,
            "line": None,  # the license it takes: see `numbers`
            "fax": False,
        }
    )


def type_of(area_code: str | None) -> str:
    """What sort of number has an area code."""
    return "tollfree" if area_code in TOLL_FREE else "local"


def pick(world: World, area_code: str | None = None, office: Record | None = None) -> Record:
    """A free number for an office (the primary one if none is given); a new one where none is free.

    In that area code where one is named; else one of the office is best, then any of its country.
    Raises `Refusal` 400 where there is none.
    """
    office = office or world.primary_office
    free = world.numbers.where("free", area_code or "")
    fitting = [number for number in free if area_code or _fits(number, office)]
    if fitting:
        return min(fitting, key=lambda number: number["office_id"] != office["id"])
    for number in _new(office, area_code):
        if number not in world.numbers:
            return add_number(world, number, office["id"])
    raise Refusal(400, f"area_code: no number is left in {area_code or office.get('country')}.")


def pick_toll_free(world: World) -> Record:
    """A free toll-free number, or a new one."""
    for code in TOLL_FREE:
        for number in world.numbers.where("free", code):
            return number
    return next(
        add_number(world, number, world.primary_office["id"])
        for code in TOLL_FREE
        for number in _of(code)
        if number not in world.numbers
    )


def _fits(number: Record, office: Record) -> bool:
    """Whether a number is of the office's country; toll-free ones are only for who asks for such a code."""
    prefix = "+1" if _in_nanp(office) else FICTION.get(str(office.get("country")), ("+0", 0))[0]
    return bool(number["number"].startswith(prefix) and number["type"] != "tollfree")


def _new(office: Record, area_code: str | None) -> Iterator[str]:
    if area_code is not None and not re.fullmatch("[2-9][0-9]{2}", area_code):
        raise Refusal(400, f"area_code: {area_code[:20]!r} is not an area code.")
    if area_code or _in_nanp(office):
        main = [number[2:5] for number in office.get("phone_numbers") or () if number.startswith("+1")]
        for code in (area_code,) if area_code else (*main[:1], *NEARBY):
            yield from _of(code)
    elif office["country"] in FICTION:
        start, digits = FICTION[office["country"]]
        for last in range(10**digits):
            yield f"{start}{last:0{digits}}"


def _of(area_code: str) -> Iterator[str]:
    """555-0100 to 555-0199, which are kept free for fiction in every area code."""
    if area_code not in RESERVED:
        yield from (f"+1{area_code}5550{last}" for last in range(100, 200))


def _in_nanp(office: Record) -> bool:
    return str(office.get("country") or "US").upper() in NANP
