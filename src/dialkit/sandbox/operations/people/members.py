"""Memberships of a user or room that goes: in groups, channels, teams, and what was assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.sandbox.world import World

# Tables that name a user, each with an index of that.
OF_USERS = ("channel_members", "coaching_members", "assignments")


def leave_groups(world: World, kind: str, target_id: int) -> None:
    """End all memberships of a user or room."""
    for operator in world.operators.where("member", (kind, target_id)):
        world.operators.remove(operator["id"])
    if kind != "user":
        return
    for name in OF_USERS:
        table = world.table(name)
        for record in table.where("user", target_id):
            table.remove(record[table.key])
    if target_id in world.duties:
        world.duties.remove(target_id)
