"""``start`` and ``run``: a sandbox until it is stopped, or for as long as a command runs."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from dialkit.cli.sandbox.making import SWITCHES_OF_TWO, arguments, chosen, refused
from dialkit.cli.subcommands import parse
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.sandbox import Sandbox

EXAMPLE = "dialpad sandbox run -- dialpad users list"


def start(app: App, argv: list[str]) -> int:
    """Run a sandbox until SIGTERM or Ctrl-C; one line on stdout once it answers."""
    from dialkit.sandbox import Refusal, serve_forever

    form = (("--print",), {"choices": ("text", "json"), "default": "text", "dest": "form"})
    _, found = parse(app, "sandbox start", argv, *arguments(), form, takes=())
    given = chosen(app, found)

    def announce(sandbox: Sandbox) -> None:
        if found.form == "json":
            shown = {"url": sandbox.url, "token": sandbox.token, "control_token": sandbox.control_token}
            line = json.dumps({**shown, "keys": sandbox.keys})
        else:
            line = f"export DIALPAD_BASE_URL={sandbox.url} DIALPAD_API_KEY={sandbox.token}"
            app.tell("A Dialpad of your own is running; Ctrl-C stops it. In another terminal:")
        warn(app, given)
        app.stdout.write(line + "\n")
        app.stdout.flush()

    try:
        serve_forever(announce=announce, **given)
    except (OSError, ValueError, Refusal) as error:
        raise refused(error, given) from None
    return 0


def warn(app: App, given: dict[str, object]) -> None:
    """Say so where others than this machine can reach it, and where limits will not refill."""
    from dialkit.sandbox.control.access import NAMES

    host = str(given.get("host", "localhost"))
    if not NAMES.fullmatch(f"[{host}]" if ":" in host else host):
        app.tell(f"warning: other machines can reach it at {host}; to control it they need its control token")
    if given.get("frozen") and given.get("limits", True):
        app.tell("note: limits refill on the clock, which stands still: advance it, or add --limits off")


def around(app: App, argv: list[str]) -> int:
    """Run a command with a sandbox around it; its exit code, or 128 and the number of its signal."""
    import shutil

    from dialkit.sandbox import Refusal, Sandbox

    own, command = _split(argv)
    _, found = parse(app, "sandbox run", own, *arguments(), takes=())
    given = chosen(app, found)
    if not command:
        raise InvalidArgument("which command?", hint=EXAMPLE)
    program = shutil.which(command[0], path=app.environ.get("PATH"))
    if program is None:
        raise InvalidArgument(f"no program named {command[0]!r}", hint=EXAMPLE)
    try:
        sandbox = Sandbox(**given).start()
    except (OSError, ValueError, Refusal) as error:
        raise refused(error, given) from None
    try:
        warn(app, given)
        environ = {
            **app.environ,
            "DIALPAD_BASE_URL": sandbox.url,
            "DIALPAD_API_KEY": sandbox.token,
            "DIALKIT_SANDBOX": "1",
            "DIALKIT_SANDBOX_TOKEN": sandbox.control_token,
        }
        code = _watched([program, *command[1:]], environ, app.cwd)
    except OSError as error:
        raise InvalidArgument(f"{command[0]}: {error.strerror}") from None
    finally:
        sandbox.stop()
    return 128 - code if code < 0 and os.name == "posix" else code


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Our own flags, and the command: what follows ``--``, or else begins with the first plain word."""
    if "--" in argv:
        at = argv.index("--")
        return argv[:at], argv[at + 1 :]
    at = 0
    while at < len(argv) and argv[at].startswith("-"):
        at += 1 if "=" in argv[at] or argv[at] in SWITCHES_OF_TWO else 2
    return argv[:at], argv[at:]


def _watched(command: list[str], environ: dict[str, str], cwd: str) -> int:
    """Run a program to its end, passing SIGTERM on to it; its return code."""
    import signal
    import subprocess

    begun: list[subprocess.Popen[bytes]] = []
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True
        for each in begun:
            each.terminate()

    before = signal.signal(signal.SIGTERM, end)  # before the program begins, which may be told to at once
    try:
        with subprocess.Popen(command, env=environ, cwd=cwd) as running:  # noqa: S603 - what the user typed
            begun.append(running)
            if ended:
                running.terminate()
            try:
                return running.wait()
            except KeyboardInterrupt:
                # A terminal gives Ctrl-C to both: the program says how it ends.
                return running.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
