"""Files that are there whole or not at all: written beside their place, then put there in one step."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dialkit.errors import Conflict, InvalidArgument

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO, Self

ENDING = ".part"
ROOM = "make room on the disk, or choose another folder"


def place(path: str, flag: str, endings: tuple[str, ...] = ()) -> str:
    """`path` as a place where a file can be put, its symbolic links followed. Raises `InvalidArgument`.

    `flag` is what errors call it; `endings` are those that its name may have.
    """
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    if endings and not real.lower().endswith(endings):
        first = f"{os.path.splitext(path)[0] or 'report'}{endings[0]}"
        raise InvalidArgument(
            f"{flag}: {path!r} does not end in {', '.join(endings)}", hint=f"{flag} {first}"
        )
    if not os.path.isdir(folder):
        raise InvalidArgument(f"{flag}: there is no folder {folder}", hint=f"mkdir -p {folder!r}")
    if os.path.lexists(real) and not os.path.isfile(real):
        raise InvalidArgument(f"{flag}: {path!r} is not a plain file", hint=f"{flag} report.csv")
    if not os.access(folder, os.W_OK) or (os.path.exists(real) and not os.access(real, os.W_OK)):
        raise InvalidArgument(f"{flag}: {path!r} cannot be written", hint="choose another folder")
    return real


class Part:
    """``FILE.part`` while it is written; ``FILE`` once the block ends without an error, else nothing.

    One process at a time: raises `Conflict` where another one writes it. What a killed one left is replaced.
    """

    file: BinaryIO

    def __init__(self, path: str, ending: str = ENDING, mode: int = 0o666) -> None:
        self.path, self.part, self._mode = path, path + ending, mode

    def __enter__(self) -> Self:
        try:
            descriptor = os.open(
                self.part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | NO_FOLLOW, self._mode
            )
        except OSError as error:
            raise InvalidArgument(
                f"cannot write {self.part}: {error.strerror}", hint="choose another folder"
            ) from None
        self.file = open(descriptor, "r+b")  # closed in __exit__
        if not _locked(descriptor) or not self._is_ours():
            self.file.close()
            raise Conflict(
                f"another process is writing {self.part}",
                status=None,
                hint="wait for it, or name another file",
            )
        self.file.truncate(0)
        return self

    def write(self, text: str) -> None:
        """Write a text, as UTF-8; a lone surrogate, which that cannot hold, as ``\\ud800``."""
        try:
            self.file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise InvalidArgument(f"cannot write {self.path}: {error.strerror}", hint=ROOM) from None

    def _is_ours(self) -> bool:
        """Whether the name still leads to what we opened: it is renamed where another has just finished."""
        try:
            return os.path.samestat(os.fstat(self.file.fileno()), os.stat(self.part))
        except OSError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        done = False
        try:
            if error is None:
                self.file.flush()
                os.fsync(self.file.fileno())
                if sys.platform == "win32":  # which renames no open file
                    self.file.close()
                os.replace(self.part, self.path)
                done = True
        except OSError as failed:
            raise InvalidArgument(f"cannot write {self.path}: {failed.strerror}", hint=ROOM) from None
        finally:
            try:
                if sys.platform == "win32":
                    self.file.close()
                if not done:
                    os.unlink(self.part)
            except OSError:
                pass
            finally:
                try:
                    self.file.close()
                except OSError:  # a full disk, which has been said
                    pass


NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def _locked(descriptor: int) -> bool:
    """Take the lock that the system lets go of when we end, however we end."""
    if sys.platform == "win32":
        return True  # nobody can rename or remove the file while another has it open
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        import errno

        # Some network file systems know no locks.
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True
