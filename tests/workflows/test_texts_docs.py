"""Every line of docs/texts.md can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs" / "texts.md").read_text("utf-8")


def test_the_lines_of_the_docs(run: Callable[..., Any]) -> None:
    lines = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) > 8
    for line in lines:
        ran = run(*shlex.split(line)[1:])
        assert ran.code == 0, (line, ran)
