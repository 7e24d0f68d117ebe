"""The directory as rows for a file, in a form that an import reads back without a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.directory import scan
from dialkit.directory.cells import COLUMNS, line, record, sheet_row
from dialkit.directory.lookup import EVERYBODY
from dialkit.directory.sheet import LINES
from dialkit.errors import InvalidArgument
from dialkit.store.files import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dialkit.client import Dialpad
    from dialkit.directory.scan import Progress

FORMATS = ("csv", "ndjson")


def form_of(path: str) -> str:
    """What a file of that name is: ``ndjson`` where it ends so, else ``csv``; imports see it the same way."""
    return "ndjson" if path.lower().endswith(LINES) else "csv"


def rows(
    client: Dialpad,
    form: str,
    *,
    params: Mapping[str, Any] = EVERYBODY,
    max_pages: int | None = None,
    progress: Progress | None = None,
) -> Iterator[dict[str, Any]]:
    """All contacts, shared ones and everybody's own, as they are read.

    For ``csv`` all columns as texts, lists in one cell; else lists as lists, and what is not set left out.
    """
    shown = sheet_row if form == "csv" else record
    for contact in scan.contacts(client, params, max_pages=max_pages, progress=progress):
        yield shown(contact)


def columns(names: Sequence[str]) -> Sequence[str]:
    """The columns of that name, all where none is named. Raises `InvalidArgument` for one that is not."""
    for name in names:
        if name not in COLUMNS:
            raise InvalidArgument(
                f"there is no column {name[:40]!r}", hint="there are: " + ", ".join(COLUMNS)
            )
    return names or COLUMNS


def lines(found: Iterable[Mapping[str, Any]], form: str, names: Sequence[str]) -> Iterator[str]:
    """`rows` as the lines of a file, the names of the columns first where it is ``csv``."""
    if form == "csv":
        yield line(names)
        for row in found:
            yield line([row[name] for name in names])
        return
    for row in found:
        kept = {name: row[name] for name in names if name in row}
        yield json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(path: str, found: Iterable[Mapping[str, Any]], form: str, names: Sequence[str] = COLUMNS) -> int:
    """Write rows into a file that only its owner reads, whole or not at all; how many. Raises `OSError`."""
    count = 0

    def counted() -> Iterator[Mapping[str, Any]]:
        nonlocal count
        for count, row in enumerate(found, 1):  # noqa: B007 - `count` is what is returned
            yield row

    with Part(path, mode=0o600) as part:
        for text in lines(counted(), form, names):
            part.write(text)
    return count
