"""What a user does with the call they are on: recording, begun and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.calls import recordings
from dialkit.sandbox.operations.calls.legs import connected_leg
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# What is recorded on a call of a group, by the document's words; on other calls it counts for nothing.
KINDS = {
    "user": (recordings.ORDINARY,),
    "group": (recordings.ADMIN,),
    "all": (recordings.ORDINARY, recordings.ADMIN),
}


def update(world: World, call: Call) -> Record:
    """Begin or end the recording of a user's live call. Raises `Refusal` 409 where there is none.

    Without `is_recording` nothing changes. A notice that people on the line hear is kept with the call.
    """
    user_id = int(call.path["id"])
    leg = connected_leg(world, user_id)
    if leg is None:
        raise Refusal(409, f"id: the user {user_id} is on no call now.")
    wanted = call.body.get("is_recording")
    kinds = KINDS[call.body.get("recording_type", "user") if leg["group_type"] else "user"]
    if wanted is not None and call.body.get("play_message", True):
        notice = {"at": world.milliseconds(), "recording": wanted}
        world.calls.change(leg["call_id"], notices=[*leg.get("notices", ()), notice])
    if wanted:
        for kind in kinds:
            recordings.start_recording(world, leg, kind)
    elif wanted is not None:
        recordings.stop_recordings(world, leg, kinds)
    running = bool(recordings.running_recordings(world, leg))
    return {"id": leg["call_id"], "call_state": leg["state"], "is_recording": running}


HANDLERS = {"users.update_active_call": update}
