"""What `dialpad listen` made at Dialpad: written down before it is made, so that a killed run leaves a trace.

While it runs, a process holds its row (`Database.hold`), until it ends or dies. A row that nobody holds is of
one that is gone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager, ExitStack

    from dialkit.store.database import Database, Row

    # The operation that deletes a subscription, and its id.
    Made = tuple[str, str]

HOLD = "listeners"  # what `Database.hold` calls them
ADD = (
    "INSERT INTO listener (account, mark, subscriptions_json, started_at) VALUES (?, ?, '[]', ?) RETURNING id"
)
WEBSOCKET = "UPDATE listener SET websocket_id = ? WHERE id = ?"
SUBSCRIPTIONS = "UPDATE listener SET subscriptions_json = ? WHERE id = ?"
HEARD = "UPDATE listener SET heard_at = ? WHERE id = ?"
GET = "SELECT * FROM listener WHERE id = ?"
OF_ACCOUNT = "SELECT * FROM listener WHERE account = ? ORDER BY id"
REMOVE = "DELETE FROM listener WHERE id = ?"


def add(database: Database, account: str, mark: str, now: float, until: ExitStack) -> int:
    """A new one, held by this process `until` the stack is closed; its id.

    `mark`: the SHA-256 of the secret that its websocket is about to be made with.
    """
    with database.write() as tx:  # nobody sees the row before it is held
        listener_id = int(tx.execute(ADD, (account, mark, now)).fetchone()["id"])
        until.enter_context(hold(database, listener_id))
    return listener_id


def hold(database: Database, listener_id: int) -> AbstractContextManager[bool]:
    """Whether it is this process's until the end of the block: false while another one has it."""
    return database.hold(HOLD, listener_id)


def made(database: Database, listener_id: int, websocket_id: str) -> None:
    """Its websocket is there."""
    _write(database, WEBSOCKET, websocket_id, listener_id)


def subscribed(database: Database, listener_id: int, subscriptions: list[Made]) -> None:
    """Its subscriptions, all of them."""
    _write(database, SUBSCRIPTIONS, json.dumps(subscriptions), listener_id)


def heard(database: Database, listener_id: int, now: float) -> None:
    """It was certainly connected until now."""
    _write(database, HEARD, now, listener_id)


def get(database: Database, listener_id: int) -> Row | None:
    """One of them."""
    return database.one(GET, (listener_id,))


def of_account(database: Database, account: str) -> list[Row]:
    """Those of an account, the oldest first."""
    return database.all(OF_ACCOUNT, (account,))


def remove(database: Database, listener_id: int) -> None:
    """Nothing of it is left at Dialpad."""
    with database.write() as tx:
        tx.execute(REMOVE, (listener_id,))


def subscriptions_of(row: Row) -> list[Made]:
    """The subscriptions that a row tells of."""
    return [(str(operation), str(number)) for operation, number in json.loads(row["subscriptions_json"])]


def _write(database: Database, sql: str, value: Any, listener_id: int) -> None:
    with database.write() as tx:
        tx.execute(sql, (value, listener_id))
