"""The inbox with a million texts: searching, a page of a thread; and how quickly events are kept.

    bench/inbox.py [--texts 1000000] [--only keep|million]

Exits 1 over budget. Where `DIALKIT_DATABASE_URL` names a PostgreSQL, that is what is measured, in a schema
of its own (`?schema=bench`), which has to be empty.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from dialkit.inbox import reading, searching, texts, words
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database, bulk
from dialkit.store.inbox_tables import SLOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MILLION = 1_000_000
SEARCH, PAGE = 30.0, 10.0  # ms
KEPT = {"sqlite": 5_000, "postgresql": 2_500}  # events a second, 256 at a time
GROUP, GROUPS = 256, 40
PEOPLE = 20_000
START = 1_700_000_000.0
LAST = """
UPDATE thread SET last_position =
    (SELECT COALESCE(MAX(message.position), 0) FROM message WHERE message.thread = thread.id)
"""
LETTERS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"
COMMON = [
    "hello",
    "thanks",
    "order",
    "ready",
    "kilos",
    "please",
    "tomorrow",
    "the",
    "and",
    "for",
    "you",
    "can",
    "we",
    "is",
    "at",
]
JAPANESE = "注文の準備ができました明日また会いましょう東京駅で待っています"


def vocabulary(chance: random.Random) -> list[str]:
    """Words as rare as those of a language are: a few that everybody uses, many that hardly anybody does."""

    def word() -> str:
        syllables = (chance.choice(LETTERS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 4)))
        return "".join(syllables) + chance.choice(("", "n", "s", "r"))

    made = sorted({word() for _ in range(60_000)})
    chance.shuffle(made)
    return COMMON + made


def sentences(count: int, chance: random.Random) -> list[str]:
    """Texts of a dozen words, by Zipf's law; some in Japanese, some with emoji."""
    known = vocabulary(chance)
    weights = [1 / (rank + 3) for rank in range(len(known))]
    pool = chance.choices(known, weights, k=count * 6)
    found = []
    for number in range(count):
        start = chance.randrange(len(pool) - 20)
        said = " ".join(pool[start : start + chance.randint(4, 18)])
        if number % 50 == 0:
            cut = chance.randrange(len(JAPANESE) - 6)
            said = JAPANESE[cut : cut + 12] + " " + said
        elif number % 20 == 0:
            said += " 🎉"
        found.append(said)
    return found


def fill(database: Database, count: int) -> list[str]:
    """A million texts in twenty thousand threads, by the statements that `keep` uses."""
    chance = random.Random(7)
    pool = sentences(min(count, 100_000), chance)
    began = time.perf_counter()
    people = [f"+1415{number:07}" for number in range(PEOPLE)]
    with database.write() as tx:
        sql = "INSERT INTO thread (ours, theirs, last_position, messages) VALUES (?, ?, 0, 0)"
        tx.executemany(sql, [("+15035550142", number) for number in people])
    ids = [row["id"] for row in database.all("SELECT id FROM thread ORDER BY id")]
    for first in range(0, count, 20_000):
        rows = []
        for number in range(first, min(first + 20_000, count)):
            at = START + number * 30.0
            rows.append(
                {
                    **dict.fromkeys(texts.COLUMNS),
                    "position": int(at * 1000) * SLOTS,
                    "id": str(number),
                    # A few people write a lot: every tenth text is in the first thread.
                    "thread": ids[0] if number % 10 == 0 else ids[chance.randrange(PEOPLE)],
                    "direction": "inbound" if number % 2 else "outbound",
                    "text": pool[number % len(pool)],
                    "mms": 0,
                    "status": "delivered",
                    "status_at": at,
                    "at": at,
                    "is_internal": 0,
                    "source": "event",
                }
            )
        with database.write():
            bulk.put(database, "message", texts.COLUMNS, rows)
            words.put(database, rows)
    with database.write() as tx:
        tx.execute(LAST)
    if database.dialect == "postgresql":
        with database.write() as tx:
            tx.execute("ANALYZE")
    print(f"  filled in {time.perf_counter() - began:.0f} s")
    return pool


