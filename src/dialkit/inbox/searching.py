"""Finding texts by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument
from dialkit.inbox import words
from dialkit.inbox.reading import END, PAGE, SIDES, ids_of, shown_text
from dialkit.store.database import marks

if TYPE_CHECKING:
    from dialkit.store import Database
    from dialkit.store.database import Row

MATCH = {"sqlite": "message_words MATCH ?", "postgresql": "message_words.terms @@ CAST(? AS TSQUERY)"}
FIND = f"""
SELECT message.*, {SIDES}
FROM message_words
JOIN message ON message.position = message_words.rowid
JOIN thread ON thread.id = message.thread
WHERE {{match}} AND message_words.rowid < ? {{those}} ORDER BY message_words.rowid DESC LIMIT ?
"""  # noqa: S608


def search(
    database: Database, wanted: str, *, number: str | None = None, before: int | None = None, most: int = PAGE
) -> list[Row]:
    """Texts with all of these words, the newest first, as `reading.thread` shows them.

    Where fewer than `most` have the words as they stand, words that only begin so count as well, from four
    letters on; of numbers the beginning always does. Not so in double quotes.

    Parameters:
        wanted: words, in any script; those in double quotes, or that stand together as in ``foo-bar``, next
            to each other. Case and accents do not matter. Nothing in it is an operator.
        number: only what was written with this number, in E.164.
        before: a `position`, for the next page.

    Raises `InvalidArgument` where there is no word in `wanted`, `NotFound` for a number nobody wrote with.
    """
    runs = words.asked(wanted)
    if not runs:
        raise InvalidArgument(
            f"{wanted[:40]!r} has no word to look for", hint="dialpad inbox search 'two kilos'"
        )
    ids = [] if number is None else ids_of(database, number)
    exact, open_ = (words.query(runs, database.dialect, beginnings=each) for each in (False, True))
    if exact != open_:
        first = _found(database, exact, ids, END, most)
        if len(first) < most:
            exact = open_
        elif before is None:
            return first
    # Which of the two it is does not depend on the page.
    return _found(database, exact, ids, END if before is None else before, most)


def _found(database: Database, asked: str, ids: list[int], before: int, most: int) -> list[Row]:
    those = f"AND message.thread IN ({marks(ids)})" if ids else ""
    sql = FIND.format(match=MATCH[database.dialect], those=those)
    values: list[Any] = [asked, before, *ids, most]
    return [shown_text(row) for row in database.all(sql, values)]
