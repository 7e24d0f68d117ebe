"""Imports that are killed and begun again end as if they had run once: nothing twice, nothing lost.

Dialpad's limits hold, on both sides; the sandbox's clock goes on where the client waits.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from by_sandbox_clock import peak

from beside import PATIENCE, beside, until
from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

DRIVER = Path(__file__).with_name("by_sandbox_clock.py")
MOMENT = "2026-03-05T17:00Z"
PLAIN = re.compile(r"\+1\d{10}")
Rows = list[dict[str, str]]
pytestmark = pytest.mark.timeout(0 if "DIALKIT_SOAK" in os.environ else 300)


def lone(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The shared contacts whose first phone and address nobody else of the shared book has."""
    shared = [row for row in sandbox.world.contacts if row["type"] == "shared"]
    digits = Counter(
        "".join(re.findall(r"\d", text.partition("ext")[0]))[-10:]
        for row in shared
        for text in row.get("phones") or ()
    )
    mails = Counter(text.lower() for row in shared for text in row.get("emails") or ())
    return [
        row
        for row in shared
        if row.get("phones")
        and row.get("emails")
        and all(PLAIN.fullmatch(text) and digits[text[-10:]] == 1 for text in row["phones"])
        and all(mails[text.lower()] == 1 for text in row["emails"])
    ]


