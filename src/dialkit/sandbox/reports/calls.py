"""Calls in reports: a row for each leg, or sums by user, by day, by group.

What the columns of the real files are is not documented. Names and units here are those that integrators show
of theirs: lengths in minutes, times without a zone, kinds such as ``CallCenter``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.reports.sheet import minutes
from dialkit.sandbox.reports.whose import KINDS, Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.sandbox.reports.period import Period
    from dialkit.sandbox.reports.whose import Whose
    from dialkit.sandbox.world import Record, World

SHORT = 6_000  # ms after which a caller who hangs up has waited; before, it is a short abandoned call
SERVICE = 30_000  # ms within which a call center that sets no other aim means to answer
DATES = (
    "date_started",
    "date_first_rang",
    "date_rang",
    "date_queued",
    "date_connected",
    "date_ended",
)
COLUMNS = (
    "call_id",
    "master_call_id",
    "entry_point_call_id",
    "operator_call_id",
    "category",
    "categories",
    "direction",
    "is_internal",
    "external_number",
    "internal_number",
    *DATES,
    "target_id",
    "target_kind",
    "name",
    "email",
    "entry_point_target_id",
    "entry_point_target_kind",
    "office_id",
    "company_id",
    "was_recorded",
    "voicemail",
    "time_in_system",
    "time_to_answer",
    "talk_duration",
    "hold_duration",
    "queued_duration",
    "labels",
    "csat_score",
    "timezone",
)
# Columns that are fields of a call as they stand.
PLAIN = (
    "call_id",
    "master_call_id",
    "entry_point_call_id",
    "operator_call_id",
    "direction",
    "external_number",
    "internal_number",
    "office_id",
    "labels",
    "csat_score",
    "csat_transcriptions",
)
COUNTS = ("inbound_calls", "outbound_calls", "answered", "abandoned", "missed", "cancelled", "voicemails")
LENGTHS = ("talk_duration", "hold_duration")
BY_USER = ("date", "email", "name", "type", "target_id", "all_calls", *COUNTS, *LENGTHS)
BY_DAY = ("date", "all_calls", *COUNTS, "short_abandoned", "service_level", "asa", *LENGTHS)
BY_GROUP = ("date", "name", "type", "target_id", *BY_DAY[1:])
GROUPS = ("callcenter", "department")


def ended_calls(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """The legs that ended, began in the period, and are of those who count or on their behalf."""
    for call in world.calls:
        if call.get("date_ended") is None or not period.holds(call.get("date_started")):
            continue
        if scope.has(call.get("target_type"), call.get("target_id")) or (
            call.get("group_type") and scope.has(call["group_type"], call.get("group_target"))
        ):
            yield call


def category_of(call: Record, voicemails: set[int]) -> str:
    """What became of a call."""
    if call.get("date_connected") is not None:
        return "incoming" if call.get("direction") == "inbound" else "outgoing"
    if call.get("direction") != "inbound":
        return "cancelled"
    if call["call_id"] in voicemails or call.get("state") == "voicemail":
        return "voicemail"
    return "abandoned" if call.get("date_queued") is not None else "missed"


def wait_of(call: Record) -> int:
    """How long a caller waited until somebody answered or the call ended, in ms."""
    until = call.get("date_connected") or call["date_ended"]
    since = call.get("date_queued") or call.get("date_first_rang") or call.get("date_rang")
    return int(until - (since or call["date_started"]))


def with_voicemail(world: World) -> set[int]:
    """The calls on which a message was left."""
    return {voicemail["call_id"] for voicemail in world.voicemails if voicemail.get("call_id")}


def records(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each leg."""
    names, voicemails, company = Names(world), with_voicemail(world), world.company_id
    zone = str(period.zone)
    for call in ended_calls(world, period, scope):
        category = category_of(call, voicemails)
        connected = call.get("date_connected")
        entry = call.get("entry_point_target") or {}
        queued = call.get("date_queued")
        yield {
            **{name: call.get(name) for name in PLAIN},
            **names.of(call.get("target_type"), call.get("target_id")),
            **{name: period.stamp(call.get(name)) for name in DATES},
            "category": category,
            "categories": _categories(call, category),
            "entry_point_target_id": entry.get("id"),
            "entry_point_target_kind": KINDS.get(entry.get("type", ""), entry.get("type")),
            "company_id": company,
            "is_internal": bool(call.get("is_internal")),
            "was_recorded": bool(call.get("was_recorded")),
            "voicemail": call["call_id"] in voicemails,
            "time_in_system": minutes(call["date_ended"] - call["date_started"]),
            "time_to_answer": minutes(wait_of(call)) if connected is not None else None,
            "talk_duration": minutes(_talk(call)),
            "hold_duration": minutes(call.get("hold_time")),
            "queued_duration": minutes((connected or call["date_ended"]) - queued) if queued else None,
            "timezone": zone,
        }


