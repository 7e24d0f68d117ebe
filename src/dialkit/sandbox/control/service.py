"""Control over HTTP: finds the route, checks access and values, answers in JSON, streams what is followed."""

from __future__ import annotations

import json
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from dialkit.sandbox.control import routes
from dialkit.sandbox.control.access import check_access
from dialkit.sandbox.control.asked import Asked
from dialkit.sandbox.control.log import Followers, Log
from dialkit.sandbox.engine import START
from dialkit.sandbox.http.reading import decode
from dialkit.sandbox.shapes import check
from dialkit.sandbox.wire import Refusal, fault, filled

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable

    from dialkit.sandbox.control.log import Request
    from dialkit.sandbox.control.routes import Route
    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.world import Record

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

PREFIX = "/__sandbox__/"
DOCUMENT = "openapi.json"


class Control:
    """The control of one sandbox, and its record of requests.

    `token` is what those have to show who are not on this machine: by chance, unless one is given.
    """

    def __init__(self, engine: Engine, token: str | None = None) -> None:
        self.engine, self.world = engine, engine.world
        self.token = token or secrets.token_urlsafe(18)
        self.log, self.sent = Log(), Followers()
        self._lock: tuple[Any, asyncio.Lock] | None = None
        engine.listeners.append(self._hear)

    @property
    def faults(self) -> Any:
        """The rules by which things fail."""
        return self.engine.faults

    def record(self, request: Request) -> None:
        """Keep a request that came in."""
        self.log.add(request)

    def reset(self) -> None:
        """Be as at the start; requests and added faults are forgotten."""
        self.engine.restore(START)
        self.faults.reset()
        self.log.clear()

    def close(self) -> None:
        """Let all who follow end: the server stops."""
        self.log.followers.close()
        self.sent.close()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """While the clock is set on, or the world becomes another, nobody else does either."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._lock is None or self._lock[0] is not loop:
            self._lock = (loop, asyncio.Lock())
        async with self._lock[1]:
            yield

    async def do(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """What a route answers, as a value; `path` is without the prefix. Raises `Refusal`."""
        route, values = _find(method, path)
        return await route.act(self, _read(route, values, query or {}, body))

    async def serve(self, scope: dict[str, Any], body: bytes | None, receive: Receive, send: Send) -> None:
        """Answer one request; `body` is None where it was too large."""
        method, path = scope["method"], scope["raw_path"].decode("latin-1").removeprefix(PREFIX)
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        more: dict[str, str] = {}
        try:
            status, value = 200, await self._serve(scope, method, path, given, body)
        except Refusal as no:
            status, value, more = no.status, fault(no.status, no.message), no.headers
        except Exception:
            import logging

            logging.getLogger(__name__).exception("%s %s", method, path)
            status, value = 500, fault(500, "The sandbox failed; its log has the traceback.")
        if isinstance(value, Followers):
            await self._stream(value, int(given.get("since", 0)), receive, send)
            return
        sent = json.dumps(value, separators=(",", ":")).encode()
        more |= {"content-type": "application/json", "content-length": str(len(sent))}
        pairs = [(name.encode(), text.encode("latin-1", "replace")) for name, text in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else sent})

    async def _serve(
        self, scope: dict[str, Any], method: str, path: str, given: dict[str, str], body: bytes | None
    ) -> Any:
        if path == DOCUMENT and method == "GET":
            from dialkit.sandbox.control.document import document

            return document()
        route, values = _find(method, path)
        if not route.open_to_all:
            check_access(scope, self.token)
        if body is None:
            raise Refusal(413, "The request is too large.")
        asked = _read(route, values, given, decode(body.strip()))
        if asked.query.get("follow"):
            return self.log.followers if route.path == "requests" else self.sent
        return await route.act(self, asked)

    async def _stream(self, followers: Followers, since: int, receive: Receive, send: Send) -> None:
        """What is there after `since`, then each item as it comes, until one of the two ends it."""
        import asyncio

        path = "requests" if followers is self.log.followers else "deliveries"
        known = (await self.do("GET", path, query={"since": since}))["items"]
        queue = followers.join()  # nothing comes between: what was asked for did not wait
        try:
            headers = [(b"content-type", b"application/x-ndjson")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            left = asyncio.ensure_future(_left(receive))
            left.add_done_callback(lambda _: queue.put_nowait(None))
            try:
                await send(_lines(known, more=True))
                while (item := await queue.get()) is not None:
                    await send(_lines([item], more=True))
                await send(_lines([], more=False))
            finally:
                left.cancel()
        finally:
            followers.leave(queue)

    def _hear(self, changed: dict[tuple[str, str], Record | None]) -> None:
        """Tell those who follow deliveries which of them changed."""
        if self.sent:
            for (table, _), record in changed.items():
                if table == "deliveries" and record is not None:
                    self.sent.tell(filled(record))


async def _left(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _lines(items: list[Any], *, more: bool) -> dict[str, Any]:
    text = "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in items)
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


def _find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a path, and the values in it. Raises `Refusal` 404, 405."""
    segments = path.split("/")
    allowed = []
    for route in routes.ROUTES:
        wanted = route.path.split("/")
        if len(wanted) != len(segments):
            continue
        pairs = list(zip(wanted, segments, strict=True))
        if all(want == got or (want.startswith("{") and got) for want, got in pairs):
            if route.method == method:
                return route, {want[1:-1]: unquote(got) for want, got in pairs if want.startswith("{")}
            allowed.append(route.method)
    if allowed:
        raise Refusal(405, f"{method} is not allowed at {PREFIX}{path[:200]}.", {"allow": ", ".join(allowed)})
    raise Refusal(404, f"Nothing is at {PREFIX}{path[:200]}.")


def _read(route: Route, path: dict[str, str], query: dict[str, Any], body: Any) -> Asked:
    """Values, typed and checked. Raises `Refusal` 400, naming the field."""
    typed = {name: _typed(query[name], schema) for name, schema in route.query.items() if name in query}
    for name in [*route.query, *query]:
        if name not in route.query:
            raise Refusal(400, f"{name[:40]}: {route.method} {route.path} does not take it.")
        if name in typed:
            check(typed[name], route.query[name], name)
    for name in route.needed:
        if name not in typed:
            raise Refusal(400, f"{name}: is required.")
    if "id" in path and route.path.startswith("calls/") and not path["id"].isdecimal():
        raise Refusal(404, f"No call has the call_id {path['id'][:80]}.")
    if route.body is not None:
        body = {} if body is None else body
        check(body, route.body)
    return Asked(path, typed, body if isinstance(body, dict) else {})


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    if schema["type"] == "integer" and isinstance(value, str) and value.isdecimal() and len(value) < 18:
        return int(value)
    if schema["type"] == "boolean" and value in ("", "1", "true", "0", "false"):
        return value not in ("0", "false")
    return value
