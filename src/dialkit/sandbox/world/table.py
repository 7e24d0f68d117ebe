"""One kind of record by key, in the order they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Record = dict[str, Any]


class Kind(NamedTuple):
    """What a table holds: `noun` is what an error calls one, `key` the field that tells them apart.

    `indexes` name what else they are found by: from a record to the values it is found under.
    """

    noun: str
    key: str = "id"
    indexes: dict[str, Callable[[Record], Iterable[object]]] = {}  # noqa: RUF012 - never changed


class Watch:
    """Which tables were read and written since `clear`, and what was written since `take`.

    `undo` holds what each write since `begin` replaced, so that `roll_back` can take them all back.
    """

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.changed: dict[tuple[str, str], Record | None] = {}
        self.undo: list[tuple[Table, str, Record | None, int]] = []

    def begin(self) -> None:
        """What is written from here on can be taken back."""
        self.undo.clear()

    def roll_back(self) -> None:
        """Take back all that was written since `begin`."""
        while self.undo:
            table, key, before, place = self.undo.pop()
            table.put_back(key, before, place)

    def clear(self) -> None:
        """Forget what was read and written."""
        self.reads.clear()
        self.writes.clear()

    def take(self) -> dict[tuple[str, str], Record | None]:
        """What was written since the last call: records by table and key, None where one was removed."""
        changed, self.changed = self.changed, {}
        return changed


class Table:
    """Records of one kind. Those it gives out are its own: look, and use `change` to change one."""

    def __init__(self, name: str, kind: Kind, watch: Watch) -> None:
        self.name, self.noun, self.key = name, kind.noun, kind.key
        self._kinds, self._watch = kind.indexes, watch
        self._indexes: dict[str, dict[object, dict[str, None]]] = {}
        self._lent = False  # whether a snapshot shares what follows
        self._rows: dict[str, Record] = {}
        self._order: list[str] = []  # keys by serial number; empty where a record went
        self._serials: dict[str, int] = {}

    def __iter__(self) -> Iterator[Record]:
        self._watch.reads.add(self.name)
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        self._watch.reads.add(self.name)
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        self._watch.reads.add(self.name)
        return str(key) in self._rows

    def find(self, key: object) -> Record | None:
        """The record of that key, None where there is none."""
        self._watch.reads.add(self.name)
        return self._rows.get(str(key))

    def get(self, key: object) -> Record:
        """The record of that key. Raises `Refusal` 404."""
        found = self.find(key)
        if found is None:
            raise Refusal(404, f"No {self.noun} has the {self.key} {str(key)[:80]}.")
        return found

    def where(self, index: str, value: object) -> list[Record]:
        """The records found under a value of an index, in the order they came."""
        self._watch.reads.add(self.name)
        keys = self._index(index).get(value, ())
        return [self._rows[key] for key in sorted(keys, key=self._serials.__getitem__)]

    def count(self, index: str, value: object) -> int:
        """How many records are found under a value of an index."""
        self._watch.reads.add(self.name)
        return len(self._index(index).get(value, ()))

    def put(self, record: Record) -> Record:
        """Put a record in; one with the same key is replaced and keeps its place."""
        key = str(record[self.key])
        self._own()
        before = self._rows.get(key)
        if before is None:
            self._serials[key] = len(self._order)
            self._order.append(key)
        self._watch.undo.append((self, key, before, self._serials[key]))
        self._rows[key] = record
        self._note(key, before, record)
        return record

    def change(self, key: object, **fields: Any) -> Record:
        """Replace fields of a record; the new record. Raises `Refusal` 404."""
        return self.put({**self.get(key), **fields})

    def remove(self, key: object) -> Record:
        """Take a record out. Raises `Refusal` 404."""
        record, key = self.get(key), str(key)
        self._own()
        self._watch.undo.append((self, key, record, self._serials[key]))
        self._order[self._serials.pop(key)] = ""
        del self._rows[key]
        self._note(key, record, None)
        return record

    def put_back(self, key: str, before: Record | None, place: int) -> None:
        """Hold under a key what was there before a write, at its place in the list."""
        now = self._rows.get(key)
        if before is None:
            del self._rows[key], self._serials[key]
            if place == len(self._order) - 1:
                self._order.pop()
        else:
            self._rows[key], self._serials[key], self._order[place] = before, place, key
            if now is None:  # it was removed, and stands at the end of the rows
                self._rows = dict(sorted(self._rows.items(), key=lambda row: self._serials[row[0]]))
        self._note(key, now, before)

    def _note(self, key: str, before: Record | None, after: Record | None) -> None:
        self._move(key, before, after)
        self._watch.writes.add(self.name)
        self._watch.changed[self.name, key] = after

    def after(self, serial: int) -> Iterator[tuple[int, Record]]:
        """The records after a place in the list, each with the place after it; 0 for all.

        Places stay what they are when records come and go, so that nothing is skipped or shown twice.
        """
        return self._walk(range(serial, len(self._order)), 1)

    def before(self, serial: int | None) -> Iterator[tuple[int, Record]]:
        """The records before a place, the newest first, each with its own place; None for all."""
        start = len(self._order) if serial is None else min(serial, len(self._order))
        return self._walk(range(start - 1, -1, -1), 0)

    def _walk(self, places: range, step: int) -> Iterator[tuple[int, Record]]:
        self._watch.reads.add(self.name)
        for place in places:
            key = self._order[place]
            if self._serials.get(key) == place:
                yield place + step, self._rows[key]

    def place(self, key: str) -> int:
        """Where in the list a record is."""
        return self._serials[key]

    @property
    def end(self) -> int:
        """The place that the next new record gets."""
        return len(self._order)

    def lend(self) -> tuple[dict[str, Record], list[str], dict[str, int]]:
        """All it holds, to keep; the table copies it before it writes again."""
        self._lent = True
        return self._rows, self._order, self._serials

    def take_back(self, held: tuple[dict[str, Record], list[str], dict[str, int]]) -> None:
        """Hold again what was lent."""
        self._rows, self._order, self._serials = held
        self._lent = True
        self._indexes = {}

    def _own(self) -> None:
        if self._lent:
            self._rows, self._order, self._serials = dict(self._rows), list(self._order), dict(self._serials)
            self._lent = False

    def _index(self, name: str) -> dict[object, dict[str, None]]:
        found = self._indexes.get(name)
        if found is None:
            found = self._indexes[name] = {}
            for key, record in self._rows.items():
                for value in self._kinds[name](record):
                    found.setdefault(value, {})[key] = None
        return found

    def _move(self, key: str, before: Record | None, after: Record | None) -> None:
        for name, index in self._indexes.items():
            old = tuple(self._kinds[name](before)) if before else ()
            new = tuple(self._kinds[name](after)) if after else ()
            if old == new:
                continue
            for value in old:
                index.get(value, {}).pop(key, None)
            for value in new:
                index.setdefault(value, {})[key] = None
