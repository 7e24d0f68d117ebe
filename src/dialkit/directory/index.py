"""The whole directory in a temporary database, so that a million contacts fit in little memory.

SQLite keeps a database without a name in a cache, spills it into a file that nobody else sees, and forgets
it with the process.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.directory.fields import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.directory.fields import Contact, Given

SETUP = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -8000;  -- KiB
CREATE TABLE contact (id TEXT PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE key (key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (key, id)) WITHOUT ROWID;
BEGIN;
"""
NEW = "INSERT OR IGNORE INTO contact VALUES (?, ?, ?)"
PUT = "INSERT OR REPLACE INTO contact VALUES (?, ?, ?)"
GET = "SELECT owner, body FROM contact WHERE id = ?"
DROP = "DELETE FROM key WHERE key = ? AND id = ?"
ADD = "INSERT OR IGNORE INTO key VALUES (?, ?)"
FIND = "SELECT id FROM key WHERE key = ?"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
NAMED = ("first_name", "last_name", "company_name")


class Index:
    """Contacts by their phones and addresses, each book for itself; close it when done."""

    def __init__(self, region: str) -> None:
        import sqlite3

        self._region = region
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(SETUP)

    def close(self) -> None:
        """Forget all of it."""
        self._connection.close()

    def put(self, contact: Contact) -> None:
        """Keep a contact, in place of what was known of it."""
        contact_id, owner = str(contact["id"]), owner_of(contact)
        row = (contact_id, owner, _encode(contact))
        if self._connection.execute(NEW, row).rowcount == 0:
            known = self._connection.execute(GET, (contact_id,)).fetchone()
            gone = self._keys(json.loads(known[1]), known[0])
            self._connection.executemany(DROP, [(key, contact_id) for key in gone])
            self._connection.execute(PUT, row)
        self._connection.executemany(ADD, [(key, contact_id) for key in self._keys(contact, owner)])

    def get(self, contact_id: str) -> dict[str, Any] | None:
        """A contact by its id."""
        row = self._connection.execute(GET, (contact_id,)).fetchone()
        return json.loads(row[1]) if row is not None else None

    def find(self, given: Given, owner: str) -> list[str]:
        """The ids of the contacts of a book (`owner` empty: the shared one) that match, each once.

        Those match that have one of its numbers or addresses. Without either, those without either that are
        called the same.
        """
        found: dict[str, None] = {}
        for key in self._keys(given, owner):
            found.update((row[0], None) for row in self._connection.execute(FIND, (key,)))
        return list(found)

    def _keys(self, contact: Contact, owner: str) -> Iterator[str]:
        any_key = False
        for kind, key in keys_of(contact, self._region):
            any_key = True
            yield f"{owner}\n{kind}\n{key}"
        if not any_key:
            names = "\n".join(str(contact.get(name) or "").casefold() for name in NAMED)
            yield f"{owner}\nname\n{names}"


def owner_of(contact: Contact) -> str:
    """Whose book a contact is in: a user's id, empty for the shared one."""
    return str(contact.get("owner_id") or "") if contact.get("type") == "local" else ""
