"""``dialpad sandbox``: a Dialpad of one's own, for as long as a command runs or until it is stopped."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from dialkit.cli.subcommands import Help, Sub, choose, parse
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.sandbox import Sandbox

HELP = Help(
    "sandbox",
    "A Dialpad on this machine: every operation answers, what is created is there, nobody is reached.",
    ("dialpad sandbox run -- dialpad users list", "dialpad sandbox start --print json"),
)
SEED = (("--seed",), {"metavar": "N", "default": "1"})


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)


def start(app: App, argv: list[str]) -> int:
    """Run a sandbox until SIGTERM or Ctrl-C; one line on stdout once it answers."""
    from dialkit.sandbox import serve_forever

    _, found = parse(
        app,
        "sandbox start",
        argv,
        SEED,
        (("--port",), {"metavar": "N", "default": "0"}),
        (("--print",), {"choices": ("text", "json"), "default": "text", "dest": "form"}),
        takes=(),
    )
    port, seed = whole(found.port, "--port", 65_535), whole(found.seed, "--seed", 2**31)

    def announce(sandbox: Sandbox) -> None:
        if found.form == "json":
            line = json.dumps({"url": sandbox.url, "token": sandbox.token})
        else:
            line = f"export DIALPAD_BASE_URL={sandbox.url} DIALPAD_API_KEY={sandbox.token}"
            app.tell("A Dialpad of your own is running; Ctrl-C stops it. In another terminal:")
        app.stdout.write(line + "\n")
        app.stdout.flush()

    try:
        serve_forever(port, announce, seed=seed)
    except OSError as error:
        raise InvalidArgument(
            f"--port {port}: {error.strerror}", hint="leave out --port to have a free one chosen"
        ) from None
    return 0


def around(app: App, argv: list[str]) -> int:
    """Run a command with a sandbox around it; its exit code, or 128 and the number of its signal."""
    import shutil

    from dialkit.sandbox import Sandbox

    # Without --, all from the first plain word on is the command.
    first = next((n for n, word in enumerate(argv) if not word.startswith("-")), len(argv))
    at = argv.index("--") if "--" in argv else first
    command = argv[at + 1 :] if "--" in argv else argv[at:]
    _, found = parse(app, "sandbox run", argv[:at], SEED, takes=())
    seed = whole(found.seed, "--seed", 2**31)
    if not command:
        raise InvalidArgument("which command?", hint="dialpad sandbox run -- dialpad users list")
    program = shutil.which(command[0], path=app.environ.get("PATH"))
    if program is None:
        raise InvalidArgument(
            f"no program named {command[0]!r}", hint="dialpad sandbox run -- dialpad users list"
        )
    with Sandbox(seed=seed) as sandbox:
        environ = {
            **app.environ,
            "DIALPAD_BASE_URL": sandbox.url,
            "DIALPAD_API_KEY": sandbox.token,
            "DIALKIT_SANDBOX": "1",
        }
        try:
            code = _watched([program, *command[1:]], environ, app.cwd)
        except OSError as error:
            raise InvalidArgument(f"{command[0]}: {error.strerror}") from None
    return 128 - code if code < 0 and os.name == "posix" else code


def _watched(command: list[str], environ: dict[str, str], cwd: str) -> int:
    """Run a program to its end, passing SIGTERM on to it; its return code."""
    import signal
    import subprocess

    with subprocess.Popen(command, env=environ, cwd=cwd) as running:  # noqa: S603 - what the user typed
        before = signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        try:
            return running.wait()
        except KeyboardInterrupt:
            # A terminal gives Ctrl-C to both: the program says how it ends.
            return running.wait()
        finally:
            signal.signal(signal.SIGTERM, before)


def whole(text: str, flag: str, most: int) -> int:
    """A whole number from 0 to `most`. Raises `InvalidArgument`."""
    if text.isdecimal() and text.isascii() and int(text) <= most:
        return int(text)
    raise InvalidArgument(f"{flag}: {text!r} is not a whole number from 0 to {most}")


TABLE = {
    "start": Sub(start, "[--port N] [--seed N] [--print json]", "run until stopped; says address and key"),
    "run": Sub(around, "[--seed N] -- COMMAND", "run COMMAND with one around it; its exit code"),
}
