"""The company, its offices, people, numbers and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.contacts import settle_contact
from dialkit.sandbox.operations.numbers import add_number, give
from dialkit.sandbox.operations.users import settle_user
from dialkit.sandbox.operations.webhooks import settle_webhook

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
CALL_CENTER, DEPARTMENT, ROOM = 5610293847561029, 5728391046572839, 5839201746583920

# id, given name, family name, mail box, license, whether an admin of the company
PEOPLE = [
    (MARA, "Mara", "Ellison", "mara", "talk", True),
    (THEO, "Theo", "Banks", "theo", "agents", False),
    # Not ines@: the example of users.create makes her with that address, which must not be a conflict.
    (INES, "Ines", "Okafor", "ines.okafor", "talk", False),
]
# number, its office, whose it is (None: free for whoever asks)
NUMBERS = [
    ("+15035550142", PORTLAND, ("user", MARA)),
    ("+15035550143", PORTLAND, ("user", THEO)),
    ("+15035550100", PORTLAND, ("office", PORTLAND)),
    ("+15035550104", PORTLAND, ("office", PORTLAND)),
    ("+12065550101", SEATTLE, ("office", SEATTLE)),
    ("+15035550110", PORTLAND, ("callcenter", CALL_CENTER)),
    ("+15035550120", PORTLAND, ("department", DEPARTMENT)),
    ("+15035550161", PORTLAND, ("room", ROOM)),
    ("+15035550144", PORTLAND, None),
    ("+15035550145", PORTLAND, None),
    ("+12065550145", SEATTLE, None),
]
AGENTS, CUSTOMERS = 5, 12  # how many more people and contacts the seed makes up
GIVEN = (
    "Ada",
    "Bruno",
    "Carla",
    "Dmitri",
    "Elif",
    "Farid",
    "Greta",
    "Hiro",
    "Ivana",
    "Jonas",
    "Kemi",
    "Liam",
)
FAMILY = ("Abbott", "Brandt", "Castillo", "Dube", "Eriksen", "Fontaine", "Gupta", "Hoang", "Ito", "Janssen")


def fill(world: World, maker: Maker) -> None:
    """Make them."""
    world.companies.put({**maker.example("company.get")})
    for office in (maker.example("offices.get"), maker.example("offices.create")["office"]):
        world.offices.put({**office, "phone_numbers": []})
    names = maker.random.sample(GIVEN, AGENTS)
    agents = [
        (world.new_id(), name, maker.random.choice(FAMILY), name.lower(), "agents", False) for name in names
    ]
    for person in PEOPLE + agents:
        world.users.put(settle_user(world, _user(*person), None))
    lines = [(f"+1503555017{i}", PORTLAND, ("user", agent[0])) for i, agent in enumerate(agents)]
    for number, office_id, target in NUMBERS + lines:
        record = add_number(world, number, office_id)
        if target:
            give(world, record, *target, primary=False)
    for contact in (
        {**maker.example("contacts.get")},
        *(_contact(world, maker, i) for i in range(CUSTOMERS)),
    ):
        world.contacts.put(settle_contact(world, contact, None))
    world.webhooks.put(settle_webhook(world, {**maker.example("webhooks.get")}, None))


def _user(user_id: int, given: str, family: str, box: str, license_: str, admin: bool) -> Record:
    return {
        "id": user_id,
        "first_name": given,
        "last_name": family,
        "emails": [f"{box}@larkspur.example"],
        "office_id": PORTLAND,
        "license": license_,
        "is_super_admin": admin,
        "state": "active",
        "date_added": "2026-01-12T15:40:00",
        "onboarding_completed": True,
    }


def _contact(world: World, maker: Maker, index: int) -> Record:
    given, family = maker.random.choice(GIVEN), maker.random.choice(FAMILY)
    return {
        "id": str(world.new_id()),
        "first_name": given,
        "last_name": family,
        "phones": [f"+141555501{30 + index}"],
        "emails": [f"{given}.{family}{index}@customers.example".lower()],
    }
