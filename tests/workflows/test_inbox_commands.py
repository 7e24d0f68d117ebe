"""``dialpad inbox``: threads, texts and calls as people ask for them; on both databases."""

from __future__ import annotations

import json
import re
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arriving import ADA, AT, BO, MARA, THEO, arrive, call, sent, text, told
from reporting_in import going_on

from dialkit.inbox import pruning, reading, searching
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]


@pytest.fixture
def database(store: str, environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as opened:
        yield opened


def test_a_person_texts_in_and_the_thread_shows_it(database: Database, sandbox: Sandbox, run: Run) -> None:
    sandbox.text_in(ADA, MARA, "Is the order ready?")
    arrive(database, *told(sandbox))
    assert run("sms", "send", "--from", MARA, "--to", ADA, "--message", "It is.").code == 0
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    found = run("inbox", "thread", "(415) 555-0123").data
    assert [(row["direction"], row["text"], row["status"]) for row in found] == [
        ("outbound", "It is.", "delivered"),
        ("inbound", "Is the order ready?", "pending"),
    ]
    (thread,) = run("inbox", "threads").data
    assert (thread["number"], thread["unread"], thread["text"]) == (ADA, 1, "It is.")
    (entry,) = run("outbox", "list").data
    assert (entry["state"], entry["note"]) == ("accepted", "delivered")


@pytest.mark.parametrize(
    "told_as", ["+14155550123", "415-555-0123", "1 415 555 0123", "(415)5550123", "tel:+14155550123"]
)
def test_any_format_of_a_number(database: Database, run: Run, told_as: str) -> None:
    arrive(database, text(1), *(text(2, contact=None, from_number=one) for one in ("72345", "Bank 24")))
    assert [row["text"] for row in run("inbox", "thread", told_as).data] == ["Hello"]
    for other in ("72345", "Bank 24"):
        assert run("inbox", "thread", other).data[0]["number"] == other
        assert run("inbox", "search", "hello", "--with", other).data[0]["number"] == other
        assert run("inbox", "read", other).data["marked"] == 1


def test_a_number_nobody_wrote_with(database: Database, run: Run) -> None:
    for nobody in (BO, "bo"):
        ran = run("inbox", "thread", nobody)
        assert (ran.code, "dialpad inbox threads" in ran.error["hint"]) == (4, True)


def test_pages_cover_all_once(database: Database, run: Run) -> None:
    arrive(
        database,
        *(text(number, str(number), from_number=f"+1415555{number % 7 + 100:04}") for number in range(40)),
    )
    arrive(database, *(text(100 + number, str(number)) for number in range(25)))
    seen: list[str] = []
    before: list[str] = []
    while True:
        ran = run("inbox", "thread", ADA, "--max-items", "10", *before)
        seen += [row["text"] for row in ran.data]
        if "there are more" not in ran.err:
            break
        before = re.findall("--before [0-9]+", ran.err)[0].split()
    assert seen == [str(number) for number in reversed(range(25))]
    assert len(run("inbox", "threads").data) == 8
    moment = datetime.fromtimestamp(AT / 1000 + 110, UTC).isoformat()
    assert run("inbox", "thread", ADA, "--before", moment).data[0]["text"] == "9"


WORDS = (
    "Café au lait — 2 kilos", "foo-bar baz", "\"it's\" fine",
    "call +1 (415) 555-0199", "see +14155550199",
    "東京駅で会いましょう", "カフェ ラテ", "🎉🎉 party", "👍🏽 ok", "สวัสดีครับ",
    "$35 due", "naïve co-operation", "AND OR NOT NEAR",
    "100% sure; DROP TABLE message;--", "straße 7",
    "Ünïcode ＡＢＣ", "a*b", "привет мир", "한국어 문자",
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("cafe", [0]), ("CAFÉ lait", [0]), ("kilo", [0]), ("2", [0]), ("kil", []),
        ("foo-bar", [1]), ("foo bar", [1]), ("bar foo", [1]),
        ('"bar foo"', []), ("foo-baz", []), ("bar-baz", [1]),
        ("\"it's", [2]), ("it's", [2]), ("'fine", [2]),
        ("+1415", [4]), ("+1 415", [3]), ("(415) 555-0199", [3]),
        ("555-0199", [3]), ("+14155550199", [4]),
        ("東京", [5]), ("京", [5]), ("会いま", [5]),
        ("京東", []), ("ｶﾌｪ", [6]), ("カフェ", [6]), ("ラ", [6]),
        ("🎉", [7]), ("🎉 party", [7]), ("👍", [8]),
        ("👍🏿", [8]), ("สวัสดี", [9]), ("$35", [10]), ("35", [10]),
        ("naive", [11]), ("operation", [11]), ("AND", [12]),
        ("NOT near", [12]), ("OR NOT", [12]), ("NEAR(", [12]),
        ("DROP TABLE", [13]), ("100%", [13]), ("strasse", [14]),
        ("abc", [15]), ("unicode", [15]), ("a*b", [16]),
        ("Привет", [17]), ("мир", [17]), ("한국", [18]),
        ("문자", [18]), ("^foo", [1]), ("foo*", [1]), ("terms:foo", []),
        ("{foo bar}", [1]), ("foo:bar", [1]), ("\\", None),
        ("\"", None), ("-", None), ("", None), ("*", None),
    ],
)  # fmt: skip
def test_what_is_looked_for_is_taken_at_its_word(
    database: Database, run: Run, wanted: str, found: list[int] | None
) -> None:
    arrive(database, *(text(number, words) for number, words in enumerate(WORDS)))
    ran = run("inbox", "search", "--", wanted)
    if found is None:
        assert (ran.code, "no word to look for" in ran.error["message"]) == (2, True)
    else:
        assert [WORDS.index(row["text"]) for row in ran.data] == found, wanted


