"""What the threads of an app import, imported before they begin.

A process that is forked while one of its threads imports a module waits for that module for ever, and servers
fork once they have loaded the program.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping


def load(environ: Mapping[str, str]) -> None:
    """Import it, in the caller's thread, for the database that `environ` names."""
    import inspect  # noqa: F401
    import secrets  # noqa: F401

    from dialkit.events.handling.handlers import typed
    from dialkit.store import schema
    from dialkit.store.database import URL
    from dialkit.store.outbox import me

    with suppress(InvalidArgument):  # no driver, which who opens the database is told
        if environ.get(URL, "").strip():
            from dialkit.store import postgres  # noqa: F401
        else:
            from dialkit.store import sqlite  # noqa: F401
    list(schema.statements("postgresql"))
    typed({})
    me()
