"""What the commands that make reports share: days, files, progress, and showing what came."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument, PartialSuccess, UpstreamError

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.cli.show import View
    from dialkit.cli.subcommands import Argument
    from dialkit.client import Dialpad
    from dialkit.reports.drawing import Drawing
    from dialkit.reports.making import Report
    from dialkit.reports.period import Period
    from dialkit.reports.question import Question

# What all of them take, and what help says of it.
COMMON: tuple[Argument, ...] = (
    (("--days",), {"metavar": "N"}),
    (("--timezone",), {"metavar": "NAME"}),
    (("--target",), {"metavar": "TYPE:ID"}),
    (("--out",), {"metavar": "FILE.csv"}),
    (("--give-up-after",), {"metavar": "SECONDS"}),
)
ROWS = {
    "days": ("--days N", "the last N days, today so far among them (7)"),
    "timezone": ("--timezone NAME", "where days begin, such as America/Los_Angeles (UTC)"),
    "target": ("--target TYPE:ID", "of one office, user, callcenter, department, … or an alias of one"),
    "out": ("--out FILE.csv", "keep the rows in a file, whole or not at all, instead of showing them"),
    "give-up": ("--give-up-after SECONDS", "how long to wait for Dialpad (1800)"),
    "dry-run": ("--dry-run", "show what would be asked; open no socket"),
}
# Left out of tables: the names are there, and who wants ids takes another form.
UNREAD = ("target_id", "target_kind", "message_id", "email", "type", "is_internal", "mms")


def period_of(
    found: argparse.Namespace, now: float, first: str | None, last: str | None, flags: tuple[str, str]
) -> Period:
    """The days that are asked for; `flags` are what its two dates are called. Raises `InvalidArgument`."""
    from dialkit.reports import period

    timezone = "UTC" if found.timezone is None else found.timezone
    today = period.today_in(timezone, now)
    if found.days is not None and not first is last is None:
        raise InvalidArgument(
            f"--days and {flags[1] if first is None else flags[0]} do not go together",
            hint="leave out one of them",
        )
    if last is not None and first is None:
        raise InvalidArgument(
            f"{flags[1]}: from when on?", hint=f"{flags[0]} {today.replace(day=1)} {flags[1]} {last[:20]}"
        )
    if first is not None:
        return period.between(first, "today" if last is None else last, today, timezone, flags)
    return period.last_days(_whole(found.days, "--days", period.DAYS), today, timezone)


def seconds_of(found: argparse.Namespace) -> float:
    """How long to wait for Dialpad. Raises `InvalidArgument`."""
    from dialkit.reports.run import PATIENCE

    return float(_whole(found.give_up_after, "--give-up-after", int(PATIENCE)))


def place_of(app: App, path: str | None, flag: str, endings: tuple[str, ...] = ()) -> str | None:
    """Where a file is to be put, None where none is wanted. Raises `InvalidArgument`."""
    if path is None:
        return None
    from dialkit.store.files import place

    if path in ("", "-"):
        raise InvalidArgument(f"{flag}: which file?", hint=f"leave out {flag}; -o csv prints rows as CSV")
    return place(os.path.join(app.cwd, os.path.expanduser(path)), flag, endings)


def dry_run(app: App, options: Options, client: Dialpad, asked: Question, period: Period) -> int:
    """Show the requests that would start the report."""
    from dialkit.cli import show
    from dialkit.reports.run import requests

    return show.requests(app, options, requests(client, asked, period))


def run(
    app: App,
    client: Dialpad,
    view: View,
    asked: Question,
    period: Period,
    patience: float,
    out: str | None,
    drawing: Drawing | None = None,
) -> int:
    """Have a report made; its rows go to the file `out`, else to stdout; the chart to its file."""
    from dialkit.cli.workflows.progress import Progress
    from dialkit.reports.making import make

    told = Progress(app, client.clock.monotonic)
    # Beside its place there is room for it.
    folder = os.path.dirname(out) if out else None
    try:
        with make(client, asked, period, folder=folder, patience=patience, told=told.report) as report:
            told.done()
            about = report.about()
            if out is not None:
                about |= _kept(app, report, out)
            if drawing is not None:
                _drawn(app, report, drawing, about if out is not None else None)
                about["chart"] = drawing.path
            if out is not None:
                view.data(about)
            else:
                _print(view, report)
    finally:
        told.done()
    return 0


def _print(view: View, report: Report) -> None:
    from itertools import chain

    from dialkit.cli.output import choose_format

    rows, form = report.rows(), choose_format(view.how)
    first = next(rows, None)
    if first is None:
        if form in ("csv", "tsv") and not view.how.fields:
            view.how = view.how._replace(fields=tuple(report.columns))
        view.items(rows)
        return
    rows = chain([first], rows)
    if form == "table" and not view.how.fields:
        view.how = view.how._replace(fitting=True)
        rows = ({name: row[name] for name in row if name not in UNREAD} for row in rows)
    view.items(rows)


def _kept(app: App, report: Report, out: str) -> dict[str, Any]:
    joined, size = report.keep(out)
    if joined.guarded:
        app.tell(f"note: {joined.guarded} cells begin as formulas do; they stand behind a ' in the file")
    return {"file": out, "rows": joined.rows, "columns": joined.columns, "bytes": size}


def _drawn(app: App, report: Report, drawing: Drawing, kept: dict[str, Any] | None) -> None:
    """Draw the chart; `kept` is what has been done where rows were kept in a file already."""
    try:
        report.draw(drawing)
    except UpstreamError as error:
        if kept is None:
            raise
        told = f"the rows are kept, but {error.message}"
        raise PartialSuccess(told, done=kept, hint=error.hint) from None
    app.tell(f"drawn: {drawing.path}")


def _whole(text: str | None, flag: str, usual: int) -> int:
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text)):
        raise InvalidArgument(f"{flag}: {text[:40]!r} is not a number above 0", hint=f"{flag} {usual}")
    return int(text)
