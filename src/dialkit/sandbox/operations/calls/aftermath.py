"""What comes after the hangup: the work after a call, recordings, transcript, recap, survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.conversation.words import begin_recap, begin_transcript
from dialkit.sandbox.events.call_event import RECAP, tell
from dialkit.sandbox.operations.calls.recordings import stop_recordings
from dialkit.sandbox.operations.groups import duty

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

TRANSCRIBED, RECAPPED, SURVEYED = 12.0, 30.0, 45.0  # seconds after the hangup
LEAST_WORDS = 8_000  # ms; an AI makes nothing of a shorter talk
ANSWERS_SURVEY = 4  # one caller of a call center in so many


def follow_up(world: World, leg: Record) -> None:
    """Begin what follows from a connected leg that has ended."""
    stop_recordings(world, leg)
    if leg["target_type"] == "user":
        world.counters.put({"id": f"idle {leg['target_id']}", "value": world.milliseconds()})
        rest(world, leg)
    talked = leg["target_type"] in ("user", "room") and (leg["talk_time"] or 0) >= LEAST_WORDS
    # Whoever speaks to a voicemail speaks alone: there is no conversation to be read, or summed up.
    if talked and leg.get("vi_enabled") and not leg["plan"].get("alone"):
        world.later(TRANSCRIBED, "aftermath.transcribe", call_id=leg["call_id"])
    asked = leg["target_type"] == "callcenter" and leg["direction"] == "inbound"
    if asked and not world.draw(ANSWERS_SURVEY, "survey", leg["call_id"]):
        world.later(SURVEYED, "aftermath.survey", call_id=leg["call_id"])


def rest(world: World, leg: Record) -> None:
    """An agent is available again, after the time that their call center gives to finish a call off."""
    user_id = leg["target_id"]
    if user_id not in world.users or world.calls.where("live", user_id):
        return
    pause = 0
    if leg["group_type"] == "callcenter" and leg["date_connected"]:
        center = world.call_centers.find(leg["group_target"]) or {}
        pause = (center.get("advanced_settings") or {}).get("max_wrap_up_seconds") or 0
    if pause:
        duty.set_status(world, user_id, "wrapup")
        world.later(pause, "aftermath.available", user_id=user_id, call_id=leg["call_id"])
    else:
        duty.set_status(world, user_id, "available")


def available(world: World, user_id: int, call_id: int) -> None:
    """The time to finish a call off is over; unless another call came since."""
    del call_id
    if not world.calls.where("live", user_id) and duty.duty_of(world, user_id)["status"] == "wrapup":
        duty.set_status(world, user_id, "available")


def transcribe(world: World, call_id: int) -> None:
    """The transcript is there; the recap takes a little longer."""
    leg = world.calls.get(call_id)
    world.transcripts.put(begin_transcript(world, leg))
    tell(world, leg, "call_transcription")
    world.later(RECAPPED - TRANSCRIBED, "aftermath.recap", call_id=call_id)


def recap(world: World, call_id: int) -> None:
    """The recap is there, told part by part; the outcome is told to call centers as a disposition too."""
    leg = world.calls.get(call_id)
    world.recaps.put(begin_recap(world, leg))
    for state in RECAP:
        tell(world, leg, state)
    if leg["group_type"] == "callcenter":
        tell(world, leg, "dispositions")


def survey(world: World, call_id: int) -> None:
    """The caller has answered the survey after the call."""
    score = str(5 - world.draw(3, "score", call_id))
    tell(world, world.calls.change(call_id, csat_score=score), "csat")


HANDLERS: dict[str, Handler] = {}
JOBS = {
    "aftermath.available": available,
    "aftermath.transcribe": transcribe,
    "aftermath.recap": recap,
    "aftermath.survey": survey,
}
