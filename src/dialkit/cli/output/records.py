"""Records for other programs: csv, tsv and ids."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.cells import line, safe
from dialkit.cli.output.options import each, records, take
from dialkit.cli.output.text import C0, UNSAFE, escaper, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from dialkit.cli.output.options import Options, Writer

SAMPLE = 1000
"""Items read to find the columns, where no fields are given."""

# What an item is called by, best first; then any key that ends in `_id`.
IDENTITY = ("id", "call_id", "number", "request_id")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def cell_text(value: Any) -> str:
    """A value as the text of a cell: null empty, nested values as compact JSON, formulas behind a ``'``."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return _encode(value)
    return safe(value)


def columns_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """All keys, in order of first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(data: Any, options: Options, out: TextIO) -> str | None:
    """Comma-separated (RFC 4180, with ``\\n`` ends). Tabs and line ends stay; other controls are escaped."""
    escape = escaper(UNSAFE, keep="\n\t") if options.is_tty else escaper(C0, keep="\n\t\r")

    return _write_rows(data, options, out, lambda cells: line([escape(cell) for cell in cells]))


def write_tsv(data: Any, options: Options, out: TextIO) -> str | None:
    """Tab-separated, each item on one line: all control characters are escaped, and backslashes doubled."""
    escape = escaper(UNSAFE if options.is_tty else C0)
    return _write_rows(
        data,
        options,
        out,
        lambda cells: "\t".join([escape(cell.replace("\\", "\\\\")) for cell in cells]) + "\n",
    )


def _write_rows(data: Any, options: Options, out: TextIO, lined: Callable[[list[str]], str]) -> str | None:
    rows = records(data)
    sample, error = ([], None) if options.fields else take(rows, SAMPLE)
    columns = list(options.fields or columns_of(sample))

    def drawn(row: dict[str, Any]) -> str:
        return lined([cell_text(row.get(name)) for name in columns])

    if columns:
        out.write(lined([cell_text(name) for name in columns]))
    out.writelines(map(drawn, sample))
    out.flush()
    if error:
        raise error
    late: dict[str, None] = {}
    known = frozenset(columns)
    for row in rows:
        out.write(drawn(row))
        out.flush()
        if not known.issuperset(row):
            late.update((name, None) for name in row if name not in known)
    if not late:
        return None
    names = show(",".join(late))
    return f"left out, as they first came after {SAMPLE} items: {names}; name all columns with --fields"


def identity(item: Any, names: Sequence[str] | None = None) -> str | None:
    """The id of an item: what is set first of `names`, else of `IDENTITY` and its keys in ``_id``."""
    found: Iterable[Any] = (item,)
    if isinstance(item, dict):
        names = names or [*IDENTITY, *(name for name in item if name.endswith("_id"))]
        found = map(item.get, names)
    values = (v for v in found if isinstance(v, str | int) and not isinstance(v, bool) and v != "")
    return next((str(value) for value in values), None)


def write_ids(data: Any, options: Options, out: TextIO) -> None:
    """The id of each item, one a line; with fields, the first of them that is set.

    Raises `InvalidArgument` after the rest where items have none.
    """
    escape = escaper(UNSAFE if options.is_tty else C0)
    count = without = 0
    for item in each(data):
        count += 1
        found = identity(item, options.fields)
        if found is None:
            without += 1
            continue
        out.write(escape(found) + "\n")
        out.flush()
    if without:
        from dialkit.errors import InvalidArgument

        what = "the answer has" if count == 1 else f"{without} of {count} items have"
        raise InvalidArgument(f"{what} no id to print", hint="--fields NAME -o ids prints another field")


WRITERS: dict[str, Writer] = {"csv": write_csv, "tsv": write_tsv, "ids": write_ids}
