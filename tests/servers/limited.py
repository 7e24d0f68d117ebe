"""A server with a limit, enforced as the service does it: what is above it is refused with 429."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from servers.recorder import EMPTY_OBJECT, Answer, Recorder
from servers.wire import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable


def authorization(request: Request) -> str:
    """The API key a request came with."""
    return request.header("authorization") or ""


class LimitedServer(Recorder):
    """Accepts at most `count` requests of one key in any `window` seconds, exactly: a sliding window.

    A request is timed when it has arrived completely. Refused ones do not count against the limit; both kinds
    are noted in `accepted_times` and `refused`, in seconds of `time.monotonic()`. `key` says which requests
    share a limit; `retry_after` adds the header, in whole seconds until the next one would be accepted.
    """

    def __init__(
        self,
        count: int,
        window: float,
        *,
        answer: Answer = EMPTY_OBJECT,
        key: Callable[[Request], str] = authorization,
        retry_after: bool = False,
    ) -> None:
        super().__init__(self._limited)
        self.count, self.window = count, window
        self.refused: list[float] = []
        self.accepted_times: list[float] = []
        self._permitted = answer
        self._key = key
        self._retry_after = retry_after
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._guard = threading.Lock()

    def _limited(self, request: Request) -> Reply:
        key = self._key(request)
        with self._guard:
            # Read under the lock, so that times are in order.
            now = time.monotonic()
            recent = self._recent[key]
            while recent and recent[0] <= now - self.window:
                recent.popleft()
            accepted = len(recent) < self.count
            if accepted:
                recent.append(now)
            (self.accepted_times if accepted else self.refused).append(now)
        if accepted:
            return self._permitted(request) if callable(self._permitted) else self._permitted
        wait = math.ceil(recent[0] + self.window - now)
        headers = {"Retry-After": str(wait)} if self._retry_after else {}
        return json_reply({"error": {"code": 429, "message": "rate_limit_exceeded"}}, 429, headers)
