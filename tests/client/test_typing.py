"""What type checkers say to a user's code: nothing where it is right, and something to each wrong line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = Path(__file__).parent / "typing"
GOOD, BAD = CODE / "good.py", CODE / "bad.py"
Found = dict[int, str]
pytestmark = pytest.mark.timeout(300)


def mypy(project: Path) -> Found:
    """The lines that mypy rejects, each with what it says."""
    strict = ["--strict", f"--config-file={os.devnull}", f"--cache-dir={project / 'cache'}"]
    out = checked([sys.executable, "-m", "mypy", *strict, str(project / "code.py")])
    return {int(line): told for line, told in re.findall(r"(?m)^.*?:(\d+): error: (.*)$", out)}


def pyright(project: Path) -> Found:
    """The same by pyright."""
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    options = ["--project", str(project), "--pythonpath", sys.executable, "--outputjson"]
    report = json.loads(checked([sys.executable, "-m", "pyright", *options]))
    assert report["summary"]["filesAnalyzed"] == 1
    faults = [fault for fault in report["generalDiagnostics"] if fault["severity"] == "error"]
    return {fault["range"]["start"]["line"] + 1: fault["message"] for fault in faults}


def checked(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=[mypy, pyright], ids=["mypy", "pyright"])
def checker(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Path], Found]:
    """Checks a file as a project of the user's own, far from our configuration."""

    def check(path: Path) -> Found:
        shutil.copy(path, tmp_path / "code.py")
        found: Found = request.param(tmp_path)
        return found

    return check


def test_right_code_is_taken(checker: Callable[[Path], Found]) -> None:
    assert checker(GOOD) == {}


def test_each_wrong_line_is_rejected_and_no_other(checker: Callable[[Path], Found]) -> None:
    lines = BAD.read_text("utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "# wrong: " in line}
    assert len(wrong) > 30
    found = checker(BAD)
    assert {number: lines[number - 1] for number in wrong - found.keys()} == {}, "taken, though wrong"
    assert {number: found[number] for number in found.keys() - wrong} == {}, "rejected, though right"
