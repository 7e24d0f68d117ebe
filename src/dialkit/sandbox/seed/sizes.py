"""How much there is at the start; each can be set, to try things at scale."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """How many there are unless said otherwise, at most, and of what."""

    default: int
    most: int
    about: str


SIZES: dict[str, Size] = {
    "users": Size(12, 20_000, "people of the company"),
    "contacts": Size(40, 200_000, "contacts, shared and local"),
    "calls": Size(60, 100_000, "past calls"),
    "texts": Size(60, 200_000, "past texts"),
    "digital_sessions": Size(20, 20_000, "past digital sessions"),
}
