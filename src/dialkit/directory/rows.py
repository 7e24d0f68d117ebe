"""From the cells of a row to what is to be written of a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.cells import plain
from dialkit.directory.cells import split
from dialkit.directory.fields import LISTS, written
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.directory.fields import Given


class Wanted(NamedTuple):
    """What a row says: fields, and whose contact it is (`owner_id` empty: shared)."""

    given: Given
    owner_id: str = ""
    id: str = ""
    uid: str = ""


def wanted(
    cells: Sequence[str], columns: Sequence[tuple[int, str]], region: str, owner_id: str = ""
) -> Wanted:
    """What a row says; empty cells say nothing. `owner_id` is whose it is where the row does not say.

    Raises `InvalidArgument` for an owner that cannot be.
    """
    texts: dict[str, str] = {}
    given: Given = {}
    for at, field in columns:
        text = plain(cells[at].strip())
        if not text:
            continue
        if field in LISTS:
            # Numbers in E.164 from here on: reading other forms is what costs time.
            given.setdefault(field, []).extend(written(field, one, region) for one in split(field, text))
        else:
            texts.setdefault(field, text)
    kind, own = texts.pop("type", "").lower(), texts.pop("owner_id", "")
    contact_id, uid = texts.pop("id", ""), texts.pop("uid", "")
    named = texts.pop("name", "")
    if named and not {"first_name", "last_name"} & texts.keys():
        texts |= _parts(named)
    if kind == "local" and not (own or owner_id):
        raise InvalidArgument("it is local, and its owner is not said")
    if kind != "shared" and own and not (own.isascii() and own.isdecimal()):
        raise InvalidArgument(f"{own[:40]!r} is not a user's id")
    owner = "" if kind == "shared" else own or owner_id
    return Wanted({**texts, **given}, owner, contact_id, uid)


def _parts(name: str) -> dict[str, str]:
    """A whole name apart: ``Doe, Jane``, or the last word is the family's."""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.rpartition(" ")
        if not first:
            first, last = last, ""
    parts = {"first_name": first.strip(), "last_name": last.strip()}
    return {field: part for field, part in parts.items() if part}