def milliseconds(works: Sequence[Callable[[], object]]) -> list[float]:
    """How long each takes, sorted."""
    took = []
    for work in works:
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def told(name: str, took: list[float], budget: float) -> bool:
    p50, p95, worst = took[len(took) // 2], took[int(len(took) * 0.95)], took[-1]
    fine = p95 <= budget
    print(
        f"  {name:28} p50 {p50:7.2f} ms  p95 {p95:7.2f} ms  worst {worst:7.2f} ms"
        f"  budget {budget:g}  {'ok' if fine else 'OVER'}"
    )
    return fine


def million(database: Database, count: int) -> bool:
    """Searching and reading among many texts."""
    print(f"\nthe inbox with {count:,} texts, {database.dialect}")
    pool, chance = fill(database, count), random.Random(8)
    asked = []
    for _ in range(200):
        said = chance.choice(pool).split()
        asked.append(" ".join(chance.sample(said, min(len(said), chance.randint(1, 3)))))
    phrases = [f'"{" ".join(chance.choice(pool).split()[:3])}"' for _ in range(60)]
    beginnings = [chance.choice(pool).split()[-1][:4] for _ in range(60)]
    hard = [
        *COMMON,
        "the and",
        "hello thanks",
        "🎉",
        "東京",
        "京",
        "明日また",
        "ready-order",
        "+1415",
        "kar",
        "zzzz",
    ]
    fine = True
    for name, wanted in (
        ("search: words", asked),
        ("search: next to each other", phrases),
        ("search: beginnings", beginnings),
        ("search: common, rare, emoji", hard * 3),
    ):
        works = [partial(searching.search, database, one) for one in wanted]
        fine &= told(name, milliseconds(works), SEARCH)
    numbers = ["+14150000000", *(f"+1415{chance.randrange(PEOPLE):07}" for _ in range(199))]
    pages = [partial(reading.thread, database, number) for number in numbers]
    fine &= told("a page of a thread", milliseconds(pages), PAGE)
    long = "+14150000000"
    position = int((START + count * 15.0) * 1000) * SLOTS
    deep = [partial(reading.thread, database, long, before=position)] * 50
    fine &= told("a page amid the longest", milliseconds(deep), PAGE)
    return fine & told("the threads", milliseconds([partial(reading.threads, database)] * 50), PAGE)


def event(number: int) -> Arrival:
    """The event of a text that somebody wrote, some of them of texts that are known."""
    payload: dict[str, Any] = {
        "id": 5_000_000_000_000_000 + number - (number % 4 == 3),
        "created_date": 1_772_730_000_000 + number * 5,
        "event_timestamp": 1_772_730_000_000 + number * 5,
        "direction": "inbound" if number % 2 else "outbound",
        "target": {"id": 1, "type": "user", "name": "Mara", "phone_number": "(503) 555-0142"},
        "contact": {"id": "c", "name": "Ada", "phone_number": f"+1415555{number % 5000:04}"},
        "from_number": f"+1415555{number % 5000:04}" if number % 2 else "+15035550142",
        "to_number": ["+15035550142"] if number % 2 else [f"+1415555{number % 5000:04}"],
        "message_status": "pending" if number % 2 else "sent",
        "text": f"Two kilos of number {number}, please, and tomorrow as well",
    }
    return Arrival("sms", payload, json.dumps(payload) + " " * 600, time.time(), "serve")


def keeping(database: Database) -> bool:
    """Events in groups, as a receiver keeps them: each group is on the disk before the next."""
    groups = [[event(group * GROUP + number) for number in range(GROUP)] for group in range(GROUPS)]
    keep(database, [event(10_000_000)])
    cpu, took = time.process_time(), milliseconds([partial(keep, database, some) for some in groups])
    cpu = time.process_time() - cpu
    count = GROUP * GROUPS
    rate, least = count / (sum(took) / 1000), KEPT[database.dialect]
    print(f"\nkeeping events of texts, {GROUP} at a time, {database.dialect}")
    print(
        f"  {rate:,.0f} events/s, {cpu / count * 1e6:.0f} µs of CPU each; a group p50"
        f" {took[len(took) // 2]:.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms"
        f"  budget {least:,}/s  {'ok' if rate >= least else 'OVER'}"
    )
    return rate >= least


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=MILLION)
    parser.add_argument("--only", choices=("keep", "million"))
    args = parser.parse_args()
    fine = True
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        database = stack.enter_context(Database.of({**os.environ, "DIALKIT_HOME": home}))
        if args.only in (None, "keep"):
            fine &= keeping(database)
        if args.only in (None, "million"):
            fine &= million(database, args.texts)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
