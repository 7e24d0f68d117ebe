"""Handlers that fail, hang, are many, are killed: each event is handled at least once, or a dead letter."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from mounted import DAY, SECRET, SetClock, asgi_server, post, signed

from beside import PATIENCE, until
from dialkit.errors import InvalidArgument, NotFound
from dialkit.events.making import make, written
from dialkit.store import Database, deliveries
from dialkit.webhooks import CallEvent, SmsEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from dialkit.events import App

pytestmark = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "dialkit.events")


def take(app: App, *names: str, **how: Any) -> None:
    """Have the app keep events as its applications do, without a server."""
    from dialkit.inbox.keeping import Arrival
    from dialkit.webhooks.kinds import kind_of

    payloads = [make(name, **how) for name in names]
    arrivals = [
        Arrival(kind_of(each).kind, each, written(each, SECRET).decode(), app._clock.now(), "serve")
        for each in payloads
    ]
    with closing(app._keeper()) as keeper:
        keeper.keep(arrivals)


def test_a_handler_that_fails_is_called_again(
    apps: Callable[..., App], clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    app = apps(clock=clock)
    calls: list[float] = []

    @app.on("sms.received")
    def reply(_event: SmsEvent) -> None:
        calls.append(clock.at)
        if len(calls) < 3:
            raise ValueError("the shop is closed")

    take(app, "sms.received")
    assert app.run_pending() == 1
    assert app.run_pending() == 0  # not yet
    clock.at += 1
    assert app.run_pending() == 1
    clock.at += 2
    assert app.run_pending() == 1
    clock.at += DAY
    assert app.run_pending() == 0
    assert len(calls) == 3
    assert "the shop is closed" in caplog.text
    assert "Traceback" in caplog.text


def test_what_is_not_taken_within_a_day_is_a_dead_letter(apps: Callable[..., App], clock: SetClock) -> None:
    app = apps(clock=clock)
    works = False

    @app.on("call.hangup", "call.missed")
    async def bill(event: CallEvent) -> None:
        assert event.state == "hangup"
        if not works:
            raise ConnectionError("no ledger")

    take(app, "call.hangup")
    assert app.run_pending() == 1
    assert app.dead_letters() == []
    clock.at += DAY + 1
    assert app.run_pending() == 1
    [dead] = app.dead_letters()
    assert (dead.handler, dead.attempts, dead.error) == ("bill", 2, "ConnectionError: no ledger")
    assert isinstance(dead.event, CallEvent)
    assert dead.event.state == "hangup"
    works = True
    app.retry(dead.id)
    assert app.dead_letters() == []
    assert app.run_pending() == 1
    assert app.run_pending() == 0
    with pytest.raises(NotFound, match="no dead letter"):
        app.retry(dead.id)
    with pytest.raises(NotFound):
        app.drop(dead.id)


def test_the_command_line_shows_dead_letters(
    apps: Callable[..., App], clock: SetClock, dialpad: Callable[..., Any]
) -> None:
    app = apps(clock=clock)

    @app.on("fax")
    def never(_event: object) -> None:
        raise OSError("out of paper")

    take(app, "fax")
    app.run_pending()
    clock.at += DAY + 1
    app.run_pending()
    ran = dialpad("events", "pending", "--dead", "-o", "csv", "--fields", "target,state,last_error")
    assert ran.out.splitlines()[1:] == ["handler:never,dead,OSError: out of paper"]
    shown = dialpad("events", "show", "1", "--jq", ".deliveries[].state")
    assert shown.out == "dead\n"
    app.drop(app.dead_letters()[0].id)
    assert app.dead_letters() == []


def test_each_event_goes_to_the_handlers_for_it(app: App) -> None:
    heard: dict[str, list[str]] = {"texts": [], "hangups": [], "all": [], "contacts": []}
    app.on("sms.*", called="texts")(lambda event: heard["texts"].append(event.direction))
    app.on("call.hangup", called="hangups")(lambda event: heard["hangups"].append(event.state))
    app.on("*", called="all")(lambda event: heard["all"].append(event.kind))
    app.on("contact.deleted", called="contacts")(lambda event: heard["contacts"].append(event.event))
    take(app, "sms.received", "sms.delivered", "call.ringing", "call.hangup", "contact.updated", "changelog")
    assert app.run_pending() == 2 + 1 + 6
    assert sorted(heard["texts"]) == ["inbound", "outbound"]
    assert heard["hangups"] == ["hangup"]
    assert heard["contacts"] == []
    assert sorted(heard["all"]) == ["call", "call", "changelog", "contact", "sms", "sms"]


def test_an_event_that_came_by_another_way_before_is_handled_once(app: App) -> None:
    from dialkit.inbox.keeping import Arrival, keep

    heard: list[Any] = []
    app.on("sms.received")(heard.append)
    payload = make("sms.received")
    arrival = Arrival("sms", payload, written(payload).decode(), 1.0, "listen")
    with app._opened() as database, closing(app._keeper()) as keeper:
        keep(database, [arrival])
        for _ in range(3):
            keeper.keep([arrival])
    assert app.run_pending() == 1
    assert app.run_pending() == 0
    assert len(heard) == 1


def test_programs_that_share_a_store_share_the_work(apps: Callable[..., App]) -> None:
    heard: list[Any] = []
    both = apps(), apps()
    for app in both:
        app.on("*", called="heard")(lambda event, app=app: heard.append((event.id, app)))
    take(both[0], *["sms.received"] * 60)
    with both[0], both[1], both[0]._opened() as database:
        until(lambda: deliveries.counts(database)[0]["state"] == "done")
        until(lambda: len(deliveries.counts(database)) == 1)
    assert len(heard) == len({event_id for event_id, _ in heard}) == 60


def test_one_that_hangs_holds_up_nobody_else(app: App) -> None:
    let_go, done = threading.Event(), []

    @app.on("sms.received", within=0.2, at_once=1)
    def hangs(_event: SmsEvent) -> None:
        let_go.wait(PATIENCE)

    @app.on("sms.received", within=0.2, at_once=2)
    async def hangs_too(_event: SmsEvent) -> None:
        await asyncio.sleep(30)

    @app.on("sms.received")
    def quick(event: SmsEvent) -> None:
        done.append(event.text)

    take(app, *["sms.received"] * 5)
    try:
        with app:
            until(lambda: len(done) == 5)
            with app._opened() as database:
                until(lambda: "longer than 0.2 s" in errors(database, "handler:hangs_too"))
                until(lambda: "have not returned" in errors(database, "handler:hangs"))
    finally:
        let_go.set()


def errors(database: Database, target: str) -> str:
    rows = database.all("SELECT last_error FROM delivery WHERE target = ?", (target,))
    return " | ".join(row["last_error"] or "" for row in rows)


def test_calls_at_once_are_bounded(app: App) -> None:
    now, most, lock, all_three = 0, 0, threading.Lock(), threading.Event()

    @app.on("sms.received", at_once=3)
    def counted(_event: SmsEvent) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now == 3:
                all_three.set()
        all_three.wait(PATIENCE)
        threading.Event().wait(0.01)  # in which a fourth might begin
        with lock:
            now -= 1

    take(app, *["sms.received"] * 30)
    assert app.run_pending() == 30
    assert most == 3


def test_whatever_a_handler_is_or_raises(app: App) -> None:
    heard: list[str] = []

    class Object:
        async def __call__(self, event: SmsEvent) -> None:
            heard.append("object")

    async def later(event: SmsEvent) -> None:
        heard.append("later")

    def ends(event: SmsEvent) -> None:
        raise SystemExit(3)

    async def ends_too(event: SmsEvent) -> None:
        raise SystemExit(4)

    async def cancels(event: SmsEvent) -> None:
        raise asyncio.CancelledError

    app.on("sms.received")(Object())
    app.on("sms.received", called="lambda")(lambda event: later(event))

    def exhausted(event: SmsEvent) -> object:
        return next(iter(()))

    async def cancels_itself(event: SmsEvent) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(30)

    for function in (ends, ends_too, cancels, cancels_itself, exhausted):
        app.on("sms.received")(function)
    take(app, "sms.received")
    assert app.run_pending() == 7
    assert sorted(heard) == ["later", "object"]
    with app._opened() as database:
        assert errors(database, "handler:ends") == "SystemExit(3)"
        assert errors(database, "handler:ends_too") == "SystemExit(4)"
        assert errors(database, "handler:cancels") == "CancelledError"
        assert errors(database, "handler:cancels_itself") == "CancelledError"
        assert errors(database, "handler:exhausted") == "RuntimeError: StopIteration"
        assert deliveries.of_event(database, 1)[0]["target"] == "handler:Object"


def test_no_words_of_an_error_stop_the_work(app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "dialkit.events")  # pytest cannot show what is no UTF-8

    class Mean(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    @app.on("sms.received")
    def repeats(event: SmsEvent) -> None:
        raise ValueError(event.text)

    @app.on("sms.received")
    def mean(event: SmsEvent) -> None:
        raise Mean

    @app.on("sms.received")
    def deep(event: SmsEvent) -> None:
        deep(event)

    take(app, "sms.received", text="half of \ud83d,\n\x00 \x1b[31mred, 二キロ 😀")
    assert app.run_pending() == 3
    with app._opened() as database:
        said = errors(database, "handler:repeats")
        assert said == "ValueError: half of \ufffd, \ufffd \ufffd[31mred, 二キロ 😀"
        assert errors(database, "handler:mean") == "Mean"
        assert errors(database, "handler:deep").startswith("RecursionError: ")


def test_what_is_wrong_is_said_where_it_is_written(apps: Callable[..., App]) -> None:
    app = apps(name="shop")
    with pytest.raises(InvalidArgument, match=r"'sms\.recieved'") as told:
        app.on("sms.recieved")  # type: ignore[call-overload]
    assert "sms.received" in told.value.hint
    wrong: list[dict[str, Any]] = [{"within": 0}, {"within": float("inf")}, {"within": "5"}, {"at_once": 1.5}]
    for how in wrong:
        with pytest.raises(InvalidArgument, match="within is seconds"):
            app.on("fax", **how)
    with pytest.raises(InvalidArgument, match="'retries' is not known"):
        app.on("fax", retries=3)  # type: ignore[call-overload]
    for name in (print, ["fax"]):
        with pytest.raises(InvalidArgument, match="names of events"):
            app.on(name)  # type: ignore[call-overload]

    def yields(_event: object) -> Iterator[int]:
        yield 1

    async def yields_too(_event: object) -> AsyncIterator[int]:
        yield 1

    for function in (yields, yields_too, "print"):
        with pytest.raises(InvalidArgument, match="cannot handle events"):
            app.on("fax")(function)  # type: ignore[arg-type]
    app.on("fax", called="fax")(print)
    with pytest.raises(InvalidArgument, match=r"handler shop\.fax already"):
        app.on("sms.*", called="fax")(print)
    with pytest.raises(InvalidArgument, match="empty"):
        apps(secrets="")
    assert SECRET not in repr(app)
    with app, pytest.raises(InvalidArgument, match="running already"):
        app.on("fax")(repr)


PROGRAM = """
import os, sys, threading
from dialkit.events import App
app = App(secrets=None)

