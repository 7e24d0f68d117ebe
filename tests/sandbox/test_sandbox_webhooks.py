"""Webhooks, and scheduled reports, which go to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from receiving import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Client

WEBHOOK, WEBSOCKET, REPORT = 6238475910283746, 6239586021394857, 6348794052687931
PLAN = {"name": "Calls", "report_type": "call_logs", "frequency": "daily", "on_day": 0, "at": 7}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def test_webhooks_are_made_and_changed(client: Client) -> None:
    made = client.ask("POST", "/webhooks", {"hook_url": "https://a.example/x"})
    assert made.keys() == {"id", "hook_url"}
    path = f"/webhooks/{made['id']}"
    signature = {"algo": "HS256", "secret": "s3", "type": "jwt"}
    assert client.ask("PATCH", path, {"secret": "s3"}) == {**made, "signature": signature}
    moved = client.ask("PATCH", path, {"hook_url": "http://127.0.0.1:9/y"})
    assert moved == {"id": made["id"], "hook_url": "http://127.0.0.1:9/y", "signature": signature}
    assert [hook["id"] for hook in client.pages("/webhooks")] == [str(WEBHOOK), made["id"]]
    assert client.ask("DELETE", path)["signature"] == signature
    client.refused(404, "GET", path)


@pytest.mark.parametrize(
    "url", ["", "hooks", "ftp://a.example", "http://", "https://a.example/ b", "http://[", "http://a:99999/"]
)
def test_a_webhook_is_at_a_web_address(client: Client, url: str) -> None:
    assert client.refused(400, "POST", "/webhooks", {"hook_url": url}).startswith("hook_url: ")
    assert client.refused(400, "PATCH", f"/webhooks/{WEBHOOK}", {"hook_url": url}).startswith("hook_url: ")


# -- scheduled reports


def plan(client: Client, receiver: Receiver, **fields: Any) -> Any:
    hook = client.ask("POST", "/webhooks", {"hook_url": receiver.url})
    return client.ask("POST", "/schedulereports", {**PLAN, "endpoint_id": int(hook["id"]), **fields})


def test_a_plan_is_made_changed_and_deleted(client: Client) -> None:
    made = client.ask("POST", "/schedulereports", {**PLAN, "endpoint_id": WEBSOCKET})
    assert made["websocket"]["id"] == str(WEBSOCKET)
    assert (made["enabled"], made["coaching_group"], "webhook" in made) == (True, False, False)
    path = f"/schedulereports/{made['id']}"
    weekly = {**PLAN, "frequency": "weekly", "on_day": 6, "endpoint_id": WEBHOOK}
    changed = client.ask("PATCH", path, weekly)
    assert (changed["frequency"], changed["on_day"], changed["webhook"]["id"]) == (
        "weekly",
        "6",
        str(WEBHOOK),
    )
    assert [report["id"] for report in client.pages("/schedulereports")] == [str(REPORT), made["id"]]
    assert client.ask("DELETE", path) == changed
    client.refused(404, "GET", path)


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"on_day": 1}, 400, "on_day"),
        ({"frequency": "weekly", "on_day": 7}, 400, "on_day"),
        ({"timezone": "Nowhere/At_All"}, 400, "timezone"),
        ({"timezone": "../etc"}, 400, "timezone"),
        ({"timezone": "America"}, 400, "timezone"),
        ({"endpoint_id": 1}, 404, "endpoint_id"),
        ({"target_type": "user", "target_id": 1}, 404, "target_id"),
        ({"target_id": 1}, 400, "target_type"),
        ({"at": 24}, 400, "at"),
    ],
)
def test_what_a_plan_may_not_say(client: Client, fields: Any, status: int, field: str) -> None:
    body = {**PLAN, "endpoint_id": WEBHOOK, **fields}
    assert field in client.refused(status, "POST", "/schedulereports", body)


@pytest.mark.parametrize(
    ("fields", "days", "expected"),
    [
        # The clock stands at Thursday 2026-03-05, 17:00 UTC.
        ({"at": 7}, 2, ["2026-03-06T07", "2026-03-07T07"]),
        ({"at": 18}, 1, ["2026-03-05T18"]),
        ({"at": 17}, 1, ["2026-03-06T17"]),
        # Pacific time begins summer on 8 March: 7 o'clock is 15:00 UTC before, and 14:00 after.
        (
            {"timezone": "America/Los_Angeles"},
            4,
            [f"2026-03-{day}" for day in ("06T15", "07T15", "08T14", "09T14")],
        ),
        ({"frequency": "weekly", "on_day": 0}, 14, ["2026-03-09T07", "2026-03-16T07"]),
        ({"frequency": "weekly", "on_day": 3, "at": 17}, 8, ["2026-03-12T17"]),
        ({"frequency": "monthly", "on_day": 0}, 60, ["2026-04-01T07", "2026-05-01T07"]),
        ({"frequency": "monthly", "on_day": 30}, 60, ["2026-03-31T07", "2026-04-30T07"]),
    ],
)
def test_a_report_comes_at_its_hour(
    client: Client, receiver: Receiver, fields: Any, days: int, expected: list[str]
) -> None:
    from datetime import UTC

    made = plan(client, receiver, **fields)
    client.advance(days * 86_400 + 60)
    came = [datetime.fromtimestamp(event["event_timestamp"] / 1000, UTC) for event in receiver.events]
    assert [moment.strftime("%Y-%m-%dT%H") for moment in came] == expected
    assert {moment.minute for moment in came} == {0}
    assert {(event["id"], event["name"]) for event in receiver.events} == {(int(made["id"]), "Calls")}
    for before, after in zip(receiver.events, receiver.events[1:], strict=False):
        assert after["date_start"] == before["date_end"]


@pytest.mark.parametrize(
    "kind", ["call_logs", "recordings", "voicemails", "daily_statistics", "user_statistics"]
)
def test_a_report_says_where_its_file_is(client: Client, receiver: Receiver, kind: str) -> None:
    target = {"target_type": "callcenter", "target_id": 5610293847561029}
    plan(client, receiver, report_type=kind, **target)
    client.advance(86_400)
    [event] = receiver.events
    assert (event["status"], event["file_type"]) == ("complete", "csv")
    assert event["target"] == {"type": "callcenter", "id": 5610293847561029}
    assert event["date_end"] - event["date_start"] == 86_400_000
    client.sandbox.reset()
    plan(client, receiver, report_type=kind, **target, at=18)
    client.advance(3660)
    path = receiver.events[-1]["download_url"].removeprefix(client.sandbox.url)
    status, raw, _ = client.send("GET", path)
    assert status == 200
    assert b"," in raw.splitlines()[0]


def test_a_plan_switched_off_changed_or_deleted_runs_no_more(client: Client, receiver: Receiver) -> None:
    made = plan(client, receiver)
    endpoint = int(made["webhook"]["id"])
    path = f"/schedulereports/{made['id']}"
    client.ask("PATCH", path, {**PLAN, "endpoint_id": endpoint, "enabled": False})
    client.advance(3 * 86_400)
    assert receiver.posts == []
    client.ask("PATCH", path, {**PLAN, "endpoint_id": endpoint, "at": 9})
    client.advance(86_400)
    [event] = receiver.events
    assert event["at"] == 9
    client.ask("DELETE", f"/webhooks/{endpoint}")
    assert "webhook" not in client.ask("GET", path)
    client.advance(86_400)
    client.ask("DELETE", path)
    client.advance(86_400)
    assert len(receiver.posts) == 1


def test_the_first_day_of_the_week_can_be_chosen(client: Client, receiver: Receiver) -> None:
    client.world.switches.put({"id": "report-week", "value": "sunday"})
    plan(client, receiver, frequency="weekly", on_day=0)
    client.advance(4 * 86_400)
    [event] = receiver.events
    assert datetime.fromtimestamp(event["event_timestamp"] / 1000).astimezone().isoweekday() in (6, 7)
