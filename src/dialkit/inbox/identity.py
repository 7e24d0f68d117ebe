"""What makes an event the same as another: a redelivery changes nothing twice.

Dialpad gives events no id. A text has one event for each status, and each recipient; a leg of a call one for
each state, but for those that it may come to again. Of the rest nothing is documented, so all of what an
event says counts: two changes of a contact that leave it as it was before are one, where no time is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.inbox.values import id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Payload = Mapping[str, Any]

LONGEST = 160  # characters; a longer one is hashed
# States that a leg comes to more than once: held again, rung again.
AGAIN = frozenset({"barge", "calling", "connected", "eavesdrop", "hold", "monitor", "parked", "queued",
                   "recording", "ringing", "takeover", "transferred"})  # fmt: skip
# What a token says about itself, not about the event: it may differ from try to try.
OF_TOKEN = frozenset({"iat", "exp", "nbf", "jti", "iss", "aud"})


def identity(kind: str, payload: Payload) -> str:
    """What an event has in common with its redeliveries only; at most 160 characters.

    `kind` is the word for it, such as ``sms``; see `dialkit.webhooks.kinds`.
    """
    parts = BY_KIND.get(kind, _nothing)(payload)
    found = "/".join([kind, *parts]) if parts else f"{kind}/{_digest(payload)}"
    return found if len(found) <= LONGEST and found.isprintable() else f"{kind}/{_hash(found)}"


def _text(payload: Payload) -> list[str]:
    message = id_of(payload.get("id"))
    if message is None:
        return []
    to = payload.get("to_number")
    numbers = sorted(map(str, to)) if isinstance(to, list) else [str(to)]
    told = (payload.get(name) for name in ("direction", "message_status", "message_delivery_result"))
    return [message, *(str(value or "") for value in told), ",".join(numbers)]


def _call(payload: Payload) -> list[str]:
    leg, state = id_of(payload.get("call_id")), payload.get("state")
    if leg is None or not isinstance(state, str):
        return []
    return [leg, state, *([str(payload.get("event_timestamp") or "")] if state in AGAIN else [])]


def _nothing(_payload: Payload) -> list[str]:
    return []


BY_KIND: dict[str, Callable[[Payload], list[str]]] = {"sms": _text, "call": _call}


def _digest(payload: Payload) -> str:
    import json

    said = {name: value for name, value in payload.items() if name not in OF_TOKEN}
    return _hash(json.dumps(said, sort_keys=True, default=str))


def _hash(told: str) -> str:
    from hashlib import sha256

    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
