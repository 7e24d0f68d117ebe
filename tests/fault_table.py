"""The table of faults: what a server does wrong, and what that comes to for a read and for a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from asker import HASTY, PATIENT
from dialkit.errors import (
    Conflict,
    DialkitError,
    NotFound,
    OutcomeUnknown,
    ReadTimeout,
    UpstreamError,
    ValidationFailed,
)
from servers import behaviours

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.behaviours import Behaviour


class Fault(NamedTuple):
    """What a fault comes to: exception class and words for a read and for a write; None for an answer.

    `again` says whether a read is repeated; a write never is.
    """

    step: Callable[[], Behaviour]
    read: type[DialkitError] | None
    read_words: str
    write: type[DialkitError] | None
    write_words: str
    again: bool = True
    patience: float = PATIENT


MAYBE = "it may have been carried out"
NOT_GZIP = {"Content-Encoding": "gzip"}
HOSTILE_HEADER = b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9 \xff\r\nContent-Length: 2\r\n\r\n{}"

FAULTS = {
    # The connection breaks.
    "reset_after": Fault(behaviours.reset_after, ReadTimeout, "connection broke", OutcomeUnknown, MAYBE),
    "close_after": Fault(behaviours.close_after, ReadTimeout, "connection broke", OutcomeUnknown, MAYBE),
    "truncated": Fault(behaviours.truncated, ReadTimeout, "broke", OutcomeUnknown, MAYBE),
    "chunked_cut": Fault(
        lambda: behaviours.chunked({"id": "1"}, cut=True), ReadTimeout, "broke", OutcomeUnknown, MAYBE
    ),
    # The answer takes too long.
    "never": Fault(
        behaviours.never, ReadTimeout, "no answer came in time", OutcomeUnknown, MAYBE, patience=HASTY
    ),
    "slow_headers": Fault(
        lambda: behaviours.slow_headers(3600),
        ReadTimeout, "no answer came in time", OutcomeUnknown, MAYBE, patience=HASTY,
    ),
    "slow_body": Fault(
        lambda: behaviours.slow_body(3600),
        ReadTimeout, "no answer came in time", OutcomeUnknown, MAYBE, patience=HASTY,
    ),
    # The answer makes no sense.
    "bad_status_line": Fault(behaviours.bad_status_line, ReadTimeout, "broke", OutcomeUnknown, MAYBE),
    "huge_headers": Fault(behaviours.huge_headers, ReadTimeout, "too large", OutcomeUnknown, MAYBE),
    "not_gzip": Fault(
        lambda: behaviours.status(200, b"plain", NOT_GZIP), ReadTimeout, "gzip", OutcomeUnknown, MAYBE
    ),
    "truncated_json": Fault(
        behaviours.truncated_json, UpstreamError, "not what Dialpad", OutcomeUnknown, MAYBE, again=False
    ),
    "deep_json": Fault(
        lambda: behaviours.status(200, b"[" * 200_000),
        UpstreamError, "not what Dialpad", OutcomeUnknown, MAYBE, again=False,
    ),
    "not_utf8": Fault(
        lambda: behaviours.status(200, b'"\xff\xfe\xfa"'),
        UpstreamError, "not what Dialpad", OutcomeUnknown, MAYBE, again=False,
    ),
    # Something in between, or the API itself, says no.
    "html_502": Fault(behaviours.html, UpstreamError, "Bad Gateway", OutcomeUnknown, "502 from something"),
    "html_404": Fault(lambda: behaviours.html(404), NotFound, "404", NotFound, "404", again=False),
    "api_500": Fault(lambda: behaviours.status(500), UpstreamError, "made up", UpstreamError, "made up"),
    "api_409": Fault(
        lambda: behaviours.status(409), Conflict, "made up", Conflict, "made up", again=False
    ),
    "early_answer": Fault(
        behaviours.early_answer, ValidationFailed, "413", ValidationFailed, "413", again=False
    ),
    # Answers that are unusual and right.
    "no_content": Fault(behaviours.no_content, None, "", None, ""),
    "empty": Fault(behaviours.empty, None, "", None, ""),
    "chunked": Fault(behaviours.chunked, None, "", None, ""),
    "latin_1_header": Fault(lambda: behaviours.raw(HOSTILE_HEADER), None, "", None, ""),
}  # fmt: skip
