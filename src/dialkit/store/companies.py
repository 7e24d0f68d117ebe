"""Companies that only we know: the API has no such object."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.store.database import Database

ADD = "INSERT INTO company VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
ALL = "SELECT name, details_json, created_at FROM company"


def add(database: Database, name: str, details: Mapping[str, Any], now: float) -> bool:
    """Keep a company; False where one of that name is kept already, capitals or not."""
    with database.write() as connection:
        return connection.execute(ADD, (name, json.dumps(details), now)).rowcount == 1


def kept(database: Database) -> list[dict[str, Any]]:
    """All companies: ``name``, ``created_at`` in seconds since 1970, and what else is known of each."""
    return sorted(map(_shown, database.all(ALL)), key=itemgetter("name"))


def names(environ: Mapping[str, str]) -> list[str]:
    """Their names, for who types one: makes no file, mends none, and has none where it cannot be read."""
    from dialkit.store.database import peek

    return sorted(row["name"] for row in peek(environ, ALL))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**json.loads(row["details_json"]), "name": row["name"], "created_at": row["created_at"]}
