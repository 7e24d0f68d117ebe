"""Ctrl-C and closed pipes: heard at once, and a write that was under way is not called undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from beside import PATIENCE, beside, until
from servers import Faulty, Recorder, behaviours, json_reply

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["users", "get", "me"], 130),
        (["call.call", "--user-id", "5", "--phone-number", "+14155550123"], 9),
    ],
)
def test_ctrl_c_while_waiting_for_an_answer(argv: list[str], code: int, environ: dict[str, str]) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with Faulty(behaviours.never()) as server:
        told = {**environ, "DIALPAD_BASE_URL": server.url}
        with beside([sys.executable, "-m", "dialkit", *argv], env=told, **pipes) as running:
            until(lambda: server.requests or running.poll() is not None)
            stopped = time.monotonic()
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        took = time.monotonic() - stopped
    assert running.returncode == code, err
    assert out == ""
    assert took < 20  # 30 is how long it would wait for the answer
    assert len(server.requests) == 1
    assert "Traceback" not in err
    assert "panicked" not in err
    if code == 9:
        assert "may have been carried out" in err


def test_a_reader_that_leaves_is_no_error(environ: dict[str, str], tmp_path: Path) -> None:
    items = json_reply({"items": [{"id": str(n), "name": "x" * 200} for n in range(2_000)]})
    with Recorder(items) as server:
        done = subprocess.run(
            f"{sys.executable} -m dialkit users list -o ndjson 2>{tmp_path}/err | head -1",
            shell=True,
            env={**environ, "DIALPAD_BASE_URL": server.url},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.stdout.startswith('{"id"')
    assert (tmp_path / "err").read_text() == ""
