"""Lists by typed methods: pages as they are needed, no request more, and where to go on after a fault."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from typed_methods import method

from dialkit import AsyncDialpad, Dialpad
from dialkit.client.types.shared import Room, User
from dialkit.errors import DialkitError, NotFound, PartialSuccess, UpstreamError
from servers import Faulty, Recorder, behaviours, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client.paging import AsyncPages, Page
    from servers.behaviours import Behaviour

PEOPLE = [{"id": number} for number in range(7)]


class Read(NamedTuple):
    """What came of reading: what was found, and what stopped it."""

    found: list[Any]
    error: DialkitError | None


class Reader:
    """Reads lists of a server by one kind of client."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.options: dict[str, Any] = {"environ": {}, "limiter": None, "max_retries": 0}

    def run(self, url: str, use: Callable[[Any], Any], **more: Any) -> Any:
        """What `use` makes of a client; for asyncio, what it awaits."""
        options = {"base_url": url, **self.options, **more}
        if self.kind == "sync":
            with Dialpad("key", **options) as dp:
                return use(dp)

        async def work() -> Any:
            async with AsyncDialpad("key", **options) as dp:
                return await use(dp)

        return asyncio.run(work())

    def read(self, url: str, operation: str = "users.list", most: int | None = None, **params: Any) -> Read:
        """The ids of the items, up to the end, to the fault, or until `most` are there and we break off."""
        strict = params.pop("strict", False)
        found: list[Any] = []

        def use(dp: Dialpad) -> None:
            for item in method(dp, operation)(**params):
                found.append(item)
                if len(found) == most:
                    break

        async def use_async(dp: AsyncDialpad) -> None:
            async for item in method(dp, operation)(**params):
                found.append(item)
                if len(found) == most:
                    break

        try:
            self.run(url, use if self.kind == "sync" else use_async, strict=strict)
        except DialkitError as error:
            return Read(found, error)
        return Read(found, None)

    def pages(self, url: str) -> list[Page[Any]]:
        async def gather(asked: AsyncPages[Any]) -> list[Page[Any]]:
            return [page async for page in asked.pages()]

        if self.kind == "sync":
            return self.run(url, lambda dp: list(dp.users.list().pages()))  # type: ignore[no-any-return]
        return self.run(url, lambda dp: gather(dp.users.list()))  # type: ignore[no-any-return]


@pytest.fixture(params=["sync", "async"])
def reader(request: pytest.FixtureRequest) -> Reader:
    return Reader(request.param)


def ids(items: list[Any]) -> list[Any]:
    return [item.id for item in items]


def cursors(server: Faulty | Recorder) -> list[str | None]:
    return [dict(request.query).get("cursor") for request in server.requests]


# Reading


def test_a_list_is_read_to_its_end(reader: Reader) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        found, error = reader.read(server.url, state="all")
    assert (ids(found), error) == (list(range(7)), None)
    assert all(isinstance(user, User) for user in found)
    assert cursors(server) == [None, "3", "6"]
    assert all(("state", "all") in request.query for request in server.requests)


def test_pages_come_with_their_cursors(reader: Reader) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        pages = reader.pages(server.url)
    assert [(ids(page.items), page.cursor) for page in pages] == [
        ([0, 1, 2], "3"),
        ([3, 4, 5], "6"),
        ([6], None),
    ]


