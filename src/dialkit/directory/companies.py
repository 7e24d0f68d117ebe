"""Companies: the key's own, those kept on this machine, and those that contacts are said to work for.

The API has no object for other companies; a contact's ``company_name`` is free text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dialkit.directory import scan
from dialkit.directory.lookup import EVERYBODY
from dialkit.errors import Conflict, InvalidArgument
from dialkit.store import companies as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client import Dialpad
    from dialkit.directory.scan import Progress
    from dialkit.store import Database

LONGEST = 200  # characters of a name
OWN, KEPT, FOUND = "account", "kept here", "contacts"  # where a row is from


def list_all(client: Dialpad, database: Database, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Every company known, each row with its ``source``: ``account``, ``kept here`` or ``contacts``.

    ``contacts`` counts the contacts that say they work there; names are compared without capitals and
    spaces at their ends. One that is kept here and found on contacts is one row, kept here.
    """
    own = client.request("company.get").json() or {}
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for contact in scan.contacts(client, EVERYBODY, progress=progress):
        name = str(contact.get("company_name") or "").strip()
        if name:
            counts[_key(name)] = counts.get(_key(name), 0) + 1
            spelled.setdefault(_key(name), name)
    rows = [{"name": own.get("name"), "source": OWN, "id": own.get("id"), "contacts": 0}]
    rows += [{**_shown(row), "contacts": 0} for row in store.kept(database)]
    for row in rows:
        row["contacts"] = counts.get(_key(str(row["name"])), 0)
        spelled.pop(_key(str(row["name"])), None)
    rows += [
        {"name": name, "source": FOUND, "contacts": counts[key]} for key, name in sorted(spelled.items())
    ]
    return rows


def named(name: str) -> str:
    """A name as it is kept. Raises `InvalidArgument` for what cannot be one."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST or not name.strip().isprintable():
        raise InvalidArgument(
            f"{name[:40]!r} cannot be a company's name", hint=f"one line of 1 to {LONGEST} characters"
        )
    return found


def create(database: Database, name: str, details: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Keep a company on this machine, to be offered as ``company_name`` of contacts; its row.

    `now` is in seconds since 1970. Raises `InvalidArgument` for what cannot be a name, `Conflict` where one
    of that name is kept already, capitals or not.
    """
    name = named(name)
    there = next((row["name"] for row in store.kept(database) if _key(row["name"]) == _key(name)), None)
    if there is not None or not store.add(database, name, details, now):
        raise Conflict(
            f"a company {there or name!r} is kept already", status=None, hint="dialpad companies list"
        )
    return _shown({**details, "name": name, "created_at": now})


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    when = datetime.fromtimestamp(row["created_at"], UTC).isoformat(timespec="seconds")
    return {**row, "source": KEPT, "created_at": when.replace("+00:00", "Z")}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
