"""Every line that help and docs show can be typed."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

NAMES = ("upsert", "update", "lookup", "import", "export")
DOCS = Path(__file__).parents[2] / "docs" / "contacts.md"


def examples(name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = import_module(f"dialkit.cli.workflows.contact_{name}").HELP.examples
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_help(name: str, run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path) -> None:
    header = "First Name,Last Name,Phone,Tel. 2,Notes\n"
    for file in ("people.csv", "crm.csv"):
        (tmp_path / file).write_text(header + "Pat,Quill,+14155559911,+14155559912,hello\n")
    for line in examples(name):
        ran = run(*shlex.split(line.partition(" > ")[0])[1:])
        assert ran.code == 0, (line, ran)
    text = run("contact", name, "--help").out
    assert all(line in text for line in examples(name))
    assert max(map(len, text.splitlines())) <= 120


def test_the_lines_of_the_docs(run: Callable[..., Any], sandbox: Sandbox) -> None:
    lines = [
        line
        for block in re.findall(r"```\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(lines) > 8
    for line in lines:
        ran = run(*shlex.split(line)[1:])
        assert ran.code == 0, (line, ran)
