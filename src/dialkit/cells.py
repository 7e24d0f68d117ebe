"""Cells of CSV files: none that a spreadsheet would run, and each can be read back as it was."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# A spreadsheet may run a cell that begins so (OWASP, "CSV Injection"; the last four are the full-width
# forms). Plain numbers, negative ones and E.164 phone numbers among them, hold nothing to run.
FORMULA = re.compile(r"'*([\t\r\n]|[\s\u200b\ufeff]*[=+\-@＝＋－＠])")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
ODD = re.compile(r'[",\r\n]')


def _runs(text: str) -> bool:
    return FORMULA.match(text) is not None and NUMBER.fullmatch(text) is None


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before one that could be."""
    return "'" + text if _runs(text) else text


def plain(cell: str) -> str:
    """What `safe` was given: the apostrophe that stands before a formula is taken away."""
    return cell[1:] if cell[:1] == "'" and _runs(cell[1:]) else cell


def line(cells: Sequence[str]) -> str:
    """A line of CSV (RFC 4180, with ``\\n``), its cells as they are."""
    # Not the csv module: before Python 3.13 it leaves a lone CR unquoted, which it then refuses to read.
    if cells == [""]:
        return '""\n'  # an empty line would be no row
    return ",".join(['"' + one.replace('"', '""') + '"' if ODD.search(one) else one for one in cells]) + "\n"
