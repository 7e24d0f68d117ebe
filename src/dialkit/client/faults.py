"""From an answer that says no, or from no answer at all, to one exception that says what to do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from dialkit.client.hints import hint_for
from dialkit.errors import (
    APIError,
    AuthenticationFailed,
    Conflict,
    NetworkError,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ReadTimeout,
    UpstreamError,
    ValidationFailed,
)

if TYPE_CHECKING:
    from dialkit.client.exchange import TransportFault
    from dialkit.client.request import Request
    from dialkit.client.response import Response
    from dialkit.errors import DialkitError

BY_STATUS: dict[int, type[APIError]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: RateLimited,
}
# An older client of the service met limits as 403 with such words (integrators' reports).
LIMIT_WORDS = re.compile(r"rate.?limit|rate quota|too many requests", re.IGNORECASE)
MAX_TEXT = 2_000
# What stands between us and the API says so, and what was asked may have got through: POST, then "see other";
# too slow; hung up; no or no timely answer from behind (RFC 9110; 499 is nginx's).
LOST = (303, 408, 499, 502, 504)

HOW_TO_FIND_OUT = {
    "outward": "do not repeat it; look in Dialpad whether it went out",
    "write": "do not repeat it blindly; read the object again to see whether it was changed",
}


def api_text(response: Response) -> tuple[str, Any]:
    """The API's own words about a refusal, and the decoded body. Never empty."""
    body: Any = None
    try:
        body = response.json()
    except ValueError:
        text = response.content.decode("utf-8", "replace")
        title = re.search(r"<title[^>]{0,100}>(.{1,200}?)</title>", text, re.IGNORECASE | re.DOTALL)
        words = " ".join(re.sub(r"<[^>]{0,500}>", " ", title[1] if title else text[: 4 * MAX_TEXT]).split())
        return words[:MAX_TEXT] or f"HTTP {response.status}", None
    found = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(found, dict):
        inner = found.get("errors")
        details = (
            [str(e["message"]) for e in inner if isinstance(e, dict) and e.get("message")]
            if isinstance(inner, list)
            else []
        )
        text = str(found.get("message") or found.get("error_description") or "")
        text = "; ".join(dict.fromkeys([*([text] if text else []), *details])) or json.dumps(found)
    else:
        text = str(found) if found else f"HTTP {response.status}"
    return text[:MAX_TEXT], body


def one_line(text: str) -> str:
    """`text` as it can stand in a message: no line breaks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def scrub(response: Response, key: str | None) -> None:
    """Take the key out of an answer that becomes an error: some proxies show what they were asked."""
    if key:
        response.content = response.content.replace(key.encode(), b"***")
        response.headers = {name: value.replace(key, "***") for name, value in response.headers.items()}


def from_dialpad(body: Any) -> bool:
    """Whether a refusal has the shape of Dialpad's own errors: then the API itself saw the request.

    A text under ``error`` is what gateways write, too.
    """
    found = body.get("error") if isinstance(body, dict) else None
    return isinstance(found, dict) and "code" in found


def is_limit(response: Response) -> bool:
    """Whether an answer says to slow down."""
    return response.status == 429 or (
        response.status == 403 and bool(LIMIT_WORDS.search(api_text(response)[0]))
    )


def retry_after(response: Response, now: float) -> float | None:
    """Seconds to wait as the answer asks: ``Retry-After`` in seconds or as an HTTP date. None without one."""
    given = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", given):
        return float(given)
    until = _moment(given)
    if until is None:
        return None
    # By the clock of who asks for it, where the answer tells that: ours may be wrong.
    there = _moment(response.headers.get("date", ""))
    return max(0.0, until - (now if there is None else there))


def _moment(text: str) -> float | None:
    """A date of HTTP in seconds since 1970; None where it is none."""
    if not text:
        return None
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(text)
        # HTTP's dates are GMT, also in the old form that does not say so.
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def refused(response: Response, now: float) -> DialkitError:
    """The exception for an answer with a status of 300 or more."""
    request = response.request
    text, body = api_text(response)
    status = response.status
    line = one_line(text)
    hint = hint_for(status, text, request)
    if body is None and 400 <= status < 500:
        hint = "these are not Dialpad's words: is a proxy, a firewall or a login page in between?"
    doubtful = status in LOST or (not 400 <= status < 500 and not from_dialpad(body))
    if doubtful and not request.repeatable:
        return OutcomeUnknown(
            f"{request.name}: {status} from something in between ({line}); it may have been carried out",
            operation=request.name,
            status=status,
            hint=HOW_TO_FIND_OUT.get(request.effect, HOW_TO_FIND_OUT["write"]),
        )
    told: dict[str, Any] = {
        "status": status,
        "operation": request.name,
        "text": text,
        "body": body,
        "hint": hint,
    }
    message = f"{line} (HTTP {status}, {request.name})"
    if is_limit(response):
        told["hint"] = "wait a little, then try again"
        wait = retry_after(response, now)
        if wait is not None:
            told["hint"] = f"Dialpad asks to wait {wait:.0f} s; try again then"
        error = RateLimited(message, **told)
        error.retry_after = wait
        return error
    if status >= 500 or status < 400:
        return UpstreamError(message, repeatable=request.repeatable, **told)
    return BY_STATUS.get(status, ValidationFailed)(message, **told)


def unanswered(fault: TransportFault, request: Request) -> DialkitError:
    """The exception for a request that got no whole answer."""
    if not fault.sent:
        return NetworkError(
            f"{request.name}: no connection to {host_of(request.url)} ({fault.message}); nothing was sent",
            hint="check the network and proxy settings, then try again; `dialpad doctor` tests them",
        )
    how = "no answer came in time" if fault.timeout else f"the connection broke ({fault.message})"
    if fault.status is not None:
        how = f"the answer ({fault.status}) broke off: {fault.message}"
    if request.repeatable and fault.final:
        return UpstreamError(
            f"{request.name}: {fault.message}",
            status=fault.status,
            operation=request.name,
            hint="ask for less at once: fewer with --max-items, then on from there with --cursor",
        )
    if request.repeatable:
        return ReadTimeout(f"{request.name}: {how}", hint="it only reads; try again")
    return OutcomeUnknown(
        f"{request.name}: {how}; it may have been carried out",
        operation=request.name,
        status=fault.status,
        hint=HOW_TO_FIND_OUT.get(request.effect, HOW_TO_FIND_OUT["write"]),
    )


def unreadable(response: Response) -> DialkitError:
    """The exception for a status of 2xx whose body is not the JSON it should be."""
    request = response.request
    what = f"{request.name}: the answer ({response.status}) is not what Dialpad answers"
    if request.repeatable:
        return UpstreamError(
            what,
            repeatable=True,
            status=response.status,
            operation=request.name,
            text=api_text(response)[0],
            hint="is a proxy or a login page in between? `dialpad doctor` tests the connection",
        )
    return OutcomeUnknown(
        what + "; it may have been carried out",
        operation=request.name,
        status=response.status,
        hint=HOW_TO_FIND_OUT.get(request.effect, HOW_TO_FIND_OUT["write"]),
    )


def host_of(url: str) -> str:
    """Host and port of a URL, for messages."""
    return url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
