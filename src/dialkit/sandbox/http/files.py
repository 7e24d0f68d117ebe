"""Files that answers give addresses of: exports, recordings, transcripts. The address is the key to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.world import World

PREFIX = "/files/"


class File(NamedTuple):
    """What is answered: the bytes, and what they are."""

    content: bytes
    content_type: str


# From the first segment after the prefix to what makes the file of the rest of the path.
MAKERS: dict[str, Callable[[World, str], File]] = {}


def address(world: World, kind: str, name: str) -> str:
    """The address of a file, such as ``http://127.0.0.1:8123/files/exports/6951….csv``."""
    return f"{world.url}{PREFIX}{kind}/{name}"


def read_file(world: World, path: str) -> File:
    """The file at a path. Raises `Refusal` 404."""
    kind, _, name = path.removeprefix(PREFIX).partition("/")
    if kind not in MAKERS or not name:
        raise Refusal(404, f"Nothing is at {path[:200]}.")
    return MAKERS[kind](world, name)
