"""Links to recordings and call reviews, for others to open."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from dialkit.sandbox.resource import Resource, handlers_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 44  # characters of a link's id
PAGES = "https://dialpad.example"


def link_id(world: World, kind: str) -> str:
    """A new link's id: letters and digits that follow from the seed."""
    number = world.count(f"{kind} links")
    return "".join(DIGITS[world.draw(62, "link", kind, number, place)] for place in range(LENGTH))


def recorded(world: World, recording_id: str, kind: str) -> Record:
    """A recording or voicemail that can be heard. Raises `Refusal` 404, also for one of another kind."""
    table = world.voicemails if kind == "voicemail" else world.recordings
    found = table.find(recording_id)
    if found is None or found["recording_type"] != kind or found["duration"] is None:
        raise Refusal(404, f"recording_id: no {kind} has the id {recording_id[:80]}.")
    return found


def share_recording(world: World, call: Call) -> Record:
    """A new link to a recording, by default for its owner only."""
    kind = call.body["recording_type"]
    recording = recorded(world, call.body["recording_id"], kind)
    fresh = link_id(world, "recording")
    return world.recording_links.put(
        {
            "id": fresh,
            "access_link": f"{PAGES}/recording/{kind}/{fresh}",
            "call_id": recording["call_id"],
            "created_by_id": call.user_id,
            "date_added": world.stamp(),
            "item_id": str(recording["id"]),
            "privacy": call.body.get("privacy", "owner"),
            "type": kind,
        }
    )


def share_review(world: World, call: Call) -> Record:
    """A new link to a call's review, by default for the company."""
    call_id = call.body.get("call_id")
    if call_id is None:
        raise Refusal(400, "call_id: is required")
    if call_id not in world.calls:
        raise Refusal(404, f"call_id: no call has the id {call_id}.")
    fresh = link_id(world, "review")
    return world.review_links.put(
        {
            "id": fresh,
            "access_link": f"{PAGES}/shared/call/{fresh}",
            "call_id": call_id,
            "privacy": call.body.get("privacy", "company"),
        }
    )


HANDLERS = {
    **handlers_of(
        (
            Resource(
                "recording_links",
                gets="recording_share_link.get",
                changes=("recording_share_link.update",),
                deletes="recording_share_link.delete",
            ),
            Resource(
                "review_links",
                gets="call_review_share_link.get",
                changes=("call_review_share_link.update",),
                deletes="call_review_share_link.delete",
            ),
        )
    ),
    "recording_share_link.create": share_recording,
    "call_review_share_link.create": share_review,
}
