"""The report of an import: the rows of the sheet, each with what became of it and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dialkit.directory.cells import safe
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.directory.sheet import Sheet
    from dialkit.store.journals import Entry

COLUMNS = ("row", "status", "contact_id", "reason")


def beside(path: str) -> str:
    """Where the report of a file goes unless it is said: ``people.csv`` → ``people.report.csv``."""
    return os.path.splitext(path)[0] + ".report.csv"


def check(path: str, source: str) -> None:
    """Raise `InvalidArgument` where a report cannot be written there, before anything is sent."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.exists(path) and os.path.realpath(path) == os.path.realpath(source):
        raise InvalidArgument(f"--report: {path} is the file that is imported", hint="name another file")
    if os.path.isdir(path) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise InvalidArgument(f"the report cannot be written to {path}", hint="--report FILE, elsewhere")


def write(path: str, sheet: Sheet, entries: Iterable[Entry]) -> None:
    """Write it, whole or not at all: each entry with the cells of its row. Raises `OSError`."""
    part = path + ".part"
    try:
        with open(part, "w", encoding="utf-8", newline="") as file:
            file.write(_line([*COLUMNS, *sheet.header]))
            rows = sheet.rows()
            for entry in entries:
                cells = next((cells for number, cells, _ in rows if number == entry.row), None)
                about = [str(entry.row), entry.state, entry.contact_id or "", entry.reason or ""]
                file.write(_line([*about, *(cells or [])]))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def _line(cells: Iterable[str]) -> str:
    # Not the csv module: before Python 3.13 it leaves a lone CR unquoted, which it then refuses to read.
    return ",".join(_quoted(safe(cell)) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    odd = any(c in cell for c in ',"\r\n')
    return '"' + cell.replace('"', '""') + '"' if odd else cell
