"""Who sends: the user who acts, and the line a text, bulk message or fax goes out from."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from dialkit.sandbox.operations.company.numbers import e164, line
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

MOST_MEDIA = 500 * 1024  # bytes before encoding, as documented
# Kinds of lines that send texts, and the tables of whom they belong to.
SENDERS = {
    "user": "users",
    "office": "offices",
    "department": "departments",
    "callcenter": "call_centers",
}


def acting_user(world: World, call: Call) -> Record:
    """The user a request acts for: the one it names, else the key's own.

    Raises `Refusal` 404 for an unknown one, 403 where a key without an admin's right names another's.
    """
    user_id = call.body.get("user_id", call.user_id)
    user = world.users.get(user_id)
    if user_id != call.user_id and not call.key["admin"]:
        raise Refusal(403, f"user_id: a key of the user {call.user_id} does not act for {user_id}.")
    return user


def check_active(user: Record, field: str = "user_id") -> None:
    """Raises `Refusal` 400 for a user who is suspended or deleted: they send nothing."""
    if user.get("state") in ("suspended", "deleted"):
        raise Refusal(400, f"{field}: the user {user['id']} is {user['state']} and cannot send.")


def sender_of(world: World, call: Call) -> tuple[Record, int]:
    """The line a text goes out from, and the user behind it: `from_number`, else a group's, else a user's.

    Raises `Refusal` 400, 403, 404.
    """
    body, user = call.body, acting_user(world, call)
    if "from_number" in body:
        record = named_line(world, body["from_number"])
        _check_conflict(world, record, body)
    else:
        record = _line_of(world, *_named_target(body, user["id"]))
    if record["target_type"] == "user" and record["target_id"] != user["id"]:
        if not call.key["admin"]:
            raise Refusal(403, f"from_number: {record['number']} is another user's.")
        user = world.users.get(record["target_id"])
    check_active(user, "from_number" if "from_number" in body else "user_id")
    return record, user["id"]


def _named_target(body: Record, user_id: int) -> tuple[str, str, int]:
    if "sender_group_id" in body:
        return "sender_group_id", body["sender_group_type"], body["sender_group_id"]
    return "user_id", "user", user_id


def _line_of(world: World, field: str, kind: str, target_id: int) -> Record:
    if target_id not in world.table(SENDERS[kind]):
        raise Refusal(404, f"{field}: No {world.table(SENDERS[kind]).noun} has the id {target_id}.")
    record = line(world, kind, target_id)
    if record is None:
        raise Refusal(400, f"{field}: the {kind} {target_id} has no number to send from.")
    return record


def named_line(world: World, text: str) -> Record:
    """The line of a number that was named as sender. Raises `Refusal` 400 where it cannot send."""
    record = world.numbers.find(e164(text, infer=True) or "")
    if record is None or record.get("target_type") not in SENDERS or record["number"] in world.fax_lines:
        raise Refusal(400, f"from_number: {text[:40]!r} is not a user's or group's number for texts.")
    return record


def _check_conflict(world: World, record: Record, body: Record) -> None:
    """A number outranks the user and group beside it, or is refused where it is not theirs.

    A user beside a group's number is who writes in the group's name.
    """
    in_group = "sender_group_id" in body
    if world.switch("sender-conflict") == "number" or not (in_group or "user_id" in body):
        return
    if record["target_type"] != "user" and not in_group:
        return
    field, kind, target_id = _named_target(body, body.get("user_id", 0))
    if (record["target_type"], record["target_id"]) != (kind, target_id):
        raise Refusal(400, f"from_number: {record['number']} does not belong to the {field} {target_id}.")


def own_line(world: World, user: Record, from_number: str | None) -> Record:
    """A user's own line: the one named, else the primary one. Raises `Refusal` 400 for another's."""
    if from_number is None:
        return _line_of(world, "user_id", "user", user["id"])
    record = world.numbers.find(e164(from_number, infer=True) or "")
    if record is None or (record.get("target_type"), record.get("target_id")) != ("user", user["id"]):
        raise Refusal(400, f"from_number: {from_number[:40]!r} is not a number of the user {user['id']}.")
    return named_line(world, record["number"])


def recipients_of(body: Record, *, infer: bool = False) -> list[str]:
    """Whom a body names, in E.164, each once; empty where a channel is meant. Raises `Refusal` 400."""
    given = body.get("to_numbers", [])
    if bool(given) == bool(body.get("channel_hashtag")):
        raise Refusal(400, "to_numbers: give it or channel_hashtag, and not both.")
    found: dict[str, None] = {}
    for place, text in enumerate(given):
        number = e164(text, infer=infer)
        if number is None:
            raise Refusal(400, f"to_numbers[{place}]: {text[:40]!r} is not a phone number in E.164.")
        found[number] = None
    return list(found)


def channel_of(world: World, hashtag: str, user_id: int) -> Record:
    """The channel of a hashtag, with its ``#`` or without.

    Raises `Refusal` 404 for an unknown one, 403 for a private one that the user is not a member of.
    """
    name = hashtag.removeprefix("#")
    found = world.channels.where("name", name)
    if not found:
        raise Refusal(404, f"channel_hashtag: no channel is named {name[:80]!r}.")
    members = world.channel_members.where("channel", found[0]["id"])
    if found[0].get("privacy_type") == "private" and user_id not in [one["user_id"] for one in members]:
        raise Refusal(403, f"channel_hashtag: the user {user_id} is not a member of {name[:80]!r}.")
    return found[0]


def check_words(body: Record) -> None:
    """Raises `Refusal` 400 for a message without text and media, and for media that are none."""
    if not body.get("text") and not body.get("media"):
        raise Refusal(400, "text: is required where there is no media.")
    check_media(body.get("media") or "")


def check_media(media: str) -> None:
    """Raises `Refusal` 400 for what is not base64, or is too large."""
    try:
        size = len(base64.b64decode(media, validate=True))
    except (binascii.Error, ValueError):
        raise Refusal(400, "media: is not base64.") from None
    if size > MOST_MEDIA:
        raise Refusal(400, f"media: must have at most {MOST_MEDIA} bytes before encoding; has {size}.")
