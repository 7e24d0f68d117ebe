"""`dialpad listen`, the command, against the sandbox: from the person who texts to the app that is told."""

from __future__ import annotations

import json
import os
import signal
from contextlib import ExitStack
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hearing import SECRET, App, Listening

from beside import PATIENCE, until
from dialkit.store import Database, deliveries, listeners
from dialkit.webhooks import SmsEvent, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

    Listen = Callable[..., Listening]
    TextIn = Callable[[str], Any]
    World = Callable[[], tuple[list[Any], list[Any]]]
    Dialpad = Callable[..., Any]

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def kept(database: Database) -> list[str]:
    """The words of the texts that are kept."""
    return [
        json.loads(row["payload_json"])["text"] for row in database.all("SELECT * FROM event ORDER BY id")
    ]


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_from_a_text_to_the_app_and_nothing_left_behind(
    listening: Listen,
    text_in: TextIn,
    world_of: World,
    app: App,
    database: Database,
    dialpad: Dialpad,
    number: int,
) -> None:
    before = world_of()
    with listening("--sms", "--forward", app.url, DIALPAD_WEBHOOK_SECRET=SECRET) as listener:
        websockets, subscriptions = world_of()
        assert (len(websockets), len(subscriptions)) == (len(before[0]) + 1, len(before[1]) + 1)
        text_in("Two kilos, please")
        [event] = listener.heard(1)
        assert event["event"] == "sms.received"
        assert event["payload"]["text"] == "Two kilos, please"
        until(lambda: app.posts)
        told = unwrap(app.posts[0].body, secret=SECRET)
        assert isinstance(told, SmsEvent)
        assert told.text == "Two kilos, please"
        assert app.posts[0].headers["content-type"] == "application/jwt"
        row = database.one("SELECT body, source FROM event")
        assert row == {"body": app.posts[0].body.decode(), "source": "listen"}
        shown = dialpad("inbox", "thread", "+14155550123", "-o", "json")
        assert "Two kilos, please" in shown.out, shown
        assert listener.end(number) == 0
    assert world_of() == before
    assert len(app.posts) == 1
    assert database.all("SELECT * FROM listener") == []
    assert "1 new events" in listener.told[-1]
    assert SECRET not in "".join(listener.told)


@POSIX
def test_it_outlives_its_terminal_where_nohup_says_so(listening: Listen, text_in: TextIn) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup hands it on
    try:
        with listening("--sms") as listener:
            listener.process.send_signal(signal.SIGHUP)
            text_in("Still there?")
            listener.heard(1)
            assert not listener.says("note: ending")
            assert listener.end() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_text_that_was_sent_moves_to_delivered_in_the_outbox(
    listening: Listen, sandbox: Sandbox, around: dict[str, str], dialpad: Dialpad
) -> None:
    with listening("--sms") as listener:
        words = ("--from", "+15035550142", "--to", "+14155550123", "--text", "On our way")
        sent = dialpad("sms", "send", *words, **around)
        assert sent.code == 0, sent
        sandbox.advance(120)
        until(lambda: {"sent", "delivered"} <= {one["payload"]["message_status"] for one in listener.events})
        [entry] = json.loads(dialpad("outbox", "list", "-o", "json").out)
        assert entry["state"] == "accepted"
        shown = json.loads(dialpad("outbox", "show", str(entry["id"]), "-o", "json").out)
        assert "delivered" in json.dumps(shown)


def test_calls_and_contacts(listening: Listen, sandbox: Sandbox, world_of: World) -> None:
    before = world_of()[1]
    flags = ("--calls", "--contacts", "--agent-status", "--change-log", "--call-states", "ringing,hangup")
    with listening(*flags, "--target", "office:5219384756201938") as listener:
        assert listener.says(
            "call of office:5219384756201938 and contact, agent_status, change_log of the company"
        )
        made = [row for row in world_of()[1] if row not in before]
        assert sorted(row["kind"] for row in made) == [
            "agent_status",
            "call",
            "changelog",
            "contact",
            "contact",
        ]
        [call] = [row for row in made if row["kind"] == "call"]
        assert (call["target_type"], call["call_states"]) == ("office", ["ringing", "hangup"])
        sandbox.call_in("+14155550123", "+15035550142", missed=True)
        sandbox.advance(60)
        assert {"ringing", "hangup"} >= {one["payload"]["state"] for one in listener.heard(2)[:2]}


