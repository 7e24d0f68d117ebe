"""What is listed, read, made, changed and deleted alike: one mechanism, and what it works on in tables."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.world import Record, World

    Handler = Callable[[World, Call], Any]

TABLE_APART = 1 << 40  # places of one table are below this in a list of several
PAGE = 100  # records of a page at the most; also what a page has when nothing is said


def equal(name: str) -> Callable[[Record, Any], bool]:
    """A filter: the record's field is the value asked for."""
    return lambda record, value: record.get(name) == value


def contains(name: str) -> Callable[[Record, Any], bool]:
    """A filter: the record's text has the value asked for in it, capitals or not."""
    return lambda record, value: str(value).lower() in str(record.get(name, "")).lower()


class Resource(NamedTuple):
    """One kind of thing: its table in the world, and its operations by what they do.

    `fresh` is what a new record has where nothing else is said; `refs` names fields that must be ids in
    other tables. `settle` completes a record that was made or changed: it gets the world, the record as it
    is to be and as it was (None for a new one), and gives the record to keep, or refuses. `enter` does what
    follows from a new one, `leave` refuses that one goes, or undoes what hangs on it. `show` is what answers
    show. `filters` are by query parameter: whether a record is wanted for a value. `within`: the field that
    holds the id in the path of a list such as ``/offices/{office_id}/departments``. `newest`: the last made
    comes first.
    """

    table: str
    lists: tuple[str, ...] = ()
    gets: str = ""
    makes: str = ""
    changes: tuple[str, ...] = ()
    deletes: str = ""
    fresh: Mapping[str, Any] = {}
    refs: Mapping[str, str] = {}
    settle: Callable[[World, Record, Record | None], Record] = lambda _world, record, _before: record
    enter: Callable[[World, Record], None] = lambda _world, _record: None
    leave: Callable[[World, Record], None] = lambda _world, _record: None
    show: Callable[[World, Record], Record] = lambda _world, record: record
    filters: Mapping[str, Callable[[Record, Any], bool]] = {}
    wanted: Callable[[World, Call, Record], bool] = lambda _world, _call, _record: True
    within: str = ""
    newest: bool = False

    def list_page(self, world: World, call: Call) -> Values:
        """One page, its items and cursor named as the operation's `pages` says."""

        def wanted(record: Record) -> bool:
            return (
                (not self.within or not call.path or record.get(self.within) == _key(call))
                and all(
                    keep(record, call.query[name])
                    for name, keep in self.filters.items()
                    if name in call.query
                )
                and self.wanted(world, call, record)
            )

        return page(world, call, self.table, wanted, show=self.show, newest=self.newest)

    def get(self, world: World, call: Call) -> Record:
        """One record, by the id in the path; the only one where the path has none."""
        table = world.table(self.table)
        return self.show(world, table.get(_key(call)) if call.path else next(iter(table)))

    def make(self, world: World, call: Call) -> Record:
        """A new record of what was sent."""
        self._check(world, call.body)
        table = world.table(self.table)
        record = self.settle(world, {table.key: world.new_id(), **self.fresh, **call.body}, None)
        record = table.put(record)
        self.enter(world, record)
        return self.show(world, table.get(record[table.key]))

    def change(self, world: World, call: Call) -> Record:
        """A record with what was sent in place of what it had; what was not sent stays."""
        self._check(world, call.body)
        table = world.table(self.table)
        before = table.get(_key(call))
        return self.show(world, table.put(self.settle(world, {**before, **call.body}, before)))

    def delete(self, world: World, call: Call) -> Record:
        """Take a record away, and answer what it was."""
        table = world.table(self.table)
        shown = self.show(world, table.get(_key(call)))
        self.leave(world, table.get(_key(call)))
        table.remove(_key(call))
        return shown

    def handlers(self) -> dict[str, Handler]:
        """What runs each of its operations, by operation id."""
        ways: dict[str, Handler] = {self.gets: self.get, self.makes: self.make, self.deletes: self.delete}
        ways |= {**dict.fromkeys(self.lists, self.list_page), **dict.fromkeys(self.changes, self.change)}
        return {operation_id: way for operation_id, way in ways.items() if operation_id}

    def _check(self, world: World, body: Values) -> None:
        for name, table in self.refs.items():
            if name in body and body[name] not in world.table(table):
                raise Refusal(404, f"{name}: no {world.table(table).noun} has the id {str(body[name])[:80]}.")


