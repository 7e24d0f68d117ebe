"""Stats: what is counted or listed of calls, texts, duty and more, as files; an id is good for an hour.

The file is made when it is fetched, of what happened until it was asked for, so a request costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.reports import exports
from dialkit.sandbox.reports.kinds import report_of
from dialkit.sandbox.reports.period import period_of
from dialkit.sandbox.reports.sheet import sheet
from dialkit.sandbox.reports.whose import whose
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

LIFE = 3600  # seconds from the request on
DEFAULTS = {"days_ago_start": 1, "days_ago_end": 30, "group_by": "user", "timezone": "UTC", "is_today": False}


def create(world: World, call: Call) -> Record:
    """Begin to work out stats; the same request that is under way already is answered with its id."""
    asked = {**DEFAULTS, **call.body}
    if asked["is_today"]:
        asked = {name: value for name, value in asked.items() if not name.startswith("days_ago")}
    _check_group_by(asked)
    period_of(asked, world.now)
    whose(world, asked)
    for record in world.stats.where("sign", exports.sign(asked)):
        if world.switch("stats-repeat") == "hour" or record["status"] == "processing":
            return {"request_id": record["id"], "already_started": True}
    record = exports.begin(world, "stats", asked)
    world.later(LIFE, "stats.expire", request_id=record["id"])
    return {"request_id": record["id"], "already_started": False}


def _check_group_by(asked: Record) -> None:
    by_group = asked["stat_type"] == "calls" and asked["group_by"] == "group"
    office = asked["target_type"] == "office" if "target_type" in asked else "office_id" in asked
    if by_group and not office:
        raise Refusal(400, "group_by: group is for offices only; give an office.")


def get(world: World, call: Call) -> Record:
    """How far a request has come."""
    request_id = str(call.path["id"])
    if world.switch("stats-expired") == "400" and f"stats {request_id}" in world.counters:
        raise Refusal(400, "id: Results have expired.")
    return exports.show(world, "stats", world.stats.get(request_id))


def expire(world: World, request_id: str) -> None:
    """An hour is over: the id and the file are gone."""
    world.stats.remove(request_id)
    world.counters.put({"id": f"stats {request_id}", "value": 1})  # so that it can be said to have expired


def make_file(world: World, record: Record) -> bytes:
    """The file of a request."""
    asked = record["asked"]
    report = report_of(asked["stat_type"], asked["export_type"], asked["group_by"])
    period = period_of(asked, record["asked_at"])
    return sheet(report.columns, report.rows(world, period, whose(world, asked)))


exports.serve("stats", "stats", make_file, lambda world, record: whose(world, record["asked"]))
HANDLERS: dict[str, Handler] = {"stats.create": create, "stats.get": get}
JOBS = {"stats.expire": expire}