def test_a_break_is_mended_and_said(
    listening: Listen, sandbox: Sandbox, text_in: TextIn, database: Database
) -> None:
    with listening("--sms") as listener:
        text_in("before")
        listener.heard(1)
        cut_websockets(sandbox)
        until(lambda: listener.says("not connected from"))
        text_in("after")
        listener.heard(2)
        [line] = listener.says("not connected from")
        assert line.endswith("to look for it: dialpad inbox sync --days 1")
    assert kept(database) == ["before", "after"]


def cut_websockets(sandbox: Sandbox) -> None:
    """Reset every connection of a websocket, as a network does."""

    async def cut() -> None:
        for connection in list(sandbox._server._websockets._state.connections):  # type: ignore[union-attr]
            connection.transport.abort()

    sandbox.run(cut())


def test_the_hour_is_over(listening: Listen, sandbox: Sandbox, text_in: TextIn, world_of: World) -> None:
    with listening("--sms") as listener:
        websockets = world_of()[0]
        for number in range(3):
            sandbox.advance(
                3601
            )  # the sandbox's, not the listener's: it is closed without having been renewed
            until(lambda number=number: len(listener.says("not connected from")) > number)  # type: ignore[misc]
            text_in(f"hour {number}")
            listener.heard(number + 1)
        assert [one["id"] for one in world_of()[0]] == [one["id"] for one in websockets]


def test_a_websocket_that_somebody_deleted_is_made_again(
    listening: Listen,
    sandbox: Sandbox,
    text_in: TextIn,
    world_of: World,
    around: dict[str, str],
    dialpad: Dialpad,
) -> None:
    before = world_of()
    with listening("--sms") as listener:
        [mine] = [row for row in world_of()[0] if row not in before[0]]
        assert dialpad("websockets", "delete", str(mine["id"]), **around).code == 0
        until(lambda: listener.says("not connected from"))
        text_in("Are you there?")
        listener.heard(1)
        assert listener.says("deleted by somebody else")
        assert listener.end() == 0
    assert world_of() == before


@POSIX
def test_what_a_killed_run_left_behind_is_taken_down_at_the_next_start(
    listening: Listen,
    world_of: World,
    text_in: TextIn,
    around: dict[str, str],
    dialpad: Dialpad,
) -> None:
    other = dialpad("websockets", "create", "-o", "json", **around)
    assert other.code == 0
    before = world_of()
    with listening("--sms", "--calls") as killed:
        text_in("one")
        killed.heard(1)
        killed.process.kill()  # whether or not it has noted that it heard something
    assert len(world_of()[0]) == len(before[0]) + 1
    with listening("--sms") as next_one:
        assert next_one.says("an earlier run ended without taking down what it had made (3 things)")
        assert next_one.says("not connected from")
        assert len(world_of()[0]) == len(before[0]) + 1
        with listening("--calls") as beside:  # what runs is nobody's to take down
            assert not beside.says("an earlier run")
            assert len(world_of()[0]) == len(before[0]) + 2
            assert beside.end() == 0
        text_in("two")
        next_one.heard(1)
        assert next_one.end() == 0
    assert world_of() == before


def test_a_websocket_whose_id_nobody_wrote_down_is_found_by_its_mark(
    listening: Listen, database: Database, world_of: World, around: dict[str, str], dialpad: Dialpad
) -> None:
    before = world_of()
    made = json.loads(dialpad("websockets", "create", "--secret", "born with", "-o", "json", **around).out)
    subscribed = dialpad(
        "webhook_sms_event_subscription.create", "--direction", "all", "--endpoint-id", made["id"], **around
    )
    assert subscribed.code == 0
    with listening("--calls") as listener:  # to learn what the account is called
        [row] = database.all("SELECT * FROM listener")
        assert listener.end() == 0
    with ExitStack() as held:  # as a run that was killed between Dialpad's answer and writing it down
        listeners.add(database, row["account"], sha256(b"born with").hexdigest(), 0.0, held)
        listeners.add(database, "another account", sha256(b"born with").hexdigest(), 0.0, held)
    with listening("--calls") as listener:
        assert listener.says("(2 things)")
        assert listener.end() == 0
    assert world_of() == before
    assert [row["account"] for row in database.all("SELECT * FROM listener")] == ["another account"]