def test_searching_with_somebody_and_in_pages(database: Database, run: Run) -> None:
    arrive(database, *(text(number, f"order {number}") for number in range(5)))
    arrive(database, text(9, "order of Bo", from_number=BO, contact={"phone_number": BO}))
    assert len(run("inbox", "search", "order").data) == 6
    assert [row["number"] for row in run("inbox", "search", "order", "--with", "415 555 0124").data] == [BO]
    ran = run("inbox", "search", "order", "--max-items", "2", "--with", ADA)
    last = ran.data[-1]["position"]
    rest = run("inbox", "search", "order", "--before", str(last), "--with", ADA).data
    assert [row["text"] for row in rest] == ["order 2", "order 1", "order 0"]


def test_words_that_come_later_are_found(database: Database) -> None:
    arrive(database, text(1, None))
    assert searching.search(database, "kilos") == []
    arrive(database, text(1, "Two kilos"))
    arrive(database, text(1, None))
    assert [row["text"] for row in searching.search(database, "kilos")] == ["Two kilos"]


def test_reading(database: Database, run: Run) -> None:
    other: dict[str, Any] = {"from_number": BO, "contact": {"phone_number": BO}}
    arrive(
        database,
        text(1),
        text(2),
        text(3, **other),
        text(4, to_number=[THEO], target={"type": "user", "id": 2}),
    )
    assert sum(row["unread"] for row in run("inbox", "unread").data) == 4
    second = run("inbox", "thread", ADA, "--line", MARA).data[0]["position"]
    assert run("inbox", "read", ADA, "--line", MARA, "--up-to", str(second - 1)).data["marked"] == 1
    assert run("inbox", "read", ADA).data["marked"] == 2
    assert [row["number"] for row in run("inbox", "unread").data] == [BO]
    assert run("inbox", "read", "--everything", "--line", THEO).data["marked"] == 0
    assert run("inbox", "read", "--everything", "--line", MARA).data["marked"] == 1
    arrive(database, text(5, created_date=AT + 5001))
    shown = run("inbox", "thread", ADA).data[0]["at"]
    assert shown == "2026-03-05T17:00:05.001Z"
    assert run("inbox", "read", ADA, "--up-to", shown).data["marked"] == 1
    arrive(database, text(7), text(6, to_number=[THEO], target={"type": "user", "id": 2}))
    assert run("inbox", "read", "--everything").data["marked"] == 2
    assert run("inbox", "unread").data == []
    assert [row["unread"] for row in run("inbox", "thread", ADA).data] == [False] * 6


