"""Scheduled reports: a plan, and jobs that make the report and announce it when its hour comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from dialkit.sandbox.events.deliveries import deliver
from dialkit.sandbox.events.emit import keep_event
from dialkit.sandbox.events.endpoints import check_endpoint, find_endpoint, shown_endpoint
from dialkit.sandbox.moments import days_in
from dialkit.sandbox.operations.events.subscriptions import check_target, defaults
from dialkit.sandbox.operations.reports import exports, stats
from dialkit.sandbox.reports.period import period_of, zone_of
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LAST_DAY = {"daily": 0, "weekly": 6, "monthly": 30}  # the last `on_day` of each rhythm; the first is 0
WAIT = 10  # seconds from the hour on; the file is complete sooner
# What an export of stats is asked for each kind of report.
ASKED = {
    "call_logs": {"stat_type": "calls", "export_type": "records"},
    "recordings": {"stat_type": "recordings", "export_type": "records"},
    "voicemails": {"stat_type": "voicemails", "export_type": "records"},
    "daily_statistics": {"stat_type": "calls", "export_type": "stats", "group_by": "date"},
    "user_statistics": {"stat_type": "calls", "export_type": "stats", "group_by": "user"},
}
TOLD = ("id", "name", "report_type", "frequency", "on_day", "at", "timezone", "coaching_group")
WEEK_BEGINS = {"monday": 0, "sunday": 6}


def settle_report(world: World, report: Record, before: Record | None) -> Record:
    """Check a plan, and have its next run done instead of the one it had."""
    check_endpoint(world, report["endpoint_id"])
    check_target(world, report)
    _zone(report)
    last = LAST_DAY[report["frequency"]]
    if report["on_day"] > last:
        told = f"0 to {last}" if last else "0"
        raise Refusal(
            400, f"on_day: must be {told} for a {report['frequency']} report; got {report['on_day']}."
        )
    world.cancel((before or {}).get("job"))
    return _plan(world, report)


def change(world: World, call: Call) -> Record:
    """A plan with what was sent; what has a default and is left out goes back to it."""
    return REPORTS.change(world, call._replace(body={**defaults(call), **call.body}))


def leave_report(world: World, report: Record) -> None:
    """Have it run no more."""
    world.cancel(report.get("job"))


def run(world: World, report_id: int) -> None:
    """The job: have the file of a report made, to be announced when it is complete, and plan the next run."""
    report = world.schedule_reports.get(report_id)
    today = datetime.fromtimestamp(world.now, _zone(report)).date()
    before = datetime.fromtimestamp(_turn(world, report, world.now, -1), _zone(report)).date()
    about = ("target_type", "target_id", "coaching_group", "timezone")
    asked = {
        **stats.DEFAULTS,
        **ASKED[report["report_type"]],
        **{name: report[name] for name in about if report.get(name)},
        "days_ago_end": (today - before).days,
    }
    export = exports.begin(world, "stats", asked)
    world.later(stats.LIFE, "stats.expire", request_id=export["id"])
    world.later(WAIT, "schedule_reports.announce", report_id=report_id, request_id=export["id"])
    world.schedule_reports.put(_plan(world, report))


def announce(world: World, report_id: int, request_id: str) -> None:
    """The job: tell the endpoint that a report is there.

    What such an event holds is not documented: this is the plan, the time it covers, and where its file is.
    """
    report, export = world.schedule_reports.get(report_id), world.stats.get(request_id)
    period = period_of(export["asked"], export["asked_at"])
    made = exports.show(world, "stats", export)
    payload = {
        **{name: report.get(name) for name in TOLD},
        "target": {"id": report.get("target_id"), "type": report.get("target_type")},
        "date_start": period.start,
        "date_end": period.end,
        "event_timestamp": world.milliseconds(),
        **{name: made.get(name) for name in ("status", "reason", "download_url", "file_type")},
    }
    event = keep_event(world, "report", payload)
    if find_endpoint(world, report["endpoint_id"]) is not None:
        deliver(world, event, report["endpoint_id"], payload)


def show(world: World, report: Record) -> Record:
    """A plan with its webhook or websocket; neither where that is gone."""
    return {**report, **shown_endpoint(world, report["endpoint_id"])}


def _plan(world: World, report: Record) -> Record:
    """The plan with the job of its next run; none where it is switched off."""
    if not report["enabled"]:
        return {**report, "job": None}
    moment = _turn(world, report, world.now, 1)
    return {**report, "job": world.at(moment, "schedule_reports.run", report_id=report["id"])}


def _turn(world: World, report: Record, moment: float, step: int) -> float:
    """The next moment of a plan after a moment, or with a `step` of -1 the last before it."""
    zone = _zone(report)
    day = datetime.fromtimestamp(moment, zone).date()
    while True:  # a month at most, and a few days
        there = datetime(day.year, day.month, day.day, report["at"], tzinfo=zone).timestamp()
        if (there - moment) * step > 0 and _falls(world, report, day):
            return there
        day += timedelta(days=step)


def _falls(world: World, report: Record, day: date) -> bool:
    """Whether a plan runs on a day; a month too short for it has its last day instead."""
    if report["frequency"] == "weekly":
        begins = WEEK_BEGINS[world.switch("report-week")]
        return bool((day.weekday() - begins) % 7 == report["on_day"])
    if report["frequency"] == "monthly":
        last = days_in(day.year, day.month)
        return bool(day.day == min(report["on_day"] + 1, last))
    return True


def _zone(report: Record) -> tzinfo:
    """The clock of a plan, UTC where it names none. Raises `Refusal` 400."""
    return zone_of(report.get("timezone") or "UTC")


REPORTS = Resource(
    "schedule_reports",
    lists=("schedule_reports.list",),
    gets="schedule_reports.get",
    makes="schedule_reports.create",
    deletes="schedule_reports.delete",
    fresh={"enabled": True, "coaching_group": False},
    settle=settle_report,
    leave=leave_report,
    show=show,
)
HANDLERS = {**REPORTS.handlers(), "schedule_reports.update": change}
JOBS = {"schedule_reports.run": run, "schedule_reports.announce": announce}
