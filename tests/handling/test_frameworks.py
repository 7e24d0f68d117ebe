"""Handlers in programs as people write them: FastAPI, Starlette, Django, Flask, and nothing around."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from contextlib import AbstractContextManager, closing
from typing import TYPE_CHECKING, Any

import pytest
from mounted import GONE, SECRET, asgi_server, django_ready, post, signed, wsgi_server

from beside import PATIENCE, until
from dialkit import Dialpad
from dialkit.events.making import make, written
from dialkit.inbox.keeping import Arrival
from dialkit.sandbox import Sandbox
from dialkit.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.events import App
    from dialkit.webhooks import SmsEvent

    Framework = Callable[[App], tuple[Any, str]]


def bare(events: App) -> tuple[Any, str]:
    return asgi_server(events.asgi), "/anything"


def starlette(events: App) -> tuple[Any, str]:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def home(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("home")

    routes = [Route("/hooks/dialpad", events.asgi), Route("/", home)]
    return asgi_server(Starlette(routes=routes, lifespan=events.lifespan)), "/hooks/dialpad"


def fastapi(events: App) -> tuple[Any, str]:
    from fastapi import FastAPI

    app = FastAPI(lifespan=events.lifespan)
    app.add_route("/hooks/dialpad", events.asgi)

    @app.get("/")
    async def home() -> str:
        return "home"

    return asgi_server(app), "/hooks/dialpad"


def beneath(events: App) -> tuple[Any, str]:
    from fastapi import FastAPI

    app = FastAPI()  # which tells nobody that it begins
    app.mount("/hooks", events.asgi)
    return asgi_server(app), "/hooks/dialpad"


def django(events: App) -> tuple[Any, str]:
    from django.core.asgi import get_asgi_application

    django_ready()
    pages = get_asgi_application()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        ours = scope["type"] == "lifespan" or scope["path"] == "/hooks/dialpad"
        await (events.asgi if ours else pages)(scope, receive, send)

    return asgi_server(application), "/hooks/dialpad"


def flask(events: App) -> tuple[Any, str]:
    from flask import Flask
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    app = Flask(__name__)
    app.add_url_rule("/", "home", lambda: "home")
    application = DispatcherMiddleware(app.wsgi_app, {"/hooks/dialpad": events.wsgi})
    return wsgi_server(application), "/hooks/dialpad"


def wsgi(events: App) -> tuple[Any, str]:
    return wsgi_server(events.wsgi), "/anything"


FRAMEWORKS = {one.__name__: one for one in (bare, starlette, fastapi, beneath, django, flask, wsgi)}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_event_is_stored_answered_and_handled(app: App, framework: str) -> None:
    heard: list[Any] = []

    @app.on("sms.received")
    def text(event: SmsEvent) -> None:
        heard.append((event.text, threading.current_thread().name))

    @app.on("sms.*")
    async def any_text(event: SmsEvent) -> None:
        await asyncio.sleep(0)
        heard.append((event.text, asyncio.get_running_loop()))

    serving, path = FRAMEWORKS[framework](app)
    assert isinstance(serving, AbstractContextManager)
    with serving as base:
        assert post(base + path, signed("sms.received", text="Zwei Kilo, bitte 😀")) == 204
        until(lambda: len(heard) == 2)
        assert {text for text, _ in heard} == {"Zwei Kilo, bitte 😀"}
        assert "dialkit-handler:text" in {where for _, where in heard}
        assert post(base + path, signed("sms.sent")) == 204
        until(lambda: len(heard) == 3)
        assert post(base + path, signed("fax")) == 204  # nobody is for it, and it is kept all the same
        if framework not in ("bare", "beneath", "wsgi"):
            assert post(base + "/", b"", "GET") == 200
    assert len(heard) == 3
    assert app.dead_letters() == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_can_never_be_right_is_refused(app: App, framework: str) -> None:
    heard: list[Any] = []
    app.on("*")(heard.append)
    serving, path = FRAMEWORKS[framework](app)
    good = signed("sms.received")
    head, _, rest = good.partition(b".")
    with serving as base:
        url = base + path
        assert post(url, b'{"id": 1, "message_status": "pending"}') == 401
        assert post(url, good[:-4] + b"AAAA") == 401
        assert post(url, b"eyJhbGciOiJub25lIn0." + rest) == 401
        assert post(url, head) == 401
        assert post(url, b"") == 400
        assert post(url, b"x" * ((1 << 20) + 1)) in (413, GONE)
        assert post(url, good, content_encoding="gzip") == 415
        assert post(url, b"", "GET") == 405
        assert post(url, good) == 204
        assert post(url, good) == 204  # Dialpad tries again where an answer was lost
        until(lambda: heard)
    assert len(heard) == 1


@pytest.mark.parametrize("framework", ["bare", "wsgi"])
def test_without_a_secret_only_this_machine_may_post(apps: Callable[..., App], framework: str) -> None:
    app = apps(secrets=None)
    serving, path = FRAMEWORKS[framework](app)
    body = written(make("sms.received"))
    with serving as base:
        assert post(base + path, body) == 204
        assert post(base + path, body, x_forwarded_for="203.0.113.7") == 403
        assert post(base + path, body, origin="https://example.com") == 403
        assert post(base + path, signed("sms.received")) == 400


def test_a_loop_for_each_request_leaves_nothing_behind(app: App) -> None:
    heard: list[Any] = []
    app.on("sms.received")(heard.append)
    answers: list[Any] = []

    async def once(body: bytes) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: dict[str, Any]) -> None:
            answers.append(message.get("status"))

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": ("127.0.0.1", 1)}
        await app.asgi(scope, receive, send)

    before = set(threading.enumerate())
    for _ in range(5):
        asyncio.run(once(signed("sms.received")))
    until(lambda: len(heard) == 5)
    assert answers == [204, None] * 5
    new = [thread.name for thread in set(threading.enumerate()) - before]
    assert new.count("dialkit-intake") == 1


def test_handlers_begin_once_there_is_a_store(
    apps: Callable[..., App], environ: dict[str, str], tmp_path: Any
) -> None:
    app, heard = apps(), []
    app.on("sms.received")(heard.append)
    home = tmp_path / "dialkit"
    home.write_text("in the way")
    with app:
        home.unlink()
        with closing(app._keeper()) as keeper:
            payload = make("sms.received")
            keeper.keep([Arrival("sms", payload, written(payload).decode(), 1.0, "serve")])
        until(lambda: heard)


def test_an_async_handler_runs_where_the_server_does(app: App) -> None:
    loops: list[Any] = []

    @app.on("call.ringing")
    async def ring(_event: object) -> None:
        loops.append(asyncio.get_running_loop())

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            loops.append(asyncio.get_running_loop())
        await app.asgi(scope, receive, send)

    with asgi_server(application) as base:
        assert post(base, signed("call.ringing")) == 204
        until(lambda: len(loops) == 2)
    assert loops[0] is loops[1]


def test_a_handler_cannot_end_the_server(app: App) -> None:
    calls = []

    @app.on("fax")
    async def ends(_event: object) -> None:
        calls.append(1)
        raise SystemExit(3)

    @app.on("fax")
    async def cancels(_event: object) -> None:
        calls.append(2)
        raise asyncio.CancelledError

    with asgi_server(app.asgi) as base:
        assert post(base, signed("fax")) == 204
        until(lambda: {1, 2} <= set(calls))
        assert post(base, signed("fax")) == 204
        until(lambda: len(calls) >= 4)


def test_a_person_texts_in_and_the_handler_hears_it(app: App) -> None:
    heard: list[Any] = []
    app.on("sms.received")(heard.append)
    with (
        asgi_server(app.asgi) as base,
        Sandbox(limits=False, at="2026-03-05T17:00Z", frozen=True) as sandbox,
    ):
        with Dialpad(api_key=sandbox.token, base_url=sandbox.url) as dp:
            hook = {"hook_url": base + "/hooks", "secret": SECRET}
            made = dp.request("webhooks.create", hook).json()
            wanted = {"direction": "inbound", "endpoint_id": int(made["id"]), "enabled": True}
            dp.request("webhook_sms_event_subscription.create", wanted)
        sandbox.text_in("+14155550123", "+15035550142", "Two kilos, please")
        sandbox.advance(1)
        until(lambda: heard)
    assert (heard[0].from_number, heard[0].direction) == ("+14155550123", "inbound")


def test_a_store_that_cannot_be_written_is_a_503_until_it_can(
    apps: Callable[..., App], environ: dict[str, str], tmp_path: Any
) -> None:
    app, heard = apps(), []
    app.on("sms.received")(heard.append)
    home, body = tmp_path / "dialkit", signed("sms.received")
    home.write_text("in the way")
    with wsgi_server(app.wsgi) as base:
        assert post(base, body) == 503
        assert post(base, b"nonsense") == 401
        home.unlink()
        assert post(base, body) == 204
        until(lambda: heard)


def test_a_server_that_forks_has_handlers_in_each_process(apps: Callable[..., App], tmp_path: Any) -> None:
    app = apps()
    said = tmp_path / "said"

    @app.on("sms.received")
    def say(_event: SmsEvent) -> None:
        said.write_text(str(os.getpid()))

    app.start()
    app.stop()
    child = multiprocessing.get_context("fork").Process(target=answer_once, args=(app,))
    child.start()
    child.join(PATIENCE)
    child.kill()
    assert child.exitcode == 0
    assert said.read_text() == str(child.pid)


def answer_once(app: App) -> None:
    """In a process of its own: one event, posted and handled."""
    with wsgi_server(app.wsgi) as base:
        assert post(base, signed("sms.received")) == 204
        with app._opened() as database:
            until(lambda: any(row["state"] == "done" for row in deliveries.counts(database)))
    app.stop()
