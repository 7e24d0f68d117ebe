"""A page of help, as wide as the terminal that shows it. Pages are written for `WIDTH` columns.

By hand, since `textwrap` costs a third of a help page's time.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

WIDTH = 100
DEFAULT_WIDTH = 80
ROOM = 24  # columns that what is told of a name needs beside it; with fewer it goes below
LONGEST = 30  # characters that are kept together for a bracket
FULL = 90  # a line with the first word of the next is longer, or the next one does not go on with it
BELOW = 6  # where it begins there


def columns(out: TextIO, environ: Mapping[str, str]) -> int:
    """How wide a page may be: as the terminal, and `WIDTH` where there is none."""
    return min(WIDTH, width_of(out, environ)) if out.isatty() else WIDTH


def width_of(out: TextIO, environ: Mapping[str, str]) -> int:
    """How many cells a line of the terminal has."""
    given = environ.get("COLUMNS", "")
    if given.isdecimal() and int(given[:6]) > 0:
        return int(given[:6])
    try:
        return os.get_terminal_size(out.fileno()).columns or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def fitted(text: str, width: int) -> str:
    """The same text in lines of at most `width`; lines to copy, such as examples, stay whole."""
    if width >= WIDTH:
        return text
    lines: list[str] = []
    said, hang = "", 0  # a line with what goes on with it, and where all but its first line begin
    before, begins = "", -1  # the last that went on with it, and where on the page such lines begin
    is_example = False
    for line in [*text.split("\n"), ""]:
        start, column = _places(line)
        if line and begins == start == column and len(before) + len(line[start:].partition(" ")[0]) > FULL:
            said, before = f"{said} {line[start:]}", line
            continue
        lines += _broken(said, hang, width) if said else ()
        said, begins = "", -1
        is_example = (is_example or line.startswith("Example")) and line != ""
        is_beside = column > start and width - column >= ROOM
        is_whole = is_example or (0 < start == column and line.startswith("dialpad ", start))
        if is_whole or (len(line) <= width and (is_beside or column == start)):
            lines.append(line)
            continue
        said, before, begins, hang = line, line, column, column
        if width - column < ROOM:
            hang = BELOW
            lines += _broken(line[:column].rstrip(), hang, width) if column > start else ()
            said = " " * hang + line[column:]
        elif line.startswith("usage: "):
            hang = len("usage: ")
        elif start and column == start and " [" in line:  # what a command takes
            begins = hang = BELOW
    return "\n".join(lines[:-1])


def _places(line: str) -> tuple[int, int]:
    """Where a line begins, and what stands beside its name, if there is something."""
    start = len(line) - len(line.lstrip(" "))
    gap = line.rfind("  ", start)
    return start, start if gap < 0 else gap + 2


def _broken(line: str, hang: int, width: int) -> list[str]:
    lines: list[str] = []
    now = line[: len(line) - len(line.lstrip(" "))]
    for word in _words(line[len(now) :]):
        if len(now) + 1 + len(word) > width and now.strip() and len(now) > hang:
            lines.append(now.rstrip())
            now = " " * hang + word
        else:
            now += f" {word}" if now.strip() else word
    return [*lines, now.rstrip()]


def _words(text: str) -> Iterator[str]:
    """Words; ``[--port N]`` is one."""
    pieces: list[str] = []
    for piece in text.split(" "):
        pieces.append(piece)
        word = " ".join(pieces)
        if word.count("[") <= word.count("]"):
            yield word
        elif len(word) > LONGEST:
            yield from pieces
        else:
            continue
        pieces = []
    yield from pieces
