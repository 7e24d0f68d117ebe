"""Many rows at once, as quickly as each database takes them.

SQLite is quick with a statement for each row, compiled once. PostgreSQL's driver spends 50 µs on each row, as
much on the same in a long statement, and more on arrays of texts with quotes in them (all told, 386 µs of CPU
for an event, and 126 in this way); there, each column is one text, which the server cuts at separators. As
JSON, which it has to parse, an event took 72 µs to insert, and so it takes 43.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
        values = ", ".join(f"CAST({name} AS {kind})" for name, kind in columns.items())
        sql = f"{into} SELECT {values} FROM {as_table(columns)} {then} {back}"  # noqa: S608
        done = database.execute(sql, as_lists(rows, columns))
        return done.fetchall() if returning else []
    if not returning:
        database.executemany(f"{into} VALUES ({', '.join(f':{name}' for name in columns)}) {then}", rows)
        return []
    row_marks = f"({', '.join('?' * len(columns))})"
    cells = [row[name] for row in rows for name in columns]
    sql = f"{into} VALUES {', '.join([row_marks] * len(rows))} {then} {back}"
    return database.execute(sql, cells).fetchall()


def as_table(columns: Iterable[str]) -> str:
    """For PostgreSQL: the rows of `as_lists` as a table called ``one``, all of whose columns are texts."""
    lists = ", ".join(f"(string_to_array(:{name}, :between, :nothing))[2:]" for name in columns)
    return f"unnest({lists}) AS one ({', '.join(columns)})"


def as_lists(rows: Sequence[Row], columns: Iterable[str]) -> dict[str, str]:
    """The columns of rows as one text each, by name, and how to take them apart again."""
    lists = {name: [_cell(row[name]) for row in rows] for name in columns}
    every = "".join(cell for cells in lists.values() for cell in cells if cell is not None)
    between, nothing = _unlike(every, "\x1e"), _unlike(every, "\x1f")
    # The first of each is cut off again: of an empty text alone the server would make an empty list.
    joined = {
        name: between.join(["", *(nothing if cell is None else cell for cell in cells)])
        for name, cells in lists.items()
    }
    return {**joined, "between": between, "nothing": nothing}


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return repr(int(value) if isinstance(value, bool) else value)


def _unlike(text: str, first: str) -> str:
    """What is not in a text."""
    from secrets import token_hex

    found = first
    while found in text:
        found = token_hex(16)
    return found
