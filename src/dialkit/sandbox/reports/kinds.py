"""What else reports tell: texts, voicemails, recordings, screens shown, duty, marks and outcomes of calls.

Columns are named as those of calls are; the real files are not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.sandbox.reports import calls, duty
from dialkit.sandbox.reports.sheet import minutes
from dialkit.sandbox.reports.whose import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.sandbox.reports.period import Period
    from dialkit.sandbox.reports.whose import Whose
    from dialkit.sandbox.world import Record, World

    Rows = Callable[[World, Period, Whose], Iterable[Record]]

WHO = ("target_id", "target_kind", "name", "email")


class Report(NamedTuple):
    """A kind of file: its columns, and what makes its rows."""

    columns: tuple[str, ...]
    rows: Rows


def texts(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each text to or from one number."""
    names = Names(world)
    for text in world.texts:
        at = int(text.get("created_at", 0) * 1000)
        who = (text.get("target_type"), text.get("target_id"))
        if not period.holds(at) or not (scope.has(*who) or scope.has("user", text.get("user_id"))):
            continue
        outbound = text.get("direction") == "outbound"
        yield {
            **names.of(*who),
            "date": period.stamp(at),
            "message_id": text["id"],
            "direction": text.get("direction"),
            "from_number": text.get("from_number"),
            "to_number": text.get("to_number"),
            "is_internal": bool(text.get("is_internal")),
            "mms": bool(text.get("media")),
            "segments": text.get("segments") or 1,
            "message_status": text.get("message_status"),
            "message_delivery_result": text.get("message_delivery_result"),
            "all_texts": 1,
            "sent": int(outbound),
            "received": int(not outbound),
        }


