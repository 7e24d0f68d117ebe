"""Bulk messages: one text to up to 50 numbers, sent in the background, with the state of each recipient."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.carrier.delivery import must_not_be_texted, send_text
from dialkit.sandbox.carrier.results import OUTCOMES
from dialkit.sandbox.operations.messages.senders import (
    acting_user,
    check_active,
    check_media,
    own_line,
    recipients_of,
)
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.world import Record, World

BEFORE_FIRST, BETWEEN = 1.0, 0.25  # seconds: four texts leave in each
LIMIT = 20  # of a page, where nothing is said
# The spam filters' own test text: a batch with it is taken for spam, and none of it is sent.
SPAM = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def key_string(world: World, kind: str) -> str:
    """A new id of the form the service gives bulk messages and schedules: text, and no number."""
    text = f"j\x10dialpad-{kind}-{world.new_id()}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def check_registered(line: Record) -> None:
    """Raises `Refusal` 400 for a number that is not registered for A2P."""
    if not line.get("a2p"):
        raise Refusal(400, f"from_number: {line['number']} is not registered for A2P.")


def send(world: World, call: Call) -> Record:
    """Make a batch; its texts leave one after the other, from a moment on. Raises `Refusal` 400, 403, 404."""
    body, user = call.body, acting_user(world, call)
    check_active(user)
    line = own_line(world, user, body["from_number"])
    check_registered(line)
    if not body["text"]:
        raise Refusal(400, "text: is required, with media too.")
    check_media(body.get("media") or "")
    bulk = make(world, user["id"], line, recipients_of(body), body)
    return {"success": True, "message": "Bulk message created.", "bulk_message": _show(world, bulk)}


def make(world: World, user_id: int, line: Record, to_numbers: list[str], words: Values) -> Record:
    """A new batch that is about to be sent. `words`: `text`, and `media` and `title` where there are any."""
    bulk_id, spam = key_string(world, "bulk"), SPAM in words["text"]
    if not spam:
        world.later(BEFORE_FIRST, "bulk_messages.step", bulk_id=bulk_id)
    return world.bulk_messages.put(
        {
            "id": bulk_id,
            "bulk_message_id": bulk_id,
            "title": words.get("title"),
            "text": words["text"],
            "media": words.get("media"),
            "from_number": line["number"],
            "num_recipients": len(to_numbers),
            "created_date": int(world.now),
            "user_id": user_id,
            "classified_spam": spam,
            "next": len(to_numbers) if spam else 0,
            "recipients": [{"phone_number": number} for number in to_numbers],
        }
    )


def step(world: World, bulk_id: str) -> None:
    """Send to the next recipient; one who must not be texted is passed over, an error of the batch."""
    bulk = world.bulk_messages.get(bulk_id)
    place, ours = bulk["next"], bulk["from_number"]
    number = bulk["recipients"][place]["phone_number"]
    line = world.numbers.find(ours)
    error = None
    if line is None or not line.get("target_type"):
        error = "The sending number is not in use any more."
    elif must_not_be_texted(world, ours, number):
        error = "The recipient has opted out of texts."
    entry: dict[str, Any] = {"phone_number": number, "attempted_send": True, "error_message": error}
    if error is None and line is not None:
        text = send_text(world, line, bulk["user_id"], [number], bulk["text"], bulk["media"], bulk_id=bulk_id)
        entry["text_id"] = text["id"]
    recipients = [*bulk["recipients"][:place], entry, *bulk["recipients"][place + 1 :]]
    world.bulk_messages.put({**bulk, "recipients": recipients, "next": place + 1})
    if place + 1 < len(recipients):
        world.later(BETWEEN, "bulk_messages.step", bulk_id=bulk_id)


def list_bulk(world: World, call: Call) -> Values:
    """A user's batches, the newest first."""
    user_id = acting_user(world, call)["id"]
    call = call._replace(body={"limit": LIMIT, **call.body})
    wanted = lambda bulk: bulk["user_id"] == user_id  # noqa: E731
    return page(world, call, "bulk_messages", wanted, show=_show, newest=True)


def get(world: World, call: Call) -> Record:
    """One batch of a user, with what became of each text. Raises `Refusal` 404 for another's."""
    return _show(world, _own(world, call))


def update(world: World, call: Call) -> Record:
    """Other words or media: texts that have not left yet go out with them, those that have stay."""
    bulk = _own(world, call)
    changes = {name: call.body[name] for name in ("text", "media") if name in call.body}
    if changes.get("text") == "":
        raise Refusal(400, "text: is required, with media too.")
    check_media(changes.get("media") or "")
    bulk = world.bulk_messages.change(bulk["id"], **changes)
    return {"success": True, "message": "Bulk message updated.", "bulk_message": _show(world, bulk)}


def _own(world: World, call: Call) -> Record:
    user = acting_user(world, call)
    bulk = world.bulk_messages.get(call.path["id"])
    if bulk["user_id"] != user["id"]:
        raise Refusal(404, f"The user {user['id']} has no bulk message with the id {call.path['id'][:80]}.")
    return bulk


def _show(world: World, bulk: Record) -> Record:
    recipients = [_recipient(world, bulk, entry) for entry in bulk["recipients"]]
    failed = [one for one in recipients if one.get("error_message") or one.get("delivery_error_code")]
    done = bulk["next"] >= len(recipients)
    return {
        **bulk,
        "status": "complete" if done else "pending",
        "recipients": recipients,
        "sms_has_errors": bool(failed),
    }


def _recipient(world: World, bulk: Record, entry: Record) -> Record:
    """How far the text to one recipient is, read from the text itself."""
    number = entry["phone_number"]
    contact = contacts.contact_of(world, number)
    internal = number in world.numbers
    shown = {
        **entry,
        "attempted_send": entry.get("attempted_send", False),
        "delivery_method": "internal" if internal else "mms" if bulk["media"] else "sms",
        "display_name": contact["display_name"] if contact else None,
    }
    text = world.texts.find(entry["text_id"]) if "text_id" in entry else None
    if text is None or internal:
        return shown
    result = text.get("message_delivery_result")
    outcome = OUTCOMES[result] if result else None
    return {
        **shown,
        "delivery_status": outcome.status if outcome else "sent",
        "delivery_status_timestamp": int(text.get("delivered_at") or text["created_at"]),
        "delivery_error_code": outcome.code if outcome else None,
        "delivery_error_details": outcome.details if outcome else None,
    }


HANDLERS = {
    "bulk_messages.send": send,
    "bulk_messages.list": list_bulk,
    "bulk_messages.get": get,
    "bulk_messages.update": update,
}
JOBS = {"bulk_messages.step": step}
