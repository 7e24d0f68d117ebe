"""A sandbox whose clock stands still, an environment without a key, and a login in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browsing import SECRET, Login

from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(limits=False, at="2026-03-05T17:00Z", frozen=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox, as it was at the start; its consent page leads browsers on."""
    running.reset()
    running.switch("authorize-answer", "302")
    return running


@pytest.fixture
def home(environ: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment: the sandbox's address and the app's secret, and no key."""
    del environ["DIALPAD_API_KEY"]
    environ |= {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_CLIENT_SECRET": SECRET}
    return environ


@pytest.fixture
def logged_in(home: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment after a login; the sandbox has forgotten the requests of it."""
    with Login(sandbox, home, "--no-browser") as login:
        assert login.agree()[0] == 200
        code, _, err = login.end()
    assert code == 0, err
    del home["DIALPAD_CLIENT_SECRET"]  # the store has it
    sandbox.app.control.log.clear()
    return home
