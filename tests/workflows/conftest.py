"""A sandbox whose clock stands still, and the command line beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(limits=False, at="2026-03-05T17:00Z", frozen=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox, as it was at the start."""
    running.reset()
    return running


@pytest.fixture
def run(dialpad: Callable[..., Any], sandbox: Sandbox) -> Callable[..., Any]:
    """Run the command line in this process against the sandbox; what it printed, and `.data` of its JSON."""

    def call(*argv: str, **extra: str) -> Any:
        environ = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        return Told(dialpad(*argv, **{**environ, **extra}))

    return call


class Told:
    """What a command did."""

    def __init__(self, ran: Any) -> None:
        self.code, self.out, self.err = ran

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    @property
    def data(self) -> Any:
        """Its JSON, after success."""
        assert self.code == 0, self
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The JSON of its failure."""
        assert self.code != 0, self
        return json.loads(self.err.splitlines()[-1])["error"]