def test_calls(database: Database, sandbox: Sandbox, run: Run) -> None:
    sandbox.call_in(ADA, MARA, hangup_after="60s")
    sandbox.call_in(BO, MARA, missed=True)
    sandbox.call_in(BO, THEO, voicemail="Call me back, please")
    sandbox.advance(3600)
    arrive(database, *told(sandbox))
    assert len(run("inbox", "calls").data) == 3
    assert {row["number"] for row in run("inbox", "calls", "--missed").data} == {BO}
    (answered,) = run("inbox", "calls", "--with", "415.555.0123").data
    assert (answered["outcome"], 50 < answered["seconds"] < 60) == ("answered", True)
    (left,) = run("inbox", "calls", "--voicemail").data
    assert (left["voicemail"], left["number"]) == ("Call me back, please", BO)


def test_stats(database: Database, run: Run) -> None:
    arrive(database, text(1), text(1), sent(2), sent(2, status="delivered"), call(1, "missed", 1))
    found = run("inbox", "stats").data
    assert found["events"] == {"call": 1, "sms": 3}
    assert found["texts"] == {"inbound": 1, "outbound": 1}
    assert (found["duplicates"], found["threads"], found["unread"]) == (1, 1, 1)
    assert (found["delivery"], found["calls"]) == ({"delivered": 1}, {"missed": 1})
    assert found["first_event"] == "2026-03-05T17:00:00.000Z"


def test_stats_of_nothing(database: Database, run: Run) -> None:
    found = run("inbox", "stats").data
    assert (found["events"], found["threads"], found["first_event"]) == ({}, 0, None)
    assert run("inbox", "threads").data == run("inbox", "calls").data == []


def test_stop_and_unstop(database: Database, sandbox: Sandbox, run: Run) -> None:
    line = ("sms", "send", "--from", MARA, "--to", BO, "--message")
    assert run(*line, "one").code == 0
    arrive(database, text(1, " Stop ", from_number=BO))
    assert run(*line, "two").code == 6
    arrive(database, text(3, "UNSTOP", from_number=BO))
    arrive(database, text(1, "STOP", from_number=BO))  # again, and older
    assert run(*line, "three").code == 0
    arrive(database, text(4, "Please stop", from_number=BO), sent(5, "STOP", to_number=[BO]))
    assert run(*line, "four").code == 0


def lose(sandbox: Sandbox, run: Run, *more: str) -> None:
    """Send a text whose answer is lost."""
    sandbox.faults.add(operation="sms.send", reset="after", count=1)
    assert run("sms", "send", "--from", MARA, "--to", ADA, "--message", "Are you there?", *more).code == 9


@pytest.fixture
def now(sandbox: Sandbox) -> None:
    """The sandbox's clock as ours: texts leave when the command line says that they do."""
    sandbox.clock.set(time.time())


@pytest.mark.usefixtures("now")
def test_an_event_proves_that_a_text_went_out(database: Database, sandbox: Sandbox, run: Run) -> None:
    lose(sandbox, run)
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    (entry,) = run("outbox", "list").data
    assert (entry["state"], entry["note"]) == ("accepted", "found by evidence: an event; delivered")
    shown = run("outbox", "show", str(entry["id"])).data
    assert shown["result"]["body"]["id"] == str(told(sandbox)[-1]["id"])


def lose_after_its_events(database: Database, sandbox: Sandbox, run: Run) -> None:
    """Send a text whose answer is given up after the events that tell of it came."""
    lose(sandbox, run)
    with database.write() as tx:
        tx.execute("UPDATE outbox SET state = 'sending', who = 'ada@elsewhere.example 17 1'")
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    with database.write() as tx:
        tx.execute("UPDATE outbox SET state = 'unknown'")


@pytest.mark.usefixtures("now")
def test_evidence_that_was_there_before_is_found(database: Database, sandbox: Sandbox, run: Run) -> None:
    lose_after_its_events(database, sandbox, run)
    (entry,) = run("outbox", "list").data
    assert (entry["state"], entry["note"]) == ("accepted", "found by evidence: an event; delivered")
    assert run("outbox", "list", "--state", "unknown").data == []


@pytest.mark.usefixtures("now")
def test_what_was_planned_long_before_it_left_is_proven(
    database: Database, sandbox: Sandbox, run: Run
) -> None:
    """As the last of many, which wait for each other."""
    lose(sandbox, run)
    with database.write() as tx:
        tx.execute("UPDATE outbox SET planned_at = planned_at - 7200")
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    assert [row["state"] for row in database.all("SELECT state FROM outbox")] == ["accepted"]


