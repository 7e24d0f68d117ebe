"""Somebody who gets events: a server on this machine that keeps what is posted to it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from beside import PATIENCE
from dialkit.sandbox.events import emit

if TYPE_CHECKING:
    from asking import Client


class Post(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Answers 200, or what `statuses` says, one after the other; after a 0, not before it ends."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.statuses: list[int] = []
        self.let_go = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.posts.append(Post(self.path, headers, body))
                status = outer.statuses.pop(0) if outer.statuses else 200
                if not status:
                    outer.let_go.wait(PATIENCE)
                    return
                self.send_response(status)
                self.send_header("location", outer.url + "elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def events(self) -> list[Any]:
        return [post.json for post in self.posts]


def happen(client: Client, kind: str, payload: Any, targets: Any = (), **facets: Any) -> None:
    """Something happens in the sandbox; returns when all that were to be told have been."""

    async def work() -> None:
        with client.sandbox.engine.moment():
            emit(client.world, kind, payload, targets, **facets)
        await client.sandbox.engine.courier.idle()

    client.sandbox.run(work())


def settled(client: Client) -> None:
    """Return when nothing is on its way."""
    client.sandbox.run(client.sandbox.engine.courier.idle())
