"""How much is claimed, begun and settled at a time: quick handlers in hundreds, slow ones one by one."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from mounted import SECRET

from beside import PATIENCE, until
from dialkit.events.making import make, written
from dialkit.inbox.keeping import Arrival
from dialkit.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.events import App
    from dialkit.webhooks import SmsEvent

pytestmark = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL


def texts(app: App, number: int) -> None:
    """Have so many texts kept for the app's handlers."""
    arrivals = []
    for _ in range(number):
        payload = make("sms.received")
        body = written(payload, SECRET).decode()
        arrivals.append(Arrival("sms", payload, body, app._clock.now(), "serve"))
    with closing(app._keeper()) as keeper:
        keeper.keep(arrivals)


def states(app: App) -> dict[str, int]:
    with app._opened() as database:
        return {row["state"]: row["number"] for row in deliveries.counts(database)}


def attempts(app: App) -> set[int]:
    with app._opened() as database:
        return {row["attempts"] for row in database.all("SELECT attempts FROM delivery")}


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_many_are_handled_once_each(app: App, kind: str) -> None:
    heard: list[Any] = []
    if kind == "sync":
        app.on("sms.received", at_once=2)(lambda event: heard.append(event.id))
    else:

        @app.on("sms.received", at_once=2)
        async def hear(event: SmsEvent) -> None:
            heard.append(event.id)

    texts(app, 500)
    with app:
        until(lambda: states(app) == {"done": 500})
    assert len(heard) == len(set(heard)) == 500
    assert attempts(app) == {1}


def test_what_was_claimed_ahead_is_given_back_at_the_end(apps: Callable[..., App]) -> None:
    first, second = apps(), apps()
    began, let_go, heard = threading.Event(), threading.Event(), []

    @first.on("sms.received", called="hear", at_once=1)
    def slow_after_many(event: SmsEvent) -> None:
        heard.append(event.id)
        if len(heard) == 60:  # many are claimed by now, since it was quick
            began.set()
            assert let_go.wait(PATIENCE)

    second.on("sms.received", called="hear")(lambda event: heard.append(event.id))
    texts(first, 500)
    first.start()
    assert began.wait(PATIENCE)
    stopping = threading.Thread(target=first.stop)
    stopping.start()
    let_go.set()
    stopping.join(PATIENCE)
    assert "claimed" not in states(first)
    with second:
        until(lambda: states(second) == {"done": 500})
    assert len(heard) == len(set(heard)) == 500
    assert attempts(second) == {1}  # what only waited was no attempt


def test_another_process_takes_what_waits_for_a_place(apps: Callable[..., App]) -> None:
    first, second = apps(), apps()
    began, let_go, heard = threading.Event(), threading.Event(), []

    @first.on("sms.received", called="hear", at_once=1)
    def hangs_after_many(event: SmsEvent) -> None:
        heard.append(event.id)
        if len(heard) == 60:
            began.set()
            assert let_go.wait(PATIENCE)

    second.on("sms.received", called="hear")(lambda event: heard.append(event.id))
    texts(first, 500)
    with first:
        try:
            assert began.wait(PATIENCE)
            with second:
                until(lambda: states(second) == {"done": 499, "claimed": 1})
        finally:
            let_go.set()
        until(lambda: states(second) == {"done": 500})
    assert len(heard) == len(set(heard)) == 500
