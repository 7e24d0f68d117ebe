"""How a call finds its way through a call router."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls import live
from dialkit.sandbox.operations.calls.sides import TABLES, company_side
from dialkit.sandbox.operations.groups import call_routers

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

MOST_STEPS = 8  # of a call through routers; those that go round in circles end at the office's main line


def route(world: World, router_id: int, caller: str, **fields: Any) -> Record:
    """Send a call on to where a router says.

    Nothing is asked over the network. The switch ``router-answer`` chooses what the router's address would
    have answered: its default target, or an error, which counts towards its disabling itself and leads there
    too. The main line of the router's office takes calls for a target that is gone.
    """
    router = world.call_routers.get(router_id)
    kind, target_id = router["default_target_type"], router["default_target_id"]
    trace = fields.pop("routing_breadcrumbs", None) or []
    known = kind in TABLES and target_id in world.table(TABLES[kind])
    if not known or len(trace) >= MOST_STEPS:
        kind, target_id = "office", router["office_id"]
    step: Record = {"date": world.milliseconds(), "target_type": kind, "target_id": target_id}
    if router.get("enabled"):
        answered = world.switch("router-answer") == "ok"
        if not answered:
            call_routers.note_error(world, router_id)
        response = {"action": "bridge", "target_type": kind, "target_id": target_id} if answered else None
        asked = {
            "breadcrumb_type": "external_api",
            "url": router["routing_url"],
            "request": {"external_number": caller},
            "response": response,
        }
        trace = [*trace, {**step, **asked}]
    trace = [*trace, {**step, "breadcrumb_type": "callrouter"}]
    first = fields.pop("entry_point_target", None) or company_side(world, "callrouter", router_id)
    fields |= {"routing_breadcrumbs": trace, "entry_point_target": first}
    return live.arrive(world, kind, target_id, caller, **fields)


HANDLERS: dict[str, Handler] = {}
