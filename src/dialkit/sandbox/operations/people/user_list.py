"""The list of users, narrowed by state, admin right, e-mail address or number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.people.users import show_user
from dialkit.sandbox.resource import page_of, page_over

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# States of users who are there; the deleted have a table of their own.
PRESENT, DELETED = ("active", "pending", "suspended", "cancelled"), "deleted"
TABLES = ("users", "deleted_users")


def list_users(world: World, call: Call) -> Any:
    """One page of users. An e-mail address and a number are looked up, the rest is filtered."""
    query = call.query
    chosen = query.get("state") or world.switch("users-without-state")
    states = {"all": (*PRESENT, DELETED), "present": PRESENT}.get(chosen, (chosen,))

    def wanted(user: Record) -> bool:
        admin = user["is_super_admin"]
        return user["state"] in states and query.get("company_admin", admin) == admin

    found = _looked_up(world, query)
    if found is not None:
        return page_of(world, call, "users found", filter(wanted, found), show_user)
    tables = [name for name in TABLES if name == "users" or DELETED in states]
    return page_over(world, call, tables, wanted, show_user)


def _looked_up(world: World, query: Record) -> Iterable[Record] | None:
    """Users by e-mail address, by number, or both; None where neither is asked for."""
    number = numbers.e164(query.get("number", ""), infer=True)
    if "email" in query:
        email = query["email"].lower()
        found = [user for name in TABLES for user in world.table(name).where("email", email)]
        return (user for user in found if "number" not in query or number in user["phone_numbers"])
    if "number" in query:
        held = numbers.whose(world, number or "")
        return [world.users.get(held[1])] if held and held[0] == "user" else []
    return None


HANDLERS = {"users.list": list_users}
