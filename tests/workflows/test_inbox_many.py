"""Search where there are more texts than are looked through at once: none is missed, none comes twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.inbox import searching
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
OURS, TALKER = "+15035550142", "+14155550000"
COUNT = searching.RECENT + 2000
START = 1_772_730_000_000  # ms


def said(number: int) -> str:
    """Old words, rare words, words of all texts."""
    old, rare = ("antique " if number < 70 else ""), ("scarce " if number % 1000 == 7 else "")
    return f"{old}{rare}order {'even' if number % 2 == 0 else 'odd'}"


def theirs(number: int) -> str:
    """Every other text is with one and the same."""
    return TALKER if number % 2 else f"+1415556{number % 1000:04}"


def arrival(number: int) -> Arrival:
    payload: dict[str, Any] = {
        "id": number + 1,
        "created_date": START + number * 1000,
        "direction": "inbound",
        "from_number": theirs(number),
        "to_number": [OURS],
        "message_status": "pending",
        "text": said(number),
    }
    return Arrival("sms", payload, json.dumps(payload), 1.0, "serve")


@pytest.fixture
def many(environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as database:
        keep(database, [arrival(number) for number in range(COUNT)])
        yield database


def pages(database: Database, wanted: str, number: str | None) -> Iterator[int]:
    """All that is found, page by page, as numbers of `arrival`."""
    before = None
    while rows := searching.search(database, wanted, number=number, before=before, most=500):
        yield from (int(row["id"]) - 1 for row in rows)
        before = rows[-1]["position"]


def test_pages_of_many(many: Database) -> None:
    for wanted in ("antique", "scarce", "order", "odd antique", "scarce order even", '"order odd"'):
        words = wanted.strip('"').split()
        for number in (None, TALKER, "+14155560006"):
            expected = [
                each
                for each in reversed(range(COUNT))
                if set(words) <= set(said(each).split()) and number in (None, theirs(each))
            ]
            assert list(pages(many, wanted, number)) == expected, (wanted, number)
