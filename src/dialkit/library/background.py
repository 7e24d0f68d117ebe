"""Workflows for asyncio: the blocking ones, each call in a thread."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from dialkit.client.clock import Clock
from dialkit.client.resources.aio import contacts, stats
from dialkit.errors import Interrupted, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from threading import Event

    from dialkit.client import AsyncDialpad
    from dialkit.library.calls import Calls
    from dialkit.library.contacts import Contacts
    from dialkit.library.hooks import Hooks
    from dialkit.library.inbox import Inbox
    from dialkit.library.messages import Messages
    from dialkit.library.outbox import Outbox
    from dialkit.library.stats import Stats

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# Where it shows what became of a call that was cancelled.
OUT, BOOK, HOOKS = "dp.outbox.list()", "dp.contacts.lookup(…)", "dp.hooks.list()"
# Set where nobody waits any more for what a thread reads.
_given_up: ContextVar[Event] = ContextVar("given_up")


class Heeding(Clock):
    """A client's clock; a thread that reads for a task that was cancelled ends when it looks at it.

    Otherwise a report that takes half an hour would be waited for, and the program with it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        self._heed()
        return self._clock.monotonic()

    def sleep(self, seconds: float, why: str = "") -> None:
        self._heed()
        self._clock.sleep(seconds, why)

    @staticmethod
    def _heed() -> None:
        given_up = _given_up.get(None)
        if given_up is not None and given_up.is_set():
            raise Interrupted("the task that waited for it was cancelled")


@overload
def reading(call: Callable[P, Iterator[T]]) -> Callable[P, Coroutine[Any, Any, list[T]]]: ...
@overload
def reading(call: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]: ...
def reading(call: Callable[P, Any]) -> Callable[P, Coroutine[Any, Any, Any]]:
    """The same call, to be awaited, of one that changes nothing at Dialpad; an iterator becomes a list.

    Where the task that waits for it is cancelled, it ends before its next request.
    """
    return _awaited(call, None)


def writing(call: Callable[P, R], look: str) -> Callable[P, Coroutine[Any, Any, R]]:
    """The same call, to be awaited, of one that writes.

    It cannot be stopped half way. Where the task that waits for it is cancelled, it goes on to its end: that
    is `OutcomeUnknown`, and `look` shows what became of it.
    """
    return _awaited(call, look)


def _awaited(call: Callable[P, Any], look: str | None) -> Callable[P, Coroutine[Any, Any, Any]]:
    from functools import wraps

    @wraps(call)
    async def awaited(*args: P.args, **named: P.kwargs) -> Any:
        import asyncio
        from collections.abc import Iterator
        from threading import Event

        turn = [True]  # taken by the thread as it begins, or by a cancellation that comes before
        given_up = Event()

        def run() -> Any:
            if not _taken(turn):
                return None
            if look is None:
                _given_up.set(given_up)  # in this thread's own context
            found = call(*args, **named)
            return list(found) if isinstance(found, Iterator) else found

        try:
            return await asyncio.to_thread(run)
        except asyncio.CancelledError as stop:
            given_up.set()
            if look is None or _taken(turn):
                raise
            raise OutcomeUnknown(
                f"{call.__qualname__}: cancelled while it was under way; it goes on to its end",
                hint=f"{look} shows what became of it",
            ) from stop

    return awaited


def _taken(turn: list[bool]) -> bool:
    try:
        return turn.pop()
    except IndexError:
        return False


class AsyncMessages:
    """`dialkit.library.messages.Messages`, to be awaited."""

    def __init__(self, of: Messages) -> None:
        self.send = writing(of.send, OUT)
        self.preview = reading(of.preview)
        self.introduce = writing(of.introduce, OUT)
        self.render = reading(of.render)


class AsyncOutbox:
    """`dialkit.library.outbox.Outbox`, to be awaited."""

    def __init__(self, of: Outbox) -> None:
        self.list = reading(of.list)
        self.get = reading(of.get)
        self.resolve = reading(of.resolve)
        self.retry = writing(of.retry, OUT)


class AsyncInbox:
    """`dialkit.library.inbox.Inbox`, to be awaited."""

    def __init__(self, of: Inbox) -> None:
        self.threads = reading(of.threads)
        self.thread = reading(of.thread)
        self.search = reading(of.search)
        self.read = reading(of.read)
        self.calls = reading(of.calls)
        self.stats = reading(of.stats)
        self.sync = reading(of.sync)
        self.prune = reading(of.prune)


class AsyncContacts(contacts.AsyncContacts):
    """The operations, and the workflows of `dialkit.library.contacts.Contacts`, to be awaited."""

    def __init__(self, client: AsyncDialpad, of: Contacts) -> None:
        super().__init__(client)
        self.upsert = writing(of.upsert, BOOK)
        self.lookup = reading(of.lookup)


class AsyncCalls:
    """`dialkit.library.calls.Calls`, to be awaited."""

    def __init__(self, of: Calls) -> None:
        self.make = writing(of.make, OUT)
        self.list = reading(of.list)
        self.transcript = reading(of.transcript)
        self.recap = reading(of.recap)


class AsyncStats(stats.AsyncStatistics):
    """The operations, and the workflow of `dialkit.library.stats.Stats`, to be awaited."""

    def __init__(self, client: AsyncDialpad, of: Stats) -> None:
        super().__init__(client)
        self.run = reading(of.run)


class AsyncHooks:
    """`dialkit.library.hooks.Hooks`, to be awaited."""

    def __init__(self, of: Hooks) -> None:
        self.create = writing(of.create, HOOKS)
        self.list = reading(of.list)
        self.delete = writing(of.delete, HOOKS)
