"""Words of texts, as they are found again: the same cut for what is kept and for what is looked for.

SQLite's trigrams were weighed: they take three times the room, cannot find what is shorter than three
characters, which in Japanese is most words, and leave PostgreSQL to an extension. Here a text is cut in
Python, and both databases get the pieces: a run of letters and digits, without case and accents; each
character of a script that is written without spaces; each emoji or sign. What is looked for is one or more
such runs that stand next to each other, so that ``foo-bar`` finds foo-bar and "foo bar", and no character of
it is an operator.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from dialkit.store import bulk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

MOST = 2000  # pieces of one text that are kept
ASKED = 32  # pieces that are looked for
LONGEST_ASKED = 1000  # characters
LONGEST = 64  # characters of a piece
PREFIX = 4  # bytes of the beginning of a word that finds it: four Latin letters, two syllables of Hangul

# Written without spaces: each character counts by itself. Thai, Lao, Myanmar, Khmer, kana, Han, and the like.
ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
PIECE = re.compile(rf"[{ALONE}]|[^\W_{ALONE}]+|[^\w\s]")
MARKS = re.compile("[\u0300-\u036f]+")  # accents of Latin, Greek and Cyrillic letters
# Which signs count: emoji and the like, and currencies. Those that only colour or join others do not.
SIGNS = ("So", "Sc", "Cn")
JOINING = frozenset("\u200d\ufe0e\ufe0f")

TABLE = "message_words"
COLUMNS = ("rowid", "terms")
ADD = {
    "sqlite": "INSERT INTO message_words (rowid, terms) VALUES (:rowid, :terms)",
    "postgresql": f"""
        INSERT INTO message_words (rowid, terms)
        SELECT CAST(one.rowid AS BIGINT), CAST(one.terms AS TSVECTOR) FROM {bulk.as_table(COLUMNS)}
        ON CONFLICT (rowid) DO UPDATE SET terms = excluded.terms
    """,  # noqa: S608
}
REMOVE = "DELETE FROM message_words WHERE rowid = ?"


def pieces(text: str) -> list[str]:
    """The pieces of a text, in their order."""
    plain = text.casefold() if text.isascii() else _plain(text)
    return [piece[:LONGEST] for piece in PIECE.findall(plain) if piece.isalnum() or _is_sign(piece)]


def _plain(text: str) -> str:
    """Without case, accents, and differences that only look like some, such as full width."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", MARKS.sub("", split))


def _is_sign(piece: str) -> bool:
    if piece in JOINING or "\U0001f3fb" <= piece <= "\U0001f3ff":  # skin
        return False
    return unicodedata.category(piece[0]) in SIGNS


def put(database: Database, fresh: Sequence[Row], changed: Sequence[Row] = ()) -> None:
    """Keep the words of texts, by their position; of those that changed, in place of the words before."""
    take(database, [row["position"] for row in changed])
    form = FORMS[database.dialect]
    found = [(row["position"], form(pieces(row["text"])[:MOST])) for row in (*fresh, *changed) if row["text"]]
    rows = [{"rowid": position, "terms": terms} for position, terms in found if terms]
    if rows and database.dialect == "postgresql":
        database.execute(ADD["postgresql"], bulk.as_lists(rows, COLUMNS))
    elif rows:
        database.executemany(ADD["sqlite"], rows)


def take(database: Database, taken: Sequence[int]) -> None:
    """Forget the words of texts, by their position."""
    if taken:
        database.executemany(REMOVE, [(position,) for position in taken])


def _vector(found: Sequence[str]) -> str:
    """The pieces as PostgreSQL's `tsvector`, with their places."""
    return " ".join(f"{_quoted(piece)}:{place}" for place, piece in enumerate(found, 1))


def _quoted(piece: str) -> str:
    return "'" + piece.replace("\\", "\\\\").replace("'", "''") + "'"


FORMS = {"sqlite": " ".join, "postgresql": _vector}


class Run(NamedTuple):
    """Pieces that must stand together, and whether they are meant as they stand: in double quotes."""

    pieces: list[str]
    quoted: bool


def asked(text: str) -> list[Run]:
    """What somebody looks for; nothing where there is no word in it.

    What stands together, or in double quotes, must stand together.
    """
    runs: list[Run] = []
    left = ASKED
    for quoted, plain in re.findall(r'"([^"]*)"?|([^\s"]+)', text[:LONGEST_ASKED]):
        found = pieces(quoted or plain)[:left]
        left -= len(found)
        if found:
            runs.append(Run(found, bool(quoted)))
    return runs


def query(runs: Sequence[Run], dialect: str, *, beginnings: bool) -> str:
    """What a database is to match: all runs; with `beginnings`, more may follow the last piece of each.

    Of a number its beginning always counts: who looks for +1415 means numbers that begin so.
    """
    parts = []
    for run in runs:
        last = run.pieces[-1]
        may = last.isdecimal() or (beginnings and not run.quoted)
        parts.append(FORMS_ASKED[dialect](run.pieces, may and len(last.encode()) >= PREFIX))
    return (" AND " if dialect == "sqlite" else " & ").join(parts)


def _fts5(run: Sequence[str], is_open: bool) -> str:
    quoted = " ".join(run).replace('"', '""')
    return f'"{quoted}"' + (" *" if is_open else "")


def _tsquery(run: Sequence[str], is_open: bool) -> str:
    *before, last = map(_quoted, run)
    return "(" + " <-> ".join([*before, last + (":*" if is_open else "")]) + ")"


FORMS_ASKED = {"sqlite": _fts5, "postgresql": _tsquery}
