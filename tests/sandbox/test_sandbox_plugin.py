"""The pytest plugin: runs of pytest in a folder of their own, with the fixture and without."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
Done = subprocess.CompletedProcess[str]

installed = pytest.mark.skipif(
    not entry_points(group="pytest11", name="dialkit"), reason="installed before it had the plugin"
)


@pytest.fixture
def run(tmp_path: Path, environ: dict[str, str]) -> Callable[..., Done]:
    """Run pytest on files of that content; warnings are errors, as in many projects."""

    def run(*flags: str, **files: str) -> Done:
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--strict-markers", *flags]
        wanted = {**environ, "DIALPAD_API_KEY": "", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        return subprocess.run(
            [*command, "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "own")],
            cwd=tmp_path,
            env=wanted,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def passed(done: Done, count: int) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout
    assert done.stderr == ""


def test_it_is_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"dialkit": "dialkit.sandbox.plugin"}


@installed
def test_client_and_command_find_it_and_each_test_has_a_fresh_one(run: Callable[..., Done]) -> None:
    test = """
import os, subprocess, sys
from dialkit import Dialpad

def contact(n):
    with Dialpad() as client:
        before = [c for c in client.items("contacts.list") if c["last_name"] == "Byron"]
        client.request("contacts.create", {"first_name": "Ada", "last_name": "Byron"})
    return before

def test_first(dialpad_sandbox):
    assert contact(1) == []
    [request] = [r for r in dialpad_sandbox.requests if r.method == "POST"]
    assert request.json == {"first_name": "Ada", "last_name": "Byron"}

def test_second(dialpad_sandbox):
    assert contact(2) == []

def test_command(dialpad_sandbox):
    command = [sys.executable, "-m", "dialkit"]
    subprocess.run([*command, "users", "get", "me"], check=True)
    subprocess.run([*command, "sandbox", "clock", "--freeze"], check=True)
    assert dialpad_sandbox.clock.frozen

def test_one_server(dialpad_sandbox, dialpad_sandbox_server):
    assert not dialpad_sandbox.clock.frozen
    assert dialpad_sandbox is dialpad_sandbox_server
    assert os.environ["DIALPAD_BASE_URL"] == dialpad_sandbox.url

def test_without():
    assert "DIALPAD_BASE_URL" not in os.environ
"""
    passed(run(test_it=test), 5)


@installed
def test_the_marker_sets_it_and_the_next_test_is_as_before(run: Callable[..., Done]) -> None:
    test = """
import pytest

pytestmark = pytest.mark.dialpad(limits=False)

@pytest.mark.dialpad(tier=1, frozen=True, at="2100-01-01T00:00Z", switches={"retry-after": "on"},
                     faults=[{"operation": "users.list", "status": 500}])
def test_marked(dialpad_sandbox):
    limits = dialpad_sandbox.engine.limits
    assert (limits.on, limits.tier) == (False, 1)
    assert dialpad_sandbox.clock.now.isoformat() == "2100-01-01T00:00:00+00:00"
    assert dialpad_sandbox.world.switch("retry-after") == "on"
    assert len(dialpad_sandbox.faults.list()) == 1

def test_after(dialpad_sandbox):
    limits = dialpad_sandbox.engine.limits
    assert (limits.on, limits.tier) == (False, 0)
    assert dialpad_sandbox.clock.now.year < 2100
    assert dialpad_sandbox.world.switch("retry-after") == "off"
    assert dialpad_sandbox.faults.list() == []
"""
    conftest = """
import pytest

@pytest.fixture(scope="session")
def dialpad_sandbox_options():
    return {"seed": 7}
"""
    passed(run(test_it=test, conftest=conftest), 2)


@installed
@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("limit=False", "does not take limit"),
        ("'off'", "does not take 'off'"),
        ("at='2020-01-01'", "set back"),
    ],
)
def test_a_wrong_marker_is_said(mark: str, told: str, run: Callable[..., Done]) -> None:
    done = run(test_it=f"import pytest\n@pytest.mark.dialpad({mark})\ndef test_it(dialpad_sandbox): pass\n")
    assert done.returncode == 1
    assert told in done.stdout


@installed
def test_unused_it_loads_nothing(run: Callable[..., Done]) -> None:
    test = """
import sys

def test_it():
    assert "dialkit.sandbox.plugin" in sys.modules
    ours = {name for name in sys.modules if name.startswith("dialkit.")}
    assert ours == {"dialkit.sandbox", "dialkit.sandbox.plugin"}
"""
    passed(run(test_it=test), 1)


@installed
def test_it_can_be_left_out(run: Callable[..., Done]) -> None:
    passed(
        run("-p", "no:dialkit", test_it="import sys\ndef test_it(): assert 'dialkit' not in sys.modules\n"), 1
    )


@installed
def test_a_fresh_one_for_each_test_costs_little(run: Callable[..., Done]) -> None:
    test = """
import time
import pytest

TIMES = []

@pytest.fixture
def began():
    return time.process_time()  # which stands while the machine is busy with others

@pytest.mark.parametrize("n", range(60))
def test_it(began, dialpad_sandbox, n):
    TIMES.append(time.process_time() - began)

def test_the_best_of_them():
    assert min(TIMES) < 0.01, TIMES
"""
    passed(run(test_it=test), 61)
