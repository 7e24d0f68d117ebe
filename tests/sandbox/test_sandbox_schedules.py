"""Scheduled messages: they wait, can be changed and called off, and go out when the clock gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import START
from texting import CHANNEL, MARA, MINE, OUTSIDE, QUEUE, STRANGER, THEIRS, THEO, acting, events, inbox

if TYPE_CHECKING:
    from asking import Client

NOW, HOUR = int(START), 3600
EXAMPLE = "ahBkaWFscGFkLXNjaGVkdWxl"
LATER = {"to_numbers": [STRANGER], "text": "Cupping at three", "start_date": NOW + HOUR}

TO_CHANNEL = {"text": "Hi", "start_date": NOW + HOUR}


def make(client: Client, **more: Any) -> Any:
    return client.ask("POST", "/message/schedule", {**LATER, **more})


def path(schedule: Any) -> str:
    return f"/message/schedule/{schedule['schedule_id']}"


def waiting(client: Client, **more: Any) -> list[str]:
    return [one["schedule_id"] for one in client.ask("GET", "/message/schedule", more)["schedules"]]


def status(client: Client, schedule: Any) -> str:
    return str(client.ask("GET", path(schedule), {})["status"])


def test_it_goes_out_when_its_time_has_come(client: Client) -> None:
    made = make(client)
    assert (made["status"], made["scheduled_time"]) == ("active", str(NOW + HOUR))
    assert (made["from_number"], made["user_id"], made["timezone"]) == (MINE, str(MARA), "US/Pacific")
    assert client.ask("GET", path(made), {}) == made
    client.advance(HOUR - 1)
    assert events(client) == []
    assert made["schedule_id"] in waiting(client)
    client.advance(1)
    [event] = events(client)
    assert (event["to_number"], event["created_date"]) == ([STRANGER], (NOW + HOUR) * 1000)
    client.advance(1)
    assert [text["text"] for text in inbox(client, STRANGER)] == ["Cupping at three"]
    assert status(client, made) == "sent"
    assert made["schedule_id"] not in waiting(client)


def test_what_is_changed_is_what_goes_out(client: Client) -> None:
    made = make(client)
    changes = {"text": "At four", "start_date": NOW + 2 * HOUR, "to_numbers": [OUTSIDE], "timezone": "UTC"}
    changed = client.ask("PATCH", path(made), changes)
    assert changed == {
        **made,
        "text": "At four",
        "scheduled_time": str(NOW + 2 * HOUR),
        "to_numbers": [OUTSIDE],
        "timezone": "UTC",
    }
    client.advance(HOUR + 60)
    assert inbox(client, STRANGER) == inbox(client, OUTSIDE) == []
    client.advance(HOUR)
    assert inbox(client, STRANGER) == []
    assert [text["text"] for text in inbox(client, OUTSIDE)] == ["At four"]
    assert "sent" in client.refused(409, "PATCH", path(made), {"text": "Too late"})


def test_called_off_is_not_sent(client: Client) -> None:
    made = make(client)
    answer = client.ask("DELETE", path(made), {})
    assert (answer["success"], answer["schedule_id"]) == (True, made["schedule_id"])
    assert status(client, made) == "deleted"
    assert made["schedule_id"] not in waiting(client)
    client.advance(2 * HOUR)
    assert inbox(client, STRANGER) == []
    for method, rest in (("DELETE", ""), ("PATCH", ""), ("POST", "/send")):
        client.refused(409, method, path(made) + rest, {})


def test_sent_early_it_is_gone(client: Client) -> None:
    made = make(client)
    answer = client.ask("POST", path(made) + "/send", {})
    assert (answer["success"], answer["schedule_id"]) == (True, made["schedule_id"])
    client.advance(2 * HOUR)
    assert len(inbox(client, STRANGER)) == 1
    client.refused(404, "POST", path(made) + "/send", {})
    client.refused(404, "GET", path(made), {})


def test_as_a_bulk_message(client: Client) -> None:
    made = make(client, is_bulk=True, to_numbers=[STRANGER, OUTSIDE])
    client.advance(HOUR + 10)
    assert status(client, made) == "sent"
    [bulk, _] = client.ask("GET", "/message/bulk", {})["bulk_messages"]
    assert (bulk["status"], bulk["text"], bulk["num_recipients"]) == ("complete", LATER["text"], "2")


def test_a_bulk_message_needs_a_registered_number(client: Client) -> None:
    body = {**LATER, "is_bulk": True, "user_id": THEO}
    assert "A2P" in client.refused(400, "POST", "/message/schedule", body)


def test_to_a_channel(client: Client) -> None:
    name = client.world.channels.get(CHANNEL)["name"]
    made = client.ask("POST", "/message/schedule", {**TO_CHANNEL, "channel_hashtag": "#" + name})
    assert "to_numbers" not in made
    client.advance(HOUR)
    [event] = events(client, "channel")
    assert (event["channel"]["id"], event["text"]) == (CHANNEL, "Hi")


def test_a_channel_in_place_of_numbers(client: Client) -> None:
    client.refused(404, "POST", "/message/schedule", {**TO_CHANNEL, "channel_hashtag": "nowhere"})
    name = client.world.channels.get(CHANNEL)["name"]
    swapped = client.ask("PATCH", path(make(client)), {"channel_hashtag": name})
    assert (swapped["channel_hashtag"], "to_numbers" in swapped) == (name, False)


def test_what_cannot_be_sent_any_more_is_called_off(client: Client) -> None:
    made = make(client, user_id=THEO)
    acting(client, lambda: client.world.users.change(THEO, state="suspended"))
    client.advance(HOUR)
    kept = client.world.schedules.get(made["schedule_id"])
    assert (kept["status"], "suspended" in kept["error"]) == ("deleted", True)
    assert events(client) == []


def test_the_list(client: Client) -> None:
    before = waiting(client)
    assert EXAMPLE in before
    made = [make(client, text=str(number))["schedule_id"] for number in range(24)]
    first = client.ask("GET", "/message/schedule", {})
    assert (len(first["schedules"]), first["has_more"]) == (20, True)
    second = client.ask("GET", "/message/schedule", {"cursor": first["cursor"]})
    assert second["has_more"] is False
    assert [one["schedule_id"] for one in first["schedules"] + second["schedules"]] == before + made
    assert waiting(client, user_id=THEO) == []
    assert waiting(client, limit=1) == before[:1]


def test_another_users_schedule(client: Client) -> None:
    made = make(client, user_id=THEO)
    assert made["from_number"] == THEIRS
    client.refused(404, "GET", path(made), {})
    client.refused(404, "DELETE", path(made), {})
    assert client.ask("GET", path(made), {"user_id": THEO}) == made
    assert waiting(client, user_id=THEO) == [made["schedule_id"]]
    [token] = [key["token"] for key in client.world.keys if key["name"] == "user"]
    client.refused(403, "POST", "/message/schedule", {**LATER, "user_id": MARA}, token=token)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"start_date": NOW + 599}, "start_date"),
        ({"start_date": (NOW + HOUR) * 1000}, "start_date"),
        ({"start_date": None}, "start_date"),
        ({"text": ""}, "text"),
        ({"media": "no base64!"}, "media"),
        ({"to_numbers": []}, "to_numbers"),
        ({"to_numbers": ["4155550123"]}, "to_numbers"),
        ({"to_numbers": [f"+1907555{last:04}" for last in range(100, 151)]}, "to_numbers"),
        ({"channel_hashtag": "news"}, "to_numbers"),
        ({"from_number": THEIRS}, "from_number"),  # another's
        ({"from_number": QUEUE}, "from_number"),  # a group's
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
    ],
)
def test_what_is_refused(client: Client, body: Any, named: str) -> None:
    before = len(client.world.schedules)
    assert client.refused(400, "POST", "/message/schedule", {**LATER, **body}).startswith(named)
    assert len(client.world.schedules) == before


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"start_date": NOW - 1}, "start_date"),
        ({"to_numbers": []}, "to_numbers"),
        ({"to_numbers": ["12"]}, "to_numbers"),
        ({"to_numbers": [OUTSIDE], "channel_hashtag": "x"}, "to_numbers"),
        ({"text": ""}, "text"),
        ({"from_number": THEIRS}, "from_number"),
        ({"timezone": "nowhere"}, "timezone"),
    ],
)
def test_what_a_change_refuses(client: Client, body: Any, named: str) -> None:
    made = make(client)
    assert client.refused(400, "PATCH", path(made), body).startswith(named)
    assert client.ask("GET", path(made), {}) == made


def test_ten_minutes_ahead_is_enough(client: Client) -> None:
    made = make(client, start_date=NOW + 600)
    client.ask("PATCH", path(made), {"start_date": NOW + 1})
    client.advance(2)
    assert len(inbox(client, STRANGER)) == 1
