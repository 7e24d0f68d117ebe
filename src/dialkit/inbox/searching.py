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

    Parameters:
        wanted: words, in any script; those in double quotes, or that stand together as in ``foo-bar``, next
            to each other. Case and accents do not matter; from three letters on the beginning of a word
            will do. Nothing in it is an operator.
        number: only what was written with this number, in E.164.
        before: a `position`, for the next page.

    Raises `InvalidArgument` where there is no word in `wanted`, `NotFound` for a number nobody wrote with.
    """
    asked = words.asked(wanted, database.dialect)
    if asked is None:
        raise InvalidArgument(
            f"{wanted[:40]!r} has no word to look for", hint="dialpad inbox search 'two kilos'"
        )
    values: list[Any] = [asked, END if before is None else before]
    those = ""
    if number is not None:
        ids = ids_of(database, number)
        those = f"AND message.thread IN ({marks(ids)})"
        values += ids
    sql = FIND.format(match=MATCH[database.dialect], those=those)
    return [shown_text(row) for row in database.all(sql, [*values, most])]
