"""CSV files as they come: read row by row, joined, counted, made safe for spreadsheets."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cells import safe
from dialkit.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

# A transcript in one cell is longer than the 128 KiB that the csv module takes by itself.
LONGEST_CELL = 16 * 1024 * 1024
HEAD = 512
# What columns of sums are not: whose and when they are.
WORDS = re.compile(r"date|day|email|name|type|timezone|(.*_)?(id|kind|number|type|date|name|email)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")


class Read(NamedTuple):
    """A file's columns, and its rows as they come, as long as the columns are."""

    columns: list[str]
    rows: Iterator[list[str]]


def read(file: BinaryIO) -> Read:
    """Read a file from its start. Raises `UpstreamError` where it is no CSV."""
    import csv

    file.seek(0)
    head = file.read(HEAD).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"<", b"{"):  # a login page, a storage's XML, an API's error
        raise UpstreamError(
            "the file is no CSV: it begins with " + repr(head[:20].decode("utf-8", "replace")),
            status=None,
            hint="is a proxy or a login page in between? `dialpad doctor` tests the connection",
        )
    if csv.field_size_limit() < LONGEST_CELL:
        csv.field_size_limit(LONGEST_CELL)
    # Bytes that are no UTF-8 come back as they were when they are written again.
    text = io.TextIOWrapper(_Kept(file), encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _checked(csv.reader(text))
    columns = _distinct(next(lines, []))
    return Read(columns, (_fitted(line, len(columns)) for line in lines if line))


class _Kept(io.BufferedReader):
    """A file that stays open when its reader goes."""

    def __init__(self, file: BinaryIO) -> None:
        raw = io.FileIO(file.fileno(), closefd=False)
        raw.seek(0)
        super().__init__(raw)


def _checked(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    import csv

    try:
        yield from lines
    except csv.Error as error:
        raise UpstreamError(f"the file is no CSV that can be read: {error}", status=None) from None


def _distinct(names: list[str]) -> list[str]:
    """Column names, of which none is empty or twice there."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        name = name.strip() or f"column_{number}"
        while name in found:
            name += "_"
        found.append(name)
    return found


def _fitted(line: list[str], count: int) -> list[str]:
    return line if len(line) == count else (line + [""] * count)[: max(count, len(line))]


def records(found: Read, *, sums: bool) -> Iterator[dict[str, Any]]:
    """Rows as objects; of `sums`, what counts and measures as numbers. Cells too many are ``column_N``."""
    plain = [not sums or WORDS.fullmatch(name.lower()) is not None for name in found.columns]
    for row in found.rows:
        extra = [f"column_{number}" for number in range(len(plain) + 1, len(row) + 1)]
        names = found.columns + extra
        yield {
            name: _shown(cell) if at >= len(plain) or plain[at] else _number(cell)
            for at, (name, cell) in enumerate(zip(names, row, strict=True))
        }


def _shown(cell: str) -> str:
    """Text that UTF-8 can hold."""
    return cell if cell.isascii() else cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _number(cell: str) -> Any:
    if not NUMBER.fullmatch(cell):
        return _shown(cell) or None
    return float(cell) if "." in cell else int(cell)


class Joined(NamedTuple):
    """What was written: how many rows, which columns, and how many cells were made safe."""

    rows: int
    columns: list[str]
    guarded: int


def join(files: Sequence[BinaryIO], into: BinaryIO) -> Joined:
    """Write the rows of several files as one, under the columns of all, no cell such that it can be run."""
    import csv

    sheets = [read(file) for file in files]
    columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.columns))
    rows = guarded = 0
    text = io.TextIOWrapper(into, "utf-8", "surrogateescape", newline="")
    writer = csv.writer(text, lineterminator="\n")
    if columns:
        writer.writerow(map(safe, columns))
    for sheet in sheets:
        places = [columns.index(name) for name in sheet.columns]
        same = places == list(range(len(columns)))
        for row in sheet.rows:
            cells = row
            if not same:
                cells = [""] * len(columns)
                for at, cell in zip(places, row, strict=False):
                    cells[at] = cell
                cells += row[len(places) :]
            kept = list(map(safe, cells))
            guarded += sum(a != b for a, b in zip(kept, cells, strict=True))
            rows += 1
            writer.writerow(kept)
    text.flush()
    text.detach()
    return Joined(rows, columns, guarded)
