"""A database of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def database(store: str, environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as opened:
        yield opened


@pytest.fixture
def postgres(store: str, environ: dict[str, str]) -> Iterator[Database]:
    """For what only PostgreSQL can do to us."""
    with Database.of(environ) as opened:
        yield opened
