"""Scheduled messages: texts that wait for their time, and go out by themselves when the clock gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.messages import bulk_messages
from dialkit.sandbox.operations.messages.senders import (
    acting_user,
    channel_of,
    check_active,
    check_words,
    own_line,
    recipients_of,
)
from dialkit.sandbox.operations.messages.texts import send_text, send_to_channel
from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.world import Record, World

ZONE = "US/Pacific"  # the zone where none is named, as documented
LATEST = 253_402_300_800  # the year 10000: these are milliseconds
CHANGED = ("text", "media", "timezone")


def create(world: World, call: Call) -> Record:
    """Arrange a text for later. Raises `Refusal` 400, 403, 404."""
    body, user = call.body, acting_user(world, call)
    check_active(user)
    if "start_date" not in body:
        raise Refusal(400, "start_date: is required.")
    schedule_id = bulk_messages.key_string(world, "schedule")
    record = {
        "id": schedule_id,
        "schedule_id": schedule_id,
        "status": "active",
        "text": body.get("text", ""),
        "media": body.get("media"),
        "to_numbers": recipients_of(body) or None,
        "channel_hashtag": body.get("channel_hashtag") or None,
        "from_number": body.get("from_number"),
        "scheduled_time": body["start_date"],
        "created_date": int(world.now),
        "timezone": body.get("timezone", ZONE),
        "user_id": user["id"],
        "is_bulk": body.get("is_bulk", False),
    }
    return _put(world, _checked(world, record))


def update(world: World, call: Call) -> Record:
    """Change what has not gone out; recipients are replaced, and take the place of a channel or it theirs."""
    body, record = call.body, _waiting(world, call)
    record = {**record, **{name: body[name] for name in CHANGED if name in body}}
    if body.get("to_numbers") or body.get("channel_hashtag"):
        numbers, channel = recipients_of(body) or None, body.get("channel_hashtag") or None
        record = {**record, "to_numbers": numbers, "channel_hashtag": channel}
    elif "to_numbers" in body or "channel_hashtag" in body:
        raise Refusal(400, "to_numbers: must not be empty; give recipients or a channel.")
    record["from_number"] = body.get("from_number", record["from_number"])
    record["scheduled_time"] = body.get("start_date", record["scheduled_time"])
    return _put(world, _checked(world, record))


def _checked(world: World, record: Record) -> Record:
    """A schedule with its sender's number. Raises `Refusal` for what could not be sent."""
    check_words(record)
    if record["scheduled_time"] >= LATEST:
        raise Refusal(400, f"start_date: {record['scheduled_time']} is no moment in epoch seconds.")
    user = world.users.get(record["user_id"])
    if record["channel_hashtag"]:
        channel_of(world, record["channel_hashtag"], user["id"])
        if record["is_bulk"]:
            raise Refusal(400, "is_bulk: a bulk message goes to numbers, not to a channel.")
    _check_zone(record["timezone"])
    if record["channel_hashtag"] and not record["from_number"]:
        return record
    line = own_line(world, user, record["from_number"])
    if record["is_bulk"]:
        bulk_messages.check_registered(line)
        if not record["text"]:
            raise Refusal(400, "text: is required, with media too.")
    return {**record, "from_number": line["number"]}


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise Refusal(400, f"timezone: {name[:40]!r} is not the name of a time zone.") from None


def _put(world: World, record: Record) -> Record:
    """Keep a schedule, with the job that sends it at its time instead of the one before."""
    world.cancel(record.get("job_id"))
    job_id = world.at(float(record["scheduled_time"]), "schedules.fire", schedule_id=record["id"])
    return world.schedules.put({**record, "job_id": job_id})


def fire(world: World, schedule_id: str) -> None:
    """Its time has come. One whose sender or channel is gone meanwhile is called off, and says why."""
    record = world.schedules.get(schedule_id)
    try:
        _send(world, record)
    except Refusal as no:
        world.schedules.put({**record, "job_id": None, "status": "deleted", "error": no.message})
    else:
        world.schedules.put({**record, "job_id": None, "status": "sent"})


def _send(world: World, record: Record) -> None:
    user = world.users.get(record["user_id"])
    check_active(user)
    text, media = record["text"], record["media"]
    if record["channel_hashtag"]:
        channel = channel_of(world, record["channel_hashtag"], user["id"])
        whose = {"target_type": "user", "target_id": user["id"], "user_id": user["id"]}
        send_to_channel(world, {**whose, "from_number": record["from_number"]}, channel, text, media)
        return
    line = own_line(world, user, record["from_number"])
    if record["is_bulk"]:
        bulk_messages.check_registered(line)
        bulk_messages.make(world, user["id"], line, record["to_numbers"], record)
    else:
        send_text(world, line, user["id"], record["to_numbers"], text, media)


def send_now(world: World, call: Call) -> Record:
    """Send at once, and delete the schedule. Raises `Refusal` 404 where it is gone, 409 where it was sent."""
    record = _waiting(world, call)
    _send(world, record)
    world.cancel(record["job_id"])
    world.schedules.remove(record["id"])
    return {"success": True, "message": "Message sent.", "schedule_id": record["id"]}


def delete(world: World, call: Call) -> Record:
    """Call it off: it is not sent, and leaves the list."""
    record = _waiting(world, call)
    world.cancel(record["job_id"])
    world.schedules.put({**record, "job_id": None, "status": "deleted"})
    return {"success": True, "message": "Schedule deleted.", "schedule_id": record["id"]}


def get(world: World, call: Call) -> Record:
    """One scheduled message of a user; also one that was sent, or called off."""
    return _own(world, call)


def list_schedules(world: World, call: Call) -> Values:
    """A user's messages that wait, in the order in which they were made."""
    user_id = acting_user(world, call)["id"]
    call = call._replace(body={"limit": bulk_messages.LIMIT, **call.body})

    def wanted(record: Record) -> bool:
        return bool(record["user_id"] == user_id and record["status"] == "active")

    return page(world, call, "schedules", wanted)


def _own(world: World, call: Call) -> Record:
    user = acting_user(world, call)
    record = world.schedules.get(call.path["id"])
    if record["user_id"] != user["id"]:
        raise Refusal(404, f"The user {user['id']} has no schedule with the id {call.path['id'][:80]}.")
    return record


def _waiting(world: World, call: Call) -> Record:
    record = _own(world, call)
    if record["status"] != "active":
        raise Refusal(409, f"id: the schedule {record['id'][:80]} is {record['status']} already.")
    return record


HANDLERS = {
    "schedules.create": create,
    "schedules.list": list_schedules,
    "schedules.get": get,
    "schedules.update": update,
    "schedules.delete": delete,
    "schedules.send_now": send_now,
}
JOBS = {"schedules.fire": fire}
