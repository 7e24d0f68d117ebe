"""Legs of calls: each as far as it was told of, and which of them are one call.

A call to a queue has a leg for the queue and one for each agent who is rung. They name each other
(`entry_point_call_id`, `master_call_id`, `operator_call_id`), not all of them all, and in any order. So each
id that is named is tied to a whole, and wholes that turn out to be one are joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.inbox import values
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

RELATIVES = ("master_call_id", "entry_point_call_id", "operator_call_id")
MOST = 200  # legs of one call that are looked at
# States of what is worked out after the end: they say nothing of how the call stands.
AFTER = frozenset({
    "call_transcription", "csat", "dispositions", "pcsat", "postcall", "recap_action_items", "recap_outcome",
    "recap_purposes", "recap_summary", "transcription", "voicemail_uploaded",
})  # fmt: skip
# How far a state is: after the end nothing begins again, and that it was missed says more than hangup.
RANKS = {"hangup": 3, "abandoned": 4, "blocked": 4, "missed": 4, "voicemail": 5}
# What is kept of a leg, and how it is read. The event itself is kept whole.
FIELDS: dict[str, Any] = {
    "direction": values.name,
    "external_number": values.phone,
    "internal_number": values.phone,
    "date_started": values.seconds,
    "date_rang": values.seconds,
    "date_connected": values.seconds,
    "date_ended": values.seconds,
    "duration": values.length,
    "entry_point_call_id": values.id_of,
}
SIDES = {"contact": ("name",), "target": ("type", "id", "name")}
WEBSITE = {"callcenter": "call_center"}  # REST's word for what events call otherwise

TIES = "SELECT id, whole FROM leg_tie WHERE id IN ({marks})"
TIE = "INSERT INTO leg_tie (id, whole) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET whole = excluded.whole"
JOIN = (
    "UPDATE leg_tie SET whole = ? WHERE whole = ?",
    "UPDATE leg SET whole = ? WHERE whole = ?",
    "UPDATE voicemail SET whole = ? WHERE whole = ?",
)
FIND = "SELECT * FROM leg WHERE id IN ({marks})"
KEEP = """
INSERT INTO leg (id, whole, state, state_at, told_json) VALUES (:id, :whole, :state, :state_at, :told_json)
ON CONFLICT (id) DO UPDATE SET whole = excluded.whole, state = excluded.state, state_at = excluded.state_at,
                               told_json = excluded.told_json
"""
OF_WHOLE = "SELECT * FROM leg WHERE whole IN ({marks})"


def fact(payload: Mapping[str, Any], received_at: float) -> Row | None:
    """What an event, or a row of the list of calls, tells of a leg; None where it has no id."""
    leg = values.id_of(payload.get("call_id"))
    if leg is None:
        return None
    told = {name: read(payload.get(name)) for name, read in FIELDS.items()}
    for side, names in SIDES.items():
        party = values.party(payload.get(side))
        for name in names:
            told[f"{side}_{name}"] = (values.id_of if name == "id" else values.name)(party.get(name))
    told["target_type"] = WEBSITE.get(str(told["target_type"]), told["target_type"])
    state = values.name(payload.get("state"))
    at = values.seconds(payload.get("event_timestamp")) or told["date_ended"] or told["date_started"]
    return {
        "id": leg,
        "state": state,
        "state_at": at or received_at,
        "told": {name: [value, at or received_at] for name, value in told.items() if value is not None},
        "relatives": [
            one for name in RELATIVES if (one := values.id_of(payload.get(name))) not in (None, leg)
        ],
    }


def merge(database: Database, told: Sequence[Row]) -> list[str]:
    """Put facts into the rows of their legs; the wholes that changed, and those that are no more."""
    import json

    gone = _tie(database, told)
    ids = list(dict.fromkeys(one["id"] for one in told))
    known = {row["id"]: row for row in database.all(FIND.format(marks=marks(ids)), ids)}
    for kept in known.values():
        kept["told"] = json.loads(kept["told_json"])
    changed: dict[str, Row] = {}
    for one in told:
        row: Row | None = known.get(one["id"])
        if row is None:
            row = known[one["id"]] = {**one, "told": dict(one["told"])}
            changed[one["id"]] = row
        elif _merge(row, one):
            changed[one["id"]] = row
        row["whole"] = one["whole"]
    rows = [
        {
            **{name: row[name] for name in ("id", "whole", "state", "state_at")},
            "told_json": _json(row["told"]),
        }
        for row in changed.values()
    ]
    if rows:
        database.executemany(KEEP, rows)
    return list(dict.fromkeys([*(row["whole"] for row in rows), *gone, *gone.values()]))


def of_wholes(database: Database, wholes: Sequence[str]) -> dict[str, list[Row]]:
    """The legs of calls, at most so many of one, with what was told of each as `told`."""
    import json

    found: dict[str, list[Row]] = {}
    for row in database.all(OF_WHOLE.format(marks=marks(wholes)), wholes) if wholes else ():
        some = found.setdefault(row["whole"], [])
        if len(some) < MOST:
            told = json.loads(row["told_json"])
            some.append({**row, "told": {name: value for name, (value, _) in told.items()}})
    return found


def rank(state: str | None) -> int:
    """How far a state is; see `RANKS`."""
    if state is None:
        return 0
    return 1 if state in AFTER else RANKS.get(state, 2)


def _merge(row: Row, one: Row) -> bool:
    """Put what a fact knows into a row: of each field the last word, in whatever order they came."""
    told = dict(row["told"])
    for name, word in one["told"].items():
        had = told.get(name)
        if had is None or (word[1], str(word[0])) > (had[1], str(had[0])):
            told[name] = word
    newer = _place(one) > _place(row)
    if told == row["told"] and not newer:
        return False
    row["told"] = told
    if newer:
        row["state"], row["state_at"] = one["state"], one["state_at"]
    return True


def _place(row: Row) -> tuple[int, float, str]:
    return rank(row["state"]), row["state_at"], row["state"] or ""


def _tie(database: Database, told: Iterable[Row]) -> dict[str, str]:
    """Give each fact its `whole`; wholes that are no more, and those they were joined to."""
    told = list(told)
    ids = list(dict.fromkeys(name for one in told for name in (one["id"], *one["relatives"])))
    rows = database.all(TIES.format(marks=marks(ids)), ids) if ids else []
    was = {row["id"]: row["whole"] for row in rows}
    now = dict(was)
    joined: dict[str, str] = {}

    def last(whole: str) -> str:
        while whole in joined:
            whole = joined[whole]
        return whole

    for one in told:
        names = (one["id"], *one["relatives"])
        wholes = sorted({last(now[name]) for name in names if name in now})
        whole = wholes[0] if wholes else (one["relatives"] or [one["id"]])[0]
        for other in wholes[1:]:
            joined[other] = whole
        for name in names:
            now[name] = whole
    fresh = [(name, last(whole)) for name, whole in now.items() if name not in was]
    if fresh:
        database.executemany(TIE, fresh)
    for other in joined:
        for sql in JOIN:
            database.execute(sql, (last(other), other))
    for one in told:
        one["whole"] = last(now[one["id"]])
    return {other: last(other) for other in joined}


def _json(told: Row) -> str:
    import json

    return json.dumps(told, ensure_ascii=False, sort_keys=True)
