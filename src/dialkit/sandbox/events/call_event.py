"""What subscribers are told of a call: one event for each state that it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.conversation.words import recap_of, transcript_lines
from dialkit.sandbox.events.emit import emit
from dialkit.sandbox.http.files import address

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World

# What an event has as it stands in the leg's record; unset is null.
PLAIN = (
    "call_id",
    "direction",
    "external_number",
    "internal_number",
    "selected_caller_id",
    "date_started",
    "date_rang",
    "date_first_rang",
    "date_queued",
    "date_connected",
    "date_ended",
    "talk_time",
    "hold_time",
    "duration",
    "total_duration",
    "entry_point_call_id",
    "operator_call_id",
    "master_call_id",
    "group_id",
    "is_internal",
    "is_transferred",
    "csat_score",
    "mos_score",
    "labels",
    "was_recorded",
    "custom_data",
)
KINDS = {"callcenter": "call_center"}  # events spell it otherwise than answers, as integrators report
RECAP = {
    "recap_summary": "summary",
    "recap_purposes": "purposes",
    "recap_action_items": "action_items",
    "recap_outcome": "disposition",
}


def tell(world: World, leg: Record, state: str) -> None:
    """Have the state of a leg delivered to whoever wants it; that of a group also to the group's."""
    targets = [(leg["target_type"], leg["target_id"])]
    group = (leg["group_type"], leg["group_target"]) if leg.get("group_type") else None
    if group and group not in targets:
        targets.append(group)
    emit(world, "call", call_payload(world, leg, state), targets, state=state, group=group is not None)


def call_payload(world: World, leg: Record, state: str) -> Record:
    """The event: numbers as numbers, what is not known as null."""
    recordings = recording_details(world, leg["call_id"])
    voicemail = next(iter(world.voicemails.where("call", leg["call_id"])), None)
    links = world.recording_links
    return {
        **{name: leg.get(name) for name in PLAIN},
        "state": state,
        "event_timestamp": world.milliseconds(),
        "contact": _side(leg["contact"]),
        "target": _side(leg["target"], office=True),
        "entry_point_target": _side(leg.get("entry_point_target")),
        "proxy_target": _side(leg.get("proxy_target")),
        "transferred_from": _side(leg["transferred_from"]) if leg.get("transferred_from") else None,
        "routing_breadcrumbs": leg.get("routing_breadcrumbs") or [],
        "recording_details": recordings,
        "recording_url": [each["url"] for each in recordings if each["recording_type"] == "callrecording"],
        "admin_recording_urls": [
            each["url"] for each in recordings if each["recording_type"] == "admincallrecording"
        ],
        "call_recording_ids": [int(each["id"]) for each in recordings],
        "call_recording_share_links": _links(links.where("call", leg["call_id"]), "callrecording"),
        "admin_call_recording_share_links": _links(links.where("call", leg["call_id"]), "admincallrecording"),
        "voicemail_link": address(world, "voicemails", f"{voicemail['id']}.wav") if voicemail else None,
        "voicemail_recording_id": voicemail["id"] if voicemail else None,
        "transcription_text": voicemail["transcription"] if voicemail else spoken_text(world, leg),
        **_recap(world, leg, state),
    }


def recording_details(world: World, call_id: int) -> list[Record]:
    """One entry for each recording of a call that is ready."""
    return [
        {
            "id": str(recording["id"]),
            "recording_type": recording["recording_type"],
            "start_time": recording["start_time"],
            "duration": recording["duration"],
            "url": address(world, "recordings", f"{recording['id']}.wav"),
        }
        for recording in world.recordings.where("call", call_id)
        if recording["duration"] is not None
    ]


def spoken_text(world: World, leg: Record) -> str | None:
    """What was said on a call as one text, None where there is no transcript."""
    lines = transcript_lines(world, leg)
    return " ".join(line["content"] for line in lines if line["type"] == "transcript") or None


def _links(links: list[Record], kind: str) -> list[str]:
    return [link["access_link"] for link in links if link["type"] == kind]


def _recap(world: World, leg: Record, state: str) -> Record:
    """The part of the recap that a recap state tells of; null in every other event."""
    found = (recap_of(world, leg) or {}) if state in RECAP else {}
    return {name: found.get(part) if name == state else None for name, part in RECAP.items()}


def _side(side: Record | None, *, office: bool = False) -> Record:
    if not side:
        return {}
    told: dict[str, Any] = {
        "id": int(side["id"]) if (side["id"] or "").isdecimal() else side["id"],
        "type": KINDS.get(side["type"], side["type"]),
        "email": side["email"],
        "phone": side["phone"],
        "name": side["name"],
    }
    return {**told, "office_id": side.get("office_id")} if office else told
