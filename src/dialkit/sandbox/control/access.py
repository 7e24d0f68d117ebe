"""Who may control a sandbox: programs on this machine, and whoever has the control token.

A page in a browser on this machine is no such program. It sends the header Origin with all that changes
anything, and Sec-Fetch-Site with all it asks for; where a host name of its own was pointed at this machine
(DNS rebinding) the name gives it away.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = re.compile(r"(::ffff:)?127(\.[0-9]{1,3}){3}|::1")
NAMES = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
# Headers of a browser, and of a proxy that asks for somebody else.
FOREIGN = {b"origin", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via"}
TYPED = b"none"  # what a browser says of an address that a person typed


def check_access(scope: dict[str, Any], token: str) -> None:
    """Raises `Refusal` 403 for a request that is not from this machine and does not bring the token."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if any(hmac.compare_digest(given, token.encode()) for given in _tokens(headers)):
        return
    client = (scope.get("client") or ("",))[0]
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    near = LOOPBACK.fullmatch(client) and hosts and all(NAMES.fullmatch(host) for host in hosts)
    of_page = any(name == b"sec-fetch-site" and value != TYPED for name, value in headers)
    if not near or of_page or any(name in FOREIGN for name, _ in headers):
        raise Refusal(403, "From another machine or a browser the header X-Sandbox-Token is needed.")


def _tokens(headers: list[tuple[bytes, bytes]]) -> Iterable[bytes]:
    for name, value in headers:
        if name == b"x-sandbox-token":
            yield value.strip()
        elif name == b"authorization" and value[:7].lower() == b"bearer ":
            yield value[7:].strip()