@pytest.mark.parametrize(("most", "requests"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_no_page_is_asked_for_that_is_not_read(reader: Reader, most: int, requests: int) -> None:
    """Where the loop is left, and where `to_list` has enough."""
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert ids(reader.read(server.url, most=most).found) == list(range(most))
        assert len(server.requests) == requests
        assert ids(reader.run(server.url, lambda dp: dp.users.list().to_list(max_items=most))) == list(
            range(most)
        )
    assert len(server.requests) == 2 * requests


@pytest.mark.parametrize("most", [0, -1])
def test_none_of_it_needs_no_request(reader: Reader, most: int) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert reader.run(server.url, lambda dp: dp.users.list().to_list(max_items=most)) == []
    assert server.requests == []


def test_the_first_of_a_list_is_one_request(reader: Reader) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert reader.run(server.url, lambda dp: dp.users.list().first()).id == 0
    assert len(server.requests) == 1


def test_the_first_may_be_on_a_later_page(reader: Reader) -> None:
    """What was found was filtered; the list had not ended."""
    with Faulty(behaviours.ok({"items": [], "cursor": "a"}), behaviours.ok({"items": PEOPLE})) as server:
        assert reader.run(server.url, lambda dp: dp.users.list().first()).id == 0
    assert cursors(server) == [None, "a"]


EMPTY = {
    "empty": behaviours.empty(), "204": behaviours.no_content(), "{}": behaviours.ok({}),
    "null": behaviours.ok({"items": None}), "[]": behaviours.ok({"items": []}),
    "JSON null": behaviours.status(200, b"null"),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_page_is_the_end(reader: Reader, name: str) -> None:
    with Faulty(behaviours.ok({"items": PEOPLE, "cursor": "a"}), EMPTY[name]) as server:
        assert ids(reader.read(server.url).found) == list(range(7))
        assert reader.run(server.url, lambda dp: dp.users.list().first()) is None
    assert cursors(server) == [None, "a", None]


def test_going_on_from_a_cursor(reader: Reader) -> None:
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert ids(reader.read(server.url, cursor="3").found) == [3, 4, 5, 6]
        assert ids(reader.read(server.url, cursor="").found) == list(range(7))
    assert cursors(server) == ["3", "6", None, "3", "6"]


def test_each_reading_asks_anew() -> None:
    with (
        Faulty(behaviours.pages(PEOPLE, 4)) as server,
        Dialpad("key", base_url=server.url, environ={}) as dp,
    ):
        users = dp.users.list()
        assert server.requests == []
        assert ids(list(users)) == ids(list(users)) == ids(users.to_list()) == list(range(7))
        # Two at a time do not disturb each other.
        assert [(one.id, other.id) for one, other in zip(users, users, strict=True)] == [
            (n, n) for n in range(7)
        ]
    assert cursors(server) == [None, "4"] * 3 + [None, None, "4", "4"]


# Other forms of lists


def test_operators_are_users_and_rooms(reader: Reader) -> None:
    answer = {"users": [{"id": "1"}, {"id": "2"}], "rooms": [{"id": "3"}]}
    with Faulty(behaviours.ok(answer)) as server:
        found, _ = reader.read(server.url, "callcenters.operators.get", id=7)
    assert [(type(one), one.id) for one in found] == [(User, 1), (User, 2), (Room, 3)]
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [{"rooms": [{"id": "3"}]}, {"users": None, "rooms": [{"id": "3"}]}])
def test_operators_may_be_rooms_alone(reader: Reader, answer: Any) -> None:
    with Faulty(behaviours.ok(answer)) as server:
        found, _ = reader.read(server.url, "offices.operators.get", id=7)
    assert [(type(one), one.id) for one in found] == [(Room, 3)]


def test_a_list_may_be_of_texts(reader: Reader) -> None:
    with Faulty(behaviours.ok({"labels": ["late", "resolved"]})) as server:
        assert reader.read(server.url, "calllabel.list").found == ["late", "resolved"]


def test_a_cursor_may_travel_in_the_body(reader: Reader) -> None:
    """It ends where `has_more` is false, whatever the cursor."""
    script = [
        behaviours.ok({"bulk_messages": [{"id": "a"}], "cursor": "1", "has_more": True}),
        behaviours.ok({"bulk_messages": [{"id": "b"}], "cursor": "2", "has_more": False}),
    ]
    with Faulty(*script) as server:
        found, error = reader.read(server.url, "bulk_messages.list", limit=1)
    assert (len(found), error) == (2, None)
    assert [request.json for request in server.requests] == [{"limit": 1}, {"limit": 1, "cursor": "1"}]
    assert all(request.query == [] for request in server.requests)


# Faults


@pytest.mark.parametrize(
    "fault",
    [behaviours.status(400), behaviours.truncated_json(), behaviours.html(502), behaviours.close_after()],
)
def test_a_page_that_fails_tells_where_to_go_on(reader: Reader, fault: Behaviour) -> None:
    """From there the rest comes, nothing twice and nothing missing."""
    with Faulty(behaviours.pages(PEOPLE, 3), behaviours.pages(PEOPLE, 3), fault) as server:
        found, error = reader.read(server.url)
    assert isinstance(error, PartialSuccess)
    assert (ids(found), error.done, error.cursor, error.exit_code) == (list(range(6)), 6, "6", 11)
    assert "--cursor 6" in (error.hint or "")
    with Faulty(behaviours.pages(PEOPLE, 3)) as server:
        assert ids(reader.read(server.url, cursor=error.cursor).found) == [6]


def test_a_page_that_cannot_be_read_strictly_is_where_to_go_on(reader: Reader) -> None:
    """Its items were not given to anybody, so the cursor is the one that leads to it."""
    script = [
        behaviours.ok({"items": [{"id": "a"}], "cursor": "2"}),
        behaviours.ok({"items": [{"id": "b", "newer": 1}], "cursor": "3"}),
        behaviours.ok({"items": [{"id": "c"}]}),
    ]
    with Faulty(*script) as server:
        found, error = reader.read(server.url, "contacts.list", strict=True)
    assert isinstance(error, PartialSuccess)
    assert (len(found), error.done, error.cursor) == (1, 1, "2")
    assert "newer" in error.message


def test_a_first_page_that_cannot_be_read_has_failed(reader: Reader) -> None:
    with Faulty(behaviours.ok({"items": [{"id": "b", "newer": 1}], "cursor": "3"})) as server:
        found, error = reader.read(server.url, "contacts.list", strict=True)
    assert (found, type(error)) == ([], UpstreamError)


def test_a_first_page_that_fails_has_failed(reader: Reader) -> None:
    with Faulty(behaviours.status(404)) as server:
        found, error = reader.read(server.url)
    assert (found, type(error)) == ([], NotFound)


@pytest.mark.parametrize("page", [5, [], "x", {"items": 5}, {"items": "x"}, {"items": {}}, {"error": "x"}])
def test_a_page_that_is_none_is_an_error(reader: Reader, page: Any) -> None:
    with Faulty(behaviours.ok(page)) as server:
        found, error = reader.read(server.url)
        with pytest.raises(UpstreamError):
            reader.run(server.url, lambda dp: dp.users.list().first())
        with pytest.raises(UpstreamError):
            reader.run(server.url, lambda dp: parsed(dp.users.with_raw_response.list()))
    assert (found, type(error)) == ([], UpstreamError)
    assert error is not None
    assert error.hint


def parsed(answer: Any) -> Any:
    async def later() -> Any:
        return (await answer).parse()

    return later() if asyncio.iscoroutine(answer) else answer.parse()


@pytest.mark.parametrize("item", [5, None, "1", []])
def test_an_item_that_is_no_object_is_no_page(reader: Reader, item: Any) -> None:
    """Who goes over users would meet a number that has no name."""
    with Faulty(behaviours.ok({"items": [{"id": "1"}, item]})) as server:
        found, error = reader.read(server.url)
    assert (found, type(error)) == ([], UpstreamError)
    assert "users.list: an item in the answer is not an object" in str(error)


def test_a_cursor_that_comes_again_ends_the_list(reader: Reader) -> None:
    with Faulty(behaviours.same_cursor({"id": "1"})) as server:
        found, error = reader.read(server.url)
    assert (ids(found), type(error)) == ([1, 1], PartialSuccess)
    assert "'same' came twice" in str(error)
    assert len(server.requests) == 2


def test_cursors_that_go_round_end_the_list(reader: Reader) -> None:
    following = {None: "a", "a": "b", "b": "c", "c": "a"}

    def answer(request: Any) -> Any:
        return json_reply({"items": [{}], "cursor": following[dict(request.query).get("cursor")]})

    with Recorder(answer) as server:
        found, error = reader.read(server.url)
    assert (len(found), type(error), len(server.requests)) == (4, PartialSuccess, 4)
