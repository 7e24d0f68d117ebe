"""Numbers that are blocked for the whole company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.resource import Resource

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import World


def add(world: World, call: Call) -> None:
    """Block numbers; one that is blocked already stays so."""
    for number in call.body.get("numbers", ()):
        if number not in world.blocked_numbers:
            world.blocked_numbers.put({"number": number, "blocked_at": world.stamp()})
            changelog(world, call, "number.block", "company", world.company_id, number)


def remove(world: World, call: Call) -> None:
    """Let numbers through again. One that was not blocked is passed over; the document says nothing of it."""
    for number in call.body.get("numbers", ()):
        if number in world.blocked_numbers:
            world.blocked_numbers.remove(number)
            changelog(world, call, "number.unblock", "company", world.company_id, number)


def is_blocked(world: World, number: str) -> bool:
    """Whether calls and texts of a number are not let through."""
    return number in world.blocked_numbers


HANDLERS = {
    "blockednumbers.add": add,
    "blockednumbers.remove": remove,
    **Resource("blocked_numbers", lists=("blockednumbers.list",), gets="blockednumbers.get").handlers(),
}
