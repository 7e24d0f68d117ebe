"""Past digital sessions: by web chat, e-mail and text, some of them begun by a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.messages.digital import agent_of, target_of
from dialkit.sandbox.seed.names import CALL_CENTER, THEO
from dialkit.sandbox.world.phones import plain

if TYPE_CHECKING:
    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

DAY = 86_400.0
DAYS = 6  # how far back they go
OPENS, OPEN = 15 * 3600, 10 * 3600
CHANNELS = ("webchat", "webchat", "sms", "email")
SUBJECTS = ("Standing order for March", "Broken grinder", "Prices for ten kilos", "Your invoice")
OUTCOMES = ("Order placed", "Question answered", "Complaint", "Call back")
SURVEYS = ("completed", "not_answered", "not_sent")
LEFT_OUT = ("session_id", "created_at", "ended_at", "duration", "office", "target", "session_account")


def fill(world: World, maker: Maker) -> None:
    """Make them; the last, of yesterday, is that of the document's example."""
    centers = [center["id"] for center in world.call_centers]
    if not centers or not len(world.users):
        return
    agents = _agents(world)
    # Few are needed, however many contacts there are.
    people = [one for _, one in zip(range(200), world.contacts, strict=False) if plain_phone(one)]
    count = maker.sizes["digital_sessions"]
    for number in range(count):
        last = number == count - 1
        center = CALL_CENTER if last else centers[world.draw(len(centers), "center", number)]
        days = (number + 1) / count * DAYS
        at = maker.today - DAYS * DAY + (days - 0.001) // 1 * DAY + OPENS + days % 1 * OPEN
        target = target_of(world, "callcenter", center if center in world.call_centers else centers[0])
        if last:
            session = _example(world, maker)
        else:
            agent = agents[world.draw(len(agents), "agent", number)]
            whom = people[world.draw(len(people), "visitor", number)] if people else None
            session = _session(world, number, agent, whom)
        length = session.pop("length")
        world.digital_sessions.put({**target, **session, "started_at": at, "finished_at": at + length})


def _agents(world: World) -> list[Record]:
    """Ten who are active; Theo first."""
    active = (user for user in world.users if user.get("state") == "active" and user["id"] != THEO)
    first = world.users.find(THEO)
    return [*([first] if first else []), *(user for _, user in zip(range(10), active, strict=False))]


def plain_phone(contact: Record) -> str | None:
    """A contact's first number in E.164, None where it has none."""
    phones = contact.get("phones")
    return plain(phones[0]) if phones else None


def _example(world: World, maker: Maker) -> Record:
    example = maker.example("digital.sessionsdata.list")["items"][0]
    session = {name: value for name, value in example.items() if name not in LEFT_OUT}
    theo = world.users.find(THEO)
    return {
        **session,
        **({"user": agent_of(theo)} if theo else {}),
        "id": int(example["session_id"]),
        "session_account": example["session_account"],
        "email_subject": None,  # the example shows all fields at once; a web chat has no subject
        "length": example["duration"] / 1000,
    }


def _session(world: World, number: int, agent: Record, whom: Record | None) -> Record:
    """One session. By a bot alone, one in six; a customer who went before anybody answered, one in eight."""

    def draw(most: int, what: str) -> int:
        return world.draw(most, "session", number, what)

    channel, bot = CHANNELS[draw(4, "channel")], not draw(6, "bot")
    left, whom = not bot and not draw(8, "left"), whom or {}
    email, phone = whom.get("primary_email"), plain_phone(whom)
    person = {"id": whom.get("id"), "name": whom.get("display_name"), "email": email, "phone": phone}
    survey = "not_sent" if bot or left else SURVEYS[draw(3, "survey")]
    shown = {"webchat": {}, "sms": {"phone": phone}, "email": {"email": email}}[channel]
    session = {
        "id": world.new_id(),
        "customer_session_id": str(world.new_id()),
        "session_channel": channel,
        "chat_type": "messaging" if channel != "email" else "email",
        "direction": "inbound",
        "customer": person,
        "customer_channel_info": {"id": str(whom.get("id")), "name": person["name"], **shown},
        "session_account": {"id": f"larkspur-{channel}", "name": f"Larkspur {channel}"},
        "agent_handled": not bot and not left,
        "agent_transfer": not bot and not left and not draw(10, "transfer"),
        "agent_message_count": 0 if bot or left else 2 + draw(9, "messages"),
        "bot_time": str(5000 + draw(60_000, "bot time")) if channel == "webchat" else None,
        "queue_time": None if bot else str(draw(120_000, "queue")),
        "queued_status": None if bot else "abandoned" if left else "answered",
        "cause": "bot_ended" if bot else "customer_left" if left else "agent_ended",
        "survey_status": survey,
        "email_subject": SUBJECTS[draw(len(SUBJECTS), "subject")] if channel == "email" else None,
        "length": 30 + draw(120, "short") if bot or left else 120 + draw(1500, "long"),
    }
    if bot or left:
        return session
    return {
        **session,
        "user": agent_of(agent),
        "disposition": [OUTCOMES[draw(len(OUTCOMES), "outcome")]],
        "wrap_up_time": str(10 + draw(80, "wrap up")),
        "aicsat_score": float(50 + draw(50, "ai")),
        "customer_csat_score": float(2 + draw(4, "csat")) if survey == "completed" else None,
    }
