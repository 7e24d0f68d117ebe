"""How a text travels: its encoding, how many segments it takes, and which character made it longer.

GSM 03.38 (3GPP TS 23.038, 6.2.1): 7 bits a character, those of the extension table two of them; 160 in one
segment, 153 in each of several, since a header of 6 octets takes the place of 7. One character outside of it
makes the whole text UCS-2 (UTF-16): 70, or 67 in each of several. Neither an escape and its character nor the
halves of a character above U+FFFF are torn apart.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM, UCS2 = "GSM-7", "UCS-2"
SIZES = {GSM: (160, 153), UCS2: (70, 67)}  # units in one segment, in each of several


class Travel(NamedTuple):
    """How a text travels. `forced_by` is the first character that GSM-7 lacks, with its name; else None."""

    encoding: str
    segments: int
    units: int
    forced_by: str | None


def travel(text: str) -> Travel:
    """How a text travels."""
    foreign = next((c for c in text if c not in BASIC and c not in EXTENSION), None)
    encoding = GSM if foreign is None else UCS2
    widths = [2 if (c in EXTENSION if foreign is None else ord(c) > 0xFFFF) else 1 for c in text]
    units, (single, each) = sum(widths), SIZES[encoding]
    segments, filled = 1, 0
    if units > single:
        for width in widths:
            if filled + width > each:
                segments, filled = segments + 1, 0
            filled += width
    forced = None if foreign is None else f"{foreign} ({unicodedata.name(foreign, f'U+{ord(foreign):04X}')})"
    return Travel(encoding, segments, units, forced)
