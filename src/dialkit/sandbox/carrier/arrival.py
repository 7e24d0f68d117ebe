"""Texts that arrive at a number of the company, from people outside or from colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.carrier.segments import segments_of
from dialkit.sandbox.events import emit
from dialkit.sandbox.events.text_event import text_event
from dialkit.sandbox.operations.company.numbers import e164
from dialkit.sandbox.operations.messages import digital, opt_outs
from dialkit.sandbox.operations.messages.senders import check_media
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World


def receive(world: World, from_number: str, to_number: str, text: str, media: str | None = None) -> Record:
    """A person outside texts one of the company's numbers; the record of the text.

    One from a blocked number goes nowhere: its record says ``rejected`` and is not kept. `media` is base64.
    Raises `Refusal` 400 for what is no number or no media, 404 where nobody gets texts at `to_number`.
    """
    theirs, ours = e164(from_number, infer=True), e164(to_number, infer=True)
    if theirs is None:
        raise Refusal(400, f"from: {from_number[:40]!r} is not a phone number in E.164.")
    if theirs in world.numbers:
        raise Refusal(400, f"from: {theirs} is the company's own; nobody outside texts from it.")
    line = world.numbers.find(ours or to_number)
    if line is None or not line.get("target_type") or line["number"] in world.fax_lines:
        raise Refusal(404, f"to: nobody in the company gets texts at {to_number[:40]}.")
    check_media(media or "")
    record = _record(world, theirs, line, text, media or None)
    if theirs in world.blocked_numbers:
        return {**record, "message_status": "failed", "message_delivery_result": "rejected"}
    world.texts.put(record)
    _announce(world, record)
    digital.follow(world, record)
    opt_outs.hear(world, record)
    return record


def receive_internal(world: World, sent: Record) -> None:
    """A colleague's text arrives at the line it was sent to."""
    line = world.numbers.get(sent["to_number"])
    record = _record(world, sent["from_number"], line, sent["text"], sent["media"])
    record = world.texts.put({**record, "is_internal": True, "sender_id": sent["user_id"]})
    _announce(world, record)


def _record(world: World, theirs: str, line: Record, text: str, media: str | None) -> Record:
    contact = contacts.contact_of(world, theirs)
    kind, target_id = line["target_type"], line["target_id"]
    return {
        "id": world.new_id(),
        "created_date": world.stamp(),
        "created_at": world.now,
        "direction": "inbound",
        "from_number": theirs,
        "to_number": line["number"],
        "target_type": kind,
        "target_id": target_id,
        "user_id": target_id if kind == "user" else None,
        "contact_id": contact["id"] if contact else None,
        "text": text,
        "media": media,
        "segments": segments_of(text).parts,
        "is_internal": False,
        "message_status": "pending",  # as captured: what came in stays so
    }


def _announce(world: World, record: Record) -> None:
    emit(
        world,
        "sms",
        text_event(world, record, "pending"),
        [(record["target_type"], record["target_id"])],
        direction="inbound",
        internal=record["is_internal"],
        status=False,
    )
