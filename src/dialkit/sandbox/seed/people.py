"""The company's people: who they are, their numbers and apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.company.number_supply import add_number
from dialkit.sandbox.operations.people import e911
from dialkit.sandbox.operations.people.devices import sign_in
from dialkit.sandbox.operations.people.users import settle_user
from dialkit.sandbox.seed.names import (
    DOMAIN,
    FAMILY,
    GIVEN,
    INES,
    JOBS,
    MARA,
    PORTLAND,
    SEATTLE,
    THEO,
    area_codes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

DAY, HOUR = 86_400, 3600
HOME = {PORTLAND: "503", SEATTLE: "206"}
# What the first three have of their own. Not ines@: the example of users.create makes her with that address.
FIRST: tuple[Record, ...] = (
    {
        "id": MARA,
        "first_name": "Mara",
        "last_name": "Ellison",
        "emails": [f"mara@{DOMAIN}"],
        "license": "agents",
        "is_super_admin": True,
        "admin_office_ids": [PORTLAND],
        "extension": "1042",
        "forwarding_numbers": ["+15035550199"],
        "image_url": "https://images.larkspur.example/mara.png",
        "international_dialing_enabled": True,
        "job_title": "Operations manager",
        "location": "Portland, second floor",
    },
    {
        "id": THEO,
        "first_name": "Theo",
        "last_name": "Banks",
        "emails": [f"theo@{DOMAIN}"],
        "license": "agents",
        "extension": "1041",
        "image_url": "https://images.larkspur.example/theo.png",
        "job_title": "Order desk agent",
    },
    {
        "id": INES,
        "first_name": "Ines",
        "last_name": "Okafor",
        "emails": [f"ines.okafor@{DOMAIN}"],
        "license": "talk",
        "job_title": "Green coffee buyer",
    },
)
# The others, in turns of nine: state, license, office.
TURN = (
    ("active", "agents", PORTLAND),
    ("active", "agents", SEATTLE),
    ("active", "agents", PORTLAND),
    ("active", "talk", SEATTLE),
    ("active", "agents", SEATTLE),
    ("active", "lite_support_agents", PORTLAND),
    ("suspended", "talk", PORTLAND),
    ("pending", "talk", SEATTLE),
    ("active", "agents", PORTLAND),
)
STATUS_LINES = ("At the roastery", "On the road until three", "In a cupping session")
# Which apps somebody uses, by number.
APPS = (("native",), ("web", "android"), ("native", "iphone"), ("native",))
HOMES = (("2210 Cedar Row", "Seattle", "WA", "98101"), ("114 NE Larch St", "Portland", "OR", "97211"))


def fill(world: World, maker: Maker) -> None:
    """Make the people, without numbers: the document's, as many more as are wanted, and one who left."""
    since = maker.today - 52 * DAY
    for person in FIRST:
        _put(world, {**person, "state": "active", "office_id": PORTLAND}, since + 15 * HOUR + 40 * 60)
    others = max(0, maker.sizes["users"] - len(FIRST))
    seen: set[str] = set()
    for number in range(others):
        state, license_, office_id = TURN[number % len(TURN)]
        given = {"state": state, "license": license_, "office_id": office_id, "extension": str(2000 + number)}
        days = 30 + world.draw(900, "since", number)
        _put(world, {**_person(world, number, seen), **given}, maker.today - days * DAY + 16 * HOUR)
    gone = {**_person(world, others, seen), "license": "talk", "state": "deleted", "office_id": SEATTLE}
    gone = settle_user(world, {**gone, "date_added": world.stamp(maker.today - 700 * DAY)}, None)
    world.deleted_users.put(gone)


def equip(world: World) -> None:
    """Give the people their numbers and apps, and some an address of their own."""
    free = {office_id: _free_numbers(world, code) for office_id, code in HOME.items()}
    for place, user in enumerate(list(world.users)):
        if user["state"] == "pending":
            continue
        if not user["phone_numbers"] and user["license"] != "lite_support_agents" and user["id"] != INES:
            number = add_number(world, next(free[user["office_id"]]), user["office_id"])
            user = numbers.arrange(world, "user", user, [number["number"]])
        for app in ("web",) if user["id"] == INES else APPS[place % len(APPS)]:
            sign_in(world, user, app, user["date_first_login"])
    for place, user in enumerate(list(world.users)[3:5]):
        street, city, state, code = HOMES[place % len(HOMES)]
        home = {"address": street, "city": city, "state": state, "zip": code, "country": "US"}
        e911.keep(world, "user", user["id"], home)


def _person(world: World, number: int, seen: set[str]) -> Record:
    given = GIVEN[world.draw(len(GIVEN), "given", number)]
    family = FAMILY[world.draw(len(FAMILY), "family", number)]
    box = f"{given}.{family}".lower()
    box = box if box not in seen else f"{box}{number}"
    seen.add(box)
    return {
        "id": world.new_id(),
        "first_name": given,
        "last_name": family,
        "emails": [f"{box}@{DOMAIN}"],
        "job_title": JOBS[world.draw(len(JOBS), "job", number)],
        "status_message": STATUS_LINES[number % 3] if number % 5 == 1 else None,
    }


def _put(world: World, user: Record, since: float) -> None:
    added = {"date_added": world.stamp(since), "onboarding_completed": user["state"] != "pending"}
    if user["state"] != "pending":
        added |= {
            "date_active": world.stamp(since + 25 * 60),
            "date_first_login": world.stamp(since + 27 * 60),
        }
    world.users.put(settle_user(world, {**user, **added}, None))


def _free_numbers(world: World, home: str) -> Iterator[str]:
    """Numbers for people, all of the range kept for fiction: 0170 to 0189 at home, then by area code."""
    for code in (home, *area_codes()):
        for last in range(170, 190) if code in HOME.values() else range(100, 200):
            if (number := f"+1{code}5550{last}") not in world.numbers:
                yield number