def test_where_subscribing_fails_what_was_made_is_taken_down(
    sandbox: Sandbox, world_of: World, around: dict[str, str], dialpad: Dialpad, database: Database
) -> None:
    before = world_of()
    sandbox.faults.add(operation="webhook_call_event_subscription.create", status=403)
    ran = dialpad("listen", "--sms", "--calls", "-o", "json", **around)
    assert (ran.code, json.loads(ran.err.splitlines()[-1])["error"]["status"]) == (3, 403)
    assert world_of() == before
    assert database.all("SELECT * FROM listener") == []
    sandbox.faults.clear()
    sandbox.faults.add(operation="websockets.create", reset="after", count=1)  # made, and nobody knows
    ran = dialpad("listen", "--sms", **around)
    assert ran.code == 9, ran
    assert world_of() == before


@pytest.mark.parametrize("key", ["nobody's", None])
def test_where_nothing_was_made_nothing_is_said_of_taking_it_down(
    key: str | None, around: dict[str, str], dialpad: Dialpad, database: Database
) -> None:
    wrong = {"DIALPAD_API_KEY": key} if key else {"DIALPAD_BASE_URL": "http://127.0.0.1:1"}
    ran = dialpad("listen", "--sms", **{**around, **wrong})
    assert ran.code == (3 if key else 10)
    assert "taking down" not in ran.err
    assert database.all("SELECT * FROM listener") == []


def test_a_slow_app_holds_up_nobody_and_gets_all(
    listening: Listen, text_in: TextIn, app: App, database: Database
) -> None:
    app.statuses = [0] * 8
    with listening("--sms", "--forward", app.url, DIALPAD_WEBHOOK_SECRET=SECRET) as listener:
        for number in range(30):
            text_in(f"text {number}")
        listener.heard(30)
        until(lambda: len(app.posts) == 8)
        app.let_go.set()
        until(lambda: [row["state"] for row in deliveries.counts(database)] == ["done"])
        assert len({post.body for post in app.posts}) == len(app.posts) == 30


@POSIX
def test_an_app_that_is_away_while_listening_is_killed_gets_all_in_the_end(
    listening: Listen, text_in: TextIn, database: Database, dialpad: Dialpad
) -> None:
    app = App()  # which refuses connections as yet
    with listening("--sms", "--forward", app.url) as killed:
        for number in range(5):
            text_in(f"text {number}")
        killed.heard(5)
        until(lambda: killed.says("it is tried again, see dialpad events pending"))
        killed.process.kill()
    pending = json.loads(dialpad("events", "pending", "-o", "json").out)
    assert {row["target"] for row in pending} == {f"url:{app.url}"}
    assert len(pending) == 5
    assert json.loads(dialpad("events", "pending", "retry", "--all", "-o", "json").out)["retried"] >= 0
    with app, listening("--calls", "--forward", app.url):
        until(lambda: len(app.posts) >= 5 and deliveries.counts(database)[0]["number"] == 5)
        until(lambda: [row["state"] for row in deliveries.counts(database)] == ["done"])
        assert len({post.body for post in app.posts}) == 5


def test_a_script_runs_for_each(
    listening: Listen, text_in: TextIn, script: Callable[[str], str], tmp_path: Any
) -> None:
    path = script("import json, sys; print('heard:', json.load(sys.stdin)['text'])")
    with listening("--sms", "--exec", path) as listener:
        text_in("Two kilos")
        until(lambda: listener.says("on event.py: heard: Two kilos"))


def test_it_ends_after_so_many(listening: Listen, text_in: TextIn, app: App, world_of: World) -> None:
    before = world_of()
    with listening("--sms", "--max-items", "2", "--forward", app.url) as listener:
        for number in range(3):
            text_in(f"text {number}")
        assert listener.process.wait(PATIENCE) == 0
        until(lambda: len(listener.events) == 2)
    assert len(app.posts) >= 2
    assert world_of() == before


