"""Which event it is. Dialpad does not say: the kinds tell themselves apart by the fields they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

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
from dialkit.webhooks.parts import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    "kind_of",
]

AnyEvent: TypeAlias = (
    SmsEvent
    | CallEvent
    | ContactEvent
    | AgentStatusEvent
    | ChangeLogEvent
    | ChannelEvent
    | FaxEvent
    | UnknownEvent
)
# The first row counts of which an event has all the fields. Faxes and channels come before texts, whose
# fields they have as well.
MARKS: tuple[tuple[frozenset[str], type[AnyEvent]], ...] = (
    (frozenset({"call_id", "state"}), CallEvent),
    (frozenset({"fax_status"}), FaxEvent),
    (frozenset({"fax_url"}), FaxEvent),
    (frozenset({"channel", "text"}), ChannelEvent),
    (frozenset({"channel_id", "text"}), ChannelEvent),
    (frozenset({"message_status"}), SmsEvent),
    (frozenset({"from_number", "to_number"}), SmsEvent),
    (frozenset({"on_duty_status"}), AgentStatusEvent),
    (frozenset({"event", "contact"}), ContactEvent),
    (frozenset({"action", "changed_by"}), ChangeLogEvent),
)


def kind_of(raw: Mapping[str, Any]) -> type[AnyEvent]:
    """The type of an event, by the names of its fields."""
    return next((kind for marks, kind in MARKS if marks <= raw.keys()), UnknownEvent)
