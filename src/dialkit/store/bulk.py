"""Many rows at once, as quickly as each database takes them.

SQLite is quick with a statement for each row, compiled once. PostgreSQL's driver spends 50 µs on each row, as
much on the same in a long statement, and more on arrays of texts with quotes in them (all told, 386 µs of CPU
for an event, and 142 in this way); there, all rows are one JSON text, which the server takes apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialkit.store.database import Database, Row

REAL = "DOUBLE PRECISION"


def among(database: Database, found: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition that a column is one of some values, at least one, and what it is given: ``IN (…)``."""
    if database.dialect == "postgresql":
        return "= ANY(?)", [list(found)]
    return f"IN ({marks(found)})", list(found)


def put(
    database: Database,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Row],
    then: str = "",
    *,
    returning: str = "",
) -> list[Row]:
    """Insert rows, within `database.write()`; those that are ``RETURNING``, in no order.

    Parameters:
        table: where to.
        columns: names and types (``TEXT``, ``BIGINT``, ``INTEGER``, ``DOUBLE PRECISION``).
        rows: a value for each column, and perhaps others; some hundreds at the most. None of them twice the
            same by what `then` takes for a conflict.
        then: such as ``ON CONFLICT (id) DO NOTHING``.
        returning: columns to give back, if any.
    """
    if not rows:
        return []
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    back = f"RETURNING {returning}" if returning else ""
    if database.dialect == "postgresql":
        names = ", ".join(columns)
        sql = f"{into} SELECT {names} FROM {from_json(columns)} {then} {back}"  # noqa: S608
        done = database.execute(sql, [as_json(rows, columns)])
        return done.fetchall() if returning else []
    if not returning:
        database.executemany(f"{into} VALUES ({', '.join(f':{name}' for name in columns)}) {then}", rows)
        return []
    row_marks = f"({', '.join('?' * len(columns))})"
    cells = [row[name] for row in rows for name in columns]
    sql = f"{into} VALUES {', '.join([row_marks] * len(rows))} {then} {back}"
    return database.execute(sql, cells).fetchall()


def from_json(columns: Mapping[str, str]) -> str:
    """For PostgreSQL: the rows of `as_json` as a table called ``one``, the JSON in place of a ``?``."""
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"json_to_recordset(CAST(? AS JSON)) AS one ({typed})"


def as_json(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """The columns of rows as a JSON text."""
    import msgspec

    return msgspec.json.encode([{name: row[name] for name in columns} for row in rows]).decode()
