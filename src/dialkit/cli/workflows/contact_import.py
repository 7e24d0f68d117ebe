"""``dialpad contact import``: contacts from a file, matched with those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import contact_flags as flags
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.directory.source import Source

HELP = Help(
    "contact import",
    "Writes each row of a CSV file into the directory: into the contact that has one of its numbers or\n"
    "addresses, else as a new one. The directory is read once. Every row is written down before it is\n"
    "sent, so after Ctrl-C, a crash or a lost network the same command goes on where it was. A row that\n"
    "fails stops no other; a report beside the file tells of each (exit 11 where any failed).\n"
    "also accepted: dialpad contacts imports.create --file FILE",
    (
        "dialpad contact import people.csv --dry-run",
        "dialpad contact import people.csv --map 'Tel. 2=phones' --map Notes=-",
        "dialpad contact import crm.csv --report crm-result.csv",
    ),
    takes="FILE [--map COLUMN=FIELD] [FLAGS]",
    rows=(
        ("FILE", "CSV with a header, in any usual encoding and delimiter, or .ndjson; also --file FILE"),
        ("--map COLUMN=FIELD", "what a column means, where the guess is wrong; COLUMN=- leaves it out"),
        ("--owner-id ID", "a user's own contacts instead of the shared ones; me: the key's own user"),
        ("--report FILE", "where the report goes; else NAME.report.csv beside the file"),
        ("--encoding NAME --delimiter CHAR", "how the file is written, where the guess is wrong"),
        ("--dry-run", "read, and say what would become of the rows; write nothing"),
        ("", "Fields: first_name last_name name company_name job_title extension phones emails"),
        ("", "urls; id, type, owner_id as exported; uid: your own key, to write the row under."),
    ),
)
ARGUMENTS = (
    (("word",), {"nargs": "?", "metavar": "FILE"}),
    (("--file",), {"metavar": "FILE"}),
    (("--map",), {"action": "append", "default": [], "metavar": "COLUMN=FIELD"}),
    (("--owner-id",), {"metavar": "ID"}),
    (("--report",), {"metavar": "FILE"}),
    (("--encoding",), {"metavar": "NAME"}),
    (("--delimiter",), {"metavar": "CHAR"}),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact import`` with the words that follow it; the exit code."""
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    from dialkit.cli.session import open_client
    from dialkit.cli.workflows.contact_watch import Shown
    from dialkit.directory import bring, report, scan
    from dialkit.directory.importing import GOES_ON
    from dialkit.store import Database

    view = showing(app, options)
    source = _source(app, found)
    report_path: str | None = None
    if found.report is not None or not options.dry_run:
        named = flags.path(app, found.report, "--report") if found.report is not None else None
        report_path = report.checked(named or report.beside(source.sheet.path), source.sheet.path)
    _explain(app, source)
    with open_client(app, app.options or options) as client:
        if source.owner_id:
            source = source._replace(owner_id=scan.owner(client, source.owner_id))
        try:
            with Progress(app, client.clock.monotonic) as progress:
                watch = Shown(app, client.clock, progress)
                if options.dry_run or report_path is None:
                    summary = bring.preview(client, source, report_path, watch)
                else:
                    with Database.of(app.environ, app.tell) as database:
                        summary = bring.bring_in(client, database, source, report_path, watch)
        except KeyboardInterrupt:
            if not options.dry_run:
                app.tell(f"stopped; {GOES_ON}")
            raise
    if options.dry_run:
        view.data(summary)
    else:
        view.done(summary, "all rows are done", f"see {report_path}")
    if bad := ", ".join(
        f"{summary[state]:,} {words}" for state, words in bring.BAD.items() if state in summary
    ):
        where = f"see {summary['report']}" if "report" in summary else "--report FILE tells which, and why"
        raise PartialSuccess(f"of {summary['rows']:,} rows {bad}", done=summary, hint=where)
    return 0


def _source(app: App, found: argparse.Namespace) -> Source:
    """What is imported. Raises `InvalidArgument`."""
    from dialkit.client.phones import region_of
    from dialkit.directory import columns
    from dialkit.directory.source import source

    if (found.word is None) == (found.file is None):
        raise InvalidArgument("which file? one is imported", hint="dialpad contact import people.csv")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(found.delimiter, found.delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidArgument(
            f"--delimiter: {delimiter[:60]!r} is not one character",
            hint="--delimiter ';', or --delimiter tab",
        )
    owner = flags.user_id(app, found.owner_id) if found.owner_id is not None else ""
    return source(
        flags.path(app, found.word if found.word is not None else found.file, "--file"),
        region_of(app.config),
        said=columns.read_said(found.map),
        owner_id=owner,
        encoding=found.encoding,
        delimiter=delimiter,
    )


def _explain(app: App, source: Source) -> None:
    """Say how the file is understood."""
    app.tell(f"note: {source.sheet}")
    if source.sheet.delimiter:
        pairs = (f"{name or '(no name)'} → {field or 'left out'}" for name, field in source.meaning)
        app.tell("note: " + ", ".join(pairs))