def _talk(call: Record) -> float:
    return float(call.get("talk_time") or call.get("duration") or 0)


def _categories(call: Record, category: str) -> list[str]:
    answered = "answered" if call.get("date_connected") is not None else "unanswered"
    found = [answered, str(call.get("direction"))]
    found += [category] if category in ("abandoned", "missed", "cancelled", "voicemail") else []
    found += ["transferred"] if call.get("is_transferred") else []
    return found


def by_user(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """Sums for each user and day."""
    calls = (call for call in ended_calls(world, period, scope) if call.get("target_type") == "user")
    return _sums(world, period, calls, lambda call: (call["target_type"], call["target_id"]))


def by_day(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """Sums for each day.

    A call with several legs counts once, unless users are asked for: then their legs count.
    """
    calls = (
        call
        for call in ended_calls(world, period, scope)
        if scope.people or call.get("entry_point_call_id") is None
    )
    return _sums(world, period, calls, lambda _call: (None, None))


def by_group(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """Sums for each department and call center, and day."""
    calls = (call for call in ended_calls(world, period, scope) if call.get("target_type") in GROUPS)
    return _sums(world, period, calls, lambda call: (call["target_type"], call["target_id"]))


def _sums(
    world: World,
    period: Period,
    calls: Iterable[Record],
    of: Callable[[Record], tuple[str | None, int | None]],
) -> Iterator[Record]:
    """Sums of calls by day and by whom they are `of`, in that order."""
    names, voicemails = Names(world), with_voicemail(world)
    aims = {center["id"]: _aim(center) for center in world.call_centers}
    sums: dict[tuple[str, tuple[str | None, int | None]], dict[str, Any]] = {}
    summed = ("all_calls", *COUNTS, *LENGTHS, "short_abandoned", "service_level", "waited")
    zero: dict[str, Any] = dict.fromkeys(summed, 0)
    for call in calls:
        key = (period.day(call["date_started"]), of(call))
        row = sums.get(key)
        if row is None:
            row = sums[key] = dict(zero)
        category = category_of(call, voicemails)
        row["all_calls"] += 1
        row["outbound_calls" if call.get("direction") == "outbound" else "inbound_calls"] += 1
        row["talk_duration"] += _talk(call)
        row["hold_duration"] += call.get("hold_time") or 0
        if category == "incoming":
            wait = wait_of(call)
            row["answered"] += 1
            row["waited"] += wait
            row["service_level"] += wait <= aims.get(call.get("target_id"), SERVICE)
        elif category != "outgoing":
            row["voicemails" if category == "voicemail" else category] += 1
            row["short_abandoned"] += category == "abandoned" and wait_of(call) < SHORT
    for (day, who), row in sorted(sums.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        asa = minutes(row["waited"] / row["answered"]) if row["answered"] else None
        lengths = {name: minutes(row[name]) for name in LENGTHS}
        yield {"date": day, **names.of(*who), **row, **lengths, "asa": asa}


def _aim(center: Record) -> int:
    seconds = (center.get("alerts") or {}).get("cc_service_level_seconds")
    return int(seconds) * 1000 if seconds else SERVICE
