"""Lists as iterators: ``for user in dp.users.list()`` asks for the next page when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from dialkit.client.pages import Book, items_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from dialkit.catalog import Operation
    from dialkit.client.request import Request
    from dialkit.client.response import Response

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """One page of a list: its `items`, and the `cursor` of the next one, None on the last."""

    items: list[T]
    cursor: str | None


class Listing:
    """One question for a list: its first request, the one after a page, and the items of an answer."""

    def __init__(
        self,
        operation: Operation,
        given: Mapping[str, Any],
        *,
        prepare: Callable[[Mapping[str, Any]], Request],
        read: Callable[[Response], Any],
    ) -> None:
        assert operation.pages is not None
        self._names = (operation.pages["items"], *operation.pages.get("also", ()))
        self._operation, self._given, self._prepare, self._read = operation, given, prepare, read
        self._first = prepare(given)  # bad values are refused here, not at the first item

    def book(self) -> Book:
        """What keeps account of one reading, from the start."""
        return Book(self._operation, {k: v for k, v in self._given.items() if k != "cursor" or v})

    def request(self, params: Mapping[str, Any] | None = None) -> Request:
        """The request of a page."""
        return self._first if params is None else self._prepare(params)

    def items_of(self, response: Response) -> list[Any]:
        """The items of one answer, decoded. Raises `UpstreamError` where it is no page."""
        plain = response.json()
        if plain is None:
            return []
        items_of(self._operation, plain)
        answer = self._read(response)
        return [item for name in self._names for item in getattr(answer, name) or ()]


class Pages(Generic[T]):
    """The items of all pages of a list. Each iteration asks anew, from the start.

    A page that fails after others were read raises `PartialSuccess`; its ``cursor`` is where to go on from:
    give it to the method as ``cursor=``.
    """

    def __init__(self, listing: Listing, send: Callable[[Request], Response]) -> None:
        self._listing, self._send = listing, send

    def pages(self) -> Iterator[Page[T]]:
        """The pages as they come."""
        book = self._listing.book()
        while book.params is not None:
            with book:
                response = self._send(self._listing.request(book.params))
                # Decoded first: the account of a page that cannot be read is where that page begins.
                items = self._listing.items_of(response)
                book.take(response.json())
            yield Page(items, book.cursor)
            with book:
                book.check()

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def first(self) -> T | None:
        """The first item, None where there is none."""
        return next(iter(self), None)

    def to_list(self, max_items: int | None = None) -> list[T]:
        """The items in a list, at most `max_items` of them; no page is asked for beyond that."""
        found: list[T] = []
        for page in self.pages() if max_items is None or max_items > 0 else ():
            found += page.items
            if max_items is not None and len(found) >= max_items:
                break
        return found[:max_items]


class AsyncPages(Generic[T]):
    """The same for asyncio: ``async for``, and `first` and `to_list` to be awaited. See `Pages`."""

    def __init__(self, listing: Listing, send: Callable[[Request], Awaitable[Response]]) -> None:
        self._listing, self._send = listing, send

    async def pages(self) -> AsyncIterator[Page[T]]:
        """The pages as they come."""
        book = self._listing.book()
        while book.params is not None:
            with book:
                response = await self._send(self._listing.request(book.params))
                # Decoded first: the account of a page that cannot be read is where that page begins.
                items = self._listing.items_of(response)
                book.take(response.json())
            yield Page(items, book.cursor)
            with book:
                book.check()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def first(self) -> T | None:
        """The first item, None where there is none."""
        async for item in self:
            return item
        return None

    async def to_list(self, max_items: int | None = None) -> list[T]:
        """The items in a list, at most `max_items` of them; no page is asked for beyond that."""
        found: list[T] = []
        if max_items is not None and max_items <= 0:
            return found
        async for page in self.pages():
            found += page.items
            if max_items is not None and len(found) >= max_items:
                break
        return found[:max_items]
