"""Which tables there are. Every id in a record is an integer, but those that the service has as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.world.phones import plain
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


def digits(contact: Record) -> Iterable[object]:
    """Found by each phone number, however it is written."""
    return tuple({number: None for text in contact.get("phones") or () if (number := plain(text))})


def targets(record: Record) -> Iterable[object]:
    """Found by each target of a list of them."""
    return [(target["target_type"], target["target_id"]) for target in record.get("targets") or ()]


def line(number: Record) -> Iterable[object]:
    """Found by the target it rings; a fax line rings nobody."""
    return () if number.get("fax") else ((number.get("target_type"), number.get("target_id")),)


def free(number: Record) -> Iterable[object]:
    """Found under its area code, and under no code, while nobody has it."""
    return ("", number.get("area_code")) if number["status"] == "available" else ()


TARGET = {"target": by("target_type", "target_id")}
OFFICE = {"office": by("office_id")}

TABLES: dict[str, Kind] = {
    # What the sandbox itself needs.
    "clock": Kind("clock"),  # one record: how far from real time, or where it stands
    "counters": Kind("counter"),  # ids given out, and other numbers that only grow
    "switches": Kind("switch"),  # behaviours chosen otherwise than by default
    "jobs": Kind("job"),  # what is due when
    "keys": Kind("key", key="token", indexes={"user": by("user_id"), "app": by("app_id")}),
    "events": Kind("event"),
    "deliveries": Kind("delivery", indexes={"endpoint": by("endpoint_id"), "finished": by("finished_no")}),
    # The company, its places and people.
    "companies": Kind("company"),
    "offices": Kind("office"),
    "users": Kind(
        "user",
        indexes={
            "email": each("lower_emails"),
            "extension": by("extension"),
            "seat": by("office_id", "license"),
            **OFFICE,
        },
    ),
    "deleted_users": Kind("deleted user", indexes={"email": each("lower_emails")}),
    "devices": Kind("device", indexes={"user": by("user_id")}),
    "deskphones": Kind("desk phone", indexes={"owner": by("owner_type", "owner_id")}),
    "rooms": Kind("room", indexes=OFFICE),
    "numbers": Kind(
        "phone number", key="number", indexes={"target": line, "free": free, "line": by("office_id", "line")}
    ),
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
    "duty_log": Kind("change of duty", indexes={"user": by("user_id")}),
    "coaching_teams": Kind("coaching team", indexes=OFFICE),
    "coaching_members": Kind("coaching team member", indexes={"team": by("team_id"), "user": by("user_id")}),
    "agent_groups": Kind("agent group"),
    "call_routers": Kind("call router", indexes=OFFICE),
    "channels": Kind("channel", indexes={"name": by("name")}),
    "channel_members": Kind("channel member", indexes={"channel": by("channel_id"), "user": by("user_id")}),
    "policies": Kind("access control policy"),
    "assignments": Kind(
        "policy assignment",
        indexes={"policy": by("policy_id"), "user": by("user_id"), "target": targets},
    ),
    "custom_ivrs": Kind("custom IVR", indexes=TARGET),
    "dispositions": Kind("disposition list", indexes={"target": targets, **OFFICE}),
    "call_labels": Kind("call label"),
    "scorecards": Kind("scorecard", indexes=TARGET),
    # Contacts.
    "contacts": Kind("contact", indexes={"phone": each("phones"), "digits": digits, "owner": by("owner_id")}),
    # What people say to each other.
    "texts": Kind("text", indexes={"to": by("to_number"), "from": by("from_number"), "sent": by("sent_id")}),
    "bulk_messages": Kind("bulk message", indexes={"user": by("user_id")}),
    "schedules": Kind("scheduled message", indexes={"user": by("user_id")}),
    "opt_outs": Kind("opt-out", indexes={"number": by("external_number")}),
    "faxes": Kind("fax"),
    "digital_sessions": Kind("digital session", indexes={"open": by("open_with"), **TARGET}),
    "calls": Kind(
        "call",
        key="call_id",
        # `waiting_for`: the call center in whose queue a call waits, while it does.
        indexes={
            "entry": by("entry_point_call_id"),
            "master": by("master_call_id"),
            "live": by("live_user"),
            "waiting": by("waiting_for"),
            "root": by("root"),  # the leg that all of one conversation came out of, itself too
            "filed": each("filed"),  # whose it is: user:5391…, callcenter:5610…
        },
    ),
    "callbacks": Kind("callback", indexes={"queue": by("call_center_id")}),
    "voicemails": Kind("voicemail", indexes={"call": by("call_id")}),
    "recordings": Kind("recording", indexes={"call": by("call_id")}),
    "transcripts": Kind("transcript", key="call_id"),
    "recaps": Kind("recap", key="call_id"),
    "screen_pops": Kind("screen pop"),
    "recording_links": Kind("recording share link", indexes={"call": by("call_id")}),
    "review_links": Kind("call review share link", indexes={"call": by("call_id")}),
    "meetings": Kind("meeting"),
    "grades": Kind("grade"),
    "call_dispositions": Kind("call's disposition", key="call_id"),
    "conference_meetings": Kind("conference meeting"),
    "conference_rooms": Kind("conference room", indexes={"user": by("user_id")}),
    # What is told to others.
    "webhooks": Kind("webhook"),
    "websockets": Kind("websocket"),
    "subscriptions": Kind("subscription", indexes={"kind": by("kind"), "endpoint": by("endpoint_id")}),
    "schedule_reports": Kind("scheduled report"),
    "stats": Kind("stats request", indexes={"sign": by("sign")}),
    "score_exports": Kind("scorecard export"),
    # Other applications.
    "oauth_apps": Kind("OAuth app", indexes={"client": by("client_id")}),
    "oauth_codes": Kind("authorization code", key="code", indexes={"app": by("app_id")}),
    "oauth_refreshes": Kind("refresh token", key="token", indexes={"app": by("app_id")}),
    "oauth_toggles": Kind("OAuth app setting", key="scope"),
}
