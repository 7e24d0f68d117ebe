"""Transcripts and recaps of calls that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.conversation.words import recap_of, transcript_lines
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def get(world: World, call: Call) -> Record:
    """What was said on a call; of one without a transcript the id alone."""
    leg = world.calls.get(call.path["call_id"])
    return {"call_id": leg["call_id"], "lines": transcript_lines(world, leg) or None}


def get_url(world: World, call: Call) -> Record:
    """The address of the page that shows the transcript, whether there is one or not."""
    call_id = world.calls.get(call.path["call_id"])["call_id"]
    return {
        "call_id": call_id,
        "url": f"https://dialpad.example/callhistory/callreview/{call_id}?tab=transcript",
    }


def get_recap(world: World, call: Call) -> Record:
    """What the AI made of a call; where it made nothing, as the switch ``recap-missing`` says."""
    leg = world.calls.get(call.path["id"])
    found = recap_of(world, leg, call.query.get("summary_format", "medium"))
    if found is None and world.switch("recap-missing") == "refused":
        raise Refusal(404, f"id: the call {leg['call_id']} has no recap.")
    return found or {"call_id": str(leg["call_id"])}


HANDLERS = {"transcripts.get": get, "transcripts.get_url": get_url, "call.ai_recap": get_recap}
