"""Calls, each made of its legs, and the voicemails that were left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.calls.outcome import outcome
from dialkit.inbox import legs, positions, values
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialkit.inbox.keeping import Arrival
    from dialkit.store import Database
    from dialkit.store.database import Row

# Of the legs of one call, whose outcome is the call's.
WEIGHT = ("answered", "live", "voicemail", "blocked", "missed", "unanswered", "unknown")
SAME = {"abandoned": "missed"}  # who waited in a queue, and gave up
COLUMNS = (
    "whole", "position", "id", "direction", "outcome", "number", "ours", "contact_name", "target_type",
    "target_id", "target_name", "answered_by", "started_at", "connected_at", "ended_at", "duration", "legs",
)  # fmt: skip
POSITIONS = "SELECT whole, position FROM phone_call WHERE whole IN ({marks})"
GONE = "DELETE FROM phone_call WHERE whole IN ({marks})"
KEEP = f"""
INSERT INTO phone_call ({", ".join(COLUMNS)}) VALUES ({", ".join(f":{name}" for name in COLUMNS)})
ON CONFLICT (whole) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])}
"""  # noqa: S608
VOICEMAILS = "SELECT * FROM voicemail WHERE whole IN ({marks})"
ADD_VOICEMAIL = """
INSERT INTO voicemail (id, whole, at, duration, link, text) VALUES (:id, :whole, :at, :duration, :link, :text)
ON CONFLICT (id) DO UPDATE SET
    at = CASE WHEN excluded.at < voicemail.at THEN excluded.at ELSE voicemail.at END,
    link = CASE WHEN voicemail.redacted = 1 THEN NULL ELSE COALESCE(voicemail.link, excluded.link) END,
    duration = COALESCE(voicemail.duration, excluded.duration),
    text = CASE WHEN voicemail.redacted = 1 THEN NULL ELSE COALESCE(voicemail.text, excluded.text) END
"""


def project(database: Database, arrivals: Sequence[Arrival]) -> None:
    """Make calls and voicemails of events, within the transaction that keeps them."""
    told, left = [], []
    for one in arrivals:
        found = legs.fact(one.payload, one.received_at)
        if found is not None:
            told.append(found)
            left.append((found, _voicemail(one.payload, found)))
    merge(database, told)
    voicemails = [{**row, "whole": found["whole"]} for found, row in left if row is not None]
    if voicemails:
        database.executemany(ADD_VOICEMAIL, voicemails)


def merge(database: Database, told: Sequence[Row]) -> None:
    """Put facts into legs, and make their calls anew."""
    touched = legs.merge(database, told) if told else []
    if not touched:
        return
    by_whole = legs.of_wholes(database, touched)
    known = {
        row["whole"]: row["position"] for row in database.all(POSITIONS.format(marks=marks(touched)), touched)
    }
    gone = [whole for whole in known if whole not in by_whole]
    if gone:
        database.execute(GONE.format(marks=marks(gone)), gone)
    made = [_made(whole, of) for whole, of in by_whole.items()]
    fresh = [row for row in made if row["whole"] not in known]
    free = positions.free(database, "phone_call", [row["started_at"] for row in fresh])
    known |= dict(zip((row["whole"] for row in fresh), free, strict=True))
    database.executemany(KEEP, [{**row, "position": known[row["whole"]]} for row in made])


def _made(whole: str, of: Sequence[Row]) -> Row:
    """A call, of its legs: how it came in by the first, who took it by the one that was answered."""
    ordered = sorted(of, key=lambda leg: (_moment(leg), leg["id"]))
    # The leg by which it came in; others were made for it.
    begun = next((leg for leg in ordered if not leg["told"].get("entry_point_call_id")), ordered[0])
    first = begun["told"]
    outcomes = [(outcome(_as_answer(leg)), leg["told"]) for leg in ordered]
    best = min((word for word, _ in outcomes), key=WEIGHT.index)
    takers = [told for word, told in outcomes if word == "answered" and told.get("target_type") == "user"]
    spoken = [told for word, told in outcomes if word in ("answered", "live")]
    ended = [told["date_ended"] for _, told in outcomes if "date_ended" in told]
    return {
        "whole": whole,
        "id": begun["id"],
        "direction": first.get("direction"),
        "outcome": best,
        "number": _any("external_number", first, ordered),
        "ours": first.get("internal_number"),
        "contact_name": _any("contact_name", first, ordered),
        "target_type": first.get("target_type"),
        "target_id": first.get("target_id"),
        "target_name": first.get("target_name"),
        "answered_by": takers[0].get("target_name") if takers else None,
        "started_at": min(_moment(leg) for leg in ordered),
        "connected_at": min(
            (told["date_connected"] for told in spoken if "date_connected" in told), default=None
        ),
        "ended_at": max(ended) if len(ended) == len(ordered) else None,
        "duration": max((told["duration"] for told in spoken if "duration" in told), default=None),
        "legs": len(ordered),
    }


def _any(name: str, first: Row, ordered: Sequence[Row]) -> Any:
    return first.get(name) or next((leg["told"][name] for leg in ordered if leg["told"].get(name)), None)


def _moment(leg: Row) -> float:
    return float(leg["told"].get("date_started") or leg["state_at"])


def _as_answer(leg: Row) -> Row:
    """A leg as `dialkit.calls.outcome` reads it."""
    return {**leg["told"], "state": SAME.get(leg["state"], leg["state"])}


def _voicemail(payload: Mapping[str, Any], fact: Row) -> Row | None:
    """The message that was left; that a call came to the voicemail alone proves none."""
    recording = values.id_of(payload.get("voicemail_recording_id"))
    link = values.name(payload.get("voicemail_link"))
    if not (recording or link or fact["state"] == "voicemail_uploaded"):
        return None
    details = payload.get("recording_details")
    lengths = [
        values.length(one.get("duration"))
        for one in (details if isinstance(details, list) else ())
        if isinstance(one, dict) and one.get("recording_type") == "voicemail"
    ]
    return {
        "id": recording or fact["id"],
        "at": values.seconds(payload.get("date_ended")) or fact["state_at"],
        "duration": next((one for one in lengths if one is not None), None),
        "link": link,
        "text": values.text(payload.get("transcription_text")) or None,
    }
