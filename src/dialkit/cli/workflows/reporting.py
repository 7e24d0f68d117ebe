"""What the commands that make reports share: days, files, progress, and showing what came."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cli.output.records import cell_text
from dialkit.errors import InvalidArgument, PartialSuccess, UpstreamError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack
    from typing import BinaryIO

    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.cli.show import View
    from dialkit.cli.subcommands import Argument
    from dialkit.client import Dialpad
    from dialkit.reports.charts import Chart
    from dialkit.reports.period import Period
    from dialkit.reports.question import Question
    from dialkit.reports.run import Result

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
UNREAD = ("target_id", "email", "type")  # left out of tables of sums: the names are there


def period_of(
    found: argparse.Namespace, now: float, first: str | None, last: str | None, flags: tuple[str, str]
) -> Period:
    """The days that are asked for; `flags` are what its two dates are called. Raises `InvalidArgument`."""
    from dialkit.reports import period

    timezone = found.timezone or "UTC"
    today = period.today_in(timezone, now)
    if found.days is not None and (first or last):
        raise InvalidArgument(
            f"--days and {flags[0] if first else flags[1]} do not go together", hint="leave out one of them"
        )
    if last and not first:
        raise InvalidArgument(
            f"{flags[1]}: from when on?", hint=f"{flags[0]} {today.replace(day=1)} {flags[1]} {last[:20]}"
        )
    if first:
        return period.between(first, last or "today", today, timezone, flags)
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
    from dialkit.cli.session import shown_headers, shown_url
    from dialkit.reports.run import requests

    found = requests(client, asked, period)
    if len(found) == 1:
        return show.request(app, options, found[0])
    told = [
        {"method": one.method, "url": shown_url(one), "headers": shown_headers(one), "body": one.body}
        for one in found
    ]
    show.View(app, options).data({"dry_run": True, "requests": told})
    return 0


class Drawing(NamedTuple):
    """A chart that is wanted: its file, how that ends, what is drawn, and a line that stands in it."""

    path: str
    ending: str
    chart: Chart
    note: str


class Making:
    """One report of one run of the command line: made, kept or shown, and drawn."""

    def __init__(self, app: App, client: Dialpad, asked: Question, period: Period, patience: float) -> None:
        self.app, self.client, self.asked, self.period = app, client, asked, period
        self.patience = patience

    def show(self, view: View, out: str | None, drawing: Drawing | None = None) -> int:
        """Fetch the report; its rows go to the file `out`, else to stdout; the chart to its file."""
        from contextlib import ExitStack

        with ExitStack() as stack:
            files: list[BinaryIO] = []
            done = self._fetch(files, stack, out)
            about = self._about(done, out)
            if out is not None:
                about |= self._keep(files, out)
            if drawing is not None:
                self._draw(files, drawing, about if out is not None else None)
                about["chart"] = drawing.path
            if out is not None:
                view.data(about)
            else:
                self._print(view, files)
        return 0

    def _print(self, view: View, files: Sequence[BinaryIO]) -> None:
        from dialkit.cli.output import choose_format

        _, rows = _rows(files, self.asked)
        if self.asked.export_type == "stats" and choose_format(view.how) == "table" and not view.how.fields:
            # Without ids a table keeps the file's own order, and shows as many columns as fit.
            rows = ({name: row[name] for name in row if name not in UNREAD} for row in rows)
        view.items(rows)

    def _fetch(self, files: list[BinaryIO], stack: ExitStack, out: str | None) -> Result:
        from tempfile import TemporaryFile

        from dialkit.cli.workflows.progress import Progress
        from dialkit.reports.run import run

        def open_file(_number: int) -> BinaryIO:
            # Beside its place: there is more room than in the system's folder, which may be memory.
            file: Any = TemporaryFile(dir=os.path.dirname(out) if out else None)  # noqa: SIM115
            files.append(stack.enter_context(file))
            return file  # type: ignore[no-any-return]  # a BinaryIO by another name

        told = Progress(self.app, self.client.clock.monotonic)
        try:
            return run(
                self.client, self.asked, self.period, open_file, patience=self.patience, told=told.report
            )
        finally:
            told.done()

    def _about(self, done: Result, out: str | None) -> dict[str, Any]:
        asked = self.asked
        return {
            **asked.params(),
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "timezone": self.period.timezone,
            "request_ids": [one.request_id for one in done.begun],
            "file": out,
        }

    def _keep(self, files: Sequence[BinaryIO], out: str) -> dict[str, Any]:
        from dialkit.reports.sheet import join
        from dialkit.store.files import Part

        with Part(out) as part:
            joined = join(files, part.file, cell_text)
            size = part.file.tell()
        if joined.guarded:
            self.app.tell(
                f"note: {joined.guarded} cells begin as formulas do; they stand behind a ' in the file"
            )
        return {"rows": joined.rows, "columns": joined.columns, "bytes": size}

    def _draw(self, files: Sequence[BinaryIO], drawing: Drawing, kept: dict[str, Any] | None) -> None:
        """Draw the chart; `kept` is what has been done where rows were kept in a file already."""
        from dialkit.reports.charts import spec
        from dialkit.reports.columns import sums
        from dialkit.reports.drawing import draw
        from dialkit.store.files import Part

        columns, rows = _rows(files, self.asked)
        target, chart = self.asked.target, drawing.chart
        whose = f"{target[0]} {target[1]}" if target else "the whole company"
        try:
            found = sums(columns, rows, chart.series, self.period.first, self.period.last)
        except UpstreamError as error:
            if kept is None:
                raise
            told = f"the rows are kept, but {error.message}"
            raise PartialSuccess(told, done=kept, hint=error.hint) from None
        picture = spec(chart, found, self.period, whose=whose, note=drawing.note)
        drawn = draw(picture, drawing.ending, chart, found)
        with Part(drawing.path) as part:
            part.file.write(drawn)
        self.app.tell(f"drawn: {drawing.path}")


def _rows(files: Sequence[BinaryIO], asked: Question) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns of all files of a report, and its rows, read as they are asked for."""
    from dialkit.reports.sheet import read, records

    sheets = [read(file) for file in files]
    columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.columns))
    return columns, (row for sheet in sheets for row in records(sheet, sums=asked.export_type == "stats"))


def _whole(text: str | None, flag: str, usual: int) -> int:
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text)):
        raise InvalidArgument(f"{flag}: {text[:40]!r} is not a number above 0", hint=f"{flag} {usual}")
    return int(text)
