"""``dp.outbox``: what went out to people, written down before it left."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read by msgspec
from typing import TYPE_CHECKING, Any, Literal

from dialkit.client.model import Model, decode
from dialkit.errors import InvalidArgument, NotFound
from dialkit.library.workflow import Workflow, asking, config_of, database_of, tell

if TYPE_CHECKING:
    from dialkit.store import Database

    State = Literal["planned", "sending", "accepted", "refused", "unknown"]


class Entry(Model, kw_only=True):
    """One request that was to reach people.

    Attributes:
        state: ``planned``, ``sending``, ``accepted``, ``refused`` (it surely did not go out) or ``unknown``.
        result: Dialpad's answer or the error, None before there is one.
        once: the caller's key, None where there was none.
    """

    id: int
    state: str
    operation: str
    sender: str | None
    recipients: list[str]
    text: str | None
    result: Any
    note: str | None
    once: str | None
    batch: Any
    attempts: int
    who: str
    planned_at: datetime
    sending_at: datetime | None
    done_at: datetime | None
    request: Any


# Within the class, `list` is a method.
Entries = list[Entry]
Found = list[str]


class Outbox(Workflow):
    """Entries of the outbox."""

    def list(self, *, state: State | None = None, to: str | None = None, max_items: int = 1000) -> Entries:
        """Entries, the newest first; those of one state, or to one number. Raises `InvalidArgument`."""
        from dialkit.client.phones import region_of, required
        from dialkit.messaging import told
        from dialkit.store import outbox

        if state is not None and state not in outbox.STATES:
            raise InvalidArgument(f"state: {state!r} is none", hint=f"one of {', '.join(outbox.STATES)}")
        number = None if to is None else required("to", to, region_of(config_of(self._client)))
        with self._swept() as database:
            rows = told.shown(database, outbox.listed(database, state=state, number=number, most=max_items))
        return [decode(Entry, row) for row in rows]

    def get(self, id: int) -> Entry:  # noqa: A002 - what it is called everywhere
        """One entry. Raises `NotFound`."""
        from dialkit.messaging import told

        with self._swept() as database:
            return decode(Entry, *told.shown(database, [self._row(database, id)]))

    def resolve(self, id: int) -> Found:  # noqa: A002
        """Look for evidence of what became of an unknown one; what was found, in words. Raises `NotFound`."""
        from dialkit.messaging import evidence
        from dialkit.reports.traces import texts_to

        with self._swept() as database:
            return evidence.look(asking(self._client), database, self._row(database, id), texts_to)

    def retry(self, id: int, *, confirm: bool = False) -> Any:  # noqa: A002
        """Send one again: a person's decision. `confirm` where it may have gone out already.

        Returns Dialpad's answer. Raises `NotFound`, `Conflict`, `Refused`, and what sending raises. With
        ``dry_run`` it returns the `Request`.
        """
        from dialkit.messaging import evidence

        client = self._client
        with self._swept() as database:
            row = self._row(database, id)
            if client.dry_run:
                return evidence.request_of(client, row)
            return evidence.send_again(client, database, row, confirmed=confirm, tell=tell)

    def _swept(self) -> Database:
        from dialkit.store import outbox

        database = database_of(self._client)
        outbox.sweep(database, self._client.clock.now())
        return database

    @staticmethod
    def _row(database: Database, entry_id: int) -> dict[str, Any]:
        from dialkit.store import outbox

        row = outbox.get(database, entry_id)
        if row is None:
            raise NotFound(f"the outbox has no entry {entry_id}", status=None, hint="dp.outbox.list()")
        return row
