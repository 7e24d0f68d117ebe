"""``.dialpad.toml``: what a working folder fixes for everyone who works in it.

It is looked for in the working folder and upward, up to the home folder or the root, these two included. It
comes with a checked-out repository, so it is not trusted: it can choose among what the user has set up, but
cannot say where a key goes, name a key, or run anything. Flags and the environment outrank it; it outranks
``config.toml``.
"""

from __future__ import annotations

import os

from dialkit.config import files
from dialkit.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = ".dialpad.toml"
# A pin has five short lines. The bound also keeps hostile TOML cheap to parse.
LIMIT = 8192
# Deeper than source trees go.
FOLDERS = 40


class Pin:
    """What a pin says: `values` by name, from the file `path`. Without a file both are empty."""

    __slots__ = ("path", "values")

    def __init__(self, path: str = "", values: Mapping[str, Any] | None = None) -> None:
        self.path, self.values = path, dict(values or {})

    def __repr__(self) -> str:
        return f"Pin({self.path!r}, {self.values!r})"

    def get(self, name: str) -> Any:
        """``account``, ``company_id``, ``profile``, ``region`` or ``output``; None where it is not fixed."""
        return self.values.get(name)


def find_pin(folder: str, home: str) -> Pin:
    """The pin that holds in `folder`; the nearest file counts, and only that one.

    Raises `Refused` where it holds more than a pin may, `InvalidArgument` where it cannot be understood.
    """
    folder, home = os.path.abspath(folder), os.path.realpath(home)
    for _ in range(FOLDERS):
        path = os.path.join(folder, NAME)
        text = files.read(path, limit=LIMIT)
        if text is not None:
            return _parse(text, path)
        above = os.path.dirname(folder)
        if folder in (above, home):
            break
        folder = above
    return Pin()


def _parse(text: str, path: str) -> Pin:
    from dialkit.config import table

    kinds = {
        "account": table.NAME,
        "company_id": table.COMPANY,
        "profile": table.NAME,
        "region": table.REGION,
        "output": table.NAME,
    }
    values = files.parse_toml(text, path)
    for name, value in values.items():
        if name not in kinds:
            raise Refused(
                f"{path} may not set {table.shown(name)}",
                hint=f"it may hold {', '.join(kinds)}, nothing else",
            )
        table.check(name, kinds[name], value, path)
    return Pin(path, values)
