"""Which base URLs a key may be sent to.

A base URL is ``https://HOST`` or ``https://HOST:PORT`` and nothing else. Only letters, digits, dots and
hyphens make a host, so that no library can read another host out of the text than the one checked here:
WHATWG URLs take a backslash for a slash, drop tabs and line breaks, decode percent signs, map look-alike
letters and read ``2130706433`` as an address. All of these are refused before anyone parses them.

Allowed are Dialpad's two hosts, this machine (also plain http, any port) and, over https only, the hosts
in the user's ``allow_hosts``.
"""

from __future__ import annotations

from dialkit.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT = "https://dialpad.com"
KNOWN = (DEFAULT, "https://sandbox.dialpad.com")

_PORTS = {"http": 80, "https": 443}
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_FORM = "a base URL is https://HOST or https://HOST:PORT, nothing more"


def check_base_url(url: str, allow_hosts: Sequence[str] = (), *, source: str = "the base URL") -> str:
    """`url` in its normal form: lower case, no default port, no slash at the end.

    `allow_hosts` are further hosts, ``host`` (port 443) or ``host:port``, compared whole. `source` says in
    errors where the URL was found. Raises `Refused` where a key may not be sent there.
    """
    if url in KNOWN:
        return url
    scheme, host, port = _split(url, source)
    name = host if port == _PORTS[scheme] else f"{host}:{port}"
    origin = f"{scheme}://{name}"
    if origin in KNOWN or _is_loopback(host):
        return origin
    if scheme == "http":
        raise Refused(
            f"{source} is http:// to {host!r}: the key would travel in the clear", hint=f"use https://{host}"
        )
    if name in [entry.lower().removesuffix(":443") for entry in allow_hosts]:
        return origin
    raise Refused(
        f"{source} names {name!r}, and keys are not sent there",
        hint=f"if you trust it: dialpad config set allow_hosts {','.join([*allow_hosts, name])}",
    )


def is_host(text: str) -> bool:
    """Whether `text` can stand in ``allow_hosts``: a host name or IPv4 address, or one with ``:port``."""
    try:
        return "/" not in text and not _split("https://" + text, "")[1].startswith("[")
    except Refused:
        return False


def _split(url: str, source: str) -> tuple[str, str, int]:
    """Scheme, host and port, in lower case, of what has the one form that is allowed."""
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _PORTS:
        # What it is instead is not said: a key given in the wrong place must not be repeated.
        raise Refused(f"{source} does not begin with https://", hint=_FORM)
    rest = rest.removesuffix("/").lower()
    if rest.startswith("[::1]"):
        host, after = "[::1]", rest[5:]
        colon, port = after[:1], after[1:]
    else:
        host, colon, port = rest.partition(":")
    if not url.isascii() or not (host == "[::1]" or _is_ipv4(host) or _is_name(host)):
        raise Refused(f"{source} has no plain host: {_shown(rest)!r}", hint=_FORM)
    if colon in ("", ":") and bool(colon) == bool(port) and _is_port(port or str(_PORTS[scheme])):
        return scheme, host, int(port or _PORTS[scheme])
    raise Refused(f"{source} has more than a host and a port: {host!r}", hint=_FORM)


def _shown(rest: str) -> str:
    """What can be shown of an authority: without user, password, path and query, which may hold secrets."""
    for end in "/\\?#":
        rest = rest.partition(end)[0]
    return rest.rpartition("@")[2][:80]


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "[::1]") or (host.startswith("127.") and _is_ipv4(host))


def _is_port(text: str) -> bool:
    return not text.strip(_DIGITS) and len(text) <= 5 and text[0] != "0" and int(text) <= 65535


def _is_ipv4(host: str) -> bool:
    """Four plain decimal numbers; ``127.1``, ``0177.0.0.1`` and ``0x7f.0.0.1`` are not."""
    parts = host.split(".")
    return len(parts) == 4 and all(
        part and not part.strip(_DIGITS) and len(part) <= 3 and part == str(int(part)) and int(part) < 256
        for part in parts
    )


def _is_name(host: str) -> bool:
    """A host name of RFC 1123. A last label that begins with a digit would be read as an address."""
    labels = host.split(".")
    return (
        len(host) <= 253
        and not host.strip(_LOWER + _DIGITS + ".-")
        and all(0 < len(label) <= 63 and label[0] != "-" != label[-1] for label in labels)
        and labels[-1][0] in _LOWER
    )
