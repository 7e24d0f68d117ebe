"""Reading a document that a user brings, OpenAPI among them: JSON or YAML, bounded, as plain JSON values.

YAML is read by the core schema of YAML 1.2, as OpenAPI asks: ``no`` and ``2024-05-01`` are texts. It is
built from the parser's events, so that no tag can make anything else of it, and aliases, which can make a
terabyte out of a page, are refused.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NoReturn

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

# Dialpad's own document has half a megabyte and 60,000 values.
LARGEST = 32 * 1024 * 1024  # bytes
MOST = 2_000_000  # values of a YAML document
DEEPEST = 100  # levels; Dialpad's own document has 15

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")


def load(app: App, name: str) -> Any:
    """What is in the file `name`, YAML or JSON. Raises `InvalidArgument` saying where it cannot be read."""
    try:
        with open(os.path.join(app.cwd, os.path.expanduser(name)), "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InvalidArgument(f"{name}: {error.strerror}", hint="give the path of a file") from None
    if len(data) > LARGEST:
        raise InvalidArgument(f"{name}: larger than {LARGEST >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{name}: not UTF-8 (byte {error.start})") from None
    return _json(text, name) if text.lstrip()[:1] in ("{", "[") else _yaml(text, name)


def read(app: App, name: str) -> dict[str, Any]:
    """The OpenAPI document in the file `name`. Raises `InvalidArgument` saying where it cannot be read."""
    found = load(app, name)
    if not isinstance(found, dict) or "openapi" not in found:
        raise InvalidArgument(
            f"{name}: not an OpenAPI document: it has no 'openapi' at its top",
            hint="dialpad spec export shows what one looks like",
        )
    if not str(found["openapi"]).startswith("3."):
        raise InvalidArgument(f"{name}: OpenAPI {str(found['openapi'])[:20]!r}, and only 3.x is understood")
    return found


def _json(text: str, name: str) -> Any:
    import json

    def constant(word: str) -> NoReturn:
        raise ValueError(f"{word} is no number of JSON")

    try:
        found = json.loads(text, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        # In flow style, YAML begins with a brace as well.
        if isinstance(error, json.JSONDecodeError) and text.lstrip()[:2] not in ('{"', "[{"):
            return _yaml(text, name)
        raise InvalidArgument(f"{name}: not JSON: {str(error).partition(';')[0]}") from None
    if _deeper(found, DEEPEST):
        raise InvalidArgument(f"{name}: nested deeper than {DEEPEST} levels")
    return found


def _deeper(node: Any, left: int) -> bool:
    if isinstance(node, dict):
        node = list(node.values())
    return isinstance(node, list) and (left == 0 or any(_deeper(inner, left - 1) for inner in node))


def _yaml(text: str, name: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        told = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        raise InvalidArgument(f"{name}: not YAML{place}: {told}") from None
    return builder.root


class _Builder:
    """From YAML events to JSON values, level by level, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Any = None
        self.count = 0
        self.documents = 0
        # The lists and objects that are open, outermost first, each with the key its next value gets.
        self.open: list[tuple[Any, list[str]]] = []

    def take(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event).__name__
        if kind == "AliasEvent":
            raise self._refused("an alias (*name), and aliases are not read", event)
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                raise self._refused("a second document", event)
        if kind in ("SequenceEndEvent", "MappingEndEvent"):
            self.open.pop()
        elif kind == "ScalarEvent":
            plain = event.implicit[0] and event.tag is None
            self._put(event.value, scalar(event.value) if plain else event.value, event)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            made: Any = [] if kind == "SequenceStartEvent" else {}
            self._put(None, made, event)
            if len(self.open) == DEEPEST:
                raise self._refused(f"more than {DEEPEST} levels", event)
            self.open.append((made, []))

    def _put(self, text: str | None, value: Any, event: Any) -> None:
        self.count += 1
        if self.count > MOST:
            raise self._refused(f"more than {MOST:,} values", event)
        if not self.open:
            self.root = value
            return
        holder, key = self.open[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif key:
            holder[key.pop()] = value
        elif text is None:
            raise self._refused("a list or an object as a key", event)
        elif text in holder:
            raise self._refused(f"the key {text[:80]!r} twice", event)
        else:
            key.append(text)

    def _refused(self, what: str, event: Any) -> InvalidArgument:
        return InvalidArgument(f"{self.name}: line {event.start_mark.line + 1} has {what}")


def scalar(text: str) -> Any:
    """A plain YAML scalar by the core schema of YAML 1.2; ``.inf`` and ``.nan``, not in JSON, are texts."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if NUMBER.fullmatch(text):
        return float(text)
    return text
