"""Both databases, by one interface: what is written is there or none of it; threads; processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from beside import PATIENCE, beside
from dialkit.errors import InvalidArgument
from dialkit.store import Database, bulk, notes, templates
from dialkit.store.database import marks, peek

if TYPE_CHECKING:
    from collections.abc import Iterator

KEEP = "INSERT INTO note (name, value_json, at) VALUES (:name, :value, :at) ON CONFLICT (name) DO NOTHING"
COUNT = "SELECT count(*) AS number, sum(at) AS total, avg(at) AS middle FROM note"


def rows(count: int) -> Iterator[dict[str, object]]:
    return ({"name": f"n{n}", "value": "{}", "at": float(n)} for n in range(count))


def counted(database: Database) -> int:
    row = database.one(COUNT)
    assert row is not None
    return int(row["number"])


def test_what_is_written_comes_back(database: Database) -> None:
    with database.write() as tx:
        assert tx.executemany(KEEP, rows(3)) == 3
        assert tx.execute(KEEP, {"name": "n0", "value": "again", "at": 1.0}).rowcount == 0
        made = tx.execute(KEEP + " RETURNING name, at", {"name": "new", "value": "%s :at ?", "at": 0.5})
        assert made.fetchall() == [{"name": "new", "at": 0.5}]
    assert database.one(COUNT) == {"number": 4, "total": 3.5, "middle": 0.875}
    assert database.all("SELECT name FROM note WHERE value_json = '%s :at ?' AND at < ?", (1,)) == [
        {"name": "new"}
    ]
    wanted = ("n1", "n2", "none")
    found = database.all(f"SELECT name FROM note WHERE name IN ({marks(wanted)}) ORDER BY name", wanted)
    assert [row["name"] for row in found] == ["n1", "n2"]
    assert database.one("SELECT name FROM note WHERE name = ?", ("none",)) is None


def test_all_or_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as tx:
            tx.executemany(KEEP, rows(3))
            templates.add(database, "welcome", "Hi", 1.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted(database) == 0
    with database.write() as tx:
        notes.keep(database, "within", 1, 1.0)
        tx.executemany(KEEP, rows(3))
    assert counted(database) == 4, "a write within another is a part of it"
    assert templates.get(database, "welcome") is None


def test_nothing_is_written_outside_of_write(database: Database) -> None:
    with pytest.raises(AssertionError, match="is where to write"):
        database.execute(KEEP, next(rows(1)))


@pytest.mark.parametrize("text", ["", "🎉 日本語", 'it\'s "so" 100%', "a\\b", "line\nline", "x" * 1_000_000])
def test_texts_come_back_as_they_were(database: Database, text: str) -> None:
    notes.keep(database, text[:100], [text], 1.0)
    assert notes.read(database, text[:100]) == ([text], 1.0)


def test_what_cannot_be_kept(database: Database) -> None:
    with pytest.raises(InvalidArgument, match="UTF-8"):
        notes.keep(database, "\udcff", 1, 1.0)
    number = "INSERT INTO import_row (job, row, state, at) VALUES (?, 1, 'failed', 1)"
    with pytest.raises(InvalidArgument), database.write() as tx:
        tx.execute(number, (10**30,))
    notes.keep(database, "after", 1, 1.0)
    with database.write() as tx:  # of PostgreSQL's texts none has a NUL
        tx.execute(KEEP, {"name": "nul", "value": "a\0b", "at": True})
    row = database.one("SELECT value_json, at FROM note WHERE name = 'nul'")
    assert row in ({"value_json": "a\0b", "at": 1.0}, {"value_json": "a\ufffdb", "at": 1.0})


def test_threads_take_turns(database: Database) -> None:
    def add() -> None:
        for _ in range(50):
            with database.write() as tx:
                row = tx.one(COUNT)
                assert row is not None
                tx.execute(KEEP, {"name": f"n{row['number']}", "value": "{}", "at": 0.0})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(database) == 200


ADD = """
import os, sys
from dialkit.store import Database
with Database.of(os.environ) as database:
    print("open", flush=True)
    sys.stdin.readline()
    for _ in range(50):
        with database.write(alone="counting") as tx:
            number = tx.one("SELECT count(*) AS number FROM note")["number"]
            tx.execute("INSERT INTO note VALUES (?, '', 0)", (f"n{number}",))