def test_a_dry_run_opens_no_socket(dialpad: Dialpad) -> None:
    ran = dialpad("listen", "--sms", "--contacts", "--dry-run", DIALPAD_BASE_URL="http://127.0.0.1:1")
    shown = json.loads(ran.out)
    assert [one["url"].rpartition("/")[2] for one in shown["requests"]] == [
        "websockets",
        "sms",
        "contact",
        "contact",
    ]
    assert shown["requests"][0]["body"] == {"secret": "***"}


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--target", "office"], "no KIND:ID"),
        (["--target", "planet:1"], "--target"),
        (["--contacts", "--call-states", "hangup"], "without --calls"),
        (["--forward", "http://example.com/"], "not https"),
        (["--exec", "./none"], "is no program"),
        (["--channel", "general"], "--channel"),
        (["--contacts", "--target", "office:1"], "can be of a target"),
        (["--call-states", "sleeping"], "sleeping"),
        (["--call-states", "ringing,Hangup", "--dry-run"], "Hangup"),
        (["--call-states", ","], "--call-states"),
    ],
)
def test_flags_that_will_not_do(
    flags: list[str], why: str, around: dict[str, str], dialpad: Dialpad, world_of: World
) -> None:
    before = world_of()
    ran = dialpad("listen", *flags, **around)
    assert ran.code == 2, ran
    assert why in ran.err
    assert "hint" in ran.err
    assert world_of() == before


def test_a_target_that_there_is_not(around: dict[str, str], dialpad: Dialpad, world_of: World) -> None:
    before = world_of()
    assert dialpad("listen", "--target", "office:77", **around).code == 4
    assert world_of() == before


@pytest.mark.parametrize(
    ("flags", "lines"),
    [
        (
            ["-o", "csv", "--fields", "event,payload.text"],
            ["event,payload.text", "sms.received,one", "sms.received,two"],
        ),
        (["--jq", ".payload.text"], ["one", "two"]),
        (
            ["-o", "json", "--fields", "kind,payload.text"],
            ['{"kind":"sms","payload.text":"one"}', '{"kind":"sms","payload.text":"two"}'],
        ),
    ],
)
def test_each_event_is_shown_as_it_comes(
    flags: list[str], lines: list[str], listening: Listen, text_in: TextIn
) -> None:
    with listening("--sms", *flags) as listener:
        text_in("one")
        until(lambda: len(listener.printed) >= len(lines) - 1)
        text_in("two")
        until(lambda: len(listener.printed) == len(lines), told=lambda: listener.printed)
        assert listener.printed == lines


def test_what_cannot_be_taken_down_now_is_at_the_next_start(
    listening: Listen, sandbox: Sandbox, world_of: World
) -> None:
    before = world_of()
    sandbox.faults.add(operation="websockets.delete", status=403)
    with listening("--sms") as listener:
        assert listener.end() == 11
        assert "could not all be taken down" in listener.told[-1]
    sandbox.faults.clear()
    with listening("--sms") as listener:
        assert listener.says("an earlier run ended")
        assert listener.end() == 0
    assert world_of() == before


def test_a_new_websocket_that_cannot_be_made_at_once_is_made_later(
    listening: Listen,
    sandbox: Sandbox,
    world_of: World,
    text_in: TextIn,
    around: dict[str, str],
    dialpad: Dialpad,
) -> None:
    before = world_of()
    with listening("--sms") as listener:
        [mine] = [row for row in world_of()[0] if row not in before[0]]
        sandbox.faults.add(operation="websockets.create", status=503, count=1)
        assert dialpad("websockets", "delete", str(mine["id"]), **around).code == 0
        until(lambda: listener.says("not connected from"), told=lambda: listener.told)
        text_in("Are you there?")
        listener.heard(1)
        assert listener.end() == 0
    assert world_of() == before


CUT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@POSIX
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_one_that_lost_its_connection_to_the_store_is_not_taken_down_by_another(
    store: str, listening: Listen, world_of: World, text_in: TextIn, environ: dict[str, str]
) -> None:
    before = world_of()
    with listening("--sms") as first:
        first.process.send_signal(signal.SIGSTOP)  # it could take what it held again, but for that
        with Database.of(environ) as database, database.write() as tx:
            tx.execute(CUT)
        with listening("--calls") as second:
            assert not second.says("an earlier run")
            assert len(world_of()[0]) == len(before[0]) + 2
            first.process.send_signal(signal.SIGCONT)
            text_in("one")
            first.heard(1)
            assert second.end() == 0
        assert first.end() == 0
    assert world_of() == before