@pytest.mark.usefixtures("now")
def test_evidence_that_was_there_before_is_found_by_resolve(
    database: Database, sandbox: Sandbox, run: Run
) -> None:
    lose_after_its_events(database, sandbox, run)
    found = run("outbox", "resolve", "1").data
    assert found["state"] == "accepted"
    assert "an event tells of it" in found["evidence"][0]
    assert not any(one.operation == "stats.create" for one in sandbox.requests)


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("change", [
    {"text": "Are you there", "text_content": "Are you there"}, {"from_number": THEO}, {"to_number": [BO]},
    {"to_number": [ADA, BO]}, {"created_date": AT}, {"text": None, "text_content": None},
    {"direction": "inbound"},
])  # fmt: skip
def test_what_only_looks_alike_proves_nothing(
    database: Database, sandbox: Sandbox, run: Run, change: dict[str, Any]
) -> None:
    lose(sandbox, run)
    arrive(database, *({**one, **change} for one in told(sandbox)))
    sandbox.advance(5)
    arrive(database, *({**one, **change} for one in told(sandbox)))
    assert [row["state"] for row in run("outbox", "list").data] == ["unknown"]


@pytest.mark.usefixtures("now")
def test_two_that_one_event_fits_stay_unknown(database: Database, sandbox: Sandbox, run: Run) -> None:
    lose(sandbox, run)
    sandbox.faults.add(operation="sms.send", reset="before", count=1)
    assert run("sms", "send", "--from", MARA, "--to", ADA, "--message", "Are you there?", "--again").code in (
        9,
        10,
    )
    with database.write() as tx:
        tx.execute("UPDATE outbox SET state = 'unknown'")
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    assert [row["state"] for row in run("outbox", "list").data] == ["unknown", "unknown"]


@pytest.mark.usefixtures("now")
def test_the_text_of_another_entry_is_no_proof(database: Database, sandbox: Sandbox, run: Run) -> None:
    sandbox.faults.add(operation="sms.send", reset="before", count=1)
    assert run("sms", "send", "--from", MARA, "--to", ADA, "--message", "Are you there?").code in (9, 10)
    with database.write() as tx:
        tx.execute("UPDATE outbox SET state = 'unknown'")
    assert run("sms", "send", "--from", MARA, "--to", ADA, "--message", "Are you there?", "--again").code == 0
    sandbox.advance(5)
    arrive(database, *told(sandbox))
    assert [row["state"] for row in run("outbox", "list").data] == ["accepted", "unknown"]


def test_a_delivery_that_failed_shows_in_the_outbox(database: Database, run: Run) -> None:
    answer = run("sms", "send", "--from", MARA, "--to", f"{ADA},{BO}", "--message", "Hello").data
    both: dict[str, Any] = {"id": int(answer["id"]), "to_number": [ADA, BO]}
    arrive(database, sent(1, **both))
    assert run("outbox", "list").data[0]["note"] == "sent, delivery pending"
    arrive(database, sent(1, status="delivered", id=both["id"]))
    failed: dict[str, Any] = {"to_number": [BO], "message_delivery_result": "no_route"}
    arrive(database, sent(1, status="failed", id=both["id"], **failed))
    assert run("outbox", "show", "1").data["note"] == f"delivered to 1 of 2; not delivered to {BO}: no_route"


def test_words_of_ones_own_text_are_known_where_events_hide_them(database: Database, run: Run) -> None:
    answer = run("sms", "send", "--from", MARA, "--to", ADA, "--message", "Two kilos").data
    arrive(database, sent(1, None, id=int(answer["id"])))
    assert run("inbox", "search", "kilos").data[0]["text"] == "Two kilos"


def test_sync_fills_gaps_and_keeps_words(database: Database, sandbox: Sandbox, run: Run) -> None:
    sandbox.clock.set(time.time())
    sandbox.text_in(ADA, MARA, "Known")
    arrive(database, *told(sandbox))
    sandbox.advance(5)
    sandbox.text_in(BO, MARA, "Missed")
    sandbox.advance(5)
    assert run("sms", "send", "--from", MARA, "--to", f"{ADA},{BO}", "--message", "To both").code == 0
    sandbox.call_in(BO, MARA, hangup_after="30s")
    sandbox.advance(120)
    with going_on(sandbox):
        first = run("inbox", "sync", "--days", "2").data
        before = run("inbox", "thread", BO).data
        second = run("inbox", "sync", "--days", "2").data
    assert first["texts_new"] >= 3
    assert first["calls_new"] >= 1
    assert (second["texts_read"], second["texts_new"], second["calls_new"]) == (first["texts_read"], 0, 0)
    assert [(row["direction"], row["text"]) for row in before] == [("outbound", None), ("inbound", None)]
    assert [row["text"] for row in run("inbox", "thread", ADA).data] == [None, "Known"]
    # The events come after all: no text is there twice, though the export has its own ids for some.
    arrive(database, *told(sandbox))
    assert [row["text"] for row in run("inbox", "thread", BO).data] == ["To both", "Missed"]
    assert [row["text"] for row in run("inbox", "thread", ADA).data] == ["To both", "Known"]
    with going_on(sandbox):
        assert run("inbox", "sync", "--days", "2").data["texts_new"] == 0
    assert [row["text"] for row in run("inbox", "thread", BO).data] == ["To both", "Missed"]


