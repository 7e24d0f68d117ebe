"""What a fault rule may say: each field, how its value is checked, and what it is about."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.catalog.model import nearest
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


class BadRule(Refusal, ValueError):
    """A fault rule that cannot be: its message begins with the field, and names the value."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(400, message)
        self.field = field


class Field(NamedTuple):
    """One field: `read` gives the value to keep, or raises `ValueError` with what it must be."""

    read: Callable[[Any], Any]
    about: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a text")
    return value


def _raw(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) and item for item in values):
        raise ValueError("must be a text or a list of texts")
    return list(values)


def _operations(value: Any) -> list[str]:
    """Operation ids or patterns, each of which fits an operation: one that fits none never happens."""
    from dialkit.catalog import Catalog

    ids = Catalog().ids
    for pattern in (texts := _texts(value)):
        if not any(fnmatchcase(name, pattern) for name in ids):
            near = nearest(pattern, list(ids), 1)
            meant = f", such as {near[0]}" if near else ""
            raise ValueError(f"must be the id of an operation{meant}, or a pattern that fits one")
    return texts


def _events(value: Any) -> list[str]:
    for pattern in (texts := _texts(value)):
        if not any(fnmatchcase(name, pattern) for name in EVENTS):
            raise ValueError(f"must be of {', '.join(EVENTS)}")
    return texts