def people(sandbox: Sandbox, size: int, seed: int) -> Rows:
    """Rows of which 30 in 100 match: two in three of those say something new, the others do not."""
    chance = random.Random(seed)
    rows: Rows = []
    for number, row in enumerate(chance.sample(lone(sandbox), size * 3 // 10)):
        same = {"first_name": row["first_name"], "last_name": row["last_name"], "phones": row["phones"][0]}
        new = {"emails": f"new{number}@import.example", "job_title": f"Title {number}"}
        rows.append(
            {**same, **({"emails": row["emails"][0].upper(), "job_title": ""} if number % 3 == 0 else new)}
        )
    for number in range(size - len(rows)):
        rows.append(
            {
                "first_name": "Import",
                "last_name": f"N{number}",
                "phones": f"({200 + number // 10_000}) 777-{number % 10_000:04}",
                "emails": f"n{number}@import.example" if number % 2 else "",
                "job_title": f"Job {number}",
            }
        )
    chance.shuffle(rows)
    return rows


def write(path: Path, rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


class Importer:
    """Runs the import in processes of its own, and kills them."""

    def __init__(self, sandbox: Sandbox, environ: dict[str, str], folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.environ = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        self.peaks: list[int] = []

    def start(self) -> AbstractContextManager[subprocess.Popen[str]]:
        argv = [sys.executable, str(DRIVER), "contact", "import", "people.csv"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return beside(argv, env=self.environ, cwd=self.folder, **pipes)

    def killed(self, after: int) -> bool:
        """Run, and kill it once it has made `after` requests more; whether it lived that long."""
        end = self.asked() + after
        with self.start() as process:
            while process.poll() is None:
                if self.asked() >= end:
                    self.peaks.append(peak(process.pid))
                    process.kill()
                    process.communicate()
                    return True
                try:
                    process.wait(0.005)
                except subprocess.TimeoutExpired:
                    pass
            process.communicate()
        return False

    def finished(self) -> dict[str, Any]:
        """Run to the end; its summary."""
        with self.start() as process:
            out, err = process.communicate()
        assert process.returncode == 0, err
        self.peaks.append(int(re.findall(r"peak (\d+) MiB", err)[-1]))
        found: dict[str, Any] = json.loads(out)
        return found

    def asked(self) -> int:
        """How many requests the sandbox has had."""
        kept = self.sandbox.app.control.log._kept
        return kept[-1].id if kept else 0


def outcome(sandbox: Sandbox) -> list[Any]:
    """The directory without ids: what every contact says, in order of what it says."""
    rows = [
        {name: row[name] for name in sorted(row) if name != "id" and row[name]}
        for row in sandbox.world.contacts
    ]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.fixture
def worlds() -> Iterator[list[Sandbox]]:
    opened: list[Sandbox] = []
    yield opened
    for sandbox in opened:
        sandbox.stop()


def world(opened: list[Sandbox], contacts: int) -> Sandbox:
    sandbox = Sandbox(at=MOMENT, frozen=True, sizes={"contacts": contacts})
    sandbox.start()
    opened.append(sandbox)
    return sandbox


def lines(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["row"], row["status"]) for row in csv.DictReader(file)]


CASES = [*(("sqlite", seed) for seed in range(4)), ("postgresql", 0)]  # a run takes longer there


@pytest.mark.parametrize(("store", "seed"), CASES, indirect=["store"])
def test_killed_at_any_moment_it_ends_as_if_run_once(
    worlds: list[Sandbox], environ: dict[str, str], tmp_path: Path, seed: int, store: str
) -> None:
    chance = random.Random(seed)
    reports, outcomes = [], []
    for kills in (0, 5):
        folder = tmp_path / f"{kills}"
        folder.mkdir()
        sandbox = world(worlds, 300)
        run = Importer(sandbox, {**environ, "DIALKIT_HOME": str(folder / "home")}, folder)
        write(folder / "people.csv", people(sandbox, 150, seed))
        lived = sum(run.killed(chance.randrange(1, 45)) for _ in range(kills))
        assert kills == 0 or lived > 2
        told = run.finished()
        assert (told["created"], told["updated"], told["unchanged"]) == (105, 30, 15)
        reports.append(lines(folder / "people.report.csv"))
        outcomes.append(outcome(sandbox))
    assert reports[0] == reports[1]
    assert outcomes[0] == outcomes[1]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing sends Ctrl-C to one process alone there")
def test_ctrl_c_says_how_to_go_on(worlds: list[Sandbox], environ: dict[str, str], tmp_path: Path) -> None:
    sandbox = world(worlds, 300)
    run = Importer(sandbox, environ, tmp_path)
    write(tmp_path / "people.csv", people(sandbox, 150, 9))
    sandbox.faults.add(operation="contacts.*", latency=0.03)  # or it may be done before it hears the signal
    with run.start() as process:
        until(lambda: run.asked() >= 60 or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "the same command goes on from there" in err
    assert "Traceback" not in err
    told = run.finished()
    assert (told["created"], told["updated"], told["unchanged"]) == (105, 30, 15)
    assert told["resumed"] is True


@pytest.mark.usefixtures("store")
def test_one_file_is_imported_by_one_process(
    worlds: list[Sandbox], environ: dict[str, str], tmp_path: Path
) -> None:
    sandbox = world(worlds, 300)
    run = Importer(sandbox, environ, tmp_path)
    write(tmp_path / "people.csv", people(sandbox, 150, 9))
    with run.start() as first:
        until(lambda: run.asked() >= 20 or first.poll() is not None)
        sandbox.faults.add(operation="contacts.*", latency=2)  # or it may be done before the second begins
        with run.start() as second:
            _, err = second.communicate(timeout=PATIENCE)
        sandbox.faults.clear()
        first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert second.returncode == 5
    assert "is being imported by another process" in err
    assert sum(row["first_name"] == "Import" for row in sandbox.world.contacts) == 105


@pytest.mark.skipif("DIALKIT_SOAK" not in os.environ, reason="takes over a minute: make soak")
def test_ten_thousand_rows_killed_five_times(
    worlds: list[Sandbox], environ: dict[str, str], tmp_path: Path
) -> None:
    sandbox = world(worlds, 20_000)
    rows = people(sandbox, 10_000, 1)
    write(tmp_path / "people.csv", rows)
    before = {row["id"]: row for row in sandbox.world.contacts}
    run = Importer(sandbox, environ, tmp_path)
    assert [run.killed(after) for after in (150, 1_100, 1_900, 1_500, 2_300)] == [True] * 5
    told = run.finished()
    assert (told["rows"], told["created"], told["updated"], told["unchanged"]) == (
        10_000,
        7_000,
        2_000,
        1_000,
    )
    assert max(run.peaks) <= 120, run.peaks
    check(sandbox, rows, before)


def check(sandbox: Sandbox, rows: Rows, before: dict[str, Any]) -> None:
    """The directory is what it was, each row carried out once."""
    after = {row["id"]: row for row in sandbox.world.contacts}
    assert before.keys() <= after.keys()
    made = [row for key, row in after.items() if key not in before]
    assert sorted(row["last_name"] for row in made) == sorted(
        r["last_name"] for r in rows if r["first_name"] == "Import"
    )
    said = {row["last_name"]: row for row in rows if row["first_name"] == "Import"}
    for contact in made:
        row = said[contact["last_name"]]
        assert contact["phones"] == ["+1" + re.sub(r"\D", "", row["phones"])]
        assert contact.get("emails", []) == ([row["emails"]] if row["emails"] else [])
        assert contact["job_title"] == row["job_title"]
    titles = {row["phones"]: row for row in rows if row["job_title"].startswith("Title")}
    changed = [key for key, row in before.items() if after[key] != row]
    assert len(changed) == len(titles)
    for key in changed:
        row = titles[before[key]["phones"][0]]
        wanted = {"emails": [*before[key]["emails"], row["emails"]], "job_title": row["job_title"]}
        assert after[key] == {**before[key], **wanted}
