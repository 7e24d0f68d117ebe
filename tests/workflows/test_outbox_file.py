"""The outbox's file: whose it is, damage, a full disk, folders that cannot be written, the file of before."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import arriving
import pytest

from beside import PATIENCE, beside
from dialkit.store import Database, outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

MARA, OUT = "+15035550142", "+14155550123"
LINE = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello"]


def sent(sandbox: Sandbox) -> int:
    return len([one for one in sandbox.requests if one.operation == "sms.send"])


def file_of(environ: dict[str, str]) -> Path:
    return Path(environ["DIALKIT_HOME"]) / "state" / "dialkit.db"


def test_the_file_is_the_users_own(run: Callable[..., Any], environ: dict[str, str]) -> None:
    assert run(*LINE).code == 0
    assert stat.S_IMODE(file_of(environ).stat().st_mode) == 0o600
    assert stat.S_IMODE(file_of(environ).parent.stat().st_mode) == 0o700
    kept = b"".join(path.read_bytes() for path in file_of(environ).parent.iterdir())
    assert environ["DIALPAD_API_KEY"].encode() not in kept


def test_a_damaged_file_is_kept_aside(
    run: Callable[..., Any], sandbox: Sandbox, environ: dict[str, str]
) -> None:
    assert run(*LINE).code == 0
    path = file_of(environ)
    for other in path.parent.glob("dialkit.db-*"):
        other.unlink()
    path.write_bytes(b"no database at all" * 100)
    told = run(*LINE)
    assert (told.code, "is damaged; it is kept as" in told.err) == (2, True)
    assert "nothing was sent" in told.error["message"]
    (aside,) = path.parent.glob("dialkit.db.damaged-*")
    assert aside.read_bytes().startswith(b"no database")
    assert sent(sandbox) == 1, "what was sent is forgotten, so a person decides whether it goes again"
    assert run(*LINE).code == 0
    assert len(run("outbox", "list").data) == 1


def test_a_file_of_a_later_version_is_left_alone(run: Callable[..., Any], environ: dict[str, str]) -> None:
    assert run(*LINE).code == 0
    with sqlite3.connect(file_of(environ)) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    ran = run(*LINE, "--again")
    assert (ran.code, "of a later dialkit" in ran.error["message"]) == (2, True)


def test_nothing_is_sent_where_it_cannot_be_written_down(
    run: Callable[..., Any], sandbox: Sandbox, environ: dict[str, str]
) -> None:
    home = Path(environ["DIALKIT_HOME"])
    home.mkdir()
    (home / "state").write_text("a file where the folder should be")
    ran = run(*LINE)
    assert ran.code == 2
    assert "DIALKIT_HOME" in ran.error["hint"]
    assert [one for one in sandbox.requests if one.operation == "sms.send"] == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk(run: Callable[..., Any], sandbox: Sandbox, environ: dict[str, str]) -> None:
    run(*LINE)
    with Database.of(environ) as database:
        pages = database.one("PRAGMA page_count")
        assert pages is not None
    # A database that may not grow is a full disk as SQLite sees it.
    script = (
        "import sqlite3, sys; from dialkit.store import sqlite as d; old = d._ready\n"
        "def full(path):\n c = old(path); c.execute('PRAGMA max_page_count=1'); return c\n"
        "d._ready = full\nfrom dialkit.cli import main; sys.exit(main())"
    )
    before = len([one for one in sandbox.requests if one.operation == "sms.send"])
    done = subprocess.run(
        [sys.executable, "-c", script, *LINE[:-1], "ж" * 1500, "--again"],
        env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "nothing was sent" in done.stderr) == (2, True), done
    assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == before


def damage(path: Path, first: bytes | None) -> bytes:
    """Overwrite the page that has these bytes, or that of the outbox; what was there."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outbox'")
    connection.close()
    pages = path.read_bytes()
    at = (root - 1) * 4096 if first is None else pages.index(first) // 4096 * 4096
    path.write_bytes(pages[:at] + b"\xa5" * 4096 + pages[at + 4096 :])
    return pages


def test_a_file_that_is_damaged_within(run: Callable[..., Any], environ: dict[str, str]) -> None:
    for number in range(3):
        assert run(*LINE[:-1], f"text {number}").code == 0
    pages = damage(file_of(environ), None)
    ran = run(*LINE)
    assert (ran.code, "is damaged; it is kept as" in ran.error["message"]) == (2, True), ran
    assert "nothing was sent" in ran.error["message"]
    (aside,) = file_of(environ).parent.glob("dialkit.db.damaged-*")
    assert aside.read_bytes()[:4096] == pages[:4096]
    assert run(*LINE).code == 0


def test_what_can_be_read_of_a_damaged_file_goes_on(
    run: Callable[..., Any], sandbox: Sandbox, environ: dict[str, str]
) -> None:
    def text(number: int) -> list[str]:
        return [*LINE[:-1], f"<{number}> {'x' * 1200}", "--once", f"key {number}"]

    for number in range(20):
        assert run(*text(number)).code == 0
    run("template", "create", "welcome", "--text", "Hi")
    with Database.of(environ) as database:
        arriving.arrive(database, *(arriving.text(number, f"two kilos {number}") for number in range(5)))
    damage(file_of(environ), b"<11> xxx")
    assert "is damaged; it is kept as" in run("outbox", "list").error["message"]
    known = [int(entry["once"].removeprefix("key ")) for entry in run("outbox", "list").data]
    assert 12 < len(known) < 20, "but for those on that page"
    assert run("template", "show", "welcome").data["text"] == "Hi"
    assert len(run("inbox", "search", "two kilos").data) == 5
    assert len(run("inbox", "thread", arriving.ADA).data) == 5
    before = sent(sandbox)
    assert {run(*text(number)).code for number in known} == {0}
    assert sent(sandbox) == before, "what could be read is not sent twice"


def test_several_find_it_damaged_at_once(sandbox: Sandbox, environ: dict[str, str]) -> None:
    path = file_of(environ)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 100)
    told = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    lines = [[sys.executable, "-m", "dialkit", *LINE[:-1], f"text {number}"] for number in range(4)]
    with ExitStack() as stack:
        running = [stack.enter_context(beside(line, env=told, stdout=subprocess.DEVNULL)) for line in lines]
        assert sorted(one.wait(PATIENCE) for one in running) == [0, 0, 0, 2], "who found it sends nothing"
    assert len(list(path.parent.glob("dialkit.db.damaged-*"))) == 1
    with Database.of(environ) as database:
        assert len(outbox.listed(database, state="accepted", number=OUT, most=9)) == 3
