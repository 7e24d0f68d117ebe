"""What docs/reports.md shows can be typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporting_in import going_on, reports_of

from dialkit.reports.columns import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reports.md").read_text("utf-8")


def test_its_commands(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    lines = [line.partition("  #")[0] for line in PAGE.splitlines() if line.startswith("dialpad ")]
    assert len(lines) >= 6
    for line in lines:
        told = run(*line.split()[1:], "--dry-run", "-o", "json")
        assert told.code == 0, (line, told)
    assert sandbox.requests == []


def test_its_python(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    said = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    said |= {"PYTHONPATH": os.pathsep.join(sys.path)}
    with going_on(sandbox):
        done = subprocess.run(
            [sys.executable, "-c", code], env=said, cwd=tmp_path, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3


def test_its_columns_are_those_of_the_sandbox(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    for line, row in (
        ("stats run --type calls", "calls, sums"),
        ("stats run --type texts", "texts, sums"),
        ("sms export", "texts, rows"),
        ("stats run --type voicemails", "voicemails"),
    ):
        with going_on(sandbox):
            told = run(*line.split(), "--days", "30", "--jq", ".[0] | keys_unsorted")
        (told_row,) = [text for text in PAGE.splitlines() if text.startswith(f"| {row}")]
        named = set(re.findall(r"`(\w+)`", told_row))
        if ", who" in told_row:
            named |= {"email", "name", "type", "target_id"}
        assert set(json.loads(told.out)) == named, line
    assert reports_of(sandbox)
    assert {"answered", "sent", "count"} <= {names[0] for names in NAMES.values()}
