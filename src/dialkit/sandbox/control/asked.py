"""What a control action is given, and how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


class Asked(NamedTuple):
    """Values of the path, the query and the body; all of them checked against the route's schemas."""

    path: dict[str, str] = {}  # noqa: RUF012 - never changed
    query: dict[str, Any] = {}  # noqa: RUF012 - never changed
    body: dict[str, Any] = {}  # noqa: RUF012 - never changed


def read(way: Callable[[Any], float], name: str, value: Any) -> float:
    """A moment or a length of time. Raises `Refusal` 400 with the name of the field."""
    try:
        return way(value)
    except ValueError as error:
        raise Refusal(400, f"{name}: {error}") from None


def filled(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its unset fields."""
    return {name: value for name, value in record.items() if value is not None}
