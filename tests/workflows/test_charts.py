"""Charts: what they show is what the file says, in pictures that need no browser and no network."""

from __future__ import annotations

import csv
import re
import struct
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from reporting_in import going_on, reports_of

from dialkit.errors import UpstreamError
from dialkit.reports.charts import CHARTS, spec
from dialkit.reports.columns import sums
from dialkit.reports.drawing import draw
from dialkit.reports.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 5)
PERIOD = Period(FIRST, LAST, "UTC")
CALLS, TEXTS = CHARTS["calls"], CHARTS["texts"]
ROWS = [
    {"date": "2026-03-02", "name": "Mara", "inbound_calls": 5, "answered": 3},
    {"date": "2026-03-02", "name": "Theo", "inbound_calls": 2, "answered": 0},
    {"date": "2026-03-05 17:00:00", "name": "Mara", "inbound_calls": 1, "answered": 1},
    {"date": "2025-01-01", "name": "Theo", "inbound_calls": 1, "answered": 1},
    {"date": "never", "name": "", "inbound_calls": None, "answered": "x"},
]


def added(rows: list[dict[str, Any]], kind: str = "calls", last: date = LAST) -> Any:
    return sums(list(rows[0]), rows, CHARTS[kind].series, FIRST, last)


def texts_of(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)<", svg)


# -- figures


def test_every_day_is_there_and_people_by_how_much() -> None:
    found = added(ROWS)
    assert found.days == [
        (FIRST, [0, 0]),
        (date(2026, 3, 2), [3, 4]),
        (date(2026, 3, 3), [0, 0]),
        (date(2026, 3, 4), [0, 0]),
        (LAST, [1, 0]),
    ]
    assert found.people == [("Mara", [4, 2]), ("Theo", [1, 2])]


def test_without_a_total_the_parts_are_added() -> None:
    rows = [{"Date": "2026-03-02", "Answered Calls": 3, "missed": 1, "abandoned": 2, "voicemails": 4}]
    assert added(rows).days[1] == (date(2026, 3, 2), [3, 7])
    assert added(rows).people == []


def test_days_by_a_clock_that_is_not_ours_are_those_of_the_file() -> None:
    other = [{**row, "date": str(row["date"]).replace("2026-", "2020-")} for row in ROWS[:3]]
    assert [day for day, _ in added(other).days] == [date(2020, 3, 2) + timedelta(days=n) for n in range(4)]
    long = [{**ROWS[0], "date": day} for day in ("0001-01-01", "9999-12-31")]
    assert [sum(values) for _, values in added(long).days] == [0] * 5


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(UpstreamError) as missing:
        added([{"date": "2026-03-02", "calls": 3}])
    for name in ("answered", "missed", "abandoned", "voicemail", "it has: date, calls"):
        assert name in missing.value.message
    with pytest.raises(UpstreamError, match="date or day"):
        added([{"answered": 1, "inbound_calls": 1}])


# -- pictures


@pytest.mark.parametrize("kind", list(CHARTS))
def test_each_kind_is_drawn_with_titles_and_units(kind: str) -> None:
    names = ("inbound_calls", "answered", "sent", "received", "count")
    rows = [{"date": "2026-03-02", "name": "Mara <b>&amp;", **dict.fromkeys(names, 3)}]
    found = added(rows, kind)
    drawn = draw(spec(CHARTS[kind], found, PERIOD, whose="office 5"), ".svg", CHARTS[kind], found).decode()
    texts = texts_of(drawn)
    assert CHARTS[kind].title in texts
    assert f"{CHARTS[kind].unit} per day" in texts
    assert "office 5, 1 Mar 2026 to 5 Mar 2026, days in UTC" in texts
    assert {"1 Mar", "5 Mar"} <= set(texts)
    assert "<b>" not in drawn
    assert "Mara &lt;b&gt;&amp;amp;" in texts
    if len(CHARTS[kind].series) > 1:
        assert {one.label for one in CHARTS[kind].series} <= set(texts)


def test_the_bars_are_as_long_as_the_figures() -> None:
    found = added(ROWS)
    drawn = draw(spec(CALLS, found, PERIOD), ".svg", CALLS, found).decode()
    bars = re.findall(r'aria-label="day: ([0-9-]+); calls per day: (\d+)[^"]*what: ([a-z ]+)', drawn)
    assert sorted(bars) == [
        ("2026-03-02", "3", "answered"),
        ("2026-03-02", "4", "not answered"),
        ("2026-03-05", "1", "answered"),
    ]
    assert {"4 + 2", "1 + 2"} <= set(texts_of(drawn))


