"""One sandbox for each module of tests, as it was at the start for each test; its clock stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asking import START, Client

from beside import PATIENCE
from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=False, at=START, frozen=True) as running:
        running.engine.courier.answer_within = PATIENCE  # of real time, and the machine may be busy
        yield running


@pytest.fixture(scope="module")
def asking(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(sandbox)
    yield client
    client.connection.close()


@pytest.fixture
def client(asking: Client) -> Client:
    """A client of a sandbox that is as it was at the start."""
    asking.sandbox.reset()
    return asking
