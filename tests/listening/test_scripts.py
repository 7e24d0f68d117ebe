"""Scripts that the system would not run are refused at the start, and not run again for a day."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.events.forwarding import Forwarder
from dialkit.events.forwarding.running import Running, find_script
from dialkit.store import Database, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hearing import StandingClock

pytestmark = pytest.mark.skipif(os.name != "posix", reason="first lines are of POSIX")


@pytest.mark.parametrize("command", [("events", "serve", "--port", "0"), ("listen", "--sms")])
@pytest.mark.parametrize(
    ("content", "why", "hint"),
    [
        ("", "does not say what runs it", "make its first line #!/bin/sh, or what else it is for"),
        ("echo hello\n", "does not say what runs it", "make its first line #!/bin/sh"),
        ("\ufeff#!/bin/sh\n", "does not say what runs it", "make its first line #!/bin/sh"),
        ("#!\necho\n", "does not say what runs it", "make its first line #!/bin/sh"),
        ("#!/bin/sh\r\necho\r\n", "has the line ends of Windows", r"sed -i 's/\r$//' ./hook"),
        (
            "#! /no/such/shell -e\n",
            "is to be run by '/no/such/shell', which is not there",
            "correct its first line",
        ),
    ],
)
def test_refused_at_the_start(
    dialpad: Callable[..., Any], tmp_path: Path, command: tuple[str, ...], content: str, why: str, hint: str
) -> None:
    path = tmp_path / "hook"
    path.write_text(content, "utf-8", newline="")
    path.chmod(0o755)
    ran = dialpad(*command, "--exec", "./hook")
    assert ran.code == 2
    told = json.loads(ran.err)["error"]
    assert told["message"] == f"--exec: './hook' {why}"
    assert told["hint"].startswith(hint)


def test_programs_and_scripts_with_a_first_line_will_do(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("#! /bin/sh -e\n")
    path.chmod(0o755)
    assert find_script("./hook", str(tmp_path), None) == str(path)
    assert find_script("true", "/", "/usr/bin:/bin").endswith("bin/true")


def test_one_that_becomes_so_later_is_given_up_at_once(
    environ: dict[str, str],
    add: Callable[..., list[int]],
    clock: StandingClock,
    script: Callable[[str], str],
) -> None:
    path = script("print('hello')")
    running = Running(find_script(path, "/", None), {})
    add(running.name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("echo hello\n")
    told: list[str] = []
    assert Forwarder(lambda: Database.of(environ), [running], told.append, clock).run_due() == 1
    with Database.of(environ) as database:
        [row] = deliveries.listed(database)
    assert (row["state"], row["last_error"]) == ("dead", "cannot be run: Exec format error")
    assert "dialpad events pending --dead" in told[0]


# Prints more than is kept, and ends once that takes no room any more.
ENDLESS = """
import os, sys, time
while os.fstat(1).st_size < 40_000_000:
    os.write(1, b"x" * 1_000_000)
print("\\nwords")
sys.stdout.flush()
while os.fstat(1).st_blocks * 512 > 9_000_000:
    time.sleep(0.01)
"""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (ENDLESS + "sys.exit(3)", "exit code 3: words"),
        (ENDLESS + "print('more'); sys.exit(4)", "exit code 4: more"),
        ("import os; os.kill(os.getpid(), 9)", "ended by SIGKILL"),
    ],
)
def test_why_one_failed_however_much_it_prints(
    environ: dict[str, str],
    add: Callable[..., list[int]],
    clock: StandingClock,
    script: Callable[[str], str],
    code: str,
    why: str,
) -> None:
    running = Running(script(code), {})
    add(running.name)
    assert Forwarder(lambda: Database.of(environ), [running], clock=clock).run_due() == 1
    with Database.of(environ) as database:
        [row] = deliveries.listed(database)
    assert (row["state"], row["last_error"]) == ("waiting", why)
