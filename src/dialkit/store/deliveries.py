"""Work that follows from events: one row for an event and a target that is to get it.

    waiting ──► claimed ──► done
       ▲           │
       └── again ──┴──► dead, which a person may have tried again, or dropped

A row is added in the transaction that keeps its event. Who works claims for a while; a claim that is over
goes back to waiting, so each event reaches its target at least once, and once where the answer arrives. Of
several who work, nobody waits for another (PostgreSQL: SKIP LOCKED), and only who claimed a row settles it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialkit.store.database import Database, Row

WAITING, CLAIMED, DONE, DEAD, DROPPED = "waiting", "claimed", "done", "dead", "dropped"
OPEN = (WAITING, CLAIMED, DEAD)  # what `dialpad events pending` shows

ADD = """
INSERT INTO delivery (event_id, target, state, attempts, added_at, next_at) VALUES (?, ?, 'waiting', 0, ?, ?)
ON CONFLICT (event_id, target) DO NOTHING
"""
FREE = """
UPDATE delivery SET state = 'waiting', claimed_by = NULL, next_at = :now
WHERE id IN (SELECT id FROM delivery WHERE target = :target AND state = 'claimed' AND claimed_until <= :now
             {locking})
"""
CLAIM = """
UPDATE delivery SET state = 'claimed', claimed_by = :who, claimed_until = :until, attempts = attempts + 1,
                    first_at = COALESCE(first_at, :now)
WHERE id IN (SELECT id FROM delivery WHERE target = :target AND state = 'waiting' AND next_at <= :now
             ORDER BY next_at, id LIMIT :most {locking})
RETURNING id, event_id, target, attempts, first_at
"""
LOCKING = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}
FORGET = "DELETE FROM delivery WHERE event_id IN ({marks})"
# One that was redacted has no body any more, and is of no use to those who verify it.
EVENTS = "SELECT id, kind, body, payload_json FROM event WHERE id IN ({marks}) AND body <> ''"
SETTLE = """
UPDATE delivery SET state = :state, last_error = :error, next_at = :next_at, done_at = :done_at,
                    claimed_by = NULL, claimed_until = NULL
WHERE id = :id AND claimed_by = :who AND state = 'claimed'
"""
GIVE_BACK = """
UPDATE delivery SET state = 'waiting', claimed_by = NULL, claimed_until = NULL, attempts = attempts - 1,
                    first_at = CASE WHEN attempts > 1 THEN first_at END
WHERE id = ? AND claimed_by = ? AND state = 'claimed'
"""
HASTEN = """
UPDATE delivery SET next_at = :now
WHERE id IN (SELECT id FROM delivery WHERE target = :target AND state = 'waiting' AND next_at > :latest
             {locking})
"""
CLAIMERS = "SELECT DISTINCT claimed_by FROM delivery WHERE state = 'claimed' AND claimed_by <> ?"
CLAIMED_BY = "SELECT * FROM delivery WHERE state = 'claimed' AND claimed_by = ?"
NEXT = "SELECT MIN(next_at) AS next_at FROM delivery WHERE target = ? AND state = 'waiting'"
LIST = """
SELECT delivery.*, event.kind, event.happened_at FROM delivery LEFT JOIN event ON event.id = delivery.event_id
WHERE delivery.state IN ({states}) ORDER BY delivery.id DESC LIMIT ?
"""
DEAD_OF = """
SELECT delivery.*, event.payload_json FROM delivery JOIN event ON event.id = delivery.event_id
WHERE delivery.state = 'dead' AND delivery.target IN ({targets}) ORDER BY delivery.id DESC LIMIT ?
"""
OF_EVENT = "SELECT * FROM delivery WHERE event_id = ? ORDER BY id"
GET = "SELECT * FROM delivery WHERE id = ?"
COUNT = "SELECT target, state, COUNT(*) AS number FROM delivery GROUP BY target, state ORDER BY target, state"
# Each state by the index that has only it.
STANDING = """
SELECT target, 'waiting' AS state, COUNT(*) AS number FROM delivery WHERE state = 'waiting' GROUP BY target
UNION ALL
SELECT target, 'claimed', COUNT(*) FROM delivery WHERE state = 'claimed' GROUP BY target
UNION ALL
SELECT target, 'dead', COUNT(*) FROM delivery
WHERE state = 'dead' AND state IN ('waiting', 'claimed', 'dead') GROUP BY target
"""
AGAIN = """
UPDATE delivery SET state = 'waiting', next_at = :now, attempts = 0, first_at = NULL, done_at = NULL
WHERE state IN ('waiting', 'dead')
"""
AGAIN_ONE = AGAIN + "AND id = :id"
DROP = """
UPDATE delivery SET state = 'dropped', done_at = :now WHERE state IN ('waiting', 'dead') AND id = :id
"""


class Settled(NamedTuple):
    """What became of a claim: ``done``, ``dead``, ``dropped``, or ``waiting`` until `next_at`; and why."""

    id: int
    state: str
    error: str | None = None
    next_at: float = 0.0


def add(tx: Any, event_ids: Iterable[int], targets: Sequence[str], now: float) -> None:
    """Have events brought to targets, within the transaction that keeps them; the same twice is one."""
    rows = [(event_id, target, now, now) for event_id in event_ids for target in targets]
    if rows:
        tx.executemany(ADD, rows)


def turn(
    database: Database,
    who: str,
    settled: Sequence[Settled],
    wanted: Sequence[tuple[str, int, float]],
    now: float,
    *,
    back: Sequence[int] = (),
) -> list[Row]:
    """One transaction of who works: settle what was claimed, and claim more of what is due.

    `wanted`: target, how many at the most, and until when they are claimed (seconds since 1970). `back`: ids
    of claims that were not begun, or not finished; they wait again, as if they had not been claimed. A row
    that comes back has ``id``, ``event_id``, ``target``, ``attempts`` (this one counted), ``first_at``, and
    of its event ``kind``, ``body`` and ``payload_json``.
    """
    free, claim = (sql.format(locking=LOCKING[database.dialect]) for sql in (FREE, CLAIM))
    claimed: list[Row] = []
    with database.write() as tx:
        _settle(tx, who, settled, now)
        if back:
            tx.executemany(GIVE_BACK, [(one, who) for one in back])
        for target, most, until in wanted:
            values = {"target": target, "most": most, "who": who, "now": now, "until": until}
            tx.execute(free, {"target": target, "now": now})
            claimed += tx.execute(claim, values).fetchall()
        return _with_events(database, tx, sorted(claimed, key=lambda row: row["id"]), who, now)


def hasten(database: Database, targets: Iterable[str], now: float, latest: float) -> None:
    """Have what waits until after `latest` tried now: so long it waits where a clock was set back."""
    sql = HASTEN.format(locking=LOCKING[database.dialect])
    with database.write() as tx:
        for target in targets:
            tx.execute(sql, {"target": target, "now": now, "latest": latest})


def claimers(database: Database, who: str) -> list[str]:
    """Who has claimed something, but for `who`."""
    return [str(row["claimed_by"]) for row in database.all(CLAIMERS, (who,))]


def claimed_by(database: Database, who: str) -> list[Row]:
    """What somebody has claimed."""
    return database.all(CLAIMED_BY, (who,))


def settle(database: Database, who: str, settled: Sequence[Settled], now: float) -> int:
    """What became of claims of somebody's; how many of them were still theirs."""
    with database.write() as tx:
        return _settle(tx, who, settled, now)


