"""What a control action is given."""

from __future__ import annotations

from typing import Any, NamedTuple


class Asked(NamedTuple):
    """Values of the path, the query and the body; all of them checked against the route's schemas."""

    path: dict[str, str] = {}  # noqa: RUF012 - never changed
    query: dict[str, Any] = {}  # noqa: RUF012 - never changed
    body: dict[str, Any] = {}  # noqa: RUF012 - never changed
