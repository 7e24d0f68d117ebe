"""The company: offices with their plans, numbers, rooms and their phones, addresses, what is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.company.companies import LOGGED
from dialkit.sandbox.operations.company.fax_lines import put_fax_line
from dialkit.sandbox.operations.company.offices import DEFAULTS
from dialkit.sandbox.operations.people import e911, licenses
from dialkit.sandbox.operations.people.rooms import settle_room
from dialkit.sandbox.seed import people, phones
from dialkit.sandbox.seed.names import MARA, PORTLAND, ROOM, SEATTLE, THEO

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import World

# number, its office, whose it is (None: reserved, for whoever asks)
NUMBERS = (
    ("+15035550142", PORTLAND, ("user", MARA)),
    ("+15035550143", PORTLAND, ("user", THEO)),
    ("+15035550100", PORTLAND, ("office", PORTLAND)),
    ("+15035550104", PORTLAND, ("office", PORTLAND)),
    ("+12065550101", SEATTLE, ("office", SEATTLE)),
    ("+15035550160", PORTLAND, ("room", ROOM)),
    ("+15035550161", PORTLAND, ("room", ROOM)),
    ("+15035550144", PORTLAND, None),
    ("+15035550145", PORTLAND, None),
    ("+15035550146", PORTLAND, None),
    ("+12065550145", SEATTLE, None),
    ("+12065550146", SEATTLE, None),
    ("+12065550147", SEATTLE, None),
    ("+18005550142", PORTLAND, None),
)
# Numbers on their way from another carrier, with the status that says how far they have come.
COMING = (("+15035550190", PORTLAND, "porting"), ("+12065550190", SEATTLE, "pending"))
FAX = "+15035550122"
BLOCKED = ("+14155550199", "+12135550147")
ROOMS = (("Roasting Floor", PORTLAND), ("Front Lobby", SEATTLE), ("Training Kitchen", SEATTLE))
DAY = 86_400


def fill(world: World, maker: Maker) -> None:
    """Make it."""
    world.companies.put(maker.example("company.get"))
    _offices(world, maker)
    people.fill(world, maker)
    _rooms(world, maker)
    _numbers(world)
    people.equip(world)
    phones.fill(world, maker)
    for number in BLOCKED:
        world.blocked_numbers.put({"number": number, "blocked_at": world.stamp(maker.today - 20 * DAY)})
    logged = {**dict.fromkeys(LOGGED, True), "call_recording_logging_enabled": False}
    app = {"enabled": True, "is_preferred_service": True, "settings": logged}
    world.app_settings.put({"target": f"company:{world.company_id}", **app})
    for office in world.offices:
        licenses.stock(world, office["id"])


def _offices(world: World, maker: Maker) -> None:
    for place in (maker.example("offices.get"), maker.example("offices.create")["office"]):
        kept = {
            name: value for name, value in place.items() if name not in ("e911_address", "office_settings")
        }
        plan = licenses.new_plan(world, place["e911_address"])
        # Roomy while the company is made; what is left over is set at the end.
        roomy = {**plan, **dict.fromkeys(licenses.LINES, 100_000), "balance": "148.50"}
        made = {"phone_numbers": [], "plan": roomy, "off_duty_statuses": ["Break", "Lunch", "Training"]}
        world.offices.put({**DEFAULTS, **kept, **made})
        e911.keep(world, "office", place["id"], place["e911_address"])


def _rooms(world: World, maker: Maker) -> None:
    example = {**maker.example("rooms.get"), "phone_numbers": []}
    world.rooms.put(settle_room(world, example, None))
    for name, office_id in ROOMS:
        world.rooms.put(
            settle_room(world, {"id": world.new_id(), "name": name, "office_id": office_id}, None)
        )


def _numbers(world: World) -> None:
    for number, office_id, target in NUMBERS:
        numbers.add_number(world, number, office_id)
        if target:
            numbers.give(world, world.numbers.get(number), *target, primary=False)
    for number, office_id, status in COMING:
        world.numbers.put({**numbers.add_number(world, number, office_id), "status": status})
    put_fax_line(world, numbers.add_number(world, FAX, PORTLAND), "user", world.users.get(MARA))
