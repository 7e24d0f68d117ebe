"""Call routers: a web address of the customer's is asked where a call goes, or a default target takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dialkit.sandbox.operations.company.numbers import numbers_of
from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.operations.groups.group_lines import free_lines
from dialkit.sandbox.operations.groups.told import told
from dialkit.sandbox.resource import Resource, equal
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

MOST_ERRORS, WITHIN = (
    10,
    3600.0,
)  # more errors within so many seconds disable a router (documented)


def settle_router(world: World, router: Record, before: Record | None) -> Record:
    """Complete a router: its address can be asked, its default target exists and is another."""
    address = urlsplit(router["routing_url"])
    if address.scheme not in ("http", "https") or not address.hostname:
        raise Refusal(400, f"routing_url: {router['routing_url'][:80]!r} is not a web address.")
    kind, target_id = router["default_target_type"], router["default_target_id"]
    if before is None or (kind, target_id) != (before["default_target_type"], before["default_target_id"]):
        targets.target(world, kind, target_id, "default_target_id")
    if (kind, target_id) == ("callrouter", router["id"]):
        raise Refusal(400, "default_target_id: a router cannot be its own default target.")
    kept = {name: value for name, value in router.items() if name != "reset_error_count"}
    return {**kept, "errors": [] if router.get("reset_error_count") else router["errors"]}


def note_error(world: World, router_id: int) -> Record:
    """Count an error of a router's address: it gave no sensible answer. Too many disable the router."""
    router = world.call_routers.get(router_id)
    errors = [*(at for at in router["errors"] if at > world.now - WITHIN), world.now]
    return world.call_routers.change(
        router_id, errors=errors, enabled=router["enabled"] and len(errors) <= MOST_ERRORS
    )


def show_router(world: World, router: Record) -> Record:
    """A router with its numbers, and how its questions are signed if they are."""
    secret = router.get("secret")
    return {
        **router,
        "phone_numbers": numbers_of(world, "callrouter", router),
        "signature": {"algo": "HS256", "secret": secret, "type": "jwt"} if secret else None,
    }


def delete_router(world: World, call: Call) -> None:
    """Remove a router, and free its numbers. The answer tells nothing of it."""
    free_lines(world, "callrouter", world.call_routers.get(call.path["id"]))
    world.call_routers.remove(call.path["id"])


CALL_ROUTERS = Resource(
    "call_routers",
    lists=("callrouters.list",),
    gets="callrouters.get",
    makes="callrouters.create",
    changes=("callrouters.update",),
    fresh={"enabled": True, "errors": [], "phone_numbers": []},
    refs={"office_id": "offices"},
    settle=settle_router,
    show=show_router,
    filters={"office_id": equal("office_id")},
)
ACTIONS = {f"callrouters.{verb}": f"callrouter.{verb}" for verb in ("create", "update", "delete")}
HANDLERS = told({**CALL_ROUTERS.handlers(), "callrouters.delete": delete_router}, ACTIONS, "callrouter")
