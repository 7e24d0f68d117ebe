"""Finds dialkit for the commands in this folder: in the checkout's environment, else in this Python's."""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
VENV = os.path.join(ROOT, ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
MISSING = "dialkit is not installed"


def run(wrapper: str, words: tuple[str, ...], command: str) -> None:
    """Run a wrapper; does not return."""
    _settle("bin", wrapper, command)
    from dialkit.cli.wrapper import main

    sys.exit(main(wrapper, words, command))


def run_dialpad() -> None:
    """Run ``dialpad`` itself; does not return."""
    _settle("generated", "dialpad")
    from dialkit.cli import main

    sys.exit(main())


def _settle(folder: str, script: str, command: str = "") -> None:
    """Go on in the checkout's environment, where there is one; this process becomes it."""
    inside = os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(ROOT, ".venv"))
    if not inside and os.path.exists(VENV):
        line = [VENV, os.path.join(ROOT, folder, script), *sys.argv[1:]]
        try:
            if os.name != "nt":
                os.execv(VENV, line)  # noqa: S606
            # There exec would let the shell go on, and lose the exit code.
            import subprocess

            sys.exit(subprocess.call(line))  # noqa: S603
        except OSError:
            pass  # one that cannot run is none
    try:
        import dialkit  # noqa: F401
    except ModuleNotFoundError:
        if command and "--json" in sys.argv:
            print(_failure(script, command))
        else:
            print(f"error: {MISSING}\nhint: {_hint()}", file=sys.stderr)
        sys.exit(2)


def _hint() -> str:
    """What to type, in any folder."""
    from shlex import quote

    return f"make -C {quote(ROOT)} demo, or python3 -m pip install {quote(ROOT)}"


def _failure(wrapper: str, command: str) -> str:
    """The one object that `dialkit.cli.wrapper` would print."""
    import json
    import time

    if command.endswith("."):
        command += next((word for word in sys.argv[1:] if not word.startswith("-")), "help")
    error = {"code": "invalid_argument", "message": MISSING, "retryable": False, "hint": _hint()}
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    meta = {"schema_version": "1", "wrapper": wrapper, "timestamp_utc": now}
    return json.dumps({"ok": False, "command": command, "error": error, "meta": meta})
