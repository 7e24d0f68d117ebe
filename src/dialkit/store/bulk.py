"""Many rows at once, as quickly as each database takes them.

SQLite is quick with a statement for each row, compiled once. PostgreSQL's driver spends 50 µs on each row and
more on long statements; there, all rows are one array for each column, in a statement of constant length.
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
        arrays = ", ".join(f"CAST(? AS {kind}[])" for kind in columns.values())
        values = [[_real(row[name], kind) for row in rows] for name, kind in columns.items()]
        done = database.execute(f"{into} SELECT * FROM UNNEST({arrays}) {then} {back}", values)  # noqa: S608
        return done.fetchall() if returning else []
    if not returning:
        database.executemany(f"{into} VALUES ({', '.join(f':{name}' for name in columns)}) {then}", rows)
        return []
    row_marks = f"({', '.join('?' * len(columns))})"
    cells = [row[name] for row in rows for name in columns]
    sql = f"{into} VALUES {', '.join([row_marks] * len(rows))} {then} {back}"
    return database.execute(sql, cells).fetchall()


def _real(value: Any, kind: str) -> Any:
    """An array of the driver's has one type only."""
    return float(value) if kind == REAL and value is not None else value
