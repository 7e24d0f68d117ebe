"""Whole documents: json, ndjson, yaml, and bytes as received. Printing JSON imports only `json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.cli.output.options import Items, each

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from dialkit.cli.output.options import Options, Writer


def encoder(options: Options, indent: int | None = None) -> Callable[[Any], str]:
    """A function from a value to JSON: compact, or indented with keys in colour; safe on a terminal."""
    separators = (",", ":") if indent is None else (",", ": ")
    encode = json.JSONEncoder(ensure_ascii=False, indent=indent, separators=separators).encode
    if not options.is_tty:
        return encode
    from dialkit.cli.output.text import color_json, show_json

    if indent is None or not options.color:
        return lambda value: show_json(encode(value))
    return lambda value: color_json(show_json(encode(value)))


def write_json(data: Any, options: Options, out: TextIO) -> None:
    """One JSON document. Items become one array, which is closed even where the items end in an error."""
    encode = encoder(options, indent=2)
    if not isinstance(data, Items):
        out.write(encode(data) + "\n")
        return
    started = False
    try:
        for item in data:
            # Safe to indent as text: inside JSON strings a line end is always written as \n.
            out.write((",\n  " if started else "[\n  ") + encode(item).replace("\n", "\n  "))
            out.flush()
            started = True
    finally:
        if started:
            out.write("\n]\n")
    if not started:
        out.write("[]\n")


def write_ndjson(data: Any, options: Options, out: TextIO) -> None:
    """One compact JSON value a line."""
    encode = encoder(options)
    for item in each(data):
        out.write(encode(item) + "\n")
        out.flush()


def write_yaml(data: Any, options: Options, out: TextIO) -> None:
    """One YAML document. Items become one sequence."""
    from dialkit.cli.output.yaml_text import dump

    show: Callable[[str], str] = str
    if options.is_tty:
        from dialkit.cli.output.text import show_lines as show
    if not isinstance(data, Items):
        out.write(show(dump(data)))
        return
    empty = True
    for item in data:
        out.write(show(dump([item])))
        out.flush()
        empty = False
    if empty:
        out.write("[]\n")


def write_raw(data: bytes, options: Options, out: TextIO) -> None:
    """The bytes, unchanged. Raises `InvalidArgument` where a form was asked that bytes cannot take."""
    from dialkit.errors import InvalidArgument

    if options.format not in (None, "raw") or options.fields or options.jq is not None:
        raise InvalidArgument("the answer is not JSON: it can only be printed as received", hint="-o raw")
    out.flush()
    out.buffer.write(data)
    out.buffer.flush()


# `raw` here: what dialkit itself made has no bytes as received, and is shown as JSON.
WRITERS: dict[str, Writer] = {
    "json": write_json,
    "ndjson": write_ndjson,
    "yaml": write_yaml,
    "raw": write_json,
}
