"""The receiver within somebody else's server: uvicorn, with and without a framework around it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from serving import PATH, Serving, posted

from beside import PATIENCE, until
from dialkit.errors import InvalidArgument
from dialkit.events import receiver
from signing import GOOD, SECRET, TEXT, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def running(tmp_path: Path, environ: dict[str, str]) -> Iterator[Callable[[Any], Serving]]:
    """Runs an ASGI application; what asks it."""
    started: list[tuple[uvicorn.Server, threading.Thread]] = []

    def run(app: Any) -> Serving:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        started.append((server, thread))
        until(lambda: server.started or not thread.is_alive())
        asking = Serving(environ, tmp_path)
        asking.port = server.servers[0].sockets[0].getsockname()[1]
        return asking

    yield run
    for server, thread in started:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_under_uvicorn(
    running: Callable[[Any], Serving], environ: dict[str, str], stored: Callable[[], list[Any]]
) -> None:
    asking = running(receiver.app(secret=[SECRET, "older"], environ=environ))
    assert asking.post(GOOD).status == 204
    assert asking.post(token({**TEXT, "id": 2}, secret="older")).status == 204
    assert asking.post(token(TEXT, secret="another")).status == 401
    assert asking.post(b"x" * (2 << 20)).status == 413
    assert asking.post(GOOD, content_encoding="gzip").status == 415
    assert asking.ask("GET", PATH).status == 405
    assert asking.ask("GET", "/").status == 404
    assert asking.ask("GET", "/health").status == 200
    assert asking.count("dialkit_events_stored_total") == 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [b"x" * 60_000] * 20)
    head = posted(b"", "transfer-encoding: chunked").replace(b"content-length: 0\r\n", b"")
    assert asking.raw(head + chunks + b"0\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert len(stored()) == 2


def test_mounted_in_starlette(
    running: Callable[[Any], Serving], environ: dict[str, str], stored: Callable[[], list[Any]]
) -> None:
    """A mounted application is not told of the start; it begins with the first request."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner = receiver.app(secret=SECRET, paths={"/sms": "sms"}, environ=environ)
    asking = running(Starlette(routes=[Mount("/dialpad", inner)]))
    assert asking.ask("POST", "/dialpad/sms", GOOD).status == 204
    assert asking.ask("POST", "/dialpad/other", GOOD).status == 404
    assert len(stored()) == 1


def test_without_a_secret(running: Callable[[Any], Serving], environ: dict[str, str]) -> None:
    asking = running(receiver.app(secret=None, environ=environ))
    body = b'{"message_status": "pending", "id": 1}'
    assert asking.post(body).status == 204
    assert asking.post(body, x_forwarded_for="203.0.113.9").status == 403
    with pytest.raises(InvalidArgument):
        receiver.app(secret="", environ=environ)


def test_a_store_that_cannot_be_opened_ends_the_server_at_its_start(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "file").write_text("x")
    app = receiver.app(secret=SECRET, environ={**environ, "DIALKIT_HOME": os.fspath(tmp_path / "file")})
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", ws="none"))

    def run() -> None:
        with pytest.raises(SystemExit):
            server.run()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert not server.started
