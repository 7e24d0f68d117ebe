"""Change the contact that matches, or make one; in the shared book, in users' own, or in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.directory import scan
from dialkit.directory.fields import NEEDED, called, checked, keys_of
from dialkit.directory.matching import Keys
from dialkit.directory.todo import DONE, Todo, decide, doubtful
from dialkit.errors import Conflict, DialkitError, Interrupted, InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.client import Dialpad
    from dialkit.directory.fields import Contact, Given
    from dialkit.directory.scan import Progress

SCOPES = ("auto", "shared", "local", "both")


class Target(NamedTuple):
    """One book: the shared one (`owner_id` None), or that of a user."""

    owner_id: str | None = None

    @property
    def scope(self) -> str:
        """``shared`` or ``local``."""
        return "local" if self.owner_id else "shared"

    def __str__(self) -> str:
        return f"the contacts of {self.owner_id}" if self.owner_id else "the shared contacts"


class Step(NamedTuple):
    """What is to be done in one book."""

    target: Target
    todo: Todo


def targets(scope: str, owner_ids: Iterable[str]) -> list[Target]:
    """The books that a scope means. ``auto``: both where there is an owner, else the shared one.

    Raises `InvalidArgument` where owners are missing or mean nothing.
    """
    owners = list(dict.fromkeys(owner_ids))
    if scope == "auto":
        scope = "both" if owners else "shared"
    if scope == "shared" and owners:
        raise InvalidArgument(
            "--owner-id: shared contacts have no owner",
            hint="leave it out, or --scope local, or --scope both",
        )
    if scope != "shared" and not owners:
        raise InvalidArgument(f"--scope {scope} needs an owner", hint="--owner-id USER_ID, or --owner-id me")
    return [Target()] * (scope != "local") + [Target(owner) for owner in owners]


def plan(
    client: Dialpad,
    given: Given,
    region: str,
    *,
    scope: str = "auto",
    owner_ids: Iterable[str] = (),
    duplicate: bool = False,
    max_pages: int | None = None,
    progress: Progress | None = None,
) -> list[Step]:
    """What is to be done in each book of `scope` so that what is `given` stands there. Writes nothing.

    `given` are fields by the API's names, an owner ``me`` is the key's own user. With `duplicate` nobody
    looks for contacts that match. Raises `Conflict` where two different contacts match, `InvalidArgument`
    for what cannot be written, where a new contact has no name or there is nothing to match by, and what
    `dialkit.directory.scan.contacts` raises.
    """
    owner_ids = list(owner_ids)
    targets(scope, owner_ids)  # what is wrong with it is said before anything is asked
    given = checked(given, region)
    if not duplicate and not (given.get("phones") or given.get("emails")):
        raise InvalidArgument(
            "there is nothing to find the contact by",
            hint="--phone or --email; or --allow-duplicate to make one",
        )
    steps = []
    for book in targets(scope, (scan.owner(client, name) for name in owner_ids)):
        found = {} if duplicate else _matches(client, given, book, region, max_pages, progress)
        if len(found) > 1:
            names = ", ".join(map(called, found.values()))
            first = next(iter(found))
            raise Conflict(
                f"{len(found)} of {book} match: {names}; nothing was written",
                status=None,
                hint=f"dialpad contact update --id {first} changes one; --allow-duplicate makes another",
            )
        steps.append(_step(book, next(iter(found.values()), None), given, region))
    for one in steps:
        one.todo.request(client)  # what cannot be sent is found before anything is
    return steps


def _step(book: Target, contact: Contact | None, given: Given, region: str) -> Step:
    missing = [name for name in NEEDED if name not in given]
    if not any(given.get(name) for name in NEEDED):
        missing = list(NEEDED)
    if contact is None and missing:
        flags = " and ".join("--" + name.replace("_", "-") for name in missing)
        raise InvalidArgument(f"none of {book} matches, and a new one needs {flags}", hint=f"give {flags}")
    return Step(book, decide(contact, given, book.owner_id or "", region))


def _matches(
    client: Dialpad,
    given: Given,
    book: Target,
    region: str,
    max_pages: int | None,
    progress: Progress | None,
) -> dict[str, Contact]:
    keys = Keys(keys_of(given, region), region)
    params = {"owner_id": book.owner_id} if book.owner_id else {}
    found = scan.contacts(client, params, max_pages=max_pages, progress=progress)
    return {contact["id"]: contact for contact in found if keys.match(contact)}


def carry_out(client: Dialpad, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Do the steps in order; of each, what was done and the contact as it is now.

    Where one fails after another was done: `PartialSuccess`, its `done` has a row for every step.
    """
    steps = list(steps)
    rows: list[dict[str, Any]] = []
    for at, (target, todo) in enumerate(steps):
        request = todo.request(client)
        try:
            contact = client.send(request).record() if request else todo.contact
        except (DialkitError, KeyboardInterrupt) as stopped:
            if not rows:
                raise
            # Ctrl-C: the client says `OutcomeUnknown` for what was under way. This came before it.
            error = stopped if isinstance(stopped, DialkitError) else Interrupted("interrupted")
            failed = {**_row(target, "unknown" if doubtful(error) else "failed"), "error": error.as_dict()}
            left = [_row(later.target, "not tried") for later in steps[at + 1 :]]
            raise PartialSuccess(
                f"{_told(rows)}; {target}: {error.message}",
                done=[*rows, failed, *left],
                status=error.status,
                operation=error.operation,
                hint="the same command again completes it; it finds what was written",
            ) from stopped
        rows.append({**_row(target, DONE[todo.action]), **(contact or {})})
    return rows


def _row(target: Target, action: str) -> dict[str, Any]:
    owner = {"owner_id": target.owner_id} if target.owner_id else {}
    return {"action": action, "scope": target.scope, **owner}


def _told(rows: list[dict[str, Any]]) -> str:
    return ", ".join(f"{row['scope']} contact {row.get('id')} {row['action']}" for row in rows)
