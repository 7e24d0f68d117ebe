"""A login as a person goes through it: the real command in a process of its own, and a browser over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from beside import PATIENCE

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox

APP, CLIENT, SECRET = 6902837465019283, "larkspur-orders-app", "not-a-real-secret"
MARA = "5391827364501928"
TOKEN, ME = "/oauth2/token", "/api/v2/users/me"


def register(sandbox: Sandbox, uri: str) -> None:
    """Let the app lead browsers back there, as its owner would have Dialpad do."""

    def change(world: Any) -> None:
        app = world.oauth_apps.get(APP)
        world.oauth_apps.change(APP, redirect_uris=[*app["redirect_uris"], uri])

    sandbox._look(change)


def visit(url: str, method: str = "GET") -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("location") or "", answer.read().decode()
    finally:
        connection.close()


class Login:
    """``dialpad auth login --oauth`` under way: it prints `url`, and browsers are led back to `uri`."""

    def __init__(self, sandbox: Sandbox, environ: dict[str, str], *argv: str, stdin: str = "") -> None:
        self.sandbox = sandbox
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dialkit", "auth", "login", "--oauth", "--client-id", CLIENT, *argv],
            env=environ,
            cwd=environ["HOME"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what is read ahead of a line would be lost to `communicate`
        )
        self.told = ""
        self.url = self.uri = self.state = ""
        self.process_id = self._process.pid
        if stdin:
            self.type(stdin)
        assert self._process.stderr is not None
        while line := self._process.stderr.readline().decode():
            self.told += line
            if line.startswith("http"):
                self.url = line.strip()
                query = parse_qs(urlsplit(self.url).query)
                self.uri, self.state = query["redirect_uri"][0], query["state"][0]
                register(sandbox, self.uri)
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def type(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())

    def stop(self, number: int) -> None:
        self._process.send_signal(number)

    def led_to(self) -> str:
        """The address that the browser is led to once the user has answered."""
        status, there, page = visit(self.url)
        assert status == 302, page
        return there

    def agree(self) -> tuple[int, str]:
        """The user agrees, and the browser goes where it is led: the page it shows."""
        status, _, page = visit(self.led_to())
        return status, page

    def end(self) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        out, err = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, out.decode(), self.told + err.decode()


def stored(environ: dict[str, str], account: str = "main") -> dict[str, Any]:
    """What the key file holds of a login."""
    with open(os.path.join(environ["DIALKIT_HOME"], "keys.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.loads(json.load(file)[account])
    return found


def age(environ: dict[str, str], **changes: Any) -> None:
    """Change what the key file holds of the login, as if time had passed."""
    path = os.path.join(environ["DIALKIT_HOME"], "keys.json")
    changed = {**stored(environ), **changes}
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"main": json.dumps(changed, separators=(",", ":"))}, file)


def asked(sandbox: Sandbox) -> list[tuple[str, int]]:
    """The paths asked for, with what was answered."""
    return [(request.path, request.status) for request in sandbox.requests]


def secrets_of(sandbox: Sandbox) -> set[str]:
    """Every secret that has gone over the wire: tokens, codes, verifiers, the app's secret."""
    found = {SECRET}
    for request in sandbox.requests:
        if request.path == TOKEN:
            sent = request.json if isinstance(request.json, dict) else {}
            answered = request.answered if isinstance(request.answered, dict) else {}
            for name in ("code", "code_verifier", "refresh_token", "access_token"):
                found |= {str(values[name]) for values in (sent, answered) if name in values}
    return found


def check_unseen(sandbox: Sandbox, *texts: str) -> None:
    """No secret stands in what was printed."""
    for secret in secrets_of(sandbox):
        for text in texts:
            assert secret not in text


def files_of(home: str) -> dict[str, bytes]:
    """All files below a folder, by name."""
    return {str(path): path.read_bytes() for path in Path(home).rglob("*") if path.is_file()}
