"""Who has a number, or an e-mail address?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.directory import scan
from dialkit.directory.fields import check, normal
from dialkit.directory.matching import Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client import Dialpad
    from dialkit.directory.scan import Progress

EVERYBODY: Mapping[str, Any] = {"include_local": True}


def wanted(text: str, region: str) -> tuple[str, str]:
    """What a contact must have: ``phones`` or ``emails``, and the value's normal form.

    Raises `InvalidArgument` for what is neither a number nor an address.
    """
    name = "emails" if "@" in text else "phones"
    check(name, text, region)
    return name, normal(name, text, region)


def lookup(
    client: Dialpad,
    key: tuple[str, str],
    region: str,
    *,
    params: Mapping[str, Any] = EVERYBODY,
    max_pages: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """All contacts that have `key`, as `wanted` gives it: shared ones, and everybody's own."""
    found = scan.contacts(client, params, max_pages=max_pages, progress=progress)
    keys = Keys([key], region)
    return [contact for contact in found if keys.match(contact)]