def test_series_can_be_told_apart_in_grey() -> None:
    from dialkit.reports.charts import FILLS

    grey = [
        0.2126 * int(fill[1:3], 16) + 0.7152 * int(fill[3:5], 16) + 0.0722 * int(fill[5:7], 16)
        for fill in FILLS
    ]
    assert abs(grey[0] - grey[1]) > 100


def test_many_days_become_weeks_and_many_people_a_line() -> None:
    last = FIRST + timedelta(days=399)
    rows = [
        {"date": (FIRST + timedelta(days=n)).isoformat(), "name": f"P{n % 30}", "sent": 1, "received": 1}
        for n in range(400)
    ]
    found = added(rows, "texts", last)
    drawn = texts_of(draw(spec(TEXTS, found, Period(FIRST, last, "UTC")), ".svg", TEXTS, found).decode())
    assert {"texts per week", "week from Monday"} <= set(drawn)
    assert any("10 others together" in text for text in drawn)
    assert any(re.fullmatch(r"\d+ [A-Z][a-z]{2} 2026", text) for text in drawn)


def test_no_calls_at_all() -> None:
    found = sums(["date", "answered", "inbound_calls"], [], CALLS.series, FIRST, LAST)
    assert "there were no calls" in texts_of(draw(spec(CALLS, found, PERIOD), ".svg", CALLS, found).decode())


def test_a_png_and_a_page() -> None:
    found = added(ROWS)
    picture = draw(spec(CALLS, found, PERIOD), ".png", CALLS, found)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", picture[16:24])
    assert wide > 1200
    assert high > 600
    page = draw(spec(CALLS, found, PERIOD), ".html", CALLS, found).decode()
    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert "<tr><th>2026-03-02</th><td>3</td><td>4</td></tr>" in page
    assert not re.findall(r'(?:src|href)="(?!#)|url\((?!#)|@import|<script', page)


# -- by the command line


def test_a_chart_of_calls_beside_the_file(sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path) -> None:
    with going_on(sandbox):
        told = run("stats", "run", "--type", "calls", "--days", "30", "--out", "c.csv", "--chart", "c.svg")
    assert told.data["chart"] == str(tmp_path / "c.svg")
    assert "drawn: " in told.err
    with (tmp_path / "c.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert told.data["rows"] == len(rows)
    drawn = (tmp_path / "c.svg").read_text("utf-8")
    came = sum(int(row["inbound_calls"]) for row in rows)
    bars = re.findall(r'aria-label="day: [0-9-]+; calls per day: (\d+)', drawn)
    assert sum(map(int, bars)) == came > 0
    assert {row["name"] for row in rows if int(row["inbound_calls"])} <= set(texts_of(drawn))


def test_a_chart_beside_the_rows(sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path) -> None:
    with going_on(sandbox):
        told = run("stats", "run", "--type", "texts", "--days", "30", "--chart", "t.PNG")
    assert (tmp_path / "t.PNG").read_bytes()[:4] == b"\x89PNG"
    assert sum(row["all_texts"] for row in told.data) > 10


def test_where_columns_are_missing_the_file_stays(
    sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path
) -> None:
    sandbox.faults.add(path="/files/*", body="Tag,Anrufe\n2026-03-05,7\n")
    with going_on(sandbox):
        told = run("stats", "run", "--type", "calls", "--days", "1", "--out", "c.csv", "--chart", "c.svg")
    assert (told.code, told.error["code"]) == (11, "partial_success")
    assert "it has: Tag, Anrufe" in told.error["message"]
    assert (tmp_path / "c.csv").read_text() == "Tag,Anrufe\n2026-03-05,7\n"
    assert not (tmp_path / "c.svg").exists()


def test_without_the_library_that_draws(
    sandbox: Sandbox, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # Python's own way to say: not there
    told = run("stats", "run", "--type", "calls", "--chart", "c.svg")
    assert told.code == 2
    assert "dialkit[charts]" in told.error["hint"]
    assert reports_of(sandbox) == []
    assert run("stats", "run", "--type", "calls", "--dry-run").code == 0
