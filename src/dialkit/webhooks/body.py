"""What an event says: a JSON object, read without being choosy, since an event comes once."""

from __future__ import annotations

from typing import Any

from dialkit.errors import InvalidEvent

DEEPEST = 64  # levels; what Dialpad sends has four
HINT = "hand over the body of the request byte for byte, as it came"
NAMES = {list: "an array", str: "a text", bool: "true or false", type(None): "null"}


def read_object(data: bytes, what: str = "the event") -> dict[str, Any]:
    """The object that the JSON holds; of a name that stands there twice, the later value.

    Raises `InvalidEvent` for what is no JSON, no object, or nested beyond reason.
    """
    import msgspec

    try:
        found = msgspec.json.decode(data)
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError:
        found = _read_loosely(data, what)
    if not isinstance(found, dict):
        raise InvalidEvent(f"{what} is no JSON object but {NAMES.get(type(found), 'a number')}", hint=HINT)
    # Counting is cheap; few events have that many brackets.
    if data.count(b"{") + data.count(b"[") > DEEPEST and _deep(found):
        raise _too_deep(what)
    return found


def _read_loosely(data: bytes, what: str) -> Any:
    """What msgspec refuses, and senders write: NaN, half a pair of an emoji that was cut off, raw line ends.

    NaN becomes null, and what is no character U+FFFD, so that it can be kept and printed.
    """
    import json

    import msgspec

    try:
        text = data.decode("utf-8-sig", "replace")
        found = json.loads(text, strict=False, parse_constant=lambda _: None)
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        return msgspec.json.decode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError:
        raise InvalidEvent(f"{what} is not JSON", hint=HINT) from None


def _deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _too_deep(what: str) -> InvalidEvent:
    return InvalidEvent(f"{what} is nested more than {DEEPEST} levels deep", hint=HINT)
