"""Checks of the way to Dialpad: name, connection, TLS, HTTP, clock, and whether the key is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.checks import Check, Finding, Untested
from dialkit.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.cli.checks import Setup

PORTS = {"http": 80, "https": 443}
TIMEOUT = 5.0  # seconds, as long as requests wait for a connection
SKEW = 60.0  # seconds a clock may be wrong before scheduled times and signed events suffer
CODE = NetworkError("").exit_code


def proxy_for(base_url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy that requests to `base_url` go through, as requests find it; None without one.

    Plain http goes to this machine alone, and past all proxies.
    """
    if base_url.startswith("http://"):
        return None
    found = [
        environ.get(spelled) for name in ("https_proxy", "all_proxy") for spelled in (name.upper(), name)
    ]
    proxy = next(filter(None, found), None)
    host = "." + base_url.partition("://")[2].partition(":")[0]
    skipped = (environ.get("NO_PROXY") or environ.get("no_proxy") or "").split(",")
    names = [name.strip().lower().lstrip(".") for name in skipped]
    return None if any(name == "*" or (name and host.endswith("." + name)) for name in names) else proxy


def _door(setup: Setup) -> tuple[str, int, str | None]:
    """Host and port that a connection is made to, and the proxy where that is not the host itself."""
    from urllib.parse import urlsplit

    base_url = setup.settings.base_url
    proxy = proxy_for(base_url, setup.environ)
    try:
        url = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy}" if proxy else base_url)
        port = url.port or PORTS.get(url.scheme, 1080)
    except ValueError:
        port, url = 0, urlsplit("")
    if not url.hostname or not port:
        raise NetworkError(
            "the proxy in the environment is not a URL", hint="set HTTPS_PROXY to http://HOST:PORT"
        )
    return url.hostname, port, proxy


def _dns(setup: Setup) -> Finding:
    import socket

    host, port, proxy = _door(setup)
    started = setup.clock.monotonic()
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        setup.reached = False
        fault = getattr(error, "strerror", None) or error
        raise NetworkError(
            f"{host} has no address ({fault})", hint="check the network, the name server and DIALPAD_BASE_URL"
        ) from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    via = " (the proxy)" if proxy else ""
    return Finding("ok", f"{host}{via} is {', '.join(addresses[:3])}: {_took(setup, started)}")


def _connection(setup: Setup) -> Finding:
    import socket

    host, port, proxy = _door(setup)
    _reached(setup)
    started = setup.clock.monotonic()
    try:
        socket.create_connection((host, port), timeout=TIMEOUT).close()
    except OSError as error:
        setup.reached = False
        raise NetworkError(
            f"no connection to {host}:{port} ({error.strerror or error})",
            hint="check the proxy"
            if proxy
            else "check the network and the firewall; is a proxy needed here?",
        ) from None
    return Finding("ok", f"{host}:{port}: {_took(setup, started)}")


def _tls(setup: Setup) -> Finding:
    import socket
    import ssl

    host, port, proxy = _door(setup)
    if setup.settings.base_url.startswith("http://"):
        return Finding("ok", "none, on this machine")
    if proxy:
        return Finding("ok", "through the proxy; see http")
    _reached(setup)
    started = setup.clock.monotonic()
    try:
        with (
            socket.create_connection((host, port), timeout=TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            version = secured.version()
    except OSError as error:
        setup.reached = False
        fault = getattr(error, "verify_message", None) or error.strerror or error
        raise NetworkError(
            f"{host} is not who it should be, or does not speak TLS ({fault})",
            hint="something in between opens connections, or the clock is wrong; ask who runs this network",
        ) from None
    return Finding("ok", f"{version}: {_took(setup, started)}")


def _http(setup: Setup) -> Finding:
    """A request without the key: that it is refused shows that it arrived."""
    from dialkit.client import Request
    from dialkit.client.exchange import TransportFault
    from dialkit.client.transport import Transport

    settings = setup.settings
    _reached(setup)
    url = settings.base_url + "/api/v2/users/me"
    asked = Request("GET", url, headers={"accept": "application/json"}, needs_key=False)
    transport = settings.transport(Transport)
    started = setup.clock.monotonic()
    try:
        answer = setup.answer = transport.send(asked, None)
    except TransportFault as fault:
        setup.reached = False
        raise NetworkError(
            f"no answer from {settings.base_url} ({fault.message})", hint="check the network and the proxy"
        ) from None
    finally:
        transport.close()
    detail = f"{settings.base_url} answered {answer.status}: {_took(setup, started)}"
    if answer.status >= 500:
        return Finding("warn", detail, "Dialpad, or what is before it, fails; try again in a moment")
    if "json" not in answer.headers.get("content-type", "json"):
        return Finding(
            "warn", f"{detail}, and not in JSON", "is it Dialpad, or a login page of this network?"
        )
    return Finding("ok", detail)


def _clock(setup: Setup) -> Finding:
    from email.utils import parsedate_to_datetime

    if setup.answer is None:
        raise Untested("there was no answer")
    try:
        there = parsedate_to_datetime(setup.answer.headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        raise Untested("the answer does not tell the time") from None
    skew = setup.clock.now() - there
    if abs(skew) > SKEW:
        how = "ahead of" if skew > 0 else "behind"
        here = setup.settings.base_url.startswith("http://")  # it goes to this machine only
        hint = (
            "a sandbox has a clock of its own: dialpad sandbox clock"
            if here
            else "set the clock, best by NTP"
        )
        return Finding("warn", f"{abs(skew):.0f} s {how} the host's", hint)
    return Finding("ok", f"within {max(1, round(abs(skew)))} s of the host's")


def _accepted(setup: Setup) -> Finding:
    from dialkit.cli.account.identity import whoami
    from dialkit.cli.session import open_client

    key, settings = setup.key, setup.settings
    _reached(setup)
    with open_client(setup.app, setup.options, settings) as client:
        return Finding("ok", f"{key.source}: {whoami(client).text}")


def _reached(setup: Setup) -> None:
    if not setup.reached:
        raise Untested("the host is not reached")


def _took(setup: Setup, started: float) -> str:
    return f"{(setup.clock.monotonic() - started) * 1000:.0f} ms"


CHECKS = (
    Check("DNS", _dns, CODE),
    Check("connection", _connection, CODE),
    Check("TLS", _tls, CODE),
    Check("HTTP", _http, CODE),
    Check("clock", _clock),
    Check("key accepted", _accepted),
)
