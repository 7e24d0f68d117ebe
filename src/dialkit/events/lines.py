"""An event in one line, for a person. What it says comes from outside: who prints it makes it printable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Payload = Mapping[str, Any]

LONGEST = 200  # characters
MILLISECONDS = ("event_timestamp", "date", "created_date")


def line(kind: str, payload: Payload, received_at: float) -> str:
    """Time (UTC), kind, who, what: ``17:00:05  sms  +14155550123 -> (510) 555-0100  pending  Two kilos``."""
    told = KINDS.get(kind, _other)(payload)
    words = "  ".join(part for part in (_time(payload, received_at), kind, *told) if part)
    words = " ".join(words.splitlines())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _time(payload: Payload, received_at: float) -> str:
    from datetime import UTC, datetime

    at = next((payload[name] for name in MILLISECONDS if _is_moment(payload.get(name))), received_at * 1000)
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%H:%M:%S")


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e14


def _name(value: Any) -> str:
    """Who, of a target or contact: the name, else the number."""
    if not isinstance(value, dict):
        return ""
    return str(value.get("name") or value.get("phone") or value.get("phone_number") or "")


def _text(payload: Payload) -> tuple[str, ...]:
    to = payload.get("to_number")
    to = ", ".join(map(str, to)) if isinstance(to, list) else str(to or "?")
    state = payload.get("message_status") or payload.get("direction") or ""
    return (
        f"{payload.get('from_number') or '?'} -> {to}",
        str(state),
        str(payload.get("text") or ("(picture)" if payload.get("mms") else "")),
    )


def _call(payload: Payload) -> tuple[str, ...]:
    way = "->" if payload.get("direction") == "outbound" else "<-"
    ours = _name(payload.get("target")) or payload.get("internal_number") or "?"
    return (
        f"{ours} {way} {payload.get('external_number') or '?'}",
        str(payload.get("state") or ""),
        f"call {payload.get('call_id')}",
    )


def _contact(payload: Payload) -> tuple[str, ...]:
    return str(payload.get("event") or ""), _name(payload.get("contact"))


def _duty(payload: Payload) -> tuple[str, ...]:
    return _name(payload.get("target")), str(payload.get("on_duty_status") or "")


def _change(payload: Payload) -> tuple[str, ...]:
    return str(payload.get("action") or ""), _name(payload.get("changed_by")), str(payload.get("note") or "")


def _other(payload: Payload) -> tuple[str, ...]:
    return tuple(str(payload[name]) for name in ("id", "text") if payload.get(name))


KINDS: dict[str, Callable[[Payload], tuple[str, ...]]] = {
    "sms": _text,
    "fax": _text,
    "call": _call,
    "contact": _contact,
    "agent_status": _duty,
    "changelog": _change,
}
