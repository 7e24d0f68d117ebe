"""Texts on their way out: one record for each recipient, and what the carrier says of it after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.carrier.arrival import receive, receive_internal
from dialkit.sandbox.carrier.fates import fate_of
from dialkit.sandbox.carrier.results import OUTCOMES, message_status
from dialkit.sandbox.carrier.segments import segments_of
from dialkit.sandbox.events import emit
from dialkit.sandbox.events.text_event import text_event
from dialkit.sandbox.operations.messages import digital, opt_outs
from dialkit.sandbox.operations.people import contacts

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World


def send_text(
    world: World,
    line: Record,
    user_id: int | None,
    to_numbers: list[str],
    text: str,
    media: str | None = None,
    *,
    automatic: bool = False,
    bulk_id: str | None = None,
) -> Record:
    """Take on a text from a line, a record of `numbers`, and have it delivered; the first recipient's record.

    It has the id that the sender is told; the records of all recipients have it as `sent_id`. `automatic`
    is what answers a STOP: it goes out although the person opted out, and nobody is told of it.
    """
    sent_id = world.new_id()
    count = segments_of(text).parts
    records: list[Record] = []
    for number in to_numbers:
        contact = contacts.contact_of(world, number)
        record = {
            "id": world.new_id() if records else sent_id,
            "sent_id": sent_id,
            "created_date": world.stamp(),
            "created_at": world.now,
            "device_type": "public_api",
            "direction": "outbound",
            "from_number": line["number"],
            "to_number": number,
            "target_type": line["target_type"],
            "target_id": line["target_id"],
            "user_id": user_id,
            "contact_id": contact["id"] if contact else None,
            "text": text,
            "media": media,
            "segments": count,
            "is_internal": number in world.numbers,
            "message_status": "pending",
            "automatic": automatic,
            "bulk_id": bulk_id,
        }
        records.append(world.texts.put(record))
        result, delay = _prospect(world, record)
        world.later(delay, "texts.deliver", text_id=record["id"], result=result)
    if not automatic:
        _announce(world, records)
    return records[0]


def must_not_be_texted(world: World, ours: str, theirs: str) -> bool:
    """Whether a number opted out of texts from ours, or is marked as not to be texted."""
    tagged = world.tags.find(theirs)
    return bool(tagged and tagged.get("do_not_text")) or opt_outs.is_opted_out(world, ours, theirs)


def _prospect(world: World, record: Record) -> tuple[str, float]:
    """What will become of a text, and after how many seconds."""
    number = record["to_number"]
    if record["is_internal"]:  # no carrier is involved
        if number in world.fax_lines:
            return "not_supported", 0.0
        return "accepted" if world.numbers.get(number).get("target_type") else "invalid_destination", 0.0
    fate = fate_of(number)
    if not record["automatic"] and must_not_be_texted(world, record["from_number"], number):
        return "rejected", fate.delay
    return fate.result, fate.delay


def _announce(world: World, records: list[Record]) -> None:
    """Tell that a message left: once for people outside, once for colleagues."""
    first = records[0]
    for internal in (False, True):
        numbers = [record["to_number"] for record in records if record["is_internal"] is internal]
        if numbers:
            payload = text_event(world, {**first, "is_internal": internal}, "sent", numbers)
            _tell(world, first, payload, internal=internal)
    for record in records:
        if not record["is_internal"]:
            digital.follow(world, record)


def _tell(world: World, text: Record, payload: Record, *, internal: bool, status: bool = False) -> None:
    target = (text["target_type"], text["target_id"])
    emit(world, "sms", payload, [target], direction="outbound", internal=internal, status=status)


def deliver(world: World, text_id: int, result: str) -> None:
    """A text reaches its recipient, or it is known that it does not."""
    text = world.texts.change(
        text_id,
        message_status=message_status(result),
        message_delivery_result=result,
        event_status=OUTCOMES[result].status,
        delivered_at=world.now,
    )
    if text["is_internal"]:
        if result == "accepted":
            receive_internal(world, text)
        return
    if text["automatic"]:
        return
    _tell(world, text, text_event(world, text, text["event_status"]), internal=False, status=True)
    fate = fate_of(text["to_number"])
    if result == "accepted" and fate.reply:
        world.later(
            fate.reply_after,
            "texts.reply",
            from_number=text["to_number"],
            to_number=text["from_number"],
            text=fate.reply,
        )


def reply(world: World, from_number: str, to_number: str, text: str) -> None:
    """A person answers a text."""
    receive(world, from_number, to_number, text)


def answer(world: World, from_number: str, to_number: str, text: str) -> None:
    """The service itself answers a STOP, UNSTOP or HELP."""
    send_text(world, world.numbers.get(from_number), None, [to_number], text, automatic=True)


JOBS = {"texts.deliver": deliver, "texts.reply": reply, "texts.answer": answer}