@app.on("sms.received")
def slow(event):
    with open(sys.argv[1], "a") as file:
        file.write(f"{event.id}\\n")
    if len(sys.argv) > 2:
        os.kill(os.getpid(), 9)

app.run_pending()
"""


def test_a_program_that_is_killed_leaves_nothing_undone(
    apps: Callable[..., App], environ: dict[str, str], tmp_path: Any
) -> None:
    app = apps()
    app.on("sms.received", called="slow")(print)
    take(app, *["sms.received"] * 3)
    calls = tmp_path / "calls"

    def run(*more: str) -> int:
        argv = [sys.executable, "-c", PROGRAM, str(calls), *more]
        return subprocess.run(argv, env=environ, check=False, timeout=60).returncode

    assert run("die") == -9
    with Database.of(environ) as database:
        assert {row["state"] for row in deliveries.counts(database)} == {"claimed"}
    assert run() == 0  # it need not wait until the time of those claims is over
    assert len(set(calls.read_text().split())) == 3
    with Database.of(environ) as database:
        assert {row["state"] for row in deliveries.counts(database)} == {"done"}


def test_metrics_say_how_handlers_stand(apps: Callable[..., App]) -> None:
    app = apps()

    @app.on("sms.received", called="fail")
    def fail(event: SmsEvent) -> None:
        raise ValueError("not now")

    with asgi_server(app.asgi) as base:
        assert post(f"{base}/hook", signed("sms.received")) == 204

        def failed() -> bool:
            with urllib.request.urlopen(f"{base}/metrics", timeout=PATIENCE) as answer:
                lines = answer.read().decode().splitlines()
            return (
                'dialkit_delivery_attempts_total{target="handler:fail",outcome="delivered"} 0' in lines
                and 'dialkit_delivery_attempts_total{target="handler:fail",outcome="failed"} 0' not in lines
                and 'dialkit_deliveries_open{target="handler:fail",state="dead"} 0' in lines
            )

        until(failed)
