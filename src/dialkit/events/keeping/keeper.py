"""Keeping events as they come in, and with each whom it is for: in this process, or in one `apart`."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Protocol

from dialkit.errors import DialkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.inbox.keeping import Arrival, Kept
    from dialkit.store import Database

PROBE = "receiver"  # the note by which it is seen whether the store can be written


class Unkeepable(Exception):
    """Events are not kept, and by no fault of the store that has a name. Says what it was, not what came."""


class Keeper(Protocol):
    """What writes groups of events down. One thread uses it."""

    def open(self) -> None:
        """Be ready. Raises what opening the store does."""

    def keep(self, arrivals: Sequence[Arrival]) -> Sequence[Kept]:
        """Keep events in one transaction, all or none; of no events, see whether the store can be written.

        Raises `DialkitError` or `Unkeepable`, after which it can be used as before.
        """
        ...

    def close(self) -> None:
        """Let go of the store."""


class Here:
    """Keeps in this process.

    Parameters:
        open_store: opens the database; called again after a failure, since a connection may be dead.
        wanted: the names of whom an event is for (`dialkit.store.deliveries`).
        now: tells the time, in seconds since 1970.
    """

    def __init__(
        self,
        open_store: Callable[[], Database],
        wanted: Callable[[Arrival], Sequence[str]] = lambda _arrival: (),
        now: Callable[[], float] = time,
    ) -> None:
        self._open_store, self._wanted, self._now = open_store, wanted, now
        self._database: Database | None = None

    def open(self) -> None:
        self._opened()

    def keep(self, arrivals: Sequence[Arrival]) -> Sequence[Kept]:
        try:
            return self._keep(self._opened(), arrivals)
        except DialkitError:
            self._drop()
            raise
        except Exception as error:
            self._drop()
            raise Unkeepable(type(error).__name__) from error

    def close(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _opened(self) -> Database:
        if self._database is None:
            self._database = self._open_store().steady()
        return self._database

    def _drop(self) -> None:
        try:
            self.close()
        except Exception:  # noqa: S110  # it is given up anyway
            pass

    def _keep(self, database: Database, arrivals: Sequence[Arrival]) -> Sequence[Kept]:
        from dialkit.inbox.keeping import keep
        from dialkit.store import deliveries, notes

        if not arrivals:
            notes.keep(database, PROBE, 0, self._now())
            return ()
        wanted: dict[tuple[str, ...], list[int]] = {}
        with database.write() as tx:
            kept = keep(database, arrivals)
            for arrival, one in zip(arrivals, kept, strict=True):
                wanted.setdefault(tuple(self._wanted(arrival)), []).append(one.event_id)
            for targets, event_ids in wanted.items():
                deliveries.add(tx, event_ids, targets, self._now())
        return kept
