"""What is asked of the output, and what can be written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cli.page import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TextIO

    # Writes the data; what comes back is a note for the person, where there is something to say.
    Writer = Callable[[Any, "Options", TextIO], str | None]

FORMATS = {
    "json": "one JSON document, indented; a list is one array",
    "ndjson": "one compact JSON value a line, one line per item",
    "csv": "comma-separated with a header; nested values as JSON; safe to open in a spreadsheet",
    "tsv": "tab-separated with a header; tabs, line ends and backslashes as \\t \\n \\r \\\\",
    "table": "for reading: a table for lists, keys and values for one object",
    "yaml": "one YAML document",
    "ids": "the id of each item, one a line",
    "raw": "the bytes of the answer as received",
}


class Options(NamedTuple):
    """How to show data.

    `format` is a key of `FORMATS`, or None to choose by where the output goes. `fields` are dotted paths
    (`fields.parse_fields`), `jq` an expression. `width` is in terminal cells; 0 is without limit, so that
    a piped table is whole. `fitting`: a table has the first of its columns for which
    there is room, in their order.
    """

    format: str | None = None
    fields: tuple[str, ...] | None = None
    jq: str | None = None
    color: bool = False
    width: int = 0
    is_tty: bool = False
    fitting: bool = False


class Items:
    """A list of which the items come one after another, from any iterable. It can be read once."""

    __slots__ = ("_iterable",)

    def __init__(self, iterable: Iterable[Any]) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)


def choose_format(options: Options) -> str:
    """The format to write: the one asked for, else a table on a terminal and JSON in a pipe."""
    return options.format or ("table" if options.is_tty else "json")


def options_for(
    out: TextIO,
    environ: Mapping[str, str],
    *,
    format: str | None = None,  # noqa: A002 - as in Options
    fields: tuple[str, ...] | None = None,
    jq: str | None = None,
) -> Options:
    """Options for a stream: whether it is a terminal, how wide, and whether colour is welcome there.

    Reads `COLUMNS`, `NO_COLOR` (any value that is not empty), `TERM` and, on Windows, `WT_SESSION`.
    """
    is_tty = out.isatty()
    return Options(
        format=format,
        fields=fields,
        jq=jq,
        color=is_tty and _colorful(environ),
        width=width_of(out, environ) if is_tty else 0,
        is_tty=is_tty,
    )


def _colorful(environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    # The older Windows console prints colour codes as text unless it is switched over first.
    return os.name != "nt" or "WT_SESSION" in environ


def each(data: Any) -> Iterator[Any]:
    """The items of a list, whole or still coming; any other value is one item, and None is none."""
    if isinstance(data, Items | list):
        return iter(data)
    return iter(() if data is None else (data,))


def records(data: Any) -> Iterator[dict[str, Any]]:
    """The items as rows: an object as it is, any other value under the name ``value``."""
    return (item if isinstance(item, dict) else {"value": item} for item in each(data))


def take(items: Iterator[Any], count: int | None = None) -> tuple[list[Any], Exception | None]:
    """Up to `count` items (None: all), and the error that ended them, to be raised once they are shown."""
    taken: list[Any] = []
    try:
        while count is None or len(taken) < count:
            taken.append(next(items))
    except StopIteration:
        pass
    except Exception as error:
        return taken, error
    return taken, None
