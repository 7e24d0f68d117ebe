"""Whom a report is about: the whole company, an office, or one target, and what those are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.sandbox.world import Record, World

TABLES = {
    "callcenter": "call_centers",
    "callrouter": "call_routers",
    "coachinggroup": "coaching_teams",  # one kind of thing here: the document tells no difference
    "coachingteam": "coaching_teams",
    "department": "departments",
    "office": "offices",
    "room": "rooms",
    "staffgroup": "agent_groups",
    "user": "users",
}
# Kinds as the files spell them; integrators saw CallCenter and UserProfile.
KINDS = {
    "callcenter": "CallCenter",
    "callrouter": "CallRouter",
    "department": "Department",
    "office": "Office",
    "room": "Room",
    "user": "UserProfile",
}
IN_OFFICE = ("user", "callcenter", "department", "room")


class Whose(NamedTuple):
    """Which targets count, None for all; `people`: it is about users, none of the groups they are in.

    `users` are those whose duty counts: of a group, its operators.
    """

    pairs: frozenset[tuple[str, int]] | None = None
    users: frozenset[int] | None = None
    people: bool = False

    def has(self, kind: str | None, target_id: int | None) -> bool:
        """Whether a target counts."""
        return self.pairs is None or (kind, target_id) in self.pairs

    def has_user(self, user_id: int) -> bool:
        """Whether a user's own doings count."""
        return self.users is None or user_id in self.users


def whose(world: World, asked: Mapping[str, Any]) -> Whose:
    """Whom a request is about; a target outranks an office. Raises `Refusal` 400 or 404."""
    kind, target_id = asked.get("target_type"), asked.get("target_id")
    team = next((name for name in ("coaching_team", "coaching_group") if asked.get(name)), None)
    if team:
        if target_id is None:
            raise Refusal(400, f"target_id: is required with {team}.")
        _need(world, "coachingteam", target_id, "target_id")
        return _people(_coached(world, target_id, "trainee"))
    if kind is not None and target_id is not None:
        return _target(world, str(kind), target_id)
    if asked.get("office_id") is not None:
        _need(world, "office", asked["office_id"], "office_id")
        return _office(world, asked["office_id"])
    return Whose()


def _target(world: World, kind: str, target_id: int) -> Whose:
    if kind not in TABLES:
        raise Refusal(400, f"target_type: {kind[:40]!r} names nothing that can be counted.")
    _need(world, kind, target_id, "target_id")
    if kind == "office":
        return _office(world, target_id)
    if kind == "user":
        return _people([target_id])
    if kind in ("coachinggroup", "coachingteam"):
        return _people(_coached(world, target_id))
    if kind == "staffgroup":
        return _people([])  # no operation tells who is in an agent group
    operators = world.operators.where("group", (kind, target_id))
    users = frozenset(one["member_id"] for one in operators if one["member_type"] == "user")
    return Whose(frozenset([(kind, target_id)]), users)


def _people(user_ids: list[int]) -> Whose:
    return Whose(frozenset(("user", user_id) for user_id in user_ids), frozenset(user_ids), True)


def _office(world: World, office_id: int) -> Whose:
    pairs = {
        (kind, record["id"])
        for kind in IN_OFFICE
        for record in world.table(TABLES[kind]).where("office", office_id)
    }
    users = frozenset(target_id for kind, target_id in pairs if kind == "user")
    return Whose(frozenset([*pairs, ("office", office_id)]), users)


def _coached(world: World, team_id: int, role: str | None = None) -> list[int]:
    members = world.coaching_members.where("team", team_id)
    return [int(one["user_id"]) for one in members if role in (None, one.get("role"))]


def _need(world: World, kind: str, target_id: object, field: str) -> None:
    table = world.table(TABLES[kind])
    if target_id not in table:
        raise Refusal(404, f"{field}: no {table.noun} has the id {str(target_id)[:80]}.")


class Names:
    """What targets are called: name, mail address and kind, each looked up once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[str | None, int | None], Record] = {}

    def of(self, kind: str | None, target_id: int | None) -> Record:
        """The columns that say which target a row is about."""
        known = self._known.get((kind, target_id))
        if known is None:
            table = TABLES.get(kind or "")
            found = (self._world.table(table).find(target_id) if table else None) or {}
            known = self._known[kind, target_id] = {
                "target_id": target_id,
                "target_kind": KINDS.get(kind or "", kind),
                "type": kind,
                "name": found.get("display_name") or found.get("name"),
                "email": next(iter(found.get("emails") or ()), None),
            }
        return known
