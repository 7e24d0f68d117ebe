"""What every generated resource stands on: asking an operation, and decoding what it answers."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, overload

from dialkit.client.arguments import arguments
from dialkit.client.model import Model, decode
from dialkit.client.paging import AsyncPages, Listing, Pages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from dialkit.client.base import Base
    from dialkit.client.dialpad import AsyncDialpad, Dialpad
    from dialkit.client.request import Request
    from dialkit.client.response import Response

M = TypeVar("M", bound=Model)
T = TypeVar("T")
P = ParamSpec("P")


class RawResponse(Generic[T]):
    """An answer as it came.

    Attributes:
        status: the HTTP status, 200 to 299.
        headers: by lower-case name.
        content: the body's bytes, decompressed.
        attempts: how often the request was sent.
        elapsed: seconds from the first attempt to the answer, waiting included.
        request: what was asked.
    """

    __slots__ = ("_read", "attempts", "content", "elapsed", "headers", "json", "request", "status")

    def __init__(self, response: Response, read: Callable[[Response], T]) -> None:
        self.status, self.headers, self.content = response.status, response.headers, response.content
        self.attempts, self.elapsed, self.request = response.attempts, response.elapsed, response.request
        self.json: Callable[[], Any] = response.json
        self._read: Callable[[], T] = lambda: read(response)

    def __repr__(self) -> str:
        return f"<RawResponse {self.status} {self.request.name}, {len(self.content)} bytes>"

    def parse(self) -> T:
        """What the method would have returned; for a list, the items of this page."""
        return self._read()


class _Asking:
    """What sync and async resources share."""

    _raw = False

    def __init__(self, client: Any) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"

    def _answering_raw(self) -> Self:
        twin = copy(self)
        twin._raw = True
        return twin

    def _prepared(self, operation: str, given: Mapping[str, Any]) -> Request:
        return prepared(self._client, operation, given)

    def _reader(self, operation: str, kind: type[Any] | None) -> Callable[[Response], Any]:
        strict = self._client.strict
        if kind is None:
            return lambda _: None

        def read(response: Response) -> Any:
            plain = response.json()
            if plain is None and not strict and response.request.effect != "read":
                plain = {}  # it was carried out, and that is all that was said
            return decode(kind, plain, strict=strict, name=operation)

        return read

    def _listing(self, operation: str, given: Mapping[str, Any], kind: type[Any]) -> Listing:
        client = self._client
        return Listing(
            client.operation(operation),
            given,
            prepare=lambda more: prepared(client, operation, more),
            read=self._reader(operation, kind),
        )


def prepared(client: Base, operation: str, given: Mapping[str, Any]) -> Request:
    """The request of an operation, its values checked. Raises `InvalidArgument`."""
    known = client.operation(operation)
    return client.prepare(known, arguments(known, given, client.clock.now()))


class Resource(_Asking):
    """A group of operations of a `Dialpad`."""

    _client: Dialpad

    @overload
    def _ask(self, operation: str, given: Mapping[str, Any]) -> None: ...
    @overload
    def _ask(self, operation: str, given: Mapping[str, Any], kind: type[M]) -> M: ...
    def _ask(self, operation: str, given: Mapping[str, Any], kind: type[Any] | None = None) -> Any:
        request = self._prepared(operation, given)
        if self._client.dry_run:
            return request
        response = self._client.send(request)
        read = self._reader(operation, kind)
        return RawResponse(response, read) if self._raw else read(response)

    def _list(self, operation: str, given: Mapping[str, Any], kind: type[Any]) -> Pages[Any]:
        listing = self._listing(operation, given, kind)
        client: Any = self._client
        if client.dry_run:
            return listing.request()  # type: ignore[return-value]  # with_options(dry_run=True) is Any
        if self._raw:
            response = client.send(listing.request())
            return RawResponse(response, listing.items_of)  # type: ignore[return-value]  # `raw` says so
        return Pages(listing, client.send)


class AsyncResource(_Asking):
    """A group of operations of an `AsyncDialpad`."""

    _client: AsyncDialpad

    @overload
    async def _ask(self, operation: str, given: Mapping[str, Any]) -> None: ...
    @overload
    async def _ask(self, operation: str, given: Mapping[str, Any], kind: type[M]) -> M: ...
    async def _ask(self, operation: str, given: Mapping[str, Any], kind: type[Any] | None = None) -> Any:
        request = self._prepared(operation, given)
        if self._client.dry_run:
            return request
        response = await self._client.send(request)
        read = self._reader(operation, kind)
        return RawResponse(response, read) if self._raw else read(response)

    def _list(self, operation: str, given: Mapping[str, Any], kind: type[Any]) -> AsyncPages[Any]:
        listing = self._listing(operation, given, kind)
        client: Any = self._client
        if client.dry_run:
            return listing.request()  # type: ignore[return-value]  # with_options(dry_run=True) is Any
        if self._raw:
            return self._first_raw(listing)  # type: ignore[return-value]  # `raw_async` says so
        return AsyncPages(listing, client.send)

    async def _first_raw(self, listing: Listing) -> RawResponse[Any]:
        return RawResponse(await self._client.send(listing.request()), listing.items_of)


@overload
def raw(method: Callable[P, Pages[T]]) -> Callable[P, RawResponse[list[T]]]: ...
@overload
def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]: ...
def raw(method: Any) -> Any:
    """A method of a resource that answers with the `RawResponse`."""
    return getattr(method.__self__._answering_raw(), method.__name__)


@overload
def raw_async(method: Callable[P, AsyncPages[T]]) -> Callable[P, Awaitable[RawResponse[list[T]]]]: ...
@overload
def raw_async(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Awaitable[RawResponse[T]]]: ...
def raw_async(method: Any) -> Any:
    """The same for asyncio."""
    return getattr(method.__self__._answering_raw(), method.__name__)
