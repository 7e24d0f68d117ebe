"""What events make: in any order, any number of times, whatever they say; on both databases."""

from __future__ import annotations

import json
import random
import threading
from typing import TYPE_CHECKING, Any

import pytest
from arriving import ADA, AT, BO, MARA, THEO, arrival, arrive, call, sent, tables, text, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialkit.inbox import events, reading
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dialkit.sandbox import Sandbox


@pytest.fixture
def database(store: str, environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as opened:
        yield opened


def test_an_event_is_kept_as_it_came(database: Database) -> None:
    body = '{"event":"Created", "contact":{"id":"x"},  "new": 1}'
    (kept,) = keep(database, [Arrival("contact", json.loads(body), body, 17.5, "listen")])
    row = events.get(database, kept.event_id)
    assert row is not None
    assert (row["kind"], row["body"], row["source"], row["received_at"]) == ("contact", body, "listen", 17.5)
    assert json.loads(row["payload_json"]) == json.loads(body)
    assert row["happened_at"] is None
    assert events.get(database, kept.event_id + 1) is None


def test_a_redelivery_is_counted_and_changes_nothing(database: Database) -> None:
    first = arrive(database, text(1), text(1), call(7, "hangup", 9))
    before = tables(database)
    again = arrive(database, call(7, "hangup", 9), text(1))
    assert [one.duplicate for one in first] == [False, True, False]
    assert [one.duplicate for one in again] == [True, True]
    assert {one.event_id for one in first} == {one.event_id for one in again}
    assert tables(database) == before
    assert [row["duplicates"] for row in events.listed(database)] == [1, 2]


def test_states_that_come_again_are_events_of_their_own(database: Database) -> None:
    kept = arrive(
        database, call(7, "hold", 3), call(7, "connected", 4), call(7, "hold", 5), call(7, "hold", 5)
    )
    assert [one.duplicate for one in kept] == [False, False, False, True]


def test_each_recipient_is_told_of(database: Database) -> None:
    both: dict[str, Any] = {"to_number": [ADA, BO]}
    arrive(database, sent(1, **both), sent(1, status="delivered"), sent(1, status="failed", to_number=[BO]))
    ((one,), (other,)) = (reading.thread(database, number) for number in (ADA, BO))
    assert (one["status"], other["status"], one["id"]) == ("delivered", "failed", other["id"])
    assert len(events.listed(database)) == 3


def test_listing_follows_and_pages(database: Database) -> None:
    ids = [
        one.event_id for one in arrive(database, *(text(number) for number in range(5)), call(1, "hangup", 1))
    ]
    assert [row["id"] for row in events.listed(database, after_id=ids[1], most=2)] == ids[2:4]
    assert [row["id"] for row in events.listed(database, before_id=ids[2])] == [ids[1], ids[0]]
    assert [row["id"] for row in events.listed(database, kind="call")] == [ids[5]]


def test_what_the_sandbox_tells_in_any_order_any_number_of_times(
    database: Database, sandbox: Sandbox
) -> None:
    sandbox.text_in(ADA, MARA, "Is the order ready?")
    sandbox.text_in(BO, THEO, "東京 🎉")
    sandbox.call_in(ADA, MARA, hangup_after="60s")
    sandbox.call_in(BO, "+15035550110", hangup_after="30s")
    sandbox.call_in(BO, MARA, voicemail="Call me back")
    sandbox.advance(3600)
    happened = told(sandbox)
    assert len(happened) > 15
    arrive(database, *happened)
    straight = tables(database)
    assert {row["outcome"] for row in reading.calls(database)} >= {"answered", "voicemail"}
    for seed in range(3):
        for name in (
            "event",
            "thread",
            "message",
            "phone_call",
            "leg",
            "leg_tie",
            "voicemail",
            "message_words",
        ):
            with database.write() as tx:
                tx.execute(f"DELETE FROM {name}")
        chance = random.Random(seed)
        mixed = happened * 2
        chance.shuffle(mixed)
        while mixed:
            some, mixed = mixed[:7], mixed[7:]
            arrive(database, *some)
        assert tables(database) == straight, seed


def test_a_status_never_goes_back(database: Database) -> None:
    arrive(database, sent(1, status="delivered"))
    arrive(database, sent(1, status="sent", event_timestamp=AT + 999_000), sent(1, status="sent"))
    assert reading.thread(database, ADA)[0]["status"] == "delivered"
    arrive(database, sent(1, status="failed", message_delivery_result="no_route"))
    assert [reading.thread(database, ADA)[0][name] for name in ("status", "result")] == ["failed", "no_route"]


@pytest.mark.parametrize("worse", [None, "", "  ", "*****"])
def test_words_are_not_lost_to_an_event_without_them(database: Database, worse: str | None) -> None:
    arrive(database, text(1, worse), sent(2, "Yes"), sent(2, worse, "delivered"))
    arrive(database, text(1, "Ready?"), text(1, worse))
    assert [row["text"] for row in reading.thread(database, ADA)] == ["Yes", "Ready?"]


def test_read_stays_read(database: Database) -> None:
    arrive(database, text(1), text(2))
    assert reading.threads(database, unread=True)[0]["unread"] == 2
    assert reading.read(database, ADA, 1.0) == 2
    arrive(database, text(1), text(2), sent(3))
    assert reading.threads(database, unread=True) == []
    arrive(database, text(0))  # late, and not seen yet
    (thread,) = reading.threads(database)
    assert (thread["unread"], thread["direction"], thread["messages"]) == (1, "outbound", 4)


def test_the_newest_text_says_who_it_is(database: Database) -> None:
    def named(name: str) -> dict[str, Any]:
        return {"contact": {"id": "c-1", "name": name, "phone_number": ADA}}

    arrive(database, text(5, **named("Ada Lovelace")))
    arrive(database, text(1, **named("Ada Byron")), text(2, contact=None))
    assert reading.threads(database)[0]["contact"] == "Ada Lovelace"
    arrive(database, text(7, contact={}), text(6, **named("Countess")))
    assert reading.threads(database)[0]["contact"] == "Countess"


def test_legs_of_one_call_are_tied_in_any_order(database: Database) -> None:
    center = {"target": {"type": "call_center", "id": 5, "name": "Orders"}, "master_call_id": 1}
    talk = {"date_connected": AT + 3000, "date_ended": AT + 60_000, "duration": 57_000.0}
    legs = [
        call(1, "hangup", 61, date_ended=AT + 60_000),
        call(2, "hangup", 62, **center, operator_call_id=4, date_ended=AT + 60_000),
        call(3, "missed", 20, entry_point_call_id=2, date_ended=AT + 20_000),
        call(4, "hangup", 63, entry_point_call_id=2, **talk),
    ]
    for seed in range(4):
        chance = random.Random(seed)
        chance.shuffle(legs)
        with database.write() as tx:
            for name in ("event", "phone_call", "leg", "leg_tie"):
                tx.execute(f"DELETE FROM {name}")
        for leg in legs:
            arrive(database, leg)
        (found,) = reading.calls(database)
        assert (found["legs"], found["outcome"], found["answered_by"]) == (4, "answered", "Mara")
        assert (found["seconds"], found["number"]) == (57.0, ADA)


def test_a_state_of_before_does_not_undo_a_later_one(database: Database) -> None:
    arrive(database, call(1, "hangup", 9, date_ended=AT + 9000), call(1, "ringing", 1))
    arrive(database, call(1, "connected", 4, date_connected=AT + 4000))
    arrive(database, call(1, "recap_summary", 99))
    (found,) = reading.calls(database)
    assert (found["outcome"], database.all("SELECT state FROM leg")) == ("answered", [{"state": "hangup"}])


def test_a_voicemail_is_one_only_with_a_message(database: Database) -> None:
    arrive(database, call(1, "voicemail", 5), call(2, "voicemail", 6))
    assert reading.calls(database, voicemail=True) == []
    details = [{"id": 9, "recording_type": "voicemail", "duration": 4000.0}]
    left = {"voicemail_recording_id": 9, "recording_details": details, "date_ended": AT + 9000}
    arrive(
        database,
        call(2, "voicemail_uploaded", 9, **left, transcription_text="Call me", voicemail_link="https://x"),
    )
    arrive(database, call(2, "hangup", 9, **left))
    (found,) = reading.calls(database, voicemail=True)
    assert (found["voicemail"], found["voicemails"][0]["seconds"], found["outcome"]) == (
        "Call me",
        4.0,
        "voicemail",
    )


def test_many_texts_of_one_moment_keep_their_order(database: Database) -> None:
    count = 5000  # more than there are places within a millisecond
    keep(database, [arrival(text(number, created_date=AT)) for number in range(count)])
    found: list[Any] = []
    while page := reading.thread(database, ADA, before=found[-1]["position"] if found else None, most=999):
        found += page
    assert [int(row["id"]) % 10_000 for row in found] == list(reversed(range(count)))


ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e300, -(2**70), 2**63, 3.5, "", "\x00", "\ud800", "+", "a\x00b", [], {}, [None], [[]],
    {"id": None}, {"id": 2**70, "name": "\x00"}, "+14155550123", 14155550123, "9" * 5000, [1, "x", None],
)  # fmt: skip
FIELDS = sorted(
    {*text(1), *call(1, "hangup", 1), "mms", "mms_url", "sender_id", "recording_details", "labels"}
)


