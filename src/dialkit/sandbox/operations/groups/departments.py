"""Departments: lines that a group of people and rooms answers together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.groups import group_lines, operators
from dialkit.sandbox.operations.groups.told import told
from dialkit.sandbox.resource import Resource, contains, equal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

DEFAULTS: Record = {
    **group_lines.DEFAULTS,
    "auto_call_recording": False,
    "hold_queue": {"allow_queuing": False, "max_hold_count": 50, "max_hold_seconds": 900},
}


def settle_department(world: World, record: Record, before: Record | None) -> Record:
    """Complete a department: defaults, and what was given inside its settings."""
    return group_lines.complete(world, record, before, DEFAULTS)


def leave_department(world: World, department: Record) -> None:
    """Free the numbers of a department that goes, and let its operators go."""
    group_lines.end_waiting(world, "department", department["id"])
    group_lines.free_lines(world, "department", department)
    operators.clear(world, "department", department["id"])


DEPARTMENTS = Resource(
    "departments",
    lists=("departments.listall", "departments.list"),
    gets="departments.get",
    makes="departments.create",
    changes=("departments.update",),
    deletes="departments.delete",
    fresh=DEFAULTS,
    refs={"office_id": "offices"},
    settle=settle_department,
    leave=leave_department,
    show=group_lines.show("department"),
    filters={"office_id": equal("office_id"), "name_search": contains("name")},
    within="office_id",
)
ACTIONS = {f"departments.{verb}": f"department.{verb}" for verb in ("create", "update", "delete")}
HANDLERS = told(DEPARTMENTS.handlers(), ACTIONS, "department")
