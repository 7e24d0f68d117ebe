"""The requests that came in, with what was answered, and those who want to hear of each."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import iso

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

KEPT = 1000  # requests
KEPT_BYTES = 64 << 20  # of bodies: a thousand of the largest would be a gigabyte
SHOWN = 64 << 10  # bytes of an answer that are kept
WAITING = 10_000  # items a follower may lag behind; one that lags more is dropped
SECRET = "(hidden)"
SECRETS = ("authorization", "proxy-authorization", "cookie", "x-sandbox-token")


class Request(NamedTuple):
    """One request as received, and what was answered.

    `path` still has its escapes; `query` is decoded, in order. `status` is 0 where no answer was given. `at`
    is the moment in epoch seconds, on the sandbox's clock; `ms` what it took in real time. `id` counts from
    1.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    status: int = 0
    answer: bytes = b""
    operation: str = ""
    ms: float = 0.0
    at: float = 0.0
    id: int = 0

    @property
    def json(self) -> Any:
        """The body as JSON; one that is no JSON as text, an empty one as None."""
        return _decoded(self.body)

    @property
    def answered(self) -> Any:
        """What was answered, as `json` shows the body. Long answers are cut."""
        return _decoded(self.answer[:SHOWN])

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it, without the key."""
        hidden = {name: SECRET for name in SECRETS if name in self.headers}
        return {
            "id": self.id,
            "at": iso(self.at),
            "method": self.method,
            "path": self.path,
            "operation": self.operation or None,
            "query": [[name, SECRET if name == "apikey" else value] for name, value in self.query],
            "headers": {**self.headers, **hidden},
            "body": self.json,
            "status": self.status or None,
            "answer": self.answered,
            "ms": round(self.ms, 1),
        }


def _decoded(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


class Followers:
    """Those who want to hear of each item as it comes."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Any]] = set()

    def __bool__(self) -> bool:
        return bool(self._queues)

    def tell(self, item: Any) -> None:
        """Pass an item on; a follower who lags too far behind is dropped."""
        for queue in list(self._queues):
            if queue.qsize() >= WAITING:
                item = None
            queue.put_nowait(item)

    def join(self) -> asyncio.Queue[Any]:
        """A new follower's queue; None in it means the end. `leave` gives it back."""
        import asyncio

        queue: asyncio.Queue[Any] = asyncio.Queue()
        self._queues.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Any]) -> None:
        """Forget a follower."""
        self._queues.discard(queue)

    def close(self) -> None:
        """Let all of them end."""
        for queue in self._queues:
            queue.put_nowait(None)


class Log:
    """The last requests: at most 1,000 of them, and at most 64 MiB of bodies."""

    def __init__(self) -> None:
        self.followers = Followers()
        self._kept: deque[Request] = deque()
        self._bytes = self._count = 0

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, request: Request) -> None:
        """Keep a request; the oldest go when there are too many."""
        self._count += 1
        request = request._replace(id=self._count, answer=request.answer[:SHOWN])
        self._kept.append(request)
        self._bytes += _size(request)
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= _size(self._kept.popleft())
        if self.followers:
            self.followers.tell(request.as_dict())

    def clear(self) -> None:
        """Forget all; numbers go on, so that whoever follows does not see one twice."""
        self._kept.clear()
        self._bytes = 0


def _size(request: Request) -> int:
    return len(request.body) + len(request.answer)