@pytest.mark.parametrize("base", [text(1), sent(1), call(1, "ringing", 1)], ids=["in", "out", "call"])
def test_no_value_of_any_field_makes_it_fail(database: Database, base: dict[str, Any]) -> None:
    odd = [{**base, name: value} for name in FIELDS for value in ODD]
    kind = arrival(base).kind
    kept = keep(database, [Arrival(kind, one, json.dumps(one), 1.0, "serve") for one in odd])
    assert len(kept) == len(odd)
    assert reading.threads(database) or reading.calls(database)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(FIELDS),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats()
                | st.text(max_size=9)
                | st.sampled_from(ODD),
                lambda inner: (
                    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
                ),
                max_leaves=5,
            ),
        ),
        max_size=6,
    ),
    st.sampled_from(["sms", "call", "unknown", "\x00"]),
)
def test_anything_at_all_can_be_kept(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[dict[str, Any]], kind: str
) -> None:
    with Database.of({"DIALKIT_HOME": str(tmp_path_factory.mktemp("home"))}) as database:
        kept = keep(database, [Arrival(kind, one, "\ud800\x00", 1.0, "serve") for one in payloads])
        again = keep(database, [Arrival(kind, one, "", 1.0, "serve") for one in payloads])
        assert [one.event_id for one in kept] == [one.event_id for one in again]
        assert all(one.duplicate for one in again)


