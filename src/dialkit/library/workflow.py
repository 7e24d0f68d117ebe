"""What workflows share: the local database, whose config it is, and how they say what they noticed."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.client import Dialpad
    from dialkit.config import Config
    from dialkit.store import Database


class DialkitWarning(UserWarning):
    """Something that the command line would say as a note or a warning, and go on."""


def tell(line: str) -> None:
    """Say a line as a warning, at the line of the program that called."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("dialkit."):
        frame, level = frame.f_back, level + 1
    warnings.warn(line.removeprefix("note: ").removeprefix("warning: "), DialkitWarning, stacklevel=level)


class Workflow:
    """Workflows of a client."""

    def __init__(self, client: Dialpad) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"


def texts(name: str, value: Any) -> list[str]:
    """Several texts, as they were given. A single one is refused: its letters would be taken for them."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise InvalidArgument(f"{name}: {value!r} is no list of texts", hint=f'write it like {name}=["…"]')
    return [*value]


def config_of(client: Dialpad) -> Config:
    """The config that the client was set up with."""
    return client.settings.config


def database_of(client: Dialpad) -> Database:
    """The local database: outbox, opt-outs, templates."""
    from dialkit.store import Database

    return Database.of(config_of(client).environ, tell)


def asking(client: Dialpad) -> Dialpad:
    """The client to read with, also where writes are not sent."""
    return client.with_options(dry_run=False) if client.dry_run else client
