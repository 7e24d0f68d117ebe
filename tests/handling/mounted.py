"""Programs that handlers are mounted in, each under a real server on a port of its own."""

from __future__ import annotations

import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from beside import PATIENCE, until
from dialkit.client.clock import Clock
from dialkit.events.making import make, written

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "copper-kettle-41-drum-and-some-more"
DAY = 86_400
GONE = 0


class SetClock(Clock):
    """A clock that only the test sets on."""

    def __init__(self) -> None:
        self.at = 1_772_730_000.0

    def now(self) -> float:
        return self.at


def post(url: str, body: bytes, method: str = "POST", **headers: str) -> int:
    """Post a body; the status, or `GONE` where the server closed before all of it was sent."""
    request = urllib.request.Request(url, data=body if method == "POST" else None, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError as error:
        if isinstance(error.reason, BrokenPipeError | ConnectionResetError):
            return GONE
        raise


def signed(name: str, **how: Any) -> bytes:
    """The body of an event of that name."""
    return written(make(name, **how), SECRET)


@contextmanager
def asgi_server(application: Any) -> Iterator[str]:
    """The application under uvicorn; its address."""
    import uvicorn

    config = uvicorn.Config(application, port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        pass


@contextmanager
def wsgi_server(application: Any) -> Iterator[str]:
    """The application under wsgiref's server; its address."""
    with make_server("127.0.0.1", 0, application, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(PATIENCE)


def django_ready() -> None:
    """Have Django know settings, and one page at ``/``."""
    from django.conf import settings

    if not settings.configured:
        import django

        page = type(sys)("pages_of_the_test")
        sys.modules[page.__name__] = page

        def home(_request: Any) -> Any:
            from django.http import HttpResponse

            return HttpResponse("home")

        settings.configure(ROOT_URLCONF=page.__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of the test")
        django.setup()
        from django.urls import path

        page.urlpatterns = [path("", home)]
