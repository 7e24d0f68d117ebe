"""From a method and a path to the operation meant, and the values in the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.catalog import Summary

ANY = "{}"  # where a value stands in a path
METHODS = ""  # the entry of a node that holds its operations by method; no segment is empty


class Router:
    """The paths of all operations, as a tree of segments."""

    def __init__(self, operations: Iterable[Summary]) -> None:
        self._root: dict[str, Any] = {}
        for row in operations:
            node = self._root
            for segment in row.path.strip("/").split("/"):
                node = node.setdefault(ANY if segment.startswith("{") else segment, {})
            names = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
            node.setdefault(METHODS, {})[row.method] = (row, names)

    def find(self, method: str, path: str) -> tuple[Summary, dict[str, str]]:
        """The operation, and path values by name, percent-decoded each on its own.

        `path` is as received. Raises `Refusal` 404 for an unknown path, 405 for a method it does not have,
        400 where an escape is not UTF-8.
        """
        segments = path.split("/")
        if "%" in path:
            try:
                segments = [unquote(segment, errors="strict") for segment in segments]
            except UnicodeDecodeError:
                raise Refusal(400, "The path is not UTF-8.") from None
        allowed: set[str] = set()
        for methods, values in _ways(self._root, segments[1:], []) if segments[0] == "" else ():
            if method in methods:
                row, names = methods[method]
                return row, dict(zip(names, values, strict=True))
            allowed.update(methods)
        if allowed:
            more = {"allow": ", ".join(sorted(allowed))}
            raise Refusal(405, f"{method} is not allowed at {path[:200]}.", more)
        raise Refusal(404, f"Nothing is at {path[:200]}.")


def _ways(node: dict[str, Any], segments: list[str], values: list[str]) -> Iterable[tuple[Any, list[str]]]:
    """Where a path leads; literal segments beat values: /offices/primary stands before /offices/{id}."""
    if not segments:
        if METHODS in node:
            yield node[METHODS], values
        return
    segment = segments[0]
    if segment and segment != ANY and segment in node:
        yield from _ways(node[segment], segments[1:], values)
    if segment and ANY in node:
        yield from _ways(node[ANY], segments[1:], [*values, segment])