def test_sync_says_what_is_there_where_calls_fail(database: Database, sandbox: Sandbox, run: Run) -> None:
    sandbox.clock.set(time.time())
    sandbox.text_in(BO, MARA, "Missed")
    sandbox.advance(5)
    sandbox.faults.add(operation="call.list", status=403)
    with going_on(sandbox):
        ran = run("inbox", "sync", "--days", "2")
    assert (ran.code, ran.error["status"]) == (11, 403)
    assert re.match("[0-9]+ texts were read, [1-9]", ran.error["message"])
    assert "calls:list" in ran.error["hint"]
    assert run("inbox", "thread", BO).data
    sandbox.faults.clear()
    with going_on(sandbox):
        assert run("inbox", "sync", "--days", "2").data["texts_new"] == 0


DAY = 86_400


def old_and_new(database: Database) -> None:
    now = int(time.time() * 1000)
    for days, words in ((500, "old kilos"), (1, "new kilos")):
        at = now - days * DAY * 1000
        times = {"created_date": at, "event_timestamp": at, "id": days}
        left = {
            "voicemail_recording_id": days,
            "transcription_text": "old words",
            "voicemail_link": "https://x/y",
        }
        happened = (
            text(1, words, **times),
            text(2, words, **{**times, "id": days + 1}, from_number=BO if days > 9 else ADA),
            call(days, "voicemail_uploaded", 1, date_started=at, date_ended=at, event_timestamp=at, **left),
        )
        from arriving import arrival

        from dialkit.inbox.keeping import keep

        keep(database, [arrival(one, at / 1000) for one in happened])


def test_prune(database: Database, run: Run) -> None:
    old_and_new(database)
    assert run("inbox", "prune", "--older-than", "1y", "--dry-run").data["texts"] == 2
    assert len(run("inbox", "search", "kilos").data) == 4
    done = run("inbox", "prune", "--older-than", "1y").data
    assert [done[name] for name in ("events", "texts", "voicemails", "calls")] == [3, 2, 1, 1]
    assert [row["text"] for row in run("inbox", "search", "kilos").data] == ["new kilos"] * 2
    assert [(row["number"], row["messages"], row["unread"]) for row in run("inbox", "threads").data] == [
        (ADA, 2, 2)
    ]
    assert len(run("inbox", "calls").data) == 1
    for name in ("leg", "leg_tie", "voicemail", "message_words"):
        assert len(database.all(f"SELECT * FROM {name}")) == (2 if name == "message_words" else 1)
    assert run("inbox", "prune", "--older-than", "1y").data["events"] == 0


def test_what_is_old_goes_in_steps_and_what_threads_count_follows(database: Database) -> None:
    """More than a step of one moment, read and unread, of two threads, one of which ends there."""
    other: dict[str, Any] = {"from_number": BO, "contact": {"phone_number": BO}}
    count = pruning.AT_ONCE + 20
    arrive(database, *(text(number, f"old {number}", created_date=AT) for number in range(count)))
    reading.read(database, ADA, 1.0, up_to=reading.thread(database, ADA, most=count)[-8]["position"])
    arrive(database, *(text(count + number, created_date=AT, **other) for number in range(3)))
    arrive(database, text(5000), text(5001))
    before, latest = AT / 1000 + 4000, {"texts": count + 3, "voicemails": 0}
    assert pruning.count(database, before, redact=True) == {"events": count + 5, **latest}
    assert pruning.prune(database, before, redact=True) == {"events": count + 5, **latest}
    assert pruning.prune(database, before, redact=True) == {"events": 0, "texts": 0, "voicemails": 0}
    assert [(row["messages"], row["unread"]) for row in reading.threads(database)] == [
        (count + 2, count - 8 + 2),
        (3, 3),
    ]
    assert pruning.prune(database, before)["texts"] == count + 3
    assert [(row["number"], row["messages"], row["unread"]) for row in reading.threads(database)] == [
        (ADA, 2, 2)
    ]


