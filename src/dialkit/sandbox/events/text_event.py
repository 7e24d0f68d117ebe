"""What subscribers are told of a text, as captured from the service."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from dialkit.sandbox.http.files import MAKERS, File, address
from dialkit.sandbox.operations.groups import operators
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

# The tables of lines, and the field that holds the name of whose line it is.
LINES = {
    "user": ("users", "display_name"),
    "office": ("offices", "name"),
    "department": ("departments", "name"),
    "callcenter": ("call_centers", "name"),
    "room": ("rooms", "name"),
    "callrouter": ("call_routers", "name"),
}
# What files begin with, and what they are then.
KINDS = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"%PDF": "application/pdf",
}


def text_event(world: World, text: Record, status: str, theirs: list[str] | None = None) -> Record:
    """The event of a text. `status` is how it stands; `theirs` are recipients, the text's own if left out.

    The id is that of the answer to whoever sent it, so one id serves for all events of a message.
    """
    inbound = text["direction"] == "inbound"
    to_numbers = theirs or [text["to_number"]]
    ours = text["to_number"] if inbound else text["from_number"]
    other = text["from_number"] if inbound else to_numbers[0]
    return {
        "id": text.get("sent_id") or text["id"],
        "created_date": int(text["created_at"] * 1000),
        "event_timestamp": world.milliseconds(),
        "direction": text["direction"],
        "target": _target(world, text, ours),
        "contact": _contact(world, other),
        "sender_id": None if inbound else text["user_id"],
        "from_number": text["from_number"],
        "to_number": to_numbers,
        "mms": bool(text.get("media")),
        "mms_url": address(world, "mms", str(text["id"])) if text.get("media") else None,
        "is_internal": bool(text.get("is_internal")),
        "message_status": status,
        "message_delivery_result": text.get("message_delivery_result"),
        "text": text["text"],
        "text_content": text["text"],
        **_admins(world, text),
    }


def national(number: str) -> str:
    """A number as people of its country write it: ``(510) 555-0100``; E.164 outside North America."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def name_of(world: World, kind: str, target_id: int) -> str | None:
    """What the owner of a line is called."""
    table, field = LINES.get(kind, ("users", "display_name"))
    found = world.table(table).find(target_id) or {}
    return found.get(field)


def _target(world: World, text: Record, ours: str) -> Record:
    kind, target_id = text["target_type"], text["target_id"]
    number = national(ours) if ours else None
    return {"id": target_id, "name": name_of(world, kind, target_id), "phone_number": number, "type": kind}


def _contact(world: World, number: str) -> Record:
    """Whom the service knows under a number; a stranger is called by the number."""
    found = contacts.contact_of(world, number) or {"id": None, "display_name": national(number)}
    return {"id": found["id"], "name": found["display_name"], "phone_number": number}


def _admins(world: World, text: Record) -> Record:
    """Who runs a group's line. That there are `admins` is known, not what an entry looks like."""
    if text["target_type"] not in ("office", "department", "callcenter"):
        return {}
    members = operators.members(world, text["target_type"], text["target_id"])
    ids = [member["member_id"] for member in members if member["role"] == "admin"]
    return {"admins": [{"id": user_id, "name": name_of(world, "user", user_id)} for user_id in ids]}


def media_file(world: World, name: str) -> File:
    """What was sent along with a text. Raises `Refusal` 404."""
    media = world.texts.get(name).get("media")
    if not media:
        raise Refusal(404, f"Nothing was sent along with the text {name[:40]}.")
    content = base64.b64decode(media)
    kind = next((kind for begin, kind in KINDS.items() if content.startswith(begin)), None)
    return File(content, kind or "application/octet-stream")


MAKERS["mms"] = media_file
