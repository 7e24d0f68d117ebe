"""Compact JSON Web Tokens, signed by HMAC with SHA-256: they sign events, and open websockets."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any


def sign(claims: dict[str, Any], secret: str, kind: str = "JWT") -> str:
    """The token that holds the claims."""
    parts = [_encode(_json(part)) for part in ({"alg": "HS256", "typ": kind}, claims)]
    return ".".join([*parts, _encode(_mac(parts, secret))])


def read(token: str, secret: str) -> dict[str, Any] | None:
    """The claims of a token that was signed with this secret, None where it was not."""
    parts = token.split(".")
    try:
        given = [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts]
        if len(given) != 3 or not hmac.compare_digest(given[2], _mac(parts[:2], secret)):
            return None
        header, claims = json.loads(given[0]), json.loads(given[1])
    except ValueError:
        return None
    fits = isinstance(header, dict) and header.get("alg") == "HS256" and isinstance(claims, dict)
    return claims if fits else None


def _mac(parts: list[str], secret: str) -> bytes:
    return hmac.digest(secret.encode(), ".".join(parts).encode(), "sha256")


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
