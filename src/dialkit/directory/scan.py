"""Reading the whole directory: the API cannot search it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.client.pages import Book, pages
from dialkit.client.response import has_id
from dialkit.errors import PartialSuccess, Refused, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dialkit.client import Dialpad

    # Told after each page: pages and contacts read so far.
    Progress = Callable[[int, int], None]

LIST = "contacts.list"


def contacts(
    client: Dialpad,
    params: Mapping[str, Any],
    *,
    max_pages: int | None = None,
    progress: Progress | None = None,
) -> Iterator[dict[str, Any]]:
    """All contacts of a list; `params` are those of ``contacts.list``. None comes twice.

    Raises `Refused` where there are more than `max_pages` pages of it, before the last is given: what was
    not read cannot be ruled out. A page that fails raises what was wrong with it.
    """
    operation = client.operation(LIST)
    book = Book(operation, params)
    seen: set[str] = set()
    count = 0
    try:
        for page in pages(book, lambda asked: client.request(operation, asked)):
            count += 1
            if progress:
                progress(count, book.count)
            if max_pages is not None and count >= max_pages and book.params is not None:
                raise Refused(
                    f"the directory has more than {max_pages} pages, and not all of it was read",
                    hint=f"--max-pages {max_pages * 10}, or leave it out to read all of it",
                )
            # A list that changes while it is read may show a contact on two pages, next to each other.
            before, seen = seen, set()
            for contact in page:
                if not has_id(contact):
                    raise UpstreamError(
                        f"{LIST}: a contact in the answer has no id",
                        status=200,
                        operation=LIST,
                        hint="it cannot be matched safely; try again later",
                    )
                seen.add(contact["id"])
                if contact["id"] not in before:
                    yield contact
    except PartialSuccess as error:
        if error.__cause__ is not None:
            raise error.__cause__ from None
        raise


def owner(client: Dialpad, name: str) -> str:
    """The id of a user whose contacts are meant; ``me`` is the key's own user."""
    if name != "me":
        return name
    return str(client.request("users.get", {"id": "me"}).record()["id"])
