"""Starting and stopping: a sandbox within a program, and one that runs until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from dialkit.sandbox.access.keys import token_of

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    import uvicorn

    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.world import World

    T = TypeVar("T")

HOST = "127.0.0.1"  # nobody outside this machine can reach it
GRACE = 1  # seconds a request under way may take when the server stops


class Sandbox:
    """A Dialpad on a local port, in a thread of its own, from `start` (or ``with``) to `stop`.

    `port` 0 takes a free one. `token` is the key of the company's admin; left out, one that follows from the
    seed. `limits` and `tier`: whether Dialpad's limits hold, and those of which tier. `at` is where the clock
    stands at the start, in epoch seconds or ISO 8601, now if left out; `frozen` stops it. `sizes`: how many of
    what there is, such as ``{"users": 5000}``. `switches` choose behaviours, see `dialkit.sandbox.switches`.
    Attributes: ``url`` (once started), ``token``, ``world``.
    """

    def __init__(
        self,
        port: int = 0,
        token: str | None = None,
        seed: int = 1,
        *,
        limits: bool = True,
        tier: int = 0,
        at: float | None = None,
        frozen: bool = False,
        sizes: dict[str, int] | None = None,
    ) -> None:
        from dialkit.sandbox import seed as seeds
        from dialkit.sandbox.engine import START, Engine
        from dialkit.sandbox.http.app import App
        from dialkit.sandbox.world import World

        self.port, self.token = port, token or token_of(seed)
        self.world: World = World(seed)
        if at is not None or frozen:
            self.world.set_clock(at, frozen=frozen)
        self.engine = Engine(self.world, limits=limits, tier=tier)
        with self.engine.moment():
            seeds.fill(self.world, self.engine.catalog, sizes)
            seeds.add_keys(self.world, self.token)
        self.engine.snapshot(START)
        self._app = App(self.engine)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, such as ``http://127.0.0.1:8123``."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin to answer; on return it does. Raises `OSError` where the port is taken."""
        import threading

        listening = _listen(self.port)
        self.port = listening.getsockname()[1]
        ready = threading.Event()
        self.world.url = self.url
        self._server = _server(self._app, ready, self.engine)
        self._thread = threading.Thread(target=_run, args=(self._server, listening, ready), daemon=True)
        self._thread.start()
        ready.wait()
        if not self._server.started:
            raise RuntimeError("the sandbox did not start; its thread's traceback says why")
        return self

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the sandbox's own thread, where nothing else happens meanwhile; what it gives."""
        import asyncio

        if self.engine.loop is None:
            raise RuntimeError("the sandbox is not running: use start() or with")
        return asyncio.run_coroutine_threadsafe(work, self.engine.loop).result()

    def reset(self) -> None:
        """Make the world as it was at the start, and forget what was asked."""

        async def work() -> None:
            self._app.control.reset()

        self.run(work())

    def advance(self, seconds: float) -> None:
        """Set the clock on; all that is due until then happens, in order."""
        self.run(self.engine.advance(self.world.clock_time() + seconds))

    def stop(self) -> None:
        """End, and close all connections. Once is enough; again does no harm."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = self.engine.loop = None


def _listen(port: int) -> socket.socket:
    import os
    import socket

    # The protocol is named: only then asyncio sets TCP_NODELAY, without which each answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # elsewhere this would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _server(app: Any, ready: threading.Event, engine: Engine) -> uvicorn.Server:
    import asyncio

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            engine.loop = asyncio.get_running_loop()
            engine.commit()
            await super().startup(sockets)
            ready.set()

    config = uvicorn.Config(
        app,
        http="httptools",
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,  # logging belongs to the program around it
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config)


def _run(server: uvicorn.Server, listening: socket.socket, ready: threading.Event) -> None:
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        ready.set()


def serve_forever(
    port: int, announce: Callable[[Sandbox], None], *, token: str | None = None, seed: int = 1
) -> None:
    """Run a sandbox until SIGTERM or SIGINT, for a command line; call it in the main thread.

    `announce` is called with the sandbox once it answers. Returns when it has stopped; raises `OSError`
    where the port is taken.
    """
    import signal
    import threading

    done = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Ctrl-Break, on Windows
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: done.set()) for number in signals}
    try:
        with Sandbox(port, token, seed) as sandbox:
            announce(sandbox)
            while not done.wait(0.5):  # a wait without end cannot be interrupted on Windows
                pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
