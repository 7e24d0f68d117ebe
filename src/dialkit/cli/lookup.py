"""Finding the operation that is meant: by the words of a command, or by method and path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.catalog import Catalog, Operation
    from dialkit.cli.app import App


def by_words(app: App, words: list[str]) -> Operation:
    """The operation that `words` name: ``users.list``, ``users list`` or ``users users.list``.

    Raises `InvalidArgument` with the nearest names.
    """
    summary, used = app.catalog.find(words)
    if summary is not None and used == len(words):
        return app.catalog.operation(summary.id)
    from dialkit.catalog.model import nearest

    name = ".".join(words)
    near = nearest(name, app.catalog.ids)
    meant = f"did you mean {', or '.join(near)}? else: " if near else "see: "
    raise InvalidArgument(f"no operation {' '.join(words)!r}", hint=f"{meant}dialpad search {words[-1]}")


def by_request(catalog: Catalog, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation whose method and path these are, and the values of its path parameters.

    Where several fit, the one with the fewest parameters: ``users/export`` rather than ``users/{id}``.
    None where there is none, and for a path with ``.`` or ``..`` in it, which would lead elsewhere than it
    reads.
    """
    from urllib.parse import unquote

    parts = [unquote(part) for part in path.partition("?")[0].removesuffix("/").split("/")]
    if "." in parts or ".." in parts:
        return None
    found = [
        (values, row)
        for row in catalog.ids.values()
        if row.method == method and (values := _match(row.path.split("/"), parts)) is not None
    ]
    if not found:
        return None
    values, row = min(found, key=lambda pair: len(pair[0]))
    return catalog.operation(row.id), values


def _match(template: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(template) != len(parts):
        return None
    values = {}
    for wanted, part in zip(template, parts, strict=True):
        if wanted.startswith("{") and part:
            values[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return values
