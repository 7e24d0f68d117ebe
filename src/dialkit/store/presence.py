"""Whether who wrote something down still runs: a file that it, and what it started, keeps locked.

The system lets go of a lock once the last process that has the file open is gone, however it ended, in
whatever container it was. So a file that can be locked is nobody's any more, for certain. One that is not
there says nothing: its owner may be on another machine. Nor does one of another boot, for only within one
kernel a lock is everybody's: a folder may be on a network drive.
"""

from __future__ import annotations

import os
from contextlib import suppress

FOLDER = "running"  # in the folder of the database


class Presence:
    """This process, or a part of it, as long as it runs; `called` what nothing else is.

    Attributes:
        name: what it is called, for `gone`.
        descriptor: the file. A program that is started with it counts as present, too; None where there is
            none, and nobody can tell.
    """

    def __init__(self, folder: str, called: str = "") -> None:
        from secrets import token_hex

        self.name = f"{_boot()}{called or token_hex(8)}"
        self.descriptor: int | None = None
        self._path = _path(folder, self.name)
        if not _boot():
            return
        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            _lock(self.descriptor)
        except OSError:  # not writable, full, or without locks
            self.close(left=False)

    def close(self, *, left: bool) -> None:
        """End. `left`: something was left that others may take over, since it is gone."""
        if not left:
            with suppress(OSError):
                os.unlink(self._path)
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def gone(folder: str, name: str) -> bool:
    """Whether it ran in this system, and certainly does no more."""
    boot = _boot()
    return bool(boot) and name.startswith(boot) and _free(_path(folder, name))


def here(folder: str, called: str) -> bool:
    """Whether what is called so certainly runs, in this system."""
    path = _path(folder, f"{_boot()}{called}")
    return os.path.exists(path) and not _free(path)


def tidy(folder: str) -> None:
    """Remove the files of all who are gone; whatever they left is not known as theirs any more."""
    with suppress(OSError):
        for name in os.listdir(os.path.join(folder, FOLDER)):
            if gone(folder, name) or not name.startswith(_boot()):
                os.unlink(_path(folder, name))


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, FOLDER, os.path.basename(name))


def _free(path: str) -> bool:
    """Whether it is there and nobody has it locked; several may ask that at a time."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        _lock(descriptor, shared=True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _lock(descriptor: int, *, shared: bool = False) -> None:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock

    flock(descriptor, LOCK_NB | (LOCK_SH if shared else LOCK_EX))


def _boot() -> str:
    """This start of the system, in a few characters; empty where it has no name: then nothing is known."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return file.read(8).decode()
    except OSError:
        return ""
