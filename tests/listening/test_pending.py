"""`dialpad events pending`: what a target has not taken, looked at, tried again, given up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.store import Database, deliveries
from dialkit.store.deliveries import Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearing import StandingClock

    Add = Callable[..., list[int]]
    Dialpad = Callable[..., Any]


both = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL


@pytest.fixture
def pending(dialpad: Dialpad) -> Callable[..., Any]:
    """Runs it; its JSON."""

    def run(*argv: str) -> Any:
        ran = dialpad("events", "pending", *argv, "-o", "json")
        assert ran.code == 0, ran
        return json.loads(ran.out)

    return run


@pytest.fixture
def three(database: Database, add: Add, clock: StandingClock) -> list[int]:
    """One that waits, one that is dead, one that is done."""
    ids = add("url:http://localhost:3000/hook", number=3)
    rows = deliveries.turn(
        database, "me", [], [("url:http://localhost:3000/hook", 3, clock.at + 9)], clock.at
    )
    settled = [
        Settled(rows[0]["id"], "waiting", "answered 500", clock.at + 60),
        Settled(rows[1]["id"], "dead", "answered 404\x1b[31m"),
        Settled(rows[2]["id"], "done"),
    ]
    deliveries.turn(database, "me", settled, [], clock.at)
    return ids


@both
def test_what_is_not_done_is_shown_the_newest_first(pending: Callable[..., Any], three: list[int]) -> None:
    waiting, dead = pending()[::-1]
    assert waiting == {
        "id": 1,
        "event_id": three[0],
        "kind": "unknown",
        "target": "url:http://localhost:3000/hook",
        "state": "waiting",
        "attempts": 1,
        "added_at": "2026-03-05T17:00:00Z",
        "first_at": "2026-03-05T17:00:00Z",
        "next_at": "2026-03-05T17:01:00Z",
        "last_error": "answered 500",
    }
    assert (dead["state"], dead["next_at"]) == ("dead", None)
    assert pending("--dead") == [dead]
    assert pending("--max-items", "1") == [dead]


@both
def test_what_is_not_done_says_no_time_at_which_it_was(
    dialpad: Dialpad, three: list[int], database: Database
) -> None:
    assert dialpad("events", "pending", "retry", "2").code == 0
    shown = [json.loads(dialpad("events", "show", str(one), "-o", "json").out) for one in three]
    times = {row["state"]: row["done_at"] for one in shown for row in one["deliveries"]}
    assert (times["waiting"], bool(times["done"])) == (None, True)


def test_a_table_obeys_no_control_characters(dialpad: Dialpad, three: list[int]) -> None:
    ran = dialpad("events", "pending", tty=True, COLUMNS="200")
    assert "answered 404\\x1b[31m" in ran.out
    assert "\x1b[31m" not in ran.out


@both
def test_retry_and_drop(pending: Callable[..., Any], database: Database, three: list[int]) -> None:
    assert pending("retry", "2") == {"retried": 1}
    assert [row["attempts"] for row in pending() if row["id"] == 2] == [0]
    assert pending("drop", "1", "2") == {"dropped": 2}
    assert pending() == []
    assert pending("retry", "--all") == {"retried": 0}


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["retry"], 2, "which?"),
        (["drop", "--all"], 2, "--all goes with retry"),
        (["retry", "1", "--all"], 2, "--all goes with retry"),
        (["retry", "one"], 2, "is no id"),
        (["retry", "99"], 4, "id 99"),
        (["drop", "3"], 2, "3 is done"),
        (["delete", "1"], 2, "cannot"),
        (["--all"], 2, "of what?"),
        (["retry", "--all", "--dead"], 2, "--dead"),
        (["retry", "--all", "--max-items", "1"], 2, "--max-items"),
        (["retry", "1" * 400], 2, "is no id"),
    ],
)
def test_words_that_will_not_do(
    words: list[str], code: int, why: str, dialpad: Dialpad, three: list[int], database: Database
) -> None:
    ran = dialpad("events", "pending", *words)
    assert (ran.code, why in ran.err) == (code, True), ran
    assert "hint" in ran.err
    assert len(deliveries.listed(database)) == 2


def test_that_there_are_more_is_said(dialpad: Dialpad, three: list[int]) -> None:
    assert "there are more" in dialpad("events", "pending", "--max-items", "1").err
    assert dialpad("events", "pending", "--max-items", "2").err == ""


def test_nothing_is_pending(dialpad: Dialpad) -> None:
    ran = dialpad("events", "pending", tty=True)
    assert (ran.code, ran.err) == (0, "note: no items\n")
