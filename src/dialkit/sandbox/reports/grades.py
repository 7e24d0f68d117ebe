"""Grades of calls in reports: single calls, their questions, and who did best.

What the columns of the real files are is not documented; these are sensible ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.reports.period import period_of
from dialkit.sandbox.reports.whose import Names, whose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dialkit.sandbox.world import Record, World

CALL = (
    *("grade_id", "scorecard_id", "scorecard", "call_id", "call_date", "graded_date"),
    *("agent_id", "agent", "agent_email", "grader_id", "grader", "score", "max_score", "percent"),
)
QUESTION = (*CALL[:12], "question_id", "question", "answer", "points")
BOARD = ("rank", "id", "name", "graded_calls", "score", "max_score", "percent")


def graded(world: World, asked: Mapping[str, Any], now: float) -> Iterator[Record]:
    """The grades a request is about, each with what a row says of it."""
    period = period_of(asked, now)
    when = None
    if any(asked.get(f"graded_days_ago_{side}") is not None for side in ("start", "end")):
        when = period_of(asked, now, "graded_")
    scope, names = whose(world, asked), Names(world)
    cards, grader = asked.get("scorecard_ids") or (), asked.get("scorecard_grader_id")
    for grade in world.grades:
        called, marked = grade["call_at"], grade["graded_at"] * 1000
        wanted = period.holds(called) and (when is None or when.holds(marked))
        if not wanted or (cards and grade["scorecard_id"] not in cards):
            continue
        if grader not in (None, grade["grader_id"]) or not _counts(scope, grade):
            continue
        agent, coach = names.of("user", grade["user_id"]), names.of("user", grade["grader_id"])
        yield {
            **grade,
            "grade_id": grade["id"],
            "scorecard": (world.scorecards.find(grade["scorecard_id"]) or {}).get("name"),
            "call_date": period.stamp(called),
            "graded_date": period.stamp(marked),
            "agent_id": grade["user_id"],
            "agent": agent["name"],
            "agent_email": agent["email"],
            "grader": coach["name"],
            "percent": _percent(grade["score"], grade["max_score"]),
        }


def _counts(scope: Any, grade: Record) -> bool:
    group = ("callcenter", grade.get("call_center_id"))
    return scope.has("user", grade["user_id"]) or (scope.pairs is not None and group in scope.pairs)


def single(world: World, asked: Mapping[str, Any], now: float) -> Iterator[Record]:
    """A row for each graded call."""
    return graded(world, asked, now)


def questions(world: World, asked: Mapping[str, Any], now: float) -> Iterator[Record]:
    """A row for each question of each graded call."""
    for row in graded(world, asked, now):
        texts = {
            question["id"]: question["text"]
            for question in (world.scorecards.find(row["scorecard_id"]) or {}).get("questions") or ()
        }
        for answer in row["answers"]:
            yield {**row, **answer, "question": texts.get(answer["question_id"])}


def _board(of: Callable[[World, Record], list[tuple[Any, Any]]]) -> Rows:
    """What ranks whoever the grades are `of`: pairs of an id and a name."""

    def rank(world: World, asked: Mapping[str, Any], now: float) -> Iterator[Record]:
        sums: dict[tuple[Any, Any], list[int]] = {}
        for row in graded(world, asked, now):
            for who in of(world, row):
                one = sums.setdefault(who, [0, 0, 0])
                one[0], one[1], one[2] = one[0] + 1, one[1] + row["score"], one[2] + row["max_score"]
        ranked = sorted(sums.items(), key=lambda item: (-item[1][1] / (item[1][2] or 1), str(item[0])))
        for place, ((who, name), (count, score, most)) in enumerate(ranked, 1):
            told = {"rank": place, "id": who, "name": name, "graded_calls": count}
            yield {**told, "score": score, "max_score": most, "percent": _percent(score, most)}

    return rank


def _teams(world: World, row: Record) -> list[tuple[Any, Any]]:
    found = [("callcenter", row.get("call_center_id"))]
    found += [
        ("coachingteam", member["team_id"]) for member in world.coaching_members.where("user", row["user_id"])
    ]
    names = Names(world)
    return [(target_id, names.of(kind, target_id)["name"]) for kind, target_id in found if target_id]


def _percent(score: int, most: int) -> float:
    return round(100 * score / most, 1) if most else 0.0


if TYPE_CHECKING:
    Rows = Callable[[World, Mapping[str, Any], float], Iterator[Record]]
KINDS: dict[str, tuple[tuple[str, ...], Rows]] = {
    "scorecard_export_calls": (CALL, single),
    "scorecard_export_calls_questions": (QUESTION, questions),
    "scorecard_export_agent_leaderboard": (
        BOARD,
        _board(lambda _world, row: [(row["agent_id"], row["agent"])]),
    ),
    "scorecard_export_teamgroup_leaderboard": (BOARD, _board(_teams)),
    "scorecard_export_leaderboard": (
        BOARD,
        _board(lambda _world, row: [(row["scorecard_id"], row["scorecard"])]),
    ),
}
