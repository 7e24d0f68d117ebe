"""The ASGI application: reads a request, has it carried out, and answers, unless a fault has it otherwise."""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from dialkit.sandbox.access.keys import check_rights, key_of
from dialkit.sandbox.control import PREFIX, Control, Request
from dialkit.sandbox.faults import effects as fault_effects
from dialkit.sandbox.faults.effects import Reply
from dialkit.sandbox.faults.rules import Asked
from dialkit.sandbox.faults.store import HEADER, of_header
from dialkit.sandbox.http import call
from dialkit.sandbox.http.files import PREFIX as FILES
from dialkit.sandbox.http.files import read_file
from dialkit.sandbox.http.owners import resolve_owners
from dialkit.sandbox.http.reading import (
    MOST_BODY,
    MOST_QUERY,
    TRANSPORT,
    decode,
    pairs,
    read_body,
    sent_cursor,
    values_of,
)
from dialkit.sandbox.http.route import Router
from dialkit.sandbox.wire import Refusal, encode, fault

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from dialkit.catalog import Operation
    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.world import Record

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

FORM = "application/x-www-form-urlencoded"  # integrators send it to the OAuth operations, beside JSON
NOBODY = {"token": "", "user_id": 0, "admin": False, "admin_scopes": False, "scopes": []}
NO_CONTENT = 204

