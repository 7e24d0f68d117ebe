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

from beside import PATIENCE, beside
from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIALPAD = [sys.executable, "-m", "dialkit"]


@pytest.mark.skipif(os.name == "nt", reason="sends SIGTERM")
def test_it_says_where_it_is_and_stops_when_told(environ: dict[str, str]) -> None:
    command = [*DIALPAD, "sandbox", "start", "--print", "json"]
    with beside(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        assert set(told) == {"url", "token", "control_token", "keys"}
        assert set(told["keys"]) == {"admin", "user", "narrow", "expired"}
        assert told["keys"]["admin"] == told["token"]
        asked = urllib.request.Request(
            told["url"] + "/api/v2/users", headers={"Authorization": "Bearer " + told["token"]}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            assert json.load(answer)["items"]
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=PATIENCE)
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
import json, subprocess, sys
def dialpad(*words):
    command = [sys.executable, "-m", "dialkit", *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
made = dialpad("contacts", "create", "--first-name=Ada", "--last-name=Byron", "--phones", "+14155550177")
assert dialpad("contacts", "get", made["id"])["phones"] == ["+14155550177"]
dialpad("sms", "send", "--to-numbers", "+14155550177", "--text", "Total: $1,035 \\U0001f600")
dialpad("sandbox", "clock", "--advance", "1m")
print(json.dumps([text["text"] for text in dialpad("sandbox", "inbox", "+14155550177")]))
"""
    )
    done = process("sandbox", "run", "--", sys.executable, str(script))
    assert done.code == 0, done.err
    assert json.loads(done.out) == ["Total: $1,035 \U0001f600"]


def test_a_pinned_company_does_not_hold_in_the_sandbox(process: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text("company_id = 42\n")
    done = process("sandbox", "run", "--", *DIALPAD, "users", "get", "me")
    assert done.code == 0, done.err


def test_run_takes_what_start_takes(process: Callable[..., Any], tmp_path: Path) -> None:
    flags = ("--seed=3", "--at", "2026-03-05T17:00Z", "--freeze", "--limits", "off", "--tier=1")
    command = [*DIALPAD, "sandbox", "clock", "--fields", "now,frozen", "-o", "csv"]
    done = process("sandbox", "run", *flags, "--switch", "retry-after=on", *command)
    assert (done.code, done.out) == (0, "now,frozen\n2026-03-05T17:00:00Z,true\n"), done.err
    users = [*DIALPAD, "users", "list", "--all", "-o", "ids"]
    assert len(process("sandbox", "run", "--users", "40", *users).out.split()) == 40
    assert len(process("sandbox", "run", "--empty", *users).out.split()) == 1


def test_what_is_kept_in_a_file_is_there_again(process: Callable[..., Any], tmp_path: Path) -> None:
    made = process("sandbox", "run", "--state", "s.db", "--", *DIALPAD, "contacts", "create", *CONTACT)
    contact = json.loads(made.out)["id"]
    again = process("sandbox", "run", "--state", "s.db", "--", *DIALPAD, "contacts", "get", contact)
    assert json.loads(again.out)["first_name"] == "Ada", again.err


CONTACT = ("--first-name=Ada", "--last-name=Byron", "--phones", "+14155550177")


def test_the_control_token_is_passed_on_and_can_be_chosen(process: Callable[..., Any]) -> None:
    code = "import os; print(os.environ['DIALKIT_SANDBOX_TOKEN'])"
    run = ("sandbox", "run", "--", sys.executable, "-c", code)
    assert process(*run, DIALKIT_SANDBOX_TOKEN="mine").out == "mine\n"
    assert len(process(*run).out) > 20


def test_a_host_that_others_can_reach_is_said(process: Callable[..., Any]) -> None:
    done = process("sandbox", "run", "--host", "0.0.0.0", "--", *DIALPAD, "users", "get", "me")
    assert done.code == 0, done.err
    assert "other machines can reach it at 0.0.0.0" in done.err
    done = process("sandbox", "run", "--host", "localhost", "--", *DIALPAD, "users", "get", "me")
    assert (done.code, done.err) == (0, "")


def test_a_port_in_use_is_one_line(dialpad: Callable[..., Any]) -> None:
    with Sandbox() as running:
        for word in ("start", "run"):
            ran = dialpad("sandbox", word, "--port", str(running.port), *COMMAND[word], tty=True)
            assert ran.code == 2
            assert f"--port {running.port}" in ran.err.splitlines()[0]
            assert ran.err.splitlines()[1].startswith("hint: ")


COMMAND: dict[str, tuple[str, ...]] = {"start": (), "run": ("--", sys.executable, "-V")}


@pytest.mark.parametrize(
    ("flag", "text", "told"),
    [
        ("--world", "offices: [{name: A}]\nusers:\n  - {email: 5}\n", ["w.yaml", "3", "email"]),
        ("--world", "people: []\n", ["w.yaml", "1", "people"]),
        ("--world", "users: [\n", ["w.yaml"]),
        ("--faults", "faults:\n  - {status: often}\n", ["w.yaml", "2", "status", "often"]),
        ("--faults", "rules: []\n", ["w.yaml", "rules"]),
        ("--state", "no database", ["w.yaml"]),
    ],
)
def test_a_malformed_file_is_one_line(
    flag: str, text: str, told: list[str], dialpad: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "w.yaml").write_text(text)
    ran = dialpad("sandbox", "start", flag, "w.yaml", tty=True)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) <= 2
    assert all(word in ran.err.splitlines()[0] for word in told), ran.err


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["sandbox", "run"], "which command"),
        (["sandbox", "run", "--", "no-such-program"], "'no-such-program'"),
        (["sandbox", "start", "--port", "70000"], "--port"),
        (["sandbox", "start", "--seed", "x"], "--seed"),
        (["sandbox", "start", "--users", "-1"], "--users"),
        (["sandbox", "start", "--users=9999999"], "--users"),
        (["sandbox", "start", "--at", "noon"], "'noon'"),
        (["sandbox", "start", "--limits", "maybe"], "'maybe'"),
        (["sandbox", "start", "--tier", "2"], "'2'"),
        (["sandbox", "start", "--switch", "nope"], "'nope'"),
        (["sandbox", "start", "--switch", "nope=1"], "nope"),
        (["sandbox", "start", "--switch", "integers=words"], "'words'"),
        (["sandbox", "start", "--world", "nowhere.yaml"], "nowhere.yaml"),
        (["sandbox", "start", "--faults", "nowhere.yaml"], "nowhere.yaml"),
        (["sandbox", "start", "--world", "w.yaml", "--empty"], "one of them"),
        (["sandbox", "start", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
        (["sandbox", "strt"], "'strt'"),
    ],
)
def test_bad_input(argv: list[str], names: str, dialpad: Callable[..., Any]) -> None:
    ran = dialpad(*argv, tty=True)
    assert ran.code == 2
    assert names in ran.err.splitlines()[0]
