"""From a method and a path to the operation meant, and the values in the path."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.catalog import Summary


class Router:
    """The paths of all operations."""

    def __init__(self, operations: Iterable[Summary]) -> None:
        paths: dict[tuple[str, ...], dict[str, Summary]] = {}
        for row in operations:
            paths.setdefault(tuple(row.path.split("/")), {})[row.method] = row
        # Literal segments beat parameters: /offices/primary stands before /offices/{id}.
        ordered = sorted(paths.items(), key=lambda item: [part.startswith("{") for part in item[0]])
        self._by_length: dict[int, list[tuple[tuple[str, ...], dict[str, Summary]]]] = {}
        for template, methods in ordered:
            self._by_length.setdefault(len(template), []).append((template, methods))

    def find(self, method: str, path: str) -> tuple[Summary, dict[str, str]]:
        """The operation, and path values by name, percent-decoded each on its own.

        `path` is as received. Raises `Refusal` 404 for an unknown path, 405 for a method it does not have,
        400 where an escape is not UTF-8.
        """
        try:
            segments = [unquote(segment, errors="strict") for segment in path.split("/")]
        except UnicodeDecodeError:
            raise Refusal(400, "The path is not UTF-8.") from None
        allowed: set[str] = set()
        for template, methods in self._by_length.get(len(segments), ()):
            if all(_fits(part, segment) for part, segment in zip(template, segments, strict=True)):
                if method in methods:
                    values = zip(template, segments, strict=True)
                    return methods[method], {p[1:-1]: value for p, value in values if p.startswith("{")}
                allowed.update(methods)
        if allowed:
            raise Refusal(405, f"{method} is not allowed at {path}.", {"allow": ", ".join(sorted(allowed))})
        raise Refusal(404, f"Nothing is at {path[:200]}.")


def _fits(part: str, segment: str) -> bool:
    return segment != "" if part.startswith("{") else part == segment
