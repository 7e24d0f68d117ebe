"""Whether a request comes from a program of this machine: not through a proxy, and not from a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.events.hooks.addresses import loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

# What proxies and tunnels add, and browsers.
FOREIGN = frozenset({
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"via",
    b"cf-connecting-ip", b"origin",
})  # fmt: skip


def is_local(headers: Iterable[tuple[bytes, bytes]], peer: str | None) -> bool:
    """Whether a request of these headers (names in lower case) from that address is local.

    A proxy on this machine makes every request come from loopback, and a web page that is open here can post
    anywhere; the headers they add, and the host they name, tell.
    """
    if not loopback(peer or ""):
        return False
    for name, value in headers:
        if name in FOREIGN:
            return False
        if name == b"host" and not loopback(_without_port(value.decode("latin-1").strip())):
            return False
    return True


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0]
    return host.partition(":")[0]