def _header(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise ValueError("must be a text that can stand in a header")
    return value


def _phone(value: Any) -> str:
    """A number; plain ``+14155550123`` in YAML is an integer."""
    text = f"+{value}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    digits = re.sub(r"[ ().-]", "", text)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValueError("must be a phone number such as +14155550123")
    return digits


def _number(value: Any, least: float, most: float) -> float:
    try:
        found = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except ValueError:
        found = None
    if found is None or not least <= found <= most:  # NaN is not between them either
        raise ValueError(f"must be a number from {least:g} to {most:g}")
    return found


def _between(least: float, most: float) -> Callable[[Any], float]:
    return lambda value: _number(value, least, most)


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        try:
            found = _number(value, least, most)
        except ValueError:
            found = 0.5
        if found != int(found):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(found)

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if str(value) not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return read


def _yes(value: Any) -> bool:
    if value not in (True, "true", "yes"):
        raise ValueError("must be true, or left out")
    return True


YEAR = 31_536_000.0
EVENTS = ("sms", "call", "contact", "agent_status", "changelog", "channel", "fax", "report")

MATCHES: dict[str, Field] = {
    "operation": Field(_operations, "operation ids, with * and ? as in file names; one or a list"),
    "method": Field(_one_of("GET", "POST", "PUT", "PATCH", "DELETE"), "the HTTP method"),
    "path": Field(_text, "the path as it is sent, with * and ?, such as /api/v2/call*"),
    "number": Field(_phone, "a phone number anywhere in the request: sender, recipient, path"),
    "key": Field(_text, "the name of the API key: admin, user, narrow, expired, or one of your own"),
    "event": Field(_events, f"deliveries only: {', '.join(EVENTS)}; one or a list"),
    "url": Field(_text, "deliveries only: the address of the webhook, with * and ?"),
}
OFTEN: dict[str, Field] = {
    "count": Field(_whole(1, 10**9), "how many times it happens; then the rule is spent"),
    "after": Field(_whole(0, 10**9), "how many that match are let through first"),
    "probability": Field(_between(0, 1), "how likely it happens; the same for the same seed"),
}
EFFECTS: dict[str, Field] = {
    "status": Field(_whole(200, 599), "answer with this status; the request is not carried out"),
    "message": Field(_text, "the message of that answer"),
    "reason": Field(_text, "the reason of that answer, such as rateLimitExceeded"),
    "storm": Field(_one_of("429", "403"), "refuse as one above a limit is refused: 429 or 403"),
    "retry_after": Field(_between(0, YEAR), "seconds, as the header Retry-After"),
    "carried_out": Field(_yes, "the request is carried out although `status` says it is not"),
    "latency": Field(_between(0, 3600), "real seconds before the answer; what was asked is done by then"),
    "slow_body": Field(_between(1, 10**9), "bytes a second at which the answer's body is sent"),
    "refuse": Field(
        _between(0.01, 3600), "reset the connection, and refuse every other for so many real seconds"
    ),
    "reset": Field(_one_of("before", "after"), "reset the connection: before or after it is carried out"),
    "truncate": Field(_whole(0, 10**9), "send only so many bytes of the body that was announced"),
    "content_type": Field(_header, "the answer's Content-Type"),
    "body": Field(_raw, "this text in place of the answer"),
    "repeat_cursor": Field(_yes, "a page's cursor is the one that was sent, again and again"),
}
DELIVERY: dict[str, Field] = {
    "webhook": Field(
        _one_of("lost", "late", "duplicate", "reorder"),
        "deliveries only: lost, late, duplicate (sent more than once) or reorder (after the next one)",
    ),
    "seconds": Field(_between(0, YEAR), "how late, on the sandbox's clock; 30 if left out"),
    "times": Field(_whole(2, 100), "how many times a duplicate is sent; 2 if left out"),
}
NOTE = {"note": Field(_text, "what the rule is for, in your own words")}
FIELDS: dict[str, Field] = {**MATCHES, **OFTEN, **EFFECTS, **DELIVERY, **NOTE}

# What a field needs beside it, and what it cannot stand with.
NEEDS = {
    "message": ("status", "storm"),
    "reason": ("status", "storm"),
    "retry_after": ("status", "storm"),
    "carried_out": ("status", "storm"),
    "seconds": ("webhook",),
    "times": ("webhook",),
    "event": ("webhook",),
    "url": ("webhook",),
}
ONLY_WITH = {"seconds": "late", "times": "duplicate"}  # which `webhook`
REQUESTS_ONLY = (*(name for name in MATCHES if name not in ("event", "url")), *EFFECTS)
ENDS = tuple(name for name in EFFECTS if name not in ("reset", "refuse", "latency"))
CANNOT: dict[str, tuple[str, ...]] = {
    "reset": (*ENDS, "refuse"),
    "refuse": (*ENDS, "latency"),
    "storm": ("status",),
    "repeat_cursor": ("status", "storm", "body"),
    "webhook": REQUESTS_ONLY,
}


def check(given: Any) -> dict[str, Any]:
    """A rule's fields as they are kept. Raises `BadRule`, naming the field and the value."""
    if not isinstance(given, dict):
        raise BadRule(f"A rule must be fields and their values; got {_shown(given)}.")
    rule: dict[str, Any] = {}
    for name, value in given.items():
        field = FIELDS.get(str(name))
        if field is None:
            raise BadRule(
                f"{str(name)[:80]}: is no field of a rule; there are {', '.join(FIELDS)}.", str(name)
            )
        if value is None:
            continue
        try:
            rule[name] = field.read(value)
        except ValueError as error:
            raise BadRule(f"{name}: {error}; got {_shown(value)}.", name) from None
    _check_together(rule)
    return rule


def _shown(value: Any) -> str:
    """A value for a message; lists and objects may be of any size and are only named."""
    named = {"list": "a list", "dict": "an object"}
    return named.get(type(value).__name__) or repr(str(value)[:80])


def _check_together(rule: dict[str, Any]) -> None:
    if not any(name in rule for name in (*EFFECTS, "webhook")):
        raise BadRule(f"A rule must say what happens: one of {', '.join((*EFFECTS, 'webhook'))}.")
    for name, others in CANNOT.items():
        for other in others:
            if name in rule and other in rule:
                raise BadRule(f"{name}: cannot stand with {other} in one rule.", name)
    for name, others in NEEDS.items():
        if name in rule and not any(other in rule for other in others):
            raise BadRule(f"{name}: needs {' or '.join(others)} beside it.", name)
    for name, kind in ONLY_WITH.items():
        if name in rule and rule["webhook"] != kind:
            raise BadRule(f"{name}: belongs to webhook {kind}, not to {rule['webhook']}.", name)
