"""Charts of reports, as Vega-Lite: bars for each day, and bars for each of those who did most.

Series differ in lightness and outline, not in colour alone, so that they can be told apart in grey, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.reports.columns import Series

if TYPE_CHECKING:
    from datetime import date

    from dialkit.reports.columns import Sums
    from dialkit.reports.period import Period

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
WIDTH = 640  # pixels of the bars by day
DAY_HEIGHT, LINE_HEIGHT = 240, 22
MOST_PEOPLE = 20
LABELS = 11  # along the axis of days
WEEKLY = 100  # days from which on bars stand for weeks
# Dark, light with an outline; of one series, the dark.
FILLS, EDGE = ("#1b4f72", "#f5cba7"), "#1c2833"


class Chart(NamedTuple):
    """What is drawn of a kind of report: its title, what is counted, and in which unit."""

    title: str
    unit: str
    series: tuple[Series, ...]


CHARTS: dict[str, Chart] = {
    "calls": Chart(
        "Calls that came in: answered and not answered",
        "calls",
        (
            Series("answered", ("answered",)),
            # Whatever came in and was not answered; a file without such a total has its parts.
            Series("not answered", ("missed", "abandoned", "voicemails"), of="inbound", less="answered"),
        ),
    ),
    "texts": Chart(
        "Texts: sent and received", "texts", (Series("sent", ("sent",)), Series("received", ("received",)))
    ),
    "voicemails": Chart("Voicemails", "voicemails", (Series("voicemails", ("count",)),)),
    "recordings": Chart("Recordings", "recordings", (Series("recordings", ("count",)),)),
    "screenshare": Chart("Screens shared", "times", (Series("times", ("count",)),)),
}


def spec(chart: Chart, sums: Sums, period: Period, *, whose: str = "", note: str = "") -> dict[str, Any]:
    """The chart as Vega-Lite. `whose` is told beside the period; `note` below the title."""
    days, weekly = _days(sums.days)
    panels = [_by_day(chart, days, weekly)]
    if sums.people:
        panels.append(_by_person(chart, sums.people))
    first, last = sums.days[0][0], sums.days[-1][0]
    span = f"{_said(first)} to {_said(last)}" if first != last else _said(first)
    lines = [", ".join(part for part in (whose, span, f"days in {period.timezone}") if part)]
    if not any(any(values) for _, values in sums.days):
        lines.append(f"there were no {chart.unit}")
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 16,
        "title": {"text": chart.title, "subtitle": [*lines, *([note] if note else [])]},
        "vconcat": panels,
        "spacing": 28,
        "config": CONFIG,
    }


CONFIG: dict[str, Any] = {
    "font": FONT,
    "title": {
        "anchor": "start", "fontSize": 18, "subtitleFontSize": 12, "subtitleColor": "#444", "offset": 14,
        "subtitlePadding": 5, "subtitleLineHeight": 16,
    },
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": "#ddd",
             "labelColor": "#222", "titleColor": "#222"},
    "axisY": {"labelPadding": 6},
    "legend": {"labelFontSize": 12, "symbolType": "square", "symbolSize": 130, "symbolStrokeWidth": 1},
    "view": {"stroke": None},
}  # fmt: skip


def _days(days: list[tuple[date, list[float]]]) -> tuple[list[tuple[date, list[float]]], bool]:
    """Days as they are, or many of them as weeks, each by its Monday."""
    if len(days) <= WEEKLY:
        return days, False
    from datetime import timedelta

    weeks: dict[date, list[float]] = {}
    for day, values in days:
        week = weeks.setdefault(day - timedelta(days=day.weekday()), [0.0] * len(values))
        for at, value in enumerate(values):
            week[at] += value
    return list(weeks.items()), True


def _by_day(chart: Chart, days: list[tuple[date, list[float]]], weekly: bool) -> dict[str, Any]:
    rows = [
        {"day": day.isoformat(), "what": one.label, "order": at, "n": values[at]}
        for day, values in days
        for at, one in enumerate(chart.series)
        if values[at]
    ]
    years = days[0][0].year != days[-1][0].year
    # As many labels as fit side by side; always the first.
    step = -(-len(days) // (LABELS // 2 if years else LABELS))
    axis = {
        "title": "week from Monday" if weekly else "day",
        "values": [day.isoformat() for day, _ in days[::step]],
        "labelExpr": f"utcFormat(utcParse(datum.value, '%Y-%m-%d'), '%-d %b{' %Y' if years else ''}')",
        "labelAngle": 0,
        "labelPadding": 5,
        "ticks": False,
    }
    domain = [day.isoformat() for day, _ in days]
    x = {"field": "day", "type": "ordinal", "axis": axis, "scale": {"paddingInner": 0.25, "domain": domain}}
    most = max(sum(values) for _, values in days)
    y = {
        "field": "n",
        "type": "quantitative",
        "title": f"{chart.unit} per {'week' if weekly else 'day'}",
        "stack": "zero",
        "axis": _counts(most),
        "scale": {"nice": True} if most else {"domain": [0, 1]},
    }
    return {
        "width": WIDTH,
        "height": DAY_HEIGHT,
        "data": {"values": rows},
        "mark": {"type": "bar", "stroke": EDGE, "strokeWidth": 0.8},
        "encoding": {"x": x, "y": y, **_told_apart(chart)},
    }


def _by_person(chart: Chart, people: list[tuple[str, list[float]]]) -> dict[str, Any]:
    shown, rest = people[:MOST_PEOPLE], people[MOST_PEOPLE:]
    title = f"{chart.unit} in all"
    if rest:  # not a bar: it would make all others small
        others = [sum(values[at] for _, values in rest) for at in range(len(chart.series))]
        title += f" (and of {len(rest)} others together: {_parts(others)})"
    rows = [
        {"who": name, "what": one.label, "order": at, "n": values[at]}
        for name, values in shown
        for at, one in enumerate(chart.series)
        if values[at]
    ]
    totals = [{"who": name, "n": sum(values), "text": _parts(values)} for name, values in shown]
    most = max(sum(values) for _, values in shown)
    who = {
        "field": "who",
        "type": "nominal",
        "sort": [name for name, _ in shown],
        "title": None,
        "axis": {"labelLimit": 220, "ticks": False, "domain": False},
    }
    count = {"field": "n", "type": "quantitative", "title": title, "axis": {**_counts(most), "grid": False}}
    return {
        "width": WIDTH,
        "height": {"step": LINE_HEIGHT},
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "stroke": EDGE, "strokeWidth": 0.8},
                "encoding": {"y": who, "x": {**count, "stack": "zero"}, **_told_apart(chart)},
            },
            {
                "data": {"values": totals},
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11, "color": "#222"},
                "encoding": {"y": who, "x": count, "text": {"field": "text"}},
            },
        ],
    }


def _told_apart(chart: Chart) -> dict[str, Any]:
    labels = [one.label for one in chart.series]
    legend = {"title": None, "orient": "top", "symbolStrokeColor": EDGE} if len(labels) > 1 else None
    return {
        "color": {
            "field": "what",
            "type": "nominal",
            "sort": labels,
            "scale": {"domain": labels, "range": list(FILLS[: len(labels)])},
            "legend": legend,
        },
        "order": {"field": "order", "type": "quantitative"},
    }


def _counts(most: float) -> dict[str, Any]:
    """An axis of whole numbers."""
    few = {"tickCount": max(1, int(most))} if most < 6 else {"tickCount": 6}
    return {**few, "tickMinStep": 1, "format": ",d"}


def _parts(values: list[float]) -> str:
    """What a bar says at its end: its parts, so that none need be measured by eye."""
    return " + ".join(f"{value:,.0f}" for value in values)


def _said(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
