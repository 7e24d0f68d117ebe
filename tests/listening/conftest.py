"""A sandbox, a store, and what stands around a listener."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hearing import App, Listening, StandingClock

from dialkit.inbox.keeping import Arrival, keep
from dialkit.sandbox import Sandbox
from dialkit.store import Database, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.sandbox.world import Record

LINE = "+15035550142"  # a user's number in the seed
PERSON = "+14155550123"


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
def world_of(sandbox: Sandbox) -> Callable[[], tuple[list[Record], list[Record]]]:
    """The websockets and the subscriptions that there are."""
    return lambda: sandbox._look(lambda world: (list(world.websockets), list(world.subscriptions)))


@pytest.fixture
def around(environ: dict[str, str], sandbox: Sandbox) -> dict[str, str]:
    """The environment of commands that ask the sandbox."""
    return {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}


@pytest.fixture
def listening(around: dict[str, str], tmp_path: Any) -> Callable[..., Listening]:
    """Makes a listener: ``with listening("--sms", DIALPAD_X="…") as listener``."""
    return lambda *argv, **extra: Listening(*argv, environ={**around, **extra}, cwd=str(tmp_path))


@pytest.fixture
def text_in(sandbox: Sandbox) -> Callable[[str], Record]:
    """Somebody texts in."""
    return lambda text: sandbox.text_in(PERSON, LINE, text)


@pytest.fixture
def app() -> Iterator[App]:
    with App() as app:
        yield app


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def opened(environ: dict[str, str]) -> Callable[[], Database]:
    """Opens the database."""
    return lambda: Database.of(environ)


@pytest.fixture
def database(opened: Callable[[], Database]) -> Iterator[Database]:
    with opened() as database:
        yield database


@pytest.fixture
def add(database: Database, clock: StandingClock) -> Callable[..., list[int]]:
    """Keeps events for targets: ``add("url:…", bodies=["{}"])``; their ids."""

    def call(*targets: str, number: int = 1, bodies: list[str] | None = None) -> list[int]:
        said = bodies or [json.dumps({"id": one, "text": "Zwei Kilo, bitte"}) for one in range(number)]
        arrivals = [
            Arrival("unknown", {"id": one, "of": body}, body, clock.at, "listen")
            for one, body in enumerate(said)
        ]
        with database.write() as tx:
            ids = [kept.event_id for kept in keep(database, arrivals)]
            deliveries.add(tx, ids, targets, clock.at)
        return ids

    return call


@pytest.fixture
def script(tmp_path: Any) -> Callable[[str], str]:
    """Writes a script, in Python unless it says itself; its path."""

    def write(code: str, name: str = "on event.py") -> str:
        path = tmp_path / name
        path.write_text(code if code.startswith("#!") else f"#!{sys.executable}\n{code}\n")
        path.chmod(0o755)
        return str(path)

    return write
