"""The report of an import: the rows of the sheet, each with what became of it and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dialkit.directory.cells import line
from dialkit.errors import InvalidArgument
from dialkit.store.files import Part, place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.directory.sheet import Sheet
    from dialkit.store.journals import Entry

COLUMNS = ("row", "status", "contact_id", "reason")


def beside(path: str) -> str:
    """Where the report of a file goes unless it is said: ``people.csv`` → ``people.report.csv``."""
    return os.path.splitext(path)[0] + ".report.csv"


def checked(path: str, source: str) -> str:
    """Where a report is written, before anything is sent. Raises `InvalidArgument` where it cannot be."""
    found = place(path, "--report")
    if found == os.path.realpath(source):
        raise InvalidArgument(f"--report: {path} is the file that is imported", hint="name another file")
    return found


def write(path: str, sheet: Sheet, entries: Iterable[Entry]) -> None:
    """Write it, whole or not at all: each entry with the cells of its row. Raises `OSError`."""
    with Part(path) as part:
        part.write(line([*COLUMNS, *sheet.header]))
        rows = sheet.rows()
        for entry in entries:
            cells = next((cells for number, cells, _ in rows if number == entry.row), None)
            about = [str(entry.row), entry.state, entry.contact_id or "", entry.reason or ""]
            part.write(line([*about, *(cells or [])]))
