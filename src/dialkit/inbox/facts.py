"""What an event of a text tells: a row for each thread that the text is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.inbox import values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.store.database import Row

MOST = 30  # recipients of a text that are looked at; Dialpad takes 10
WORDS = {"success": "delivered"}  # what the API's answers say instead
HIDDEN = frozenset("*█■•xX ")  # a text of nothing else was hidden from us


def facts(payload: Mapping[str, Any], received_at: float) -> list[Row]:
    """What an event tells of a text: one row for each thread that it is in; none where it has no id."""
    message = values.id_of(payload.get("id"))
    if message is None:
        return []
    at = values.seconds(payload.get("created_date")) or values.seconds(payload.get("event_timestamp"))
    status = (values.name(payload.get("message_status")) or "").lower()
    said, also = payload.get("text"), payload.get("text_content")
    text = values.text(said) if said == also else better(values.text(said), values.text(also))
    url = values.name(payload.get("mms_url"))
    common = {
        "id": message,
        "direction": _direction(payload),
        "text": text,
        "mms": int(bool(payload.get("mms") or url)),
        "media_url": url,
        "status": WORDS.get(status, status) or None,
        "result": values.name(payload.get("message_delivery_result")),
        "at": at or received_at,
        "status_at": values.seconds(payload.get("event_timestamp")) or at or received_at,
        "sender_id": values.id_of(payload.get("sender_id")),
        "is_internal": int(payload.get("is_internal") is True),
        "source": "event",
        **_line(payload),
    }
    person = values.phone(values.party(payload.get("contact")).get("phone_number"))
    pairs = _numbers(payload, common, person)
    if len(pairs) == 1:
        common.update(_contact(payload), ours=pairs[0][0], theirs=pairs[0][1])
        return [common]
    return [
        {**common, **(_contact(payload) if theirs == person else {}), "ours": ours, "theirs": theirs}
        for ours, theirs in pairs
    ]


def better(one: str | None, other: str | None) -> str | None:
    """The text that says more: the first, unless it is empty or hidden and the other is not."""
    return other if other and worth(other) > worth(one) else one


def worth(text: str | None) -> int:
    """How much a text says: 0 for nothing, 1 for what was hidden, else 2."""
    if not text or text.isspace():
        return 0
    return 1 if HIDDEN.issuperset(text) and len(text) > 2 else 2


def _direction(payload: Mapping[str, Any]) -> str:
    said = payload.get("direction")
    if said in ("inbound", "outbound"):
        return str(said)
    theirs = values.phone(values.party(payload.get("contact")).get("phone_number"))
    return "inbound" if theirs and theirs == values.phone(payload.get("from_number")) else "outbound"


def _line(payload: Mapping[str, Any]) -> Row:
    target = values.party(payload.get("target"))
    return {
        "target_type": values.name(target.get("type")),
        "target_id": values.id_of(target.get("id")),
        "target_name": values.name(target.get("name")),
    }


def _contact(payload: Mapping[str, Any]) -> Row:
    contact = values.party(payload.get("contact"))
    return {"contact_id": values.id_of(contact.get("id")), "contact_name": values.name(contact.get("name"))}


def _numbers(payload: Mapping[str, Any], told_of: Row, person: str | None) -> list[tuple[str, str]]:
    """Our number and theirs, for each thread that a text is in."""
    told = payload.get("to_number")
    to = [values.phone(one) for one in (told[:MOST] if isinstance(told, list) else (told,))]
    to_numbers = [number for number in (dict.fromkeys(to) if len(to) > 1 else to) if number]
    from_number = values.phone(payload.get("from_number"))
    inbound = told_of["direction"] == "inbound"
    ours = (to_numbers[0] if len(to_numbers) == 1 else None) if inbound else from_number
    if ours is None:
        line = values.phone(values.party(payload.get("target")).get("phone_number"))
        nameless = f"{told_of['target_type']}:{told_of['target_id']}" if told_of["target_id"] else ""
        known = to_numbers[0] if inbound and to_numbers and line not in to_numbers else line
        ours = known or nameless
    if inbound:
        return [(ours, from_number or person or "")]
    return [(ours, theirs) for theirs in to_numbers or [person or ""]]