def voicemails(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each message left."""
    return _sounds(world, period, scope, world.voicemails)


def recordings(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each recording that is ready."""
    ready = (found for found in world.recordings if found.get("duration") is not None)
    return _sounds(world, period, scope, ready)


def _sounds(world: World, period: Period, scope: Whose, sounds: Iterable[Record]) -> Iterator[Record]:
    names = Names(world)
    for sound in sounds:
        call = world.calls.find(sound.get("call_id")) or sound
        who = (call.get("target_type"), call.get("target_id"))
        group = (call.get("group_type"), call.get("group_target"))
        at = sound.get("start_time")
        if period.holds(at) and (scope.has(*who) or (group[0] and scope.has(*group))):
            yield {
                **names.of(*who),
                "date": period.stamp(at),
                "id": sound["id"],
                "call_id": sound.get("call_id"),
                "recording_type": sound.get("recording_type"),
                "external_number": call.get("external_number"),
                "duration": minutes(sound.get("duration")),
                "transcription": sound.get("transcription"),
                "count": 1,
            }


def screenshares(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each time that somebody showed their screen in a meeting."""
    names = Names(world)
    for meeting in world.conference_meetings:
        for share in meeting.get("screenshares") or ():
            if period.holds(share["start"]) and scope.has("user", share["user_id"]):
                yield {
                    **names.of("user", share["user_id"]),
                    "date": period.stamp(share["start"]),
                    "meeting_id": meeting["id"],
                    "title": meeting.get("title"),
                    "duration": minutes(share["end"] - share["start"]),
                    "count": 1,
                }


def marks(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each call that the customer marked."""
    for row in calls.records(world, period, scope):
        if row.get("csat_score") is not None:
            yield {**row, "date": row["date_started"], "comment": row.get("csat_transcriptions")}


def dispositions(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each call whose outcome the agent noted."""
    for row in calls.records(world, period, scope):
        noted = world.call_dispositions.find(row["call_id"])
        if noted is not None:
            told = {name: noted.get(name) for name in ("disposition", "notes")}
            yield {**row, **told, "date": row["date_started"]}


def changes_of_duty(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """A row for each change of an agent's duty, as integrators show them."""
    names = Names(world)
    changes = (one for one in world.duty_log if scope.has_user(one["user_id"]))
    for change in sorted(changes, key=lambda one: (one["at"], one["id"])):
        at = change["at"] * 1000
        if period.holds(at):
            yield {
                **names.of("user", change["user_id"]),
                "date": period.stamp(at),
                "record_id": change["id"],
                "on_duty_status": change.get("status"),
                "on_duty_status_reason": change.get("reason"),
            }


def time_on_duty(world: World, period: Period, scope: Whose) -> Iterator[Record]:
    """For each agent and day, the minutes in each status."""
    names = Names(world)
    for user_id, stretches in sorted(duty.stretches(world, period.start, period.end).items()):
        if not scope.has_user(user_id):
            continue
        days: dict[str, dict[str, float]] = {}
        for start, end, status in stretches:
            for day, length in duty.by_day(period, start, end):
                sums = days.setdefault(day, dict.fromkeys(duty.STATUSES, 0.0))
                sums[status] = sums.get(status, 0.0) + length
        for day, sums in sorted(days.items()):
            told = {status: minutes(length) for status, length in sums.items()}
            on = minutes(sum(length for status, length in sums.items() if status != "unavailable"))
            yield {**names.of("user", user_id), "date": day, **told, "on_duty": on}


def summed(rows: Rows, *sums: str) -> Rows:
    """What makes sums of some columns for each target and day, of rows."""

    def add(world: World, period: Period, scope: Whose) -> Iterator[Record]:
        found: dict[tuple[str, str, int], Record] = {}
        for row in rows(world, period, scope):
            key = (row["date"][:10], str(row["type"]), row["target_id"] or 0)
            before = found.get(key) or {**row, "date": key[0], **dict.fromkeys(sums, 0)}
            found[key] = {**before, **{name: before[name] + row[name] for name in sums}}
        return iter([found[key] for key in sorted(found)])

    return add


SUMMED = ("date", "email", "name", "type", "target_id")
_CALL = ("date", "call_id", *WHO, "direction", "external_number", "date_ended", "talk_duration")
# By kind of stat: the file of rows, and the file of sums where there is one.
REPORTS: dict[tuple[str, str], Report] = {
    ("csat", "records"): Report((*_CALL, "csat_score", "comment"), marks),
    ("dispositions", "records"): Report((*_CALL, "disposition", "notes"), dispositions),
    ("onduty", "records"): Report(
        ("date", "record_id", *WHO, "on_duty_status", "on_duty_status_reason"), changes_of_duty
    ),
    ("onduty", "stats"): Report((*SUMMED, "on_duty", *duty.STATUSES), time_on_duty),
    ("recordings", "records"): Report(
        ("date", "id", "call_id", *WHO, "recording_type", "external_number", "duration"), recordings
    ),
    ("recordings", "stats"): Report((*SUMMED, "count", "duration"), summed(recordings, "count", "duration")),
    ("screenshare", "records"): Report(("date", "meeting_id", "title", *WHO, "duration"), screenshares),
    ("screenshare", "stats"): Report(
        (*SUMMED, "count", "duration"), summed(screenshares, "count", "duration")
    ),
    ("texts", "records"): Report(
        (
            *("date", "message_id", *WHO, "direction", "from_number", "to_number", "is_internal", "mms"),
            *("segments", "message_status", "message_delivery_result"),
        ),
        texts,
    ),
    ("texts", "stats"): Report(
        (*SUMMED, "all_texts", "sent", "received", "segments"),
        summed(texts, "all_texts", "sent", "received", "segments"),
    ),
    ("voicemails", "records"): Report(
        ("date", "id", "call_id", *WHO, "external_number", "duration", "transcription"), voicemails
    ),
    ("voicemails", "stats"): Report((*SUMMED, "count", "duration"), summed(voicemails, "count", "duration")),
}
CALLS: dict[str, Report] = {
    "records": Report(calls.COLUMNS, calls.records),
    "user": Report(calls.BY_USER, calls.by_user),
    "date": Report(calls.BY_DAY, calls.by_day),
    "group": Report(calls.BY_GROUP, calls.by_group),
}


def report_of(stat_type: str, export_type: str, group_by: str) -> Report:
    """The kind of file that is asked for; `group_by` has a meaning for sums of calls only."""
    if stat_type == "calls":
        return CALLS["records" if export_type == "records" else group_by]
    return REPORTS[stat_type, export_type]
