"""A target that is a function of the user's program: called with the event, in its own type.

An async function runs in the event loop of the program's server where there is one, so that it can use what
lives there; a sync one in a thread. One that raises, or takes too long, is called again later.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dialkit.events.forwarding import NotDelivered
from dialkit.events.forwarding.target import words_of
from dialkit.events.handling.threads import Threads
from dialkit.events.names import fits

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence
    from logging import Logger

    from dialkit.events.forwarding import Job
    from dialkit.webhooks.kinds import AnyEvent

PREFIX = "handler:"


class Handler:
    """A function, and the events that it is for.

    `home` gives the event loop of the program's server, None where there is none. The rest is as of
    `dialkit.events.forwarding.Target`.
    """

    def __init__(
        self,
        function: Callable[[Any], object],
        patterns: Sequence[str],
        name: str,
        *,
        at_once: int,
        within: float,
        home: Callable[[], asyncio.AbstractEventLoop | None],
    ) -> None:
        self.name, self.at_once, self.within = PREFIX + name, at_once, within
        self._function, self._patterns, self._home = function, tuple(patterns), home
        self._threads = Threads(at_once, f"dialkit-{self.name}")

    def wants(self, name: str) -> bool:
        """Whether it is for events of this name."""
        return any(fits(name, pattern) for pattern in self._patterns)

    async def deliver(self, job: Job) -> None:
        """Call it. Raises `NotDelivered` where it fails."""
        from inspect import isawaitable, iscoroutinefunction

        event, function = typed(job.payload), self._function
        try:
            if iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__):
                found: Any = function(event)
            else:
                found = await self._in_thread(event)
            if isawaitable(found):  # a function that is not async may give what is
                await self._at_home(found)
        except NotDelivered:
            raise
        except Exception as error:
            log().error(
                "%s failed on event %d, attempt %d", self.name, job.event_id, job.attempt, exc_info=True
            )
            raise NotDelivered(words_of(error)) from None

    async def close(self) -> None:
        """Let threads that have nothing to do end."""
        self._threads.close()

    async def _at_home(self, work: Awaitable[Any]) -> None:
        """Await it in a task of its own, which it may cancel."""
        import asyncio

        home, here = self._home(), asyncio.get_running_loop()
        if home is None or home is here or not home.is_running():
            await here.create_task(_guarded(work))
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_guarded(work), home))

    async def _in_thread(self, event: AnyEvent) -> Any:
        import asyncio

        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def settle(found: Any, error: BaseException | None) -> None:
            if done.done():  # it took too long, and nobody waits any more
                return
            if error is None:
                done.set_result(found)
            else:
                done.set_exception(error if isinstance(error, Exception) else NotDelivered(repr(error)))

        def call() -> Callable[[], None]:
            found: Any = None
            failed: BaseException | None = None
            try:
                found = self._function(event)
            except StopIteration as error:  # which no future takes
                failed = RuntimeError("StopIteration")
                failed.__cause__ = error
            except BaseException as error:  # SystemExit must not end the thread without a word
                failed = error
            return partial(tell, found, failed)

        def tell(found: Any, error: BaseException | None) -> None:
            try:
                loop.call_soon_threadsafe(settle, found, error)
            except RuntimeError:  # the loop has ended
                pass

        if not self._threads.take(call):
            raise NotDelivered(f"{self.at_once} earlier calls have not returned yet")
        return await done


async def _guarded(work: Awaitable[Any]) -> None:
    """Await it; what would end the whole event loop counts as a failure."""
    try:
        await work
    except (KeyboardInterrupt, SystemExit) as error:
        raise NotDelivered(repr(error)) from None


def log() -> Logger:
    """Where what goes wrong is said: ``dialkit.events``."""
    from logging import getLogger

    return getLogger("dialkit.events")


def typed(payload: dict[str, Any]) -> AnyEvent:
    """An event that was verified before, in its type; no value of it makes this fail."""
    from dialkit.client.model import decode
    from dialkit.webhooks.kinds import kind_of

    kind = kind_of(payload)
    return decode(kind, payload, strict=False, name=f"the {kind.kind} event")
