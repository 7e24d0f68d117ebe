"""``dialpad stats run``: a report made, waited for, shown, kept, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import reporting
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.client import Dialpad
    from dialkit.reports.drawing import Drawing
    from dialkit.reports.question import Question

HELP = Help(
    "stats run",
    "Make a report, wait for it, and show it, keep it, or draw it.\n\n"
    "Where the days end with today these are two requests, since Dialpad tells of today only by itself; it\n"
    "takes 200 an hour. Which columns there are is Dialpad's choice. A report is only begun, and its file\n"
    "only named, by: dialpad stats stats.create, dialpad stats stats.get",
    (
        "dialpad stats run --type calls --days 7",
        "dialpad stats run --type calls --days 30 --by date --timezone America/Los_Angeles",
        "dialpad stats run --type texts --days 14 --chart texts.png",
        "dialpad stats run --type calls --from 2026-02-01 --to 2026-02-28 --out calls.csv",
        "dialpad stats run --type csat --target callcenter:5610293847561029",
    ),
    "--type KIND [FLAGS]",
    (
        ("--type KIND", "calls, texts, voicemails, recordings, screenshare, onduty, csat, dispositions"),
        reporting.ROWS["days"],
        ("--from DATE", "the first day instead: 2026-02-01, yesterday, or a number of days ago"),
        ("--to DATE", "the last day (today)"),
        reporting.ROWS["timezone"],
        ("--by user|date|group", "sums of calls for each user (as without), each day, or an office's groups"),
        reporting.ROWS["target"],
        ("--export-type stats|records", "sums, or row by row; csat and dispositions are records only"),
        reporting.ROWS["out"],
        ("--chart FILE.svg|png|html", "draw it: by day, and by user; needs dialkit[charts]"),
        reporting.ROWS["give-up"],
        reporting.ROWS["dry-run"],
    ),
)
FLAGS = ("--from", "--to")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad stats run`` with the words that follow it; the exit code."""
    options, found = parse(
        app,
        "stats run",
        argv,
        (("--type", "--stat-type"), {"metavar": "KIND", "dest": "stat_type"}),
        (("--from",), {"metavar": "DATE", "dest": "first"}),
        (("--to",), {"metavar": "DATE", "dest": "last"}),
        (("--by", "--group-by"), {"metavar": "user|date|group", "dest": "group_by"}),
        (("--export-type",), {"metavar": "stats|records"}),
        (("--chart",), {"metavar": "FILE"}),
        *reporting.COMMON,
        takes=(*SHOWING, *ASKING, "--dry-run"),
    )
    view = showing(app, options)
    options = app.options or options
    if found.stat_type is None:
        raise InvalidArgument("stats run needs --type", hint="dialpad stats run --type calls --days 7")
    from dialkit.cli.session import open_client

    with open_client(app, options) as client:
        asked = _question(app, client, found)
        period = reporting.period_of(found, client.clock.now(), found.first, found.last, FLAGS)
        patience = reporting.seconds_of(found)
        out = reporting.place_of(app, found.out, "--out")
        chart = _chart(app, found.chart, asked)
        if chart is not None and chart.path == out:
            raise InvalidArgument("--out and --chart name the same file", hint="name two files")
        if options.dry_run:
            return reporting.dry_run(app, options, client, asked, period)
        return reporting.run(app, client, view, asked, period, patience, out, chart)


def _question(app: App, client: Dialpad, found: argparse.Namespace) -> Question:
    from dialkit.reports.question import question, target_of

    operation = client.operation("stats.create")
    target = target_of(operation, found.target, app.config.alias) if found.target is not None else None
    return question(operation, found.stat_type, found.export_type, found.group_by, target)


def _chart(app: App, path: str | None, asked: Question) -> Drawing | None:
    """The chart that is wanted. Raises `InvalidArgument` where it cannot be drawn."""
    if path is None:
        return None
    from dialkit.reports.drawing import ENDINGS, drawing

    wanted = drawing(asked, path)
    place = reporting.place_of(app, path, "--chart", ENDINGS)
    assert place is not None
    return wanted._replace(path=place)
