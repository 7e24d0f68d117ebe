"""The sections of a world file: what makes each kind of thing, and what its entries may say besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.operations.people import licenses, users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.world import World

    Values = dict[str, Any]


class Section(NamedTuple):
    """What makes such things: an entry may have the fields of both operations, and ``as``, a name for later.

    `about` says what an entry is or has besides. `called` is the field that names an entry where ``as`` does
    not. `within`: where the answer of the making holds what was made. `defaults` are for what the operation
    requires and nobody wants to write. `renamed`: further names of an entry, handed to `finish` by what they
    map to. `joins` takes an operator, `member` is its body.
    """

    about: str
    makes: str = ""
    changes: str = ""
    called: str = "name"
    within: str = ""
    defaults: Callable[[Engine, World], Values] = lambda _engine, _world: {}
    renamed: Mapping[str, str] = {}
    finish: Callable[[World, int, Values], None] = lambda _world, _id, _extra: None
    joins: str = ""
    member: Callable[[int], Values] = lambda user_id: {"user_id": user_id}


def _office_defaults(engine: Engine, _world: World) -> Values:
    """Billing and address, which the operation requires and a test does not care for."""
    asked = engine.asked("offices.create")
    needed = {name for name, required in engine.fields("offices.create").items() if required}
    return {name: value for name, value in asked.items() if name in {*needed, "e911_address"}}


def _finish_office(world: World, office_id: int, extra: Values) -> None:
    first = not any(other.get("is_primary_office") for other in world.offices if other["id"] != office_id)
    licenses.stock(world, office_id)
    world.offices.change(office_id, is_primary_office=bool(extra.get("is_primary_office", first)))


def _in_primary(_engine: Engine, world: World) -> Values:
    return {"office_id": world.primary_office["id"]}


def _finish_user(world: World, user_id: int, extra: Values) -> None:
    first = len(world.users) == 1
    admin = bool(extra.get("is_super_admin", first))
    user = world.users.get(user_id)
    state = extra.get("state", "active")
    user = world.users.put({**user, "is_super_admin": admin, "is_admin": admin, "state": state})
    if state == "active":
        users.activate(world, user)


def _operator(user_id: int) -> Values:
    return {"operator_id": user_id, "operator_type": "user"}


# In this order: an entry may speak of what stands before it.
SECTIONS: dict[str, Section] = {
    "company": Section("fields of `company.get`"),
    "offices": Section(
        "the first is the primary one, unless another says `primary: true`; `numbers`",
        makes="offices.create",
        changes="offices.update",
        within="office",
        defaults=_office_defaults,
        renamed={"primary": "is_primary_office"},
        finish=_finish_office,
    ),
    "numbers": Section("numbers nobody has: in E.164, or `{number, office, status, a2p, a2p_campaign_id}`"),
    "users": Section(
        "the first is an admin, unless it says `admin: false`; `office`, `state`, `numbers`",
        makes="users.create",
        changes="users.update",
        called="email",
        defaults=_in_primary,
        renamed={"admin": "is_super_admin", "state": "state"},
        finish=_finish_user,
    ),
    "rooms": Section("`office`, `numbers`", makes="rooms.post", changes="rooms.patch", defaults=_in_primary),
    "call_centers": Section(
        "`office`, `numbers`, `operators` by e-mail",
        makes="callcenters.create",
        changes="callcenters.update",
        defaults=_in_primary,
        joins="callcenters.operators.post",
    ),
    "departments": Section(
        "`office`, `numbers`, `operators` by e-mail",
        makes="departments.create",
        changes="departments.update",
        defaults=_in_primary,
        joins="departments.operators.post",
        member=_operator,
    ),
    "contacts": Section(
        "shared, or a user's own by `owner_id`",
        makes="contacts.create",
        changes="contacts.update",
        called="last_name",
    ),
    "webhooks": Section("`hook_url`, `secret`", makes="webhooks.create", called="hook_url"),
    "opt_outs": Section("numbers that said STOP"),
    "then": Section(
        "in order: any operation, `{OPERATION: {FIELD: VALUE}, as: NAME, by: USER}`; "
        "what people do, `inbound`, `call`, `answer`, `hangup`, `duty`; time that passes, `wait`"
    ),
}
