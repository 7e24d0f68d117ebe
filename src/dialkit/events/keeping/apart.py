"""Keeping events in a process of its own, so that who answers and who writes have a core each.

Python runs one thread at a time: with both in one process, a receiver took 4,400 events a second; see
`docs/architecture.md`. The two talk over a pipe that nobody else holds. The one that writes ends when the
pipe does, after what it was given; a signal to end is for the other one.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from dialkit.errors import DialkitError, InvalidArgument
from dialkit.events.keeping.keeper import Here, Unkeepable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from dialkit.inbox.keeping import Arrival, Kept

GRACE = 5.0  # seconds in which it may finish what it was given, and end


class Apart:
    """Keeps in another process, begun with the first use, and anew should it end.

    Parameters:
        environ: names the store, and is the other process's.
        targets: names of whom all events are for.
        tell: hears in a line what was noticed about the store.
    """

    def __init__(
        self, environ: Mapping[str, str], targets: Sequence[str], tell: Callable[[str], None]
    ) -> None:
        self._environ, self._targets, self._tell = dict(environ), tuple(targets), tell
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        if self._process is None:
            self._begin()
            self._ask(self._targets)

    def keep(self, arrivals: Sequence[Arrival]) -> Sequence[Kept]:
        self.open()
        kept: Sequence[Kept] = self._ask(arrivals)
        return kept

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.close()
        except OSError:  # it has ended before
            pass
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _begin(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603  # this Python, this module
                [sys.executable, "-m", __name__],
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                process_group=0 if os.name == "posix" else None,  # a terminal's Ctrl-C is for the other one
            )
        except OSError as error:
            raise InvalidArgument(
                f"a process to write events cannot be started: {error.strerror}",
                hint="are there too many processes, or is there too little memory?",
            ) from None

    def _ask(self, what: Any) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(what, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            lines, came = pickle.load(self._process.stdout)  # noqa: S301  # our own
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            raise Unkeepable("the process that writes has ended") from None
        for line in lines:
            self._tell(line)
        if isinstance(came, Exception):
            raise came
        return came


def main() -> None:
    """The other process: what comes by stdin is kept, and what became of it told by stdout."""
    import signal

    from dialkit.store import Database

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    lines: list[str] = []
    with _alone(0, "rb") as given, _alone(1, "wb") as told:
        targets = pickle.load(given)  # noqa: S301  # our own
        keeper = Here(lambda: Database.of(os.environ, lines.append), lambda _arrival: targets)
        came = _attempt(keeper.open)
        try:
            while True:
                pickle.dump((lines, came), told, pickle.HIGHEST_PROTOCOL)
                told.flush()
                lines.clear()
                arrivals = pickle.load(given)  # noqa: S301  # our own
                came = _attempt(partial(keeper.keep, arrivals))
        except (EOFError, OSError):
            pass  # the other process has ended, or wants this one to
        finally:
            keeper.close()


def _alone(descriptor: int, mode: str) -> BinaryIO:
    """A pipe, moved away from where anybody else in this process might read or print."""
    ours = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(ours, mode)  # type: ignore[return-value]


def _attempt(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (DialkitError, Unkeepable) as error:
        return error.with_traceback(None)


if __name__ == "__main__":
    main()
