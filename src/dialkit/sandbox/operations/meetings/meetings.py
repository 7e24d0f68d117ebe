"""Meetings that are planned: once or in a rhythm, moved, called off, and held when their time comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.meetings import conference
from dialkit.sandbox.operations.meetings.rhythms import TIMES, moment_of, rhythm
from dialkit.sandbox.resource import page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

LATEST = 32_503_680_000  # the year 3000: a moment after it was written in milliseconds
OWN = ("title", "start", "end", "duration", "call_out", "participants_info")  # what one occurrence can have


def create(world: World, call: Call) -> Record:
    """Plan a meeting; a second one at the same time is planned as well, as the document says."""
    body = call.body
    user = world.users.find(body["user_id"])
    if user is None:
        raise Refusal(404, f"user_id: no user has the id {body['user_id']}.")
    meeting_id, kind = world.new_id(), body["meeting_type"]
    room = conference.room_of(world, user)
    path = (
        room["path"] if kind == "PERSONAL" else conference.address_of(world, user, body["title"], meeting_id)
    )
    record = {
        "id": str(meeting_id),
        "instance_id": str(world.new_id()),
        "user_id": user["id"],
        "meeting_type": kind,
        "meeting_url": path,
        "dial_in_number": room["number"],
        "organizer_pin": str(10_000 + world.draw(90_000, "organizer pin", meeting_id)),
        "participant_pin": str(10_000 + world.draw(90_000, "participant pin", meeting_id)),
        "is_moderated": kind == "LARGE_MEETING",
        "timezone": "UTC",
        "call_out": False,
        "cancelled": [],
        "changed": {},
        **_planned(world, user, body, []),
    }
    if "recurrence" in body:
        record["recurrence"] = rhythm(body["recurrence"])
    return show(world, keep_meeting(world, record))


def _planned(world: World, user: Record, body: Values, people: list[Record]) -> Record:
    """What a request says of a meeting, or of one occurrence; `people` are those who were invited before."""
    start, end = body["start_datetime"], body["end_datetime"]
    for name in ("start_datetime", "end_datetime"):
        if not 0 <= body[name] < LATEST:
            raise Refusal(400, f"{name}: {str(body[name])[:20]} is no moment in epoch seconds.")
    if end <= start:
        raise Refusal(400, "end_datetime: must be later than start_datetime.")
    if not 0 < body.get("duration", 1) < LATEST:
        raise Refusal(400, f"duration: {str(body['duration'])[:20]} is no length in seconds.")
    invited = body.get("participants_info", [guest for guest in people if not guest["is_organizer"]])
    host = {"name": user.get("display_name"), "email": next(iter(user.get("emails") or ()), None)}
    guests = [guest for guest in invited if not guest.get("email") or guest["email"] != host["email"]]
    planned = {
        "title": body["title"],
        "start": start,
        "end": end,
        "duration": body.get("duration", end - start) * 1000,
        "participants_info": [
            _person(world, host, True),
            *(_person(world, guest, False) for guest in guests),
        ],
    }
    return {**planned, "call_out": body["call_out"]} if "call_out" in body else planned


def _person(world: World, given: Record, organizer: bool) -> Record:
    """Someone invited, as answers show them; a colleague is called what the company calls them."""
    email, phone = given.get("email"), given.get("phone_number", given.get("phone"))
    known = next(iter(world.users.where("email", email.lower())), {}) if email else {}
    name = given.get("name") or given.get("display_name") or known.get("display_name") or email or phone
    shown = {"name": name, "display_name": given.get("display_name") or name, "email": email}
    shown |= {"phone_number": phone, "is_organizer": organizer}
    return {key: value for key, value in shown.items() if value is not None}


def occurrences(record: Record) -> Iterator[tuple[int, Record]]:
    """The times a meeting takes place that were not called off, each with its index, as planned."""
    word = record.get("recurrence")
    for index in range(TIMES if word else 1):
        if index not in record["cancelled"]:
            start = moment_of(record["start"], word, index)
            own = {**record, "start": start, "end": start + record["end"] - record["start"]}
            yield index, {**own, **record["changed"].get(str(index), {})}


def instance_id(world: World, record: Record, index: int) -> str:
    """What names one occurrence: always the same, though the meeting moves."""
    if index == 0:
        return str(record["instance_id"])
    return str(7_000_000_000_000_000 + world.draw(10**15, "occurrence", record["id"], index))


def show(world: World, record: Record, index: int | None = None) -> Record:
    """A meeting as answers show it: one occurrence, or the first that takes place."""
    found = dict(occurrences(record))
    index = next(iter(found), 0) if index is None else index
    one, word = found[index], record.get("recurrence")
    shown = {
        **one,
        "instance_id": instance_id(world, record, index),
        "start_datetime": world.stamp(one["start"]),
        "end_datetime": world.stamp(one["end"]),
    }
    if word:
        shown["recurrence_end_date"] = world.stamp(moment_of(record["start"], word, TIMES))
    return shown


def list_meetings(world: World, call: Call) -> Values:
    """What a user holds or is invited to in a stretch of time, each occurrence by itself, earliest first."""
    query = call.query
    user = world.users.find(query["user_id"])
    if user is None:
        raise Refusal(404, f"user_id: no user has the id {query['user_id']}.")
    after, before = query["start_datetime"], query.get("end_datetime", float("inf"))
    if before <= after:
        raise Refusal(400, "end_datetime: must be later than start_datetime.")
    found = [
        (one["start"], record, index)
        for record in world.meetings
        if _concerns(record, user)
        for index, one in occurrences(record)
        if one["end"] > after and one["start"] < before
    ]
    found.sort(key=lambda row: row[0])
    return page_of(world, call, "meetings", found, lambda _world, row: show(world, row[1], row[2]))


def _concerns(record: Record, user: Record) -> bool:
    mails = user.get("lower_emails") or ()
    return record["user_id"] == user["id"] or any(
        str(person.get("email", "")).lower() in mails for person in record["participants_info"]
    )


def get(world: World, call: Call) -> Record:
    """One meeting."""
    return show(world, _found(world, call, call.query.get("user_id"), guests=True))


def _found(world: World, call: Call, user_id: int | None, guests: bool = False) -> Record:
    """The meeting in the path. Raises `Refusal` 403 where it is none of the user on whose behalf is asked."""
    record = world.meetings.get(call.path["scheduled_conference_id"])
    if user_id is not None:
        user = world.users.find(user_id)
        if user is None:
            raise Refusal(404, f"user_id: no user has the id {user_id}.")
        if record["user_id"] != user_id and not (guests and _concerns(record, user)):
            raise Refusal(403, f"user_id: the meeting is not one of the user {user_id}.")
    return record


def update(world: World, call: Call) -> Record:
    """Move or rename a meeting, or one occurrence. What is left out stays; a list of guests replaces all."""
    body = call.body
    record = _found(world, call, body["user_id"])
    user = world.users.get(record["user_id"])
    if "instance_id" in body:
        return _update_one(world, record, user, body)
    planned = _planned(world, user, body, record["participants_info"])
    if "recurrence" in body:
        planned["recurrence"] = rhythm(body["recurrence"])
    after = {**record, **planned}
    if any(after.get(name) != record.get(name) for name in ("start", "recurrence")):
        after |= {"cancelled": [], "changed": {}}  # a new plan, of which nothing is an exception
    return show(world, keep_meeting(world, after))


def _update_one(world: World, record: Record, user: Record, body: Values) -> Record:
    if "recurrence" in body:
        raise Refusal(400, "recurrence: cannot be changed for one occurrence.")
    for index, one in occurrences(record):
        if instance_id(world, record, index) == body["instance_id"]:
            own = {name: one[name] for name in OWN}
            own |= _planned(world, user, body, one["participants_info"])
            changed = {**record["changed"], str(index): own}
            return show(world, keep_meeting(world, {**record, "changed": changed}), index)
    raise Refusal(404, f"instance_id: no occurrence has the id {body['instance_id'][:80]!r}.")


def delete(world: World, call: Call) -> Record:
    """Call a meeting off, or one occurrence; with the last one the meeting goes."""
    record = _found(world, call, call.query.get("user_id"))
    moment = call.query.get("instance_timestamp")
    if moment is None:
        world.cancel(record["job"])
        world.meetings.remove(record["id"])
        return show(world, record)
    for index, one in occurrences(record):
        if one["start"] == moment:
            after = {**record, "cancelled": [*record["cancelled"], index]}
            keep_meeting(world, after)
            if not dict(occurrences(after)):
                world.meetings.remove(record["id"])
            return show(world, record, index)
    raise Refusal(404, f"instance_timestamp: no occurrence begins at {str(moment)[:20]}.")


def keep_meeting(world: World, record: Record) -> Record:
    """Keep a meeting, and have its next occurrence held when that is over."""
    world.cancel(record.get("job"))
    ends = [(one["end"], index) for index, one in occurrences(record) if one["end"] > world.now]
    job = None
    if ends:
        end, index = min(ends)
        job = world.at(end, "meetings.hold", meeting_id=record["id"], index=index)
    return world.meetings.put({**record, "job": job})


def hold(world: World, meeting_id: str, index: int) -> None:
    """An occurrence is over: it is now among the meetings held, and the next one is waited for."""
    record = world.meetings.get(meeting_id)
    conference.hold(world, dict(occurrences(record))[index])
    keep_meeting(world, {**record, "job": None})


HANDLERS: dict[str, Handler] = {
    "meetings.list": list_meetings,
    "meetings.create": create,
    "meetings.get": get,
    "meetings.update": update,
    "meetings.delete": delete,
}
JOBS = {"meetings.hold": hold}
