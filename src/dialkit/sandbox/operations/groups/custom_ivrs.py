"""Custom voice prompts: what callers of a target hear, and at which moment of the call."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.resource import page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

WAYS = ("inbound", "outbound")
# Only these prompts can be in use for one way and not for the other, as documented.
BY_WAY = ("AUTO_RECORDING", "CALLAI_AUTO_RECORDING", "CG_AUTO_RECORDING")
MP3 = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")  # how a file with or without tags begins


def list_prompts(world: World, call: Call) -> Record:
    """The prompts of a target, grouped by the moment of the call."""
    kind, target_id = call.query["target_type"], call.query["target_id"]
    targets.target(world, kind, target_id)
    groups: dict[str, list[Record]] = {}
    for prompt in world.custom_ivrs.where("target", (kind, target_id)):
        groups.setdefault(prompt["ivr_type"], []).append(prompt)
    return page_of(world, call, "custom_ivrs", [_group(name, found) for name, found in groups.items()])


def create(world: World, call: Call) -> Record:
    """Store a prompt; callers hear it at once where there was none for that moment."""
    body = call.body
    target = targets.target(world, body["target_type"], body["target_id"])
    _check_audio(body["file"])
    others = _prompts(world, body["target_type"], target["id"], body["ivr_type"])
    taken = {way for other in others for way in other["selected_for"]}
    prompt = {
        **body,
        "id": world.new_id(),
        "date_added": world.milliseconds(),
        "selected_for": [way for way in WAYS if way not in taken],
    }
    return show(world.custom_ivrs.put(prompt))


def relabel(world: World, call: Call) -> Record:
    """Change the label or the note of a prompt."""
    return show(world.custom_ivrs.change(call.path["ivr_id"], **call.body))


def select(world: World, call: Call) -> Record:
    """Put a stored prompt into use in place of the one that was; answers all of its kind."""
    chosen = _named(world, call)
    ways = _ways(call)
    for other in _prompts(world, chosen["target_type"], chosen["target_id"], chosen["ivr_type"]):
        held = other["selected_for"]
        if other["id"] == chosen["id"]:
            kept = [way for way in WAYS if way in held or way in ways]
        else:
            kept = [way for way in held if way not in ways]
        if kept != held:
            world.custom_ivrs.change(other["id"], selected_for=kept)
    found = _prompts(world, chosen["target_type"], chosen["target_id"], chosen["ivr_type"])
    return _group(chosen["ivr_type"], found)


def delete(world: World, call: Call) -> Record:
    """Delete a prompt; no other takes its place by itself."""
    return show(world.custom_ivrs.remove(_named(world, call)["id"]))


def show(prompt: Record) -> Record:
    """What answers show of a prompt: neither its audio nor whose it is."""
    return {**prompt, "selected": bool(prompt["selected_for"])}


def _group(ivr_type: str, prompts: list[Record]) -> Record:
    return {"ivr_type": ivr_type, "ivrs": [show(prompt) for prompt in prompts]}


def _prompts(world: World, kind: str, target_id: int, ivr_type: str) -> list[Record]:
    found = world.custom_ivrs.where("target", (kind, target_id))
    return [prompt for prompt in found if prompt["ivr_type"] == ivr_type]


def _named(world: World, call: Call) -> Record:
    """The prompt that was meant. Raises `Refusal` 404 where the target does not have it for that moment."""
    kind, target_id, ivr_type = (call.path[name] for name in ("target_type", "target_id", "ivr_type"))
    target = targets.target(world, kind, target_id)
    ivr_id = call.body["ivr_id"]
    for prompt in _prompts(world, kind, target["id"], ivr_type):
        if prompt["id"] == ivr_id:
            return prompt
    raise Refusal(404, f"ivr_id: the {kind} {target_id} has no prompt {ivr_id} for {ivr_type}.")


def _ways(call: Call) -> tuple[Any, ...]:
    option = call.body.get("select_option")
    return (option,) if option and call.path["ivr_type"] in BY_WAY else WAYS


def _check_audio(text: str) -> None:
    try:
        audio = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "file: is not base64.") from None
    if not audio.startswith(MP3):
        raise Refusal(400, "file: is not an MP3.")


HANDLERS = {
    "custom_ivrs.get": list_prompts,
    "ivr.create": create,
    "ivr.update": select,
    "ivr.delete": delete,
    "ivr_details.update": relabel,
}