"""


def test_processes_begin_at_once_and_take_turns(store: str, environ: dict[str, str]) -> None:
    """The tables are made by one of them; who reads and then writes is alone with that."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command, around = [sys.executable, "-c", ADD], {**os.environ, **environ}
    with ExitStack() as stack:
        started = [stack.enter_context(beside(command, env=around, **pipes)) for _ in "abcd"]
        for one in started:
            assert one.stdout is not None
            assert one.stdout.readline() == "open\n"
        for one in started:
            one.communicate("go\n", timeout=PATIENCE)
        assert [one.returncode for one in started] == [0] * 4
    with Database.of(environ) as database:
        assert counted(database) == 200


def test_something_is_held_by_one(database: Database) -> None:
    with database.another() as other:
        with database.hold("imports", 7) as ours, other.hold("imports", 8) as theirs:
            assert (ours, theirs) == (True, True)
            if database.dialect == "postgresql":  # a file's lock is the process's
                with other.hold("imports", 7) as again:
                    assert again is False
        with other.hold("imports", 7) as again:
            assert again is True


def test_who_only_looks_makes_nothing(store: str, environ: dict[str, str]) -> None:
    assert peek(environ, "SELECT 1 AS one FROM note") == []
    assert not os.path.exists(environ["DIALKIT_HOME"])
    with Database.of(environ) as database:
        notes.keep(database, "a", 1, 1.0)
    assert peek(environ, "SELECT name FROM note") == [{"name": "a"}]


def test_a_database_of_a_later_dialkit(database: Database, environ: dict[str, str]) -> None:
    if database.dialect == "postgresql":
        with database.write() as tx:
            tx.execute("UPDATE schema_version SET version = 99")
    else:
        database.one("PRAGMA user_version = 99")
    with pytest.raises(InvalidArgument, match="of a later dialkit"):
        Database.of(environ)


def test_rows_at_once_are_what_they_were(database: Database) -> None:
    """Also where a value is empty, missing, or has the very characters that set values apart."""
    texts: list[str | None] = [
        "",
        None,
        " ",
        "a\x1eb",
        "\x1f",
        "\x1e\x1f",
        "'\"\\{},",
        "NULL",
        "null",
        "é😀\n\t",
        "x" * 100_000,
    ]
    given = [
        {"name": f"{place}", "value_json": text or "", "at": place + 0.1} for place, text in enumerate(texts)
    ]
    columns = {"name": "TEXT", "value_json": "TEXT", "at": bulk.REAL}
    with database.write():
        for some in (given, given[:0]):
            assert bulk.put(database, "note", columns, some) == []
        [back] = bulk.put(
            database, "note", columns, [{"name": "", "value_json": "", "at": 1e300}], returning="name, at"
        )
    assert back == {"name": "", "at": 1e300}
    kept = database.all(
        "SELECT name, value_json, at FROM note WHERE name <> '' ORDER BY CAST(name AS INTEGER)"
    )
    assert kept == given
    nullable = {"id": "TEXT", "whole": "TEXT", "at": bulk.REAL, "duration": bulk.REAL, "text": "TEXT"}
    voicemails = [
        {"id": f"{place}", "whole": "w", "at": 1.0, "duration": None if place % 2 else 2.5, "text": text}
        for place, text in enumerate(texts)
    ]
    with database.write():
        bulk.put(database, "voicemail", nullable, voicemails)
    found = database.all("SELECT id, whole, at, duration, text FROM voicemail ORDER BY CAST(id AS INTEGER)")
    assert found == voicemails
