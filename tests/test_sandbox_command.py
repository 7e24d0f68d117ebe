"""``dialpad sandbox``: starting, stopping, and running a command inside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIALPAD = [sys.executable, "-m", "dialkit"]


@pytest.mark.skipif(os.name == "nt", reason="sends SIGTERM")
def test_it_says_where_it_is_and_stops_when_told(environ: dict[str, str]) -> None:
    command = [*DIALPAD, "sandbox", "start", "--print", "json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        assert set(told) == {"url", "token"}
        asked = urllib.request.Request(
            told["url"] + "/api/v2/users", headers={"Authorization": "Bearer " + told["token"]}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert json.load(answer)["items"]
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (0, "", "")


def test_run_passes_the_exit_code_on(process: Callable[..., Any]) -> None:
    assert process("sandbox", "run", "--", sys.executable, "-c", "raise SystemExit(7)").code == 7
    done = process("sandbox", "run", "--", *DIALPAD, "users", "list", "--fields", "display_name", "-o", "csv")
    assert done.code == 0, done.err
    assert "Mara Ellison" in done.out


def test_a_text_arrives_once_and_what_was_made_stays(process: Callable[..., Any], tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """
import json, os, subprocess, sys, urllib.request
def dialpad(*words):
    command = [sys.executable, "-m", "dialkit", *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
made = dialpad("contacts", "create", "--first-name=Ada", "--last-name=Byron", "--phones", "+14155550177")
assert dialpad("contacts", "get", made["id"])["phones"] == ["+14155550177"]
dialpad("sms", "send", "--to-numbers", "+14155550177", "--text", "Total: $1,035 \\U0001f600")
asked = urllib.request.Request(
    os.environ["DIALPAD_BASE_URL"] + "/__sandbox__/inbox/+14155550177",
    headers={"Authorization": "Bearer " + os.environ["DIALPAD_API_KEY"]},
)
print(json.dumps([text["text"] for text in json.load(urllib.request.urlopen(asked))["items"]]))
"""
    )
    done = process("sandbox", "run", "--", sys.executable, str(script))
    assert done.code == 0, done.err
    assert json.loads(done.out) == ["Total: $1,035 \U0001f600"]


def test_a_pinned_company_does_not_hold_in_the_sandbox(process: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text("company_id = 42\n")
    done = process("sandbox", "run", "--", *DIALPAD, "users", "get", "me")
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["sandbox", "run"], "which command"),
        (["sandbox", "run", "--", "no-such-program"], "'no-such-program'"),
        (["sandbox", "start", "--port", "70000"], "--port"),
        (["sandbox", "start", "--seed", "x"], "--seed"),
        (["sandbox", "strt"], "'strt'"),
    ],
)
def test_bad_input(argv: list[str], names: str, dialpad: Callable[..., Any]) -> None:
    ran = dialpad(*argv, tty=True)
    assert ran.code == 2
    assert names in ran.err.splitlines()[0]
