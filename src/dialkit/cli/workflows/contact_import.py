"""``dialpad contact import``: contacts from a file, matched with those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing, wants_help
from dialkit.cli.workflows import contact_flags as flags
from dialkit.errors import Conflict, InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from dialkit.cli.app import App
    from dialkit.client import Dialpad
    from dialkit.directory.importing import Source
    from dialkit.store import Database
    from dialkit.store.journals import Entry, Job

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
BAD = ("failed", "unknown")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact import`` with the words that follow it; the exit code."""
    if wants_help(argv):
        app.stdout.write(HELP.text())
        return 0
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    from dialkit.cli.session import open_client
    from dialkit.directory import report, scan

    view = showing(app, options)
    source = _source(app, found)
    path = _path(app, found.report) if found.report else report.beside(source.sheet.path)
    if not options.dry_run or found.report:
        report.check(path, source.sheet.path)
    with open_client(app, app.options or options) as client:
        if source.owner_id:
            source = source._replace(owner_id=scan.owner(client, source.owner_id))
        if options.dry_run:
            summary = _preview(app, client, source, path if found.report else None)
        else:
            summary = _carry_out(app, client, source, path)
    view.data(summary)
    bad = sum(summary.get(state, 0) for state in BAD)
    if bad:
        where = f"see {summary['report']}" if "report" in summary else "--report FILE tells which, and why"
        raise PartialSuccess(f"{bad:,} of {summary['rows']:,} rows failed", done=summary, hint=where)
    return 0


def _source(app: App, found: argparse.Namespace) -> Source:
    """What is imported, and said to the person who does. Raises `InvalidArgument`."""
    from dialkit.client.phones import region_of
    from dialkit.directory import columns, sheet
    from dialkit.directory.importing import Source

    if (found.word is None) == (found.file is None):
        raise InvalidArgument("which file? one is imported", hint="dialpad contact import people.csv")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(found.delimiter, found.delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidArgument(
            f"--delimiter: {delimiter!r} is not one character", hint="--delimiter ';', or --delimiter tab"
        )
    owner = flags.user_id(app, found.owner_id) if found.owner_id is not None else ""
    said = columns.read_said(found.map)
    path = _path(app, found.word if found.word is not None else found.file)
    examined = sheet.examine(path, encoding=found.encoding, delimiter=delimiter)
    meant = columns.mapping(examined.header, said)
    app.tell(f"note: {examined}")
    if examined.delimiter:
        fields = dict(meant)
        pairs = [
            f"{name or '(no name)'} → {fields.get(at, 'left out')}" for at, name in enumerate(examined.header)
        ]
        app.tell("note: " + ", ".join(pairs))
    return Source(examined, meant, region_of(app.config), owner)


def _path(app: App, path: str) -> str:
    from os.path import expanduser, join

    if path in ("", "-"):
        raise InvalidArgument(f"{path!r} is not a file", hint="save it to a file: an import can be resumed")
    return join(app.cwd, expanduser(path))


def _preview(app: App, client: Dialpad, source: Source, path: str | None) -> dict[str, Any]:
    from dialkit.cli.workflows.contact_watch import Shown
    from dialkit.directory import importing, report

    watch = Shown(app, client)
    counts: dict[str, int] = {}

    def counted() -> Iterator[Entry]:
        for entry in importing.preview(client, source, watch):
            counts[entry.state] = counts.get(entry.state, 0) + 1
            yield entry

    try:
        if path is not None:
            report.write(path, source.sheet, counted())
        else:
            for _ in counted():
                pass
    finally:
        watch.progress.done()
    seconds = round(importing.seconds_for(counts))
    told = {"dry_run": True, "file": source.sheet.path, "rows": sum(counts.values()), **counts}
    return {**told, "seconds_at_least": seconds, **({"report": path} if path else {})}


def _carry_out(app: App, client: Dialpad, source: Source, path: str) -> dict[str, Any]:
    from dialkit.store import Database, journals

    sheet = source.sheet
    key = f"{client.settings.owner} {sheet.path} {sheet.digest} {source.columns} {source.owner_id}"
    with Database.of(app.environ, app.tell) as database:

        def begin() -> Job:
            about = {"columns": source.columns, "owner_id": source.owner_id}
            return journals.begin(database, key, sheet.path, about, client.clock.now())

        job = begin()
        with journals.alone(database, job.id):
            if begin().id != job.id:
                raise Conflict(
                    "this file has just been imported by another process", status=None, hint="see its report"
                )
            return _alone(app, client, database, begin(), source, path)


def _alone(
    app: App, client: Dialpad, database: Database, job: Job, source: Source, path: str
) -> dict[str, Any]:
    """The import itself, the job in hand; what came of it, once the report is written."""
    from dialkit.cli.workflows.contact_watch import Shown
    from dialkit.directory import importing, report
    from dialkit.store import journals

    if job.resumed:
        app.tell(f"note: an import of this file was under way; going on after row {job.last:,}")
    watch = Shown(app, client)
    run = importing.Import(client, database, job, source, watch)
    try:
        counts = run.run()
    except KeyboardInterrupt:
        watch.progress.done()
        app.tell(f"stopped; {importing.GOES_ON}")
        raise
    finally:
        watch.progress.done()
        run.close()
    report.write(path, source.sheet, journals.entries(database, job.id))
    journals.finish(database, job.id, client.clock.now())
    done = {state: number for state, number in counts.items() if number}
    told = {"file": source.sheet.path, "rows": sum(done.values()), **done}
    return {**told, "resumed": job.resumed, "report": path}
