"""Texts: one message to people or a channel, and what arrived where. Nothing leaves this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.carrier.arrival import receive
from dialkit.sandbox.carrier.delivery import JOBS, must_not_be_texted, send_text
from dialkit.sandbox.events import emit
from dialkit.sandbox.events.text_event import name_of
from dialkit.sandbox.operations.company.numbers import line
from dialkit.sandbox.operations.messages.senders import (
    acting_user,
    channel_of,
    check_active,
    check_words,
    recipients_of,
    sender_of,
)
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

__all__ = ["HANDLERS", "JOBS", "inbox", "receive", "send_text", "send_to_channel"]


def send(world: World, call: Call) -> Record:
    """Take on a text: delivered, or not, after a moment. Raises `Refusal` 400, 403, 404."""
    body = call.body
    recipients = recipients_of(body, infer=body.get("infer_country_code", False))
    check_words(body)
    if not recipients:
        return _send_to_channel(world, call)
    sender, user_id = sender_of(world, call)
    if world.switch("opted-out-send") == "refuse":
        for number in recipients:
            if must_not_be_texted(world, sender["number"], number):
                raise Refusal(400, f"to_numbers: {number} must not be texted.")
    first = send_text(world, sender, user_id, recipients, body.get("text", ""), body.get("media"))
    contact_id = first["contact_id"] if len(recipients) == 1 else None
    return {**first, "to_numbers": recipients, "contact_id": contact_id}


def _send_to_channel(world: World, call: Call) -> Record:
    body = call.body
    if "from_number" in body or "sender_group_id" in body:
        sender, user_id = sender_of(world, call)
        number: str | None = sender["number"]
        kind, target_id = sender["target_type"], sender["target_id"]
    else:
        user = acting_user(world, call)
        check_active(user)
        found = line(world, "user", user["id"])
        number, user_id = found["number"] if found else None, user["id"]
        kind, target_id = "user", user["id"]
    whose = {"from_number": number, "target_type": kind, "target_id": target_id, "user_id": user_id}
    channel = channel_of(world, body["channel_hashtag"], user_id)
    return send_to_channel(world, whose, channel, body.get("text", ""), body.get("media"))


def send_to_channel(world: World, whose: Record, channel: Record, text: str, media: str | None) -> Record:
    """Post a text in a channel, where its members read it at once; what the sender is answered.

    `whose`: `from_number`, `target_type`, `target_id` and `user_id` of the sender.
    """
    sent_id = world.new_id()
    record = {
        **whose,
        "id": sent_id,
        "sent_id": sent_id,
        "created_date": world.stamp(),
        "created_at": world.now,
        "device_type": "public_api",
        "direction": "outbound",
        "channel_id": channel["id"],
        "to_number": None,
        "text": text,
        "media": media,
        "is_internal": True,
        "message_status": "success",
        "message_delivery_result": "accepted",
        "delivered_at": world.now,
    }
    world.texts.put(record)
    members = [member["user_id"] for member in world.channel_members.where("channel", channel["id"])]
    # What a channel event looks like is not known: it is told here in the words of an SMS event.
    payload = {
        "id": sent_id,
        "created_date": world.milliseconds(),
        "event_timestamp": world.milliseconds(),
        "direction": "outbound",
        "channel": {"id": channel["id"], "name": channel["name"]},
        "sender_id": whose["user_id"],
        "sender_name": name_of(world, "user", whose["user_id"]),
        "member_ids": members,
        "text": text,
        "text_content": text,
    }
    emit(world, "channel", payload, [("channel", channel["id"])], direction="outbound")
    return {**record, "message_status": "pending", "message_delivery_result": None}


def inbox(world: World, number: str) -> list[Record]:
    """The texts that arrived at a number, the newest last."""
    shown = ("id", "created_date", "from_number", "to_number", "text", "media")
    arrived = [text for text in world.texts.where("to", number) if _arrived(text)]
    arrived.sort(key=lambda text: text.get("delivered_at") or text["created_at"])
    return [{name: text[name] for name in shown if text[name] is not None} for text in arrived]


def _arrived(text: Record) -> bool:
    outbound = text["direction"] == "outbound"
    # A colleague's text is there twice: as it was sent, and as it came in. The latter counts.
    return text["message_status"] == "success" and not text["is_internal"] if outbound else True


HANDLERS = {"sms.send": send}
