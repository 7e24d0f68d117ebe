"""The README's commands, run from a shell as they stand, against the sandbox."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
BIN = str(Path(sys.executable).parent)
# One asks a person for a key, and the others go on until they are stopped; tests of their own have them.
ELSEWHERE = ("dialpad auth login", "dialpad listen --sms --calls", "dialpad events serve")


def commands() -> list[str]:
    lines = [
        line.strip()
        for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)
        for line in block.splitlines()
    ]
    found = [re.split(r" {2,}", line)[0] for line in lines if re.match(r"(echo .*\| )?dialpad ", line)]
    return [line for line in found if line not in ELSEWHERE]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.mark.skipif(os.name == "nt", reason="written for a POSIX shell")
@pytest.mark.skipif(not shutil.which("dialpad", path=BIN), reason="the console script is not installed")
@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_readme(line: str, sandbox: Sandbox, environ: dict[str, str]) -> None:
    environ |= {
        "PATH": f"{BIN}:{environ['PATH']}",
        "DIALPAD_BASE_URL": sandbox.url,
        "DIALPAD_API_KEY": sandbox.token,
    }
    done = subprocess.run(
        line, shell=True, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_python_of_the_readme(sandbox: Sandbox, environ: dict[str, str]) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    environ |= {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Mara Ellison" in done.stdout


def test_there_are_commands() -> None:
    assert len(commands()) >= 10


def test_the_demo_arrives(tmp_path: Path) -> None:
    """What `make demo` runs once it has installed: the text is there, once."""
    demo = Path(__file__).parent.parent / "tools" / "demo.py"
    told = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(demo)], env=told, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It arrived, once." in done.stdout
