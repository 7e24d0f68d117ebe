"""An app, and whom it told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mounted import SECRET, SetClock

from dialkit.events import App

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def apps(environ: dict[str, str]) -> Iterator[Callable[..., App]]:
    """Makes apps, which end with the test."""
    made: list[App] = []

    def call(**how: Any) -> App:
        made.append(App(**{"secrets": SECRET, "environ": environ, **how}))
        return made[-1]

    yield call
    for app in made:
        app.stop()


@pytest.fixture
def app(apps: Callable[..., App]) -> App:
    return apps()
