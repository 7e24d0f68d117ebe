"""Finding texts by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument
from dialkit.inbox import words
from dialkit.inbox.reading import END, PAGE, SIDES, ids_of, shown_text

if TYPE_CHECKING:
    from dialkit.store import Database
    from dialkit.store.database import Row

# Texts that PostgreSQL looks through first: of all, and of a number, where each has to be looked for.
RECENT, RECENT_OF_NUMBER = 10_000, 4_000
# Statements, tried in turn until one finds as many as are wanted. SQLite's index gives the newest first, so
# one is enough. PostgreSQL's gives all that match, in no order: too many of a word that every tenth text has,
# but of that there is enough among the newest. Its planner cannot know, and read a million texts for a word
# that is in none, so no choice is left to it (MATERIALIZED).
STEPS = {
    "sqlite": (
        """
SELECT message.*, {sides}
FROM message_words
JOIN message ON message.position = message_words.rowid
JOIN thread ON thread.id = message.thread
WHERE message_words MATCH :asked AND message_words.rowid < :before {within}
ORDER BY message_words.rowid DESC LIMIT :most
""",
    ),
    "postgresql": (
        """
WITH recent AS MATERIALIZED (
    SELECT rowid, terms FROM message_words {join}
    WHERE rowid < :before {within} ORDER BY rowid DESC LIMIT {recent}
), found AS MATERIALIZED (
    SELECT rowid FROM recent WHERE terms @@ CAST(:asked AS TSQUERY) ORDER BY rowid DESC LIMIT :most
) {shown}
""",
        """
WITH matching AS MATERIALIZED (
    SELECT rowid FROM message_words WHERE terms @@ CAST(:asked AS TSQUERY) {unless_all_seen}
), found AS MATERIALIZED (
    SELECT rowid FROM matching {join}
    WHERE rowid < :before {within} ORDER BY rowid DESC LIMIT :most
) {shown}
""",
    ),
}
UNLESS_ALL_SEEN = """AND {recent} = (
    SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE position < :before {within} LIMIT {recent}) AS seen
)"""
SHOWN = """
SELECT message.*, {sides}
FROM found JOIN message ON message.position = found.rowid JOIN thread ON thread.id = message.thread
ORDER BY found.rowid DESC
"""


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
    names = {f"thread{place}": value for place, value in enumerate(ids)}
    within = f"AND message.thread IN ({', '.join(f':{name}' for name in names)})" if ids else ""
    values = {"asked": asked, "before": before, "most": most, **names}
    recent = RECENT_OF_NUMBER if ids else RECENT
    parts = {
        "within": within,
        "recent": recent,
        "join": "JOIN message ON message.position = rowid" if ids else "",
        "unless_all_seen": UNLESS_ALL_SEEN.format(within=within, recent=recent) if ids else "",
        "sides": SIDES,
        "shown": SHOWN.format(sides=SIDES),
    }
    rows: list[Row] = []
    for step in STEPS[database.dialect]:
        # The second step gives nothing where the first has seen all, and all that the first gave elsewhere.
        rows = max(rows, database.all(step.format(**parts), values), key=len)
        if len(rows) == most:
            break
    return [shown_text(row) for row in rows]
