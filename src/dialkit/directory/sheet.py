"""Reading a file of contacts: how it is encoded, what parts its columns, row by row in bounded memory."""

from __future__ import annotations

import codecs
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cells import safe
from dialkit.directory.cells import COLUMNS
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = tuple[int, list[str] | None, str]

LONGEST_CELL = 131_072  # characters; an open quote swallows rows, and must not swallow the file
CHUNK = 1 << 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LINES = (".ndjson", ".jsonl")


class Sheet(NamedTuple):
    """A file of contacts, looked at once: `digest` is that of its bytes, `header` its first row.

    `delimiter` is empty for ndjson, whose header is the names of a contact's fields.
    """

    path: str
    digest: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def __str__(self) -> str:
        apart = f"parted by {DELIMITERS.get(self.delimiter, self.delimiter)}" if self.delimiter else "ndjson"
        return (
            f"{os.path.basename(self.path)}: {self.encoding.upper().replace('-SIG', ' with a mark')}, {apart}"
        )

    def rows(self) -> Iterator[Row]:
        """Each row with its number, as a spreadsheet counts them, and its cells; empty ones are left out.

        The third is empty, or says why the row cannot be read; its cells are None then.
        """
        return _csv_rows(self) if self.delimiter else _json_rows(self)


def examine(path: str, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Look through a file. Raises `InvalidArgument` for one that is no text, or has no header; `OSError`."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise InvalidArgument(f"{path} is not a file", hint="save it to a file first: imports can be resumed")
    digest, guessed = _read_through(path, encoding)
    sheet = Sheet(os.path.abspath(path), digest, guessed, "", ())
    if path.lower().endswith(LINES):
        found = next(_json_lines(sheet), (0, None, ""))[1] or {}
        return sheet._replace(header=(*(("uid",) if "uid" in found else ()), "name", *COLUMNS))
    line = _first_line(path, guessed)
    apart = delimiter or max(DELIMITERS, key=lambda one: _outside_quotes(line).count(one))
    sheet = sheet._replace(delimiter=apart)
    # The first row that is not empty.
    _, header, wrong = next(_csv_rows(sheet, 0), (0, None, "is empty"))
    if header is None:
        raise InvalidArgument(f"{path} {wrong}", hint="its first line must name the columns")
    return sheet._replace(header=tuple(cell.strip() for cell in header))


def _read_through(path: str, encoding: str | None) -> tuple[str, str]:
    """The digest of a file, and its encoding: as given, by its mark, UTF-8, else Latin-1 or Windows' own."""
    from hashlib import sha256

    digest = sha256()
    high: set[int] = set()
    with open(path, "rb") as file:
        start = file.peek(4)[:4]
        guess = encoding or next((name for mark, name in UTF16.items() if start.startswith(mark)), None)
        guess = guess or ("utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8")
        decoder = _decoder(guess)
        fits = True
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if b"\0" in chunk and encoding is None and guess != "utf-16":
                raise InvalidArgument(
                    f"{path} is no text",
                    hint="save it as CSV; text in UTF-16 without a mark: --encoding utf-16-le",
                )
            fits = fits and _decodes(decoder, chunk)
            if not fits:
                high.update(set(chunk) & set(range(0x80, 0xA0)))
        fits = fits and _decodes(decoder, b"", final=True)
    if not fits and (encoding is not None or guess == "utf-16"):
        raise InvalidArgument(f"{path} is not {guess}", hint="leave out --encoding, or name another")
    if not fits:
        # Latin-1 has control characters where Windows has quotes, dashes and the euro sign.
        guess = "cp1252" if high and high.isdisjoint((0x81, 0x8D, 0x8F, 0x90, 0x9D)) else "latin-1"
    return digest.hexdigest(), guess


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        with suppress(UnicodeDecodeError):
            b"text".decode(encoding)  # there are codecs that decode to no text
        return codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError):
        raise InvalidArgument(
            f"--encoding: {encoding[:40]!r} is not known", hint="utf-8, utf-16, latin-1, cp1252, …"
        ) from None


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeError:
        return False
    return True


def _first_line(path: str, encoding: str) -> str:
    with open(path, encoding=encoding, newline="") as file:
        return next((line for line in iter(lambda: file.readline(CHUNK), "") if line.strip()), "")


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _csv_rows(sheet: Sheet, first: int = 1) -> Iterator[Row]:
    import csv

    with open(sheet.path, encoding=sheet.encoding, newline="") as file:
        read, ended = 0, False

        def lines() -> Iterator[str]:
            nonlocal read, ended
            for line in file:
                read += 1
                yield line
            ended = True

        reader = csv.reader(lines(), delimiter=sheet.delimiter)
        number, headed = 0, first == 0
        while True:
            number += 1
            before = read
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield number, None, f"cannot be read: {error}"
                continue
            if ended:  # it took the end of the file to end the row: the library takes that for a cell
                swallowed = f", and {read - before - 1:,} lines after it" if read - before > 1 else ""
                yield number, None, f"cannot be read{swallowed}: a quote in it is not closed"
                return
            if not any(cell.strip() for cell in cells):
                continue
            if any(len(cell) > LONGEST_CELL for cell in cells):  # the library's own limit is one for all
                yield number, None, f"cannot be read: a cell has more than {LONGEST_CELL:,} characters"
                continue
            if not headed:
                headed = True
                continue
            width = len(sheet.header)
            if first and any(cell.strip() for cell in cells[width:]):
                yield number, None, f"has {len(cells)} cells, and there are {width} columns"
                continue
            yield number, cells + [""] * (width - len(cells)), ""


def _json_lines(sheet: Sheet) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    import json

    with open(sheet.path, encoding=sheet.encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, None, f"is not JSON: {error}"
                continue
            is_object = isinstance(found, dict)
            yield number, found if is_object else None, "" if is_object else "is not a JSON object"


def _json_rows(sheet: Sheet) -> Iterator[Row]:
    for number, found, wrong in _json_lines(sheet):
        # As a cell would be written, since that is how it will be read.
        cells = [safe(_text(found.get(name))) for name in sheet.header] if found is not None else None
        yield number, cells, wrong


def _text(value: Any) -> str:
    import json

    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
