"""Scorecards: the forms by which coaches grade calls. Grades are told by exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.resource import Resource, equal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def list_scorecards(world: World, call: Call) -> Record:
    """The scorecards of a target, or all. Raises `Refusal` 404 for an unknown target."""
    if "target_id" in call.query:
        targets.target(world, call.query["target_type"], call.query["target_id"])
    return SCORECARDS.list_page(world, call)


SCORECARDS = Resource(
    "scorecards",
    gets="scorecards.get",
    filters={name: equal(name) for name in ("state", "target_type", "target_id")},
)
HANDLERS = {**SCORECARDS.handlers(), "scorecards.list": list_scorecards}
