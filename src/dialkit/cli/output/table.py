"""For reading: a table for lists, aligned keys and values for one object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cli.output.cells import cell, fitted, scalar, width
from dialkit.cli.output.options import Items, records, take
from dialkit.cli.output.records import columns_of
from dialkit.cli.output.text import key, show, show_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from dialkit.cli.output.options import Options, Writer

SAMPLE = 200
"""Rows read to choose and size the columns."""

FLOORS = (20, 5)
"""Cells that columns of text are cut to first, and then before columns that should not be cut."""

DEPTH = 4
"""How deep one object's keys are drawn; what lies deeper is summed up."""

LISTED = 20
"""Items of a list that one object's value names."""

GAP = "  "

# Which columns come first where there is no room for all: who, in what state, how to reach, when, what.
FIRST = (
    "id", "call_id", "number", "request_id", "bulk_message_id", "schedule_id",
    "display_name", "name", "title", "contact", "external_number", "direction", "state", "status", "type",
    "primary_email", "emails", "primary_phone", "phone_numbers", "phones", "from_number", "to_numbers",
    "date_started", "created_date", "duration", "text",
)  # fmt: skip
RANK = {name: place for place, name in enumerate(FIRST)}

# Ids, phone numbers and times.
ID = re.compile(r"(.*[._])?(id|uid|number)")
RIGID = re.compile(r"[+(]?[0-9][0-9 ().:TZ+-]*")
NUMBERS = (int, float, type(None))


class Column(NamedTuple):
    """A column `size` cells wide. `rigid`: ids and the like, worth nothing when cut.

    Low ranks come first; None is a column with nothing in it.
    """

    name: str
    size: int
    rigid: bool
    right: bool
    rank: int | None

    def floor(self, least: int) -> int:
        """What it keeps of its size where columns of text are cut to `least`."""
        return self.size if self.rigid else min(self.size, least)


def write_table(data: Any, options: Options, out: TextIO) -> str | None:
    """A table for a list, keys and values for an object, the text alone for anything else.

    Where `width` is above 0 no line of a table is longer: without fields, the columns that matter most
    are chosen, and cells are cut with ``…``. Otherwise everything is shown.
    """
    if isinstance(data, Items | list):
        return _write_rows(records(data), options, out)
    if isinstance(data, dict):
        _write_keys(data, options, out)
    elif data is not None:
        out.write((show_lines(data) if isinstance(data, str) else scalar(data)) + "\n")
    return None


def _write_keys(data: dict[str, Any], options: Options, out: TextIO) -> None:
    """One object, a key a line, nested ones dotted as `--fields` takes them. Values are never cut."""
    pairs = [(show(name) + ":", value) for name, value in _flat(data, "", 1)]
    size = max((width(name) for name, _ in pairs), default=0)
    margin = " " * size + GAP
    for name, value in pairs:
        several = isinstance(value, str) and "\n" in value
        text = show_lines(value).replace("\n", "\n" + margin) if several else cell(name[:-1], value, LISTED)
        space = margin[width(name) :] if text else ""
        out.write(key(name, options.color) + space + text + "\n")


def _flat(data: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, dict) and value and depth < DEPTH:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            yield prefix + name, value


def _write_rows(rows: Iterator[dict[str, Any]], options: Options, out: TextIO) -> str | None:
    sample, error = take(rows, SAMPLE)
    names = list(options.fields or columns_of(sample))
    columns = [measure(name, sample) for name in names]
    if options.width:
        if options.fitting or not options.fields:
            columns = choose(columns, options.width, ranked=not options.fitting)
        columns = fit(columns, options.width)
    if sample:
        heads = (key(fitted(show(c.name), c.size, c.right), options.color) for c in columns)
        out.write(GAP.join(heads).rstrip() + "\n")
    out.writelines(draw(row, columns, options.width) for row in sample)
    out.flush()
    if error:
        raise error
    for row in rows:
        out.write(draw(row, columns, options.width))
        out.flush()
    if not sample:
        return "no items"
    if len(columns) == len(names):
        return None
    return f"fields not shown: {len(names) - len(columns)}; name some with --fields, or see all with -o json"


def measure(name: str, rows: list[dict[str, Any]]) -> Column:
    """The column of a field, as wide as its name and its cells."""
    values = [row.get(name) for row in rows]
    texts = [text for value in values if (text := cell(name, value))]
    is_id = ID.fullmatch(name) is not None
    nested = any(isinstance(value, dict | list) for value in values)
    return Column(
        name,
        size=max(map(width, (show(name), *texts))),
        rigid=is_id or all(map(RIGID.fullmatch, texts)),
        right=not is_id and all(type(value) in NUMBERS for value in values),
        rank=RANK.get(name, len(RANK) + nested) if texts else None,
    )


def choose(columns: list[Column], limit: int, *, ranked: bool = True) -> list[Column]:
    """The columns for which there is room, those that matter most first; empty ones are left out.

    What is not `ranked` keeps its order, and so do rows without an id, a list of our own making.
    """
    chosen: list[Column] = []
    filled = [column for column in columns if column.rank is not None]
    if ranked and any(ID.fullmatch(column.name) for column in filled):
        filled.sort(key=lambda column: column.rank or 0)
    for column in filled:
        floor = column.floor(FLOORS[0])
        if not chosen or floor <= limit:
            chosen.append(column)
            limit -= floor + len(GAP)
    return chosen


def fit(columns: list[Column], limit: int) -> list[Column]:
    """The columns in lines of at most `limit` cells: the widest texts give first, rigid columns last."""
    columns = columns[: max(1, (limit + len(GAP)) // (len(GAP) + 1))]
    room = limit - len(GAP) * (len(columns) - 1)
    sizes = [min(column.size, room) for column in columns]
    for lowest in (*([c.floor(least) for c in columns] for least in FLOORS), [1] * len(columns)):
        cap = max(sizes, default=0)
        while sum(sizes) > room and cap > 1:
            cap -= 1
            sizes = [min(size, max(cap, low)) for size, low in zip(sizes, lowest, strict=True)]
    return [column._replace(size=size) for column, size in zip(columns, sizes, strict=True)]


def draw(row: dict[str, Any], columns: list[Column], limit: int) -> str:
    """One line of the table. Without a limit, a cell wider than its column is whole."""
    cells = [(column, cell(column.name, row.get(column.name))) for column in columns]
    parts = [fitted(text, c.size if limit else max(c.size, width(text)), c.right) for c, text in cells]
    return GAP.join(parts).rstrip() + "\n"


WRITERS: dict[str, Writer] = {"table": write_table}
