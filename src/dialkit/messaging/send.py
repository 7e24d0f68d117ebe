"""Sending a text: to many as several requests of ten, each accounted for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import DialkitError, PartialSuccess, UpstreamError
from dialkit.messaging import consent, recipients
from dialkit.messaging.outgoing import carry_out
from dialkit.messaging.segments import travel

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client import Dialpad, Request
    from dialkit.messaging.senders import Sender
    from dialkit.store import Database

OPERATION = "sms.send"
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


class Message(NamedTuple):
    """A text to be sent. `to` are numbers in E.164; `media` is Base64."""

    text: str
    to: list[str]
    sender: Sender
    media: str | None = None

    def bodies(self) -> list[dict[str, Any]]:
        """What is asked, ten recipients at a time."""
        said = {"text": self.text} | ({"media": self.media} if self.media else {})
        return [
            {"to_numbers": part, "from_number": self.sender.number, **said}
            for part in recipients.parts(self.to)
        ]


def preview(message: Message) -> dict[str, Any]:
    """How it would travel: sender and where it is from, the exact text, encoding, segments."""
    went = travel(message.text)
    told: dict[str, Any] = {
        "from_number": message.sender.number,
        "sender_source": message.sender.source,
        "to_numbers": message.to,
        "text": message.text,
        "characters": len(message.text),
        "encoding": went.encoding,
        "segments": went.segments,
        "segments_in_all": went.segments * len(message.to),
    }
    if went.forced_by:
        told["forced_by"] = went.forced_by
    return told


def requests(client: Dialpad, message: Message) -> list[Request]:
    """The requests as they would leave."""
    return [client.prepare(OPERATION, body) for body in message.bodies()]


def send(
    client: Dialpad,
    database: Database,
    message: Message,
    *,
    once: str | None = None,
    again: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Send it; the answer with the reference's names beside Dialpad's own.

    Of more than ten recipients, ``parts`` holds each answer. Raises `Refused` for who opted out, `Conflict`
    for a likely repeat, `PartialSuccess` where a later part fails, what the client raises.
    """
    asked = requests(client, message)
    consent.check(client, database, message.to, tell)
    batch = None if len(asked) == 1 else f"{OPERATION} {client.clock.now():.6f}"
    answers: list[dict[str, Any]] = []
    for place, request in enumerate(asked):
        key = once if once is None or len(asked) == 1 else f"{once}#{place + 1}"
        try:
            response = carry_out(client, database, request, once=key, again=again, batch=batch)
            answers.append(answered(response.json(), message))
        except DialkitError as error:
            if not answers:
                raise
            raise PartialSuccess(
                f"{place} of {len(asked)} requests were accepted, then: {error.message}",
                done={
                    "parts": answers,
                    "failed": {**error.as_dict(), "to_numbers": request.body["to_numbers"]},
                },
                hint="dialpad outbox list; those accepted are not to be sent again",
            ) from error
    if len(answers) == 1:
        return answers[0]
    return {**answers[0], "to_numbers": message.to, "parts": answers}


def answered(answer: dict[str, Any], message: Message) -> dict[str, Any]:
    """An answer with the reference's fields. Raises `UpstreamError` where it says that delivery failed."""
    result = answer.get("message_delivery_result")
    status = answer.get("message_status")
    if result in FAILED or status in ("failed", "undelivered"):
        raise UpstreamError(
            f"not delivered: {result or status}",
            status=None,
            operation=OPERATION,
            body=answer,
            hint=FAILED.get(str(result), "look in Dialpad what became of it"),
        )
    return {
        **answer,
        "status": status,
        "message_delivery_result": result or status,
        "to_numbers": answer.get("to_numbers") or message.to,
        "from_number": answer.get("from_number") or message.sender.number,
        "direction": answer.get("direction", "outbound"),
        "sender_source": message.sender.source,
    }
