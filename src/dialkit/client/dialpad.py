"""`Dialpad` and `AsyncDialpad`: every operation of the API by its id.

with Dialpad() as dp:
    dp.request("users.get", {"id": "me"}).json()
    for contact in dp.items("contacts.list"):
        ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from dialkit.client.base import Base, interrupted
from dialkit.client.exchange import Renew, TransportFault, Wait
from dialkit.client.pages import Book, pages, pages_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from types import TracebackType

    from dialkit.catalog import Operation
    from dialkit.client.request import Request
    from dialkit.client.response import Response


class Dialpad(Base):
    """A blocking client. Connections are kept; close it, or use it as a context manager.

    Parameters:
        api_key: the key; without it `DIALPAD_API_KEY`, then `DIALPAD_TOKEN`, then the stored account.
        settings: everything `Settings.find` would look up, ready made.
        policy: how patient to be (`dialkit.client.exchange.Policy`).
        max_retries, timeout, on_retry, limiter, dry_run, strict: as `with_options` has them.
        options: what `Settings.find` takes: ``account``, ``base_url``, ``company_id``, ``connect``,
            ``read``, ``limits``, ``environ``.

    Raises `KeyMissing` on the first request where no key is found, `Refused` at once for a host that keys
    may not be sent to.
    """

    def send(self, request: Request, leaving: Callable[[bool], None] | None = None) -> Response:
        """Carry a prepared request out. Raises a `DialkitError`.

        `leaving` is called with True before each time it leaves, once all waiting for limits is over, and
        with False before it is waited until then: a write, then, was certainly not carried out.
        """
        flow, key = self._start(request)
        transport = self._connected("Transport")
        try:
            step = next(flow)
            while True:
                if leaving is not None:
                    leaving(not isinstance(step, (Wait, Renew)))
                if isinstance(step, Wait):
                    self.clock.sleep(step.seconds, step.why)
                    step = flow.send(None)
                    continue
                if isinstance(step, Renew):
                    key = self.settings.renew(step.refused, self.clock)
                    step = flow.send(key)
                    continue
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
        """Ask an operation by its id; `params` are its parameters by the API's names.

        Answers with the `Response`; with ``dry_run``, with the `Request`.
        """
        request = self.prepare(operation, params, body=body, query=query)
        if self.dry_run:
            return request  # type: ignore[return-value]  # a copy by with_options(dry_run=True) is Any
        return self.send(request)

    def ask(
        self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> Response:
        """Ask what no document knows: ``dp.ask("PATCH", "/api/v2/new", body={…})``.

        Anything but GET and HEAD counts as a write: it is never repeated after a lost answer.
        """
        request = self.prepare_raw(method, path, body=body, query=(query or {}).items())
        if self.dry_run:
            return request  # type: ignore[return-value]  # as in `request`
        return self.send(request)

    def get(self, path: str, /, **query: Any) -> Response:
        """Read what no document knows: ``dp.get("/api/v2/new", limit=10)``."""
        return self.ask("GET", path, query=query)

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
        for transport in self._shared.emptied():
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncDialpad(Base):
    """The same for asyncio. See `Dialpad`."""

    async def send(self, request: Request) -> Response:
        """Carry a prepared request out. Raises a `DialkitError`.

        Where the task is cancelled while a write is under way, nobody knows whether it was carried out:
        that is `OutcomeUnknown`, not `CancelledError`.
        """
        import asyncio

        flow, key = self._start(request)
        transport = self._connected("AsyncTransport")
        task = asyncio.current_task()
        try:
            step = next(flow)
            while True:
                if isinstance(step, Wait):
                    await self.clock.sleep_async(step.seconds, step.why)
                    step = flow.send(None)
                    continue
                if isinstance(step, Renew):
                    key = await asyncio.to_thread(self.settings.renew, step.refused, self.clock)
                    step = flow.send(key)
                    continue
                if task is not None and task.cancelling():
                    await asyncio.sleep(0)  # one that is on its way is heard here, where nothing has left
                try:
                    response = await transport.send(step, key)
                except TransportFault as fault:
                    step = flow.throw(fault)
                except asyncio.CancelledError as stop:
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

    async def request(
        self,
        operation: str | Operation,
        params: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Response:
        """Ask an operation by its id; `params` are its parameters by the API's names.

        Answers with the `Response`; with ``dry_run``, with the `Request`.
        """
        request = self.prepare(operation, params, body=body, query=query)
        if self.dry_run:
            return request  # type: ignore[return-value]  # a copy by with_options(dry_run=True) is Any
        return await self.send(request)

    async def ask(
        self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> Response:
        """Ask what no document knows: ``dp.ask("PATCH", "/api/v2/new", body={…})``.

        Anything but GET and HEAD counts as a write: it is never repeated after a lost answer.
        """
        request = self.prepare_raw(method, path, body=body, query=(query or {}).items())
        if self.dry_run:
            return request  # type: ignore[return-value]  # as in `request`
        return await self.send(request)

    async def get(self, path: str, /, **query: Any) -> Response:
        """Read what no document knows: ``dp.get("/api/v2/new", limit=10)``."""
        return await self.ask("GET", path, query=query)

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
        for transport in self._shared.emptied():
            await transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
