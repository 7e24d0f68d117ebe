"""What a delivery can come to, in the words of answers, of events and of bulk messages."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """A delivery result as it is told: `status` in events, and a bulk message's code and sentence."""

    status: str
    code: str | None = None
    details: str | None = None


OUTCOMES: dict[str, Outcome] = {
    "accepted": Outcome("delivered"),
    "internal_error": Outcome("failed", "internal_error", "The text could not be handed over."),
    "invalid_destination": Outcome("failed", "unknown_subscriber", "The carrier does not know this number."),
    "invalid_source": Outcome("failed", "invalid_source", "The sending number may not send texts."),
    "no_route": Outcome("failed", "no_route", "No carrier takes texts to this number."),
    "not_supported": Outcome("failed", "not_supported", "This number takes no texts."),
    "rejected": Outcome("undelivered", "rejected", "The text was turned away on its way."),
    "rejected_spam": Outcome("failed", "rejected_spam", "The carrier took the text for spam."),
    "time_out": Outcome("failed", "time_out", "The carrier did not answer in time."),
}


def message_status(result: str) -> str:
    """How answers of the API name the end of a delivery: ``success`` or ``failed``."""
    return "success" if result == "accepted" else "failed"
