"""Figures of agents' work: what they were to do, what they did, and how the two agree.

The API has no schedules, so a plan is assumed: from nine to five in the user's time zone, Monday to Friday,
with half an hour for lunch at noon. Time comes from the log of duty; where the log has an agent
available during a call, the call counts as occupied. Formulas are not documented; these are the plain ones.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.reports import duty
from dialkit.sandbox.world.zones import find_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo

    from dialkit.sandbox.reports.duty import Stretch
    from dialkit.sandbox.world import Record, World

    Span = tuple[int, int]  # from, to, in epoch milliseconds

PLAN = ((time(9), time(12)), (time(12, 30), time(17)))
LUNCH = ((time(12), time(12, 30)),)
PLANNED_OCCUPANCY = 0.8  # what a plan means to be taken up by calls, of the time on duty
CHECK = 3_600_000  # ms between two looks at whether agents do what is planned
HOUR = 3_600_000
ON_CALL = ("occupied", "wrapup")


class Work(NamedTuple):
    """What is known of agents' work in a span: all calls and stretches of duty by user, looked up once."""

    start: int
    end: int
    known_end: int  # the future is not known yet
    stretches: dict[int, list[Stretch]]
    calls: dict[int, list[Record]]


def work_of(world: World, start: int, end: int) -> Work:
    """What happened from `start` to `end`, in epoch milliseconds."""
    calls: dict[int, list[Record]] = {}
    for call in world.calls:
        if call.get("target_type") == "user" and start <= (call.get("date_started") or 0) < end:
            calls.setdefault(call["target_id"], []).append(call)
    known = max(start, min(end, world.milliseconds()))
    return Work(start, end, known, duty.stretches(world, start, end), calls)


def agents(world: World) -> Iterator[Record]:
    """Those the figures are about: users who are operators of a call center."""
    seen: set[int] = set()
    for operator in world.operators:
        user_id = operator["member_id"]
        if (
            operator["group_type"] == "callcenter"
            and operator["member_type"] == "user"
            and user_id not in seen
        ):
            seen.add(user_id)
            user = world.users.find(user_id)
            if user is not None:
                yield user


