"""From one version of the tables to the next: what is new is made by then, and here it is filled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.store import schema
from dialkit.store.outbox_keys import ADD_MADE, ADD_RECIPIENT, made_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Execute = Callable[..., Iterable[dict[str, Any]]]


def outbox_keys(execute: Execute, _dialect: str) -> None:
    """1 to 2: recipients and results of the outbox in tables of their own, where an index finds them."""
    for row in list(execute("SELECT id, state, recipients_json, result_json FROM outbox")):
        for recipient in _told(row["recipients_json"]) or ():
            execute(ADD_RECIPIENT, (str(recipient), row["id"]))
        for made in made_in(_told(row["result_json"])) if row["state"] == "accepted" else ():
            execute(ADD_MADE, (made, row["id"]))


def event_ids(execute: Execute, dialect: str) -> None:
    """2 to 3: SQLite gave the id of the last event again once that was pruned."""
    if dialect == "sqlite":
        execute("ALTER TABLE event RENAME TO event_before")
        for statement in schema.statements(dialect):
            if statement.startswith("CREATE TABLE IF NOT EXISTS event ("):
                execute(statement)
        execute("INSERT INTO event SELECT * FROM event_before")
        execute("DROP TABLE event_before")  # its indexes go with it
        for statement in schema.statements(dialect):
            execute(statement)


def _told(text: str | None) -> Any:
    """What JSON says; None for what is none, as a row of a damaged file may have: the rest goes on."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


STEPS = (outbox_keys, event_ids)
