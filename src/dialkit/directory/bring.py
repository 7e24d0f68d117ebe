"""Imports as wholes: what would become of a file, and the file brought in, with its journal and report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.directory import planner as plans
from dialkit.directory import report
from dialkit.directory.importing import Import, Watch, seconds_for
from dialkit.errors import Conflict, InvalidArgument, PartialSuccess
from dialkit.store import journals
from dialkit.store.journals import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.client import Dialpad
    from dialkit.directory.source import Source
    from dialkit.store import Database
    from dialkit.store.journals import Job

# States of rows that a person has to look at, and what is said of them.
BAD = {"failed": "failed", "unknown": "may have been written"}


def preview(
    client: Dialpad, source: Source, report_path: str | None = None, watch: Watch | None = None
) -> dict[str, Any]:
    """What would become of the rows, and how long it would take; reads the directory, writes nothing there.

    Rows are counted as ``create``, ``update``, ``write``, ``unchanged`` and ``failed``; a report says it of
    each.
    """
    counts: dict[str, int] = {}

    def counted() -> Iterator[Entry]:
        for entry in _previewed(client, source, watch or Watch()):
            counts[entry.state] = counts.get(entry.state, 0) + 1
            yield entry

    if report_path is not None:
        report.write(report_path, source.sheet, counted())
    else:
        for _ in counted():
            pass
    told = {"dry_run": True, **_summary(source, counts), "seconds_at_least": round(seconds_for(counts))}
    return {**told, **({"report": report_path} if report_path else {})}


def _previewed(client: Dialpad, source: Source, watch: Watch) -> Iterator[Entry]:
    planner = plans.Planner(source.region)
    try:
        if not source.by_uid:
            planner.read(client, source.params, watch.scanned)
        for number, row in enumerate(source.sheet.rows(), 1):
            try:
                todo = source.todo(row, planner)
                todo.request(client)
            except (InvalidArgument, Conflict) as error:
                yield Entry(row[0], "failed", None, error.message, 0.0)
                continue
            if todo.action in ("create", "update"):
                kind = {"type": "local"} if "owner_id" in todo.params else {}
                planner.learn({"id": f"row {row[0]}", **kind, **(todo.contact or {}), **todo.params})
            yield Entry(row[0], todo.action, todo.contact_id, None, 0.0)
            watch.counted(number)
    finally:
        planner.close()


def bring_in(
    client: Dialpad, database: Database, source: Source, report_path: str, watch: Watch | None = None
) -> dict[str, Any]:
    """Import it, or go on with an import of it that was stopped; what came of the rows, once it is reported.

    Rows are counted as ``created``, ``updated``, ``written``, ``unchanged``, ``failed`` and ``unknown``.
    Raises `Conflict` where another process imports the file, and what `Import.run` raises.
    """
    sheet = source.sheet
    key = f"{client.settings.owner} {sheet.path} {sheet.digest} {source.columns} {source.owner_id}"

    def begin() -> Job:
        about = {"columns": source.columns, "owner_id": source.owner_id}
        return journals.begin(database, key, sheet.path, about, client.clock.now())

    job = begin()
    with journals.alone(database, job.id):
        if begin().id != job.id:
            raise Conflict(
                "this file has just been imported by another process", status=None, hint="see its report"
            )
        return _alone(client, database, begin(), source, report_path, watch or Watch())


def _alone(
    client: Dialpad, database: Database, job: Job, source: Source, report_path: str, watch: Watch
) -> dict[str, Any]:
    if job.resumed:
        watch.resumed(job.last)
    run = Import(client, database, job, source, watch)
    try:
        counts = run.run()
    finally:
        run.close()
    done = {**_summary(source, counts), "resumed": job.resumed}
    try:
        report.write(report_path, source.sheet, journals.entries(database, job.id))
    except (OSError, InvalidArgument, Conflict) as error:
        why = error.message if isinstance(error, (InvalidArgument, Conflict)) else error.strerror or error
        raise PartialSuccess(
            f"all rows are done, but not their report, {report_path}: {why}",
            done=done,
            hint="the same command again writes it, and sends nothing; --report FILE puts it elsewhere",
        ) from None
    journals.finish(database, job.id, client.clock.now())
    return {**done, "report": report_path}


def _summary(source: Source, counts: dict[str, int]) -> dict[str, Any]:
    done = {state: number for state, number in counts.items() if number}
    return {"file": source.sheet.path, "rows": sum(done.values()), **done}
