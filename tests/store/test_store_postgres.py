"""PostgreSQL that goes away, says no, or is named wrongly: one line, no password, and nothing done twice."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from cut_line import Line

from beside import until
from dialkit.errors import InvalidArgument, NetworkError, OutcomeUnknown
from dialkit.sandbox import Sandbox
from dialkit.store import Database, address, notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.parametrize("store", ["postgresql"], indirect=True)
SERVER = os.environ.get("DIALKIT_TEST_POSTGRES", "")


def end_all_others() -> None:
    """As a restart of the server does to connections."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'dialkit' AND datname = current_database()"
        )


@pytest.fixture
def line(store: str, environ: dict[str, str]) -> Iterator[Line]:
    told = psycopg.conninfo.conninfo_to_dict(SERVER)
    line = Line(str(told["host"]), int(str(told["port"])))
    url = environ["DIALKIT_DATABASE_URL"]
    environ["DIALKIT_DATABASE_URL"] = url.replace(f":{told['port']}/", f":{line.port}/")
    yield line
    line.close()


def test_an_idle_connection_that_is_dead_is_made_anew(postgres: Database) -> None:
    notes.keep(postgres, "before", 1, 1.0)
    end_all_others()
    assert notes.read(postgres, "before") == (1, 1.0)
    end_all_others()
    notes.keep(postgres, "after", 1, 1.0)
    assert notes.read(postgres, "after") == (1, 1.0)


def test_one_that_dies_within_a_transaction_has_written_nothing(postgres: Database) -> None:
    def write() -> None:
        with postgres.write() as tx:
            tx.execute("INSERT INTO note VALUES ('a', '1', 1)")
            end_all_others()
            tx.execute("INSERT INTO note VALUES ('b', '1', 1)")

    with pytest.raises(NetworkError, match="is gone") as caught:
        write()
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True), (
        "a log shows only ours"
    )
    assert postgres.all("SELECT * FROM note") == []


@pytest.mark.parametrize("passed_on", [False, True], ids=["before", "after"])
def test_a_commit_that_is_cut_off_is_unknown(line: Line, environ: dict[str, str], passed_on: bool) -> None:
    with Database.of(environ) as database:
        line.word, line.passed_on = b"COMMIT", passed_on
        with pytest.raises(OutcomeUnknown, match="nobody knows whether it is there"):
            notes.keep(database, "a", 1, 1.0)
        assert line.cuts == 1, "it is not done again"
        if not passed_on:
            assert notes.read(database, "a") is None
            return
        until(lambda: notes.read(database, "a") is not None)  # the server may still be at it


def test_an_error_that_was_caught_is_no_commit(postgres: Database) -> None:
    """PostgreSQL undoes all of it, and answers COMMIT with ROLLBACK."""

    def write() -> None:
        with postgres.write() as tx:
            tx.execute("INSERT INTO note VALUES ('a', '1', 1)")
            with suppress(psycopg.errors.DivisionByZero):
                tx.execute("SELECT 1 / 0")

    with pytest.raises(RuntimeError, match="is undone"):
        write()
    assert postgres.all("SELECT * FROM note") == []


def test_a_commit_is_on_the_disk_whatever_the_server_says(store: str, environ: dict[str, str]) -> None:
    with Database.of(environ) as database:
        for said, holds in (("off", "on"), ("remote_apply", "remote_apply")):
            url = f"{environ['DIALKIT_DATABASE_URL']}&options=-csynchronous_commit%3D{said}"
            with Database.of({**environ, "DIALKIT_DATABASE_URL": url}) as other:
                assert other.one("SHOW synchronous_commit") == {"synchronous_commit": holds}
        assert database.one("SHOW synchronous_commit") == {"synchronous_commit": "on"}


def test_no_plan_is_kept_from_when_a_table_was_empty(postgres: Database) -> None:
    for _ in range(20):
        assert notes.read(postgres, "a") is None
    plans = postgres.one(
        "SELECT SUM(generic_plans) AS kept, SUM(custom_plans) AS made FROM pg_prepared_statements "
        "WHERE statement LIKE '%FROM note%'"
    )
    assert plans is not None
    assert plans["kept"] == 0
    assert plans["made"] >= 10


def test_who_asks_the_same_again_and_again_plans_once(postgres: Database) -> None:
    """Also after the connection was lost."""
    for lost in (False, True):
        assert notes.read(postgres.steady(), "a") is None
        if lost:
            end_all_others()
        for _ in range(20):
            assert notes.read(postgres, "a") is None
        plans = postgres.one(
            "SELECT SUM(generic_plans) AS kept FROM pg_prepared_statements WHERE statement LIKE '%FROM note%'"
        )
        assert plans is not None
        assert plans["kept"] >= 10
        assert postgres.one("SHOW enable_seqscan") == {"enable_seqscan": "off"}


def test_what_is_held_is_held_again(postgres: Database) -> None:
    with postgres.hold("imports", 1) as ours, postgres.another() as other:
        assert ours
        end_all_others()
        notes.keep(postgres, "a", 1, 1.0)
        with other.hold("imports", 1) as theirs:
            assert theirs is False
        end_all_others()
        with other.hold("imports", 1) as theirs:
            assert theirs
            with pytest.raises(InvalidArgument, match="another process took over"):
                notes.keep(postgres, "b", 1, 1.0)