def test_redacting_takes_the_words_and_none_come_back(database: Database, run: Run) -> None:
    old_and_new(database)
    done = run("inbox", "prune", "--older-than", "1y", "--redact-text").data
    assert [done[name] for name in ("events", "texts", "voicemails")] == [3, 2, 1]
    old_and_new(database)
    assert [row["text"] for row in run("inbox", "search", "kilos").data] == ["new kilos"] * 2
    assert [row["redacted"] for row in run("inbox", "thread", BO).data] == [True]
    everything = json.dumps([
        [list(row.values()) for row in database.all(f"SELECT * FROM {name}")]
        for name in ("event", "message", "voicemail", "leg", "message_words")
    ])  # fmt: skip
    assert "old kilos" not in everything
    assert everything.count("old words") == everything.count("https://x/y") > 0
    assert pruning.prune(database, time.time() - 365 * DAY, redact=True) == {
        "events": 0,
        "texts": 0,
        "voicemails": 0,
    }


@pytest.mark.parametrize("how", [[], ["--redact-text"]])
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_was_pruned_is_not_in_the_file(database: Database, run: Run, how: list[str]) -> None:
    old_and_new(database)
    arrive(database, *(text(500 + number, f"Persimmon {number}") for number in range(300)))

    def found(word: bytes) -> int:
        files = [path for path in Path(database.folder).iterdir() if path.name.startswith("dialkit.db")]
        return sum(path.read_bytes().lower().count(word) for path in files)

    assert found(b"persimmon") > 300
    assert run("inbox", "prune", "--older-than", "30d", *how).data["texts"] == 302
    assert found(b"persimmon") == 0
    assert found(b"new kilos") > 0
    assert len(run("inbox", "search", "kilos").data) == 2


def test_json_is_short_for_output_json(database: Database, run: Run) -> None:
    assert run("inbox", "threads", "--json").data == run("inbox", "threads", "-o", "json").data


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("thread", "with whom?"), ("thread 555-01", "is not a phone number"), ("search", "no word"),
        ("thread +14155550123 --before yesterday", "--before"), ("read", "whose texts?"),
        ("read +14155550123 --everything", "which?"), ("prune", "how old?"),
        ("prune --older-than 0d", "is no age"), ("prune --older-than year", "is no age"),
        ("sync --days x", "--days"), ("sync --days 0", "--days"), ("sync --days 9999", "--days"),
        ("calls --with x", "--with"), ("threads --nope", "--nope"), ("nothing", "no subcommand"),
        ("threads --max-items 0", "--max-items"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(database: Database, run: Run, line: str, says: str) -> None:
    ran = run("inbox", *line.split())
    assert ran.code == 2, ran
    assert says in ran.error["message"]


def test_a_terminal_shows_the_newest_first_and_obeys_nothing(database: Database, run: Run) -> None:
    arrive(database, text(1, "\x1b[2Jgone\nnext"), text(2, "Second"))
    shown = run("inbox", "thread", ADA, tty=True, COLUMNS="140", NO_COLOR="1").out
    assert "\x1b" not in shown
    assert shown.index("Second") < shown.index("gone")


def test_help_and_its_examples(run: Run, database: Database) -> None:
    arrive(database, text(1, "two kilos"))
    page = run("inbox", "--help").out
    lines = [line.strip() for line in page.splitlines() if line.startswith("  dialpad ")]
    assert len(lines) > 5
    for line in lines:
        if "sync" not in line:
            assert run(*shlex.split(line)[1:]).code == 0, line
    for word in ("threads", "thread", "search", "unread", "read", "calls", "stats", "sync", "prune"):
        assert f"usage: dialpad inbox {word}" in run("inbox", word, "--help").out


def test_reading_is_what_the_library_does(database: Database) -> None:
    arrive(database, *(text(number) for number in range(3)))
    assert [row["position"] for row in reading.thread(database, ADA, most=2)] == sorted(
        (row["position"] for row in reading.thread(database, ADA, most=2)), reverse=True
    )
