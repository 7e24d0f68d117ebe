"""What is listed, read, made, changed and deleted alike: one mechanism, and a table of what it works on."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox import numbers
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.call import Call, Values
    from dialkit.sandbox.world import Record, World

PAGE = 100  # records of a page at the most; also what a page has when nothing is said


class Resource(NamedTuple):
    """One kind of thing: its table in the world, and its operations by what they do.

    `settle` completes a record that was made or changed, or refuses it; `enter` does what a new one asks
    for; `leave` undoes what hangs on one that goes. `wanted`: whether a query wants a record in the list.
    """

    table: str
    lists: str = ""
    gets: str = ""
    makes: str = ""
    changes: tuple[str, ...] = ()
    deletes: str = ""
    settle: Callable[[World, Record], None] = lambda _world, _record: None
    enter: Callable[[World, Record], None] = lambda _world, _record: None
    leave: Callable[[World, Record], None] = lambda _world, _record: None
    wanted: Callable[[Values, Record], bool] = lambda _query, _record: True

    def list_page(self, world: World, call: Call) -> Values:
        """One page, its items and cursor named as the operation's `pages` says."""
        pages = call.operation.pages or {}
        size, serial = _size(call), self._serial(call)
        items: list[Record] = []
        answer: Values = {}
        for place, record in world.table(self.table).after(serial):
            if not self.wanted(call.query, record):
                continue
            if len(items) == size:
                answer[pages["cursor"]] = base64.urlsafe_b64encode(f"{self.table}:{serial}".encode()).decode()
                break
            serial = place
            items.append(record)
        return {**answer, pages["items"]: items}

    def _serial(self, call: Call) -> int:
        """After which record the page begins, from the cursor of the page before."""
        cursor = call.query.get("cursor")
        if cursor is None:
            return 0
        try:
            text = base64.urlsafe_b64decode(cursor.encode()).decode()
        except ValueError:
            text = ""
        found = re.fullmatch(rf"{self.table}:([0-9]{{1,18}})", text)
        if not found:
            raise Refusal(400, f"cursor: {cursor[:80]!r} is not one that this list gave.")
        return int(found[1])

    def get(self, world: World, call: Call) -> Record:
        """One record, by the id in the path; the only one where the path has none."""
        table = world.table(self.table)
        return table.get(_key(call)) if call.path else next(iter(table))

    def make(self, world: World, call: Call) -> Record:
        """A new record of what was sent."""
        record = {"id": world.new_id(), **call.body}
        self.settle(world, record)
        world.table(self.table).add(record)
        self.enter(world, record)
        return record

    def change(self, world: World, call: Call) -> Record:
        """A record with what was sent in place of what it had; what was not sent stays."""
        table = world.table(self.table)
        record = {**table.get(_key(call)), **call.body}
        self.settle(world, record)
        return table.add(record)

    def delete(self, world: World, call: Call) -> Record:
        """Take a record away, and answer what it was."""
        self.leave(world, world.table(self.table).get(_key(call)))
        return world.table(self.table).remove(_key(call))

    def handlers(self) -> dict[str, Callable[[World, Call], Any]]:
        """What runs each of its operations, by operation id."""
        ways = {self.lists: self.list_page, self.gets: self.get, self.makes: self.make}
        ways |= {self.deletes: self.delete, **dict.fromkeys(self.changes, self.change)}
        return {operation_id: way for operation_id, way in ways.items() if operation_id}


def _key(call: Call) -> object:
    return next(iter(call.path.values()))


def _size(call: Call) -> int:
    given = call.query.get("limit", str(PAGE))
    if not re.fullmatch("[1-9][0-9]{0,8}", given):
        raise Refusal(400, f"limit: {given[:20]!r} is not a number of 1 or more.")
    return min(int(given), PAGE)


def settle_user(world: World, user: Record) -> None:
    """Complete a user: a new one gets what every user has; its numbers can be dropped or reordered."""
    world.offices.get(user["office_id"])
    before = world.users.rows.get(str(user["id"]))
    if before is None:
        _begin(world, user)
    else:
        _keep_numbers(world, before["phone_numbers"], user["phone_numbers"])
    names = [user[name] for name in ("first_name", "last_name") if user.get(name)]
    user["display_name"] = " ".join(names or user["emails"][:1])
    user["is_admin"] = user["is_super_admin"]


