"""A file of before there was an inbox: all of it is there, and is found in the new ways."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dialkit.errors import Conflict, InvalidArgument
from dialkit.inbox import pruning
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database, companies, opt_outs, outbox, schema, templates

if TYPE_CHECKING:
    from collections.abc import Callable

# The dump of a file that the command line wrote, against a sandbox.
OLD = Path(__file__).with_name("version_1.sql")


@pytest.fixture
def old(environ: dict[str, str]) -> Path:
    path = Path(environ["DIALKIT_HOME"]) / "state" / "dialkit.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
    return path


def test_all_of_it_is_there(old: Path, environ: dict[str, str]) -> None:
    with Database.of(environ) as database:
        states = {row["id"]: row["state"] for row in outbox.listed(database, state=None, number=None, most=9)}
        assert states == {1: "accepted", 2: "unknown", 3: "refused", 4: "accepted"}
        assert [row["name"] for row in templates.listed(database)] == ["welcome"]
        assert [row["name"] for row in companies.kept(database)] == ["Acme Corp"]
        assert companies.add(database, "ACME corp", {}, 1.0) is False
        assert opt_outs.among(database, "fafb95a0b82b63ac", ["+12015550100", "+12015550136"]) == [
            "+12015550136"
        ]


def test_an_entry_that_cannot_be_read_stands_in_no_ones_way(old: Path, environ: dict[str, str]) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE outbox SET recipients_json = '[', result_json = '{' WHERE id = 1")
    with Database.of(environ) as database:
        assert len(outbox.listed(database, state=None, number=None, most=9)) == 4
        assert len(outbox.listed(database, state=None, number="+14155550131", most=9)) == 1


def test_it_is_found_in_the_new_ways(old: Path, environ: dict[str, str]) -> None:
    with Database.of(environ) as database:
        for number, entry in (("+14155550123", 1), ("+14155550124", 2), ("+14155550131", 4)):
            assert [row["id"] for row in outbox.listed(database, state=None, number=number, most=9)] == [
                entry
            ]
        assert outbox.is_result(database, 7889407682721666)
        assert not outbox.is_result(database, "7889407682721667")
        bulk = outbox.get(database, 4)
        assert bulk is not None
        to_one = {**bulk, "recipients_json": '["+14155550131", "+14155550199"]'}
        with pytest.raises(Conflict, match="the same was sent"):
            outbox.plan(database, [to_one], once=None, again=False, now=bulk["planned_at"] + 60)


def test_the_command_line_goes_on_with_it(old: Path, dialpad: Callable[..., object]) -> None:
    code, out, _ = dialpad("outbox", "list", "--to", "+14155550123")  # type: ignore[misc]
    assert (code, '"id": 1' in out) == (0, True)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)


def test_one_that_is_cut_off_is_begun_again(old: Path, environ: dict[str, str]) -> None:
    """Something in the way ends it; all is as it was, and works once that is gone."""
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("CREATE VIEW outbox_recipient AS SELECT 1")
    with pytest.raises(InvalidArgument, match="because it is a view"):
        Database.of(environ)
    with closing(sqlite3.connect(old)) as connection, connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'event'").fetchone() is None
        connection.execute("DROP VIEW outbox_recipient")
    with Database.of(environ) as database:
        assert len(outbox.listed(database, state=None, number=None, most=9)) == 4


def test_an_id_that_an_event_had_is_not_given_again(environ: dict[str, str], store: str) -> None:
    """Programs that get events know by it which they had."""

    def kept(database: Database, number: int) -> int:
        payload = {"id": number, "fax_status": "sent"}
        [one] = keep(database, [Arrival("fax", payload, "{}", 1.0, "serve")])
        return one.event_id

    with Database.of(environ) as database:
        assert [kept(database, number) for number in (1, 2)] == [1, 2]
        assert pruning.prune(database, 10.0)["events"] == 2
        assert kept(database, 3) == 3


def test_events_of_version_2_go_on_with_their_ids(environ: dict[str, str]) -> None:
    with Database.of(environ) as database:
        path = database.name
    table = next(
        each for each in schema.statements("sqlite") if each.startswith("CREATE TABLE IF NOT EXISTS event ")
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE event")
        connection.execute(table.replace("AUTOINCREMENT", ""))
        connection.execute(
            "INSERT INTO event VALUES (7, 'fax', 'fax/1', 1, 1, '{}', '{\"id\": 1}', 'serve', 2)"
        )
        connection.execute("PRAGMA user_version = 2")
    with Database.of(environ) as database:
        assert database.one("SELECT id, identity, duplicates FROM event") == {
            "id": 7,
            "identity": "fax/1",
            "duplicates": 2,
        }
        pruning.prune(database, 10.0)
        [one] = keep(database, [Arrival("fax", {"fax_status": "sent"}, "{}", 1.0, "serve")])
        assert one.event_id == 8
        names = {
            row["name"] for row in database.all("SELECT name FROM sqlite_master WHERE tbl_name = 'event'")
        }
        assert {"event_by_kind", "event_by_time"} < names
