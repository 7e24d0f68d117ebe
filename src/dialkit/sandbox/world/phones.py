"""Phone numbers as people write them, brought into one form, so that a contact is found by any."""

from __future__ import annotations

import re

# An extension ends the number: "ext. 204", "x204", "#204", ";ext=204" and ",204", as address books write it.
_EXTENSION = re.compile(r"\s*(?:;ext=|,+|#|\bext(?:ension)?\b\.?:?|(?<=[\d\s)])x\.?)\s*\d.*$", re.IGNORECASE)
_IN_NORTH_AMERICA = re.compile(r"1?([2-9]\d{9})")


def plain(text: str) -> str | None:
    """A number in E.164; ten digits are taken for one of North America. None where it is none."""
    if text.startswith("+") and text[1:].isdecimal():
        return text
    text = _EXTENSION.sub("", text.strip())
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return "+" + digits if digits else None
    found = _IN_NORTH_AMERICA.fullmatch(digits)
    return "+1" + found[1] if found else None
