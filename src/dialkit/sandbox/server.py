"""Starting and stopping: a sandbox within a program, and one that runs until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable
    from types import TracebackType

    import uvicorn

    from dialkit.sandbox.world import World

HOST = "127.0.0.1"  # nobody outside this machine can reach it
GRACE = 1  # seconds a request under way may take when the server stops


def token_of(seed: int) -> str:
    """The key of a sandbox of that seed: always the same, for it protects nothing."""
    from hashlib import sha256

    return "sandbox-" + sha256(str(seed).encode()).hexdigest()[:8]


class Sandbox:
    """A Dialpad on a local port, in a thread of its own, from `start` (or ``with``) to `stop`.

    `port` 0 takes a free one. `token` is the key it accepts, of the company's admin; left out, one that
    follows from the seed. Attributes: ``url`` (once started), ``token``, ``world``.
    """

    def __init__(self, port: int = 0, token: str | None = None, seed: int = 1) -> None:
        from dialkit.sandbox import cast
        from dialkit.sandbox.app import App
        from dialkit.sandbox.world import World

        self.port, self.token = port, token or token_of(seed)
        self.world: World = World(seed)
        self._app = App(self.world, {self.token: cast.MARA})
        self._app.control.reset()
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
        self._server = _server(self._app, ready)
        self._thread = threading.Thread(target=_run, args=(self._server, listening, ready), daemon=True)
        self._thread.start()
        ready.wait()
        if not self._server.started:
            raise RuntimeError("the sandbox did not start; its thread's traceback says why")
        return self

    def stop(self) -> None:
        """End, and close all connections. Once is enough; again does no harm."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = None


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


def _server(app: Any, ready: threading.Event) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
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