def plan_of(user: Record, work: Work, slots: tuple[tuple[time, time], ...] = PLAN) -> list[Span]:
    """The spans that are planned for a user, as far as they are known to have come."""
    added = duty_start(user, work)
    zone = zone_of_user(user)
    day = datetime.fromtimestamp(added / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[Span] = []
    while day.timestamp() * 1000 < work.known_end:
        if day.weekday() < 5:
            for begin, finish in slots:
                first, last = (
                    int(datetime.combine(day.date(), at, zone).timestamp() * 1000) for at in (begin, finish)
                )
                first, last = max(first, added), min(last, work.known_end)
                if first < last:
                    found.append((first, last))
        day += timedelta(days=1)
    return found


def zone_of_user(user: Record) -> tzinfo:
    """The time zone of a user, UTC where none is known."""
    return find_zone(user.get("timezone") or "UTC") or UTC


def duty_start(user: Record, work: Work) -> int:
    """From when on there is anything to plan for a user: the first that is known of their duty."""
    pieces = work.stretches.get(user["id"])
    return pieces[0][0] if pieces else work.known_end


def overlap(spans: Iterable[Span], others: Iterable[Span]) -> int:
    """How long two lists of spans, each in order and without overlap, have in common, in ms."""
    left, right = list(spans), list(others)
    at = other = total = 0
    while at < len(left) and other < len(right):
        first, last = max(left[at][0], right[other][0]), min(left[at][1], right[other][1])
        total += max(0, last - first)
        if left[at][1] <= right[other][1]:
            at += 1
        else:
            other += 1
    return total


def length(spans: Iterable[Span]) -> int:
    """How long spans are together, in ms."""
    return sum(last - first for first, last in spans)


def in_status(pieces: list[Stretch], calls: list[Record], end: int) -> dict[str, int]:
    """How long an agent was in each status, in ms: calls count as occupied."""
    told: dict[str, int] = dict.fromkeys(duty.STATUSES, 0)
    for first, last, status in pieces:
        told[status] = told.get(status, 0) + last - first
    available = [(first, last) for first, last, status in pieces if status == "available"]
    shifted = overlap(available, _merged(_talks(calls, end)))
    told["available"] -= shifted
    told["occupied"] += shifted
    return told


def _talks(calls: Iterable[Record], end: int) -> list[Span]:
    return sorted(
        (int(call["date_connected"]), int(min(call.get("date_ended") or end, end)))
        for call in calls
        if call.get("date_connected")
    )


def _merged(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for first, last in spans:
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        elif last > first:
            found.append((first, last))
    return found


def of_agent(user: Record, work: Work) -> Record:
    """The figures of one agent."""
    pieces, calls = work.stretches.get(user["id"], []), work.calls.get(user["id"], [])
    plan = plan_of(user, work)
    planned = length(plan)
    status = in_status(pieces, calls, work.known_end)
    total = sum(status.values())
    on = total - status["unavailable"]
    taken = sum(status[name] for name in ON_CALL)
    kept = overlap(plan, _on(pieces))
    closed = len(_closed(calls))
    return {
        **_adherence(planned, kept),
        "agent": {"name": user.get("display_name"), "email": next(iter(user.get("emails") or ()), None)},
        "actual_occupancy": {"percentage": share(taken, on), "seconds_lost": seconds(on - taken)},
        "planned_occupancy": {
            "percentage": PLANNED_OCCUPANCY,
            "seconds_lost": seconds(max(0, PLANNED_OCCUPANCY * on - taken)),
        },
        "dialpad_availability": {"percentage": share(kept, planned), "seconds_lost": seconds(planned - kept)},
        "dialpad_time_in_status": {name: part(at, total) for name, at in status.items()},
        "occupancy": share(taken, on),
        "utilisation": share(taken, planned),
        "scheduled_hours": round(planned / HOUR, 2),
        "total_conversations_closed": closed,
        "conversations_closed_per_hour": _rate(closed, planned),
        "conversations_closed_per_service_hour": _rate(closed, on),
    }


def of_activity(world: World, users: list[Record], work: Work) -> Iterator[Record]:
    """The figures of each activity of some agents together: one for each call center, one for calls of
    their own, and lunch."""
    ids = {user["id"] for user in users}
    calls = [call for user_id in ids for call in work.calls.get(user_id, [])]
    by_center: dict[int | None, list[Record]] = {}
    for call in calls:
        center = call.get("group_target") if call.get("group_type") == "callcenter" else None
        by_center.setdefault(center, []).append(call)
    centers = {
        operator["group_id"]
        for user_id in ids
        for operator in world.operators.where("member", ("user", user_id))
        if operator["group_type"] == "callcenter"
    }
    tasks = [(center["name"], center["id"]) for center in world.call_centers if center["id"] in centers]
    planned, kept = _together(users, work, PLAN, _on)
    # A plan does not say for which of their call centers agents work: it is parted evenly.
    parts = max(1, len(tasks))
    for name, center_id in tasks:
        told = _conversations(by_center.get(center_id, []), planned // parts)
        yield {
            "activity": {"name": name, "type": "task"},
            **_adherence(planned // parts, kept // parts),
            **told,
        }
    if by_center.get(None):
        own = _conversations(by_center[None], planned)
        yield {"activity": {"name": "Own calls", "type": "task"}, **_adherence(0, 0), **own}
    if users:
        rest = _together(users, work, LUNCH, _off)
        yield {"activity": {"name": "Lunch", "type": "break"}, **_adherence(*rest), **_conversations([], 0)}


def _together(
    users: list[Record],
    work: Work,
    slots: tuple[tuple[time, time], ...],
    doing: Callable[[list[Stretch]], list[Span]],
) -> tuple[int, int]:
    """How long is planned for users together, and how long of it they did so."""
    planned = kept = 0
    for user in users:
        plan = plan_of(user, work, slots)
        planned += length(plan)
        kept += overlap(plan, doing(work.stretches.get(user["id"], [])))
    return planned, kept


def _on(pieces: list[Stretch]) -> list[Span]:
    return [(first, last) for first, last, status in pieces if status != "unavailable"]


def _off(pieces: list[Stretch]) -> list[Span]:
    return [(first, last) for first, last, status in pieces if status == "unavailable"]


def _adherence(planned: int, kept: int) -> Record:
    missed = planned - kept
    return {
        "adherence_score": round(100 * share(kept, planned), 1),
        "scheduled_hours": round(planned / HOUR, 2),
        "time_in_adherence": part(kept, planned),
        "time_in_exception": part(0, planned),
        "time_out_of_adherence": part(missed, planned),
        "time_on_task": share(kept, planned),
        "wrong_task_snapshots": missed // CHECK,
    }


def _conversations(calls: list[Record], planned: int) -> Record:
    closed = _closed(calls)
    talks = [call.get("duration") or 0 for call in closed]
    whole = [call.get("total_duration") or 0 for call in closed]
    return {
        "conversations_opened": len(calls),
        "conversations_closed": len(closed),
        "conversations_closed_per_hour": _rate(len(closed), planned),
        "conversations_commented_on": sum(bool(call.get("labels")) for call in calls),
        "conversations_on_hold": sum(bool(call.get("hold_time")) for call in calls),
        "average_conversation_time": _mean_minutes(whole),
        "average_interaction_time": _mean_minutes(talks),
    }


def _closed(calls: list[Record]) -> list[Record]:
    return [call for call in calls if call.get("date_connected") and call.get("date_ended")]


def _mean_minutes(lengths: list[Any]) -> float:
    return round(sum(lengths) / len(lengths) / 60_000, 2) if lengths else 0.0


def _rate(count: int, milliseconds: int) -> float:
    return round(count * HOUR / milliseconds, 2) if milliseconds else 0.0


def share(some: float, whole: float) -> float:
    """A share from 0 to 1."""
    return round(max(0.0, min(1.0, some / whole)), 4) if whole else 0.0


def part(some: int, whole: int) -> Record:
    """A length of time as a share of another, and in seconds."""
    return {"percentage": share(some, whole), "seconds": seconds(some)}


def seconds(milliseconds: float) -> int:
    """Milliseconds in whole seconds."""
    return int(milliseconds // 1000)
