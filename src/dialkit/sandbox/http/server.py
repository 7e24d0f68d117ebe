"""Starting and stopping: a sandbox within a program, and one that runs until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from dialkit.sandbox.access.keys import token_of
from dialkit.sandbox.handle import Handle

if TYPE_CHECKING:
    import os
    import socket
    import threading
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType

    from dialkit.sandbox.http.protocol import Server
    from dialkit.sandbox.world import World

    Path = str | os.PathLike[str]
    T = TypeVar("T")

LOOPBACK = "127.0.0.1"  # nobody outside this machine can reach it
ANYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}  # noqa: S104 - where to find one that listens there


class Sandbox(Handle):
    """A Dialpad on a local port, in a thread of its own, from `start` (or ``with``) to `stop`.

    `port` 0 takes a free one; `host` is where it listens, out of reach of other machines unless one is named.
    `token` is the key of the company's admin; left out, one that follows from the seed. `limits` and `tier`:
    whether Dialpad's limits hold, and those of which tier. `switches` choose behaviours, see
    `dialkit.sandbox.switches`. `faults` is a file of rules by which requests fail. `control_token` is what
    control from another machine needs; left out, one by chance.

    The world: `at` is where the clock stands at the start, in epoch seconds or ISO 8601, now if left out;
    `frozen` stops it. `sizes`: how many of what there is, such as ``{"users": 5000}``; or `world`, a file
    that says who there is; or `empty`. `state` is a file that the world is kept in: where it exists, the
    world is what it holds, the clock and the snapshots too, and nothing else said here of the world counts.

    Attributes: ``url`` (once started), ``token``, ``world``. Raises `ValueError` for what cannot be, such as
    `BadState` for a state file that is in use, and `OSError` for a world file that cannot be read.
    """

    def __init__(
        self,
        port: int = 0,
        token: str | None = None,
        seed: int = 1,
        *,
        host: str = LOOPBACK,
        limits: bool = True,
        tier: int = 0,
        at: float | str | None = None,
        frozen: bool = False,
        sizes: Mapping[str, int] | None = None,
        switches: Mapping[str, str] | None = None,
        world: Path | None = None,
        empty: bool = False,
        state: Path | None = None,
        faults: Path | None = None,
        control_token: str | None = None,
    ) -> None:
        from dialkit.sandbox.http.app import App
        from dialkit.sandbox.making import Options, make

        self.host, self.port, self.token = host, port, token or token_of(seed)
        self.engine = make(
            Options(
                self.token,
                seed,
                limits=limits,
                tier=tier,
                at=at,
                frozen=frozen,
                sizes=sizes,
                switches=switches,
                world=world,
                empty=empty,
                state=state,
                faults=faults,
            )
        )
        self.world: World = self.engine.world
        self.app = App(self.engine, control_token)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, such as ``http://127.0.0.1:8123``."""
        host = ANYWHERE.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin to answer; on return it does, and again does no harm.

        Raises `OSError` where the port is taken.
        """
        if self._thread is not None:
            return self
        import threading

        from dialkit.sandbox.http.port import listen
        from dialkit.sandbox.http.protocol import Server

        if self.engine.state is not None:
            self.engine.state.check_open()
        listening = listen(self.host, self.port)
        self.port = listening.getsockname()[1]
        ready = threading.Event()
        self.world.url = self.url
        self._server = Server(self.app, ready)
        self._thread = threading.Thread(target=_run, args=(self._server, listening, ready), daemon=True)
        self._thread.start()
        ready.wait()
        if not self._server.started:
            self._server = self._thread = None
            raise RuntimeError("the sandbox did not start; its thread's traceback says why")
        return self

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the sandbox's own thread, where nothing else happens meanwhile; what it gives."""
        import asyncio

        if self.engine.loop is None:
            work.close()
            raise RuntimeError("the sandbox is not running: use start() or with")
        return asyncio.run_coroutine_threadsafe(work, self.engine.loop).result()

    def stop(self) -> None:
        """End, and close all connections. Once is enough; again does no harm."""
        if self._server and self._thread:
            if self.engine.loop is not None:
                self.engine.loop.call_soon_threadsafe(self.app.control.close)
            self._server.stop()
            self._thread.join()
            self._server = self._thread = self.engine.loop = None
        if self.engine.state is not None:
            self.engine.state.close()


def _run(server: Server, listening: socket.socket, ready: threading.Event) -> None:
    try:
        server.run(listening)
    finally:
        listening.close()
        ready.set()


def serve_forever(announce: Callable[[Sandbox], None], **told: Any) -> None:
    """Run a sandbox until SIGTERM or SIGINT, for a command line; call it in the main thread.

    `announce` is called with the sandbox once it answers; `told` is what `Sandbox` takes. Returns when it has
    stopped; raises `OSError` where the port is taken.
    """
    import signal
    from queue import Empty, SimpleQueue

    # No Event: a signal that comes while one is about to be waited for would wait for its lock, for ever.
    ends: SimpleQueue[None] = SimpleQueue()
    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Ctrl-Break, on Windows
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: ends.put(None)) for number in signals}
    try:
        with Sandbox(**told) as sandbox:
            announce(sandbox)
            while True:
                try:
                    ends.get(timeout=0.5)  # a wait without end cannot be interrupted on Windows
                    break
                except Empty:
                    pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
