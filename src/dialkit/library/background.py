"""Workflows for asyncio: the blocking ones, each call in a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from dialkit.client.resources.aio import contacts, stats
from dialkit.errors import OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

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


@overload
def in_thread(call: Callable[P, Iterator[T]]) -> Callable[P, Coroutine[Any, Any, list[T]]]: ...
@overload
def in_thread(call: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]: ...
def in_thread(call: Callable[P, Any]) -> Callable[P, Coroutine[Any, Any, Any]]:
    """The same call, to be awaited; what would be an iterator is a list.

    A workflow cannot be stopped half way. Where the task that waits for it is cancelled, it goes on to its
    end, and what it sends is in the outbox: that is `OutcomeUnknown`.
    """
    from functools import wraps

    @wraps(call)
    async def awaited(*args: P.args, **named: P.kwargs) -> Any:
        import asyncio
        from collections.abc import Iterator

        def run() -> Any:
            found = call(*args, **named)
            return list(found) if isinstance(found, Iterator) else found

        try:
            return await asyncio.to_thread(run)
        except asyncio.CancelledError as stop:
            raise OutcomeUnknown(
                f"{call.__qualname__}: cancelled while it was under way; it goes on to its end",
                hint="dialpad outbox list shows what became of what it sends",
            ) from stop

    return awaited


class AsyncMessages:
    """`dialkit.library.messages.Messages`, to be awaited."""

    def __init__(self, of: Messages) -> None:
        self.send = in_thread(of.send)
        self.preview = in_thread(of.preview)
        self.introduce = in_thread(of.introduce)
        self.render = in_thread(of.render)


class AsyncOutbox:
    """`dialkit.library.outbox.Outbox`, to be awaited."""

    def __init__(self, of: Outbox) -> None:
        self.list = in_thread(of.list)
        self.get = in_thread(of.get)
        self.resolve = in_thread(of.resolve)
        self.retry = in_thread(of.retry)


class AsyncInbox:
    """`dialkit.library.inbox.Inbox`, to be awaited."""

    def __init__(self, of: Inbox) -> None:
        self.threads = in_thread(of.threads)
        self.thread = in_thread(of.thread)
        self.search = in_thread(of.search)
        self.read = in_thread(of.read)
        self.calls = in_thread(of.calls)
        self.stats = in_thread(of.stats)
        self.sync = in_thread(of.sync)
        self.prune = in_thread(of.prune)


class AsyncContacts(contacts.AsyncContacts):
    """The operations, and the workflows of `dialkit.library.contacts.Contacts`, to be awaited."""

    def __init__(self, client: AsyncDialpad, of: Contacts) -> None:
        super().__init__(client)
        self.upsert = in_thread(of.upsert)
        self.lookup = in_thread(of.lookup)


class AsyncCalls:
    """`dialkit.library.calls.Calls`, to be awaited."""

    def __init__(self, of: Calls) -> None:
        self.make = in_thread(of.make)
        self.list = in_thread(of.list)
        self.transcript = in_thread(of.transcript)
        self.recap = in_thread(of.recap)


class AsyncStats(stats.AsyncStatistics):
    """The operations, and the workflow of `dialkit.library.stats.Stats`, to be awaited."""

    def __init__(self, client: AsyncDialpad, of: Stats) -> None:
        super().__init__(client)
        self.run = in_thread(of.run)


class AsyncHooks:
    """`dialkit.library.hooks.Hooks`, to be awaited."""

    def __init__(self, of: Hooks) -> None:
        self.create = in_thread(of.create)
        self.list = in_thread(of.list)
        self.delete = in_thread(of.delete)
