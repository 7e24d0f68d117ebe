"""What events tell, made fit to be kept: whatever came, nothing of it can fail a statement.

A batch is one transaction, so one odd value must not cost the others. Each function gives None for what is
not of its kind.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dialkit.client.phones import REGION, e164, required

LONGEST = 100_000  # characters of a text; Dialpad's have 1,600
NUMBER = 64  # characters of a phone number
NAME = 300  # characters of a name, a number, an id
SHORT_CODES = range(3, 7)  # digits
LATEST = 253_402_300_800_000  # ms: the year 10000


def text(value: Any, most: int = LONGEST) -> str | None:
    """A text without NUL, which PostgreSQL cannot keep, and with whole characters only."""
    if not isinstance(value, str):
        return None
    if len(value) <= most and "\x00" not in value and value.isascii():
        return value  # as nearly all are: events come by the thousand
    found: str = value[:most].replace("\x00", "\ufffd")
    try:
        found.encode()
    except UnicodeEncodeError:  # halves of characters
        return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def name(value: Any) -> str | None:
    """A short text that says something."""
    if value is None:
        return None
    found = text(value, NAME)
    return found if found and not found.isspace() else None


def id_of(value: Any) -> str | None:
    """An id, which Dialpad writes as a number or as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 63 else None
    return name(value)


def seconds(value: Any) -> float | None:
    """A moment in ms since 1970, as seconds."""
    found = number(value)
    return found / 1000 if found is not None and 0 < found < LATEST else None


def length(value: Any) -> float | None:
    """A length in ms, as seconds."""
    found = number(value)
    return found / 1000 if found is not None and 0 <= found < LATEST else None


def number(value: Any) -> float | None:
    """A number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None


def party(value: Any) -> dict[str, Any]:
    """One side of a text or a call; empty where nothing is told."""
    return value if isinstance(value, dict) else {}


def phone(value: Any) -> str | None:
    """A phone number in E.164; what is none, such as a short code, as it came."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _phone(value[:NUMBER]) if isinstance(value, str) and value else None


def number_given(name: str, told: str, region: str) -> str:
    """A number that somebody gives, in E.164; a short code as it stands. Raises `InvalidArgument`."""
    plain = told.strip()
    if plain.isascii() and plain.isdecimal() and len(plain) in SHORT_CODES:
        return plain
    return required(name, plain, region)


def party_given(name: str, told: str, region: str) -> str:
    """The same, or as it stands whoever writes by a name and no number. Raises `InvalidArgument`."""
    plain = told.strip()[:NUMBER]
    if any(map(str.isalpha, plain)) and e164(plain, region) is None:
        return plain
    return number_given(name, told, region)


@lru_cache(8192)
def _phone(told: str) -> str | None:
    found = (text(told) or "").strip()
    return e164(found, REGION) or found or None
