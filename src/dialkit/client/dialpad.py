"""`Dialpad` and `AsyncDialpad`: every operation of the API by its id.

with Dialpad() as dp:
    dp.request("users.get", {"id": "me"}).json()
    for contact in dp.items("contacts.list"):
        ...
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, Self

from dialkit.catalog import Catalog, Operation, UnknownName
from dialkit.client.clock import Clock
from dialkit.client.exchange import Policy, TransportFault, Wait, exchange
from dialkit.client.pages import Book, pages, pages_async
from dialkit.client.request import Request, build, raw
from dialkit.client.settings import Settings
from dialkit.errors import InvalidArgument, OutcomeUnknown, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    from dialkit.client.limits import Limiter
    from dialkit.client.response import Response


AFTER_FORK = "make clients after the fork, or start processes with 'spawn'"


def jitter() -> float:
    """A number from 0 to 1, so that those who failed together do not try again together."""
    import random

    return random.random()  # noqa: S311 - guards nothing


class _Base:
    """What the sync and the async client share: everything but waiting and sending."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        settings: Settings | None = None,
        catalog: Catalog | None = None,
        policy: Policy | None = None,
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        if settings is not None and (api_key is not None or options):
            raise InvalidArgument(
                f"settings are given, and also {', '.join(options) or 'api_key'}",
                hint="leave out one of the two; Settings.find takes all of them",
            )
        self.settings = settings or Settings.find(api_key, **options)
        self.catalog = catalog or Catalog(overlay=self.settings.overlay)
        self.policy = policy or Policy()
        self.clock = clock or Clock()
        self._limiter: Limiter | None = None
        self._transport: Any = None
        self._process = 0
        self._guard = allocate_lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.settings.base_url}>"

    def operation(self, name: str | Operation) -> Operation:
        """The operation of that id. Raises `InvalidArgument` with the nearest names."""
        if isinstance(name, Operation):
            return name
        try:
            return self.catalog.operation(name)
        except UnknownName as error:
            near = ", ".join(error.suggestions)
            raise InvalidArgument(str(error), hint=f"did you mean {near}?" if near else None) from None

    def prepare(
        self,
        operation: str | Operation,
        params: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Request:
        """The request as it would leave, without sending it: what a dry run shows.

        Parameters are those of `dialkit.client.request.build`. Raises `InvalidArgument`.
        """
        request = build(
            self.operation(operation),
            params or {},
            base_url=self.settings.base_url,
            body=body,
            query=query,
            tier=self.settings.tier,
        )
        return self._addressed(request)

    def prepare_raw(
        self, method: str, path: str, *, body: Any = None, query: Iterable[tuple[str, Any]] = ()
    ) -> Request:
        """A request that no document knows; `path` starts with ``/``."""
        if (
            not path.startswith("/")
            or path.startswith("//")
            or not all("!" <= c <= "~" and c != "\\" for c in path)
        ):
            raise InvalidArgument(
                f"not a path: {path!r}", hint="write it like /api/v2/users, percent-encoded"
            )
        # URL parsers resolve these, encoded or not: what is shown would not be what is asked.
        plain = path.partition("?")[0].lower().replace("%2e", ".")
        if {".", ".."} & set(plain.split("/")):
            raise InvalidArgument(
                f"a path may not hold . or ..: {path!r}", hint="write it like /api/v2/users"
            )
        return self._addressed(raw(method, self.settings.base_url + path, body=body, query=query))

    def _addressed(self, request: Request) -> Request:
        if self.settings.company_id is not None:
            request.headers["dp-company-id"] = str(self.settings.company_id)
        return request

    def _connected(self, kind: str) -> Any:
        """The transport of that name, made when it is first needed, once for all threads."""
        if self._transport is not None and self._process != os.getpid():
            # pyreqwest's threads are not there after a fork: it would wait for them for ever.
            raise Refused("this client was used before the process forked; nothing was sent", hint=AFTER_FORK)
        with self._guard:
            if self._transport is None:
                from dialkit.client import transport

                try:
                    self._transport = self.settings.transport(getattr(transport, kind))
                    self._process = os.getpid()
                except RuntimeError as error:  # pyreqwest's own word for the same, where it notices
                    raise Refused(f"{error}; nothing was sent", hint=AFTER_FORK) from None
            return self._transport

    def _start(self, request: Request) -> Any:
        key = self.settings.secret(request)
        if key is not None and not request.url.startswith(self.settings.base_url + "/"):
            raise Refused(
                f"{request.name} is for another host than {self.settings.base_url}",
                hint="send it with the client that prepared it",
            )
        with self._guard:
            if self._limiter is None and key is not None:
                self._limiter = self.settings.limiter()
        return exchange(
            request,
            policy=self.policy,
            limiter=self._limiter,
            clock=self.clock,
            jitter=jitter,
            key=key,
        ), key


class Dialpad(_Base):
    """A blocking client. Connections are kept; close it, or use it as a context manager.

    Parameters:
        api_key: the key; without it `DIALPAD_API_KEY`, then `DIALPAD_TOKEN`, then the stored account.
        settings: everything `Settings.find` would look up, ready made.
        policy: how patient to be (`dialkit.client.exchange.Policy`).
        options: what `Settings.find` takes: ``account``, ``base_url``, ``company_id``, ``connect``,
            ``read``, ``limits``, ``environ``.

    Raises `KeyMissing` on the first request where no key is found, `Refused` at once for a host that keys
    may not be sent to.
    """

    def send(self, request: Request, before: Callable[[], None] | None = None) -> Response:
        """Carry a prepared request out. Raises a `DialkitError`.

        `before` is called before each time it leaves, once all waiting for limits is over.
        """
        flow, key = self._start(request)
        transport = self._connected("Transport")
        try:
            step = next(flow)
            while True:
                if isinstance(step, Wait):
                    self.clock.sleep(step.seconds, step.why)
                    step = flow.send(None)
                    continue
                if before is not None:
                    before()
                try:
                    response = transport.send(step, key)
                except TransportFault as fault:
                    step = flow.throw(fault)
                except (KeyboardInterrupt, SystemExit) as stop:
                    if not request.repeatable:
                        raise interrupted(request) from stop
                    raise
                else:
                    step = flow.send(response)
        except StopIteration as done:
            found: Response = done.value
            return found
        finally:
            flow.close()

    def request(
        self,
        operation: str | Operation,
        params: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Response:
        """Ask an operation by its id; `params` are its parameters by the API's names."""
        return self.send(self.prepare(operation, params, body=body, query=query))

    def pages(
        self, operation: str | Operation, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Iterator[list[Any]]:
        """The pages of a list, each as its items, read as you go.

        Raises `PartialSuccess` where a later page fails; its `cursor` is where to go on from.
        """
        known = self.operation(operation)
        return pages(Book(known, params or {}), lambda asked: self.request(known, asked, **more))

    def items(
        self, operation: str | Operation, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Iterator[Any]:
        """The items of a list, one by one over all pages."""
        for page in self.pages(operation, params, **more):
            yield from page

    def close(self) -> None:
        """Close connections and files. The client can be used again."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        if self._limiter is not None:
            self._limiter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncDialpad(_Base):
    """The same for asyncio. See `Dialpad`."""

    async def send(self, request: Request) -> Response:
        """Carry a prepared request out. Raises a `DialkitError`."""
        import asyncio

        flow, key = self._start(request)
        transport = self._connected("AsyncTransport")
        try:
            step = next(flow)
            while True:
                if isinstance(step, Wait):
                    await self.clock.sleep_async(step.seconds, step.why)
                    step = flow.send(None)
                    continue
                try:
                    response = await transport.send(step, key)
                except TransportFault as fault:
                    step = flow.throw(fault)
                except asyncio.CancelledError as stop:
                    if not request.repeatable:
                        stop.add_note(interrupted(request).message)
                    raise
                else:
                    step = flow.send(response)
        except StopIteration as done:
            found: Response = done.value
            return found
        finally:
            flow.close()

    async def request(
        self,
        operation: str | Operation,
        params: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Response:
        """Ask an operation by its id; `params` are its parameters by the API's names."""
        return await self.send(self.prepare(operation, params, body=body, query=query))

    def pages(
        self, operation: str | Operation, params: Mapping[str, Any] | None = None, **more: Any
    ) -> AsyncIterator[list[Any]]:
        """The pages of a list, each as its items, read as you go. Raises as `Dialpad.pages` does."""
        known = self.operation(operation)
        return pages_async(Book(known, params or {}), lambda asked: self.request(known, asked, **more))

    async def items(
        self, operation: str | Operation, params: Mapping[str, Any] | None = None, **more: Any
    ) -> AsyncIterator[Any]:
        """The items of a list, one by one over all pages."""
        async for page in self.pages(operation, params, **more):
            for item in page:
                yield item

    async def close(self) -> None:
        """Close connections and files. The client can be used again."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()
        if self._limiter is not None:
            self._limiter.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def interrupted(request: Request) -> OutcomeUnknown:
    """A write was stopped from here while it was under way."""
    from dialkit.client.faults import HOW_TO_FIND_OUT

    return OutcomeUnknown(
        f"{request.name}: interrupted while it was under way; it may have been carried out",
        operation=request.name,
        hint=HOW_TO_FIND_OUT.get(request.effect, HOW_TO_FIND_OUT["write"]),
    )
