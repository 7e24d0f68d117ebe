"""What runs the world: requests and jobs one after the other, each whole, each at one moment."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from dialkit.catalog import Catalog
from dialkit.catalog.example import answer_example, request_example
from dialkit.sandbox.access.limits import Limits
from dialkit.sandbox.events.courier import Courier
from dialkit.sandbox.faults.store import Faults
from dialkit.sandbox.http.call import Answer, read
from dialkit.sandbox.http.owners import resolve_owners
from dialkit.sandbox.operations import collect
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from dialkit.sandbox.world import Record, World
    from dialkit.sandbox.world.state import State
    from dialkit.sandbox.world.world import Held

START = "start"  # the snapshot that a reset goes back to
NOW = "now"  # the world as it is, where snapshots are compared


@cache
def _catalog() -> Catalog:
    """One for all: reading it takes longer than making a world."""
    return Catalog()


class Engine:
    """A world, what happens in it, and copies of it.

    Requests and jobs run in one thread, and none sees half of another. A job runs at the moment it was due,
    whatever the clock shows by then. `state` keeps what changes, if there is one.
    """

    def __init__(self, world: World, *, limits: bool = True, tier: int = 0) -> None:
        self.world, self.catalog = world, _catalog()
        self.handlers, self._jobs = collect()
        self.limits = Limits(world, on=limits, tier=tier)
        self.faults = Faults(world)
        self.courier = Courier(self)
        self.snapshots: dict[str, Held] = {}
        self.loop: asyncio.AbstractEventLoop | None = None  # once it serves
        self.state: State | None = None
        self.listeners: list[Callable[[dict[tuple[str, str], Record | None]], None]] = []  # of each commit
        self._timer: asyncio.TimerHandle | None = None
        self._in_job = False

    @contextmanager
    def moment(self) -> Iterator[None]:
        """One request or control action: what was due is done first, and time stands still in it.

        All that it changes is kept; nothing of it, where it ends in an error.
        """
        self.run_due()
        self.world.pinned = self.world.clock_time()
        try:
            with self._whole():
                yield
        finally:
            self.world.pinned = None
            self.commit()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What changes in here changes altogether, or not at all where an error ends it."""
        told = len(self.world.outbox)
        self.world.watch.begin()
        try:
            yield
        except Exception:
            if self.world.watch.undo:
                self.world.watch.roll_back()
                self.world.rewind()
            del self.world.outbox[told:]
            raise
        finally:
            self.world.watch.begin()

    def perform(self, operation_id: str, values: dict[str, Any], key: Record) -> Any:
        """Carry out an operation without HTTP: its checks and its rules, not its limits.

        `values` by name, path, query and body together. Raises `Refusal`.
        """
        operation = self.catalog.operation(operation_id)
        places = {field.name: field.place for field in operation.fields}
        given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}}
        for name, value in values.items():
            place = places.get(name, "body")
            given[place][name] = value if place == "body" else _as_text(value)
        path = resolve_owners(self.world, operation, given["path"], key)
        asked = read(operation, key, path, given["query"], given["body"] or None, self.world.now)
        answer = self.handlers[operation_id](self.world, asked)
        return answer.value if isinstance(answer, Answer) else answer

    def fields(self, operation_id: str) -> dict[str, bool]:
        """What an operation takes, and whether it must have it."""
        return {field.name: field.required for field in self.catalog.operation(operation_id).fields}

    def example(self, operation_id: str) -> Any:
        """The document's example of an answer."""
        return answer_example(self.catalog.operation(operation_id))

    def asked(self, operation_id: str) -> dict[str, Any]:
        """The document's example of a request, values by name."""
        return request_example(self.catalog.operation(operation_id))

    def run_due(self) -> None:
        """Do what is due by now, in the order of when it was due; nothing while a job is under way."""
        until = self.world.clock_time()
        while not self._in_job and (due := self.world.next_due()) is not None and due <= until:
            self._run_job()

    def _run_job(self) -> None:
        """The job that is due next. One that fails is logged: whoever asks next is not to blame."""
        job = self.world.take_due()
        self.world.pinned, self._in_job = job["due"], True
        try:
            with self._whole():
                self._jobs[job["what"]](self.world, **job["given"])
        except Refusal:
            pass  # what it was about is gone
        except Exception:
            import logging

            logging.getLogger(__name__).exception("the job %s", job["what"])
        finally:
            self.world.pinned = None
            try:
                self.commit()
            finally:
                self._in_job = False

    def pass_until(self, moment: float) -> None:
        """Within `moment`: what is due until then happens, in order, and it is that moment."""
        while (due := self.world.next_due()) is not None and due <= moment:
            self._run_job()
        self.world.pinned = moment

    def commit(self) -> None:
        """Keep what changed, send off what is to be delivered, and wake up when the next job is due."""
        changed = self._save()
        for tell in self.listeners:
            tell(changed)
        if self.loop is not None:
            self.courier.flush()
            self.arm()

    def _save(self) -> dict[tuple[str, str], Record | None]:
        watch = self.world.watch
        changed = watch.take()
        if self.state is not None and changed:
            try:
                self.state.save(self.world, changed)
            except Exception:
                watch.changed = {**changed, **watch.changed}  # the next commit tries again
                raise
        return changed

    def arm(self) -> None:
        """Wake up when the next job is due; not while the clock stands still."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.world.next_due()
        if self.loop is not None and due is not None and not self.world.frozen:
            self._timer = self.loop.call_later(max(0.0, due - self.world.clock_time()), self._wake)

    def _wake(self) -> None:
        """Do what is due; the loop's clock may run ahead of the world's, and then it is too early."""
        self.run_due()
        self.arm()

    async def advance(self, moment: float) -> None:
        """Set the clock to a later moment; all that is due until then happens, in order, deliveries too.

        Raises `Refusal` 400 for a moment that has passed.
        """
        world = self.world
        if moment < world.clock_time():
            raise Refusal(400, f"The clock shows {world.stamp()} and is not set back.")
        frozen = world.frozen
        self.run_due()
        await self.courier.idle()
        world.set_clock(frozen=True)
        try:
            while (due := world.next_due()) is not None and due <= moment:
                world.set_clock(max(due, world.clock_time()))
                self._run_job()
                await self.courier.idle()
            world.set_clock(max(moment, world.clock_time()))
        finally:
            if not frozen:
                world.set_clock(frozen=False)
            self.commit()

    # -- copies

    def snapshot(self, name: str) -> None:
        """Keep the world as it is under a name; an older one of that name goes. Raises `Refusal` 400."""
        if not name or name == NOW:
            raise Refusal(400, f"name: {name!r} is no name for a snapshot.")
        self.commit()
        self.snapshots[name] = self.world.hold()
        if self.state is not None:
            self.state.keep(name)

    def restore(self, name: str) -> None:
        """Be again as at a snapshot. Raises `Refusal` 404 for an unknown one."""
        if name not in self.snapshots:
            known = ", ".join(self.snapshots) or "none"
            raise Refusal(404, f"No snapshot is named {name[:80]!r}; there are: {known}.")
        self.courier.forget()
        self.world.restore(self.snapshots[name])
        self.limits.clear()
        self.world.watch.take()
        if self.state is not None:
            self.state.restore(name)
        self.commit()

    def drop(self, name: str) -> None:
        """Let a snapshot go. Raises `Refusal` 404 for an unknown one."""
        self._held(name)
        del self.snapshots[name]
        if self.state is not None:
            self.state.drop(name)

    def diff(self, before: str, after: str) -> dict[str, dict[str, Any]]:
        """What differs between two snapshots, or a snapshot and ``now``, by table and key.

        Each entry has ``before`` and ``after``; a record that is not there is null.
        """
        held = [self.world.hold() if name == NOW else self._held(name) for name in (before, after)]
        found: dict[str, dict[str, Any]] = {}
        for table in self.world.tables:
            old, new = (side[table][0] for side in held)
            keys = [*old, *(key for key in new if key not in old)]
            differing = {
                key: {"before": _only(old.get(key), new.get(key)), "after": _only(new.get(key), old.get(key))}
                for key in keys
                if old.get(key) is not new.get(key) and old.get(key) != new.get(key)
            }
            if differing:
                found[table] = differing
        return found

    def _held(self, name: str) -> Held:
        if name not in self.snapshots:
            known = ", ".join([*self.snapshots, NOW])
            raise Refusal(404, f"No snapshot is named {name[:80]!r}; there are: {known}.")
        return self.snapshots[name]


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _only(record: Record | None, other: Record | None) -> Record | None:
    """The fields of a record that differ from another's; all of them where there is no other."""
    if record is None or other is None:
        return record
    return {name: value for name, value in record.items() if name not in other or other[name] != value}
