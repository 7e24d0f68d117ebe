"""How many parts a text travels in: GSM 03.38 where its alphabet suffices, else UCS-2 for all of it."""

from __future__ import annotations

import math
from typing import NamedTuple

# The basic alphabet of GSM 03.38, and what takes two places in it: an escape and a character.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
GSM = BASIC | EXTENDED
# Places in a text of one part, and in each part of a longer one: its header takes the rest.
GSM_ONE, GSM_PART = 160, 153
UCS_ONE, UCS_PART = 70, 67


class Segments(NamedTuple):
    """How a text is counted: its encoding, ``GSM-7`` or ``UCS-2``, the places it takes, and its parts."""

    encoding: str
    units: int
    parts: int


def segments_of(text: str) -> Segments:
    """Count a text. An empty one, as with a picture alone, is one part."""
    if GSM.issuperset(text):
        doubled = EXTENDED.intersection(text)
        return _counted("GSM-7", text, doubled, (GSM_ONE, GSM_PART))
    doubled = frozenset(character for character in text if character > "\uffff")
    return _counted("UCS-2", text, doubled, (UCS_ONE, UCS_PART))


def _counted(encoding: str, text: str, doubled: frozenset[str], most: tuple[int, int]) -> Segments:
    """Parts by the places they hold; a character that takes two, one of `doubled`, is not cut in two."""
    one, part = most
    units = len(text) + sum(map(text.count, doubled))
    if units <= one:
        return Segments(encoding, units, 1)
    if not doubled:
        return Segments(encoding, units, math.ceil(units / part))
    parts, used = 1, 0
    for character in text:
        size = 2 if character in doubled else 1
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return Segments(encoding, units, parts)
