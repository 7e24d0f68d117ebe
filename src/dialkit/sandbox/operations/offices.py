"""Offices: where people and numbers belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.resource import Resource

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def primary(world: World, _call: Call) -> Record:
    """The primary office."""
    return world.primary_office


OFFICES = Resource(
    "offices",
    lists=("offices.list",),
    gets="offices.get",
    filters={"active_only": lambda office, only: not only or office["state"] == "active"},
)
HANDLERS = {**OFFICES.handlers(), "offices.primary.get": primary}
