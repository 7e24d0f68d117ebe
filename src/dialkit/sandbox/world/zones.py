"""Time zones by the names of the tz database. Read when first needed: most runs need none."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo


def find_zone(name: str) -> tzinfo | None:
    """The zone of that name; None where the machine knows none, as of a name that is a folder of zones."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