@pytest.mark.parametrize(
    ("word", "code", "says", "sent", "again"),
    [
        (b"INSERT INTO outbox", 10, "nothing was sent", 0, 0),
        (b"SET state = 'sending'", 10, "nothing was sent", 0, 0),
        (b"UPDATE outbox SET state = $", 11, "was carried out (200); writing that down failed", 1, 5),
    ],
    ids=["planned", "leaving", "settled"],
)
def test_a_server_that_is_lost_while_a_text_is_sent(
    line: Line,
    environ: dict[str, str],
    dialpad: Callable[..., Any],
    word: bytes,
    code: int,
    says: str,
    sent: int,
    again: int,
) -> None:
    """Whether it was written down may be unknown; whether it was sent is told as it is."""
    with Sandbox(limits=False) as sandbox:
        told = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        text = ["sms", "send", "--from", "+15035550142", "--to", "+14155550123", "--message", "Hello"]
        assert dialpad("outbox", "list", **told).code == 0
        line.word = word
        ran = dialpad(*text, **told)
        assert (ran.code, says in ran.err, line.cuts) == (code, True, 1), ran
        assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == sent
        assert dialpad(*text, **told).code == again
        assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == 1


def test_outside_of_a_write_nothing_is_written(postgres: Database) -> None:
    with pytest.raises(InvalidArgument, match="read-only"):
        postgres.one("INSERT INTO note VALUES ('a', '1', 1) RETURNING name")


def test_who_holds_a_row_too_long_is_told_of(postgres: Database) -> None:
    notes.keep(postgres, "a", 1, 1.0)
    with postgres.another() as other, postgres.write() as tx:
        tx.execute("UPDATE note SET at = 2")
        other.one("SELECT set_config('lock_timeout', '50ms', false)")
        with pytest.raises(InvalidArgument) as caught:
            notes.keep(other, "a", 1, 3.0)
    assert caught.value.hint == "another process holds it; try again"


PASSWORD = "s3cr3t"
WRONG = [
    f"postgresql://dialkit:{PASSWORD}@127.0.0.1:9/none",
    f"postgresql://dialkit:{PASSWORD}@no.such.host.invalid/none",
    f"postgresql://dialkit:{PASSWORD}@x@127.0.0.1/none",
    f"postgresql://dialkit:{PASSWORD}/x@127.0.0.1/none",
    f"postgresql://dialkit:{PASSWORD}?x@127.0.0.1/none",
    f"postgresql://dialkit:{PASSWORD}#x@127.0.0.1/none",
    f"postgresql://dialkit:{PASSWORD}%zz@127.0.0.1/none",
    f"postgresql://127.0.0.1/none?passwort={PASSWORD}",
    f"postgresql+psycopg://dialkit:{PASSWORD}@127.0.0.1/none",
    f"mysql://dialkit:{PASSWORD}@127.0.0.1/none",
    f"host=127.0.0.1 password={PASSWORD}",
    f"postgresql://dialkit:{PASSWORD}@127.0.0.1/none?schema=a;b",
]


@pytest.mark.parametrize("url", WRONG)
def test_no_password_is_ever_shown(store: str, dialpad: Callable[..., Any], url: str) -> None:
    for argv in (
        ["template", "list"],
        ["doctor", "--base-url", "http://127.0.0.1:9"],
        ["doctor", "--offline"],
    ):
        ran = dialpad(*argv, DIALKIT_DATABASE_URL=url)
        assert ran.code != 0 or argv[0] == "doctor"
        assert PASSWORD not in ran.out + ran.err, ran
        assert "Traceback" not in ran.err


def test_doctor_says_where_it_is(postgres: Database, dialpad: Callable[..., Any]) -> None:
    for offline, says in (([], " ms"), (["--offline"], "not asked")):
        ran = dialpad("doctor", *offline, DIALPAD_BASE_URL="http://127.0.0.1:9")
        [row] = [row for row in json.loads(ran.out) if row["check"] == "database"]
        assert row["status"] == "ok"
        assert row["detail"].startswith(postgres.name)
        assert says in row["detail"]


def test_a_wrong_password(store: str, dialpad: Callable[..., Any]) -> None:
    told = psycopg.conninfo.conninfo_to_dict(SERVER)
    url = SERVER.replace(str(told["password"]), PASSWORD)
    ran = dialpad("template", "list", DIALKIT_DATABASE_URL=url)
    assert (ran.code, "password authentication failed" in ran.err) == (10, True), ran
    assert PASSWORD not in ran.err


def test_the_name_tells_where_and_no_more(postgres: Database) -> None:
    told = psycopg.conninfo.conninfo_to_dict(SERVER)
    assert str(told["password"]) not in postgres.name + repr(postgres)
    assert f"{told['host']}:{told['port']}" in postgres.name
    assert (
        address.read("postgres://u:p@db.example/shop?sslmode=require").shown == "postgresql://db.example/shop"
    )


def test_parameters_reach_the_driver_as_they_are(store: str) -> None:
    read = address.read(
        "postgresql://h/d?password=a+b%2Bc&schema=shop&options=-c%20jit%3Doff&application_name=pos"
    )
    assert (read.told["password"], read.told["options"]) == ("a+b+c", "-c jit=off")
    assert (read.told["application_name"], read.schema) == ("pos", "shop")
    assert "schema" not in read.told


def test_a_user_who_may_make_no_schema(store: str, environ: dict[str, str]) -> None:
    role = environ["DIALKIT_DATABASE_URL"].rpartition("=")[2]
    told = psycopg.conninfo.conninfo_to_dict(SERVER)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'word'")
        try:
            url = environ["DIALKIT_DATABASE_URL"].replace(f"dialkit:{told['password']}", f"{role}:word")
            with pytest.raises(InvalidArgument, match="permission denied") as caught:
                Database.of({**environ, "DIALKIT_DATABASE_URL": url})
            assert f'CREATE SCHEMA {role} AUTHORIZATION "{role}"' in str(caught.value.hint)
            connection.execute(f"CREATE SCHEMA {role} AUTHORIZATION {role}")
            with Database.of({**environ, "DIALKIT_DATABASE_URL": url}) as database:
                notes.keep(database, "a", 1, 1.0)
        finally:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
