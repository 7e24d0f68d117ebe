"""Lists, page by page: where items and cursor are comes from the catalog (`Operation.pages`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import DialkitError, InvalidArgument, PartialSuccess, UpstreamError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from types import TracebackType

    from dialkit.catalog import Operation
    from dialkit.client.response import Response


def items_of(operation: Operation, answer: Any) -> list[Any]:
    """The items of one answer, as they came. Raises `UpstreamError` where it is no page."""
    assert operation.pages is not None
    items: list[Any] = []
    for name in (operation.pages["items"], *operation.pages.get("also", ())):
        part = answer.get(name) if isinstance(answer, dict) else answer
        if part is None and "error" not in answer:
            continue
        if not isinstance(part, list) or part is answer:
            raise _no_page(operation, f"{name!r} in the answer is not a list")
        items += part
    if not all(isinstance(item, dict) for item in items) and _of_objects(operation):
        raise _no_page(operation, "an item in the answer is not an object")
    return items


def _no_page(operation: Operation, what: str) -> UpstreamError:
    return UpstreamError(
        f"{operation.id}: {what}",
        status=200,
        operation=operation.id,
        hint="is a proxy or a login page in between? `dialpad doctor` tests the connection",
    )


def _of_objects(operation: Operation) -> bool:
    """Whether the items of a list are objects: a few lists are of texts."""
    from dialkit.catalog.model import kind, properties, resolve

    assert operation.pages is not None
    listed = properties(operation.answer["schema"], operation.schemas)[operation.pages["items"]]
    return kind(resolve(listed["items"], operation.schemas)) == "object"


class Book:
    """What has been read of a list, and what to ask for next. No requests are made here.

    A list ends where no cursor comes (a last page may be ``{}``). A page without items may still have a
    cursor: what was found was filtered. A cursor that was given before would loop for ever: with items it is
    an error, without it is the end.
    """

    def __init__(self, operation: Operation, params: Mapping[str, Any]) -> None:
        if operation.pages is None:
            raise InvalidArgument(f"{operation.id} does not answer with a list", hint="leave out --all")
        self._pages = operation.pages
        self._operation = operation
        self.params: dict[str, Any] | None = dict(params)
        self.cursor: str | None = params.get("cursor")
        self.count = 0
        self._seen = {self.cursor}

    def take(self, answer: Any) -> list[Any]:
        """The items of a page; afterwards `params` asks for the next one, or is None at the end."""
        found = {} if answer is None else answer
        items = items_of(self._operation, found)
        self.count += len(items)
        cursor = found.get(self._pages.get("cursor", ""))
        if (
            not cursor
            or (not items and str(cursor) in self._seen)
            or "sent" not in self._pages
            or found.get(self._pages.get("more")) is False
        ):
            self.params = self.cursor = None
            return items
        self.cursor = str(cursor)
        if self.cursor in self._seen:
            self.params = None
        else:
            self._seen.add(self.cursor)
            self.params = {**(self.params or {}), "cursor": cursor}
        return items

    def check(self) -> None:
        """Raise where the last page's cursor had been given before."""
        if self.cursor is not None and self.params is None:
            raise UpstreamError(
                f"{self._operation.id}: the cursor {self.cursor!r} came twice; the list would never end",
                status=200,
                operation=self._operation.id,
                hint="the list cannot be read further this way; narrow it with the operation's filters",
            )

    def __enter__(self) -> None:
        """Reading a page: what fails once items were read becomes `PartialSuccess`, with where to go on."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, DialkitError) or self.count == 0:
            return
        hint = error.hint
        if self.params is not None and self.cursor:
            hint = f"go on from there: --cursor {self.cursor}"
        raise PartialSuccess(
            f"{self.count} items were read, then: {error.message}",
            done=self.count,
            cursor=self.cursor,
            hint=hint,
            status=getattr(error, "status", None),
            operation=self._operation.id,
        ) from error


def pages(book: Book, ask: Callable[[Mapping[str, Any]], Response]) -> Iterator[list[Any]]:
    """The items of each page as it comes. A later page that fails raises `PartialSuccess`."""
    while book.params is not None:
        with book:
            items = book.take(ask(book.params).json())
        yield items
        with book:
            book.check()


async def pages_async(book: Book, ask: Callable[[Mapping[str, Any]], Any]) -> AsyncIterator[list[Any]]:
    """The same for asyncio."""
    while book.params is not None:
        with book:
            items = book.take((await ask(book.params)).json())
        yield items
        with book:
            book.check()
