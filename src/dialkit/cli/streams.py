"""The process's own streams, made safe to use: any of them may be closed, full, or in another encoding."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO


class Asides:
    """stderr for what is said to a person. Nothing that goes wrong with it may change what a command does,
    nor its exit code: the reader may have gone, the disk may be full, it may be closed.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write if that is possible."""
        try:
            return self._stream.write(text) if self._stream is not None else 0
        except (OSError, ValueError):
            self._stream = None
            return 0

    def flush(self) -> None:
        """Flush if that is possible."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except (OSError, ValueError):
            self._stream = None

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream is not None and self._stream.isatty()


def utf8(stream: TextIO | None, errors: str) -> TextIO | None:
    """The stream in UTF-8, whatever the locale says; None where it is closed."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors=errors)
    return stream


def read_text(stream: TextIO | None, limit: int) -> str:
    """Up to `limit` characters of stdin, which is UTF-8 with or without a byte order mark.

    Empty where it is closed. Raises `UnicodeDecodeError`.
    """
    text = stream.read(limit) if stream is not None else ""
    return text.removeprefix("\ufeff")


def settle(*streams: tuple[TextIO | None, int]) -> None:
    """Flush streams, given with their descriptors, for the last time.

    What cannot be written any more is let go: Python would try again as it ends, and change the exit code.
    """
    for stream, descriptor in streams:
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
