"""What the answer to a text says of its delivery: a failure is a failure, though the request was accepted."""

from __future__ import annotations

from typing import Any

from dialkit.errors import UpstreamError

# Results that mean it was not delivered, and what to do (the reference's table, and integrators' notes).
FAILED = {
    "invalid_destination": "check the number: it must be a phone number in E.164 that takes texts",
    "invalid_source": "check --from: it must be a number of your Dialpad account that can text",
    "no_route": "the carrier has no way to the number; call instead",
    "not_supported": "the number takes no texts, as landlines do",
    "rejected": "the carrier or an opt-out stopped it",
    "rejected_spam": "the carrier took it for spam: say it otherwise; is the number registered (A2P)?",
    "internal_error": "Dialpad failed; look in Dialpad before you send it again",
    "time_out": "the carrier did not answer; look in Dialpad before you send it again",
}
DOUBTFUL = ("internal_error", "time_out")  # it may have reached somebody all the same
WORDS = {"pending": "accepted, delivery pending"}  # a status, as people are told of it


def failure(operation: str, answer: Any) -> UpstreamError | None:
    """The error that the answer to a text stands for; None where it says of no failure."""
    if operation != "sms.send" or not isinstance(answer, dict):
        return None
    result, status = answer.get("message_delivery_result"), answer.get("message_status")
    if result not in FAILED and status not in ("failed", "undelivered"):
        return None
    return UpstreamError(
        f"not delivered: {result or status}",
        status=None,
        operation=operation,
        body=answer,
        hint=FAILED.get(str(result), "look in Dialpad what became of it"),
    )


def certain(error: UpstreamError, recipients: int) -> bool:
    """Whether it surely reached nobody: one result cannot tell that of several people."""
    result = (error.body or {}).get("message_delivery_result")
    return recipients == 1 and result in FAILED and result not in DOUBTFUL


def in_words(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as people are told of it."""
    status = answer.get("status")
    return {**answer, "status": WORDS.get(str(status), status)}
