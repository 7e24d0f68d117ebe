"""Voicemail: the greeting that a caller reaches, and the message that is left, or not."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from dialkit.sandbox.conversation.sound import tone
from dialkit.sandbox.events.call_event import tell
from dialkit.sandbox.http.files import MAKERS, File
from dialkit.sandbox.operations.calls.legs import move

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

GREETING, MESSAGE = 4.0, 12.0  # seconds: until somebody who leaves none hangs up, and who leaves one
UPLOADED, TRANSCRIBED = 3.0, 8.0  # seconds after the hangup


def reach_voicemail(world: World, leg: Record) -> None:
    """A caller hears the greeting, and leaves the message that the call's plan has, if any."""
    message = leg["plan"].get("voicemail")
    if world.switch("voicemail-event") == "always" or message:
        leg = move(world, leg["call_id"], "voicemail", live_user=None, waiting_for=None)
    else:
        leg = world.calls.change(leg["call_id"], state="voicemail", live_user=None, waiting_for=None)
    world.later(MESSAGE if message else GREETING, "live.leave_voicemail", call_id=leg["call_id"])


def keep_message(world: World, leg: Record) -> None:
    """Keep the message that a caller has just left; it can be heard, and then read, a little later."""
    length = int(1000 * MESSAGE) - 2_000
    voicemail = voicemail_of(world.new_id(), leg, world.milliseconds() - length, length)
    world.voicemails.put({**voicemail, "sound": leg["plan"].get("sound")})
    text = leg["plan"]["voicemail"]
    world.later(UPLOADED, "voicemails.upload", call_id=leg["call_id"])
    world.later(TRANSCRIBED, "voicemails.transcribe", call_id=leg["call_id"], text=text)


def voicemail_of(voicemail_id: int, leg: Record, start: int, length: int) -> Record:
    """A message that was left on a leg, from a moment on, so many ms long."""
    return {
        "id": voicemail_id,
        "call_id": leg["call_id"],
        "target_type": leg["target_type"],
        "target_id": leg["target_id"],
        "recording_type": "voicemail",
        "start_time": start,
        "duration": length,
        "transcription": None,
    }


def upload(world: World, call_id: int) -> None:
    """The message can be heard: only this proves that there is one."""
    tell(world, world.calls.get(call_id), "voicemail_uploaded")


def transcribe(world: World, call_id: int, text: str) -> None:
    """The message can be read."""
    for voicemail in world.voicemails.where("call", call_id):
        world.voicemails.change(voicemail["id"], transcription=text)
    tell(world, world.calls.get(call_id), "transcription")


def sound_file(world: World, name: str) -> File:
    """The sound of a message, at its address."""
    voicemail = world.voicemails.get(name.removesuffix(".wav"))
    if not voicemail.get("sound"):
        return File(tone(voicemail["id"] % 24), "audio/wav")
    content = b64decode(voicemail["sound"])
    return File(content, "audio/wav" if content.startswith(b"RIFF") else "audio/mpeg")


MAKERS["voicemails"] = sound_file
HANDLERS: dict[str, Handler] = {}
JOBS = {
    "voicemails.upload": upload,
    "voicemails.transcribe": transcribe,
}
