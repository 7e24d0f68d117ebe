"""To whom a text goes: numbers in E.164, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.client.phones import required
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 10  # recipients of one request, as Dialpad documents it


def read(texts: Iterable[str], region: str | None) -> list[str]:
    """The numbers meant, in order, each once. `region`: whose national formats are read; None reads none.

    Raises `InvalidArgument` naming the one that is no number.
    """
    found = list(dict.fromkeys(required("--to", text, region) for text in texts))
    if not found:
        raise InvalidArgument("to whom?", hint="--to +14155550123")
    return found


def parts(numbers: list[str]) -> Iterator[list[str]]:
    """As many requests as it takes, ten at a time; the same ones, in whatever order the people are named."""
    ordered = numbers if len(numbers) <= MOST else sorted(numbers)
    for start in range(0, len(ordered), MOST):
        yield ordered[start : start + MOST]
