"""`unwrap`: from the body of a request to an event that is genuine, fresh if that is asked for, and typed.

It takes 55 µs of CPU for an event of a call, 35 for one of a text; `bench/events.py` measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import BadSignature, InvalidArgument, InvalidEvent, StaleEvent, UpstreamError
from dialkit.webhooks import token
from dialkit.webhooks.body import read_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.client.clock import Clock
    from dialkit.webhooks.kinds import AnyEvent
    from dialkit.webhooks.parts import Event

MOST = 1 << 20  # bytes of a body; events have a few thousand
LEEWAY = 60  # seconds by which clocks may differ where a token has its own times
WHOLE = "hand over the body of the request byte for byte: not parsed, not printed"


def unwrap(
    body: bytes | bytearray | memoryview | str,
    *,
    secret: str | bytes | Iterable[str | bytes] | None,
    max_age: float | None = None,
    strict: bool = False,
    clock: Clock | None = None,
) -> AnyEvent:
    """The event that Dialpad posted to a webhook, or pushed through a websocket.

        try:
            event = unwrap(body, secret=my_secret)
        except InvalidEvent:
            return 401

    An event is not lost over one field: a value that is not of the documented type stays as it came, an
    unknown field stands in `extra`, a kind that is not known is an `UnknownEvent`. Dialpad may send an event
    twice, and in any order: keep its id, and answer 2xx within five seconds.

    Parameters:
        body: what was posted, as it came; at most 1 MB.
        secret: the webhook's secret; or several, of which any may have signed, while you change it. None
            says that the webhook has no secret: then the body must be plain JSON, and **anybody who knows
            the URL can have written it**.
        max_age: refuse events that happened more than so many seconds ago. Dialpad tries a text again for
            up to four hours, and it then is as old as it is: less than 15,000 loses what came while your
            server was down. Events that do not say when they happened, as those of contacts, are refused
            as well.
        strict: refuse events of an unknown kind, with an unknown field or a value of another type. For tests:
            Dialpad adds fields without notice.
        clock: what tells the time (`dialkit.client.clock.Clock`); the machine's, if left out.

    Returns an `SmsEvent`, `CallEvent`, `ContactEvent`, `AgentStatusEvent`, `ChangeLogEvent`, `ChannelEvent`,
    `FaxEvent` or `UnknownEvent`.

    Raises `BadSignature` where no secret signed the body (HS256 only), `StaleEvent` for an event that is too
    old, or outside the `exp` or `nbf` of its token (Dialpad sets neither), and `InvalidEvent`, of which both
    are kinds, for what is no event at all. `InvalidArgument` is about the call itself: an empty secret, a
    body that was parsed already. No message repeats the body or a secret.
    """
    keys, data = keys_of(secret), _raw(body)
    if max_age is not None and not max_age > 0:
        raise InvalidArgument("max_age: must be more than 0 seconds", hint="leave it out to take all events")
    event = _typed(payload_of(data, keys, clock), strict=strict)
    if max_age is not None:
        _check_age(event, max_age, _now(clock))
    return event


def payload_of(data: bytes, keys: tuple[bytes, ...] | None, clock: Clock | None = None) -> dict[str, Any]:
    """What a body says, once it is certain who wrote it; untyped. `keys` are those of `keys_of`.

    Raises `InvalidEvent`, and of its kinds `BadSignature` and `StaleEvent`, as `unwrap` does.
    """
    raw = _read(data, keys)
    if keys is not None and ("exp" in raw or "nbf" in raw):
        _check_times(raw, _now(clock))
    return raw


def _read(data: bytes, secrets: tuple[bytes, ...] | None) -> dict[str, Any]:
    if not data:
        raise InvalidEvent("the body is empty", hint=WHOLE)
    if secrets is None:
        if token.looks_signed(data):
            raise InvalidEvent("the body is signed, and no secret was given", hint=token.HINT)
        return read_object(data)
    if data.startswith((b"{", b"[")):
        raise BadSignature("the body is plain JSON: anybody can have written it", hint=token.HINT)
    return read_object(token.verify(data, secrets))


def _typed(raw: dict[str, Any], *, strict: bool) -> AnyEvent:
    from dialkit.client.model import decode
    from dialkit.webhooks.kinds import kind_of

    kind = kind_of(raw)
    try:
        return decode(kind, raw, strict=strict, name=f"the {kind.kind} event")
    except UpstreamError as error:
        raise InvalidEvent(error.message, hint=error.hint) from None


def _check_times(raw: dict[str, Any], now: float) -> None:
    """Hold the token to its own times, as RFC 7519 asks."""
    begins, ends = (now if raw.get(name) is None else raw[name] for name in ("nbf", "exp"))
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (begins, ends)):
        raise InvalidEvent("the token's exp or nbf is no number of seconds", hint=WHOLE)
    if now < begins - LEEWAY or now > ends + LEEWAY:
        raise StaleEvent(
            "the token is not valid at this time, by its exp or nbf", hint="check the machine's clock"
        )


def _check_age(event: Event, max_age: float, now: float) -> None:
    happened = event.milliseconds
    if happened is None:
        raise StaleEvent(
            f"the {event.kind} event does not say when it happened", hint="leave out max_age for this webhook"
        )
    if happened < (now - max_age) * 1000:
        raise StaleEvent(
            f"the {event.kind} event is older than {max_age:g} seconds: of {event.at or 'before all time'}",
            hint="check the machine's clock, or allow for Dialpad's retries: max_age=15_000",
        )


def _now(clock: Clock | None) -> float:
    import time

    return clock.now() if clock is not None else time.time()


def keys_of(secret: str | bytes | Iterable[str | bytes] | None) -> tuple[bytes, ...] | None:
    """The secrets as bytes, None where there is none. Raises `InvalidArgument`, without repeating them."""
    if secret is None:
        return None
    try:
        given = (secret,) if isinstance(secret, str | bytes) else tuple(secret)
        # A secret from the environment that is not UTF-8 has its bytes back.
        keys = tuple(
            each if isinstance(each, bytes) else each.encode("utf-8", "surrogateescape") for each in given
        )
    except (AttributeError, TypeError, UnicodeError):
        keys = ()
    if not keys or not all(keys):
        raise InvalidArgument(
            "secret: is empty, or no text: anybody could sign with it",
            hint="dialpad webhooks list shows the secret; None is for webhooks without one",
        )
    return keys


def _raw(body: bytes | bytearray | memoryview | str) -> bytes:
    """The body as bytes, without white space around it. Raises `InvalidArgument`, `InvalidEvent`."""
    if not isinstance(body, str | bytes | bytearray | memoryview):
        raise InvalidArgument(f"body: is {type(body).__name__}, not what was posted", hint=WHOLE)
    if len(body) > MOST:
        raise InvalidEvent(f"the body has more than {MOST} bytes: no event is as long", hint=WHOLE)
    try:
        return (body.encode() if isinstance(body, str) else bytes(body)).strip()
    except UnicodeError:
        raise InvalidEvent("the body is no text in UTF-8", hint=WHOLE) from None
