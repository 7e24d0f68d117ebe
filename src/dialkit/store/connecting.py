"""Connecting to PostgreSQL: how a connection is set, and the tables that are made by who comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from dialkit.errors import InvalidArgument, NetworkError
from dialkit.store import schema
from dialkit.store.database import URL
from dialkit.store.placeholders import translated

if TYPE_CHECKING:
    from dialkit.store.address import Address
    from dialkit.store.database import Cursor, Row, Values

    Connection = psycopg.Connection[Row]

# One round trip. A commit is on the disk; nobody waits for ever; outside of `write` nothing is written. Plans
# are made anew each time: one kept from when a table was empty read the whole of it, in 10 ms and not in 1.
SETTINGS = """
SET search_path TO {schema};
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
SET lock_timeout TO '10s';
SET idle_in_transaction_session_timeout TO '20s';
SET default_transaction_read_only TO on;
SET plan_cache_mode TO force_custom_plan;
"""
MAKING = "SELECT pg_advisory_xact_lock(hashtext('dialkit'), hashtext(%s))"
VERSION = "SELECT version FROM schema_version"
THERE = "SELECT to_regclass(%s) IS NOT NULL AS version, to_regnamespace(%s) IS NOT NULL AS schema"
KEEP_VERSION = """
CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);
DELETE FROM schema_version;
INSERT INTO schema_version VALUES ({version});
"""


def connect(where: Address) -> Connection:
    """Connect to a server. Raises `NetworkError`, with what it says, in one line."""
    try:
        connection = psycopg.Connection[dict[str, Any]].connect(
            make_conninfo(**where.told), autocommit=True, row_factory=dict_row
        )
    except psycopg.Error as error:
        raise NetworkError(
            f"{where.shown}: {line(error)}; nothing was done", hint=f"is it running, and is {URL} right?"
        ) from None
    connection.adapters.register_loader("numeric", Number)
    return connection


def ready(connection: Connection, where: Address) -> None:
    """Set a connection up; make the tables where they are missing, one process after the other."""
    connection.execute(SETTINGS.format(schema=where.schema).encode())
    version = _version(connection, where)
    schema.check(version, where.shown)
    if version == schema.VERSION:
        return
    if connection.info.parameter_status("in_hot_standby") == "on":
        raise InvalidArgument(f"{where.shown} is a standby", hint=f"name the primary in {URL}")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise InvalidArgument(
            f"{where.shown} is a database in {encoding}", hint="CREATE DATABASE dialkit ENCODING 'UTF8'"
        )
    with connection.transaction():
        connection.execute("SET TRANSACTION READ WRITE")
        connection.execute(MAKING, (where.schema,))
        if not _there(connection, where)["schema"]:  # asked for: who may not make one may still use it
            _make_schema(connection, where)
        version = _version(connection, where)
        schema.check(version, where.shown)

        def execute(sql: str, values: Values = ()) -> Cursor:
            return connection.execute(translated(sql), values)

        if version < schema.VERSION:
            schema.make(execute, "postgresql", version)
            connection.execute(KEEP_VERSION.format(version=schema.VERSION).encode())


def _make_schema(connection: Connection, where: Address) -> None:
    make = f"CREATE SCHEMA {where.schema}"
    try:
        connection.execute(make.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        user = connection.info.user
        raise InvalidArgument(
            f"{where.shown}: {line(error)}; nothing was done", hint=f'{make} AUTHORIZATION "{user}"'
        ) from None


def _version(connection: Connection, where: Address) -> int:
    if not _there(connection, where)["version"]:
        return 0
    row = connection.execute(VERSION).fetchone()
    return int(row["version"]) if row else 0


def _there(connection: Connection, where: Address) -> Row:
    names = (f"{where.schema}.schema_version", where.schema)
    row = connection.execute(THERE, names).fetchone()
    assert row is not None
    return row


class Number(Loader):
    """Sums and averages, which PostgreSQL gives as decimals: as the numbers that SQLite gives."""

    def load(self, data: Any) -> int | float:
        """A whole one as `int`."""
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def line(error: BaseException) -> str:
    """What the driver says, in one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
