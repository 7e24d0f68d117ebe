"""The directory as rows for a file, in a form that an import reads back without a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.directory import scan
from dialkit.directory.cells import record, sheet_row
from dialkit.directory.lookup import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialkit.client import Dialpad
    from dialkit.directory.scan import Progress

FORMATS = ("csv", "ndjson")


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
