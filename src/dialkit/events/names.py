"""What events are called: ``sms.received``, ``call.hangup``, ``contact.updated``.

A name is made of an event's kind, and of what became of it where the kind has more than one outcome. Dialpad
has no names for events; these are ours, for handlers (`dialkit.events.App`), lists and bodies of one's own.

| name | is |
|---|---|
| ``sms.received`` | a text came in |
| ``sms.sent`` | a text left, and it is not known yet whether it arrived |
| ``sms.delivered``, ``sms.failed`` | it arrived, or did not; where the subscription asked for ``status`` |
| ``call.ringing``, ``call.hangup``… | a leg of a call came to that state, one of `CALL_STATES` |
| ``contact.created``, ``contact.updated``, ``contact.deleted`` | |
| ``agent_status``, ``changelog``, ``channel``, ``fax``, ``unknown`` | as their kinds |

``sms.*``, ``call.*``, ``contact.*`` and ``*`` stand for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

SmsName: TypeAlias = Literal["sms.*", "sms.received", "sms.sent", "sms.delivered", "sms.failed"]
CallName: TypeAlias = Literal[
    "call.*",
    "call.admin",
    "call.admin_recording",
    "call.ai_playbook",
    "call.barge",
    "call.blocked",
    "call.call_transcription",
    "call.calling",
    "call.connected",
    "call.csat",
    "call.dispositions",
    "call.hangup",
    "call.hold",
    "call.merged",
    "call.missed",
    "call.monitor",
    "call.parked",
    "call.pcsat",
    "call.postcall",
    "call.preanswer",
    "call.queued",
    "call.recap_action_items",
    "call.recap_outcome",
    "call.recap_purposes",
    "call.recap_summary",
    "call.recording",
    "call.ringing",
    "call.takeover",
    "call.transcription",
    "call.voicemail",
    "call.voicemail_uploaded",
]
ContactName: TypeAlias = Literal["contact.*", "contact.created", "contact.updated", "contact.deleted"]
AgentStatusName: TypeAlias = Literal["agent_status"]
ChangeLogName: TypeAlias = Literal["changelog", "change_log"]
ChannelName: TypeAlias = Literal["channel"]
FaxName: TypeAlias = Literal["fax"]
UnknownName: TypeAlias = Literal["unknown"]

FAMILIES: tuple[Any, ...] = (
    SmsName,
    CallName,
    ContactName,
    AgentStatusName,
    ChangeLogName,
    ChannelName,
    FaxName,
    UnknownName,
)
# Other spellings, as the key's scope and people have them.
ALSO = {"change_log": "changelog", "voicemail": "call.voicemail"}
NAMES: tuple[str, ...] = tuple(name for family in FAMILIES for name in family.__args__ if name not in ALSO)
CALL_STATES = tuple(name.removeprefix("call.") for name in CallName.__args__[1:])  # type: ignore[attr-defined]
# How the delivery of a text ended; anything else that is outbound was sent.
DELIVERY = {"delivered": "delivered", "success": "delivered", "failed": "failed", "undelivered": "failed"}


def name_of(kind: str, payload: Mapping[str, Any]) -> str:
    """The name of an event, given its kind and its fields as they came, of whatever type they are.

    A call in a state that is not known here has a name of it all the same.
    """
    if kind == "sms":
        if payload.get("direction") == "inbound":
            return "sms.received"
        return "sms." + DELIVERY.get(_word(payload.get("message_status")), "sent")
    part = {"call": "state", "contact": "event"}.get(kind)
    word = _word(payload.get(part)) if part else ""
    return f"{kind}.{word}" if word else kind


def fits(name: str, pattern: str) -> bool:
    """Whether the name of an event is the pattern, or one that the pattern stands for."""
    return pattern in ("*", name) or (pattern.endswith(".*") and name.partition(".")[0] == pattern[:-2])


def known(pattern: str, *, where: str = "the name of an event", all_of_a_kind: bool = True) -> str:
    """A pattern in its own spelling; underscores may stand for the dot (``sms_received``).

    Raises `InvalidArgument`, which begins with `where`, for one that stands for nothing. `all_of_a_kind`:
    ``*`` and ``sms.*`` are names too.
    """
    everything = ("*", *NAMES) if all_of_a_kind else tuple(name for name in NAMES if not name.endswith("*"))
    spelled = {name.replace(".", "_"): name for name in everything}
    if found := spelled.get(ALSO.get(pattern, pattern).replace(".", "_")):
        return found
    from dialkit.catalog.model import nearest

    near = nearest(pattern[:60], everything)
    hint = f"did you mean {' or '.join(near)}?" if near else "one of " + ", ".join(everything)
    raise InvalidArgument(f"{where}: {pattern[:60]!r} is none", hint=hint)


def _word(value: Any) -> str:
    """A field as a part of a name; nothing for what is no word, since events come from outside."""
    if not isinstance(value, str) or not 0 < len(value) <= 40:
        return ""
    word = value.lower()
    return word if word.replace("_", "").isalnum() and word.isascii() else ""
