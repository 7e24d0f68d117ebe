"""``dialpad sms export``: the texts of a time, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import reporting

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "sms export",
    "The texts of a time, a row for each: when, whose, from and to which number, what became of it.\n\n"
    "They come from Dialpad's stats, which do not tell what a text says. Where the days end with today\n"
    "these are two requests. Also accepted: bin/export_sms.py",
    (
        "dialpad sms export --start-date 2026-02-01 --end-date 2026-02-28 --out texts.csv",
        "dialpad sms export --days 7 -o csv > texts.csv",
        "dialpad sms export --start-date yesterday --target office:5219384756201938",
    ),
    "[--start-date DATE [--end-date DATE] | --days N] [FLAGS]",
    (
        ("--start-date DATE", "the first day: 2026-02-01, yesterday, or a number of days ago"),
        ("--end-date DATE", "the last day (today)"),
        reporting.ROWS["days"],
        reporting.ROWS["timezone"],
        reporting.ROWS["target"],
        reporting.ROWS["out"],
        reporting.ROWS["give-up"],
        reporting.ROWS["dry-run"],
    ),
)
FLAGS = ("--start-date", "--end-date")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad sms export`` with the words that follow it; the exit code."""
    options, found = parse(
        app,
        "sms export",
        argv,
        (("--start-date",), {"metavar": "DATE"}),
        (("--end-date",), {"metavar": "DATE"}),
        *reporting.COMMON,
        takes=(*SHOWING, *ASKING, "--dry-run"),
    )
    view = showing(app, options)
    options = app.options or options
    from dialkit.cli.session import open_client
    from dialkit.reports.question import question, target_of

    with open_client(app, options) as client:
        operation = client.operation("stats.create")
        target = target_of(operation, found.target, app.config.alias) if found.target is not None else None
        asked = question(operation, "texts", "records", target=target)
        period = reporting.period_of(found, client.clock.now(), found.start_date, found.end_date, FLAGS)
        patience = reporting.seconds_of(found)
        out = reporting.place_of(app, found.out, "--out")
        if options.dry_run:
            return reporting.dry_run(app, options, client, asked, period)
        return reporting.run(app, client, view, asked, period, patience, out)
