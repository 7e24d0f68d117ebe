"""Addresses that events may be sent to."""

from __future__ import annotations

from dialkit.errors import InvalidArgument

EXAMPLE = "write it like https://example.com/hooks/dialpad"


def check_url(url: str, flag: str = "--url", *, insecure: bool = False) -> str:
    """The address, if events may go there: https, or http at this machine.

    Parameters:
        url: the address.
        flag: what errors call it.
        insecure: http at another machine will do as well.

    Raises `InvalidArgument` for anything else, with what is wrong.
    """
    from urllib.parse import urlsplit

    def refuse(why: str, hint: str = EXAMPLE) -> InvalidArgument:
        return InvalidArgument(f"{flag}: {shown(url)} {why}", hint=hint)

    if not url.isprintable() or not url.isascii() or " " in url:
        raise refuse("holds a space, or a character that an address cannot hold; percent-encode it")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise refuse("is not a web address") from None
    if parts.scheme not in ("http", "https"):
        raise refuse("does not begin with https://")
    if not host or port == 0:
        raise refuse("names no host" if not host else "has no such port")
    if parts.username is not None or parts.password is not None:
        raise refuse("holds a name or a password", "sign events instead: --generate-secret")
    if parts.fragment or url.endswith("#"):
        raise refuse("has a part after #, which is never sent", "leave that part out")
    if parts.scheme == "http" and not insecure and not loopback(host):
        hint = "use https://" if flag == "--url" else "use https://, or say --insecure"
        raise refuse("is not https: texts would cross the network in the clear", hint)
    return url


def shown(url: str) -> str:
    """An address as messages show it: without what a password may be in, and not too long."""
    scheme, mark, rest = url.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    text = f"{scheme}{mark}***@{rest[len(user) + 1 :]}" if at else url
    return repr(text if len(text) <= 80 else text[:79] + "…")


def same(one: str, other: str) -> bool:
    """Whether two addresses are one: scheme and host in any case, a path of nothing is ``/``."""
    return _plain(one) == _plain(other)


def loopback(host: str) -> bool:
    """Whether a host or an address is this machine."""
    from ipaddress import ip_address

    host = host.strip("[]").removeprefix("::ffff:")
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(url: str) -> tuple[object, ...]:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        return parts.scheme, parts.hostname, port, parts.path or "/", parts.query
    except ValueError:
        return (url,)
