"""Applications, meetings, grades and outcomes of calls, and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.meetings import conference
from dialkit.sandbox.operations.meetings.meetings import keep_meeting, occurrences
from dialkit.sandbox.operations.reports.exports import sign
from dialkit.sandbox.seed.names import INES, MARA, THEO

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

HOUR, DAY = 3600, 86_400
ROOM_OF_MARA = 6310294857361028
APP, OTHER_APP = 6902837465019283, 6902837465019301
# The OAuth example of the document: its code is asked for with this challenge of the example's verifier.
CHALLENGE = "llZvCPKK7VLXY0iJq4xV7HHgZqbeQtR-ybhc65_VMvo"
CALLBACK = "https://app.larkspur.example/oauth/callback"
# The document names these scopes; the first app may ask for all.
SCOPES = [
    *("agent_groups:read", "ai_recap", "calls:list", "change_log", "conference:all", "conference:read"),
    *("digital_sessions", "fax_message", "message_content_export", "message_content_export:all"),
    *("offline_access", "recordings_export", "screen_pop"),
]
APPS: list[Record] = [
    {
        "id": APP,
        "client_id": "larkspur-orders-app",
        "client_secret": "not-a-real-secret",
        "name": "Larkspur Orders",
        "redirect_uris": [CALLBACK, "http://localhost:8400/callback", "http://127.0.0.1:8400/callback"],
        "scopes": SCOPES,
    },
    {
        "id": OTHER_APP,
        "client_id": "roast-calendar",
        "client_secret": "not-a-real-secret-either",
        "name": "Roast Calendar",
        "redirect_uris": ["https://calendar.larkspur.example/dialpad"],
        "scopes": ["conference:read"],
    },
]
# Title, who holds it, hours from the start of today (UTC), minutes, rhythm, guests' mail addresses
MEETINGS: list[tuple[str, int, float, int, str | None, tuple[str, ...]]] = [
    ("Order desk stand-up", THEO, 17.0 - 14 * 24, 15, "weekly", ("mara", "ines.okafor")),
    ("Green coffee planning", INES, 19.0 - 28 * 24, 45, "monthly", ("mara",)),
    ("Menu for spring", MARA, 18.5 - 9 * 24, 50, None, ("ines.okafor", "theo")),
    ("Review of wholesale prices", MARA, 21.0 - 5 * 24, 60, None, ("theo",)),
    ("Barista training", INES, 16.0 - 2 * 24, 90, None, ("theo",)),
    ("Delivery routes", THEO, 20.0 + 24, 30, None, ("mara",)),
    ("Budget talk", MARA, 22.0 + 5 * 24, 60, None, ("ines.okafor",)),
]
GRADED = 2  # of so many answered calls of a call center, one is graded; of all, the outcome is noted
MOST = 2000  # grades and outcomes, however many calls there are
ANSWERS: dict[str, tuple[str, ...]] = {"yesNo": ("No", "Yes")}
SCALE = ("1", "2", "3", "4", "5")
NOTES = ("Asked for the price list.", "Wants to be called next week.", "", "", "Sent an offer.")


def fill(world: World, maker: Maker) -> None:
    """Make them."""
    _apps(world)
    _meetings(world, maker)
    _outcomes(world)
    for table, create, get in (
        ("stats", "stats.create", "stats.get"),
        ("score_exports", "scorecards.export.create", "scorecards.export.get"),
    ):
        asked = maker.asked(create)
        world.table(table).put(
            {
                "id": maker.asked(get)["id"],
                "asked": asked,
                "asked_at": world.now,
                "status": "complete",
                "reason": "Report is ready",
                "sign": sign({**asked, "seeded": True}),  # the same request again is a new one
            }
        )


def _apps(world: World) -> None:
    """OAuth apps, and the code and refresh token of the document's examples, which are good until used."""
    for app in APPS:
        world.oauth_apps.put({**app, "company_id": world.company_id})
    if MARA not in world.users:
        return
    given: Record = {"app_id": APP, "user_id": MARA, "scopes": []}
    code: Record = {"code": "Zc7h2LxQ0pWm", "redirect_uri": CALLBACK, "expires_at": None, "used": False}
    world.oauth_codes.put({**given, **code, "challenge": CHALLENGE, "method": "S256"})
    world.oauth_refreshes.put({**given, "token": "example-refresh-token"})


