"""What a receiver answers, and why. Dialpad tries again after a 5xx and never after a 4xx.

So a 4xx is only for what can never be right; whatever may be our own fault or somebody's hurry is a 503.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

LATER = (b"retry-after", b"1")


class Answer(NamedTuple):
    """Status, headers and body of an answer. `reason` is the word of a refusal; empty where it is none."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    reason: str = ""


STORED = Answer(204)

# Word of a refusal -> status, and what it says to who asked.
REFUSALS: dict[str, tuple[int, str]] = {
    "bad_signature": (401, "none of the secrets signed this body"),
    "stale": (401, "the token is outside of its own times"),
    "not_local": (403, "no secret is set, so only this machine may post here"),
    "not_found": (404, "nothing is here"),
    "method": (405, "events are posted"),
    "too_large": (413, "an event has at most 1 MB"),
    "encoded": (415, "events come as they are, not compressed"),
    "not_event": (400, "this is no JSON object"),
    "bad_request": (400, "this is no HTTP request"),
    "head_too_large": (431, "the head of a request has at most 16 KB"),
    "busy": (503, "too much is waiting; try again"),
    "slow": (503, "the request took too long to arrive; try again"),
    "not_stored": (503, "the event could not be stored; try again"),
}


def _refusal(reason: str, status: int, text: str) -> Answer:
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)
    if status == 503:
        headers += (LATER,)
    if status == 405:
        headers += ((b"allow", b"POST"),)
    return Answer(status, headers, f'{{"error": "{reason}", "message": "{text}"}}\n'.encode(), reason)


REFUSED = {reason: _refusal(reason, *row) for reason, row in REFUSALS.items()}


def plain(status: int, body: bytes, kind: bytes = b"text/plain; charset=utf-8") -> Answer:
    """An answer of text."""
    return Answer(status, ((b"content-type", kind), (b"cache-control", b"no-store")), body)


def head(answer: Answer, *, close: bool) -> bytes:
    """The head of an answer as HTTP/1.1 writes it, the empty line included."""
    lines = [b"HTTP/1.1 %d %b" % (answer.status, PHRASES[answer.status])]
    lines += [b"%b: %b" % pair for pair in answer.headers]
    if answer.status != 204:
        lines.append(b"content-length: %d" % len(answer.body))
    if close:
        lines.append(b"connection: close")
    return b"\r\n".join([*lines, b"", b""])


PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
