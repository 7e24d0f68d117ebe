"""What can go wrong, and what it is called everywhere: exception, JSON code, exit code.

    DialkitError
    ├── InvalidArgument      bad input, found before anything was sent
    ├── KeyMissing           no API key anywhere
    ├── Refused              a rule of dialkit or of the user says no (wrong host, pinned account, opt-out)
    ├── NetworkError         no connection was made: nothing was sent
    │   └── ReadTimeout      a read was sent and no answer came; reading again does no harm
    ├── WouldWait            a limit is reached and waiting was not wanted
    ├── OutcomeUnknown       a write left and nobody knows whether it was carried out
    ├── PartialSuccess       some of it was done; the report says what
    ├── Interrupted          the user stopped it
    ├── InvalidEvent         what was posted to a webhook is no event
    │   ├── BadSignature     nobody who knows the secret wrote it
    │   └── StaleEvent       it is genuine, and too old
    └── APIError             Dialpad answered, and said no
        ├── ValidationFailed     400, 405, 411, 413, 415, 422
        ├── AuthenticationFailed 401
        ├── PermissionDenied     403
        ├── NotFound             404, 410
        ├── Conflict             409
        ├── RateLimited          429
        └── UpstreamError        5xx, and answers that make no sense

`KINDS` is the one table of codes and exits; a test proves that no class is missing from it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar


class DialkitError(Exception):
    """The root of all of them.

    `message` is one line: what, and which value. `hint` is what to do, ready to be typed where possible.
    `retryable` is true only where a repeat cannot do harm. `status` is the HTTP status, `operation` the id of
    the operation, where there is one.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status: int | None = None
        self.operation: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls the class with the message alone, which most refuse: process pools hang.
        return _again, (type(self), self.args), self.__dict__

    @property
    def code(self) -> str:
        """The word for programs, such as ``not_found``."""
        return KINDS[self._kind()][0]

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return KINDS[self._kind()][1]

    def _kind(self) -> type[DialkitError]:
        return next(cls for cls in type(self).__mro__ if cls in KINDS)

    def as_dict(self) -> dict[str, Any]:
        """``{code, message, hint, status, operation, retryable}``, as JSON on stderr carries it."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "status": self.status,
            "operation": self.operation,
            "retryable": self.retryable,
        }


def _again(kind: type[DialkitError], args: tuple[Any, ...]) -> DialkitError:
    """An error as it came out of a pickle; its attributes follow."""
    return kind.__new__(kind, *args)


class InvalidArgument(DialkitError):
    """Bad input: an unknown name, a missing field, a value of the wrong type. Nothing was sent."""


class KeyMissing(DialkitError):
    """No API key: not in the environment, not in the config, not in the key store."""


class Refused(DialkitError):
    """A rule says no. Nothing was sent."""


class NetworkError(DialkitError):
    """No connection could be made. Nothing was sent, so a repeat does no harm."""

    retryable = True


class ReadTimeout(NetworkError):
    """Asked for something that only reads, and the answer did not come or broke off."""


class WouldWait(DialkitError):
    """A limit is reached, and `--no-wait` was given. `seconds` is how long it would take."""

    retryable = True

    def __init__(self, message: str, *, seconds: float, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class OutcomeUnknown(DialkitError):
    """A write left, and no answer says whether it was carried out. It was sent once and is not repeated."""

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.operation = operation
        self.status = status


class PartialSuccess(DialkitError):
    """Some of it was done. `done` says how much or what, `cursor` where to go on from."""

    def __init__(
        self,
        message: str,
        *,
        done: Any,
        cursor: str | None = None,
        status: int | None = None,
        operation: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.done = done
        self.cursor = cursor
        self.status = status
        self.operation = operation


class Interrupted(DialkitError):
    """The user pressed Ctrl-C, or the process was asked to stop."""


class InvalidEvent(DialkitError):
    """What was posted to a webhook is no event: too large, no JSON, or signed where no secret is known."""


class BadSignature(InvalidEvent):
    """What was posted to a webhook was not signed with its secret: take it for forged."""


class StaleEvent(InvalidEvent):
    """An event is genuine, and older than was asked for, or outside of its own times."""


class APIError(DialkitError):
    """Dialpad answered with an error. `text` is its own text, whole; `body` the decoded answer."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None,
        operation: str | None = None,
        text: str = "",
        body: Any = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.operation = operation
        self.text = text
        self.body = body


class ValidationFailed(APIError):
    """Dialpad found the request wrong (400 and the like). Sending it again as it is will not help."""


class AuthenticationFailed(APIError):
    """401: the key is unknown, expired, or of another environment."""


class PermissionDenied(APIError):
    """403: the key is known but lacks a scope or an admin's right."""


class NotFound(APIError):
    """404: nothing has that id, or the key may not see it."""


class Conflict(APIError):
    """409: it exists already, or its state does not allow this."""


class RateLimited(APIError):
    """429, after waiting as often as was allowed. `retry_after` is in seconds, where Dialpad gave one."""

    retryable = True
    retry_after: float | None = None


class UpstreamError(APIError):
    """Dialpad failed (5xx), or what answered is not its API. `retryable` where the request only reads."""

    def __init__(self, message: str, *, repeatable: bool = False, **rest: Any) -> None:
        super().__init__(message, **rest)
        self.retryable = repeatable  # type: ignore[misc]  # by case here, by class elsewhere


# The one table: class -> JSON code, exit code. Exit 1 is a bug in dialkit, 0 is done.
KINDS: dict[type[DialkitError], tuple[str, int]] = {
    DialkitError: ("internal_error", 1),
    InvalidArgument: ("invalid_argument", 2),
    ValidationFailed: ("validation_failed", 2),
    KeyMissing: ("auth_missing", 3),
    AuthenticationFailed: ("auth_failed", 3),
    PermissionDenied: ("permission_denied", 3),
    NotFound: ("not_found", 4),
    Conflict: ("conflict", 5),
    Refused: ("refused", 6),
    InvalidEvent: ("invalid_event", 2),
    BadSignature: ("bad_signature", 6),
    StaleEvent: ("stale_event", 6),
    RateLimited: ("rate_limited", 7),
    WouldWait: ("rate_limited", 7),
    APIError: ("upstream_error", 8),
    UpstreamError: ("upstream_error", 8),
    OutcomeUnknown: ("outcome_unknown", 9),
    NetworkError: ("network_error", 10),
    ReadTimeout: ("timeout", 10),
    PartialSuccess: ("partial_success", 11),
    Interrupted: ("interrupted", 130),
}
