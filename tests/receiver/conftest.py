"""Receivers, and what they stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from serving import Serving

from dialkit.store import Database
from signing import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def signed(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a receiver that knows the secret."""
    return {**environ, "DIALPAD_WEBHOOK_SECRET": SECRET}


@pytest.fixture
def serving(signed: dict[str, str], tmp_path: Path) -> Iterator[Serving]:
    """A receiver that takes events that `signing.token` signed."""
    with Serving(signed, tmp_path) as receiver:
        yield receiver


@pytest.fixture
def stored(environ: dict[str, str]) -> Callable[[], list[Any]]:
    """The events that are in the store."""

    def look() -> list[Any]:
        with Database.of(environ) as database:
            return database.all("SELECT * FROM event ORDER BY id")

    return look
