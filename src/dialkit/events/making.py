"""Events of one's own making, as Dialpad writes them: for trying a program out.

    payload = make("sms.received", from_number="+14155550123", to_number="+15105550100", text="Hello")
    body = written(payload, secret)

The fields are those that were captured or are documented; of faxes and channels nothing is, and they are as
the sandbox writes them. Each has ids of its own, so that it is taken for a new event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument
from dialkit.events import names

if TYPE_CHECKING:
    from collections.abc import Callable

    Payload = dict[str, Any]

THEIRS, OURS = "+14155550123", "+15105550100"  # numbers that are kept for fiction
TALKED = 42_000  # ms that a call lasted that was connected
STATUS = {"sms.received": "pending", "sms.sent": "sent", "sms.delivered": "delivered", "sms.failed": "failed"}
RESULT = {"sms.delivered": "accepted", "sms.failed": "no_route"}
# States of a call: before anybody answers, where nobody does, and while it lasts.
RINGING = ("calling", "preanswer", "queued", "ringing")
UNANSWERED = (*RINGING, "blocked", "missed", "voicemail", "voicemail_uploaded")
LIVE = (*RINGING, "barge", "connected", "hold", "merged", "monitor", "parked", "recording", "takeover")
SPOKEN = "Hello, please call me back."  # on voicemails


class Facts:
    """What the makers of payloads go by: numbers in E.164, a text, the time in ms since 1970.

    `inbound`: they called or wrote to us, so the number it comes from is theirs.
    """

    def __init__(
        self, name: str, from_number: str | None, to_number: str | None, text: str | None, now: int
    ) -> None:
        outbound = name in ("sms.sent", "sms.delivered", "sms.failed", "call.calling")
        self.name, self.now, self.inbound = name, now, not outbound
        self.text, self.spoken = text, False
        first, second = (OURS, THEIRS) if outbound else (THEIRS, OURS)
        self.from_number, self.to_number = from_number or first, to_number or second
        self.direction = "inbound" if self.inbound else "outbound"
        self.theirs, self.ours = self.from_number, self.to_number
        if outbound:
            self.theirs, self.ours = self.ours, self.theirs

    def words(self, otherwise: str | None) -> str | None:
        """The text, which thereby has its place in the event."""
        self.spoken = True
        return otherwise if self.text is None else self.text


def make(
    name: str,
    *,
    from_number: str | None = None,
    to_number: str | None = None,
    text: str | None = None,
    now: float | None = None,
) -> Payload:
    """The fields of an event.

    Parameters:
        name: what happened, such as ``sms.received``; see `dialkit.events.names`.
        from_number: who wrote or called, in E.164; a number of fiction if left out.
        to_number: whom they reached, in E.164; likewise.
        text: the words of a text, a voicemail, a transcript, a recap, a channel's message, a note in the
            change log, or an agent's reason.
        now: when it happened, in seconds since 1970; this moment if left out.

    Raises `InvalidArgument` for a name that stands for no event, or for several, and for a text where the
    event has no words.
    """
    from time import time

    name = names.known(name, all_of_a_kind=False)
    maker = MAKERS.get(name.partition(".")[0])
    if maker is None:
        raise InvalidArgument(
            f"{name}: there is nothing to make it by", hint="make it as a fixture of your own"
        )
    facts = Facts(name, from_number, to_number, text, int((time() if now is None else now) * 1000))
    payload = maker(facts)
    if text is not None and not facts.spoken:
        raise InvalidArgument(f"--text: {name} has no words", hint="--set NAME=VALUE sets any other field")
    return payload


def written(payload: Payload, secret: str | None = None) -> bytes:
    """The body of an event as it is posted: one signed token where there is a secret, else JSON.

    Raises `InvalidArgument` for what is too large to be an event, and a number that JSON does not have.
    """
    import json

    from dialkit.webhooks import token
    from dialkit.webhooks.unwrapping import MOST

    # Cut-off emoji have no bytes; as escapes they survive, as they do on their way from Dialpad.
    try:
        data = json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:
        raise InvalidArgument(f"the event is no JSON: {error}", hint="write numbers as 1.5e3") from None
    body = data if secret is None else token.sign(data, secret.encode("utf-8", "surrogateescape"))
    if len(body) > MOST:
        raise InvalidArgument(f"the event has {len(body):,} bytes", hint=f"events have at most {MOST:,}")
    return body


def _sms(facts: Facts) -> Payload:
    text = facts.words("Hello")
    return {
        "id": _id(),
        "created_date": facts.now,
        "event_timestamp": facts.now,
        "direction": facts.direction,
        "target": {"id": _id(), "name": "Main line", "phone_number": _national(facts.ours), "type": "office"},
        "contact": {"id": str(_id()), "name": "Robin Example", "phone_number": facts.theirs},
        "sender_id": None if facts.inbound else _id(),
        "from_number": facts.from_number,
        "to_number": [facts.to_number],
        "mms": False,
        "mms_url": None,
        "is_internal": False,
        "message_status": STATUS[facts.name],
        "message_delivery_result": RESULT.get(facts.name),
        "text": text,
        "text_content": text,
    }


def _call(facts: Facts) -> Payload:
    call_id, state = _id(), facts.name.removeprefix("call.")
    live, answered = state in LIVE, state not in UNANSWERED
    talked = TALKED if answered and not live else 0
    began = facts.now - talked - (5_000 if state not in RINGING else 0)
    # That it comes to the voicemail says nothing of a message, unless there are words of one.
    voicemail = state == "voicemail_uploaded" or (state == "voicemail" and facts.text is not None)
    return {
        "call_id": call_id,
        "state": state,
        "direction": facts.direction,
        "event_timestamp": facts.now,
        "external_number": facts.theirs,
        "internal_number": facts.ours,
        "date_started": began,
        "date_rang": began,
        "date_first_rang": began,
        "date_queued": began if state == "queued" else None,
        "date_connected": facts.now - talked if answered else None,
        "date_ended": None if live else facts.now,
        "talk_time": float(talked) if talked else None,
        "duration": float(talked) if talked else None,
        "total_duration": None if live else float(facts.now - began),
        "hold_time": None,
        "contact": _party("local", "Robin Example", facts.theirs),
        "target": {**_party("user", "Sam Example", facts.ours), "office_id": _id()},
        "entry_point_call_id": None,
        "entry_point_target": {},
        "master_call_id": None,
        "operator_call_id": None,
        "group_id": None,
        "is_internal": False,
        "is_transferred": False,
        "labels": [],
        "was_recorded": voicemail,
        "recording_details": [],
        "voicemail_link": f"https://dialpad.com/blob/voicemail/{call_id}.mp3" if voicemail else None,
        "voicemail_recording_id": _id() if voicemail else None,
        "transcription_text": facts.words(SPOKEN) if voicemail or "transcription" in state else None,
        "recap_summary": {"content": facts.words("They will call back.")}
        if state == "recap_summary"
        else None,
        "custom_data": None,
    }


def _contact(facts: Facts) -> Payload:
    return {
        "event": facts.name.removeprefix("contact.").capitalize(),
        "contact": {
            "id": str(_id()),
            "type": "shared",
            "first_name": "Robin",
            "last_name": "Example",
            "display_name": "Robin Example",
            "phones": [facts.theirs],
            "primary_phone": facts.theirs,
            "emails": ["robin@example.com"],
            "primary_email": "robin@example.com",
            "company_name": None,
            "job_title": None,
            "urls": [],
            "trunk_group": None,
            "extension": None,
        },
    }


def _agent_status(facts: Facts) -> Payload:
    return {
        "availability_status": "available",
        "call_center_ids": [str(_id())],
        "date": facts.now,
        "event_timestamp": facts.now,
        "on_duty_status": "available",
        "on_duty_status_reason": facts.words(None),
        "powerdialer_mode": False,
        "powerdialer_session": None,
        "target": _party("user", "Sam Example", facts.ours),
    }


def _changelog(facts: Facts) -> Payload:
    return {
        "date": facts.now,
        "action": "updated_ivr",
        "note": facts.words("The greeting was changed."),
        "additional_data": {},
        "target": {"type": "office", "id": _id()},
        "changed_by": {"name": "Sam Example", "id": _id(), "type": "user"},
    }


def _channel(facts: Facts) -> Payload:
    return {
        "id": _id(),
        "created_date": facts.now,
        "event_timestamp": facts.now,
        "direction": "inbound",
        "channel": {"id": _id(), "name": "front-desk"},
        "sender_id": _id(),
        "sender_name": "Sam Example",
        "member_ids": [],
        "text": facts.words("Hello"),
    }


def _fax(facts: Facts) -> Payload:
    fax_id = _id()
    return {
        "id": str(fax_id),
        "created_date": facts.now,
        "event_timestamp": facts.now,
        "direction": facts.direction,
        "fax_status": "received",
        "from_number": facts.from_number,
        "to_number": facts.to_number,
        "fax_transaction": {"num_pages": 1, "is_billed": False},
        "contact_id": None,
        "sender_id": None,
        "user_id": None,
        "fax_url": f"https://dialpad.com/fax/{fax_id}.pdf",
        "target": {"type": "office", "id": _id()},
    }


MAKERS: dict[str, Callable[[Facts], Payload]] = {
    "sms": _sms,
    "call": _call,
    "contact": _contact,
    "agent_status": _agent_status,
    "changelog": _changelog,
    "channel": _channel,
    "fax": _fax,
}


def _party(kind: str, name: str, phone: str) -> Payload:
    return {"id": _id(), "type": kind, "email": None, "phone": phone, "name": name}


def _id() -> int:
    """An id as Dialpad's are: 16 digits, below 2^53."""
    from secrets import randbelow

    return 4_503_599_627_370_496 + randbelow(4_503_599_627_370_496)


def _national(number: str) -> str:
    """A number as the company's own is written in events of texts: ``(510) 555-0100``."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number
