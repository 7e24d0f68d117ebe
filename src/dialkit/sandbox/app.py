"""The ASGI application: reads a request, finds the operation, checks the key, answers in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from dialkit.catalog import Catalog
from dialkit.sandbox import answers, call, numbers, resources, texts
from dialkit.sandbox.control import PREFIX, Control, Request
from dialkit.sandbox.route import Router
from dialkit.sandbox.wire import Refusal, encode, fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.catalog import Operation
    from dialkit.sandbox.world import World

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Handler = Callable[[World, call.Call], Any]

MOST_BODY = 1 << 20  # bytes; the service refuses requests above 1 MB
MOST_QUERY = 1000  # fields
OPEN = "/oauth2/"  # what gives out keys asks for none
FORM = "application/x-www-form-urlencoded"  # integrators send it to the OAuth operations, beside JSON

# Which segment stands before the id of what: an unknown id is then a 404 whatever the operation.
OWNERS = {
    "company": "companies",
    "offices": "offices",
    "users": "users",
    "operators": "users",
    "numbers": "numbers",
    "contacts": "contacts",
    "webhooks": "webhooks",
}
HANDLERS: dict[str, Handler] = {
    "sms.send": texts.send,
    "contacts.create_with_uid": resources.upsert_contact,
    "numbers.assign_number.post": numbers.assign,
    "numbers.assign_target_number.post": numbers.assign,
    "numbers.delete": numbers.release,
    "numbers.swap_number.post": numbers.swap,
    **{name: numbers.unassign if "unassign" in name else numbers.assign for name in numbers.KINDS},
    **{name: way for resource in resources.RESOURCES for name, way in resource.handlers().items()},
}


class App:
    """One sandbox. `keys` tells, for each token, the id of the user whose key it is."""

    def __init__(self, world: World, keys: dict[str, int]) -> None:
        self.world, self.keys = world, keys
        self._catalog = Catalog()
        self.control = Control(world, self._catalog)
        self._router = Router(self._catalog.ids.values())
        self._operations: dict[str, Operation] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        try:
            body = await _read(receive)
        except ConnectionError:
            return  # half a request is none
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        more: dict[str, str] = {}
        try:
            status, answer = self.answer(scope["method"], path, query, headers, body)
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
    ) -> tuple[int, Any]:
        """Status and JSON value of the answer, None for an empty one. Raises `Refusal`.

        `path` and `query` are as received; `body` is None where it was too large.
        """
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_QUERY)
        except ValueError:
            raise Refusal(400, f"The query has more than {MOST_QUERY} fields.") from None
        if path.startswith(PREFIX):
            self._user(headers, pairs)
            return 200, self.control.answer(method, path)
        self.control.record(Request(method, path, pairs, headers, body or b""))
        if body is None:
            raise Refusal(413, f"The request is larger than {MOST_BODY} bytes.")
        row, values = self._router.find(method, path)
        user_id = 0 if path.startswith(OPEN) else self._user(headers, pairs)
        operation = self._operation(row.id)
        values = self._resolve(operation, values, user_id)
        form = headers.get("content-type", "").startswith(FORM) and path.startswith(OPEN)
        sent = dict(parse_qsl(body.decode("latin-1"))) if form else _decode(body)
        asked = call.read(operation, user_id, values, dict(pairs), sent)
        result = HANDLERS.get(operation.id, answers.compose)(self.world, asked)
        told = operation.answer
        value = encode(result, told["schema"], operation.schemas) if "schema" in told else None
        return int(told["status"]), value

    def _operation(self, operation_id: str) -> Operation:
        if operation_id not in self._operations:
            self._operations[operation_id] = self._catalog.operation(operation_id)
        return self._operations[operation_id]

    def _user(self, headers: dict[str, str], pairs: list[tuple[str, str]]) -> int:
        """Whose key it is. Raises `Refusal` 401."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = dict(pairs).get("apikey", "")
        if token.strip() not in self.keys:
            raise Refusal(401, "An API key of this sandbox is needed.", {"www-authenticate": "Bearer"})
        return self.keys[token.strip()]

    def _resolve(self, operation: Operation, values: dict[str, str], user_id: int) -> dict[str, str]:
        """Path values with ``me`` replaced. Raises `Refusal` 404 for an id of nothing kept here."""
        segments = operation.path.split("/")
        for name, value in values.items():
            owner = OWNERS.get(segments[segments.index("{" + name + "}") - 1])
            if owner == "users" and value == "me":
                values = {**values, name: str(user_id)}
            if owner:
                self.world.table(owner).get(values[name])
        return values


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
