"""Ctrl-C between two texts of one command: what went out is told, and not sent again by the same line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
MARA, ADA, BO = "+15035550142", "+14155550111", "+14155550198"


@pytest.fixture
def stopped(sandbox: Sandbox, environ: dict[str, str]) -> Callable[..., Any]:
    """Run a line, and stop it while its second text waits; exit code and error."""

    def run(*line: str) -> tuple[int, Any]:
        sandbox.faults.add(operation="sms.send", storm=429, after=1, retry_after=50)
        told = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        command = [sys.executable, "-m", "dialkit", *line, "--from", MARA]
        with beside(command, env=told, stderr=subprocess.PIPE, text=True) as running:
            assert running.stderr is not None
            assert "waiting" in running.stderr.readline()
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=PATIENCE)
        sandbox.faults.clear()
        return running.returncode, json.loads(err)["error"]

    return run


def test_of_many_people_some_were_sent_to(stopped: Callable[..., Any], sandbox: Sandbox) -> None:
    people = ",".join(f"+1415555{number}" for number in range(1000, 1020))
    code, error = stopped("sms", "send", "--to", people, "--message", "Hello")
    assert (code, error["code"]) == (11, "partial_success")
    assert "1 of 2 requests were accepted" in error["message"]
    assert len(sandbox.world.texts.where("to", "+14155551000")) == 1
    assert len(sandbox.world.texts.where("to", "+14155551019")) == 0


def test_the_first_of_two_was_told(
    stopped: Callable[..., Any], run: Callable[..., Any], sandbox: Sandbox
) -> None:
    line = ["sms", "intro", "--prospect", ADA, "--reference", BO, "--confirm-share"]
    code, error = stopped(*line)
    assert (code, error["code"]) == (11, "partial_success")
    same = run(*line, "--from", MARA)
    assert same.code == 5
    assert [row["state"] for row in run("outbox", "list").data] == ["refused", "accepted"]
    assert "--resume intro-" in error["hint"]
    assert "--resume intro-" in same.error["hint"]
    sandbox.advance(60)
    assert (len(sandbox.inbox(ADA)), len(sandbox.inbox(BO))) == (1, 0)
