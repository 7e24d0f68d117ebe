"""What only a sandbox has, under ``/__sandbox__/``: its health, what it received, what arrived, a reset."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from dialkit.sandbox.engine import START
from dialkit.sandbox.operations import texts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.engine import Engine

PREFIX = "/__sandbox__/"
KEPT = 1000  # requests
KEPT_BYTES = 64 << 20  # of bodies: a thousand of the largest would be a gigabyte
SECRET = "(hidden)"


class Request(NamedTuple):
    """One request as received. `path` still has its escapes; `query` is decoded, in order."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it: without the key; a body that is no JSON as text, an empty one as null."""
        body: Any = None
        if self.body:
            try:
                body = json.loads(self.body)
            except (ValueError, RecursionError):
                body = self.body.decode(errors="replace")
        return {
            "method": self.method,
            "path": self.path,
            "query": [[name, SECRET if name == "apikey" else value] for name, value in self.query],
            "headers": {
                **self.headers,
                **({"authorization": SECRET} if "authorization" in self.headers else {}),
            },
            "body": body,
        }


class Control:
    """The control routes of one sandbox, and its record of requests."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.world = engine, engine.world
        self.requests: deque[Request] = deque()
        self._bytes = 0
        self.routes: dict[tuple[str, str], Callable[[str], Any]] = {
            ("GET", "health"): self._health,
            ("GET", "requests"): self._requests,
            ("GET", "inbox"): self._inbox,
            ("POST", "reset"): lambda _rest: self.reset(),
        }

    def record(self, request: Request) -> None:
        """Keep a request; the oldest go when there are more than 1,000, or more than 64 MiB of bodies."""
        self.requests.append(request)
        self._bytes += len(request.body)
        while len(self.requests) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= len(self.requests.popleft().body)

    def answer(self, method: str, path: str) -> Any:
        """What a control route answers. Raises `Refusal` 404, 405."""
        name, _, rest = path.removeprefix(PREFIX).partition("/")
        allowed = [way for way, route in self.routes if route == name]
        if not allowed or bool(rest) != (name == "inbox"):
            raise Refusal(404, f"Nothing is at {path}.")
        if method not in allowed:
            raise Refusal(405, f"{method} is not allowed at {path}.", {"allow": ", ".join(allowed)})
        return self.routes[method, name](unquote(rest))

    def _health(self, _rest: str) -> Any:
        return {"status": "ok", "seed": self.world.seed}

    def _requests(self, _rest: str) -> Any:
        return {"items": [request.as_dict() for request in self.requests]}

    def _inbox(self, number: str) -> Any:
        return {"items": texts.inbox(self.world, number)}

    def reset(self) -> Any:
        """Make the world as it was at the start, and forget all requests."""
        self.engine.restore(START)
        self.requests.clear()
        self._bytes = 0
        return self._health("")
