"""Workforce metrics: what agents did in a span, by their duty and their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import START

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
CENTER = 5610293847561029
DAY = 86_400
LAST_WEEK = "start=2026-02-23T00:00:00Z&end=2026-02-28T00:00:00Z"
TODAY = "start=2026-03-05T00:00:00Z&end=2026-03-06T00:00:00Z"


def agent(client: Client, user: int = THEO, span: str = TODAY) -> dict[str, Any]:
    (found,) = client.ask("GET", f"/wfm/metrics/agent?{span}&ids={user}")["items"]
    return found


def clear(client: Client) -> None:
    for name in ("duty_log", "calls"):
        table = client.world.table(name)
        for record in list(table):
            table.remove(record[table.key])


def log(client: Client, at: float, status: str, user: int = THEO) -> None:
    number = client.world.count("duty_log")
    on = status != "unavailable"
    client.world.duty_log.put(
        {"id": number, "user_id": user, "at": at, "on_duty": on, "status": status, "reason": None}
    )


def put_call(client: Client, at: float, seconds: float, user: int = THEO, **more: Any) -> None:
    began, call_id = int(at * 1000), client.world.new_id()
    client.world.calls.put(
        {
            "call_id": call_id,
            "root": call_id,
            "filed": [],
            "target_type": "user",
            "target_id": user,
            "direction": "inbound",
            "date_started": began,
            "date_connected": began,
            "date_ended": began + int(seconds * 1000),
            "duration": seconds * 1000.0,
            "total_duration": seconds * 1000.0,
            "live_user": None,
            "labels": [],
            **more,
        }
    )


def test_agents_of_a_working_week(client: Client) -> None:
    agents = client.pages(f"/wfm/metrics/agent?{LAST_WEEK}")
    assert "theo@larkspur.example" in {one["agent"]["email"] for one in agents}
    theo = agent(client, span=LAST_WEEK)
    assert theo["interval"] == {"start": "2026-02-23T00:00:00Z", "end": "2026-02-28T00:00:00Z"}
    assert 30 < theo["scheduled_hours"] <= 37.5
    assert 60 < theo["adherence_score"] <= 100
    assert 0 <= theo["occupancy"] <= 1
    shares = [part["percentage"] for part in theo["dialpad_time_in_status"].values()]
    assert sum(shares) == pytest.approx(1, abs=0.01)


def test_time_in_status_is_what_the_log_says_and_calls_occupy(client: Client) -> None:
    clear(client)
    log(client, START - 4 * 3600, "available")
    log(client, START - 2 * 3600, "wrapup")
    log(client, START - 3600, "unavailable")
    put_call(client, START - 3 * 3600, 600)
    put_call(client, START - 3 * 3600 + 300, 600)  # in part at the same time
    told = agent(client)
    seconds = {name: int(part["seconds"]) for name, part in told["dialpad_time_in_status"].items()}
    assert seconds == {
        "available": 6300,
        "busy": 0,
        "occupied": 900,
        "unavailable": 3600,
        "wrapup": 3600,
    }
    assert told["total_conversations_closed"] == "2"
    assert told["occupancy"] == pytest.approx(4500 / 10_800, abs=0.001)
    assert int(told["actual_occupancy"]["seconds_lost"]) == 6300
    assert told["conversations_closed_per_service_hour"] == pytest.approx(2 / 3, abs=0.01)


def test_adherence_is_the_part_of_the_plan_on_duty(client: Client) -> None:
    clear(client)
    nine = 1_772_730_000  # 2026-03-05, nine in the morning in Portland: now
    log(client, nine, "available")
    client.advance(3600)
    log(client, nine + 3600, "unavailable")
    client.advance(3600)
    told = agent(client)
    assert told["scheduled_hours"] == pytest.approx(2)  # as far as it has come
    assert told["adherence_score"] == pytest.approx(50)
    assert int(told["time_in_adherence"]["seconds"]) == int(told["time_out_of_adherence"]["seconds"]) == 3600


def test_figures_change_with_what_agents_do(client: Client) -> None:
    before = int(agent(client)["dialpad_time_in_status"]["unavailable"]["seconds"])
    path = f"/callcenters/operators/{THEO}/dutystatus"
    client.ask("PATCH", path, {"on_duty": False, "duty_status_reason": "Lunch"})
    client.advance(1800)
    after = int(agent(client)["dialpad_time_in_status"]["unavailable"]["seconds"])
    assert after - before == 1800


def test_a_span_ends_before_its_end(client: Client) -> None:
    clear(client)
    at = 1_772_600_000.0
    put_call(client, at, 60)
    log(client, at - DAY, "available")
    for first, last, count in (("04:53:20", "04:53:21", "1"), ("04:53:19", "04:53:20", "0")):
        span = f"start=2026-03-04T{first}Z&end=2026-03-04T{last}Z"
        assert agent(client, span=span)["total_conversations_closed"] == count


def test_activities(client: Client) -> None:
    clear(client)
    log(client, START - 3600, "available")
    group = {"group_type": "callcenter", "group_target": CENTER}
    put_call(client, START - 3000, 120, labels=["wholesale"], hold_time=5000.0, **group)
    put_call(client, START - 2000, 240, **group)
    put_call(client, START - 1000, 60)
    found = client.ask("GET", f"/wfm/metrics/activity?{TODAY}&ids={THEO}")["items"]
    named = {one["activity"]["name"]: one for one in found}
    center = named[client.world.call_centers.get(CENTER)["name"]]
    assert center["activity"]["type"] == "task"
    assert (center["conversations_opened"], center["conversations_closed"]) == ("2", "2")
    assert (center["conversations_on_hold"], center["conversations_commented_on"]) == ("1", "1")
    assert center["average_conversation_time"] == pytest.approx(3)
    assert named["Own calls"]["conversations_closed"] == "1"
    assert named["Lunch"]["activity"]["type"] == "break"


def test_agents_are_named_by_id_or_address(client: Client) -> None:
    path = f"/wfm/metrics/agent?{LAST_WEEK}"
    both = client.ask("GET", f"{path}&ids={THEO},%20{INES}&emails=THEO@larkspur.example")["items"]
    assert [one["agent"]["name"] for one in both] == ["Theo Banks", "Ines Okafor"]
    everybody = client.pages(path)
    assert client.pages(path, size=2) == everybody
    assert len(everybody) > 2


@pytest.mark.parametrize(
    ("query", "status", "start"),
    [
        ("start=2026-03-02T00:00:00Z", 400, "end"),
        ("start=2026-03-02T00:00:00Z&end=2026-03-02T00:00:00Z", 400, "end"),
        ("start=yesterday&end=2026-03-02T00:00:00Z", 400, "start"),
        (f"{TODAY}&ids=theo", 400, "ids"),
        (f"{TODAY}&ids=5", 404, "ids"),
        (f"{TODAY}&emails=nobody@larkspur.example", 404, "emails"),
    ],
)
@pytest.mark.parametrize("kind", ["agent", "activity"])
def test_refusals_by_name(client: Client, kind: str, query: str, status: int, start: str) -> None:
    assert client.refused(status, "GET", f"/wfm/metrics/{kind}?{query}").startswith(start)
