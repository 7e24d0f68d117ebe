"""An import: row by row, each written down before it is sent, so that it can be killed and goes on.

What a killed row had begun is not guessed: the directory is read anew, and what stands there was done.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dialkit.directory import planner as plans
from dialkit.directory.todo import DONE
from dialkit.errors import (
    Conflict,
    DialkitError,
    Interrupted,
    InvalidArgument,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    PartialSuccess,
    PermissionDenied,
    RateLimited,
    UpstreamError,
    ValidationFailed,
)
from dialkit.store import journals
from dialkit.store.journals import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.client import Dialpad
    from dialkit.directory.sheet import Row
    from dialkit.directory.source import Source
    from dialkit.directory.todo import Todo
    from dialkit.store import Database

# Seconds after which what was on its way when we were killed has arrived, or never will.
SETTLED = 5.0
# Seconds between tries where nothing could be sent: a long import outlives a lost network.
PATIENCE = (5.0, 15.0, 30.0, 60.0, 60.0, 60.0)
# Rows in a row that end in doubt, after which it is not the rows.
TROUBLES = 10
BATCH = 500  # entries that sent nothing, written down at once
# Dialpad's limits: new contacts a minute, all requests a second.
NEW_A_MINUTE, A_SECOND = 100, 20

GOES_ON = "the same command goes on from there"
UNSEEN = "no answer came, and the directory does not show it; look for it, then import the row again"


class Watch:
    """Told how it goes; the command line shows it."""

    def resumed(self, row: int) -> None:
        """An import of this file was under way, and goes on after that row."""

    def scanned(self, pages: int, contacts: int) -> None:
        """So much of the directory has been read."""

    def counted(self, rows: int) -> None:
        """So many rows have been looked at, before the first is sent."""

    def planned(self, actions: dict[str, int], seconds: float, before: int) -> None:
        """So many rows will be created, updated, …, in no less than so many seconds; `before` are done."""

    def worked(self, counts: dict[str, int]) -> None:
        """So many rows are created, updated, …"""


class Import:
    """One run of an import. `job` is what was done before; `close` it when done."""

    def __init__(
        self,
        client: Dialpad,
        database: Database,
        job: journals.Job,
        source: Source,
        watch: Watch | None = None,
    ) -> None:
        self.client, self.database, self.job, self.source = client, database, job, source
        self.watch = watch or Watch()
        self.planner = plans.Planner(source.region)
        self.counts = journals.counts(database, job.id)
        for state in ("sending", "unknown"):
            self.counts.pop(state, None)
        self._waiting: list[Entry] = []
        self._troubles = self._sent = 0
        self._unknown: dict[int, Entry] = {}

    def close(self) -> None:
        """Forget the directory."""
        self.planner.close()

    def run(self) -> dict[str, int]:
        """Do all rows that are not done; how many are in each state.

        Raises `PartialSuccess` where it has to stop, or what stopped it where nothing was sent yet;
        `Interrupted` where Ctrl-C met a row on its way, else `KeyboardInterrupt`. In each case the same
        again goes on from there.
        """
        self._read()
        self.watch.planned(*self._estimate(), sum(self.counts.values()))
        row = 0
        try:
            for row, cells, wrong in self._left():
                self._row((row, cells, wrong))
                self.watch.worked(self.counts)
            self._look_again()
            self._write_down()
        except BaseException as error:
            with suppress(DialkitError):  # what cannot be written down is looked for the next time
                self._write_down()
            if not isinstance(error, DialkitError) or isinstance(error, Interrupted):
                raise
            if not self._sent and not self.job.resumed:
                raise
            raise PartialSuccess(
                f"stopped at row {row}: {error.message}",
                done={"stopped_at_row": row, **self.counts},
                status=error.status,
                operation=error.operation,
                hint=f"{error.hint}; {GOES_ON}" if error.hint else GOES_ON,
            ) from error
        return self.counts

    def _read(self) -> None:
        """Read the directory, once what may have been on its way has arrived."""
        if self.source.by_uid:
            return
        sent = max((entry.at for entry in self.job.doubtful.values()), default=0.0)
        # Never longer than that: the clock may have been set back.
        if (wait := min(SETTLED, sent + SETTLED - self.client.clock.now())) > 0:
            self.client.clock.sleep(wait, "retry")
        self.planner.read(self.client, self.source.params, self.watch.scanned)

    def _left(self) -> Iterator[Row]:
        for row in self.source.sheet.rows():
            if row[0] > self.job.last or row[0] in self.job.doubtful:
                yield row

    def _estimate(self) -> tuple[dict[str, int], float]:
        actions: dict[str, int] = {}
        for number, row in enumerate(self._left(), 1):
            try:
                action = self.source.todo(row, self.planner).action
            except (InvalidArgument, Conflict):
                action = "failed"
            actions[action] = actions.get(action, 0) + 1
            self.watch.counted(number)
        return actions, seconds_for(actions)

    def _row(self, row: Row, *, again: bool = False) -> None:
        """Do one row; `again`: it was sent a moment ago, and may still be on its way."""
        number = row[0]
        before = self.job.doubtful.get(number)
        try:
            todo = self.source.todo(row, self.planner)
            request = todo.request(self.client)
        except (InvalidArgument, Conflict) as error:
            self._note(number, "failed", None, error.message)
            return
        if request is None:
            # What was on its way when we were killed stands there: it was done.
            state = "unchanged" if before is None else "updated" if before.contact_id else "created"
            self._note(number, state, todo.contact_id)
            return
        if again and todo.action == "create":  # never a second time; changing twice does no harm
            self._note(number, "unknown", None, UNSEEN)
            return
        self._write_down(Entry(number, "sending", todo.contact_id, None, self.client.clock.now()))
        self._carry_out(number, todo, lambda: self.client.send(request).record())

    def _carry_out(self, number: int, todo: Todo, send: Callable[[], Any]) -> None:
        try:
            contact = self._patiently(send)
        except (OutcomeUnknown, UpstreamError) as error:
            if isinstance(error.__cause__, (KeyboardInterrupt, SystemExit)):
                raise Interrupted(
                    f"stopped at row {number}, which may have been written", hint=GOES_ON
                ) from error
            self._note(number, "unknown", todo.contact_id, error.message)
            self._troubled(error)
        except (ValidationFailed, NotFound, Conflict) as error:
            self._note(number, "failed", todo.contact_id, error.message)
            self._troubles = 0
        except PermissionDenied as error:
            if not self._sent:
                raise
            self._note(number, "failed", todo.contact_id, error.message)
            self._troubled(error)
        except DialkitError:
            # It was not carried out, so that the next run need not wait for it to arrive.
            self._waiting.append(Entry(number, "sending", todo.contact_id, None, 0.0))
            raise
        else:
            self._sent += 1
            self._troubles = 0
            self.planner.learn(contact)
            self._note(number, DONE[todo.action], contact["id"])

    def _patiently(self, send: Callable[[], Any]) -> Any:
        """Send; where it certainly was not carried out, wait and try again."""
        for wait in PATIENCE:
            try:
                return send()
            except (NetworkError, RateLimited) as error:
                if self.client.policy.max_wait <= 0:
                    raise
                asked = error.retry_after if isinstance(error, RateLimited) else None
                self.client.clock.sleep(max(wait, asked or 0.0), "retry")
        return send()

    def _troubled(self, error: DialkitError) -> None:
        self._troubles += 1
        if self._troubles >= TROUBLES:
            raise error

    def _look_again(self) -> None:
        """See what became of rows without an answer; changes are sent once more, new contacts are not."""
        if not self._unknown:
            return
        self._write_down()
        doubtful, self._unknown = self._unknown, {}
        self.job = self.job._replace(doubtful=doubtful)
        self.planner.close()
        self.planner = plans.Planner(self.source.region)
        self._read()
        for row in self.source.sheet.rows():
            if row[0] in doubtful:
                self.counts["unknown"] -= 1
                self._row(row, again=True)
                self.watch.worked(self.counts)

    def _note(self, row: int, state: str, contact_id: str | None, reason: str | None = None) -> None:
        entry = Entry(row, state, contact_id, reason, self.client.clock.now())
        self.counts[state] = self.counts.get(state, 0) + 1
        if state == "unknown":
            self._unknown[row] = entry
        self._waiting.append(entry)
        if len(self._waiting) >= BATCH:
            self._write_down()

    def _write_down(self, *more: Entry) -> None:
        """Write what is known; what was noted since goes with the next that is sent, in one go."""
        journals.keep(self.database, self.job.id, [*self._waiting, *more])
        self._waiting.clear()


def seconds_for(actions: dict[str, int]) -> float:
    """About how long it takes, by Dialpad's limits: seconds."""
    new = actions.get("create", 0) + actions.get("write", 0)
    minutes = max(0, new - NEW_A_MINUTE) / NEW_A_MINUTE
    return max(60.0 * minutes, (new + actions.get("update", 0)) / A_SECOND)
