"""Whether a contact has one of some numbers or addresses, without reading every number of the directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.client.phones import plain
from dialkit.directory.fields import listed, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.directory.fields import Contact

# Whichever way a number is written, its last digits stand there one after the other: what is before them
# (country, trunk prefix, area) changes. Reading a number takes 100 times as long as looking for these.
TAIL = 6
EXTENSION = re.compile(r"\s*(ext|x)\.?\s*[0-9]{1,7}\s*$", re.IGNORECASE)


class Keys:
    """What contacts are looked for by: ``("phones", E.164)`` and ``("emails", small letters)``."""

    def __init__(self, keys: Iterable[tuple[str, str]], region: str) -> None:
        self._keys = frozenset(keys)
        self._region = region
        phones = [key for name, key in self._keys if name == "phones"]
        self._tails = [key[-TAIL:] for key in phones]
        self._strange = any(not plain(key) for key in phones)

    def match(self, contact: Contact) -> bool:
        """Whether a contact has one of them."""
        return any(
            (name, normal(name, text, self._region)) in self._keys
            for name in ("phones", "emails")
            for text in listed(contact, name)
            if name == "emails" or self._may_be(text)
        )

    def _may_be(self, text: str) -> bool:
        """False where the number cannot be one of those that are looked for."""
        if self._strange:
            return True
        digits = EXTENSION.sub("", text)
        if not digits.isascii() or any(c.isalpha() for c in digits):
            return True  # letters stand for digits, and there are other digits than ours
        digits = "".join(c for c in digits if c.isdecimal())
        return any(tail in digits for tail in self._tails)