def _meetings(world: World, maker: Maker) -> None:
    mara = world.users.find(MARA)
    if mara is None:
        return
    example = next(iter(maker.example("conference-rooms.list")["items"]))
    world.conference_rooms.put({**example, "id": str(ROOM_OF_MARA), "user_id": MARA})
    planned = maker.example("meetings.get")
    start = maker.today + 17 * HOUR + 20 * 60
    fresh: Record = {"user_id": MARA, "cancelled": [], "changed": {}}
    keep_meeting(world, {**planned, **fresh, "start": int(start), "end": int(start) + 1800})
    for row in MEETINGS:
        if row[1] in world.users:
            keep_meeting(world, {**fresh, **_planned(world, maker, planned, *row)})
    past = [
        one
        for meeting in world.meetings
        for _, one in occurrences(meeting)
        if one["end"] <= min(world.now, maker.today)
    ]
    for one in sorted(past, key=lambda one: int(one["end"])):
        conference.hold(world, one)
    held = next(iter(maker.example("conference-meetings.list")["items"]))
    began = maker.today - DAY + 17 * HOUR + 20 * 60
    own = {"start_time": world.stamp(began), "end_time": world.stamp(began + 1800), "user_id": MARA}
    world.conference_meetings.put({**held, **own})


def _planned(
    world: World,
    maker: Maker,
    example: Record,
    title: str,
    host_id: int,
    hours: float,
    minutes: int,
    rhythm: str | None,
    guests: tuple[str, ...],
) -> Record:
    """A planned meeting like the example's."""
    host, start = world.users.get(host_id), int(maker.today + hours * HOUR)
    people = [
        host,
        *(user for box in guests for user in world.users.where("email", f"{box}@larkspur.example")),
    ]
    meeting_id = world.new_id()
    return {
        **example,
        "id": str(meeting_id),
        "instance_id": str(world.new_id()),
        "user_id": host_id,
        "title": title,
        "start": start,
        "end": start + minutes * 60,
        "duration": minutes * 60_000,
        "recurrence": rhythm,
        "meeting_url": conference.address_of(world, host, title, meeting_id),
        "organizer_pin": str(10_000 + world.draw(90_000, "organizer pin", meeting_id)),
        "participant_pin": str(10_000 + world.draw(90_000, "participant pin", meeting_id)),
        "participants_info": [
            {
                "name": person["display_name"],
                "display_name": person["display_name"],
                "email": person["emails"][0],
                "is_organizer": person is host,
            }
            for person in people
        ],
    }


def _outcomes(world: World) -> None:
    """Grades, and outcomes noted, of calls that agents answered for their call center."""
    answered = [call for call in world.calls if _is_answered(call)]
    cards = [card for card in world.scorecards if card.get("state") == "active" and card.get("questions")]
    words = {
        target["target_id"]: [found["name"] for found in record["formatted_dispositions"]]
        for record in world.dispositions
        for target in record.get("targets") or ()
        if record.get("formatted_dispositions")
    }
    for call in answered[-MOST:]:
        if names := words.get(call["group_target"]):
            about = call["call_id"]
            world.call_dispositions.put(
                {
                    "call_id": about,
                    "disposition": names[world.draw(len(names), "disposition", about)],
                    "notes": NOTES[world.draw(len(NOTES), "notes", about)],
                }
            )
    for call in answered[::GRADED][-MOST:] if cards else ():
        world.grades.put(_grade(world, call, cards[world.draw(len(cards), "card", call["call_id"])]))


def _is_answered(call: Record) -> bool:
    return bool(
        call.get("group_type") == "callcenter"
        and call.get("target_type") == "user"
        and call.get("date_connected")
        and call.get("date_ended")
    )


def _grade(world: World, call: Record, card: Record) -> Record:
    answers, score, most = [], 0, 0
    for question in card["questions"]:
        choices = ANSWERS.get(question["type"], SCALE)
        high = len(choices) - 1
        # Two draws, the better counts: agents are rather good.
        points = max(world.draw(high + 1, draw, call["call_id"], question["id"]) for draw in ("a", "b"))
        answers.append({"question_id": question["id"], "answer": choices[points], "points": points})
        score, most = score + points, most + high
    return {
        "id": world.new_id(),
        "scorecard_id": card["id"],
        "call_id": call["call_id"],
        "call_center_id": call["group_target"],
        "call_at": call["date_started"],
        "user_id": call["target_id"],
        "grader_id": MARA,
        "graded_at": min(
            world.now, call["date_ended"] / 1000 + HOUR + world.draw(20 * HOUR, "graded", call["call_id"])
        ),
        "answers": answers,
        "score": score,
        "max_score": most,
    }
