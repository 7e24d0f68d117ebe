"""Fax lines: numbers that take faxes for a user or a department, and do not ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company.number_supply import pick, pick_toll_free
from dialkit.sandbox.operations.company.numbers import STATUS
from dialkit.sandbox.operations.groups.targets import target
from dialkit.sandbox.operations.people import licenses
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

LINE = "fax_lines"


def create(world: World, call: Call) -> Record:
    """Give a user or department a fax number; the fields of `line` tell which. Takes a fax license."""
    aim, wanted = call.body["target"], call.body["line"]
    kind, owner = aim["target_type"], target(world, aim["target_type"], aim["target_id"], "target.target_id")
    office = world.offices.get(owner["office_id"])
    if "number" in wanted:
        record = world.numbers.get(wanted["number"])
        if record["status"] != "available":
            raise Refusal(409, f"line.number: {record['number']} is not free.")
    licenses.need(world, office["id"], LINE, field="line")
    if "area_code" in wanted:
        record = pick(world, wanted["area_code"] or None, office)
    elif "number" not in wanted:
        record = pick_toll_free(world)
    given = put_fax_line(world, record, kind, owner)
    changelog(world, call, "faxline.create", kind, owner["id"], given["number"])
    return given


def put_fax_line(world: World, record: Record, kind: str, owner: Record) -> Record:
    """Make a number of the company a fax line."""
    given = {"target_type": kind, "target_id": owner["id"], "office_id": owner["office_id"]}
    number = world.numbers.put({**record, **given, "status": STATUS[kind], "line": LINE, "fax": True})
    world.fax_lines.put({**given, "number": number["number"], "created_date": world.stamp()})
    return number


HANDLERS = {"faxline.create": create}
