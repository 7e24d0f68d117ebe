"""Call labels: the names by which calls are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.resource import page_of

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def list_labels(world: World, call: Call) -> Record:
    """The names of all labels, as many as were asked for."""
    return page_of(world, call, "call_labels", [label["name"] for label in world.call_labels])


HANDLERS = {"calllabel.list": list_labels}
