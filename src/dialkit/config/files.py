"""Small files of the user: read with a bound, changed under a lock, replaced whole or not at all."""

from __future__ import annotations

import os
import sys

from dialkit.errors import InvalidArgument, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

# Far above any config written by hand, far below what would hurt to read.
LIMIT = 1 << 20


def read(path: str, *, limit: int = LIMIT, private: bool = False) -> str | None:
    """The text of a UTF-8 file, or None where there is none (or its folder is closed to us).

    `limit` is in bytes. With `private`, a file that others can read or write is not read (where the
    system has modes): `Refused`. Anything else that is wrong with it: `InvalidArgument`, naming it.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError) as error:
        raise _failed("read", path, error) from None
    # Asked before it is opened: opening a pipe would wait for ever.
    if mode & 0o170000 != 0o100000:
        raise InvalidArgument(f"{path} is not a file")
    try:
        with open(path, "rb") as file:
            if private and os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                import shlex

                raise Refused(
                    f"{path} holds keys and others can reach it", hint=f"chmod 600 {shlex.quote(path)}"
                )
            data = file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed("read", path, error) from None
    if len(data) > limit:
        raise InvalidArgument(f"{path} is larger than {limit} bytes")
    try:
        return data.decode("utf-8-sig")  # Windows editors put a byte order mark first
    except UnicodeDecodeError as error:
        position = error.start
    # Raised out here so that the exception does not carry the file's bytes along.
    raise InvalidArgument(f"{path} is not UTF-8 (byte {position})")


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """The tables of a TOML text. `InvalidArgument` names `path`, line and column."""
    import tomllib

    try:
        return tomllib.loads(text)
    # ValueError also covers numbers of thousands of digits; RecursionError, brackets in brackets.
    except (ValueError, RecursionError) as error:
        fault = " ".join(str(error).split())[:200]
    raise InvalidArgument(f"{path} is not valid TOML: {fault}", hint="correct that line")


def update(path: str, change: Callable[[str | None], str | None], *, private: bool = False) -> None:
    """Replace a file by what `change` makes of its text, while no other process does the same.

    `change` gets the text (None: no file) and returns the new text (None: leave all as it is). The new
    file has mode 0600 and takes the old one's place in one step, so a reader sees the one or the other.
    A symbolic link stays; the file it leads to is replaced. Raises `InvalidArgument` where nothing can be
    written.
    """
    from dialkit.config.paths import make_private

    path = os.path.realpath(path)
    make_private(os.path.dirname(path))
    with Lock(path + ".lock"):
        text = change(read(path, private=private))
        if text is not None:
            _replace(path, text)


def _replace(path: str, text: str) -> None:
    new = path + ".new"
    try:
        if os.path.lexists(new):  # left by a process that was killed; nobody else is here, we hold the lock
            os.unlink(new)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(new, flags, 0o600), "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, path)
            if os.name == "posix":
                _settle(os.path.dirname(path))
        except OSError:
            if os.path.lexists(new):
                os.unlink(new)
            raise
    except OSError as error:
        raise _failed("write", path, error) from None


def _settle(folder: str) -> None:
    """See that the new name is on the disk as well: else the old file may come back after a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class Lock:
    """A lock on a file that stays: the system lets go of it when its holder dies, so it cannot go stale."""

    __slots__ = ("fd", "path")

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        try:
            self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _failed("write", self.path, error) from None
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self.fd, msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(self.fd, fcntl.LOCK_EX)
        except BaseException as error:
            os.close(self.fd)
            if isinstance(error, OSError):
                raise _failed("lock", self.path, error) from None
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(self.fd, 0, os.SEEK_SET)
            msvcrt.locking(self.fd, msvcrt.LK_UNLCK, 1)
        os.close(self.fd)


def _failed(verb: str, path: str, error: Exception) -> InvalidArgument:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return InvalidArgument(
        f"cannot {verb} {path}: {reason}", hint="check the permissions of the file and its folder"
    )
