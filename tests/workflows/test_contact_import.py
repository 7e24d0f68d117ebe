"""`dialpad contact import`: matched, reported row by row, and gone on with after it was killed."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.client.clock import Clock
from dialkit.directory.sheet import examine
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]

PRIYA = "6018273645019283"
HEADER = "First Name,Last Name,Phone,E-mail,Company\n"


class Jumping(Clock):
    """Time that does not wait: it jumps."""

    ahead = 0.0

    def __init__(self, _app: Any) -> None:
        """As the command line makes its clock."""

    def now(self) -> float:
        return super().now() + Jumping.ahead

    def monotonic(self) -> float:
        return super().monotonic() + Jumping.ahead

    def sleep(self, seconds: float, why: str = "") -> None:
        Jumping.ahead += seconds


@pytest.fixture(autouse=True)
def _jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialkit.cli.session.CountingClock", Jumping)


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Run:
    """Import a text or bytes as people.csv."""

    def call(content: str | bytes, *argv: str, name: str = "people.csv", **extra: str) -> Any:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return run("contact", "import", name, *argv, **extra)

    return call


def report(path: Path) -> list[dict[str, str]]:
    with (path / "people.report.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def writes(sandbox: Sandbox) -> list[tuple[str, Any]]:
    return [(asked.method, asked.json) for asked in sandbox.requests if asked.method != "GET"]


def test_rows_are_matched_changed_and_made(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    before = len(sandbox.world.contacts)
    ran = bring(
        HEADER
        + "Priya,Nair,(415) 555-0123,second@copperpot.example,Copper Pot Cafe\n"
        + "New,One,415-555-9911; 415-555-9912,NEW@one.example,\n"
        + "Priya,Nair,+14155550123,priya@copperpot.example,Copper Pot Cafe\n"
    )
    data = ran.data
    assert (data["rows"], data["updated"], data["created"], data["unchanged"]) == (3, 1, 1, 1)
    assert len(sandbox.world.contacts) == before + 1
    priya = sandbox.world.contacts.get(PRIYA)
    assert priya["emails"] == ["priya@copperpot.example", "second@copperpot.example"]
    rows = report(tmp_path)
    assert [(row["row"], row["status"]) for row in rows] == [
        ("2", "updated"),
        ("3", "created"),
        ("4", "unchanged"),
    ]
    new = sandbox.world.contacts.get(rows[1]["contact_id"])
    assert new["phones"] == ["+14155559911", "+14155559912"]
    assert rows[1]["First Name"] == "New"
    assert "First Name → first_name" in ran.err
    assert "UTF-8, parted by comma" in ran.err


def test_bad_rows_stop_no_others(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    ran = bring(
        HEADER
        + "A,One,123,,\n"  # no number
        + "B,Two,,nonsense,\n"
        + ",,+14155559911,,\n"  # no name
        + "C,Three,+14155559912,,,,extra\n"
        + "Priya,Nair,+14155550123,tariq.banerjee@mosaiccatering.example,\n"  # two contacts
        + "D,Four,+14155559913,,\n"
    )
    assert ran.code == 11
    assert ran.error["code"] == "partial_success"
    assert ran.error["message"] == "of 6 rows 5 failed"
    told = json.loads(ran.out)
    assert (told["failed"], told["created"], told["rows"]) == (5, 1, 6)
    reasons = [row["reason"] for row in report(tmp_path)]
    assert "'123' is not a phone number" in reasons[0]
    assert "'nonsense' is not an e-mail" in reasons[1]
    assert "no name" in reasons[2]
    assert "7 cells" in reasons[3]
    assert PRIYA in reasons[4]
    assert "shared_5019472836150271_crm-30000" in reasons[4]
    assert reasons[5] == ""
    assert len(writes(sandbox)) == 1


def test_a_quote_that_is_not_closed_makes_no_contact(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    rows = "".join(f"N{number},M,+1415555{number},,\n" for number in range(1000, 1003))
    ran = bring(HEADER + rows + '"O,M,+14155551003,,\n' + rows)
    assert (ran.code, ran.error["message"]) == (11, "of 4 rows 1 failed")
    assert report(tmp_path)[3]["reason"] == (
        "cannot be read, and 3 lines after it: a quote in it is not closed"
    )
    assert len(writes(sandbox)) == 3
    closed = bring(HEADER + 'Pat,"Quill ""Q"" Q","+14155551009","",""', name="closed.csv").data
    assert closed["created"] == 1


def test_what_dialpad_refuses_is_a_failed_row(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add(operation="contacts.create", status=400, message="Not today.", count=1)
    ran = bring(HEADER + "A,One,+14155559911,,\nB,Two,+14155559912,,\n")
    assert ran.code == 11
    rows = report(tmp_path)
    assert [row["status"] for row in rows] == ["failed", "created"]
    assert "Not today." in rows[0]["reason"]


def test_the_same_person_twice_in_a_file_is_one(bring: Run, sandbox: Sandbox) -> None:
    before = len(sandbox.world.contacts)
    data = bring(
        HEADER + "A,One,+14155559911,,\nA,One,415 555 9911,a@one.example,\nA,One,,A@one.example,\n"
    ).data
    assert (data["created"], data["updated"], data["unchanged"]) == (1, 1, 1)
    assert len(sandbox.world.contacts) == before + 1


def test_the_same_file_again_changes_nothing(bring: Run, sandbox: Sandbox) -> None:
    text = HEADER + "A,One,+14155559911,,\nOnly,Name,,,\nB,Two,,b@two.example,Acme\n"
    assert bring(text).data["created"] == 3
    count = len(writes(sandbox))
    assert bring(text).data["unchanged"] == 3
    assert len(writes(sandbox)) == count


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("First Name,Phone\nZoë,+14155559911\n".encode(), "UTF-8, parted by comma"),
        ("First Name,Phone\nZoë,+14155559911\n".encode("utf-8-sig"), "UTF-8 with a mark, parted by comma"),
        ("First Name;Phone\r\nZoë;+14155559911\r\n".encode("latin-1"), "LATIN-1, parted by semicolon"),
        ("First Name\tPhone\nZoë\t+14155559911\n".encode("utf-16"), "UTF-16, parted by tab"),
        ("First Name;Phone\nZoë;+14155559911\nDan\x92s;+14155559912\n".encode("latin-1"), "CP1252"),
        ('"First, Name";Phone\nZoë;+14155559911\n'.encode(), "parted by semicolon"),
        ("First Name,Phone\rZoë,+14155559911\r".encode(), "parted by comma"),
        ("\n\nFirst Name,Phone\n\nZoë,+14155559911\n".encode(), "parted by comma"),
    ],
)
def test_encodings_and_delimiters_are_found(bring: Run, sandbox: Sandbox, content: bytes, shown: str) -> None:
    ran = bring(content)
    assert shown in ran.err
    assert ran.data["created"] >= 1
    found = [row for row in sandbox.world.contacts if row.get("phones") == ["+14155559911"]]
    assert [row["first_name"] for row in found] == ["Zoë"]


def test_columns_are_guessed_and_can_be_said(bring: Run, sandbox: Sandbox) -> None:
    text = (
        "Full name,Phone 1 - Value,Phone 2 - Value,E-mail 1 - Value,Organization,Durchwahl,Job Title,Notes\n"
        '"Doe, Jane",+14155559911,+14155559912,jane@x.example,Acme,12,VP,hello\n'
    )
    ran = bring(text, "--map", "Durchwahl=extension")
    assert "Durchwahl → extension" in ran.err
    assert "Notes → left out" in ran.err
    assert ran.data["created"] == 1
    found = next(row for row in sandbox.world.contacts if row.get("emails") == ["jane@x.example"])
    assert (found["first_name"], found["last_name"], found["extension"]) == ("Jane", "Doe", "12")
    assert found["phones"] == ["+14155559911", "+14155559912"]
    assert (found["company_name"], found["job_title"]) == ("Acme", "VP")


def test_a_column_can_be_left_out(bring: Run, sandbox: Sandbox) -> None:
    assert bring(HEADER + "A,One,+14155559911,a@x.example,\n", "--map", "e-mail=-").data["created"] == 1
    assert not any("a@x.example" in (row.get("emails") or ()) for row in sandbox.world.contacts)


def test_dry_run_writes_nothing_and_tells(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    text = (
        HEADER + "A,One,+14155559911,,\nA,One,+14155559911,a@x.example,\nPriya,N,+14155550123,,\nB,Two,12,,\n"
    )
    ran = bring(text, "--dry-run")
    assert ran.code == 11
    told = json.loads(ran.out)
    assert (told["create"], told["update"], told["failed"]) == (1, 2, 1)
    assert not writes(sandbox)
    assert not list(tmp_path.glob("*.report.csv"))
    ran = bring(text, "--dry-run", "--report", "people.report.csv")
    assert [row["status"] for row in report(tmp_path)] == ["create", "update", "update", "failed"]


def test_rows_with_a_uid_are_put(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    before = len(sandbox.world.contacts)
    text = "uid,first_name,last_name,phones\ncrm-1,A,One,+14155559911\ncrm-2,B,Two,\n,C,Three,\n"
    ran = bring(text)
    assert ran.code == 11
    told = json.loads(ran.out)
    assert (told["written"], told["failed"]) == (2, 1)
    assert {asked.method for asked in sandbox.requests} == {"PUT"}
    assert bring(text.replace("One", "Uno").rsplit("\n", 2)[0] + "\n").data["written"] == 2
    assert len(sandbox.world.contacts) == before + 2
    assert any(row["last_name"] == "Uno" for row in sandbox.world.contacts)


def test_owners_of_their_own(bring: Run, sandbox: Sandbox) -> None:
    user = str(next(iter(sandbox.world.users))["id"])
    data = bring(HEADER + "A,One,+14155559911,,\n", "--owner-id", user).data
    assert data["created"] == 1
    found = next(row for row in sandbox.world.contacts if row.get("phones") == ["+14155559911"])
    assert (found["type"], found["owner_id"]) == ("local", user)
    assert bring(HEADER + "A,One,+14155559911,,\n", "--owner-id", user).data["unchanged"] == 1
    assert bring(HEADER + "A,One,+14155559911,,\n").data["created"] == 1  # the shared book is another


def test_a_lost_answer_is_looked_for(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add(operation="contacts.create", reset="after", count=1)
    before = len(sandbox.world.contacts)
    assert bring(HEADER + "A,One,+14155559911,,\nB,Two,+14155559912,,\n").data["created"] == 2
    assert len(sandbox.world.contacts) == before + 2


def test_a_request_lost_on_its_way_is_not_sent_twice(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add(operation="contacts.create", reset="before", count=1)
    ran = bring(HEADER + "A,One,+14155559911,,\nB,Two,+14155559912,,\n")
    assert ran.code == 11
    assert [row["status"] for row in report(tmp_path)] == ["unknown", "created"]
    assert ran.error["message"] == "of 2 rows 1 may have been written"
    assert [body["last_name"] for _, body in writes(sandbox)].count("One") <= 1
    assert bring(HEADER + "A,One,+14155559911,,\nB,Two,+14155559912,,\n").data["created"] == 1


def test_it_stops_where_it_is_not_the_rows_and_goes_on(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    text = HEADER + "".join(f"A,N{n},+1415555{n:04},,\n" for n in range(9000, 9030))
    rule = sandbox.faults.add(operation="contacts.create", status=401, after=12)
    ran = bring(text)
    assert ran.code == 11
    assert "stopped at row 14" in ran.error["message"]
    assert "the same command goes on" in ran.error["hint"]
    sandbox.faults.remove(rule["id"])
    again = bring(text)
    assert "going on after row 14" in again.err
    assert (again.data["created"], again.data["resumed"]) == (30, True)
    names = sorted(row["last_name"] for row in sandbox.world.contacts if row["last_name"].startswith("N9"))
    assert names == [f"N{n}" for n in range(9000, 9030)]
    assert [row["status"] for row in report(tmp_path)] == ["created"] * 30


def test_a_limit_that_comes_all_the_same_is_waited_for(bring: Run, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.create", status=429, count=9)
    assert bring(HEADER + "A,One,+14155559911,,\n").data["created"] == 1
    assert Jumping.ahead > 20


def test_a_key_that_may_not_write_stops_at_the_first_row(bring: Run, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.create", status=403)
    assert bring(HEADER + "A,One,+14155559911,,\nB,Two,+14155559912,,\n").code == 3
    assert len(writes(sandbox)) == 1


def test_a_dialpad_that_fails_is_left_alone(bring: Run, sandbox: Sandbox) -> None:
    text = HEADER + "".join(f"A,N{n},+1415555{n:04},,\n" for n in range(9000, 9030))
    sandbox.faults.add(operation="contacts.create", status=503, count=12, after=3, carried_out=True)
    ran = bring(text)
    assert ran.code == 11
    assert ran.error["message"].startswith("stopped at row 14: ")
    assert bring(text).data["created"] == 30
    names = [row["last_name"] for row in sandbox.world.contacts if row["last_name"].startswith("N9")]
    assert sorted(names) == [f"N{n}" for n in range(9000, 9030)]


def test_a_terminal_sees_how_far_it_is(
    dialpad: Any, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jumping, "monotonic", lambda self: next(SECONDS))
    text = HEADER + "".join(f"A,N{n},+1415555{n:04},,\n" for n in range(9000, 9020))
    (tmp_path / "people.csv").write_text(text)
    environ = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    ran = dialpad("contact", "import", "people.csv", tty=True, **environ)
    assert ran.code == 0
    assert "20 rows: 20 to create" in ran.err
    assert "[##########..........] 10 of 20 rows, about " in ran.err
    narrow = dialpad("contact", "import", "people.csv", tty=True, COLUMNS="40", **environ)
    assert 30 < max(len(line) for line in re.findall(r"\r(.*?) \x1b", narrow.err)) < 40
    assert ran.err.endswith("\r\x1b[K")


SECONDS = iter(range(10**6))


def test_what_stops_it_before_the_first_row_is_said_as_it_is(bring: Run, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.list", status=401)
    assert bring(HEADER + "A,One,+14155559911,,\n").code == 3


def test_no_wait_ends_at_the_limit_and_goes_on(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    text = HEADER + "".join(f"A,N{n},+1415555{n:04},,\n" for n in range(9000, 9050))
    ran = bring(text, "--no-wait")
    assert ran.code == 11
    assert "its limit is reached" in ran.error["message"]
    assert bring(text).data["created"] == 50
    names = [row["last_name"] for row in sandbox.world.contacts if row["last_name"].startswith("N9")]
    assert sorted(names) == [f"N{n}" for n in range(9000, 9050)]


def test_the_eta_follows_from_the_limit(bring: Run) -> None:
    ran = bring(HEADER + "".join(f"A,N{n},+1415555{n:04},,\n" for n in range(9000, 9250)), "--dry-run")
    assert ran.data["seconds_at_least"] == 90


def test_the_journal_is_empty_once_the_report_is_there(bring: Run, environ: dict[str, str]) -> None:
    assert bring(HEADER + "A,One,+14155559911,,\n").code == 0
    with Database.of(environ) as database:
        assert database.all("SELECT * FROM import_row") == []
        assert database.one("SELECT finished_at FROM import_job")["finished_at"] is not None


def test_a_report_that_cannot_be_written_is_found_before_anything_is_sent(
    bring: Run, sandbox: Sandbox
) -> None:
    ran = bring(HEADER + "A,One,+14155559911,,\n", "--report", "no/such/folder.csv")
    assert ran.code == 2
    assert not sandbox.requests


def test_a_report_that_fails_at_the_end_is_partly_done(bring: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    text = HEADER + "A,One,+14155559911,,\n"
    blocked = tmp_path / "people.report.csv.part"
    blocked.mkdir()
    ran = bring(text)
    assert ran.code == 11
    assert "all rows are done, but not their report" in ran.error["message"]
    assert len(writes(sandbox)) == 1
    blocked.rmdir()
    assert bring(text).data["created"] == 1
    assert len(writes(sandbox)) == 1
    assert report(tmp_path)[0]["status"] == "created"


def test_what_was_imported_and_cannot_be_shown_is_no_failure(bring: Run, tmp_path: Path) -> None:
    ran = bring(HEADER + "A,One,+14155559911,,\n", "--jq", ".rows | keys")
    assert ran.code == 11
    assert "all rows are done; showing it failed" in ran.error["message"]
    assert report(tmp_path)[0]["status"] == "created"


def test_the_report_runs_in_no_spreadsheet(bring: Run, tmp_path: Path) -> None:
    assert bring(HEADER + "=1+1,One,+14155559911,,\n").code == 0
    assert report(tmp_path)[0]["First Name"] == "'=1+1"


@pytest.mark.parametrize(
    ("content", "argv", "words"),
    [
        (b"", (), "is empty"),
        (b"\n\n", (), "is empty"),
        (b"a,b\n1,2\n", (), "none of the columns is known"),
        (b"phone\n1\n", ("--map", "nope=phones"), "there is no column 'nope'"),
        (b"phone\n1\n", ("--map", "phone=fax"), "there is no field 'fax'"),
        (b"phone\n1\n", ("--map", "phone"), "is not COLUMN=field"),
        (b"phone\n1\n", ("--encoding", "klingon"), "is not known"),
        (b"phone\n1\n", ("--encoding", "hex"), "is not known"),
        (b"phone\n1\n", ("--encoding", "undefined"), "is not known"),
        (b"phone\n1\n", ("--encoding", "\udcff"), "is not known"),
        (b"PK\x03\x04\x14\0\0\0", (), "is no text"),
        ("phone\n1\n".encode("utf-16-le"), (), "is no text"),
        (b"phone\n\xff\n", ("--encoding", "utf-8"), "is not utf-8"),
        (b"phone\n1\n", ("--delimiter", "::"), "is not one character"),
        (b"phone\n1\n", ("--owner-id", "x"), "neither a user's id"),
        (b"phone\n1\n", ("--report", "people.csv"), "is the file that is imported"),
        (b"phone\n1\n", ("--report", ""), "is not a file"),
        (b"phone\n1\n", ("--report", "."), "is not a plain file"),
        (b"phone\n1\n", ("--file", "other.csv"), "which file"),
        (b"phone\n1\n", ("--dru-run",), "--dru-run"),
    ],
)
def test_bad_input_is_exit_2_and_asks_nothing(
    bring: Run, sandbox: Sandbox, content: bytes, argv: Any, words: str
) -> None:
    ran = bring(content, *argv)
    assert ran.code == 2
    assert words in ran.error["message"]
    assert not sandbox.requests


@pytest.mark.parametrize("argv", [(), ("nowhere.csv",), (".",), ("-",), ("",), ("--file",)])
def test_a_file_that_is_none(run: Run, sandbox: Sandbox, argv: Any) -> None:
    assert run("contact", "import", *argv).code == 2
    assert not sandbox.requests


def test_an_open_quote_costs_no_more_than_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('name,phone\nA,1\n"B,2\n' + "x" * 200_000 + "\nC,3\n")
    rows = list(examine(str(path)).rows())
    assert rows[0][1] == ["A", "1"]
    assert any(cells is None for _, cells, _ in rows)
