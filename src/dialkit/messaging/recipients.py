"""To whom a text goes: numbers in E.164, each once, none that is ruled out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.client.phones import e164
from dialkit.errors import InvalidArgument, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 10  # recipients of one request, as Dialpad documents it


def read(texts: Iterable[str], region: str | None) -> list[str]:
    """The numbers meant, in order, each once. `region`: whose national formats are read; None reads none.

    Raises `InvalidArgument` naming the one that is no number.
    """
    found: dict[str, None] = {}
    for text in texts:
        number = e164(text, region)
        if number is None:
            raise InvalidArgument(
                f"--to: {text[:40]!r} is not a phone number",
                hint="write it like +14155550123" + ("" if region else ", or add --infer-country-code"),
            )
        found[number] = None
    if not found:
        raise InvalidArgument("to whom?", hint="--to +14155550123")
    return list(found)


def check_policy(numbers: Iterable[str], allowed: Iterable[str]) -> None:
    """Raises `Refused` for a number outside what the user allows, where the user allows anything at all."""
    prefixes = tuple(allowed)
    for number in numbers if prefixes else ():
        if not number.startswith(prefixes):
            raise Refused(
                f"--to {number}: your config allows only {', '.join(prefixes)}",
                hint="dialpad config set allow_destinations "
                + ",".join([*prefixes, number[: max(2, len(number) - 7)]]),
            )


def parts(numbers: list[str]) -> Iterator[list[str]]:
    """As many requests as it takes: ten at a time."""
    for start in range(0, len(numbers), MOST):
        yield numbers[start : start + MOST]