_spell = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class App:
    """One sandbox over HTTP. `refuse` takes seconds and has every connection refused for so long."""

    def __init__(self, engine: Engine, control_token: str | None = None) -> None:
        self.engine, self.world = engine, engine.world
        self.control = Control(engine, control_token)
        self.refuse: Callable[[float], None] = lambda _seconds: None  # the server's, once there is one
        self._router = Router(engine.catalog.ids.values())
        self._operations: dict[str, Operation] = {}
        self._waiting: set[asyncio.Task[Any]] = set()  # requests that a fault lets wait

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or one websocket."""
        if scope["type"] == "websocket":
            await self.engine.courier.serve_websocket(scope, receive, send)
            return
        try:
            body = await read_body(receive)
        except ConnectionError:
            return  # half a request is none
        path = scope["raw_path"].decode("latin-1")
        if path.startswith(PREFIX):
            await self.control.serve(scope, body, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        request = Request(scope["method"], path, pairs(query), headers, body or b"")
        began, at = perf_counter(), self.world.clock_time()
        effects, reply = self.answer(request, body is None, query)
        if not effects:
            self._record(request, reply, began, at)
            start = {"type": "http.response.start", "status": reply.status}
            await send({**start, "headers": fault_effects.head(reply)})
            await send({"type": "http.response.body", "body": reply.body})
            return
        ended = "reset" in effects or "refuse" in effects
        shown = Reply(0, {}, b"", reply.operation_id) if ended else reply
        self._record(request, shown, began - effects.get("latency", 0.0), at)
        await self._fail(reply, effects, scope, receive, send)

    def answer(self, request: Request, too_large: bool, query: str) -> tuple[Record, Reply]:
        """What is to go wrong, and the answer; the request is carried out, unless what goes wrong forbids."""
        effects: Record = {}
        reply = Reply(0, {}, b"")
        try:
            effects = self._effects(request)
            if fault_effects.carries_out(effects):
                is_file = request.path.startswith(FILES) and request.method in ("GET", "HEAD")
                with self.engine.moment():
                    reply = self._file(request) if is_file else self._carry_out(request, too_large, query)
        except Refusal as no:
            told = fault(no.status, no.message)
            reply = _json(no.status, told, no.headers, self._operation_id(request))
        except Exception:
            import logging

            logging.getLogger(__name__).exception("%s %s", request.method, request.path)
            reply = _json(500, fault(500, "The sandbox failed; its log has the traceback."), {})
        if effects:
            reply = fault_effects.instead(effects) or reply
            reply = fault_effects.changed(reply, effects, self._cursor(request))
            reply = reply._replace(operation_id=self._operation_id(request))
        return effects, reply

    def _effects(self, request: Request) -> Record:
        """What faults do to a request: those of its own header, and of the rules that match it."""
        own = of_header(request.headers[HEADER]) if HEADER in request.headers else {}
        faults = self.engine.faults
        if not len(faults):
            return own
        try:
            key = str(self._key(request)["name"])
        except Refusal:
            key = ""
        operation_id = self._operation_id(request)
        asked = Asked(request.method, request.path, operation_id, key, lambda: values_of(request))
        return faults.choose(asked, own)

    def _operation_id(self, request: Request) -> str:
        """Which operation is asked for, empty for none."""
        try:
            return self._router.find(request.method, request.path)[0].id
        except Refusal:
            return ""

    def _cursor(self, request: Request) -> tuple[str, str]:
        """What the answer calls a page's cursor, and the one that was sent; empty where there is none."""
        operation_id = self._operation_id(request)
        pages = self._operation(operation_id).pages if operation_id else None
        return (pages or {}).get("cursor", ""), sent_cursor(request)

    def _key(self, request: Request) -> Record:
        given = dict(request.query).get("apikey", "")
        return key_of(self.world, request.headers.get("authorization", ""), given)

    def _carry_out(self, request: Request, too_large: bool, query: str) -> Reply:
        """The answer of the operation that is asked for. Raises `Refusal`."""
        if query.count("&") >= MOST_QUERY:
            raise Refusal(400, f"The query has more than {MOST_QUERY} fields.")
        if too_large:
            raise Refusal(413, f"The request is larger than {MOST_BODY} bytes.")
        row, values = self._router.find(request.method, request.path)
        operation = self._operation(row.id)
        form = not operation.needs_key and request.headers.get("content-type", "").startswith(FORM)
        key = self._key(request) if operation.needs_key else NOBODY
        sent = dict(parse_qsl(request.body.decode("latin-1"))) if form else decode(request.body)
        given = dict(request.query)
        if self.engine.limits.on:
            body = sent if isinstance(sent, dict) else {}
            self.engine.limits.check(operation, key, {**body, **given, **values})
        if operation.needs_key:
            check_rights(key, operation)
        values = resolve_owners(self.world, operation, values, key)
        digits = self.world.switch("integers-sent") == "any"
        now, headers = self.world.now, request.headers
        asked = call.read(operation, key, values, given, sent, now, headers, digits=digits)
        self.world.watch.clear()
        result = self.engine.handlers[operation.id](self.world, asked)
        answer = result if isinstance(result, call.Answer) else call.Answer(result)
        told = operation.answer
        status, more = answer.status or int(told["status"]), dict(answer.headers)
        if "schema" not in told:
            # What the document gives no content for; the official client reads JSON all the same.
            bare = status == NO_CONTENT or self.world.switch("empty-answers") == "nothing"
            return Reply(status, more, b"", operation.id) if bare else _json(status, {}, more, operation.id)
        numbers = self.world.switch("integers") == "numbers"
        value = encode(answer.value, told["schema"], operation.schemas, numbers)
        return _json(status, value, more, operation.id)

    def _file(self, request: Request) -> Reply:
        file = read_file(self.world, request.path)
        return Reply(200, {"content-type": file.content_type}, file.content)

    def _operation(self, operation_id: str) -> Operation:
        if operation_id not in self._operations:
            self._operations[operation_id] = self.engine.catalog.operation(operation_id)
        return self._operations[operation_id]

    def _record(self, request: Request, reply: Reply, began: float, at: float) -> None:
        took = (perf_counter() - began) * 1000
        told = (reply.status, reply.body, reply.operation_id, took, at)
        self.control.record(Request(*request[:5], *told))

    async def _fail(
        self, reply: Reply, effects: Record, scope: dict[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer as the effects say, or do not."""
        import asyncio

        transport, task = scope["extensions"][TRANSPORT], asyncio.current_task()
        assert task is not None
        self._waiting.add(task)
        try:
            if "refuse" in effects:
                self.refuse(effects["refuse"])
            if "latency" in effects:
                await asyncio.sleep(effects["latency"])
            if "reset" in effects or "refuse" in effects:
                await fault_effects.reset(transport, receive)
                return
            await fault_effects.send_reply(reply, effects, transport, receive, send)
        except asyncio.CancelledError:  # the server stops, and does not wait so long
            fault_effects.cut(transport)
        finally:
            self._waiting.discard(task)

    def let_go(self) -> None:
        """End the requests that a fault lets wait."""
        for task in self._waiting:
            task.cancel()


def _json(status: int, value: Any, headers: dict[str, str], operation_id: str = "") -> Reply:
    headers = {**headers, "content-type": "application/json"}
    return Reply(status, headers, _spell(value).encode(), operation_id)
