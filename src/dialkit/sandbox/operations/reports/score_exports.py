"""Reports on graded calls, as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.sandbox.operations.reports import exports
from dialkit.sandbox.reports.grades import KINDS
from dialkit.sandbox.reports.period import period_of
from dialkit.sandbox.reports.sheet import sheet
from dialkit.sandbox.reports.whose import whose
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def create(world: World, call: Call) -> Record:
    """Begin a report. Nothing is mailed: `send_to` is kept with the request, to look at."""
    body = call.body
    period_of(body, world.now)
    if any(name.startswith("graded_") for name in body):
        period_of(body, world.now, "graded_")
    whose(world, body)
    for scorecard_id in body.get("scorecard_ids", ()):
        if scorecard_id not in world.scorecards:
            raise Refusal(404, f"scorecard_ids: no scorecard has the id {scorecard_id}.")
    if "scorecard_grader_id" in body and body["scorecard_grader_id"] not in world.users:
        raise Refusal(404, f"scorecard_grader_id: no user has the id {body['scorecard_grader_id']}.")
    if "send_to" in body and not MAIL.fullmatch(body["send_to"]):
        raise Refusal(400, f"send_to: {body['send_to'][:80]!r} is no e-mail address.")
    record = exports.begin(world, "score_exports", body)
    return {"request_id": record["id"], "status": record["status"]}


def get(world: World, call: Call) -> Record:
    """How far a report has come."""
    return exports.show(world, "scorecards", world.score_exports.get(call.path["id"]))


def make_file(world: World, record: Record) -> bytes:
    """The file of a report."""
    columns, rows = KINDS[record["asked"]["scorecards_type"]]
    return sheet(columns, rows(world, record["asked"], record["asked_at"]))


exports.serve("score_exports", "scorecards", make_file, lambda world, record: whose(world, record["asked"]))
HANDLERS: dict[str, Handler] = {"scorecards.export.create": create, "scorecards.export.get": get}
