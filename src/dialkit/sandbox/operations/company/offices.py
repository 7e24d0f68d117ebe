"""Offices: where people and numbers belong, when the main line is open, and what is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.company.number_supply import add_number, pick
from dialkit.sandbox.operations.groups.group_lines import DAYS, check_hours, is_open
from dialkit.sandbox.operations.people import e911, licenses
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# What the document says of hours that are left out, and a main line that nobody said anything about.
DEFAULTS: Record = {
    "hours_on": False,
    **{f"{day}_hours": ["08:00", "18:00"] for day in DAYS[:5]},
    **{f"{day}_hours": [] for day in DAYS[5:]},
    "timezone": "America/Los_Angeles",
    "ring_seconds": 30,
    "first_action": "operators",
    "no_operators_action": "voicemail",
    "routing_options": {
        "open": {"action": "voicemail", "operator_routing": "longestidle", "try_dial_operators": True},
        "closed": {"action": "voicemail", "try_dial_operators": False},
    },
    "office_settings": dict.fromkeys(
        (
            "allow_device_guest_login",
            "block_caller_id_disabled",
            "disable_desk_phone_self_provision",
            "disable_ivr_voicemail",
            "no_recording_message_on_user_calls",
            "set_caller_id_disabled",
        ),
        False,
    )
    | {"bridged_target_recording_allowed": True},
    "voicemail_notification_emails": [],
    "off_duty_statuses": [],
    "auto_call_recording": False,
    "state": "active",
}
# Where an office's first number is looked for, by state; others take one nearby, or of their country.
AREA_CODES = {
    "CA": "415",
    "CO": "303",
    "IL": "312",
    "MA": "617",
    "NY": "212",
    "OR": "503",
    "TX": "512",
    "WA": "206",
}


def show_office(world: World, office: Record) -> Record:
    """What answers show: the address that is kept for emergencies, and whether the main line is open."""
    return {
        **office,
        "office_id": office["id"],
        "availability_status": "open" if is_open(world, office) else "closed",
        "e911_address": world.e911.find(f"office:{office['id']}"),
        "phone_numbers": numbers.numbers_of(world, "office", office),
    }


def both(world: World, office_id: int) -> Record:
    """An office and its plan, as making and changing one answer them."""
    office = world.offices.get(office_id)
    return {"office": show_office(world, office), "plan": office.get("plan") or {}}


def primary(world: World, _call: Call) -> Record:
    """The primary office."""
    return show_office(world, world.primary_office)


def create(world: World, call: Call) -> Record:
    """Open an office, with a main line and a plan without lines.

    The first office of a company is its primary one, and gets a plan to begin with.
    """
    body = call.body
    _check_all_hours(body)
    if "timezone" in body:
        _check_zone(body["timezone"])
    if body["billing_address"].get("postal_code", "x").strip() == "":
        raise Refusal(400, "billing_address.postal_code: must not be empty.")
    place = e911.checked(body["e911_address"], field="e911_address.") if "e911_address" in body else None
    mainline = body.get("mainline_number")
    if mainline is not None:
        _check_free(world, mainline)
    office_id, first = world.new_id(), not len(world.offices)
    kept = {name: value for name, value in body.items() if name not in ("e911_address", "mainline_number")}
    office = world.offices.put(
        {**DEFAULTS, **kept, "id": office_id, "is_primary_office": first, "phone_numbers": []}
    )
    plan = licenses.new_plan(world, place or _billed(body["billing_address"]), body["plan_period"])
    world.offices.put({**office, "plan": plan})
    if place is not None:
        e911.keep(world, "office", office_id, place)
    if first:
        licenses.stock(world, office_id)
    _open_line(world, world.offices.get(office_id), mainline, place or {})
    changelog(world, call, "office.create", "office", office_id, office["name"])
    return both(world, office_id)


def update(world: World, call: Call) -> Record:
    """Change opening hours; a day that is sent is replaced."""
    office = world.offices.get(call.path["id"])
    _check_all_hours(call.body)
    world.offices.change(office["id"], **call.body)
    changelog(
        world, call, "office.update", "office", office["id"], ", ".join(sorted(call.body)), changes=call.body
    )
    return both(world, office["id"])


def off_duty_statuses(world: World, call: Call) -> Record:
    """The reasons agents choose from when they go off duty."""
    office = world.offices.get(call.path["id"])
    return {"id": office["id"], "off_duty_statuses": office.get("off_duty_statuses") or []}


def _open_line(world: World, office: Record, mainline: str | None, place: Record) -> None:
    """Give a new office its first number; one abroad, where none is to be had, begins without."""
    if mainline is not None:
        record = world.numbers.find(mainline) or add_number(world, mainline, office["id"])
    else:
        code = AREA_CODES.get(str(place.get("state", "")).upper()) if office["country"] == "US" else None
        try:
            record = pick(world, code, office)
        except Refusal:
            return
    numbers.give(world, record, "office", office["id"], primary=True)


def _check_free(world: World, number: str) -> None:
    if numbers.e164(number) is None:
        raise Refusal(400, f"mainline_number: {number[:40]!r} is not a phone number in E.164.")
    record = world.numbers.find(number)
    if record is not None and record["status"] != "available":
        raise Refusal(409, f"mainline_number: {number} is assigned already.")


def _check_all_hours(body: Record) -> None:
    for day in DAYS:
        check_hours(f"{day}_hours", body.get(f"{day}_hours", []))


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a KeyError is how it tells that it knows no such name
        raise Refusal(400, f"timezone: {name[:40]!r} is not a name of the tz database.") from None


def _billed(address: Record) -> Record:
    """A billing address in the words of an emergency address."""
    words = {
        "address_line_1": "address",
        "address_line_2": "address2",
        "city": "city",
        "region": "state",
        "postal_code": "zip",
        "country": "country",
    }
    return {words[name]: value for name, value in address.items() if name in words}


OFFICES = Resource(
    "offices",
    lists=("offices.list",),
    gets="offices.get",
    show=show_office,
    filters={"active_only": lambda office, only: not only or office["state"] == "active"},
)
HANDLERS = {
    **OFFICES.handlers(),
    "offices.primary.get": primary,
    "offices.create": create,
    "offices.update": update,
    "offices.offdutystatuses.get": off_duty_statuses,
}
