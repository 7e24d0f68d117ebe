"""A PostgreSQL for the tests: in a folder that goes with it, on loopback, on a free port, with a password.

    python3 tools/postgres.py make test     # runs a command, with its URL in DIALKIT_TEST_POSTGRES

Standard library only, for it runs before anything is installed. PostgreSQL refuses to run as root; there, it
runs as `postgres` or `nobody`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "DIALKIT_TEST_POSTGRES"
START = 60.0  # seconds, on a machine that is busy


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest; None where there is none."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def somebody() -> str | None:
    """The user that it runs as: who calls, unless that is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in known)


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run it with all data in a folder; its URL."""
    data, word = folder / "data", secrets.token_urlsafe(16)
    user, secret, log = somebody(), folder / "password", folder / "log"
    secret.write_text(word)
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        os.chown(secret, pwd.getpwnam(user).pw_uid, -1)
    made = [f"{programs_found()}/initdb", "-D", f"{data}", "-U", "dialkit", "-A", "scram-sha-256"]
    made += ["--pwfile", f"{secret}", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(made, user=user, stdout=subprocess.DEVNULL, cwd=folder, check=True)
    port = free_port()
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "on"}
    options |= {"max_connections": 200, "shared_buffers": "64MB"}
    command = [f"{programs_found()}/postgres", "-D", f"{data}"]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    # A session of its own: Ctrl-C is for the command, which may still need it.
    with log.open("w") as told:
        server = subprocess.Popen(
            command, user=user, stdout=told, stderr=told, cwd=folder, start_new_session=True
        )
    try:
        await_start(server, port, log)
        yield f"postgresql://dialkit:{word}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # "fast": it ends what runs, and writes all down
        server.wait(START)


def await_start(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until it listens; what it said where it does not."""
    until = time.monotonic() + START
    while server.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            if "ready to accept connections" in log.read_text():
                return
        time.sleep(0.05)
    sys.exit(f"PostgreSQL does not start:\n{log.read_text()}")


def programs_found() -> Path:
    """Their folder; ends where there is none."""
    return programs() or sys.exit(
        "PostgreSQL is missing: apt-get install postgresql, as root; or tools/machine.py"
    )


def main(argv: list[str]) -> int:
    """Run a command beside it; the command's exit code."""
    if not argv:
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="dialkit-postgres-") as folder, running(Path(folder)) as url:
        command = subprocess.Popen(argv, env={**os.environ, VARIABLE: url})
        try:
            while True:
                try:
                    return command.wait()
                except KeyboardInterrupt:  # the command has heard it as well, and ends
                    continue
        finally:
            command.terminate()  # where it is we who are to end
            command.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
