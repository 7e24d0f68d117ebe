"""Companies: the key's own, those kept here, those found on contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit import Dialpad
from dialkit.directory import companies
from dialkit.errors import Conflict, InvalidArgument
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.sandbox import Sandbox


@pytest.fixture
def database(store: str, environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as opened:
        yield opened


@pytest.fixture
def client(sandbox: Sandbox, environ: dict[str, str]) -> Iterator[Dialpad]:
    with Dialpad(sandbox.token, base_url=sandbox.url, environ=environ) as opened:
        yield opened


def test_each_row_says_its_source(client: Dialpad, database: Database, sandbox: Sandbox) -> None:
    companies.create(database, "Acme Corp", {"domain": "acme.example"}, 1.0)
    companies.create(database, "copper pot CAFE", {}, 2.0)
    rows: list[dict[str, Any]] = companies.list_all(client, database)
    own = next(iter(sandbox.world.companies))
    assert (rows[0]["name"], rows[0]["source"]) == (own["name"], "account")
    kept = {row["name"]: row for row in rows if row["source"] == "kept here"}
    assert kept["Acme Corp"]["contacts"] == 0
    assert kept["Acme Corp"]["domain"] == "acme.example"
    counted = [row for row in sandbox.world.contacts if row.get("company_name") == "Copper Pot Cafe"]
    assert kept["copper pot CAFE"]["contacts"] == len(counted) > 0
    found = {row["name"]: row["contacts"] for row in rows if row["source"] == "contacts"}
    assert "Copper Pot Cafe" not in found
    named = {row["company_name"] for row in sandbox.world.contacts if row.get("company_name")}
    assert len(found) == len(named) - 1
    assert sum(found.values()) + len(counted) == sum(
        1 for row in sandbox.world.contacts if row.get("company_name")
    )


def test_when_it_was_kept_is_written_as_everywhere(client: Dialpad, database: Database) -> None:
    made = companies.create(database, "Acme Corp", {}, 1_772_730_000.5)
    assert made["created_at"] == "2026-03-05T17:00:00Z"
    (kept,) = (row for row in companies.list_all(client, database) if row["source"] == "kept here")
    assert kept["created_at"] == made["created_at"]


def test_a_name_is_kept_once(database: Database) -> None:
    companies.create(database, "Acme Corp", {}, 1.0)
    with pytest.raises(Conflict, match="'Acme Corp' is kept already"):
        companies.create(database, "ACME corp", {}, 2.0)


@pytest.mark.parametrize(("first", "second"), [("Straße Süd", "STRASSE SÜD"), ("Acme  Corp", " acme corp ")])
def test_capitals_and_spaces_make_no_other_name(database: Database, first: str, second: str) -> None:
    companies.create(database, first, {}, 1.0)
    with pytest.raises(Conflict, match="is kept already"):
        companies.create(database, second, {}, 2.0)


def test_nothing_is_said_to_be_kept_that_is_not(run: Callable[..., Any]) -> None:
    kept = "it is kept on this machine"
    assert kept in run("companies", "create", "--name", "Acme").err
    again = run("companies", "create", "--name", "ACME")
    assert again.code == 5
    assert kept not in again.err


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_what_cannot_be_a_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(InvalidArgument, match="cannot be a company's name"):
        companies.create(database, name, {}, 1.0)