def _begin(world: World, user: Record) -> None:
    email = user.pop("email", None)
    if email and any(email.lower() in map(str.lower, other["emails"]) for other in world.users):
        raise Refusal(409, f"email: a user with the address {email[:80]} exists already.")
    fresh = {
        "emails": [email],
        "company_id": world.company_id,
        "license": "talk",
        "state": "pending",
        "country": "us",
        "language": "en",
        "timezone": "America/Los_Angeles",
        "is_super_admin": False,
        "do_not_disturb": False,
        "date_added": world.stamp(),
        "onboarding_completed": False,
        "voicemail": {"is_default_voicemail": True, "name": "Default greeting"},
        "phone_numbers": [],
    }
    user.update({name: value for name, value in fresh.items() if name not in user})


def _keep_numbers(world: World, had: list[str], kept: list[str]) -> None:
    if foreign := [number for number in kept if number not in had]:
        raise Refusal(400, f"phone_numbers: {foreign[0][:20]} is not a number of this user; assign it.")
    for number in [number for number in had if number not in kept]:
        numbers.take(world, world.numbers.get(number))


def enter_user(world: World, user: Record) -> None:
    """Give a new user a number where that was asked for."""
    if user.pop("auto_assign", False):
        numbers.give(world, numbers.pick(world), "user", user["id"], primary=True)


def leave_user(world: World, user: Record) -> None:
    """Free the numbers of a user who goes."""
    for number in list(user["phone_numbers"]):
        numbers.take(world, world.numbers.get(number))
    user["state"] = "deleted"


def wanted_user(query: Values, user: Record) -> bool:
    """Filters of the list of users; each one left out keeps everybody."""
    return (
        query.get("state", "all") in ("all", user["state"])
        and query.get("company_admin", user["is_super_admin"]) == user["is_super_admin"]
        and ("email" not in query or query["email"].lower() in map(str.lower, user["emails"]))
        and ("number" not in query or query["number"] in user["phone_numbers"])
    )


def settle_contact(world: World, contact: Record) -> None:
    """Complete a contact: shared where it has no owner; the first phone and e-mail are the primary ones."""
    contact["id"], company = str(contact["id"]), str(world.company_id)
    owner = contact.setdefault("owner_id", company)
    if owner != company and contact["id"] not in world.contacts.rows:
        world.users.get(owner)
    contact["type"] = "shared" if owner == company else "local"
    contact["display_name"] = f"{contact['first_name']} {contact['last_name']}"
    for name, many in (("primary_phone", "phones"), ("primary_email", "emails")):
        contact[name] = next(iter(contact.get(many, ())), None)


def wanted_contact(query: Values, contact: Record) -> bool:
    """Shared contacts; with an owner, that user's own; with `include_local`, all."""
    if "owner_id" in query:
        return bool(contact["owner_id"] == query["owner_id"])
    return bool(contact["type"] == "shared" or query.get("include_local"))


def upsert_contact(world: World, call: Call) -> Record:
    """Write the shared contact of a uid: change it where it is known, make it where it is new."""
    key = f"shared_{world.company_id}_{call.body['uid']}"
    record = {**world.contacts.rows.get(key, {}), **call.body, "id": key}
    settle_contact(world, record)
    return world.contacts.add(record)


def settle_webhook(_world: World, webhook: Record) -> None:
    """Complete a webhook: its signature holds the secret."""
    if not re.fullmatch(r"https?://[^\s/]\S*", webhook["hook_url"]):
        raise Refusal(400, f"hook_url: {webhook['hook_url'][:80]!r} is not a web address.")
    if webhook.get("secret"):
        webhook["signature"] = {"algo": "HS256", "secret": webhook["secret"], "type": "jwt"}


RESOURCES = (
    Resource("companies", gets="company.get"),
    Resource(
        "offices",
        lists="offices.list",
        gets="offices.get",
        wanted=lambda query, office: not query.get("active_only") or office["state"] == "active",
    ),
    Resource("offices", gets="offices.primary.get"),
    Resource(
        "users",
        lists="users.list",
        gets="users.get",
        makes="users.create",
        changes=("users.update", "users.move_office.patch", "users.update_status"),
        deletes="users.delete",
        settle=settle_user,
        enter=enter_user,
        leave=leave_user,
        wanted=wanted_user,
    ),
    Resource(
        "numbers",
        lists="numbers.list",
        gets="numbers.get",
        wanted=lambda query, number: query.get("status") in (None, number["status"]),
    ),
    Resource(
        "contacts",
        lists="contacts.list",
        gets="contacts.get",
        makes="contacts.create",
        changes=("contacts.update",),
        deletes="contacts.delete",
        settle=settle_contact,
        wanted=wanted_contact,
    ),
    Resource(
        "webhooks",
        lists="webhooks.list",
        gets="webhooks.get",
        makes="webhooks.create",
        changes=("webhook.update",),
        deletes="webhooks.delete",
        settle=settle_webhook,
    ),
)
