"""The servers of docs/webhooks.md get what the sandbox posts."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
from receiving import settled
from texting import MINE, OUTSIDE, receive

from beside import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Client

PAGE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
SECRET = "a-secret-of-thirty-two-characters"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the page's Python makes."""
    monkeypatch.setenv("DIALPAD_WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)
    return names


@contextmanager
def with_http_server(handler: Any) -> Iterator[int]:
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        yield from serving(server)


@contextmanager
def with_wsgi(app: Any) -> Iterator[int]:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        yield from serving(server)


def serving(server: Any) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def with_asgi(app: Any) -> Iterator[int]:
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            ready.set()

    server = Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    ("name", "served"), [("Hook", with_http_server), ("wsgi", with_wsgi), ("asgi", with_asgi)]
)
def test_a_server_of_the_page(
    client: Client, example: dict[str, Any], name: str, served: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(example[name]) as port:
        url = f"http://127.0.0.1:{port}/"
        hook = client.ask("POST", "/webhooks", {"hook_url": url, "secret": SECRET})
        client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(hook["id"]), "direction": "all"})
        receive(client, OUTSIDE, MINE, "Two kilos, please")
        client.ask("POST", "/sms", {"to_numbers": [OUTSIDE], "text": "Gladly", "from_number": MINE})
        client.advance(60)
        client.ask("PATCH", f"/webhooks/{hook['id']}", {"secret": "another-than-the-server-knows-of"})
        receive(client, OUTSIDE, MINE, "Are you there?")
        settled(client)
    deliveries = [one for one in client.world.deliveries if one["endpoint_id"] == int(hook["id"])]
    statuses = [one["attempts"][-1]["status"] for one in deliveries]
    assert statuses == [204, 204, 401]
    assert capsys.readouterr().out.splitlines() == [
        "17:00 +14155550123: Two kilos, please",
        "refused: the body was not signed with the secret",
    ]


def test_the_page_calls_events_as_they_are_called(example: dict[str, Any]) -> None:
    from dialkit import webhooks

    named = set(re.findall(r"`(\w+Event)`", PAGE.read_text("utf-8"))) - {"StaleEvent"}
    assert named == {name for name in webhooks.__all__ if name.endswith("Event")} - {"AnyEvent", "Event"}
