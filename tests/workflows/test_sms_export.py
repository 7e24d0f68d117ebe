"""``dialpad sms export``: each text once, of the days that were asked for, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from reporting_in import going_on, reports_of

from beside import PATIENCE, beside, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

MARA = "+15035550142"
OUTSIDE = "+14155550123"
ROOT = Path(__file__).resolve().parents[2]


def of_days(sandbox: Sandbox, first: int, last: int = 0) -> set[str]:
    """The ids of the texts from `first` days ago to `last` days ago, days in UTC."""
    today = sandbox.clock.now.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (today - timedelta(days=n) for n in (first, last - 1))
    return {
        str(text["id"])
        for text in sandbox.world.texts
        if start.timestamp() <= text["created_at"] < end.timestamp()
    }


def test_each_text_of_the_time_once_today_among_them(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    arrived = sandbox.text_in(OUTSIDE, MARA, "=HYPERLINK(1)")
    with going_on(sandbox):
        told = run("sms", "export", "--days", "14")
    found = [row["message_id"] for row in told.data]
    assert len(found) == len(set(found))
    assert set(found) == of_days(sandbox, 13) >= {str(arrived["id"])}
    assert all("text" not in row for row in told.data)
    assert [(body["stat_type"], body["export_type"]) for body in reports_of(sandbox)] == [
        ("texts", "records")
    ] * 2


def test_a_time_without_texts_still_has_its_columns(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    line = ("sms", "export", "--start-date", "2020-01-01", "--end-date", "2020-01-02")
    with going_on(sandbox):
        told = run(*line, "-o", "csv")
        assert told.out.startswith("date,message_id,")
        assert told.out.count("\n") == 1
        assert run(*line).data == []


def test_a_terminal_shows_who_wrote_to_whom(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    sandbox.text_in(OUTSIDE, MARA, "Hello.")
    with going_on(sandbox):
        told = run("sms", "export", "--days", "1", tty=True, COLUMNS="100", NO_COLOR="1")
    wanted = ["date", "name", "direction", "from_number", "to_number"]
    assert told.out.splitlines()[0].split()[:5] == wanted
    assert "fields not shown" in told.err


def test_dates_are_turned_into_days_ago(sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path) -> None:
    sandbox.clock.set(time.time() - 2 * 86_400)  # what the command line takes for now is two days later
    old = sandbox.text_in(OUTSIDE, MARA, "The day before yesterday.")
    sandbox.clock.set(time.time())
    sandbox.text_in(OUTSIDE, MARA, "Today.")
    day = datetime.now(UTC).date() - timedelta(days=2)
    with going_on(sandbox):
        told = run(
            "sms",
            "export",
            "--start-date",
            str(day),
            "--end-date",
            str(day + timedelta(days=1)),
            "--out",
            "t.csv",
        )
    assert (told.data["from"], told.data["to"]) == (str(day), str(day + timedelta(days=1)))
    assert told.data["rows"] == 1
    assert [(one["days_ago_start"], one["days_ago_end"]) for one in reports_of(sandbox)] == [(1, 2)]
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["message_id"] == str(old["id"])
    assert (row["direction"], row["from_number"], row["to_number"]) == ("inbound", OUTSIDE, MARA)


def test_what_a_spreadsheet_would_run_stands_behind_a_mark(
    sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path
) -> None:
    sandbox.world.users.change(5391827364501928, display_name="=cmd|' /C calc'!A0")
    sandbox.text_in(OUTSIDE, MARA, "Hello")
    with going_on(sandbox):
        told = run("sms", "export", "--days", "1", "--out", "t.csv")
        shown = run("sms", "export", "--days", "1", "-o", "csv")
    assert "note: 1 cells" in told.err
    for text in ((tmp_path / "t.csv").read_text("utf-8"), shown.out):
        (row,) = (row for row in csv.DictReader(io.StringIO(text)) if row["to_number"] == MARA)
        assert row["name"] == "'=cmd|' /C calc'!A0"


def test_of_one_user_only(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    with going_on(sandbox):
        told = run(
            "sms", "export", "--start-date", "30", "--end-date", "1", "--target", "user:5391827364501928"
        )
    mara = 5391827364501928
    hers = {
        str(text["id"]) for text in sandbox.world.texts if mara in (text["target_id"], text.get("user_id"))
    }
    assert {row["message_id"] for row in told.data} == hers & of_days(sandbox, 30, 1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--start-date 2026-13-01", "--start-date"),
        ("--end-date yesterday", "--end-date: from when on?"),
        ("--start-date 1 --end-date 3", "--start-date"),
        ("--start-date 1 --days 3", "--start-date do not go together"),
        ("--days three", "--days"),
        ("--type calls", "--type"),
        ("--chart x.svg", "--chart"),
        ("texts.csv", "texts.csv"),
    ],
)
def test_what_cannot_be_asked(sandbox: Sandbox, run: Callable[..., Any], line: str, says: str) -> None:
    told = run("sms", "export", *line.split())
    assert told.code == 2, told
    assert says in told.error["message"]
    assert sandbox.requests == []


def test_help_and_its_examples(run: Callable[..., Any], sandbox: Sandbox) -> None:
    for words in (("sms", "export"), ("stats", "run")):
        told = run(*words, "--help")
        assert told.code == 0
        examples = [line.strip() for line in told.out.splitlines() if line.startswith("  dialpad ")]
        assert len(examples) >= 3
        for line in examples:
            asked = run(*line.partition(" > ")[0].split()[1:], "--dry-run")
            assert asked.code == 0, (line, asked)
    assert sandbox.requests == []


def test_the_wrapper_asks_the_same_and_answers_in_one_object(
    sandbox: Sandbox, run: Callable[..., Any], environ: dict[str, str]
) -> None:
    said = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    line = ["--start-date", "5", "--end-date", "yesterday"]
    with going_on(sandbox):
        done = subprocess.run(
            [sys.executable, ROOT / "bin" / "export_sms.py", *line, "--json"],
            env=said, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        told = run("sms", "export", *line)
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["command"]) == (True, "export_sms.export"), done.stderr
    assert answer["data"] == told.data
    first, second = reports_of(sandbox)
    assert first == second


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)]
)
def test_who_is_stopped_while_waiting_leaves_no_half_file(
    sandbox: Sandbox, environ: dict[str, str], tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    (tmp_path / "t.csv").write_text("before")
    said = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    line = [sys.executable, "-m", "dialkit", "sms", "export", "--days", "1", "--out", "t.csv"]
    with beside(line, env=said, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        until(
            lambda: (
                running.poll() is not None or any(one.operation == "stats.get" for one in sandbox.requests)
            )
        )
        running.send_signal(sign)
        running.communicate(timeout=PATIENCE)
    assert running.returncode == code
    assert (tmp_path / "t.csv").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["t.csv"]
