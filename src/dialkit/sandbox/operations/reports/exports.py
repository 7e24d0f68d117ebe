"""Exports: asked for, worked out for a while, then a file at an address. For stats and scorecards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.http.files import MAKERS, File, address
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.world import Record, World

    Values = dict[str, Any]


def begin(world: World, table: str, asked: Values) -> Record:
    """A new request, to be complete after some seconds; its id looks like that of the document's example."""
    number = world.draw(1 << 64, table, world.count(table))
    wait = 3 + world.draw(5, table, number)
    record = {
        "id": f"{number:016x}",
        "asked": asked,
        "asked_at": world.now,
        "status": "processing",
        "sign": sign(asked),
    }
    world.table(table).put(record)
    world.later(wait, "exports.finish", table=table, request_id=record["id"])
    return record


def sign(asked: Values) -> str:
    """What is the same for the same request, whatever the order of its fields."""
    return json.dumps(asked, sort_keys=True)


def finish(world: World, table: str, request_id: str) -> None:
    """The export is complete, or failed where what it was about is gone meanwhile."""
    record = world.table(table).get(request_id)
    status, reason = world.switch("stats-result"), "The export was made to fail"
    if status == "complete":
        reason = "Report is ready"
        try:
            MADE[table](world, record)
        except Refusal as gone:
            status, reason = "failed", gone.message
    world.table(table).change(request_id, status=status, reason=reason)


def show(world: World, kind: str, record: Record) -> Record:
    """How far an export has come; an address only once it is complete."""
    shown = {"status": record["status"], "reason": record.get("reason")}
    if record["status"] == "complete":
        name = f"{record['id']}.csv"
        shown |= {"download_url": address(world, kind, name), "file_type": "csv"}
    return shown


def serve(table: str, kind: str, make: Callable[[World, Record], bytes], check: Check) -> None:
    """Have the files of a table's exports made by a function, when they are fetched, under an address.

    `check` raises `Refusal` where what an export is about is gone.
    """

    def read_file(world: World, name: str) -> File:
        record = world.table(table).get(name.removesuffix(".csv"))
        if record["status"] != "complete":
            raise Refusal(404, f"Nothing is at {name[:80]} yet.")
        return File(make(world, record), "text/csv; charset=utf-8")

    MADE[table] = check
    MAKERS[kind] = read_file


if TYPE_CHECKING:
    Check = Callable[[World, Record], Any]
MADE: dict[str, Check] = {}
HANDLERS: dict[str, Any] = {}
JOBS = {"exports.finish": finish}
