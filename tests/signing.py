"""Tokens as a sender makes them, written out here so that nothing of what is tested takes part."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from dialkit.client.clock import Clock

SECRET = "copper-kettle-41-drum-and-some-more"
HEADER = {"alg": "HS256", "typ": "JWT"}
TEXT: dict[str, Any] = {
    "id": 6095823680520192,
    "direction": "inbound",
    "from_number": "+14155550123",
    "to_number": ["+15035550142"],
    "message_status": "pending",
    "text": "Two kilos, please",
    "sender_id": None,
    "event_timestamp": 1_772_730_000_000,
}


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(payload: Any, header: Any = None, secret: str = SECRET) -> bytes:
    """A signed token; header and payload as they are where they are bytes, else as JSON."""
    parts = [HEADER if header is None else header, payload]
    signed = b".".join(
        encoded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts
    )
    return signed + b"." + encoded(hmac.digest(secret.encode(), signed, hashlib.sha256))


GOOD = token(TEXT)
HEAD, CLAIMS, SIGNATURE = GOOD.split(b".")


class At(Clock):
    """A clock that stands."""

    def __init__(self, now: float) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds
