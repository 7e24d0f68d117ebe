"""What ``auth login --oauth`` was asked for: which app, which rights, where the browser is led back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.account.typed import Lines
    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument

SECRET = "DIALPAD_CLIENT_SECRET"
PATIENCE = 300.0  # seconds
HOST, PATH = "127.0.0.1", "/callback"
LOOPBACK = (HOST, "localhost", "::1")
EXAMPLE = f"write it like http://{HOST}:8400{PATH}"
HOW = f"pipe it in, or set {SECRET}"

# Flag, how argparse reads it, what help says of it.
FLAGS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("--client-id", {"metavar": "ID"}, "which app: the client id that Dialpad gave it"),
    (
        "--client-secret-stdin",
        {"action": "store_true"},
        f"the app's secret is the first line of stdin, or typed unseen; else it is in {SECRET}",
    ),
    (
        "--scope",
        {"metavar": "NAME", "action": "append"},
        "a right to ask for, as often as there are; offline_access is for a refresh token",
    ),
    (
        "--redirect-port",
        {"metavar": "N"},
        f"be led back to http://{HOST}:N{PATH}, as registered for the app; else to a free port",
    ),
    ("--redirect-uri", {"metavar": "URI"}, "the address as it is registered, where it is another"),
    (
        "--no-browser",
        {"action": "store_true"},
        "open none; the address it was led to can be pasted, from a browser on any machine",
    ),
    ("--wait", {"metavar": "SECONDS"}, f"how long to wait for an answer; {PATIENCE:.0f} unless said"),
)


class Asked(NamedTuple):
    """The flags, checked.

    Attributes:
        uri: where the browser is led; empty where it follows from the port that is found free.
        host, port, path: what is to be listened at; `host` is empty where nothing is.
        wait: seconds.
    """

    client_id: str
    secret: str | None
    scopes: tuple[str, ...]
    uri: str
    host: str
    port: int
    path: str
    browser: bool
    wait: float

    def __repr__(self) -> str:
        return f"Asked(client_id={self.client_id!r}, uri={self.uri!r})"


def arguments() -> list[Argument]:
    """The flags, as `parse` wants them."""
    return [(("--oauth",), {"action": "store_true"}), *(((flag,), how) for flag, how, _ in FLAGS)]


def read(app: App, found: argparse.Namespace, lines: Lines) -> Asked:
    """Check the flags, and read its secret last. Raises `InvalidArgument`, and `KeyMissing` without it."""
    if not found.client_id:
        raise InvalidArgument("--oauth: which app?", hint="dialpad auth login --oauth --client-id ID")
    scopes = tuple(found.scope or ())
    for flag, word in (("--client-id", found.client_id), *(("--scope", scope) for scope in scopes)):
        if not 0 < len(word) <= 512 or not word.isascii() or not word.isprintable() or " " in word:
            raise InvalidArgument(
                f"{flag}: {word[:40]!r} is not one plain word", hint="write it as Dialpad gave it"
            )
    uri, host, port, path = _redirect(found.redirect_uri, found.redirect_port)
    if not host and not found.no_browser:
        raise InvalidArgument(
            f"--redirect-uri: {uri} is elsewhere, so no answer would come here",
            hint="add --no-browser, and paste the address that the browser is led to",
        )
    wait = _seconds(found.wait)
    secret = _secret(app, lines, by_stdin=found.client_secret_stdin)
    return Asked(found.client_id, secret, scopes, uri, host, port, path, not found.no_browser, wait)


def check_without(found: argparse.Namespace) -> None:
    """See that no flag of an OAuth login stands without ``--oauth``. Raises `InvalidArgument`."""
    for flag, _, _ in FLAGS:
        if getattr(found, flag[2:].replace("-", "_")):
            raise InvalidArgument(
                f"{flag} goes with --oauth", hint="dialpad auth login --oauth --client-id ID"
            )


def _redirect(uri: str | None, port: str | None) -> tuple[str, str, int, str]:
    """Where the browser is led back to, and what to listen at: `Asked.uri`, `host`, `port`, `path`."""
    if uri is not None and port is not None:
        raise InvalidArgument("--redirect-port and --redirect-uri say the same", hint="leave out one of them")
    if uri is not None:
        return _registered(uri)
    if port is None:
        return "", HOST, 0, PATH
    if port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= 65535:
        return f"http://{HOST}:{int(port)}{PATH}", HOST, int(port), PATH
    raise InvalidArgument(f"--redirect-port: {port[:20]!r} is no port", hint="a number from 1 to 65535")


def _registered(uri: str) -> tuple[str, str, int, str]:
    from urllib.parse import urlsplit

    shown = f"--redirect-uri: {uri[:80]!r}"
    try:
        parts = urlsplit(uri)
        scheme, host, port, path = parts.scheme, parts.hostname or "", parts.port, parts.path or "/"
    except ValueError:
        scheme, host, port, path = "", "", None, ""
    plain = all("!" <= char <= "~" and char not in "#\\@" for char in uri) and len(uri) <= 2048
    if not plain or not host or scheme not in ("http", "https"):
        raise InvalidArgument(f"{shown} is no address for this", hint=EXAMPLE)
    if scheme == "https":
        return uri, "", 0, ""
    if host not in LOOPBACK or not port:
        raise InvalidArgument(f"{shown} is not a port of this machine", hint=f"{EXAMPLE}; elsewhere, https")
    return uri, host, port, path


def _seconds(text: str | None) -> float:
    try:
        seconds = PATIENCE if text is None else float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= 3600:
        return seconds
    raise InvalidArgument(f"--wait: {str(text)[:20]!r} is no such time", hint="seconds, up to 3600")


def _secret(app: App, lines: Lines, *, by_stdin: bool) -> str | None:
    """The app's secret, None where it has none. It is never in the line, which others can read."""
    from dialkit.cli.account.typed import unseen
    from dialkit.config.keys import check_secret

    if not by_stdin:
        return check_secret(app.environ[SECRET], SECRET) if SECRET in app.environ else None
    missing = "there is no client secret on stdin"
    if app.stdin is not None and app.stdin.isatty():
        return check_secret(unseen(app, "Client secret (not shown): ", missing, HOW), "what was typed")
    from dialkit.errors import KeyMissing

    line = lines.next()
    if not line:
        raise KeyMissing(missing, hint=HOW)
    return check_secret(line, "stdin")
