"""What was said on a call: as Dialpad gives it, as plain text, as subtitles (SRT)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.calls.outcome import milliseconds
from dialkit.errors import NotFound

if TYPE_CHECKING:
    from dialkit.client import Dialpad

    Row = dict[str, Any]

SPOKEN = "transcript"  # the kind of line that holds words; the others are marks that the AI set
# How long a subtitle stands where the next line says nothing of it: people speak some 15 characters a second.
PER_SECOND, LEAST, MOST = 15, 1000, 7000


def read(client: Dialpad, call_id: int) -> Row:
    """The transcript, its lines in the order they were said: ``{"call_id", "lines"}``.

    Raises `NotFound` for an unknown call, and for one without a transcript, which Dialpad answers with the
    id alone.
    """
    found = client.request("transcripts.get", {"call_id": call_id}).json() or {}
    lines = found.get("lines")
    if not lines:
        raise NotFound(
            f"the call {call_id} has no transcript",
            status=None,
            operation="transcripts.get",
            hint="it comes some minutes after the call, where Dialpad's AI was on; "
            f"what is known of the call: dialpad call get {call_id}",
        )
    return {**found, "lines": sorted(lines, key=lambda line: _moment(line) or 0)}


def text(transcript: Row) -> str:
    """One line for each that was spoken: when, who, what."""
    return "".join(
        f"[{_clock(_moment(line))}] {line.get('name') or 'unknown'}: {_plain(line)}\n"
        for line in _spoken(transcript)
    )


def srt(transcript: Row, connected: Any = None) -> str:
    """Subtitles, counted from `connected` (ms, the call's `date_connected`), else from the first line."""
    lines = _spoken(transcript)
    moments = [_moment(line) for line in lines]
    known = [moment for moment in moments if moment is not None]
    zero = milliseconds(connected)
    if zero is None or (known and zero > known[0]):
        zero = known[0] if known else 0
    starts: list[int] = []
    for moment in moments:
        before = starts[-1] if starts else 0
        starts.append(max(before, moment - zero) if moment is not None else before)
    blocks = []
    for number, (line, start) in enumerate(zip(lines, starts, strict=True), 1):
        words = f"{line.get('name') or 'unknown'}: {_plain(line)}"
        end = start + max(LEAST, min(MOST, len(words) * 1000 // PER_SECOND))
        if number < len(starts) and starts[number] > start:
            end = min(end, starts[number])
        blocks.append(f"{number}\n{_stamp(start)} --> {_stamp(end)}\n{words}\n")
    return "\n".join(blocks)


def _spoken(transcript: Row) -> list[Row]:
    return [line for line in transcript["lines"] if line.get("type", SPOKEN) == SPOKEN and _plain(line)]


def _plain(line: Row) -> str:
    # An empty line would end a subtitle, and an arrow would be taken for its times.
    return " ".join(str(line.get("content") or "").split()).replace("-->", "->")


def _moment(line: Row) -> int | None:
    """When it was said, in ms: ISO 8601 in UTC without a zone, as Dialpad writes it, or epoch ms."""
    from datetime import UTC, datetime

    value = line.get("time")
    if isinstance(value, str) and not value.isdecimal():
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    return milliseconds(value)


def _clock(moment: int | None) -> str:
    import time

    return time.strftime("%H:%M:%S", time.gmtime(moment // 1000)) if moment is not None else "--:--:--"


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{rest:03}"
