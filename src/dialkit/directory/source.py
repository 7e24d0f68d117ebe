"""What is imported: a file, what its columns mean, and whose the contacts are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.directory import planner as plans
from dialkit.directory.columns import mapping
from dialkit.directory.rows import wanted
from dialkit.directory.sheet import examine
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialkit.directory.sheet import Row, Sheet
    from dialkit.directory.todo import Todo


class Source(NamedTuple):
    """A sheet, its columns by number with their fields, and whose contacts they are where rows do not say."""

    sheet: Sheet
    columns: Sequence[tuple[int, str]]
    region: str
    owner_id: str = ""

    @property
    def by_uid(self) -> bool:
        """Whether the rows have uids of their own."""
        return any(field == "uid" for _, field in self.columns)

    @property
    def params(self) -> dict[str, Any]:
        """Which contacts have to be known, as ``contacts.list`` takes it."""
        return plans.params_for((field for _, field in self.columns), self.owner_id)

    @property
    def meaning(self) -> list[tuple[str, str | None]]:
        """The name of each column and its field, None where it is left out."""
        fields = dict(self.columns)
        return [(name, fields.get(at)) for at, name in enumerate(self.sheet.header)]

    def todo(self, row: Row, planner: plans.Planner) -> Todo:
        """What has to be done for a row. Raises `InvalidArgument` and `Conflict`."""
        _, cells, wrong = row
        if cells is None:
            raise InvalidArgument(wrong)
        found = wanted(cells, self.columns, self.region, self.owner_id)
        return plans.by_uid(found, self.region) if self.by_uid else planner.plan(found)


def source(
    path: str,
    region: str,
    *,
    said: Mapping[str, str] | None = None,
    owner_id: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """Look through a file. `said` are fields by column name, where a guess is wrong.

    Raises `InvalidArgument` for what cannot be read or understood, `OSError`.
    """
    sheet = examine(path, encoding=encoding, delimiter=delimiter)
    return Source(sheet, mapping(sheet.header, said or {}), region, owner_id)