def test_several_who_keep_at_once_lose_nothing(store: str, environ: dict[str, str]) -> None:
    Database.of(environ).close()
    failed: list[BaseException] = []

    def work(first: int) -> None:
        try:
            with Database.of(environ) as database:
                for number in range(first, first + 60):
                    arrive(database, sent(number % 40, status="sent"), sent(number % 40, status="delivered"))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(20 * number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    with Database.of(environ) as database:
        (thread,) = reading.threads(database)
        assert (thread["messages"], len(events.listed(database, most=1000))) == (40, 80)
        assert {row["status"] for row in reading.thread(database, ADA)} == {"delivered"}


def test_it_is_part_of_the_callers_transaction(database: Database) -> None:
    def fail() -> None:
        with database.write():
            arrive(database, text(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert events.listed(database) == []
    assert reading.threads(database) == []


def test_a_file_of_the_first_version_gets_an_inbox(environ: dict[str, str], tmp_path: Path) -> None:
    import sqlite3

    folder = tmp_path / "dialkit" / "state"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "dialkit.db") as old:
        old.execute(
            "CREATE TABLE template (name TEXT PRIMARY KEY, text TEXT, created_at REAL, updated_at REAL)"
        )
        old.execute(
            "CREATE TABLE outbox (id INTEGER PRIMARY KEY, once TEXT UNIQUE, batch TEXT, operation TEXT, "
            "effect_key TEXT, sender TEXT, recipients_json TEXT, text TEXT, request_json TEXT, state TEXT, "
            "result_json TEXT, note TEXT, who TEXT, planned_at REAL, sending_at REAL, done_at REAL, "
            "attempts INTEGER)"
        )
        old.execute("PRAGMA user_version=1")
    with Database.of(environ) as database:
        assert arrive(database, text(1))[0].duplicate is False
