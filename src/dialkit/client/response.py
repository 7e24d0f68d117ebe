"""What came back: status, headers, bytes, and how it went."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.client.request import Request

_UNREAD: Any = object()


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


# json.loads would take NaN and Infinity, which no other reader of our output does.
DECODER = json.JSONDecoder(parse_constant=_refuse)


def has_id(data: Any) -> bool:
    """Whether data is an object that says which one it is."""
    return isinstance(data, dict) and isinstance(data.get("id"), str | int) and data["id"] != ""


class Response:
    """An answer with a status of 200 to 299 (others are raised as errors).

    Attributes:
        status: the HTTP status.
        headers: by lower-case name.
        content: the body's bytes, decompressed.
        attempts: how often the request was sent.
        elapsed: seconds from the first attempt to the answer, waiting included.
        request: what was asked.
    """

    __slots__ = ("_data", "attempts", "content", "elapsed", "headers", "request", "status")

    def __init__(self, status: int, headers: dict[str, str], content: bytes, request: Request) -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.request = request
        self.attempts = 1
        self.elapsed = 0.0
        self._data = _UNREAD

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.request.name}, {len(self.content)} bytes>"

    def json(self) -> Any:
        """The body as JSON; None where it is empty. Raises ValueError where it is not JSON."""
        if self._data is _UNREAD:
            try:
                text = self.content.decode().removeprefix("\ufeff")
                self._data = DECODER.decode(text) if text.strip() else None
            except RecursionError:
                raise ValueError("nested too deeply") from None
        return self._data

    def record(self) -> dict[str, Any]:
        """The body, an object with an id. Raises as for an answer without sense where it is none."""
        found = self.json()
        if has_id(found):
            return dict(found)
        from dialkit.client.faults import unreadable

        raise unreadable(self)
