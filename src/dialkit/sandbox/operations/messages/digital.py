"""Digital sessions: stretches of conversation with one customer, and the list of them.

Those of the start came by web chat, e-mail and text. Later ones follow from texts to and from the lines of
call centers, departments and offices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.text_event import name_of
from dialkit.sandbox.operations.people import contacts
from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.world import Record, World

TARGETS = {"callcenter": "call_centers", "department": "departments", "office": "offices"}
SILENCE = 30 * 60.0  # seconds without a word, after which a conversation by text is over


def follow(world: World, text: Record) -> None:
    """A text went to or came from a person outside: the session of a group's line begins or goes on."""
    if text["target_type"] not in TARGETS:
        return
    inbound = text["direction"] == "inbound"
    theirs, ours = (text[name] for name in ("from_number", "to_number")[:: 1 if inbound else -1])
    found = world.digital_sessions.where("open", f"{ours} {theirs}")
    session = found[0] if found else _begin(world, text, ours, theirs)
    if not inbound:
        session = _answered(world, session, text)
    world.cancel(session.get("job_id"))
    job_id = world.later(SILENCE, "digital.end", session_id=session["id"])
    world.digital_sessions.put({**session, "last_at": world.now, "job_id": job_id})


def _begin(world: World, text: Record, ours: str, theirs: str) -> Record:
    contact = contacts.contact_of(world, theirs) or {}
    name, email = contact.get("display_name"), contact.get("primary_email")
    session_id = world.new_id()
    return {
        "id": session_id,
        "open_with": f"{ours} {theirs}",
        "started_at": world.now,
        "session_channel": "sms",
        "chat_type": "messaging",
        "direction": text["direction"],
        "agent_handled": True,
        "agent_transfer": False,
        "agent_message_count": 0,
        "customer_session_id": str(world.new_id()),
        "customer": {"id": contact.get("id"), "name": name, "phone": theirs, "email": email},
        "customer_channel_info": {"id": theirs, "name": name, "phone": theirs},
        "session_account": {"id": ours, "phone": ours},
        **target_of(world, text["target_type"], text["target_id"]),
    }


def target_of(world: World, kind: str, target_id: int) -> Record:
    """A session's target and its office, as records of sessions have them."""
    owner = world.table(TARGETS[kind]).get(target_id)
    office = world.offices.get(owner["id"] if kind == "office" else owner["office_id"])
    return {
        "target_type": kind,
        "target_id": target_id,
        "office_id": office["id"],
        "target": {"id": str(target_id), "name": owner["name"], "type": kind},
        "office": {"id": str(office["id"]), "name": office["name"]},
        "session_account_name": name_of(world, kind, target_id),
    }


def _answered(world: World, session: Record, text: Record) -> Record:
    """Somebody of the group writes: the first holds the session, whoever writes next was handed it."""
    session = {**session, "agent_message_count": session["agent_message_count"] + 1}
    user = world.users.find(text["user_id"])
    if user is None:
        return session
    if "user" not in session:
        waited = int((world.now - session["started_at"]) * 1000)
        session = {**session, "user": agent_of(user), "queue_time": str(waited), "queued_status": "answered"}
    if session["user"]["id"] != str(user["id"]):
        session = {**session, "agent_transfer": True}
    return session


def agent_of(user: Record) -> Record:
    """A user as a session names its agent."""
    email = next(iter(user["emails"]), None)
    return {"id": str(user["id"]), "display_name": user["display_name"], "primary_email": email}


def end(world: World, session_id: int) -> None:
    """Nobody wrote for a while: the session is over, since its last text."""
    session = world.digital_sessions.get(session_id)
    answered = "user" in session
    world.digital_sessions.put(
        {
            **session,
            "open_with": None,
            "job_id": None,
            "finished_at": session["last_at"],
            "agent_handled": answered,
            "queued_status": session.get("queued_status", "abandoned"),
            "cause": "inactivity",
            "survey_status": "not_sent",
        }
    )


def list_sessions(world: World, call: Call) -> Values:
    """Sessions that began or ended inside a period, of one target or of all. Raises `Refusal` 400."""
    query = call.query
    start, until = (_moment(query, name) for name in ("start_date", "end_date"))
    if until < start:
        raise Refusal(400, "end_date: is before start_date.")
    kind, target_id = query.get("target_type"), query.get("target_id")
    if target_id is not None:
        world.table(TARGETS[kind or ""]).get(target_id)

    def wanted(session: Record) -> bool:
        moments = (session["started_at"], session.get("finished_at"))
        return any(at is not None and start <= at <= until for at in moments) and (
            target_id is None
            or (session["target_type"], session["target_id"]) == (kind, target_id)
            or (kind == "office" and session["office_id"] == target_id)
        )

    return page(world, call, "digital_sessions", wanted, show=_show)


def _moment(query: Values, name: str) -> float:
    """A moment of a query in epoch seconds, of any year; UTC where it has no zone. Raises `Refusal` 400."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(query[name])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refusal(400, f"{name}: {query[name][:40]!r} is not a moment.") from None


def _show(world: World, session: Record) -> Record:
    begun, finished = session["started_at"], session.get("finished_at")
    account = {"name": session.get("session_account_name"), **session["session_account"]}
    return {
        **session,
        "session_id": str(session["id"]),
        "session_account": account,
        "created_at": world.stamp(begun),
        "ended_at": world.stamp(finished) if finished is not None else None,
        "duration": int(((world.now if finished is None else finished) - begun) * 1000),
    }


HANDLERS = {"digital.sessionsdata.list": list_sessions}
JOBS = {"digital.end": end}
