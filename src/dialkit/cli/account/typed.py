"""What a person types or pipes in: secrets unseen, and lines for as long as somebody wants them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from dialkit.errors import KeyMissing, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.cli.app import App

LONGEST = 1 << 16  # bytes of a line


def unseen(app: App, prompt: str, missing: str, how: str) -> str:
    """A secret from a terminal, not shown while it is typed.

    Raises `KeyMissing` with these words where none is given, `Refused` where the terminal would show it.
    """
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        # Without a terminal it can control, getpass would show what is typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt, stream=app.stderr).strip()
        except GetPassWarning:
            raise Refused("this terminal would show it", hint=how) from None
        except EOFError:
            raise KeyMissing(missing, hint=how) from None


class Lines:
    """Lines of stdin, past Python's own buffer: who waits in it would not let the process end."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._rest = b""
        try:
            self._fd = None if stream is None else stream.fileno()
        except (OSError, ValueError):
            self._fd = None

    def next(self) -> str | None:
        """The next line without its end, cut where it is longer than any address; None after the last."""
        if self._stream is None or self._fd is None:
            text = "" if self._stream is None else self._stream.readline(LONGEST)
            return text.strip() if text else None
        while b"\n" not in self._rest and len(self._rest) < LONGEST:
            more = os.read(self._fd, 4096)
            if not more:
                break
            self._rest += more
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace").lstrip("\ufeff").strip()

    def each(self, take: Callable[[str], None], over: Callable[[], None]) -> None:
        """Call `take` with each line as it comes, then `over`, in a thread that ends with the process."""
        import threading

        def work() -> None:
            try:
                while (line := self.next()) is not None:
                    take(line)
            except (OSError, ValueError):
                pass  # stdin was closed under us: then nothing more is typed
            over()

        threading.Thread(target=work, daemon=True).start()
