"""What all tests share: running the real command line in this process, and in one of its own."""

from __future__ import annotations

import atexit
import io
import os
import secrets
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from dialkit.cli.app import App

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


# A shell's background job ignores Ctrl-C, and so would all processes that the tests begin.
signal.signal(signal.SIGINT, signal.default_int_handler)
SERVER = "DIALKIT_TEST_POSTGRES"


def pytest_configure() -> None:
    """Each process that runs tests has a database of its own: some tests cut all connections to theirs."""
    if (server := os.environ.get(SERVER)) and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
        database = f"{worker}_{secrets.token_hex(6)}"
        _administer(server, f"CREATE DATABASE {database} TEMPLATE template0")
        os.environ[SERVER] = urlsplit(server)._replace(path=f"/{database}").geturl()
        atexit.register(_administer, server, f"DROP DATABASE {database} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


class Ran(NamedTuple):
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment of its own: an empty home, no keyring, a key that is none."""
    return {
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "DIALKIT_HOME": str(tmp_path / "dialkit"),
        "DIALKIT_KEYRING": "off",
        "DIALPAD_API_KEY": "test-key",
        "PATH": os.environ.get("PATH", ""),
        **{name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ},
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, environ: dict[str, str]) -> Iterator[str]:
    """Either database, of this test alone: in its folder, or in a schema of its own; which of the two."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(f"{SERVER} names no server: make test-postgres starts one")
    schema = f"test_{secrets.token_hex(6)}"
    environ["DIALKIT_DATABASE_URL"] = f"{server}?schema={schema}"
    yield "postgresql"
    _administer(server, f"DROP SCHEMA IF EXISTS {schema} CASCADE")


@pytest.fixture
def dialpad(environ: dict[str, str], tmp_path: Path) -> Callable[..., Ran]:
    """Run the command line in this process: ``dialpad("users", "list", stdin="", DIALPAD_X="…")``."""

    def run(*argv: str, stdin: str = "", tty: bool = False, cwd: str | None = None, **extra: str) -> Ran:
        kind = Terminal if tty else io.StringIO
        out, err = kind(), kind()
        app = App(
            list(argv),
            stdin=io.StringIO(stdin),
            stdout=out,
            stderr=err,
            environ={**environ, **extra},
            cwd=cwd or str(tmp_path),
        )
        return Ran(app.run(), out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def process(environ: dict[str, str], tmp_path: Path) -> Callable[..., Ran]:
    """Run the command line in a process of its own."""

    def run(*argv: str, stdin: str = "", cwd: str | None = None, **extra: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "dialkit", *argv],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**environ, **extra},
            cwd=cwd or tmp_path,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write tests/snapshots anew")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with ``tests/snapshots/NAME``, or write it there with ``--update-snapshots``."""

    def compare(name: str, text: str) -> None:
        path = request.config.rootpath / "tests" / "snapshots" / name
        if request.config.getoption("--update-snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        kept = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        assert text.splitlines() == kept, f"{name} differs; if that is meant: pytest --update-snapshots"

    return compare
