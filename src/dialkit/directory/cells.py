"""Contacts as cells of a sheet, and back: lists in one cell, and nothing that a spreadsheet would run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from dialkit.cells import line as csv_line
from dialkit.cells import safe
from dialkit.directory.fields import LISTS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.directory.fields import Contact

# Columns of an export, and of an import the fields that a column can mean.
COLUMNS = ("id", "type", "owner_id", *TEXTS, *LISTS)
BETWEEN = " | "  # values of a list in a cell
SPLIT = {"phones": re.compile(r"[|;,\n]"), "emails": re.compile(r"[|;,\n]"), "urls": re.compile(r"[|\n]")}


def line(cells: Iterable[str]) -> str:
    """A line of CSV, none of whose cells can be run."""
    return csv_line([safe(cell) for cell in cells])


def joined(name: str, values: list[str]) -> str:
    """A list as one cell, that `split` reads back as it was: as JSON where the values are too odd."""
    text = BETWEEN.join(values)
    return text if split(name, text) == values else json.dumps(values, ensure_ascii=False)


def split(name: str, cell: str) -> list[str]:
    """The values of a cell: a JSON list, or apart by ``|``, line breaks, and but for URLs ``;`` and ``,``."""
    if cell.startswith("["):
        try:
            found = json.loads(cell)
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return [one for one in found if one.strip()]
    return [one.strip() for one in SPLIT[name].split(cell) if one.strip()]


def sheet_row(contact: Contact) -> dict[str, str]:
    """A contact as texts by column; what is not set is empty. An owner only where it is a user's own."""
    row = {name: str(contact.get(name) or "") for name in COLUMNS if name not in LISTS}
    row |= {name: joined(name, [str(one) for one in contact.get(name) or ()]) for name in LISTS}
    if contact.get("type") != "local":
        row["owner_id"] = ""
    return row


def record(contact: Contact) -> dict[str, Any]:
    """A contact as one line of ndjson: the same columns, with lists as lists; what is not set is left out."""
    row = {name: contact[name] for name in COLUMNS if contact.get(name)}
    if contact.get("type") != "local":
        row.pop("owner_id", None)
    return row
