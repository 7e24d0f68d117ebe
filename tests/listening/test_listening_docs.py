"""Every line of what docs/events.md says of listening and forwarding is run as it stands."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hearing import SECRET, Listening

from beside import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
PART = PAGE[PAGE.index("## Listening") : PAGE.index("What no target has taken yet")]
REST = PAGE[PAGE.index("What no target has taken yet") :]
PENDING = re.findall(r"^dialpad events pending.*$", REST, re.MULTILINE)
LISTEN = re.findall(r"^dialpad listen.*$", PART, re.MULTILINE)


def test_they_were_found() -> None:
    assert len(LISTEN) == 6
    assert len(PENDING) == 3
    assert f"export DIALPAD_WEBHOOK_SECRET={SECRET}" in PART


@pytest.mark.skipif(os.name != "posix", reason="a shell script, and SIGINT")
@pytest.mark.parametrize("line", LISTEN)
def test_each_line_listens(
    line: str,
    listening: Callable[..., Listening],
    sandbox: Sandbox,
    text_in: Callable[[str], Any],
    tmp_path: Path,
) -> None:
    script = re.search(r"```sh\n(#!/bin/sh\n.*?)```", PART, re.DOTALL)
    assert script is not None
    (tmp_path / "on-event.sh").write_text(script[1])
    (tmp_path / "on-event.sh").chmod(0o755)
    with listening(*shlex.split(line)[2:], DIALPAD_WEBHOOK_SECRET=SECRET) as listener:
        text_in("Two kilos, please")
        assert listener.heard(1)[0]["payload"]["text"] == "Two kilos, please"
        if "--exec" in line:
            until(
                lambda: listener.says("on-event.sh: +14155550123: Two kilos, please"),
                told=lambda: listener.told,
            )
        assert listener.end() == 0


@pytest.mark.parametrize("line", PENDING)
def test_each_line_about_what_is_pending(line: str, dialpad: Callable[..., Any]) -> None:
    assert dialpad(*shlex.split(line)[1:]).code == 0
