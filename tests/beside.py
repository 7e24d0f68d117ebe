"""What runs beside a test: a process that never outlives it, and waiting for what somebody else does."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

# Seconds, after which a test has failed: many, for a machine that is busy, and less than its timeout.
PATIENCE = 60.0


@contextmanager
def beside(argv: Sequence[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process, as `subprocess.Popen` begins it: waited for at the end, and killed where the test failed.

    `Popen` alone would wait for ever there, for one that serves or that waits for its stdin.
    """
    with subprocess.Popen(argv, **how) as process:
        try:
            yield process
            process.wait(PATIENCE)
        finally:
            process.kill()


def until(true: Callable[[], T], told: Callable[[], object] = str) -> T:
    """The first result that is true, as soon as there is one; `told` says what there is if none comes."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, f"it did not come to that: {told()}"
        time.sleep(0.005)
    return found
