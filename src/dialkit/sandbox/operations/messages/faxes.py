"""Faxes: from a line of the company to a number, under way for a while, then there or failed."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from dialkit.sandbox.carrier.fates import fate_of
from dialkit.sandbox.events import emit
from dialkit.sandbox.http.files import MAKERS, File, address
from dialkit.sandbox.operations.company.numbers import e164, line
from dialkit.sandbox.operations.messages.senders import acting_user, check_active
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LETTERS = string.ascii_letters + string.digits
ID_LENGTH = 10
DIALLING, SENDING = 2.0, 8.0  # seconds until the other machine answers, and that a page takes
PAGES = 1  # the request has no field for pages, so each fax here has one


def send(world: World, call: Call) -> Record:
    """Take on a fax. Raises `Refusal` 400, 403, 404."""
    body = call.body
    to_number = e164(body["to_number"], infer=body.get("infer_country_code", False))
    if to_number is None:
        raise Refusal(400, f"to_number: {body['to_number'][:40]!r} is not a phone number in E.164.")
    user = acting_user(world, call)
    check_active(user)
    sender = _sender(world, call, user)
    kind, target_id = sender["target_type"], sender["target_id"]
    fax = _put(
        world,
        {
            "direction": "outbound",
            "from_number": sender["number"],
            "to_number": to_number,
            "user_id": user["id"],
            "sender_id": target_id,
            "target_type": kind,
            "target_id": target_id,
            "contact_id": _contact_id(world, to_number),
            "fax_status": "pending",
            "fax_transaction": {"is_billed": not _ours(world, to_number), "num_pages": PAGES},
        },
    )
    world.later(DIALLING, "faxes.transmit", fax_id=fax["id"])
    _tell(world, fax)
    return _show(world, fax)


def _sender(world: World, call: Call, user: Record) -> Record:
    """The line that sends: the one named, else the user's fax line, else the user's primary number."""
    given = call.body.get("from_number")
    if given is None:
        lines = world.fax_lines.where("target", ("user", user["id"]))
        record = lines[0] if lines else line(world, "user", user["id"])
        if record is None:
            raise Refusal(400, f"user_id: the user {user['id']} has no number to send from.")
        return record
    record = _ours(world, given)
    if record is None:
        raise Refusal(400, f"from_number: {given[:40]!r} is not a number of a user or group of the company.")
    if record["target_type"] != "user":
        if "user_id" not in call.body:
            raise Refusal(400, f"user_id: is required, for {given} is a {record['target_type']}'s.")
    elif record["target_id"] != user["id"]:
        if "user_id" in call.body:
            raise Refusal(400, f"from_number: {given} is not a number of the user {user['id']}.")
        if not call.key["admin"]:
            raise Refusal(403, f"from_number: {given} is another user's.")
    return record


def _ours(world: World, number: str) -> Record | None:
    """The fax line or number of the company, where somebody has it."""
    record = world.fax_lines.find(number) or world.numbers.find(number)
    return record if record and record.get("target_type") else None


def _put(world: World, fax: Record) -> Record:
    number = world.new_id()
    letters = [LETTERS[world.draw(len(LETTERS), "fax", number, place)] for place in range(ID_LENGTH)]
    made = {"id": "".join(letters), "created_date": world.stamp(), "created_at": world.now}
    return world.faxes.put({**made, **fax})


def _contact_id(world: World, number: str) -> int | None:
    """Here a number, so a contact with an id of letters is left out."""
    contact = contacts.contact_of(world, number)
    return int(contact["id"]) if contact and str(contact["id"]).isdecimal() else None


def transmit(world: World, fax_id: str) -> None:
    """The other machine answers, and pages go over; or it is known that they will not."""
    fax = world.faxes.get(fax_id)
    result = "accepted" if _ours(world, fax["to_number"]) else fate_of(fax["to_number"]).result
    if result == "accepted":
        pages = fax["fax_transaction"]["num_pages"]
        _become(world, fax_id, "transmitting")
        world.later(SENDING * pages, "faxes.finish", fax_id=fax_id)
    else:
        unpaid = {**fax["fax_transaction"], "is_billed": False}
        world.faxes.change(fax_id, result=result, fax_transaction=unpaid)
        _become(world, fax_id, "error")


def finish(world: World, fax_id: str) -> None:
    """All pages are over; to a line of the company, a fax has come in."""
    fax = _become(world, fax_id, "success")
    if _ours(world, fax["to_number"]):
        receive(world, fax["from_number"], fax["to_number"], fax["fax_transaction"]["num_pages"])


def receive(world: World, from_number: str, to_number: str, pages: int = PAGES) -> Record:
    """A fax comes in at a line of the company. Raises `Refusal` 404 where nobody has it."""
    line_ = _ours(world, to_number)
    if line_ is None:
        raise Refusal(404, f"to_number: nobody in the company has the number {to_number[:40]}.")
    fax = _put(
        world,
        {
            "direction": "inbound",
            "from_number": from_number,
            "to_number": to_number,
            "target_type": line_["target_type"],
            "target_id": line_["target_id"],
            "contact_id": _contact_id(world, from_number),
            "fax_status": "success",
            "fax_transaction": {"is_billed": False, "num_pages": pages},
        },
    )
    _tell(world, fax)
    return fax


def _become(world: World, fax_id: str, status: str) -> Record:
    fax = world.faxes.change(fax_id, fax_status=status)
    _tell(world, fax, status=True)
    return fax


def _tell(world: World, fax: Record, *, status: bool = False) -> None:
    """Tell subscribers. What a fax event looks like is not known: here it is the fax, as events spell."""
    names = ("direction", "fax_status", "from_number", "to_number", "fax_transaction")
    payload = {
        "id": fax["id"],
        "created_date": int(fax["created_at"] * 1000),
        "event_timestamp": world.milliseconds(),
        **{name: fax[name] for name in names},
        **{name: fax.get(name) for name in ("contact_id", "sender_id", "user_id")},
        "fax_url": _address(world, fax),
        "target": {"type": fax["target_type"], "id": fax["target_id"]},
    }
    target = (fax["target_type"], fax["target_id"])
    emit(world, "fax", payload, [target], direction=fax["direction"], status=status)


def _show(world: World, fax: Record) -> Record:
    return {**fax, "fax_url": _address(world, fax)}


def _address(world: World, fax: Record) -> str:
    return address(world, "faxes", f"{fax['id']}.pdf")


def fax_file(world: World, name: str) -> File:
    """The faxed document: a PDF with a cover's words on each page. Raises `Refusal` 404."""
    from dialkit.sandbox.carrier.pdf import pdf

    fax = world.faxes.get(name.removesuffix(".pdf"))
    words = f"Fax from {fax['from_number']} to {fax['to_number']}, {fax['created_date']}"
    return File(pdf(words, fax["fax_transaction"]["num_pages"]), "application/pdf")


MAKERS["faxes"] = fax_file
HANDLERS = {"fax.send": send}
JOBS = {"faxes.transmit": transmit, "faxes.finish": finish}
