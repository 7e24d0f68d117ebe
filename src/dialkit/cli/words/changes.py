"""The few old parameters and defaults that take a computation, each a function named in the table.

A parameter's function gets the turn, its name and its value, and gives texts by field; a default's gets the
turn, and gives the text of its field, or None where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dialkit.cli.words.reading import Turn

OWNERS = ("callcenter", "department", "office")  # what an IVR can belong to
HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
LOOK = "1"  # stands for an id that is looked up later, until then


def kept(turn: Turn, name: str, value: Any) -> dict[str, str]:
    """No field: it is kept for a default or a step."""
    turn.kept[name] = value
    return {}


def send_time(turn: Turn, _name: str, text: str) -> dict[str, str]:
    """A moment in ISO 8601 as epoch seconds; one without a zone is of ``--timezone``."""
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgument(
            f"--send-time: {text[:40]!r} is no time in ISO 8601", hint="write it like 2026-02-15T09:00:00Z"
        ) from None
    if moment.tzinfo is None:
        moment = _in_zone(moment, turn.given.get("timezone"), text)
    return {"start_date": str(int(moment.timestamp()))}


def _in_zone(moment: datetime, zone: str | None, text: str) -> datetime:
    """A wall clock's time in a zone, where there is exactly one such moment."""
    from datetime import UTC

    from dialkit.client.clock import zone_of

    if zone is None:
        raise InvalidArgument(
            f"--send-time: {text} has no time zone",
            hint=f"add --timezone America/Los_Angeles, or write {moment.isoformat()}Z for UTC",
        )
    there = zone_of(zone)
    first, second = (moment.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():  # clocks go forward or back
        exists = first.astimezone(UTC).astimezone(there).replace(tzinfo=None) == moment
        offset = first.isoformat()
        raise InvalidArgument(
            f"--send-time: {text} is there {'twice' if exists else 'not at all'} in {zone}: clocks change",
            hint=f"write it with an offset, such as {offset}",
        )
    return first


def ivr_owner(turn: Turn, _name: str, text: str) -> dict[str, str]:
    """The target that owns an IVR: ``callcenter:ID``, or an alias of that."""
    known = turn.app.config.alias(text) or text
    owner, colon, target_id = known.partition(":")
    if owner not in OWNERS or not colon or not target_id:
        via = f", which stands for {known!r}," if known != text else ""
        raise InvalidArgument(
            f"--ivr-id: {text[:60]!r}{via} does not say who owns the IVR",
            hint=f"one of {', '.join(f'{one}:ID' for one in OWNERS)}, or an alias of one: "
            f"dialpad alias set {text[:60] if known == text and not colon else 'NAME'} callcenter:ID",
        )
    return {"target_type": owner, "target_id": target_id}


def direction(turn: Turn, _name: str, texts: list[str]) -> dict[str, str]:
    """``sms_received`` is inbound, ``sms_sent`` outbound, both are all."""
    from dialkit.catalog.values import ValueFault, read_array
    from dialkit.events.hooks.texts import direction_of

    try:
        types = read_array(texts, {"type": "array", "items": {"type": "string"}}, {}, flag="--event-types")
    except ValueFault as fault:
        raise InvalidArgument(fault.message, hint=fault.hint) from None
    return {"direction": direction_of(types or [], turn.given.get("direction"))}


def color(turn: Turn, name: str, text: str) -> dict[str, str]:
    """A colour, checked and kept."""
    if len(text) != 7 or text[0] != "#" or not HEXADECIMAL.issuperset(text[1:]):
        raise InvalidArgument(
            f"--color: {text[:40]!r} is not #RRGGBB", hint="two hexadecimal digits each: --color '#00FF00'"
        )
    return kept(turn, name, text.upper())


def sender(turn: Turn) -> str:
    """The number that sends. Raises `InvalidArgument` where nothing says which."""
    from dialkit.messaging.senders import resolve

    found = resolve(
        turn.app.config,
        turn.app.environ,
        number=turn.kept.get("from"),
        profile=turn.kept.get("profile"),
        allow_mismatch="allow_profile_mismatch" in turn.kept,
    )
    turn.note(f"--from-number {found.number} is from {found.source}")
    if found.note:
        turn.app.tell(f"note: {found.note}")
    return found.number


def sender_if_any(turn: Turn) -> str | None:
    """The number that sends, where anything says which; Dialpad asks for none."""
    from dialkit.messaging.senders import DEFAULT_NUMBER, DEFAULT_PROFILE

    said = {"from", "profile"} & turn.kept.keys()
    known = {"user_id", "channel_hashtag"} & (turn.given.keys() | turn.body.keys())
    set_up = turn.app.environ.get(DEFAULT_NUMBER) or turn.app.environ.get(DEFAULT_PROFILE)
    if said or (not known and (set_up or turn.app.config.defaults.get("profile"))):
        return sender(turn)
    return None


def export_type(turn: Turn) -> str | None:
    """What these kinds of reports come as; the others come as statistics unless records are asked for."""
    asked = turn.given.get("stat_type") or turn.body.get("stat_type")
    if asked is None:
        return None
    found = "records" if asked in ("csat", "dispositions") else "stats"
    turn.note(f"--export-type {found}, since none is given")
    return found


def primary_office(turn: Turn) -> str:
    """Filled in by the step that sends: it takes a request."""
    turn.kept["primary_office"] = True
    return LOOK


PARAMETERS: dict[str, Callable[[Turn, str, Any], dict[str, str]]] = {
    "kept": kept,
    "send_time": send_time,
    "ivr_owner": ivr_owner,
    "direction": direction,
    "color": color,
}
DEFAULTS: dict[str, Callable[[Turn], str | None]] = {
    "sender": sender,
    "sender_if_any": sender_if_any,
    "export_type": export_type,
    "primary_office": primary_office,
}
