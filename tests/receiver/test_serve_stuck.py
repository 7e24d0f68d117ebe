"""Where the store cannot be written the answer is 503, in time, and nothing is lost by it."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from serving import Serving, posted, reply_of

from beside import PATIENCE, until
from signing import GOOD, TEXT, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def file_of(environ: dict[str, str]) -> str:
    return next(
        os.path.join(folder, "dialkit.db")
        for folder, _, names in os.walk(environ["DIALKIT_HOME"])
        if "dialkit.db" in names
    )


def test_a_store_that_somebody_holds(
    serving: Serving, environ: dict[str, str], stored: Callable[[], list[Any]]
) -> None:
    holder = sqlite3.connect(file_of(environ), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    replies = []
    several = [threading.Thread(target=lambda: replies.append(serving.post(GOOD))) for _ in range(5)]
    for each in several:
        each.start()
    sick = serving.ask("GET", "/health")
    for each in several:
        each.join()
    assert time.monotonic() - began < 9  # it says so after 4.5; whoever waited for the store would after 10
    assert {reply.status for reply in replies} == {503}
    assert {reply.headers["retry-after"] for reply in replies} == {"1"}
    assert sick.status == 503
    holder.execute("ROLLBACK")
    holder.close()
    until(lambda: serving.post(GOOD).status == 204)
    assert len(stored()) == 1
    until(lambda: serving.ask("GET", "/health").status == 200)
    assert serving.count('dialkit_events_refused_total{reason="not_stored"}') >= 6


def test_a_full_disk(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    assert serving.post(GOOD).status == 204
    # No file may grow: for who writes, the same as a disk that is full.
    resource.prlimit(serving.writer, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    other = token({**TEXT, "id": 77, "text": "x" * 100_000})
    began = time.monotonic()
    assert serving.post(other).status == 503
    assert serving.ask("GET", "/health").status == 503
    assert time.monotonic() - began < 20
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(serving.writer, resource.RLIMIT_FSIZE, unlimited)
    until(lambda: serving.post(other).status == 204)
    assert [row["kind"] for row in stored()] == ["sms", "sms"]
    assert serving.ask("GET", "/health").status == 200


def test_the_writer_is_killed(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    """It is begun anew; what it had not stored is answered 503, and comes again."""
    for number in range(3):
        body = token({**TEXT, "id": number})
        assert serving.post(body).status == 204
        os.kill(serving.writer, signal.SIGKILL)
        again = token({**TEXT, "id": 10 + number})
        until(lambda body=again: serving.post(body).status == 204)
    assert sorted(json.loads(row["payload_json"])["id"] for row in stored()) == [0, 1, 2, 10, 11, 12]
    assert "Traceback" not in serving.log


def test_signals_to_both_end_it_in_good_order(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    """A service manager tells all processes at once."""
    assert serving.process is not None
    assert serving.post(GOOD).status == 204
    writer = serving.writer
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(writer, number)
    assert serving.post(token({**TEXT, "id": 2})).status == 204
    os.kill(writer, signal.SIGTERM)
    assert serving.stop() == 0
    assert not os.path.exists(f"/proc/{writer}")
    assert len(stored()) == 2


def test_the_writer_ends_with_the_receiver(serving: Serving) -> None:
    assert serving.post(GOOD).status == 204
    writer = serving.writer
    serving.kill()
    until(lambda: not os.path.exists(f"/proc/{writer}"))


def test_nobody_hears_it(signed: dict[str, str], stored: Callable[[], list[Any]], tmp_path: Path) -> None:
    """What it has to say goes nowhere: stderr is closed, or on the disk that is full as well."""
    reader, writer = os.pipe()
    os.close(reader)
    serving = Serving(signed, tmp_path, stderr=writer)
    try:
        # Announcing is saying something, too.
        with serving:
            assert serving.post(b"{}").status == 401
            holder = sqlite3.connect(file_of(signed), isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
            assert serving.post(GOOD).status == 503
            holder.execute("ROLLBACK")
            holder.close()
            until(lambda: serving.post(GOOD).status == 204)
    finally:
        os.close(writer)
    assert len(stored()) == 1


def test_postgresql_away(signed: dict[str, str], tmp_path: Path) -> None:
    """At the start it is an error; one that goes later is a 503 (see the next test)."""
    import subprocess
    import sys

    ran = subprocess.run(
        [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0"],
        env={**signed, "DIALKIT_DATABASE_URL": "postgresql://me:geheim@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 10, ran
    assert "geheim" not in ran.stderr
    assert "Traceback" not in ran.stderr


CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_postgresql_that_drops_connections(
    store: str,
    signed: dict[str, str],
    environ: dict[str, str],
    stored: Callable[[], list[Any]],
    tmp_path: Path,
) -> None:
    import psycopg

    url = environ["DIALKIT_DATABASE_URL"]
    server, _, schema = url.partition("?schema=")
    named = {**signed, "DIALKIT_DATABASE_URL": f"{url}&application_name={schema}"}
    with Serving(named, tmp_path) as serving:
        assert serving.post(GOOD).status == 204
        for number in range(3):
            with psycopg.connect(server, autocommit=True) as connection:
                ended = connection.execute(CUT, (schema,)).fetchall()
            assert ended
            again = token({**TEXT, "id": 100 + number})
            until(lambda body=again: serving.post(body).status == 204)
    assert len(stored()) == 4


def test_what_is_under_way_is_finished(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    """SIGTERM in the middle of a request: it is stored, answered, and then the receiver ends with 0."""
    assert serving.process is not None
    head, body = posted(GOOD)[:-200], posted(GOOD)[-200:]
    with serving.connect() as connection:
        connection.sendall(head)
        until(lambda: serving.count("dialkit_events_received_total") == 1)
        serving.process.terminate()
        until(lambda: refused(serving))
        connection.sendall(body)
        reply = reply_of(connection.recv(4096))
    assert reply.status == 204
    assert reply.headers["connection"] == "close"
    assert serving.process.wait(PATIENCE) == 0
    assert len(stored()) == 1


def refused(serving: Serving) -> bool:
    try:
        serving.connect().close()
    except OSError:
        return True
    return False


def test_ctrl_c_ends_it(serving: Serving) -> None:
    took = []
    for _ in range(3):
        with serving.connect():  # somebody who only keeps a connection open is not waited for
            began = time.monotonic()
            assert serving.stop(signal.SIGINT) == 0
        took.append(time.monotonic() - began)
        serving.start()
    assert min(took) < 4  # to wait for him would take 5 each time
    assert "Traceback" not in serving.log
