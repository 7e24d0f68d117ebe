"""Whether a request comes from a program of this machine: not through a proxy, and not from a web page."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What proxies and tunnels add, and browsers.
FOREIGN = frozenset({
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via", b"cf-connecting-ip",
    b"origin",
})  # fmt: skip


def is_loopback(host: str | None) -> bool:
    """Whether a host or an address is this machine."""
    host = (host or "").strip("[]").removeprefix("::ffff:")
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(headers: Iterable[tuple[bytes, bytes]], peer: str | None) -> bool:
    """Whether a request of these headers (names in lower case) from that address is local.

    A proxy on this machine makes every request come from loopback, and a web page that is open here can post
    anywhere; the headers they add, and the host they name, tell.
    """
    if not is_loopback(peer):
        return False
    for name, value in headers:
        if name in FOREIGN:
            return False
        if name == b"host" and not is_loopback(_without_port(value.decode("latin-1").strip())):
            return False
    return True


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0]
    return host.partition(":")[0]
