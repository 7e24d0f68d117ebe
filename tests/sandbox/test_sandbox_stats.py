"""Stats and scorecard exports: asked for, worked out, fetched; what the files tell is what happened."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from asking import START

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
CENTER, DEPARTMENT, TEAM = 5610293847561029, 5728391046572839, 5947302846172839
TODAY = 1_772_668_800  # 2026-03-05T00:00:00Z
HOUR, DAY = 3600, 86_400


def fetch(client: Client, path: str = "/stats", **body: Any) -> list[dict[str, str]]:
    """The rows of the file that a request brings."""
    request_id = client.ask("POST", path, body)["request_id"]
    client.advance(10)
    where = "/stats/" if path == "/stats" else path + "/"
    answer = client.ask("GET", where + request_id)
    assert (answer["status"], answer["file_type"]) == ("complete", "csv")
    status, raw, headers = client.send("GET", answer["download_url"].removeprefix(client.sandbox.url))
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(raw.decode())))


def stats(client: Client, stat_type: str = "calls", export_type: str = "records", **more: Any) -> list[Any]:
    return fetch(client, stat_type=stat_type, export_type=export_type, **more)


def put_call(client: Client, at: float, kind: str = "user", target_id: int = THEO, **more: Any) -> int:
    """A call that ended, `at` seconds since 1970: rang for 8 s, two minutes long unless said otherwise."""
    began, call_id = int(at * 1000), client.world.new_id()
    client.world.calls.put(
        {
            "call_id": call_id,
            "root": call_id,
            "filed": [],
            "target_type": kind,
            "target_id": target_id,
            "target": {"id": str(target_id), "type": kind, "name": "", "phone": None, "email": ""},
            "contact": {"id": None, "type": "local", "name": "", "phone": "+14155550123", "email": ""},
            "direction": "inbound",
            "state": "hangup",
            "external_number": "+14155550123",
            "date_started": began,
            "date_rang": began + 1000,
            "date_connected": began + 9000,
            "date_ended": began + 129_000,
            "duration": 120_000.0,
            "talk_time": 120_000.0,
            "total_duration": 129_000.0,
            "live_user": None,
            "labels": [],
            **more,
        }
    )
    return call_id


@pytest.fixture
def quiet(client: Client) -> Client:
    """A sandbox in which nobody called or wrote yet."""
    for name in ("calls", "texts", "voicemails", "recordings", "grades", "call_dispositions", "duty_log"):
        table = client.world.table(name)
        for record in list(table):
            table.remove(record[table.key])
    return client


# -- requests


def test_a_request_is_worked_out_for_some_seconds(client: Client) -> None:
    body = {"stat_type": "calls", "export_type": "records"}
    made = client.ask("POST", "/stats", body)
    assert made["already_started"] is False
    assert len(made["request_id"]) == 16
    path = f"/stats/{made['request_id']}"
    assert client.ask("GET", path) == {"status": "processing"}
    assert client.send("GET", f"/files/stats/{made['request_id']}.csv")[0] == 404
    assert client.ask("POST", "/stats", body) == {**made, "already_started": True}
    assert client.ask("POST", "/stats", {**body, "days_ago_end": 30}) == {**made, "already_started": True}
    assert client.ask("POST", "/stats", {**body, "days_ago_end": 7})["already_started"] is False
    client.advance(10)
    assert client.ask("GET", path)["download_url"].endswith(f"{made['request_id']}.csv")
    assert client.ask("POST", "/stats", body)["already_started"] is False


def test_a_repeated_request_can_bring_the_same_id_for_an_hour(client: Client) -> None:
    client.world.switches.put({"id": "stats-repeat", "value": "hour"})
    body = {"stat_type": "texts", "export_type": "stats"}
    first = client.ask("POST", "/stats", body)["request_id"]
    client.advance(3000)
    assert client.ask("POST", "/stats", body) == {"request_id": first, "already_started": True}
    client.advance(700)
    assert client.ask("POST", "/stats", body)["request_id"] != first


def test_an_id_is_good_for_an_hour(client: Client) -> None:
    request_id = client.ask("POST", "/stats", {"stat_type": "calls", "export_type": "stats"})["request_id"]
    client.advance(3599)
    client.ask("GET", f"/stats/{request_id}")
    client.advance(2)
    client.refused(404, "GET", f"/stats/{request_id}")
    assert client.send("GET", f"/files/stats/{request_id}.csv")[0] == 404
    client.world.switches.put({"id": "stats-expired", "value": "400"})
    assert "expired" in client.refused(400, "GET", f"/stats/{request_id}")
    client.refused(404, "GET", "/stats/never")


def test_a_request_fails_where_its_target_is_gone_or_it_is_told_to(client: Client) -> None:
    body = {
        "stat_type": "calls",
        "export_type": "stats",
        "target_type": "department",
        "target_id": DEPARTMENT,
    }
    request_id = client.ask("POST", "/stats", body)["request_id"]
    client.world.departments.remove(DEPARTMENT)
    client.advance(10)
    assert client.ask("GET", f"/stats/{request_id}") == {"status": "failed"}
    client.world.switches.put({"id": "stats-result", "value": "failed"})
    request_id = client.ask("POST", "/stats", {"stat_type": "calls", "export_type": "stats"})["request_id"]
    client.advance(10)
    assert client.ask("GET", f"/stats/{request_id}") == {"status": "failed"}


@pytest.mark.parametrize(
    ("change", "status", "start"),
    [
        ({"timezone": "Mars/Olympus"}, 400, "timezone"),
        ({"timezone": "../etc"}, 400, "timezone"),
        ({"days_ago_start": 5, "days_ago_end": 2}, 400, "days_ago_start"),
        ({"days_ago_start": -1}, 400, "days_ago_start"),
        ({"days_ago_end": 10**12}, 400, "days_ago_end"),
        ({"office_id": 5}, 404, "office_id"),
        ({"target_id": 5, "target_type": "user"}, 404, "target_id"),
        ({"target_id": 5, "target_type": "unknown"}, 400, "target_type"),
        ({"target_id": 5}, 400, "target_type"),
        ({"coaching_team": True}, 400, "target_id"),
        ({"coaching_team": True, "target_id": 5, "target_type": "coachingteam"}, 404, "target_id"),
        ({"group_by": "group", "export_type": "stats"}, 400, "group_by"),
        ({"stat_type": "csat"}, 400, "target"),
        ({"stat_type": "dispositions", "target_id": CENTER, "target_type": "callcenter",
          "export_type": "stats"}, 400, "export_type"),
        ({"stat_type": "weather"}, 400, "stat_type"),
    ],
)  # fmt: skip
def test_refusals_by_name(client: Client, change: dict[str, Any], status: int, start: str) -> None:
    body = {"stat_type": "calls", "export_type": "records", **change}
    assert client.refused(status, "POST", "/stats", body).startswith(start)


# -- what the files tell


def test_records_of_calls(quiet: Client) -> None:
    yesterday = TODAY - DAY + 20 * HOUR
    call_id = put_call(quiet, yesterday, labels=["wholesale", "new"], hold_time=30_000.0)
    missed = put_call(quiet, yesterday + 60, date_connected=None, duration=None, talk_time=None)
    out = put_call(quiet, yesterday + 120, direction="outbound", date_connected=None, talk_time=None)
    message = put_call(quiet, yesterday + 180, date_connected=None, talk_time=None, state="voicemail")
    gone = put_call(
        quiet,
        yesterday + 240,
        "callcenter",
        CENTER,
        date_connected=None,
        date_queued=1000 * (yesterday + 243),
    )
    put_call(quiet, yesterday, date_ended=None)  # goes on
    put_call(quiet, TODAY + 60)  # today is not asked for
    rows = {row["call_id"]: row for row in stats(quiet)}
    assert [rows[str(one)]["category"] for one in (call_id, missed, out, message, gone)] == [
        "incoming",
        "missed",
        "cancelled",
        "voicemail",
        "abandoned",
    ]
    assert len(rows) == 5
    row = rows[str(call_id)]
    assert (row["date_started"], row["date_ended"]) == ("2026-03-04 20:00:00", "2026-03-04 20:02:09")
    assert (row["name"], row["email"], row["target_kind"]) == (
        "Theo Banks",
        "theo@larkspur.example",
        "UserProfile",
    )
    assert (row["talk_duration"], row["hold_duration"], row["time_to_answer"]) == ("2", "0.5", "0.13")
    assert (row["labels"], row["categories"]) == ("wholesale,new", "answered,inbound")
    assert rows[str(gone)]["target_kind"] == "CallCenter"
    assert rows[str(missed)]["date_connected"] == ""


def test_days_begin_in_the_time_zone_that_was_asked_for(quiet: Client) -> None:
    late = put_call(quiet, TODAY + 2 * HOUR)  # 18:00 of 4 March in Portland, 02:00 of 5 March in UTC
    assert stats(quiet) == []
    rows = stats(quiet, timezone="America/Los_Angeles")
    assert [(row["call_id"], row["date_started"], row["timezone"]) for row in rows] == [
        (str(late), "2026-03-04 18:00:00", "America/Los_Angeles")
    ]
    assert len(stats(quiet, is_today=True, days_ago_start=9)) == 1
    assert stats(quiet, is_today=True, timezone="America/Los_Angeles") == []
    assert len(stats(quiet, days_ago_start=0, days_ago_end=0)) == 1


def test_the_day_on_which_clocks_are_changed_is_an_hour_shorter(quiet: Client) -> None:
    midnight = TODAY + 3 * DAY + 8 * HOUR  # of 8 March in Portland
    for hours in (-1, 0, 22.9, 23):
        put_call(quiet, midnight + hours * HOUR)
    quiet.advance(5 * DAY)
    asked = {"days_ago_start": 2, "days_ago_end": 2, "timezone": "America/Los_Angeles"}
    rows = stats(quiet, **asked)
    assert [row["date_started"] for row in rows] == ["2026-03-08 00:00:00", "2026-03-08 23:54:00"]


def test_a_period_has_two_ends(quiet: Client) -> None:
    calls = {ago: put_call(quiet, TODAY - ago * DAY + HOUR) for ago in (0, 1, 2, 30, 31)}
    for more, days in (({}, {1, 2, 30}), ({"days_ago_start": 2}, {2, 30}), ({"days_ago_end": 1}, {1})):
        assert {row["call_id"] for row in stats(quiet, **more)} == {str(calls[day]) for day in days}


def test_whose_calls_count(quiet: Client) -> None:
    at = TODAY - DAY + 9 * HOUR
    center = put_call(quiet, at, "callcenter", CENTER)
    group = {"group_type": "callcenter", "group_target": CENTER}
    leg = put_call(quiet, at, entry_point_call_id=center, **group)
    theos, maras = put_call(quiet, at), put_call(quiet, at, target_id=MARA)
    seattle = put_call(quiet, at, "office", SEATTLE)
    for asked, found in (
        ({}, [center, leg, theos, maras, seattle]),
        ({"office_id": PORTLAND}, [center, leg, theos, maras]),
        ({"target_type": "office", "target_id": SEATTLE}, [seattle]),
        ({"target_type": "callcenter", "target_id": CENTER}, [center, leg]),
        ({"target_type": "callcenter", "target_id": CENTER, "office_id": SEATTLE}, [center, leg]),
        ({"target_type": "user", "target_id": THEO}, [leg, theos]),
        ({"target_type": "coachingteam", "target_id": TEAM}, [maras]),
        ({"target_type": "coachingteam", "target_id": TEAM, "coaching_team": True}, []),
    ):
        assert {row["call_id"] for row in stats(quiet, **asked)} == {str(one) for one in found}
    trainee = next(one["user_id"] for one in quiet.world.coaching_members if one["role"] == "trainee")
    own = put_call(quiet, at, target_id=trainee)
    asked = {"target_type": "coachingteam", "target_id": TEAM, "coaching_team": True}
    assert [row["call_id"] for row in stats(quiet, **asked, days_ago_end=2)] == [str(own)]


def test_sums_of_calls(quiet: Client) -> None:
    at = TODAY - DAY + 9 * HOUR
    center = put_call(quiet, at, "callcenter", CENTER, date_queued=int(at * 1000) + 1000)
    put_call(quiet, at, entry_point_call_id=center, group_type="callcenter", group_target=CENTER)
    slow = {"date_connected": int(at * 1000) + 3_000_000, "date_ended": int(at * 1000) + 3_600_000}
    put_call(quiet, at, "callcenter", CENTER, **slow)
    put_call(quiet, at, direction="outbound")
    put_call(quiet, at - DAY, date_connected=None, duration=None, talk_time=None)
    by_day = stats(quiet, export_type="stats", group_by="date")
    assert [(row["date"], row["all_calls"], row["answered"], row["missed"]) for row in by_day] == [
        ("2026-03-03", "1", "0", "1"),
        ("2026-03-04", "3", "2", "0"),  # the agent's leg is not another call
    ]
    assert (by_day[1]["outbound_calls"], by_day[1]["service_level"]) == ("1", "1")
    by_user = stats(quiet, export_type="stats")
    assert [(row["date"], row["name"], row["all_calls"], row["talk_duration"]) for row in by_user] == [
        ("2026-03-03", "Theo Banks", "1", "0"),
        ("2026-03-04", "Theo Banks", "2", "4"),
    ]
    by_group = stats(quiet, export_type="stats", group_by="group", office_id=PORTLAND)
    assert [(row["type"], row["target_id"], row["all_calls"]) for row in by_group] == [
        ("callcenter", str(CENTER), "2")
    ]


def test_texts(quiet: Client) -> None:
    sent = quiet.ask("POST", "/sms", {"user_id": THEO, "to_numbers": ["+14155550123"], "text": "Hello, you"})
    quiet.advance(60)
    rows = stats(quiet, "texts", is_today=True)
    assert [(row["message_id"], row["direction"], row["to_number"], row["name"]) for row in rows] == [
        (sent["id"], "outbound", "+14155550123", "Theo Banks")
    ]
    assert "Hello" not in str(rows)
    assert stats(quiet, "texts", "stats", is_today=True)[0]["sent"] == "1"
    assert stats(quiet, "texts", is_today=True, target_type="user", target_id=MARA) == []
    assert stats(quiet, "texts") == []


def test_voicemails_and_recordings(quiet: Client) -> None:
    at = TODAY - DAY + 9 * HOUR
    call_id = put_call(quiet, at, date_connected=None, state="voicemail")
    sound = {"call_id": call_id, "start_time": int(at * 1000), "duration": 90_000}
    quiet.world.voicemails.put({**sound, "id": 1, "target_type": "user", "target_id": THEO})
    quiet.world.recordings.put({**sound, "id": 2, "recording_type": "callrecording"})
    quiet.world.recordings.put({**sound, "id": 3, "recording_type": "callrecording", "duration": None})
    rows = stats(quiet, "voicemails")
    assert [(row["call_id"], row["duration"], row["email"]) for row in rows] == [
        (str(call_id), "1.5", "theo@larkspur.example")
    ]
    assert [row["id"] for row in stats(quiet, "recordings")] == ["2"]
    for kind in ("voicemails", "recordings"):
        sums = stats(quiet, kind, "stats")
        assert [(row["date"], row["count"], row["duration"]) for row in sums] == [("2026-03-04", "1", "1.5")]


def test_duty(quiet: Client) -> None:
    path = f"/callcenters/operators/{THEO}/dutystatus"
    for on, wait in ((False, 600), (True, 1800), (False, 600), (True, 0)):
        quiet.ask("PATCH", path, {"on_duty": on, "duty_status_reason": "Lunch"})
        quiet.advance(wait)
    rows = stats(quiet, "onduty", is_today=True)
    assert [row["on_duty_status"] for row in rows] == ["unavailable", "available", "unavailable", "available"]
    assert (rows[0]["on_duty_status_reason"], rows[0]["date"]) == ("Lunch", "2026-03-05 17:00:00")
    sums = stats(quiet, "onduty", "stats", is_today=True)
    assert (sums[0]["name"], sums[0]["unavailable"]) == ("Theo Banks", "20")
    assert 30 <= float(sums[0]["on_duty"]) < 31
    assert stats(quiet, "onduty", is_today=True, target_type="user", target_id=MARA) == []
    assert len(stats(quiet, "onduty", is_today=True, target_type="callcenter", target_id=CENTER)) == 4


def test_marks_and_outcomes(quiet: Client) -> None:
    at, target = TODAY - DAY, {"target_type": "callcenter", "target_id": CENTER}
    group = {"group_type": "callcenter", "group_target": CENTER}
    marked, noted = put_call(quiet, at, csat_score="4", **group), put_call(quiet, at, **group)
    quiet.world.call_dispositions.put({"call_id": noted, "disposition": "Order placed", "notes": "12 bags"})
    rows = stats(quiet, "csat", **target)
    assert [(row["call_id"], row["csat_score"]) for row in rows] == [(str(marked), "4")]
    rows = stats(quiet, "dispositions", **target)
    assert [(row["call_id"], row["disposition"], row["notes"]) for row in rows] == [
        (str(noted), "Order placed", "12 bags")
    ]


def test_the_seed_has_something_of_each_kind(client: Client) -> None:
    center = {"target_type": "callcenter", "target_id": CENTER}
    for kind in ("calls", "onduty", "recordings", "screenshare", "texts", "voicemails"):
        assert stats(client, kind), kind
        assert stats(client, kind, "stats"), kind
    assert stats(client, "dispositions", **center)


# -- scorecards


def put_grade(
    client: Client, card: int, user: int, score: int, days_ago: int = 2, grader: int = MARA
) -> None:
    at = START - days_ago * DAY
    question = client.world.scorecards.get(card)["questions"][0]["id"]
    client.world.grades.put(
        {
            "id": client.world.new_id(),
            "scorecard_id": card,
            "call_id": put_call(client, at, target_id=user),
            "call_center_id": CENTER,
            "call_at": int(at * 1000),
            "user_id": user,
            "grader_id": grader,
            "graded_at": at + DAY / 2,
            "answers": [{"question_id": question, "answer": "Yes", "points": score}],
            "score": score,
            "max_score": 10,
        }
    )


def grades(client: Client, kind: str = "calls", **more: Any) -> list[dict[str, str]]:
    return fetch(client, "/scorecards/export", scorecards_type=f"scorecard_export_{kind}", **more)


def test_a_scorecard_export_is_worked_out(client: Client) -> None:
    made = client.ask("POST", "/scorecards/export", {"scorecards_type": "scorecard_export_calls"})
    assert made["status"] == "processing"
    path = f"/scorecards/export/{made['request_id']}"
    assert client.ask("GET", path) == {"status": "processing"}
    client.advance(10)
    answer = client.ask("GET", path)
    assert (answer["status"], answer["reason"]) == ("complete", "Report is ready")
    client.refused(404, "GET", "/scorecards/export/never")


def test_what_scorecard_exports_tell(quiet: Client) -> None:
    card, other = [card["id"] for card in quiet.world.scorecards][:2]
    put_grade(quiet, card, THEO, 8)
    put_grade(quiet, card, INES, 5, grader=THEO)
    put_grade(quiet, other, THEO, 10, days_ago=20)
    rows = grades(quiet)
    assert [(row["agent"], row["grader"], row["score"], row["percent"]) for row in rows] == [
        ("Theo Banks", "Mara Ellison", "8", "80"),
        ("Ines Okafor", "Theo Banks", "5", "50"),
        ("Theo Banks", "Mara Ellison", "10", "100"),
    ]
    for more, count in (
        ({"days_ago_end": 14}, 2),
        ({"scorecard_grader_id": THEO}, 1),
        ({"scorecard_ids": [other]}, 1),
        ({"target_type": "user", "target_id": INES}, 1),
        ({"target_type": "callcenter", "target_id": CENTER}, 3),
        ({"target_type": "office", "target_id": SEATTLE}, 0),
        ({"graded_days_ago_start": 10, "graded_days_ago_end": 25}, 1),
    ):
        assert len(grades(quiet, **more)) == count, more
    questions = grades(quiet, "calls_questions")
    assert [row["points"] for row in questions] == ["8", "5", "10"]
    assert questions[0]["question"] == quiet.world.scorecards.get(card)["questions"][0]["text"]
    board = grades(quiet, "agent_leaderboard")
    assert [(row["rank"], row["name"], row["graded_calls"], row["percent"]) for row in board] == [
        ("1", "Theo Banks", "2", "90"),
        ("2", "Ines Okafor", "1", "50"),
    ]
    assert [row["percent"] for row in grades(quiet, "leaderboard")] == ["100", "65"]
    teams = grades(quiet, "teamgroup_leaderboard")
    assert [(row["id"], row["graded_calls"]) for row in teams] == [(str(CENTER), "3")]


@pytest.mark.parametrize(
    ("change", "status", "start"),
    [
        ({"scorecard_ids": [5]}, 404, "scorecard_ids"),
        ({"scorecard_grader_id": 5}, 404, "scorecard_grader_id"),
        ({"send_to": "nobody"}, 400, "send_to"),
        ({"target_type": "user", "target_id": 5}, 404, "target_id"),
        ({"target_type": "user"}, 400, "target_id"),
        ({"timezone": "Nowhere"}, 400, "timezone"),
        ({"graded_days_ago_start": 5, "graded_days_ago_end": 2}, 400, "graded_days_ago_start"),
        ({"scorecards_type": "everything"}, 400, "scorecards_type"),
    ],
)
def test_scorecard_exports_refuse_by_name(
    client: Client, change: dict[str, Any], status: int, start: str
) -> None:
    body = {"scorecards_type": "scorecard_export_calls", **change}
    assert client.refused(status, "POST", "/scorecards/export", body).startswith(start)
