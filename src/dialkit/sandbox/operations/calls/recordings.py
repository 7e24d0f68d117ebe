"""Recordings of calls: begun and ended while people talk, ready some seconds later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.conversation.sound import tone
from dialkit.sandbox.events.call_event import tell
from dialkit.sandbox.http.files import MAKERS, File

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

ORDINARY, ADMIN = "callrecording", "admincallrecording"
STATES = {ORDINARY: "recording", ADMIN: "admin_recording"}  # what is told when one is ready
READY = 5.0  # seconds from its end until a recording can be heard


def start_recording(world: World, leg: Record, kind: str) -> Record:
    """Begin a recording of one kind; one of that kind that runs goes on."""
    for running in running_recordings(world, leg):
        if running["recording_type"] == kind:
            return running
    world.calls.change(leg["call_id"], was_recorded=True)
    return world.recordings.put(
        {
            "id": world.new_id(),
            "call_id": leg["call_id"],
            "recording_type": kind,
            "start_time": world.milliseconds(),
            "length": None,  # known when it ends
            "duration": None,  # told when it is ready
        }
    )


def running_recordings(world: World, leg: Record) -> list[Record]:
    """The recordings of a leg that run now."""
    return [found for found in world.recordings.where("call", leg["call_id"]) if found["length"] is None]


def stop_recordings(world: World, leg: Record, kinds: tuple[str, ...] = (ORDINARY, ADMIN)) -> None:
    """End the recordings of a leg that run."""
    for running in running_recordings(world, leg):
        if running["recording_type"] in kinds:
            world.recordings.change(running["id"], length=world.milliseconds() - running["start_time"])
            world.later(READY, "recordings.ready", recording_id=running["id"])


def ready(world: World, recording_id: int) -> None:
    """A recording can be heard from now on."""
    recording = world.recordings.get(recording_id)
    world.recordings.change(recording_id, duration=recording["length"])
    leg = world.calls.get(recording["call_id"])
    tell(world, leg, STATES[recording["recording_type"]])


def sound_file(world: World, name: str) -> File:
    """The sound of a recording, at its address."""
    recording = world.recordings.get(name.removesuffix(".wav"))
    return File(tone(recording["id"] % 24), "audio/wav")


MAKERS["recordings"] = sound_file
HANDLERS: dict[str, Handler] = {}
JOBS = {"recordings.ready": ready}
