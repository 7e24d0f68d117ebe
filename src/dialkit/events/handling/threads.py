"""Threads for handlers: no more than are busy at a time, used again. None keeps the program from ending."""

from __future__ import annotations

import os
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[], Callable[[], None]]  # gives what is done once its thread is free again


class Threads:
    """Runs work in `most` threads at a time, each named `name`.

    A thread cannot be stopped: one that hangs counts until it returns. `concurrent.futures` waits for such a
    one when the program ends.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._turn = threading.Lock()
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._busy = 0
        self._idle = 0

    def take(self, work: Work) -> bool:
        """Have it run now; it raises nothing. False where all threads are busy.

        Raises `RuntimeError` where the system gives no thread.
        """
        if self._process != os.getpid():  # threads stay behind in a fork
            self._begin()
        with self._turn:
            if self._busy == self._most:
                return False
            self._busy += 1
            fresh = self._idle == 0
            if not fresh:
                self._idle -= 1
        if not fresh:
            self._waiting.put(work)
            return True
        try:
            threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True).start()
        except RuntimeError:
            with self._turn:
                self._busy -= 1
            raise
        return True

    def close(self) -> None:
        """Those that have nothing to do end."""
        if self._process != os.getpid():
            return
        with self._turn:
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._waiting.put(None)

    def _run(self, work: Work | None) -> None:
        while work is not None:
            done = work()
            with self._turn:
                self._busy -= 1
                self._idle += 1
            done()
            work = self._waiting.get()
