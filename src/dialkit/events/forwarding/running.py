"""A target that is a script: it runs once for each event, with the JSON on its stdin, and no shell."""

from __future__ import annotations

import os
from errno import ENOEXEC
from typing import IO, TYPE_CHECKING

from dialkit.errors import InvalidArgument
from dialkit.events.forwarding.target import NotDelivered

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from dialkit.events.forwarding.target import Job

WITHIN = 30.0  # seconds a script may run
TAIL = 2000  # bytes of what it prints that are shown; the end says most
MOST = 8 << 20  # bytes of what it prints that are kept meanwhile
LOOK = 0.2  # seconds between two looks at how much that is


class Running:
    """Runs a script for each event; exit code 0 counts, anything else is a failed delivery.

    Parameters:
        path: the script, as `find_script` gives it.
        environ: what it gets as environment; ``DIALPAD_EVENT_ID``, ``_KIND`` and ``_ATTEMPT`` are added.
        tell: is told what it prints, line by line.
        within: seconds it may run; then it is ended, and what it started with it.
    """

    def __init__(
        self,
        path: str,
        environ: Mapping[str, str],
        tell: Callable[[str], None] = lambda _line: None,
        *,
        within: float = WITHIN,
        at_once: int = 4,
    ) -> None:
        self.path, self.name = path, f"exec:{path}"
        # `Forwarder` cancels what takes longer; the script is ended a little before, in good order.
        self.at_once, self.within, self._limit = at_once, within + 5.0, within
        self._environ, self._tell = dict(environ), tell

    async def deliver(self, job: Job) -> None:
        """Run it once. Raises `NotDelivered`."""
        import asyncio
        import json
        from tempfile import TemporaryFile

        # Files, not pipes: a script that reads nothing or leaves a child behind holds up nobody.
        with TemporaryFile() as given, TemporaryFile() as printed:
            given.write(json.dumps(job.payload, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            given.seek(0)
            try:
                process = await asyncio.create_subprocess_exec(
                    self.path,
                    stdin=given,
                    stdout=printed,
                    stderr=printed,
                    env=self._environ_of(job),
                    start_new_session=True,
                    pass_fds=() if job.held is None else (job.held,),
                )
            except OSError as error:
                final = error.errno == ENOEXEC
                raise NotDelivered(f"cannot be run: {error.strerror or error}", final=final) from None
            late = False
            try:
                async with asyncio.timeout(self._limit):
                    await _until_end(process, printed)
            except TimeoutError:
                late = True
            finally:
                if process.returncode is None:
                    await _end(process)
            words = _tail(printed)
        for line in words.splitlines():
            self._tell(f"{os.path.basename(self.path)}: {line}")
        last = words.splitlines()[-1:] or [""]
        said = f": {last[0]}" if last[0] else ""
        if late:
            raise NotDelivered(f"ran longer than {self._limit:g} s{said}")
        if process.returncode:
            raise NotDelivered(f"{_code(process.returncode)}{said}")

    async def close(self) -> None:
        """Nothing is held."""

    def _environ_of(self, job: Job) -> dict[str, str]:
        return {
            **self._environ,
            "DIALPAD_EVENT_ID": str(job.event_id),
            "DIALPAD_EVENT_KIND": job.kind,
            "DIALPAD_EVENT_ATTEMPT": str(job.attempt),
        }


def find_script(text: str, cwd: str, path: str | None) -> str:
    """The script that ``--exec`` names: a path, or the name of a program on PATH; absolute.

    Raises `InvalidArgument` for what is not there, or cannot be run.
    """
    import shutil

    if os.sep not in text and (found := shutil.which(text, path=path)):
        return _runnable(os.path.abspath(found), text)
    whole = os.path.join(cwd, text)
    if not os.path.isfile(whole):
        raise InvalidArgument(
            f"--exec: {text[:200]!r} is no program",
            hint="--exec ./script; words after it cannot be given, and there is no shell",
        )
    if not os.access(whole, os.X_OK):
        raise InvalidArgument(f"--exec: {text[:200]!r} may not be run", hint=f"chmod +x {text[:200]}")
    return _runnable(os.path.abspath(whole), text)


def _runnable(path: str, text: str) -> str:
    """The path, if the system runs what is there. A shell would guess what a script is for; it does not.

    Raises `InvalidArgument` for a script whose first line does not say what runs it.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(256)  # as much as Linux looks at
    except OSError:  # a program may be run, and not read
        return path
    if os.name != "posix" or b"\0" in head:  # a program, as the system has them
        return path
    first, _, _ = head.partition(b"\n")
    words = first[2:].split()
    if not first.startswith(b"#!") or not words:
        why, hint = "does not say what runs it", "make its first line #!/bin/sh, or what else it is for"
    elif first.endswith(b"\r"):
        why, hint = "has the line ends of Windows", f"sed -i 's/\\r$//' {text[:200]}"
    elif not os.path.exists(words[0]):
        why, hint = f"is to be run by {os.fsdecode(words[0])!r}, which is not there", "correct its first line"
    else:
        return path
    raise InvalidArgument(f"--exec: {text[:200]!r} {why}", hint=hint)


async def _until_end(process: asyncio.subprocess.Process, printed: IO[bytes]) -> None:
    """Wait until it has ended. What it prints without end does not fill the disk."""
    import asyncio

    while True:
        try:
            async with asyncio.timeout(LOOK):
                await process.wait()
            return
        except TimeoutError:
            _shorten(printed)


def _shorten(printed: IO[bytes]) -> None:
    """Keep but the end. Who writes goes on where it was: before that is a hole, which takes no room."""
    number = printed.fileno()
    told = os.fstat(number)
    if getattr(told, "st_blocks", 0) * 512 > MOST:
        begin = max(0, told.st_size - TAIL)
        end = os.pread(number, TAIL, begin)
        os.ftruncate(number, 0)
        os.pwrite(number, end, begin)


def _code(code: int) -> str:
    import signal

    if code >= 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a script and what it started: politely, then not."""
    import asyncio
    import signal

    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        try:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, number)
            else:
                process.terminate()
        except ProcessLookupError:
            pass
        try:
            async with asyncio.timeout(1.0):
                await process.wait()
                return
        except TimeoutError:
            continue


def _tail(printed: IO[bytes]) -> str:
    size = printed.seek(0, os.SEEK_END)
    printed.seek(max(0, size - TAIL))
    return printed.read(TAIL).decode("utf-8", "replace").strip()
