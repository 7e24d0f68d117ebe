"""What help and documents say of calls and webhooks can be typed as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.cli.workflows import WORKFLOWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

DOCS = Path(__file__).resolve().parents[2] / "docs"
OURS = [words for words in WORKFLOWS if words[0] == "call" or words == ("webhook", "sms")]


def pages() -> list[str]:
    """The commands of both documents."""
    blocks = [
        block
        for name in ("calls.md", "webhooks.md")
        for language, block in re.findall(r"```(\w*)\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
        if not language
    ]
    return [line for block in blocks for line in block.splitlines()]


def examples() -> list[str]:
    """The examples of help."""
    modules = (import_module(f"dialkit.cli.workflows.{WORKFLOWS[words][0]}") for words in OURS)
    return [line for module in modules for line in module.HELP.examples]


@pytest.mark.parametrize("line", list(dict.fromkeys(pages() + examples())))
def test_an_example(run: Callable[..., Any], sandbox: Sandbox, line: str) -> None:
    program, *argv = shlex.split(line)
    assert program == "dialpad"
    if argv[:3] == ["call", "recording", "stop"]:
        run("call", "recording", "start", *argv[3:])
    told = run(*argv)
    assert told.code == 0, told
    assert told.out or "csv" in line  # nobody called here of late: the clock stands still


@pytest.mark.parametrize("words", OURS)
def test_help(run: Callable[..., Any], sandbox: Sandbox, words: tuple[str, ...]) -> None:
    page = run(*words, "--help")
    assert page.code == 0
    assert f"usage: dialpad {' '.join(words)}" in page.out
    assert all(len(line) <= 110 for line in page.out.splitlines()), page.out
    assert not sandbox.requests
    table = getattr(import_module(f"dialkit.cli.workflows.{WORKFLOWS[words][0]}"), "TABLE", {})
    for name in table:
        assert f"usage: dialpad {' '.join(words)} {name}" in run(*words, name, "--help").out


def test_the_python_of_the_document(sandbox: Sandbox, environ: dict[str, str]) -> None:
    [code] = re.findall(r"```python\n(.*?)```", (DOCS / "calls.md").read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Theo Banks: Larkspur Coffee" in done.stdout
