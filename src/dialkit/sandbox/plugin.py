"""The sandbox in pytest: the fixture ``dialpad_sandbox`` and the marker ``dialpad``; see `docs/sandbox.md`.

pytest loads this module in every run, so it imports nothing until a test wants the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.sandbox import Sandbox

MARKER = (
    "dialpad(limits, tier, at, frozen, switches, faults): how the sandbox of the fixture dialpad_sandbox is "
    "set for this test"
)
KNOWN = ("limits", "tier", "at", "frozen", "switches", "faults")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def dialpad_sandbox_options() -> dict[str, Any]:
    """Arguments of `dialkit.sandbox.Sandbox` for the session; override it in a ``conftest.py``."""
    return {}


@pytest.fixture(scope="session")
def dialpad_sandbox_server(dialpad_sandbox_options: dict[str, Any]) -> Iterator[Sandbox]:
    """The one sandbox of the session. Tests want `dialpad_sandbox`, which is fresh for each."""
    from dialkit.sandbox import Sandbox

    with Sandbox(**dialpad_sandbox_options) as running:
        yield running


@pytest.fixture
def dialpad_sandbox(
    dialpad_sandbox_server: Sandbox,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> Iterator[Sandbox]:
    """A Dialpad as it was at the start, which ``Dialpad()`` and ``dialpad`` ask in this test.

    Settings, keys and limits of whoever runs it are left out: DIALKIT_HOME is a folder of the test's own.
    """
    sandbox = dialpad_sandbox_server
    limits = sandbox.engine.limits
    before = limits.on, limits.tier
    sandbox.reset()
    try:
        for mark in reversed(list(request.node.iter_markers("dialpad"))):
            apply(sandbox, mark.args, mark.kwargs)
        environ = {
            "DIALPAD_BASE_URL": sandbox.url,
            "DIALPAD_API_KEY": sandbox.token,
            "DIALKIT_HOME": str(tmp_path / "dialkit"),
            "DIALKIT_SANDBOX": "1",
            "DIALKIT_SANDBOX_TOKEN": sandbox.control_token,
        }
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield sandbox
    finally:
        limits.on, limits.tier = before


def apply(sandbox: Sandbox, args: tuple[Any, ...], wanted: dict[str, Any]) -> None:
    """Set a fresh sandbox as a marker wants it. Raises `pytest.UsageError` for what that does not take."""
    unknown = [*map(repr, args), *(name for name in wanted if name not in KNOWN)]
    if unknown:
        raise pytest.UsageError(
            f"@pytest.mark.dialpad does not take {unknown[0]}; it takes {', '.join(KNOWN)}"
        )
    limits = sandbox.engine.limits
    limits.on, limits.tier = wanted.get("limits", limits.on), wanted.get("tier", limits.tier)
    if wanted.get("frozen"):
        sandbox.clock.freeze()
    if "at" in wanted:
        sandbox.clock.set(wanted["at"])
    for name, choice in wanted.get("switches", {}).items():
        sandbox.switch(name, choice)
    for rule in wanted.get("faults", ()):
        sandbox.faults.add(**rule)
