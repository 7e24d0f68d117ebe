"""Contacts as address books have them: shared and local, some twice, their numbers written in many ways."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dialkit.sandbox.operations.people.contacts import settle_contact
from dialkit.sandbox.seed.names import FAMILY, GIVEN, area_codes
from dialkit.sandbox.world.phones import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

PLACES = (
    "Copper Pot Cafe",
    "Blue Heron Books",
    "Saltwater Bakery",
    "Foundry Coworking",
    "Pine Street Grocery",
    "Harbor Hotel",
    "Mosaic Catering",
    "Tillamook Road Diner",
    "Northside Clinic",
    "Juniper Kitchen",
    "Old Mill Cinema",
    "Ferry Dock Espresso",
)
JOBS = ("Buyer", "Owner", "Cafe manager", "Head chef", "Office manager", "Bookkeeper", "Event planner", None)
# How a number of ten digits is written: mostly in E.164, as the API wants it, the rest as people typed it.
PLAIN = "+1{0}{1}{2}"
WRITTEN = (
    *[PLAIN] * 7,
    "({0}) {1}-{2}",
    "{0}.{1}.{2}",
    "{0}-{1}-{2}",
    "1 {0} {1} {2}",
    "({0}) {1}-{2} ext. 204",
    "+1 {0}-{1}-{2}",
)
# Two that are always there, to try a search with: the same number as the document's contact, and another.
FIRST = (("Priya", "Nair", "(415) 555-0123"), ("Tomasz", "Lind", "415.555.0124"))
# One in so many is a user's own, is there twice, came from a CRM, has a second number, a web page.
LOCAL, TWICE, WITH_UID, SECOND, LINKED = 4, 15, 3, 7, 5


def fill(world: World, maker: Maker) -> None:
    """Make them: the document's first, then as many as are wanted."""
    example = maker.example("contacts.get")
    world.contacts.put(settle_contact(world, example, world.contacts.find(example["id"])))
    owners = [str(user["id"]) for user in world.users if user["state"] == "active"][:50]
    wanted = maker.sizes["contacts"]
    for (given, family, number), owner in zip(FIRST[: max(0, wanted - 1)], owners[1:3], strict=False):
        _keep(world, {"first_name": given, "last_name": family, "phones": [number], "owner_id": owner})
    with _without_collecting():
        _fill_up(world, maker.random, example, owners, wanted - len(world.contacts))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for garbage meanwhile: there is none, and it would take as long as all the rest."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _fill_up(world: World, chance: Random, before: Record, owners: list[str], count: int) -> None:
    codes = tuple(area_codes())[::-1]
    numbers, shared = len(codes) * 100, f"shared_{world.company_id}_crm-"
    for index in range(count):
        if index % TWICE == TWICE - 1:
            contact = _again(chance, before)
        else:
            place = index % numbers
            contact = _made_up(chance, index, (codes[place // 100], "555", f"01{place % 100:02}"))
        if owners and index % LOCAL == LOCAL - 1:
            contact["owner_id"] = owners[index // LOCAL % len(owners)]
        elif index % WITH_UID == 0:
            contact["id"] = f"{shared}{30_000 + index}"
        before = _keep(world, contact)


def _keep(world: World, contact: Record) -> Record:
    contact = {"id": contact.get("id") or world.new_id(), **contact}
    return world.contacts.put(settle_contact(world, contact, contact))


def _made_up(chance: Random, index: int, digits: tuple[str, str, str]) -> Record:
    roll = chance.getrandbits(50)  # one for all choices: they are many where a hundred thousand are made
    given, family = GIVEN[roll % len(GIVEN)], FAMILY[(roll >> 10) % len(FAMILY)]
    place = PLACES[(roll >> 20) % len(PLACES)]
    domain = place.replace(" ", "").lower() + ".example"
    written = WRITTEN[(roll >> 30) % len(WRITTEN)]
    contact: Record = {
        "first_name": given,
        "last_name": family,
        "company_name": place,
        "job_title": JOBS[(roll >> 40) % len(JOBS)],
        "phones": [written.format(*digits)],
        "emails": [f"{given}.{family}@{domain}".lower()],
    }
    if "ext." in written:
        contact["extension"] = "204"
    if index % SECOND == 0:
        contact["phones"].append(PLAIN.format("808", "555", f"01{index // SECOND % 100:02}"))
    if index % LINKED == 0:
        contact["urls"] = [f"https://{domain}"]
    return contact


def _again(chance: Random, contact: Record) -> Record:
    """The same person once more, as a second import or a colleague has them."""
    digits = (plain(contact["phones"][0]) or "")[2:]
    return {
        "first_name": contact["first_name"],
        "last_name": contact["last_name"].upper() if chance.random() < 0.3 else contact["last_name"],
        "company_name": contact.get("company_name"),
        "phones": [chance.choice(WRITTEN[6:]).format(digits[:3], digits[3:6], digits[6:])],
        "emails": [email.title() for email in contact.get("emails") or ()],
    }
