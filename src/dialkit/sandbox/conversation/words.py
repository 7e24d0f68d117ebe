"""The words of one call: its transcript, its recap. Both follow from its topic, so little need be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.conversation.topics import TOPICS
from dialkit.sandbox.wire import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.conversation.topics import Topic
    from dialkit.sandbox.world import Record, World

PAUSE = 5_200  # ms between two lines of a transcript
SOURCE = "dialpad-gpt"


def begin_transcript(world: World, leg: Record) -> Record:
    """The transcript of a call that was spoken: its topic is drawn."""
    return {"call_id": leg["call_id"], "topic": world.draw(len(TOPICS), "topic", leg["root"])}


def transcript_lines(world: World, leg: Record) -> list[Record]:
    """Who said what when, and the moment that the AI marked; empty where there is no transcript."""
    found = world.transcripts.find(leg["operator_call_id"] or leg["call_id"])
    if found is None:
        return []
    if "lines" in found:
        return list(found["lines"])
    leg = world.calls.get(found["call_id"])
    topic, count = TOPICS[found["topic"]], _count(world, leg)
    spoken = [("us", leg["said"])] if leg.get("said") else []
    lines = []
    for place, (who, text) in enumerate([*spoken, *topic.lines]):
        at = leg["date_connected"] + 1_100 + place * PAUSE
        if leg["date_ended"] and at > leg["date_ended"]:
            break
        us = leg["target"]["name"].split(" ")[0]
        words = text if spoken and not place else text.format(us=us, count=count)
        lines.append({"type": "transcript", "time": _time(at), **_speaker(leg, who), "content": words})
        if place == len(spoken) + 1:
            lines.append({"type": "moment", "time": _time(at), **_speaker(leg, who), "content": topic.moment})
    return lines


def begin_recap(world: World, leg: Record) -> Record:
    """The recap of a call that has a transcript."""
    made = world.milliseconds()
    topic = world.transcripts.get(leg["call_id"]).get("topic", 0)
    return {"call_id": leg["call_id"], "topic": topic, "date_created": made, "date_modified": made}


def recap_of(world: World, leg: Record, style: str = "medium") -> Record | None:
    """What the AI made of a call, its summary in a style; None where it made nothing."""
    found = world.recaps.find(leg["operator_call_id"] or leg["call_id"])
    if found is None:
        return None
    spoken = world.calls.find(found["call_id"]) or leg
    topic, count = TOPICS[found.get("topic", 0)], _count(world, spoken)
    key = f"tk{world.draw(60**4, 'short key', spoken['target_id']):x}"

    def part(kind: str, content: str, way: str = "text", **more: Any) -> Record:
        told = {"id": f"{kind}-01", "content": content.format(count=count), "edited": False, "format": way}
        return {**told, "target_short_key": key, **more}

    return {
        "action_items": [part("act", topic.action)],
        "purposes": [part("pur", topic.purpose, category=topic.category)],
        "disposition": part("dis", topic.outcome),
        "summary": part("sum", STYLES[style](topic), style),
        "is_internal_call": spoken["is_internal"],
        "source": SOURCE,
        **found,
        "call_id": str(leg["call_id"]),
    }


# How long the summary is told; `bullet` is a list.
STYLES: dict[str, Callable[[Topic], str]] = {
    "short": lambda topic: topic.summary,
    "medium": lambda topic: f"{topic.purpose} {topic.summary}",
    "long": lambda topic: f"{topic.purpose} {topic.summary} To do: {topic.action} Outcome: {topic.outcome}.",
    "bullet": lambda topic: f"- {topic.purpose}\n- {topic.summary}\n- To do: {topic.action}",
}


def _count(world: World, leg: Record) -> int:
    return 4 + world.draw(20, "count", leg["root"])


def _speaker(leg: Record, who: str) -> Record:
    if who == "us":
        mine = leg["target_id"] if leg["target_type"] == "user" else None
        return {"name": leg["target"]["name"], "user_id": mine}
    contact = leg["contact"]
    if contact["type"] == "user":
        return {"name": contact["name"], "user_id": int(contact["id"])}
    return {"name": contact["name"], "contact_id": contact["id"]}


def _time(milliseconds: int) -> str:
    return f"{iso(milliseconds // 1000)}.{milliseconds % 1000:03}000"