def page(
    world: World,
    call: Call,
    table: str,
    wanted: Callable[[Record], bool] = lambda _record: True,
    *,
    show: Callable[[World, Record], Any] = lambda _world, record: record,
    newest: bool = False,
) -> Values:
    """One page of a table: records that are wanted, from where the cursor says, at most `limit` of them."""
    held, place = world.table(table), _place(call, table)
    rows = held.before(place) if newest else held.after(place or 0)
    return cut(world, call, table, ((at, record) for at, record in rows if wanted(record)), place, show)


def page_over(
    world: World,
    call: Call,
    tables: Iterable[str],
    wanted: Callable[[Record], bool],
    show: Callable[[World, Record], Any],
) -> Values:
    """One page of several tables, one after the other."""
    names = list(tables)
    name = " and ".join(names)
    place = _place(call, name) or 0

    def rows() -> Iterator[tuple[int, Record]]:
        for number, table in enumerate(names):
            start = number * TABLE_APART
            for at, record in world.table(table).after(max(0, place - start)):
                if wanted(record):
                    yield start + at, record

    return cut(world, call, name, rows(), place, show)


def page_of(
    world: World,
    call: Call,
    name: str,
    records: Iterable[Any],
    show: Callable[[World, Any], Any] = lambda _world, record: record,
) -> Values:
    """One page of a list that is made for the answer; `name` tells its cursors from those of others."""
    place = _place(call, name) or 0
    return cut(world, call, name, list(enumerate(records, 1))[place:], place, show)


def cut(
    world: World,
    call: Call,
    name: str,
    rows: Iterable[tuple[int, Any]],
    place: int | None,
    show: Callable[[World, Any], Any],
) -> Values:
    """The first rows as a page, with a cursor where there are more.

    A row is the place to go on from, and what is there.
    """
    pages, size = call.operation.pages or {}, _size(world, call)
    items: list[Any] = []
    answer: Values = {}
    more = False
    for at, record in rows:
        if len(items) == size:
            more = True
            break
        place = at
        items.append(show(world, record))
    empty_last = world.switch("last-page") == "empty" and items and "cursor" in pages
    if (more or empty_last) and "cursor" in pages:
        answer[pages["cursor"]] = base64.urlsafe_b64encode(f"{name}:{place}".encode()).decode()
    if "more" in pages:
        answer[pages["more"]] = more
    return answer if not items and call_cursor(call) else {**answer, pages.get("items", "items"): items}


def call_cursor(call: Call) -> Any:
    """The cursor that was sent, in the query or, as some lists want it, in the body."""
    return call.query.get("cursor", call.body.get("cursor"))


def _place(call: Call, name: str) -> int | None:
    """Where the page begins, from the cursor of the page before; None for the first page."""
    cursor = call_cursor(call)
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(str(cursor).encode()).decode()
    except ValueError:
        text = ""
    found = re.fullmatch(rf"{re.escape(name)}:([0-9]{{1,18}})", text)
    if not found:
        raise Refusal(400, f"cursor: {str(cursor)[:80]!r} is not one that this list gave.")
    return int(found[1])


def _key(call: Call) -> object:
    return next(iter(call.path.values()))


def _size(world: World, call: Call) -> int:
    given = str(call.query.get("limit", call.body.get("limit", PAGE)))
    if not re.fullmatch("[1-9][0-9]{0,8}", given):
        raise Refusal(400, f"limit: {given[:20]!r} is not a number of 1 or more.")
    if int(given) > PAGE and world.switch("page-above-100") == "refused":
        raise Refusal(400, f"limit: must be at most {PAGE}; got {given}.")
    return min(int(given), PAGE)


def handlers_of(resources: Iterable[Resource]) -> dict[str, Handler]:
    """The handlers of several resources."""

    def pairs() -> Iterator[tuple[str, Handler]]:
        for resource in resources:
            yield from resource.handlers().items()

    return dict(pairs())
