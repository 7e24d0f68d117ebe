"""Sending a text: to many as several requests of ten, each accounted for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import DialkitError, Interrupted, PartialSuccess
from dialkit.messaging import consent, recipients
from dialkit.messaging.outgoing import carry_out_all, silent
from dialkit.messaging.segments import travel

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client import Dialpad, Request
    from dialkit.messaging.senders import Sender
    from dialkit.store import Database

OPERATION = "sms.send"


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
        **_source(message.sender),
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


def dry_run(
    client: Dialpad, database: Database, message: Message, *, tell: Callable[[str], None] = silent
) -> dict[str, Any]:
    """What `send` would send, and how it would travel; nothing is asked. Raises `Refused` as `send` does."""
    consent.check(client, database, message.to, tell, ask=False)
    shown = [{"method": one.method, "url": one.url, "body": one.body} for one in requests(client, message)]
    return {"dry_run": True, **preview(message), "requests": shown}


def send(
    client: Dialpad,
    database: Database,
    message: Message,
    *,
    once: str | None = None,
    again: bool = False,
    anew: bool = False,
    tell: Callable[[str], None] = silent,
) -> dict[str, Any]:
    """Send it; the answer with the reference's fields, of several requests with one for each in ``parts``.

    Raises `Refused` where one of the numbers opted out or is ruled out, `PartialSuccess` where a later part
    fails or is interrupted, and what `carry_out_all` raises.
    """
    asked = requests(client, message)
    answers: list[dict[str, Any]] = []
    try:
        for response in carry_out_all(client, database, asked, once=once, again=again, anew=anew, tell=tell):
            answers.append(answered(response.json() or {}, message))  # noqa: PERF401 - what came before an error counts
    except (DialkitError, KeyboardInterrupt) as stopped:
        if not answers:
            raise
        error = stopped if isinstance(stopped, DialkitError) else Interrupted("interrupted")
        failed, *waiting = asked[len(answers) :]
        raise PartialSuccess(
            f"{len(answers)} of {len(asked)} requests were accepted, then: {error.message}",
            done={
                "parts": answers,
                "failed": {**error.as_dict(), "to_numbers": failed.body["to_numbers"]},
                "not_sent": [number for request in waiting for number in request.body["to_numbers"]],
            },
            hint="dialpad outbox list shows each; dialpad outbox retry ID sends one that was refused",
        ) from stopped
    if len(answers) == 1:
        return answers[0]
    return {**answers[0], "to_numbers": message.to, "parts": answers}


def answered(answer: dict[str, Any], message: Message) -> dict[str, Any]:
    """An answer with the reference's fields."""
    status = answer.get("message_status")
    return {
        **answer,
        "status": status,
        "message_delivery_result": answer.get("message_delivery_result") or status,
        "to_numbers": answer.get("to_numbers") or message.to,
        "from_number": answer.get("from_number") or message.sender.number,
        "direction": answer.get("direction", "outbound"),
        **_source(message.sender),
    }


def _source(sender: Sender) -> dict[str, str]:
    noted = {"sender_note": sender.note} if sender.note else {}
    return {"sender_source": sender.source, **noted}
