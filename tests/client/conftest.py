"""A sandbox whose clock stands still, and typed clients beside it that know the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit import AsyncDialpad, Dialpad
from dialkit.client.clock import Clock
from dialkit.sandbox import Sandbox
from dialkit.sandbox.coverage import OFFICE_HOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class SandboxClock(Clock):
    """The sandbox's time; waiting sets it on."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> float:
        return self._sandbox.clock.now.timestamp()

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float, why: str = "") -> None:
        self._sandbox.advance(seconds)

    async def sleep_async(self, seconds: float, why: str = "") -> None:
        self._sandbox.advance(seconds)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(seed=1, limits=False, at=OFFICE_HOURS, frozen=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox, as it was at the start."""
    running.reset()
    return running


@pytest.fixture
def options(sandbox: Sandbox, environ: dict[str, str]) -> dict[str, Any]:
    """What a client of the sandbox is made with."""
    return {
        "api_key": sandbox.token,
        "base_url": sandbox.url,
        "environ": environ,
        "clock": SandboxClock(sandbox),
        "strict": True,
    }


@pytest.fixture
def dp(options: dict[str, Any]) -> Iterator[Dialpad]:
    with Dialpad(**options) as client:
        yield client


@pytest.fixture
def asynchronous(options: dict[str, Any]) -> Callable[..., AsyncDialpad]:
    """Makes an async client, which has to be closed where it was used."""
    return lambda **more: AsyncDialpad(**{**options, **more})
