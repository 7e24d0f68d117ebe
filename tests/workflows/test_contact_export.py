"""`dialpad contact export`: everybody, formula-safe, and read back by import without a change."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.cells import plain, safe
from dialkit.directory.cells import joined, split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]

ODD = [
    {"first_name": "=1+1", "last_name": "@home", "company_name": "-x"},
    {"first_name": "'=quoted", "last_name": "O'Neil", "job_title": "''+odd"},
    {"first_name": "Comma, Inc", "last_name": 'Say "hi"', "company_name": "+1 (415) 555-0123"},
    {"first_name": "Zoë", "last_name": "Дом 😀", "urls": ["https://x.example/a,b;c"]},
    {"first_name": "Bar", "last_name": "Two", "emails": ["a@x.example", "b@x.example"], "urls": ["https://p.example/a|b"]},
    {"first_name": "Bell\x07", "last_name": "Esc\x1b[2J", "job_title": "two\nlines", "company_name": "a\rb"},
    {"first_name": " Padded ", "last_name": "", "phones": ["+14155557001", "+14155557002"]},
]  # fmt: skip


@pytest.fixture
def odd(sandbox: Sandbox) -> Sandbox:
    """A directory with contacts that are hard to write down, and some that no import would take."""
    contacts = sandbox.world.contacts
    like = next(iter(contacts))
    for number, fields in enumerate(ODD):
        contacts.put({"id": f"odd{number}", "type": "shared", "owner_id": like["owner_id"], **fields})
    contacts.put({**contacts.get("odd0"), "id": "odd-short", "phones": ["12", "(201) 555-0104 ext. 204"]})
    return sandbox


def test_csv_has_everybody(run: Run, odd: Sandbox) -> None:
    ran = run("contact", "export")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["id"] for row in rows} == {str(row["id"]) for row in odd.world.contacts}
    local = {row["id"]: row["owner_id"] for row in rows if row["type"] == "local"}
    assert local
    assert all(odd.world.contacts.get(key)["owner_id"] == owner for key, owner in local.items())


def test_no_cell_can_be_run(run: Run, odd: Sandbox) -> None:
    for row in csv.reader(io.StringIO(run("contact", "export").out)):
        for cell in row:
            assert not cell.startswith(("=", "@", "\t"))
            assert (
                not cell.startswith(("+", "-")) or cell[1:].isdecimal() or cell.startswith("+1415555700")
            ), cell


def test_what_is_piped_is_read_back_as_well(run: Run, odd: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "piped.csv").write_text(run("contact", "export").out, encoding="utf-8", newline="")
    done = run("contact", "import", "piped.csv").data
    assert done["unchanged"] == done["rows"] == len(odd.world.contacts)


def test_columns_can_be_chosen(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    run("contact", "export", "--fields", "id,phones", "--out", "people.csv").data
    with (tmp_path / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "phones"]
    assert len(rows) == len(sandbox.world.contacts)
    assert run("contact", "export", "--fields", "id,phones").out.startswith("id,phones\n")


def test_a_file_is_for_its_owner_alone(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    run("contact", "export", "--out", "people.csv").data
    if os.name == "posix":
        assert (tmp_path / "people.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["people.csv", "people.ndjson"])
def test_import_reads_it_back_without_a_change(run: Run, odd: Sandbox, tmp_path: Path, name: str) -> None:
    told = run("contact", "export", "--out", name).data
    assert told["contacts"] == len(odd.world.contacts)
    before = {row["id"]: row for row in odd.world.contacts}
    done = run("contact", "import", name).data
    assert done["unchanged"] == done["rows"] == len(before)
    assert {row["id"]: row for row in odd.world.contacts} == before
    assert {asked.method for asked in odd.requests} == {"GET"}


def test_an_export_restores_what_was_lost(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    run("contact", "export", "--out", "people.csv").data
    gone = next(row for row in sandbox.world.contacts if row["type"] == "local")
    others = [row for row in sandbox.world.contacts if row["id"] != gone["id"]]
    sandbox.world.contacts.remove(gone["id"])
    done = run("contact", "import", "people.csv").data
    assert (done["created"], done["unchanged"]) == (1, len(others))
    again = [row for row in sandbox.world.contacts if row["id"] not in {one["id"] for one in others}]
    assert again[0]["owner_id"] == gone["owner_id"]
    assert again[0]["display_name"] == gone["display_name"]


def test_shared_and_owner_and_forms(run: Run, sandbox: Sandbox) -> None:
    shared = [row for row in sandbox.world.contacts if row["type"] == "shared"]
    rows = [
        json.loads(line) for line in run("contact", "export", "--shared", "-o", "ndjson").out.splitlines()
    ]
    assert len(rows) == len(shared)
    assert any(isinstance(row.get("phones"), list) for row in rows)
    owner = next(row["owner_id"] for row in sandbox.world.contacts if row["type"] == "local")
    rows = run("contact", "export", "--owner-id", owner, "-o", "json").data
    assert {row["owner_id"] for row in rows} == {owner}
    assert run("contact", "export", "--jq", ".[0].type").out.strip() in ("shared", "local")


def test_a_failure_leaves_the_file_there_was(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("old")
    for number in range(120):
        sandbox.world.contacts.put({**next(iter(sandbox.world.contacts)), "id": f"more{number}"})
    sandbox.faults.add(operation="contacts.list", status=403, after=1)
    assert run("contact", "export", "--out", "people.csv").code == 3
    assert (tmp_path / "people.csv").read_text() == "old"
    assert [path.name for path in tmp_path.glob("people*")] == ["people.csv"]


@pytest.mark.parametrize(
    "argv",
    [
        ("--shared", "--owner-id", "1"),
        ("--out", "x.csv", "-o", "table"),
        ("--out", "x.csv", "--jq", "."),
        ("--out", "."),
        ("--out", "no/such/folder.csv"),
        ("--out", ""),
        ("--out", "-"),
        ("--out", "x.csv", "-o", "ndjson"),
        ("--out", "x.jsonl", "-o", "csv"),
        ("--out", "x.csv", "--fields", "nonsense"),
        ("--fields", "nonsense"),
        ("--max-pages", "x"),
        ("--all",),
    ],
)
def test_bad_input_is_exit_2(run: Run, sandbox: Sandbox, tmp_path: Path, argv: Any) -> None:
    before = sorted(tmp_path.iterdir())
    assert run("contact", "export", *argv).code == 2
    assert sorted(tmp_path.iterdir()) == before
    assert not sandbox.requests


@pytest.mark.parametrize(
    "text", ["", "=1", "'=1", "''=1", "'x", "-5", "+14155550123", "\t=x", "a", " =x", "＝1"]
)
def test_what_is_made_safe_is_read_back(text: str) -> None:
    assert plain(safe(text)) == text


@pytest.mark.parametrize(
    "values", [[], ["a"], ["a", "b"], ["a|b"], ["a;b", "c"], ["[x]"], ['["x"]'], ["a\nb"]]
)
@pytest.mark.parametrize("name", ["phones", "emails", "urls"])
def test_lists_in_a_cell_are_read_back(name: str, values: list[str]) -> None:
    assert split(name, joined(name, values)) == values
