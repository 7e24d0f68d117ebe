"""Showing events as they come, in a thread: a slow terminal or pipe holds up nobody who receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence

    from dialkit.cli.app import App
    from dialkit.cli.show import View
    from dialkit.inbox.keeping import Arrival

COLUMNS = ("id", "event", "kind", "received_at", "payload")
BEHIND = 10_000  # events that wait to be shown at the most; those beyond are in the store


class Shown:
    """Shows events: on a terminal a line for each, elsewhere NDJSON, or whatever was asked for.

    Parameters:
        app: whose stdout it is.
        view: how to show.
        most: after so many it is enough, see `stops`.
    """

    def __init__(self, app: App, view: View, most: int | None = None) -> None:
        from queue import Queue
        from threading import Thread

        self._app, self._view, self._left = app, view, most
        self._words = not (view.how.format or view.how.fields or view.how.jq) and view.how.is_tty
        live(view, COLUMNS)
        self._queue: Queue[tuple[int, Arrival] | None] = Queue(BEHIND)
        self._behind = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failed: Exception | None = None
        self._thread = Thread(target=self._run, name="dialkit-shown", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        from queue import Full

        try:
            self._queue.put(None, timeout=2.0)
            self._thread.join(10.0)
        except Full:  # nobody reads
            pass
        if self._behind:
            self._app.tell(f"warning: {self._behind} events were not shown: dialpad events list has them")
        if self._failed is not None and not isinstance(self._failed, BrokenPipeError):
            raise self._failed

    def stops(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
        """Set `stop` once enough is shown, or nobody reads any more."""
        self._loop, self._stop = loop, stop

    def add(self, new: Sequence[tuple[int, Arrival]]) -> None:
        """Show these; returns at once."""
        from queue import Full

        for one in new:
            if self._left is not None:
                if self._left <= 0:
                    break
                self._left -= 1
            try:
                self._queue.put_nowait(one)
            except Full:
                if not self._behind:
                    self._app.tell("warning: stdout is read too slowly; what is not shown is kept")
                self._behind += 1
        if self._left == 0 and self._stop is not None:
            self._stop.set()

    def _taken(self) -> Iterator[tuple[int, Arrival]]:
        while (one := self._queue.get()) is not None:
            yield one

    def _run(self) -> None:
        from itertools import starmap

        try:
            if self._words or self._view.how.jq is not None:  # jq would see the list whole, and it has no end
                for one in self._taken():
                    self._show(*one)
            else:
                self._view.items(starmap(shown, self._taken()))
        except Exception as error:  # the reader has gone, or the disk behind stdout is full
            self._failed = error
            if self._loop is not None and self._stop is not None:
                self._loop.call_soon_threadsafe(self._stop.set)
            while self._queue.get() is not None:
                pass

    def _show(self, event_id: int, arrival: Arrival) -> None:
        from dialkit.cli.app import printable
        from dialkit.events.lines import line

        if self._words:
            text = line(arrival.kind, arrival.payload, arrival.received_at)
            self._app.stdout.write(printable(text) + "\n")
        else:
            self._view.data(shown(event_id, arrival))
        self._app.stdout.flush()


def live(view: View, names: tuple[str, ...]) -> None:
    """Have a view show each row as it comes, of a list that does not end; `names` are those of its rows.

    Raises `InvalidArgument` for a table: how wide its columns are follows from many rows.
    """
    how = view.how
    if how.jq is not None:
        return
    if how.format in (None, "json"):  # an array would have no end
        view.how = how._replace(format="ndjson")
    elif how.format in ("csv", "tsv") and not how.fields:  # columns would be chosen by many rows
        view.how = how._replace(fields=names)
    elif how.format == "table":
        raise InvalidArgument("-o table: is drawn once there are many rows", hint="-o csv, or leave it out")


def shown(event_id: int, arrival: Arrival) -> dict[str, Any]:
    """An event as JSON shows it: where it is in the store, its name and kind, and what came."""
    from dialkit.events.names import name_of
    from dialkit.inbox.reading import moment

    return {
        "id": event_id,
        "event": name_of(arrival.kind, arrival.payload),
        "kind": arrival.kind,
        "received_at": moment(arrival.received_at),
        "payload": arrival.payload,
    }
