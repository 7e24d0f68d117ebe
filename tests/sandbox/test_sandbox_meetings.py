"""Meetings: planned, repeated, moved and called off one by one, and held when their time comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import START

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
EXAMPLE = 6347281950637182
WEEK = 7 * 86_400
SOON = int(START) + 3600  # 2026-03-05T18:00:00


def plan(client: Client, **more: Any) -> dict[str, Any]:
    body = {"user_id": MARA, "title": "Cupping", "meeting_type": "UNIQUE_MEETING", **times(SOON)}
    return client.ask("POST", "/meetings", {**body, **more})


def times(start: int, minutes: int = 30) -> dict[str, int]:
    return {"start_datetime": start, "end_datetime": start + 60 * minutes}


def listed(client: Client, user: int = MARA, start: int = SOON, end: int | None = None) -> list[Any]:
    window = f"&end_datetime={end}" if end else ""
    return client.pages(f"/meetings?user_id={user}&start_datetime={start}{window}", "data")


def test_a_meeting_is_planned_read_moved_and_called_off(client: Client) -> None:
    guests = [{"name": "Priya Nair", "email": "priya@copperpot.example"}, {"phone_number": "+14155550123"}]
    made = plan(client, participants_info=guests, call_out=True)
    assert (made["start_datetime"], made["end_datetime"]) == ("2026-03-05T18:00:00", "2026-03-05T18:30:00")
    assert (made["duration"], made["timezone"], made["call_out"]) == ("1800000", "UTC", True)
    assert [person["is_organizer"] for person in made["participants_info"]] == [True, False, False]
    assert made["participants_info"][0]["email"] == "mara@larkspur.example"
    assert made["organizer_pin"].isdecimal()
    assert made["organizer_pin"] != made["participant_pin"]
    path = f"/meetings/{made['id']}"
    assert client.ask("GET", path) == made
    later = {"user_id": MARA, "title": "Cupping II", **times(SOON + 600, 45)}
    moved = client.ask("PUT", path, later)
    assert (moved["title"], moved["start_datetime"]) == ("Cupping II", "2026-03-05T18:10:00")
    assert (moved["duration"], moved["call_out"]) == ("2700000", True)  # length as planned; the rest stays
    assert moved["participants_info"] == made["participants_info"]
    assert moved["instance_id"] == made["instance_id"]
    alone = client.ask("PUT", path, {**later, "participants_info": []})
    assert len(alone["participants_info"]) == 1
    assert client.ask("DELETE", path) == alone
    client.refused(404, "GET", path)
    client.refused(404, "DELETE", path)


def test_a_repeated_request_plans_a_second_meeting(client: Client) -> None:
    first, second = plan(client), plan(client)
    assert first["id"] != second["id"]
    assert first["meeting_url"] != second["meeting_url"]
    assert {first["id"], second["id"]} <= {one["id"] for one in listed(client)}


def test_a_personal_meeting_is_in_the_user_s_own_room(client: Client) -> None:
    rooms = {room["email"]: room["path"] for room in client.pages("/conference/rooms")}
    assert plan(client, meeting_type="PERSONAL")["meeting_url"] == rooms["mara@larkspur.example"]
    assert plan(client)["meeting_url"] not in rooms.values()
    assert plan(client, meeting_type="LARGE_MEETING")["is_moderated"] is True


def test_a_colleague_is_called_by_the_company_s_name_and_finds_the_meeting(client: Client) -> None:
    made = plan(
        client, participants_info=[{"email": "Theo@larkspur.example"}, {"email": "mara@larkspur.example"}]
    )
    assert [person["name"] for person in made["participants_info"]] == ["Mara Ellison", "Theo Banks"]
    assert made["id"] in {one["id"] for one in listed(client, THEO)}
    assert made["id"] not in {one["id"] for one in listed(client, INES)}
    client.ask("GET", f"/meetings/{made['id']}?user_id={THEO}")
    assert "user_id" in client.refused(403, "GET", f"/meetings/{made['id']}?user_id={INES}")
    assert "user_id" in client.refused(403, "DELETE", f"/meetings/{made['id']}?user_id={THEO}")
    body = {"user_id": THEO, "title": "Mine now", **times(SOON)}
    assert "user_id" in client.refused(403, "PUT", f"/meetings/{made['id']}", body)


def test_a_list_is_of_a_stretch_of_time(client: Client) -> None:
    made = plan(client)
    for start, end, there in (
        (SOON, None, True),
        (SOON + 1799, None, True),
        (SOON + 1800, None, False),
        (SOON - 600, SOON, False),
        (SOON - 600, SOON + 1, True),
    ):
        assert (made["id"] in {one["id"] for one in listed(client, MARA, start, end)}) is there
    found = [one["start_datetime"] for one in listed(client, MARA, 0)]
    assert found == sorted(found)
    assert "end_datetime" in client.refused(
        400, "GET", f"/meetings?user_id={MARA}&start_datetime=5&end_datetime=5"
    )
    assert "user_id" in client.refused(404, "GET", "/meetings?user_id=5&start_datetime=5")


def test_a_weekly_meeting_has_occurrences_with_ids_of_their_own(client: Client) -> None:
    made = plan(client, title="Weekly cupping", recurrence="Weekly")
    assert (made["recurrence"], made["recurrence_end_date"]) == ("weekly", "2026-06-04T18:00:00")
    found = [one for one in listed(client) if one["id"] == made["id"]]
    assert [one["start_datetime"][:10] for one in found[:3]] == ["2026-03-05", "2026-03-12", "2026-03-19"]
    assert len({one["instance_id"] for one in found}) == len(found) == 13
    small = client.pages(f"/meetings?user_id={MARA}&start_datetime={SOON}", "data", size=5)
    assert [one["instance_id"] for one in small] == [one["instance_id"] for one in listed(client)]


@pytest.mark.parametrize(
    ("word", "second", "last"),
    [("daily", "2026-02-01", "2026-02-12"), ("monthly", "2026-02-28", "2027-01-31")],
)
def test_rhythms(client: Client, word: str, second: str, last: str) -> None:
    start = 1_769_853_600  # 2026-01-31T10:00:00
    made = plan(client, recurrence=word, **times(start))
    found = [one["start_datetime"][:10] for one in listed(client, MARA, 0) if one["id"] == made["id"]]
    assert (found[0], found[1], found[-1]) == ("2026-01-31", second, last)


def test_one_occurrence_is_moved(client: Client) -> None:
    made = plan(client, recurrence="weekly")
    second = [one for one in listed(client) if one["id"] == made["id"]][1]
    body = {"user_id": MARA, "title": "Once elsewhere", **times(SOON + WEEK + 7200)}
    moved = client.ask("PUT", f"/meetings/{made['id']}", {**body, "instance_id": second["instance_id"]})
    assert (moved["instance_id"], moved["title"]) == (second["instance_id"], "Once elsewhere")
    titles = [one["title"] for one in listed(client) if one["id"] == made["id"]]
    assert titles.count("Once elsewhere") == 1
    assert len(titles) == 13
    renamed = {"user_id": MARA, "title": "All", **times(SOON)}
    client.ask("PUT", f"/meetings/{made['id']}", renamed)  # the exception stays
    assert [one["title"] for one in listed(client) if one["id"] == made["id"]].count("All") == 12
    client.ask("PUT", f"/meetings/{made['id']}", {**renamed, **times(SOON + 60)})  # a new plan
    assert [one["title"] for one in listed(client) if one["id"] == made["id"]].count("All") == 13
    assert "instance_id" in client.refused(
        404, "PUT", f"/meetings/{made['id']}", {**body, "instance_id": "5"}
    )
    both = {**body, "instance_id": second["instance_id"], "recurrence": "daily"}
    assert "recurrence" in client.refused(400, "PUT", f"/meetings/{made['id']}", both)


def test_one_occurrence_is_called_off(client: Client) -> None:
    made = plan(client, recurrence="weekly")
    path = f"/meetings/{made['id']}"
    gone = client.ask("DELETE", f"{path}?instance_timestamp={SOON + WEEK}")
    assert gone["start_datetime"] == "2026-03-12T18:00:00"
    left = [one["start_datetime"][:10] for one in listed(client) if one["id"] == made["id"]]
    assert left[:2] == ["2026-03-05", "2026-03-19"]
    assert "instance_timestamp" in client.refused(404, "DELETE", f"{path}?instance_timestamp={SOON + WEEK}")
    client.ask("DELETE", f"{path}?instance_timestamp={SOON}")
    assert client.ask("GET", path)["start_datetime"] == "2026-03-19T18:00:00"  # the first that takes place


def test_with_its_only_occurrence_a_meeting_goes(client: Client) -> None:
    made = plan(client)
    client.ask("DELETE", f"/meetings/{made['id']}?instance_timestamp={SOON}")
    client.refused(404, "GET", f"/meetings/{made['id']}")


def test_a_meeting_is_held_when_its_time_comes(client: Client) -> None:
    guests = [{"name": "Priya", "email": "priya@copperpot.example", "phone_number": "+14155550123"}]
    made = plan(client, title="Held soon", call_out=True, participants_info=guests)
    assert "Held soon" not in {one["title"] for one in client.pages("/conference/meetings")}
    client.advance(3600 + 1801)
    held = client.ask("GET", "/conference/meetings")["items"][0]  # the last one first
    assert (held["title"], held["host_name"]) == ("Held soon", "Mara Ellison")
    assert held["end_time"] == made["end_datetime"]
    assert made["start_datetime"] <= held["start_time"] < made["end_datetime"]
    assert int(held["duration_ms"]) <= 1_800_000
    assert [person["call_in_method"] for person in held["participants"]] == ["browser", "phone"]
    assert all(int(person["talk_time"]) > 0 for person in held["participants"])


def test_each_occurrence_is_held_but_those_called_off(client: Client) -> None:
    made = plan(client, title="Every week", recurrence="weekly")
    client.ask("DELETE", f"/meetings/{made['id']}?instance_timestamp={SOON + WEEK}")
    client.advance(3 * WEEK)
    held = [one for one in client.pages("/conference/meetings") if one["title"] == "Every week"]
    assert [one["end_time"][:10] for one in held] == ["2026-03-19", "2026-03-05"]


def test_a_meeting_called_off_or_over_before_it_was_planned_is_not_held(client: Client) -> None:
    before = len(client.world.conference_meetings)
    client.ask("DELETE", f"/meetings/{plan(client, title='Called off')['id']}")
    plan(client, title="Long ago", **times(int(START) - 86_400))
    client.advance(3600 + 1801)
    titles = {one["title"] for one in client.pages("/conference/meetings")}
    assert len(client.world.conference_meetings) >= before
    assert not titles & {"Called off", "Long ago"}


def test_recordings_of_meetings_can_be_fetched(client: Client) -> None:
    recorded = [one for one in client.world.conference_meetings if one.get("recorded")]
    shown = {one["id"]: one for one in client.pages("/conference/meetings")}
    assert recorded
    one = shown[recorded[0]["id"]]
    sound = one["recordings"][0]["url"].removeprefix(client.sandbox.url)
    status, raw, headers = client.send("GET", sound)
    assert (status, raw[:4], headers["content-type"]) == (200, b"RIFF", "audio/wav")
    status, raw, _ = client.send("GET", one["transcript_url"].removeprefix(client.sandbox.url))
    assert (status, raw.decode().partition(":")[0]) == (200, one["host_name"])
    assert client.send("GET", "/files/meetings/5.wav")[0] == 404


def test_every_active_user_has_a_room_and_meetings_are_found_by_it(client: Client) -> None:
    rooms = {room["email"]: room for room in client.pages("/conference/rooms", size=5)}
    active = [user for user in client.world.users if user["state"] == "active"]
    assert {user["emails"][0] for user in active} == rooms.keys()
    assert len({room["id"] for room in rooms.values()}) == len({room["path"] for room in rooms.values()})
    mara = rooms["mara@larkspur.example"]
    assert (mara["id"], mara["company_name"]) == ("6310294857361028", "Larkspur Coffee")
    held = client.pages(f"/conference/meetings?room_id={mara['id']}")
    assert {one["host_name"] for one in held} == {"Mara Ellison"}
    assert len(held) < len(client.pages("/conference/meetings"))
    assert client.ask("GET", "/conference/meetings?room_id=5")["items"] == []


def test_meetings_held_are_over(client: Client) -> None:
    now = client.world.stamp()
    found = client.pages("/conference/meetings")
    assert len(found) > 4
    assert all(one["start_time"] < one["end_time"] <= now for one in found)


@pytest.mark.parametrize(
    ("change", "status", "start"),
    [
        ({"user_id": 5}, 404, "user_id"),
        ({"end_datetime": SOON}, 400, "end_datetime"),
        ({"start_datetime": SOON * 1000, "end_datetime": SOON * 1000 + 5}, 400, "start_datetime"),
        ({"start_datetime": -1}, 400, "start_datetime"),
        ({"duration": 0}, 400, "duration"),
        ({"recurrence": "now and then"}, 400, "recurrence"),
        ({"meeting_type": "PICNIC"}, 400, "meeting_type"),
        ({"title": None}, 400, "title"),
    ],
)
def test_planning_refuses_by_name(client: Client, change: dict[str, Any], status: int, start: str) -> None:
    body = {"user_id": MARA, "title": "Cupping", "meeting_type": "UNIQUE_MEETING", **times(SOON)}
    assert client.refused(status, "POST", "/meetings", {**body, **change}).startswith(start)


def test_scopes_are_needed(client: Client) -> None:
    narrow = next(key["token"] for key in client.world.keys if key["name"] == "narrow")
    assert "conference:all" in client.refused(403, "GET", f"/meetings/{EXAMPLE}", token=narrow)
    assert "conference:read" in client.refused(403, "GET", "/conference/rooms", token=narrow)