def next_at(database: Database, targets: Iterable[str]) -> float | None:
    """When something for one of the targets is due; None where nothing waits."""
    rows = [database.one(NEXT, (target,)) for target in targets]
    moments = [row["next_at"] for row in rows if row is not None and row["next_at"] is not None]
    return min(moments, default=None)


def listed(database: Database, states: Sequence[str] = OPEN, most: int = 1000) -> list[Row]:
    """Rows in these states, the newest first, each with the kind and time of its event."""
    sql = LIST.format(states=marks(states))
    return database.all(sql, (*states, most))


def dead(database: Database, targets: Sequence[str], most: int) -> list[Row]:
    """What was given up for these targets, the newest first, each with what its event says."""
    return database.all(DEAD_OF.format(targets=marks(targets)), (*targets, most)) if targets else []


def of_event(database: Database, event_id: int) -> list[Row]:
    """Whom one event is brought to, and how that stands."""
    return database.all(OF_EVENT, (event_id,))


def counts(database: Database) -> list[Row]:
    """How many there are: rows of ``target``, ``state``, ``number``."""
    return database.all(COUNT)


def standing(database: Database) -> list[Row]:
    """How many each target has not taken: rows of ``target``, ``state``, ``number``."""
    return database.all(STANDING)


def get(database: Database, delivery_id: int) -> Row | None:
    """One row."""
    return database.one(GET, (delivery_id,))


def again(database: Database, delivery_id: int | None, now: float) -> int:
    """Have one tried again at once, as if it were new, or all that wait or are dead; how many there were."""
    with database.write() as tx:
        if delivery_id is None:
            return int(tx.execute(AGAIN, {"now": now}).rowcount)
        return int(tx.execute(AGAIN_ONE, {"id": delivery_id, "now": now}).rowcount)


def drop(database: Database, delivery_id: int, now: float) -> int:
    """Give one up for good; how many there were."""
    with database.write() as tx:
        return int(tx.execute(DROP, {"id": delivery_id, "now": now}).rowcount)


def forget(tx: Any, event_ids: Sequence[Any]) -> None:
    """Nothing is left of what follows from these events, within the transaction that removes them."""
    tx.execute(FORGET.format(marks=marks(event_ids)), event_ids)


def _settle(tx: Any, who: str, settled: Iterable[Settled], now: float) -> int:
    rows = [
        {**one._asdict(), "who": who, "done_at": None if one.state == WAITING else now} for one in settled
    ]
    return int(tx.executemany(SETTLE, rows)) if rows else 0


def _with_events(database: Database, tx: Any, rows: Sequence[Row], who: str, now: float) -> list[Row]:
    """The rows with their events. One whose event was pruned or redacted in the meantime ends."""
    ids = list({row["event_id"] for row in rows})
    found = database.all(EVENTS.format(marks=marks(ids)), ids) if ids else []
    events = {event["id"]: event for event in found}
    gone = [row for row in rows if row["event_id"] not in events]
    _settle(tx, who, [Settled(row["id"], DROPPED, "the event was pruned or redacted") for row in gone], now)
    return [{**events[row["event_id"]], **row} for row in rows if row["event_id"] in events]
