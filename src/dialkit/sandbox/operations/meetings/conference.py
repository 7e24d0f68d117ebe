"""Rooms on the web where meetings take place, and the meetings that took place in them.

Every active user has a room of their own. It is made of the user when it is asked for, so it follows a change
of name; the table holds rooms with an id or address of another kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.http.files import MAKERS, File, address
from dialkit.sandbox.resource import page, page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

DIAL_IN = "+15035550150"  # one number for all rooms, as in the document's examples; the PIN tells them apart
WORDS = ("Let us begin.", "That works for me.", "Who takes this one?", "I will send the list.", "Next point.")


def room_of(world: World, user: Record) -> Record:
    """The room of a user."""
    for kept in world.conference_rooms.where("user", user["id"]):
        return kept
    name = user.get("display_name") or "Guest"
    return {
        "id": str(6_000_000_000_000_000 + world.draw(9 * 10**14, "room of", user["id"])),
        "user_id": user["id"],
        "display_name": name,
        "email": next(iter(user.get("emails") or ()), None),
        "company_name": world.company.get("name"),
        "number": DIAL_IN,
        "path": address_of(world, user, name, user["id"]),
    }


def address_of(world: World, user: Record, title: str, about: object) -> str:
    """A web address for what has that title; the same title again gets another."""
    domain = next(iter(user.get("emails") or ()), "").rpartition("@")[2] or "company.example"
    words = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "meeting"
    return f"https://meetings.{domain}/{words}-{1000 + world.draw(9000, 'address', about)}"


def list_rooms(world: World, call: Call) -> Values:
    """Rooms of active users, and shared ones, which the table holds without a user."""
    shared = [room for room in world.conference_rooms if room.get("user_id") is None]
    users = [user for user in world.users if user.get("state") == "active"]
    return page_of(world, call, "rooms", [*users, *shared], _show_room)


def _show_room(world: World, record: Record) -> Record:
    return record if "path" in record else room_of(world, record)


def list_meetings(world: World, call: Call) -> Values:
    """Meetings that were held, the last one first."""
    wanted = call.query.get("room_id")

    def held(record: Record) -> bool:
        return wanted in (None, record["room_id"])

    return page(world, call, "conference_meetings", held, show=_show_meeting, newest=True)


def _show_meeting(world: World, record: Record) -> Record:
    """A meeting held; its sound and text can be fetched here, unless it came with addresses of its own."""
    shown = dict(record)
    if record.get("recorded"):
        size = f"{len(_sound()) / 1024:.1f}KB"
        sound = {"url": address(world, "meetings", f"{record['id']}.wav"), "size": size}
        shown["recordings"] = [sound]
        shown["transcript_url"] = address(world, "meetings", f"{record['id']}.txt")
    return shown


def hold(world: World, meeting: Record) -> Record:
    """A planned meeting took place: about as long as planned, with those who were invited."""
    meeting_id = world.new_id()
    late = min(world.draw(60, "late", meeting_id), (meeting["end"] - meeting["start"]) // 2)
    length = meeting["end"] - meeting["start"] - late
    people = [_came(world, meeting, person, meeting_id, length) for person in meeting["participants_info"]]
    host = world.users.find(meeting["user_id"]) or {}
    return world.conference_meetings.put(
        {
            "id": str(meeting_id),
            "title": meeting["title"],
            "room_id": room_of(world, host)["id"] if host else None,
            "user_id": meeting["user_id"],
            "scheduled_id": meeting["id"],
            "host_name": host.get("display_name"),
            "start_time": world.stamp(meeting["start"] + late),
            "end_time": world.stamp(meeting["end"]),
            "duration_ms": length * 1000,
            "participants": people,
            "recorded": world.draw(2, "recorded", meeting_id) == 0,
            "recordings": [],
            "video_recordings": [],
            "screenshares": shares(world, meeting_id, meeting["user_id"], meeting["start"] + late, length),
        }
    )


def _came(world: World, meeting: Record, person: Record, meeting_id: int, length: int) -> Record:
    """Someone who was there: by telephone where the meeting rang them, else with a browser."""
    phone = person.get("phone_number")
    came = {"call_in_method": "phone" if phone and meeting["call_out"] else "browser"}
    if phone:
        came |= {"phone": phone}
    share = 10 + world.draw(30, "talk", meeting_id, person.get("email") or phone or person.get("name"))
    return {**person, **came, "talk_time": length * 10 * share}


def shares(world: World, meeting_id: int, user_id: int, start: float, length: int) -> list[Record]:
    """When the host of a meeting showed their screen: in two of three meetings, for a third of the time."""
    if world.draw(3, "share", meeting_id) == 0:
        return []
    began = start + length // 4
    return [{"user_id": user_id, "start": began * 1000, "end": (began + length // 3) * 1000}]


def read_file(world: World, path: str) -> File:
    """The sound or the text of a meeting. Raises `Refusal` 404."""
    meeting_id, _, kind = path.partition(".")
    record = world.conference_meetings.get(meeting_id)
    if not record.get("recorded") or kind not in ("wav", "txt"):
        raise Refusal(404, f"Nothing is at {path[:80]}.")
    if kind == "wav":
        return File(_sound(), "audio/wav")
    return File("".join(_lines(world, record)).encode(), "text/plain; charset=utf-8")


def _sound() -> bytes:
    """A second of silence: what was said is not kept."""
    samples = bytes(16_000)
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\1\0\1\0" + (8000).to_bytes(4, "little") + (16_000).to_bytes(4, "little") + b"\2\0\x10\0"
    return head + form + b"data" + len(samples).to_bytes(4, "little") + samples


def _lines(world: World, record: Record) -> list[str]:
    people: list[Any] = record["participants"]
    return [
        f"{people[at % len(people)].get('display_name', 'Guest')}: "
        f"{WORDS[world.draw(len(WORDS), 'said', record['id'], at)]}\n"
        for at in range(len(people) * 3)
    ]


HANDLERS: dict[str, Handler] = {
    "conference-rooms.list": list_rooms,
    "conference-meetings.list": list_meetings,
}
MAKERS["meetings"] = read_file
