"""What the sandbox holds: tables of records, a supply of ids, and a clock."""

from __future__ import annotations

import time
from bisect import bisect_right
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = dict[str, Any]

# Above the ids of the document's examples, below 2^53, and of 16 digits, as the service's own.
IDS = (6_950_000_000_000_000, 9_000_000_000_000_000)


class Table:
    """Records of one kind by key, in the order they came; `noun` is what an error calls one."""

    def __init__(self, noun: str, key: str = "id") -> None:
        self.noun, self.key = noun, key
        self.rows: dict[str, Record] = {}
        self._serials: dict[str, int] = {}
        self._next = 1

    def __iter__(self) -> Iterator[Record]:
        return iter(self.rows.values())

    def add(self, record: Record) -> Record:
        """Put a record in; one with the same key is replaced and keeps its place."""
        key = str(record[self.key])
        if key not in self._serials:
            self._serials[key] = self._next
            self._next += 1
        self.rows[key] = record
        return record

    def get(self, key: object) -> Record:
        """The record of that key. Raises `Refusal` 404."""
        try:
            return self.rows[str(key)]
        except KeyError:
            raise Refusal(404, f"No {self.noun} has the {self.key} {str(key)[:80]}.") from None

    def remove(self, key: object) -> Record:
        """Take a record out. Raises `Refusal` 404."""
        record = self.get(key)
        del self.rows[str(key)], self._serials[str(key)]
        return record

    def after(self, serial: int) -> Iterator[tuple[int, Record]]:
        """The records that came after one, with their serial numbers; 0 for all.

        A place in a list is told by serial, so that nothing is skipped when records go while it is read.
        """
        start = bisect_right(list(self._serials.values()), serial)
        return islice(zip(self._serials.values(), self.rows.values(), strict=True), start, None)


class World:
    """A company and all that it has. Empty when made; `dialkit.sandbox.cast` fills it.

    The same `seed` gives the same ids in the same order. `now` tells seconds since 1970.
    """

    def __init__(self, seed: int = 1, now: Callable[[], float] = time.time) -> None:
        self.seed, self._now = seed, now
        self.clear()

    def clear(self) -> None:
        """Empty it, and begin the supply of ids anew."""
        self.random = Random(self.seed)  # noqa: S311 - made up, not secret
        self._ids: set[int] = set()
        self.companies = Table("company")
        self.offices = Table("office")
        self.users = Table("user")
        self.numbers = Table("phone number", key="number")
        self.contacts = Table("contact")
        self.webhooks = Table("webhook")
        self.texts = Table("text")

    def table(self, name: str) -> Table:
        """The table of that name, such as ``users``."""
        table: Table = getattr(self, name)
        return table

    @property
    def company_id(self) -> int:
        """The id of the one company there is."""
        return int(next(iter(self.companies))["id"])

    @property
    def primary_office(self) -> Record:
        """The company's primary office."""
        return next(office for office in self.offices if office["is_primary_office"])

    def new_id(self) -> int:
        """An id nobody has."""
        while (fresh := self.random.randrange(*IDS)) in self._ids:
            pass
        self._ids.add(fresh)
        return fresh

    def stamp(self) -> str:
        """The present moment as answers spell it."""
        return iso(self._now())
