"""The entry points of ``bin/`` and ``generated/``: found from anywhere, one process, one JSON object."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from beside import beside
from dialkit.errors import KINDS

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = "+15035550142"
CONTACT = "6018273645019283"
# Wrapper, what the JSON calls it, a line for it, and the `dialpad` command that does the same.
WRAPPERS: list[tuple[str, str, list[str], list[str]]] = [
    (
        "send_sms.py",
        "send_sms.send",
        ["--to", "+14155550123", "--message", "Hi", "--from", WORK],
        ["sms", "send"],
    ),
    (
        "send_group_intro.py",
        "send_group_intro.send",
        ["--prospect", "+14155550123", "--reference", "+14155550177", "--confirm-share", "--from", WORK],
        ["sms", "intro"],
    ),
    (
        "create_contact.py",
        "create_contact.upsert",
        ["--first-name", "Jane", "--last-name", "Doe", "--phone", "+14155550188"],
        ["contact", "upsert"],
    ),
    (
        "update_contact.py",
        "update_contact.update",
        ["--id", CONTACT, "--job-title", "VP"],
        ["contact", "update"],
    ),
    ("lookup_contact.py", "lookup_contact.lookup", ["+14155550123"], ["contact", "lookup"]),
    (
        "make_call.py",
        "make_call.make",
        ["--to", "+14155550123", "--user-id", "5391827364501928"],
        ["call", "make"],
    ),
    ("list_calls.py", "list_calls.list", ["--days", "3"], ["call", "list"]),
    (
        "get_call_transcript.py",
        "get_call_transcript.get",
        ["--call-id", "8801006538251827"],
        ["call", "transcript"],
    ),
    ("create_sms_webhook.py", "create_sms_webhook.list", ["list"], ["webhook", "sms"]),
    (
        "create_sms_webhook.py",
        "create_sms_webhook.create",
        ["create", "--url", "https://hooks.example.com/texts", "--direction", "all"],
        ["webhook", "sms"],
    ),
]
NAMES = sorted(path.name for path in (ROOT / "bin").glob("[!_]*.py"))


class Runner:
    """Runs a script of the checkout in a process of its own."""

    def __init__(self, sandbox: Sandbox, environ: dict[str, str], cwd: Path) -> None:
        self.environ = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        self.cwd = cwd

    def __call__(self, *line: str | Path, python: list[str] | None = None, stdin: str = "") -> Any:
        return subprocess.run(
            [*(python or [sys.executable]), *map(str, line)],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environ,
            cwd=self.cwd,
            timeout=60,
            check=False,
        )

    def object(self, *line: str | Path, **how: Any) -> tuple[int, Any]:
        """Exit code, and the one object on stdout."""
        done = self(*line, "--json", **how)
        assert done.stdout.count("\n") == 1, done
        found = json.loads(done.stdout)
        assert found["meta"].keys() == {"schema_version", "wrapper", "timestamp_utc"}
        assert found["meta"]["schema_version"] == "1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["meta"]["timestamp_utc"])
        assert found["ok"] is (done.returncode == 0)
        return done.returncode, found


@pytest.fixture
def start(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> Runner:
    return Runner(sandbox, environ, tmp_path)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """``bin/`` and ``generated/`` as from a fresh checkout: no environment yet."""
    fresh = tmp_path / "some folder" / "checkout"
    for folder in ("bin", "generated"):
        shutil.copytree(ROOT / folder, fresh / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return fresh


def seen(sandbox: Sandbox) -> list[tuple[str, str, str, Any]]:
    """What was asked, but for moments, which go on between two runs."""
    moment = re.compile(r"\b1\d{12}\b")
    return [(one.method, one.path, moment.sub("…", str(one.query)), one.json) for one in sandbox.requests]


@pytest.mark.parametrize(
    ("wrapper", "command", "line", "words"), WRAPPERS, ids=[f"{row[1]}" for row in WRAPPERS]
)
def test_a_wrapper_is_the_command(
    wrapper: str, command: str, line: list[str], words: list[str], start: Runner, sandbox: Sandbox, run: Any
) -> None:
    code, found = start.object(ROOT / "bin" / wrapper, *line)
    assert (code, found["command"], found["meta"]["wrapper"]) == (0, command, wrapper), found
    asked = seen(sandbox)
    sandbox.reset()
    shutil.rmtree(start.cwd / "dialkit" / "state", ignore_errors=True)  # what was sent, and is not sent twice
    assert run(*words, *line).code == 0
    assert seen(sandbox) == asked
    assert asked


@pytest.mark.parametrize("name", NAMES)
def test_help_and_a_wrong_flag(name: str, start: Runner, sandbox: Sandbox) -> None:
    done = start(ROOT / "bin" / name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: dialpad " in done.stdout
    code, found = start.object(ROOT / "bin" / name, "--no-such-flag")
    assert (code, found["error"]["code"], found["error"]["retryable"]) == (2, "invalid_argument", False)
    assert found["error"].keys() == {"code", "message", "retryable", "hint"}
    code, found = start.object(ROOT / "bin" / name, "--help")
    assert "usage: dialpad " in found["data"]["text"]
    assert sandbox.requests == []


def test_every_wrapper_is_tried() -> None:
    assert {row[0] for row in WRAPPERS} | {"export_sms.py"} == set(NAMES)
    if os.name != "nt":
        scripts = [*(ROOT / "bin" / name for name in NAMES), ROOT / "generated" / "dialpad"]
        assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 400}, "validation_failed"),
        ({"status": 401}, "auth_failed"),
        ({"status": 403}, "permission_denied"),
        ({"status": 404}, "not_found"),
        ({"status": 409}, "conflict"),
        ({"reset": "after"}, "outcome_unknown"),
    ],
)
def test_failures_by_their_codes(fault: dict[str, Any], code: str, start: Runner, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.update", **fault)
    line = ["--id", CONTACT, "--first-name", "Ada"]
    exit_code, found = start.object(ROOT / "bin" / "update_contact.py", *line)
    assert (found["error"]["code"], found["error"]["retryable"]) == (code, False)
    assert exit_code == dict(KINDS.values())[code]


def test_no_key_is_one_object_too(start: Runner) -> None:
    del start.environ["DIALPAD_API_KEY"]
    code, found = start.object(ROOT / "bin" / "lookup_contact.py", "+14155550123")
    assert (code, found["error"]["code"]) == (3, "auth_missing")


def test_no_connection_may_be_tried_again(start: Runner) -> None:
    start.environ["DIALPAD_BASE_URL"] = "http://127.0.0.1:9"
    code, found = start.object(ROOT / "bin" / "lookup_contact.py", "+14155550123")
    assert (code, found["error"]["code"], found["error"]["retryable"]) == (10, "network_error", True)


def test_json_after_the_end_of_flags_is_a_text(start: Runner) -> None:
    done = start(ROOT / "bin" / "lookup_contact.py", "--", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "invalid_argument"
    code, found = start.object(ROOT / "bin" / "lookup_contact.py", "--json", "--", "+14155550123")
    assert code == 2, found  # the second --json is a text, and one too many


def test_a_text_from_stdin(start: Runner, sandbox: Sandbox) -> None:
    line = ["--to", "+14155550123", "--from", WORK, "--message-stdin"]
    code, _ = start.object(ROOT / "bin" / "send_sms.py", *line, stdin="It is $1,035.00")
    assert code == 0
    assert sandbox.texts[-1]["text"] == "It is $1,035.00"


@pytest.mark.parametrize("script", ["bin/send_sms.py", "generated/dialpad"])
def test_a_fresh_checkout_takes_the_installed_package(script: str, checkout: Path, start: Runner) -> None:
    done = start(checkout / script, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == start(ROOT / script, "--help").stdout


@pytest.mark.parametrize("script", ["bin/send_sms.py", "bin/create_sms_webhook.py", "generated/dialpad"])
def test_without_any_package_it_says_what_to_do(script: str, checkout: Path, start: Runner) -> None:
    without = [sys.executable, "-S"]  # a Python that knows no packages
    done = start(checkout / script, "list", python=without)
    assert (done.returncode, done.stdout) == (2, "")
    where = shlex.quote(str(checkout))
    hint = f"make -C {where} demo, or python3 -m pip install {where}"
    assert done.stderr == f"error: dialkit is not installed\nhint: {hint}\n"
    if script.startswith("bin"):
        code, found = start.object(checkout / script, "list", python=without)
        assert (code, found["error"]["message"]) == (2, "dialkit is not installed")
        assert found["error"]["hint"] == hint
        assert found["command"] in ("send_sms.send", "create_sms_webhook.list")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no exec")
@pytest.mark.parametrize("script", ["bin/send_sms.py", "generated/dialpad"])
def test_the_checkout_s_environment_comes_first_in_one_process(
    script: str, checkout: Path, start: Runner
) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$$"\nfor word; do echo "$word"; done\n', "utf-8")
    python.chmod(0o755)
    with beside(
        [sys.executable, "-S", str(checkout / script), "--text", "a b", ""],
        stdout=subprocess.PIPE,
        text=True,
        env=start.environ,
    ) as child:
        assert child.stdout is not None
        lines = child.stdout.read().split("\n")
    assert lines == [str(child.pid), str(checkout / script), "--text", "a b", "", ""]


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_an_environment_that_cannot_run_is_none(checkout: Path, start: Runner) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("", "utf-8")
    done = start(checkout / "bin" / "send_sms.py", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    done = start(checkout / "bin" / "send_sms.py", python=[sys.executable, "-S"])
    assert (done.returncode, done.stdout) == (2, "")
    assert "not installed" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_from_any_folder_and_by_a_link(start: Runner, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    start.cwd = away
    (away / "texting").symlink_to(ROOT / "bin" / "send_sms.py")
    (away / "tools").symlink_to(ROOT / "bin")
    wanted = start(ROOT / "bin" / "send_sms.py", "--help").stdout
    assert start("texting", "--help").stdout == start("tools/send_sms.py", "--help").stdout == wanted


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_a_closed_stdout_and_a_reader_that_left(start: Runner) -> None:
    script = ROOT / "bin" / "lookup_contact.py"
    done = start("-c", f"'{sys.executable}' '{script}' +14155550123 --json >&-", python=["sh"])
    assert (done.returncode, json.loads(done.stderr)["error"]["message"]) == (2, "stdout is closed")
    done = start("-c", f"'{sys.executable}' '{script}' +14155550123 --json | true", python=["sh"])
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_makes_no_failure_of_a_text(start: Runner, sandbox: Sandbox) -> None:
    """What went out is said where it still can be said, and never called a failure."""
    line = [sys.executable, str(ROOT / "bin" / "send_sms.py"), "--to", "+14155550123", "--from", WORK]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*line, "--message", "Hi", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=start.environ,
            check=False,
        )
        wrong = subprocess.run(
            [*line, "--json"], stdout=full, stderr=subprocess.PIPE, text=True, env=start.environ, check=False
        )
    assert done.returncode == 11, done
    found = json.loads(done.stderr)
    assert (found["ok"], found["error"]["code"]) == (False, "partial_success")
    assert found["data"]["id"] in [
        str(text["id"]) for text in sandbox.world.texts.where("to", "+14155550123")
    ]
    assert (wrong.returncode, json.loads(wrong.stderr)["error"]["code"]) == (2, "invalid_argument")
