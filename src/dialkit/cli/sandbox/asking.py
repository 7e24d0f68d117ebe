"""Finding the sandbox that runs, and asking it by its control API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument, NetworkError, PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPConnection, HTTPResponse

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument

URL: Argument = (("--url",), {"metavar": "URL"})
PATIENCE = 600.0  # seconds: what is due until then may take a while
QUICK = 5.0  # seconds until whoever is there says what it is
SERVICE = "dialkit-sandbox"
START = "dialpad sandbox start, then in another terminal the line it prints"


class Remote:
    """A sandbox that runs, in this process or elsewhere."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self._token = url, token

    def ask(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """What the control API answers. Raises `InvalidArgument`, `PermissionDenied`, `NetworkError`."""
        with self._open(PATIENCE) as connection:
            return _value(self._send(connection, method, path, body, query, self._token).read(), self.url)

    def lines(self, path: str, query: dict[str, Any]) -> Iterator[Any]:
        """What is there and then what comes, until the sandbox ends."""
        with self._open(None) as connection:
            response = self._send(connection, "GET", path, None, {**query, "follow": "1"}, self._token)
            while line := response.readline():
                yield json.loads(line)

    def check(self) -> None:
        """Raises `InvalidArgument` where something else answers; no token is shown to it."""
        with self._open(QUICK) as connection:
            try:
                told = json.loads(self._send(connection, "GET", "health", None, None, "").read())
                fits = told["service"] == SERVICE
            except (ValueError, LookupError, TypeError, InvalidArgument, PermissionDenied):
                fits = False
        if not fits:
            raise InvalidArgument(f"{self.url} is not a sandbox", hint=START)

    def _open(self, timeout: float | None) -> _Closing:
        from http.client import HTTPConnection, HTTPSConnection
        from urllib.parse import urlsplit

        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return _Closing(kind(parts.hostname or "", parts.port, timeout=timeout))

    def _send(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: Any,
        query: dict[str, Any] | None,
        token: str,
    ) -> HTTPResponse:
        from http.client import HTTPException
        from urllib.parse import urlencode

        target = f"/__sandbox__/{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"X-Sandbox-Token": token} if token else {}
        raw = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, target, raw, headers)
            response = connection.getresponse()
        except (OSError, HTTPException) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            raise NetworkError(f"no sandbox answers at {self.url}: {told}", hint=START) from None
        if response.status != 200:
            raise _refusal(response.status, response.read(), self.url, path)
        return response


class _Closing:
    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def __enter__(self) -> HTTPConnection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def find(app: App, url: str | None) -> Remote:
    """The sandbox at `url`, else where DIALPAD_BASE_URL says. Raises `InvalidArgument`, `NetworkError`."""
    from urllib.parse import urlsplit

    named = url or app.environ.get("DIALPAD_BASE_URL")
    if not named:
        raise InvalidArgument("which sandbox? neither --url nor DIALPAD_BASE_URL names one", hint=START)
    source = "--url" if url else "DIALPAD_BASE_URL"
    try:
        parts = urlsplit(named)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        fits = fits and parts.path in ("", "/") and not parts.query and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits:
        raise InvalidArgument(f"{source} is not an address such as http://127.0.0.1:8123", hint=START)
    if f".{parts.hostname}".endswith(".dialpad.com"):
        raise InvalidArgument(f"{source}: {parts.hostname} is Dialpad itself, not a sandbox", hint=START)
    remote = Remote(named.rstrip("/"), app.environ.get("DIALKIT_SANDBOX_TOKEN", ""))
    remote.check()
    return remote


def segment(text: str) -> str:
    """A value as one segment of a path."""
    from urllib.parse import quote

    return quote(text, safe="+")


def _value(raw: bytes, url: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise InvalidArgument(f"{url} answered with what is no JSON", hint=START) from None


# Where the help of the command is that asks a path, by its first segment; elsewhere they have one name.
PAGES = {"snapshots": "snapshot", "faults": "fault", "texts": "inbound", "calls": "call"}


def _refusal(status: int, raw: bytes, url: str, path: str) -> InvalidArgument | PermissionDenied:
    try:
        message = str(json.loads(raw)["error"]["message"]).removesuffix(".")
    except (ValueError, LookupError, TypeError):
        message = f"{url} answered {status}"
    if status == 403:
        hint = "set DIALKIT_SANDBOX_TOKEN to the control_token that start --print json tells"
        return PermissionDenied(message, status=status, hint=hint)
    first = path.partition("/")[0]
    page = path.rpartition("/")[2]  # calls/ID/answer, calls/ID/hangup, snapshots/NAME/restore
    command = page if page in ("answer", "hangup", "restore") else PAGES.get(first, first)
    return InvalidArgument(message, hint=f"dialpad sandbox {command} --help")
