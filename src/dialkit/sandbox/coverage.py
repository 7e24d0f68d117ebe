"""Which state each operation reads and writes, as seen when it carries out its example.

Not declared but watched: a fresh world for each operation, the document's own example, the tables touched.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from dialkit.catalog.example import request_example
from dialkit.sandbox.control.log import Request

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.sandbox.http.app import App

# Operations that are right to know nothing of the world, and why.
STATELESS = {"format.post": "how a number is written follows from the number alone"}
# Operations that do something for the token of an application, and nothing for a key that no application has.
FOR_APPS = {"oauth2.deauthorize.post"}
OFFICE_HOURS = "2026-03-05T17:00:00"  # where the clock stands: a Thursday morning in Portland
# Tables that every operation may touch without saying anything of the world.
BESIDES = {"clock", "counters", "switches"}


class Row(NamedTuple):
    """One operation: tables it read and wrote, why it needs none, or the refusal of its example."""

    operation: str
    reads: list[str]
    writes: list[str]
    reason: str | None = None
    refused: str | None = None


def request_of(operation: Operation) -> tuple[str, str, bytes]:
    """Path, query and body of an operation's example."""
    values = request_example(operation)
    outside = {field.name: field.place for field in operation.fields if field.place != "body"}
    path = re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]]), safe=""), operation.path)
    query = urlencode(
        {n: _text(values[n]) for n, place in outside.items() if place == "query" and n in values}
    )
    body = {name: value for name, value in values.items() if name not in outside}
    return path, query, json.dumps(body).encode() if operation.body else b""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def watch(app: App, token: str) -> list[Row]:
    """Carry out every operation's example, each in the world as it is at the start."""
    engine, rows = app.engine, []
    start = engine.world.hold()
    for operation in engine.catalog:
        engine.world.restore(start)
        path, query, body = request_of(operation)
        refused = None
        request = Request(
            operation.method, path, parse_qsl(query), {"authorization": f"Bearer {token}"}, body
        )
        if operation.id in FOR_APPS:
            app_id = next(iter(engine.world.oauth_apps))["id"]
            engine.world.keys.change(token, app_id=app_id)
        engine.world.watch.clear()
        _, reply = app.answer(request, too_large=False, query=query)
        reads, writes = engine.world.watch.reads - BESIDES, engine.world.watch.writes - BESIDES
        if reply.status >= 400:
            message = json.loads(reply.body)["error"]["message"]
            refused, reads, writes = f"{reply.status} {message}", set(), set()
        rows.append(Row(operation.id, sorted(reads), sorted(writes), STATELESS.get(operation.id), refused))
    engine.world.restore(start)
    return rows


def coverage(seed: int = 1) -> list[Row]:
    """All operations, in the world of a seed, without a socket."""
    from dialkit.sandbox.http.server import Sandbox

    sandbox = Sandbox(seed=seed, limits=False, at=OFFICE_HOURS, frozen=True)
    return watch(sandbox.app, sandbox.token)
