"""Texts: who sends, to whom, and that each arrives at once. Nothing leaves this process."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from dialkit.sandbox.operations.numbers import e164, line
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

MOST_MEDIA = 500 * 1024  # bytes before encoding, as documented


def send(world: World, call: Call) -> Record:
    """Accept a text, and let it arrive: one record for each recipient, or one for a channel.

    Raises `Refusal` 400 for what the document rules out, 404 for an unknown sender.
    """
    body = call.body
    sender = _sender(world, call)
    recipients = _recipients(body)
    if not body.get("text") and not body.get("media"):
        raise Refusal(400, "text: is required where there is no media.")
    _check_media(body.get("media", ""))
    kind, target_id = sender["target_type"], sender["target_id"]
    answer = {
        "id": world.new_id(),
        "created_date": world.stamp(),
        "device_type": "public_api",
        "direction": "outbound",
        "from_number": sender["number"],
        "message_status": "pending",
        "target_id": target_id,
        "target_type": kind,
        "text": body.get("text", ""),
        "to_numbers": recipients or None,
        "user_id": target_id if kind == "user" else body.get("user_id", call.user_id),
        "contact_id": _contact_id(world, recipients),
    }
    for place, number in enumerate(recipients or [None]):
        world.texts.put(
            {
                **answer,
                "id": world.new_id() if place else answer["id"],
                "to_number": number,
                "channel_hashtag": body.get("channel_hashtag"),
                "media": body.get("media"),
                "message_status": "success",
                "message_delivery_result": "accepted",
            }
        )
    return answer


def inbox(world: World, number: str) -> list[Record]:
    """The texts that arrived at a number, the newest last."""
    shown = ("id", "created_date", "from_number", "to_number", "text", "media")
    arrived = world.texts.where("to", number)
    return [{name: text[name] for name in shown if text[name] is not None} for text in arrived]


def _sender(world: World, call: Call) -> Record:
    """The number that sends: `from_number` before a group before `user_id` before the key's own user."""
    body = call.body
    if "from_number" in body:
        record = world.numbers.find(e164(body["from_number"], infer=True) or "")
        if record is None or record.get("target_id") is None:
            raise Refusal(400, f"from_number: {body['from_number'][:40]!r} is not a number that can send.")
        return record
    if ("sender_group_id" in body) != ("sender_group_type" in body):
        raise Refusal(400, "sender_group_id: give it and sender_group_type, or neither.")
    if "sender_group_id" in body:
        name, kind, target_id = "sender_group_id", body["sender_group_type"], body["sender_group_id"]
    else:
        name, kind, target_id = "user_id", "user", body.get("user_id", call.user_id)
    record = line(world, kind, target_id)
    if record is None:
        raise Refusal(400, f"{name}: the {kind} {target_id} has no number to send from.")
    return record


def _recipients(body: Record) -> list[str]:
    """Numbers in E.164; empty where a channel is meant."""
    given = body.get("to_numbers", [])
    if bool(given) == bool(body.get("channel_hashtag")):
        raise Refusal(400, "to_numbers: give it or channel_hashtag, and not both.")
    found = []
    for place, text in enumerate(given):
        number = e164(text, infer=body.get("infer_country_code", False))
        if number is None:
            raise Refusal(400, f"to_numbers[{place}]: {text[:40]!r} is not a phone number in E.164.")
        found.append(number)
    return found


def _check_media(media: str) -> None:
    try:
        size = len(base64.b64decode(media, validate=True))
    except (binascii.Error, ValueError):
        raise Refusal(400, "media: is not base64.") from None
    if size > MOST_MEDIA:
        raise Refusal(400, f"media: must have at most {MOST_MEDIA} bytes before encoding; has {size}.")


def _contact_id(world: World, recipients: list[str]) -> str | None:
    found = world.contacts.where("phone", recipients[0]) if len(recipients) == 1 else []
    return str(found[0]["id"]) if found else None


HANDLERS = {"sms.send": send}
