"""The process of a command ends at once, and never before something that is left to do."""

from __future__ import annotations

import subprocess
import sys

WAITS = """
import sys, threading
from dialkit.cli import main

goes_on = threading.Event()
threading.Thread(target=lambda: (goes_on.wait(30), print("late", flush=True))).start()
sys.argv = ["dialpad", "help", "limits"]
code = main()
goes_on.set()
sys.exit(code)
"""
CALLED = "from dialkit.cli import main; print('after', main(['help', 'limits']), main(['nope']))"
REFUSED = "import sys; from dialkit.cli import main; sys.argv = ['d', 'nope']; sys.exit(main())"


def ran(environ: dict[str, str], *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *argv], env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_thread_is_waited_for(environ: dict[str, str]) -> None:
    done = ran(environ, "-c", WAITS)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "late")


def test_a_program_that_calls_it_goes_on(environ: dict[str, str]) -> None:
    assert ran(environ, "-c", CALLED).stdout.splitlines()[-1] == "after 0 2"


def test_the_code_is_the_commands(environ: dict[str, str]) -> None:
    assert ran(environ, "-c", REFUSED).returncode == 2


def test_who_profiles_sees_it_all(environ: dict[str, str]) -> None:
    assert "function calls" in ran(environ, "-m", "cProfile", "-m", "dialkit", "help", "limits").stdout
