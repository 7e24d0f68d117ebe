"""Stores with nothing in them, for one run each: what a store knows already costs less to keep."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = "DIALKIT_TEST_POSTGRES"  # as tools/postgres.py sets it


def stores() -> list[str]:
    """What can be measured here."""
    return ["SQLite", *(["PostgreSQL"] if os.environ.get(SERVER) else [])]


@contextmanager
def empty(store: str) -> Iterator[dict[str, str]]:
    """The environment of a program that uses a new store of this kind."""
    with tempfile.TemporaryDirectory() as home:
        environ = {"DIALKIT_KEYRING": "off", **os.environ, "DIALKIT_HOME": home}
        if store == "PostgreSQL":
            schema = f"bench_{secrets.token_hex(4)}"
            environ["DIALKIT_DATABASE_URL"] = f"{os.environ[SERVER]}?schema={schema}"
        yield environ
