"""Marks on outside numbers: not to be called, not to be texted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

UNMARKED = {"do_not_call": False, "do_not_text": False}


def patch(world: World, call: Call) -> Record:
    """Set or clear marks; one that is left out stays, which the document leaves open."""
    number = call.body["phone"]
    changelog(world, call, "number.tags", "number", number)
    return world.tags.put({**UNMARKED, **(world.tags.find(number) or {}), **call.body})


def marks(world: World, number: str) -> Record:
    """The marks of a number."""
    return world.tags.find(number) or UNMARKED


HANDLERS = {"tags.patch": patch}
