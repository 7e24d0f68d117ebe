"""What comes through a websocket: only what was signed is kept, and nothing that comes ends the intake."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.events.keeping.keeper import Here
from dialkit.events.listening.messages import Counts, Messages
from dialkit.store import Database
from dialkit.webhooks import token
from refusing import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearing import StandingClock

pytestmark = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
EVENT = json.dumps({"id": 7, "message_status": "pending", "text": "Zwei Kilo 😀"}).encode()
SIGNED = token.sign(EVENT, b"secret").decode()
HEAD, PAYLOAD, SIGNATURE = SIGNED.split(".")
FORGED = [
    EVENT.decode(),
    "",
    "The websocket's token is wrong.",
    "eyJ" + "." * 9,
    token.sign(EVENT, b"another").decode(),
    f"eyJhbGciOiJub25lIn0.{PAYLOAD}.",
    f"eyJhbGciOiJub25lIn0.{PAYLOAD}.{SIGNATURE}",
    f"eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{SIGNATURE}",
    SIGNED[:-2],
    token.sign(b"[1]", b"secret").decode(),
    token.sign(b"\xff\x00", b"secret").decode(),
    token.sign(b'{"a":' * 200 + b"1" + b"}" * 200, b"secret").decode(),
    "eyJ\x00\ud800.a.b",
    "x" * 1_000_000,
]


def heard(
    opened: Callable[[], Database], clock: StandingClock, messages: list[str | bytes], **more: Any
) -> tuple[Counts, list[str]]:
    """What came of these, and what was told."""
    told: list[str] = []
    targets = more.pop("targets", ())

    async def work() -> Counts:
        taken = Messages(
            Here(opened, lambda _arrival: targets, clock.now),
            "secret",
            kept=more.pop("kept", lambda _new: None),
            tell=told.append,
            stop=asyncio.Event(),
            clock=clock,
            **more,
        )
        for message in messages:
            await taken.take(message)
        return await taken.end()

    return asyncio.run(work()), told


@pytest.fixture
def failing(environ: dict[str, str]) -> Callable[[int], Callable[[], Database]]:
    """Opens the database, but for the first so many times: then no server is there."""

    def make(times: int) -> Callable[[], Database]:
        urls = iter(["postgresql://127.0.0.1:1/none"] * times)

        def opened() -> Database:
            url = next(urls, None)
            return Database.of({**environ, "DIALKIT_DATABASE_URL": url} if url else environ)

        return opened

    return make


def test_what_was_not_signed_is_refused_and_not_kept(
    opened: Callable[[], Database], database: Database, clock: StandingClock
) -> None:
    counts, told = heard(opened, clock, [*FORGED, SIGNED, b"\x00\xff"])
    assert counts == (1, 0, len(FORGED) + 1)
    [row] = database.all("SELECT kind, body, source, payload_json FROM event")
    assert (row["kind"], row["body"], row["source"]) == ("sms", SIGNED, "listen")
    assert json.loads(row["payload_json"]) == json.loads(EVENT)
    assert len(told) == 2  # the first and the tenth
    assert all("secret" not in line.replace("the secret", "") for line in told)


def test_what_comes_twice_is_kept_once_and_shown_once(
    opened: Callable[[], Database], database: Database, clock: StandingClock
) -> None:
    shown: list[Any] = []
    counts, _ = heard(opened, clock, [SIGNED] * 3, kept=shown.extend, targets=("url:x", "exec:y"))
    assert counts == (1, 2, 0)
    assert [event_id for event_id, _ in shown] == [1]
    assert len(database.all("SELECT * FROM delivery")) == 2


def test_many_are_kept_in_groups(
    opened: Callable[[], Database], database: Database, clock: StandingClock
) -> None:
    """Where no more may wait, the sender does."""
    many = [
        token.sign(json.dumps({"id": number, "fax_status": "x"}).encode(), b"secret")
        for number in range(1000)
    ]
    counts, _ = heard(opened, clock, [*many], room=50)
    assert counts == (1000, 0, 0)
    assert database.one("SELECT COUNT(*) AS number FROM event") == {"number": 1000}


def test_a_store_that_cannot_be_written_is_waited_for(
    failing: Callable[[int], Callable[[], Database]], clock: StandingClock
) -> None:
    counts, told = heard(failing(2), clock, [SIGNED], patience=1.0)
    assert counts == (1, 0, 0)
    [line] = told
    assert line.startswith("warning: events wait in memory, the store cannot be written: ")


def test_one_that_cannot_be_kept_takes_no_other_with_it(
    opened: Callable[[], Database], database: Database, clock: StandingClock
) -> None:
    refuse(database, '"id":2,')
    messages = [
        token.sign(json.dumps({"id": number, "fax_url": "x"}).encode(), b"secret") for number in range(5)
    ]
    counts, told = heard(opened, clock, [*messages])
    assert counts == (4, 0, 1)
    [line] = told
    assert line.startswith("warning: an event is lost: a bug in dialkit (")


def test_a_run_that_ends_does_not_wait_for_the_store_for_ever(
    failing: Callable[[int], Callable[[], Database]], clock: StandingClock
) -> None:
    counts, told = heard(failing(10_000), clock, [SIGNED, SIGNED], patience=0.01)
    assert counts == (0, 0, 2)
    lost = [line.partition(" lost: ")[0] for line in told if " lost: " in line]
    assert lost in (["warning: 2 events are"], ["warning: an event is"] * 2)  # in one group, or one by one


def test_who_is_told_and_fails_ends_it(opened: Callable[[], Database], clock: StandingClock) -> None:
    def broken(_new: Any) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        heard(opened, clock, [SIGNED], kept=broken)
