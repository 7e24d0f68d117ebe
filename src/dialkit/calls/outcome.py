"""What became of a call, from what Dialpad tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Call = Mapping[str, Any]

# States that say by themselves that nobody was put through. A call reaches the state voicemail whether a
# message was left or not (integrators), so `voicemail` says where it ended, and not that there is one.
UNANSWERED = {
    "missed": "missed",
    "voicemail": "voicemail",
    "voicemail_uploaded": "voicemail",
    "blocked": "blocked",
}
MISSED = ("missed", "voicemail")
# States that a call has only after its end: events about it go on, with recaps and transcripts.
OVER = frozenset({
    "blocked", "call_transcription", "csat", "hangup", "pcsat", "postcall", "recap_action_items",
    "recap_outcome", "recap_purposes", "recap_summary", "transcription", "voicemail_uploaded",
})  # fmt: skip


def outcome(call: Call) -> str:
    """``answered``, ``missed``, ``voicemail``, ``blocked``, ``unanswered`` (outbound), ``unknown``, ``live``.

    A missing duration says nothing: Dialpad leaves out what it does not know.
    """
    if call.get("date_connected") or positive(call.get("duration")):
        return "answered" if over(call) else "live"
    if not over(call) and call.get("state") not in UNANSWERED:
        return "live"
    known = UNANSWERED.get(str(call.get("state")))
    if known:
        return known
    return "unanswered" if call.get("direction") == "outbound" else "unknown"


def missed(call: Call) -> bool:
    """Whether somebody called, and certainly nobody was put through; voicemail counts."""
    return call.get("direction") == "inbound" and outcome(call) in MISSED


def over(call: Call) -> bool:
    """Whether the call has ended."""
    return bool(call.get("date_ended")) or call.get("state") in OVER


def root(call: Call) -> str:
    """What the legs of one call have in common."""
    return str(call.get("master_call_id") or call.get("entry_point_call_id") or call.get("call_id"))


def milliseconds(value: Any) -> int | None:
    """A moment or a length as Dialpad writes it, text or number; None where it is not told."""
    try:
        return int(float(value)) if value not in (None, "") else None
    except (TypeError, ValueError, OverflowError):
        return None


def positive(value: Any) -> bool:
    """Whether a length was told, and is more than nothing."""
    return (milliseconds(value) or 0) > 0


def iso(value: Any) -> str | None:
    """A moment in ms as ISO 8601 in UTC, None where it is not told."""
    import time

    moment = milliseconds(value)
    if moment is None or not 0 <= moment < 253_402_300_800_000:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment // 1000))
