"""Which tables there are. Every id in a record is an integer, but those that the service has as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.world.table import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dialkit.sandbox.world.table import Record


def by(*names: str) -> Callable[[Record], Iterable[object]]:
    """Found by one field, or by several together as a tuple; not at all where one of them is unset."""
    if len(names) == 1:
        name = names[0]
        return lambda record: (record[name],) if record.get(name) is not None else ()
    return lambda record: (tuple(record.get(name) for name in names),)


def each(name: str) -> Callable[[Record], Iterable[object]]:
    """Found by each entry of a list."""
    return lambda record: record.get(name) or ()


TARGET = {"target": by("target_type", "target_id")}
OFFICE = {"office": by("office_id")}

TABLES: dict[str, Kind] = {
    # What the sandbox itself needs.
    "clock": Kind("clock"),  # one record: how far from real time, or where it stands
    "counters": Kind("counter"),  # ids given out, and other numbers that only grow
    "switches": Kind("switch"),  # behaviours chosen otherwise than by default
    "jobs": Kind("job"),  # what is due when
    "keys": Kind("key", key="token", indexes={"user": by("user_id")}),
    "events": Kind("event"),
    "deliveries": Kind("delivery", indexes={"endpoint": by("endpoint_id")}),
    # The company, its places and people.
    "companies": Kind("company"),
    "offices": Kind("office"),
    "users": Kind("user", indexes={"email": each("lower_emails"), **OFFICE}),
    "devices": Kind("device", indexes={"user": by("user_id")}),
    "deskphones": Kind("desk phone", indexes={"owner": by("owner_type", "owner_id")}),
    "rooms": Kind("room", indexes=OFFICE),
    "numbers": Kind("phone number", key="number", indexes=TARGET),
    "tags": Kind("tagged number", key="phone"),
    "blocked_numbers": Kind("blocked number", key="number"),
    "fax_lines": Kind("fax line", key="number", indexes=TARGET),
    "e911": Kind("emergency address", key="owner"),  # "user:5391…", "office:5219…"
    "pins": Kind("international PIN"),
    "app_settings": Kind("app setting", key="target"),
    # Groups of people.
    "call_centers": Kind("call center", indexes=OFFICE),
    "departments": Kind("department", indexes=OFFICE),
    "operators": Kind(
        "operator", indexes={"group": by("group_type", "group_id"), "member": by("member_type", "member_id")}
    ),
    "duties": Kind("operator's duty", key="user_id"),
    "coaching_teams": Kind("coaching team", indexes=OFFICE),
    "coaching_members": Kind("coaching team member", indexes={"team": by("team_id")}),
    "agent_groups": Kind("agent group"),
    "call_routers": Kind("call router", indexes=OFFICE),
    "channels": Kind("channel", indexes={"name": by("name")}),
    "channel_members": Kind("channel member", indexes={"channel": by("channel_id")}),
    "policies": Kind("access control policy"),
    "assignments": Kind("policy assignment", indexes={"policy": by("policy_id")}),
    "custom_ivrs": Kind("custom IVR", indexes=TARGET),
    "dispositions": Kind("disposition list", indexes=OFFICE),
    "call_labels": Kind("call label"),
    "scorecards": Kind("scorecard"),
    # Contacts.
    "contacts": Kind("contact", indexes={"phone": each("phones"), "owner": by("owner_id")}),
    # What people say to each other.
    "texts": Kind("text", indexes={"to": by("to_number"), "from": by("from_number"), "sent": by("sent_id")}),
    "bulk_messages": Kind("bulk message", indexes={"user": by("user_id")}),
    "schedules": Kind("scheduled message", indexes={"user": by("user_id")}),
    "opt_outs": Kind("opt-out", indexes={"number": by("external_number")}),
    "faxes": Kind("fax"),
    "digital_sessions": Kind("digital session", indexes=TARGET),
    "calls": Kind(
        "call",
        key="call_id",
        indexes={"entry": by("entry_point_call_id"), "master": by("master_call_id"), "live": by("live_user")},
    ),
    "callbacks": Kind("callback", indexes={"queue": by("call_center_id")}),
    "voicemails": Kind("voicemail", indexes={"call": by("call_id")}),
    "recordings": Kind("recording", indexes={"call": by("call_id")}),
    "transcripts": Kind("transcript", key="call_id"),
    "recaps": Kind("recap", key="call_id"),
    "screen_pops": Kind("screen pop"),
    "recording_links": Kind("recording share link"),
    "review_links": Kind("call review share link", indexes={"call": by("call_id")}),
    "meetings": Kind("meeting"),
    "conference_meetings": Kind("conference meeting"),
    "conference_rooms": Kind("conference room"),
    # What is told to others.
    "webhooks": Kind("webhook"),
    "websockets": Kind("websocket"),
    "subscriptions": Kind("subscription", indexes={"kind": by("kind"), "endpoint": by("endpoint_id")}),
    "schedule_reports": Kind("scheduled report"),
    "stats": Kind("stats request"),
    "score_exports": Kind("scorecard export"),
    # Other applications.
    "oauth_apps": Kind("OAuth app"),
    "oauth_codes": Kind("authorization code", key="code"),
    "oauth_toggles": Kind("OAuth app setting", key="scope"),
}
