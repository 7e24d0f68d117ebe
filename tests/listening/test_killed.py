"""What a killed process was at is taken up at once where it is certainly gone, else when its time is over."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside, until
from dialkit.events.forwarding import Forwarder
from dialkit.events.forwarding.posting import Posting
from dialkit.events.forwarding.running import Running
from dialkit.store import Database, deliveries

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hearing import App, StandingClock

    Add = Callable[..., list[int]]
    Opened = Callable[[], Database]

pytestmark = [
    pytest.mark.usefixtures("store"),  # on SQLite and PostgreSQL
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a claim waits until its time is over"),
]

PROGRAM = """
import os, sys
from dialkit.events.forwarding import Forwarder
from dialkit.events.forwarding.posting import Posting
from dialkit.events.forwarding.running import Running
from dialkit.store import Database

kind, where = sys.argv[1].split(":", 1)
target = Running(where, os.environ) if kind == "exec" else Posting(where)
Forwarder(lambda: Database.of(os.environ), [target]).run_due()
"""
# Tells who it is, and goes on until it may end.
SCRIPT = """
import os, time
os.chdir({folder!r})
with open("calls", "a") as calls:
    print(os.getpid(), file=calls)
while not os.path.exists("go"):
    time.sleep(0.01)
"""


@contextmanager
def forwarding(target: str, environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that forwards to a target."""
    with beside([sys.executable, "-c", PROGRAM, target], env=environ, cwd=folder) as process:
        yield process
        process.kill()


def only(database: Database) -> dict[str, Any]:
    [row] = database.all("SELECT * FROM delivery")
    return row


def calls(folder: Path) -> list[int]:
    path = folder / "calls"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_script_that_outlives_who_ran_it_is_not_run_beside_itself(
    opened: Opened,
    database: Database,
    add: Add,
    environ: dict[str, str],
    script: Callable[[str], str],
    tmp_path: Path,
) -> None:
    running = Running(script(SCRIPT.format(folder=str(tmp_path))), environ)
    add(running.name)
    with forwarding(running.name, environ, tmp_path) as process:
        until(lambda: calls(tmp_path))
        process.kill()
        process.wait(PATIENCE)
    [first] = calls(tmp_path)
    told: list[str] = []
    forwarder = Forwarder(opened, [running], told.append)
    assert forwarder.run_due() == 0
    assert (only(database)["state"], only(database)["attempts"]) == ("claimed", 1)
    (tmp_path / "go").touch()
    until(lambda: not os.path.exists(f"/proc/{first}"))  # nobody is its parent any more
    assert forwarder.run_due() == 1
    assert (only(database)["state"], only(database)["attempts"]) == ("done", 2)
    assert len(calls(tmp_path)) == 2
    assert told == ["note: under way in a process that has ended, and tried again: 1 deliveries"]


def test_who_stands_still_keeps_what_it_is_at_and_who_is_killed_does_not(
    opened: Opened,
    database: Database,
    add: Add,
    environ: dict[str, str],
    app: App,
    clock: StandingClock,
    tmp_path: Path,
) -> None:
    app.statuses = [0]
    posting = Posting(app.url)
    add(posting.name)
    with forwarding(posting.name, environ, tmp_path) as process:
        until(lambda: app.posts)
        process.send_signal(signal.SIGSTOP)
        forwarder = Forwarder(opened, [posting], clock=clock)
        assert forwarder.run_due() == 0
        assert only(database)["state"] == "claimed"
        process.kill()
        process.wait(PATIENCE)
        assert forwarder.run_due() == 0
        row = only(database)  # the app may be at it still, as long as it would have been waited for
        assert (row["state"], row["next_at"] - clock.at) == ("waiting", 5.0)
        assert row["last_error"] == "the process that was at it ended"
        clock.at += 5
        assert forwarder.run_due() == 1
    assert [post.headers["dialkit-attempt"] for post in app.posts] == ["1", "2"]
    assert not os.listdir(os.path.join(database.folder, "running"))


def test_what_ends_each_process_that_is_at_it_comes_less_and_less(
    opened: Opened,
    database: Database,
    add: Add,
    environ: dict[str, str],
    clock: StandingClock,
    script: Callable[[str], str],
    tmp_path: Path,
) -> None:
    running = Running(script("import os, signal; os.kill(os.getppid(), signal.SIGKILL)"), environ)
    add(running.name)
    for attempt, most in ((1, 0), (2, 1), (3, 2)):
        with forwarding(running.name, environ, tmp_path) as process:
            assert process.wait(PATIENCE) == -signal.SIGKILL
        assert (only(database)["state"], only(database)["attempts"]) == ("claimed", attempt)

        def taken_up() -> bool:  # once the script has ended, too
            Forwarder(opened, [], clock=clock).run_due()
            return bool(only(database)["state"] == "waiting")

        until(taken_up)
        row = only(database)
        assert most / 2 <= row["next_at"] - clock.at <= most
        with database.write() as tx:
            tx.execute("UPDATE delivery SET next_at = 0")


def test_who_is_not_known_here_keeps_it_until_its_time_is_over(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    posting = Posting(app.url)
    add(posting.name)
    deliveries.turn(
        database, "me@elsewhere 1 1 0123456789ab", (), [(posting.name, 1, clock.at + 35)], clock.at
    )
    forwarder = Forwarder(opened, [posting], clock=clock)
    assert forwarder.run_due() == 0
    clock.at += 35
    assert forwarder.run_due() == 1
