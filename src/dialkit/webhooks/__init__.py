"""Events received in a program of your own: verified, and typed.

    from dialkit.webhooks import SmsEvent, unwrap

    event = unwrap(body, secret=SECRET)
    if isinstance(event, SmsEvent) and event.direction == "inbound":
        print(event.from_number, event.text)

| module | is |
|---|---|
| `unwrapping` | `unwrap`: from the body of a request to an event |
| `token` | who wrote it: the signature |
| `body` | what it says: the JSON |
| `kinds` | which event it is |
| `events`, `call_event`, `parts` | the events as types |
"""

from __future__ import annotations

from dialkit.webhooks.unwrapping import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.webhooks.call_event import CallEvent
    from dialkit.webhooks.events import (
        AgentStatusEvent,
        ChangeLogEvent,
        ChannelEvent,
        ContactEvent,
        FaxEvent,
        SmsEvent,
        UnknownEvent,
    )
    from dialkit.webhooks.kinds import AnyEvent
    from dialkit.webhooks.parts import Event

__all__ = [
    "AgentStatusEvent",
    "AnyEvent",
    "CallEvent",
    "ChangeLogEvent",
    "ChannelEvent",
    "ContactEvent",
    "Event",
    "FaxEvent",
    "SmsEvent",
    "UnknownEvent",
    "unwrap",
]


def __getattr__(name: str) -> Any:
    # The types bring msgspec, 30 ms; who only catches errors does without.
    if name in __all__:
        from dialkit.webhooks import kinds

        return getattr(kinds, name)
    raise AttributeError(f"module 'dialkit.webhooks' has no attribute {name!r}")
