"""A server that misbehaves as its script says."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from servers.base import Server

if TYPE_CHECKING:
    from servers.behaviours import Behaviour
    from servers.wire import Connection


class Faulty(Server):
    """Follows `script`: one step for each request in the order they arrive; the last step repeats.

    A step is claimed when the first bytes of a request arrive; one marked `at_accept` already when a
    connection is accepted, before anything is read. Steps that keep the connection let the next request come
    on it, so that

    - ``close_idle()`` closes a kept connection before the next request comes,
    - ``ok(), reset_before()`` breaks it while the next one arrives,
    - ``ok(), close_after()`` reads the next one completely and closes without an answer.
    """

    def __init__(self, *script: Behaviour, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self._script = list(script)
        self._guard = threading.Lock()

    def prepend(self, *steps: Behaviour) -> None:
        """Put `steps` before the rest of the script: for those that name the server's own URL."""
        with self._guard:
            self._script[:0] = steps

    def _claim(self, *, at_accept: bool) -> Behaviour | None:
        """Take the next step; with `at_accept` only if it is one that does not wait for a request."""
        with self._guard:
            step = self._script[0]
            if at_accept and not step.at_accept:
                return None
            return self._script.pop(0) if len(self._script) > 1 else step

    def serve(self, connection: Connection) -> None:
        step = self._claim(at_accept=True)
        while True:
            if step is None:
                connection.await_bytes()
                step = self._claim(at_accept=False)
                assert step
            if not step.act(connection):
                return
            step = None
