"""The ASGI application: reads a request, finds the operation, checks the key, answers in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from dialkit.sandbox import answers
from dialkit.sandbox.access.keys import check_rights, key_of
from dialkit.sandbox.control.routes import PREFIX, Control, Request
from dialkit.sandbox.http import call
from dialkit.sandbox.http.files import PREFIX as FILES
from dialkit.sandbox.http.files import File, read_file
from dialkit.sandbox.http.owners import resolve_owners
from dialkit.sandbox.http.route import Router
from dialkit.sandbox.wire import Refusal, encode, fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.catalog import Operation
    from dialkit.sandbox.engine import Engine

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_BODY = 1 << 20  # bytes; the service refuses requests above 1 MB
MOST_QUERY = 1000  # fields
FORM = "application/x-www-form-urlencoded"  # integrators send it to the OAuth operations, beside JSON
NOBODY = {"token": "", "user_id": 0, "admin": False, "admin_scopes": False, "scopes": []}


class App:
    """One sandbox over HTTP."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.world = engine, engine.world
        self.control = Control(engine)
        self._router = Router(engine.catalog.ids.values())
        self._operations: dict[str, Operation] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or one websocket."""
        if scope["type"] == "websocket":
            await self.engine.courier.serve_websocket(scope, receive, send)
            return
        try:
            body = await _read(receive)
        except ConnectionError:
            return  # half a request is none
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        more: dict[str, str] = {}
        if path.startswith(FILES) and scope["method"] == "GET":
            await _send_file(self, path, send)
            return
        try:
            with self.engine.moment():
                status, answer, more = self.answer(scope["method"], path, query, headers, body)
        except Refusal as no:
            status, answer, more = no.status, fault(no.status, no.message), no.headers
        except Exception:
            import logging

            logging.getLogger(__name__).exception("%s %s", scope["method"], path)
            status, answer = 500, fault(500, "The sandbox failed; its log has the traceback.")
        sent = b"" if answer is None else json.dumps(answer, separators=(",", ":")).encode()
        if status != 204:
            more["content-length"] = str(len(sent))
        if sent:
            more["content-type"] = "application/json"
        pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": sent})

    def answer(
        self, method: str, path: str, query: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON value of the answer (None for an empty one), headers. Raises `Refusal`.

        `path` and `query` are as received; `body` is None where it was too large.
        """
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_QUERY)
        except ValueError:
            raise Refusal(400, f"The query has more than {MOST_QUERY} fields.") from None
        given = dict(pairs)
        if path.startswith(PREFIX):
            return 200, self.control.answer(method, path), {}
        self.control.record(Request(method, path, pairs, headers, body or b""))
        if body is None:
            raise Refusal(413, f"The request is larger than {MOST_BODY} bytes.")
        row, values = self._router.find(method, path)
        operation = self._operation(row.id)
        key = NOBODY
        if operation.needs_key:
            key = key_of(self.world, headers.get("authorization", ""), given.get("apikey", ""))
            check_rights(key, operation)
        values = resolve_owners(self.world, operation, values, key)
        form = not operation.needs_key and headers.get("content-type", "").startswith(FORM)
        sent = dict(parse_qsl(body.decode("latin-1"))) if form else _decode(body)
        asked = call.read(operation, key, values, given, sent, self.world.now, headers)
        self.engine.limits.check(operation, asked)
        self.world.watch.clear()
        result = self.engine.handlers.get(operation.id, answers.compose)(self.world, asked)
        given_back = result if isinstance(result, call.Answer) else call.Answer(result)
        told = operation.answer
        numbers = self.world.switch("integers") == "numbers"
        value = (
            encode(given_back.value, told["schema"], operation.schemas, numbers) if "schema" in told else None
        )
        return given_back.status or int(told["status"]), value, dict(given_back.headers)

    def _operation(self, operation_id: str) -> Operation:
        if operation_id not in self._operations:
            self._operations[operation_id] = self.engine.catalog.operation(operation_id)
        return self._operations[operation_id]


async def _send_file(app: App, path: str, send: Send) -> None:
    try:
        with app.engine.moment():
            status, file = 200, read_file(app.world, path)
    except Refusal as no:
        status, file = no.status, File(json.dumps(fault(no.status, no.message)).encode(), "application/json")
    pairs = [(b"content-type", file.content_type.encode()), (b"content-length", b"%d" % len(file.content))]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": file.content})


async def _read(receive: Receive) -> bytes | None:
    """The body, None where it is larger than allowed: it is then read to its end, and not kept.

    Raises `ConnectionError` where the client left before the end.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        size += len(message.get("body", b""))
        if size <= MOST_BODY:
            parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts) if size <= MOST_BODY else None


def _decode(body: bytes) -> Any:
    """The body's JSON, None where there is none. Raises `Refusal` 400; NaN and infinity are no JSON."""
    if not body:
        return None
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
