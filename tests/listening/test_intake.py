"""What comes through a websocket: only what was signed is kept, and nothing that comes ends the intake."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.errors import InvalidArgument
from dialkit.events import intake
from dialkit.events.intake import Intake
from dialkit.webhooks import token

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearing import StandingClock

    from dialkit.store import Database

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
    database: Database, clock: StandingClock, messages: list[str | bytes], **more: Any
) -> tuple[Intake, list[str]]:
    """An intake that took these."""
    told: list[str] = []

    async def work() -> Intake:
        kept = more.pop("kept", lambda _new: None)
        of = Intake(
            database, "secret", targets=more.pop("targets", ()), kept=kept, tell=told.append, clock=clock
        )
        keeper = asyncio.ensure_future(of.run())
        for message in messages:
            await of.take(message)
        await of.end()
        await keeper
        return of

    return asyncio.run(work()), told


def test_what_was_not_signed_is_refused_and_not_kept(database: Database, clock: StandingClock) -> None:
    of, told = heard(database, clock, [*FORGED, SIGNED, b"\x00\xff"])
    assert of.counts == (1, 0, len(FORGED) + 1)
    [row] = database.all("SELECT kind, body, source, payload_json FROM event")
    assert (row["kind"], row["body"], row["source"]) == ("sms", SIGNED, "listen")
    assert json.loads(row["payload_json"]) == json.loads(EVENT)
    assert len(told) == 2  # the first and the tenth
    assert all("secret" not in line.replace("the secret", "") for line in told)


def test_what_comes_twice_is_kept_once_and_shown_once(database: Database, clock: StandingClock) -> None:
    shown: list[Any] = []
    of, _ = heard(database, clock, [SIGNED] * 3, kept=shown.extend, targets=("url:x", "exec:y"))
    assert of.counts == (1, 2, 0)
    assert [event_id for event_id, _ in shown] == [1]
    assert len(database.all("SELECT * FROM delivery")) == 2


def test_many_are_kept_in_groups(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "WAITING", 50)  # then the sender waits
    many = [
        token.sign(json.dumps({"id": number, "fax_status": "x"}).encode(), b"secret")
        for number in range(1000)
    ]
    of, _ = heard(database, clock, [*many])
    assert of.counts == (1000, 0, 0)
    assert database.one("SELECT COUNT(*) AS number FROM event") == {"number": 1000}


def test_a_store_that_cannot_be_written_is_waited_for(
    database: Database, clock: StandingClock, opened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PATIENCE", 0.01)
    left = [InvalidArgument("the disk is full")] * 3
    real = intake.Intake._write

    def write(self: Intake, arrivals: Any) -> Any:
        if left:
            raise left.pop()
        return real(self, arrivals)

    monkeypatch.setattr(intake.Intake, "_write", write)
    of, told = heard(database, clock, [SIGNED])
    assert of.counts == (1, 0, 0)
    assert told == ["warning: events wait in memory, the store cannot be written: the disk is full"]


def test_one_that_cannot_be_kept_takes_no_other_with_it(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = intake.Intake._write

    def write(self: Intake, arrivals: Any) -> Any:
        if any(one.payload["id"] == 2 for one in arrivals):
            raise ZeroDivisionError
        return real(self, arrivals)

    monkeypatch.setattr(intake.Intake, "_write", write)
    messages = [
        token.sign(json.dumps({"id": number, "fax_url": "x"}).encode(), b"secret") for number in range(5)
    ]
    of, told = heard(database, clock, [*messages])
    assert of.counts == (4, 0, 1)
    assert told == ["warning: an event could not be kept, by a bug in dialkit: ZeroDivisionError"]


def test_a_run_that_ends_does_not_wait_for_the_store_for_ever(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PATIENCE", 0.01)
    monkeypatch.setattr(intake, "WAITING", 3)

    def write(_self: Intake, _arrivals: Any) -> Any:
        raise InvalidArgument("the disk is full")

    monkeypatch.setattr(intake.Intake, "_write", write)
    of, told = heard(database, clock, [SIGNED, SIGNED])
    assert of.counts == (0, 0, 2)
    assert told[-1] == "warning: 2 events are lost: the disk is full"
