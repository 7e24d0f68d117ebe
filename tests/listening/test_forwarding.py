"""Events brought to targets: byte for byte, again where it failed, at least once, and never out of a row."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hearing import App

from beside import until
from dialkit.errors import InvalidArgument
from dialkit.events.forwarding import Forwarder, Job, NotDelivered
from dialkit.events.forwarding.attempt import GIVEN_UP, LONGEST, pause_after
from dialkit.events.forwarding.posting import Posting
from dialkit.events.forwarding.running import Running, find_script
from dialkit.events.hooks.addresses import check_url
from dialkit.inbox.pruning import prune
from dialkit.store import Database, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hearing import StandingClock

    Add = Callable[..., list[int]]
    Opened = Callable[[], Database]


pytestmark = pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL


def states(database: Database) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in deliveries.counts(database):
        found[row["state"]] += row["number"]
    return dict(found)


def only(database: Database) -> dict[str, Any]:
    [row] = database.all("SELECT * FROM delivery")
    return row


def test_a_body_is_posted_byte_for_byte_and_once(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    bodies = ['{"text":  "Grüße \\u2028 😀", "n": 1.0}', "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.AAAA"]
    posting = Posting(app.url)
    add(posting.name, bodies=bodies)
    forwarder = Forwarder(opened, [posting], clock=clock)
    assert forwarder.run_due() == 2
    assert forwarder.run_due() == 0
    assert sorted(post.body.decode() for post in app.posts) == sorted(bodies)
    types = {post.body[:1]: post.headers["content-type"] for post in app.posts}
    assert types == {b"{": "application/json", b"e": "application/jwt"}
    assert {post.headers["dialkit-event-id"] for post in app.posts} == {"1", "2"}
    assert states(database) == {"done": 2}


def test_the_same_event_again_is_no_second_delivery(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    posting = Posting(app.url)
    for _ in range(3):
        add(posting.name, number=5)
        Forwarder(opened, [posting], clock=clock).run_due()
    assert len(app.posts) == 5


def test_what_fails_is_tried_again_after_longer_and_longer(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    app.statuses = [500, 302, 404]
    posting = Posting(app.url)
    add(posting.name)
    told: list[str] = []
    forwarder = Forwarder(opened, [posting], told.append, clock)
    for longest, said in ((1, "answered 500: not now"), (2, "answered 302"), (4, "answered 404")):
        assert forwarder.run_due() == 1
        row = only(database)
        assert (row["state"], row["claimed_by"]) == ("waiting", None)
        assert said in row["last_error"]
        assert longest / 2 <= row["next_at"] - clock.at <= longest
        clock.at = row["next_at"] - 0.001
        assert forwarder.run_due() == 0
        clock.at += 0.01
    assert forwarder.run_due() == 1
    assert [post.headers["dialkit-attempt"] for post in app.posts] == ["1", "2", "3", "4"]
    assert {post.path for post in app.posts} == {"/hook"}
    assert (only(database)["state"], only(database)["attempts"]) == ("done", 4)
    assert len(told) == 3  # a start of its own for each


def test_a_clock_that_is_set_back_holds_up_nothing(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    app.statuses = [500]
    posting = Posting(app.url)
    add(posting.name)
    assert Forwarder(opened, [posting], clock=clock).run_due() == 1
    clock.at -= 50
    assert Forwarder(opened, [posting], clock=clock).run_due() == 0  # so little is waited for
    clock.at -= GIVEN_UP
    assert Forwarder(opened, [posting], clock=clock).run_due() == 1
    assert only(database)["state"] == "done"


def test_pauses_double_up_to_an_hour_and_differ() -> None:
    assert [pause_after(number, lambda: 1.0) for number in (1, 2, 3, 13, 900)] == [1, 2, 4, LONGEST, LONGEST]
    assert pause_after(1, lambda: 0.0) == 0.5
    assert len({pause_after(9) for _ in range(9)}) == 9


def test_a_day_after_the_first_attempt_it_is_given_up(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    app.statuses = [500, 500, 500]
    posting = Posting(app.url)
    add(posting.name)
    clock.at += 10 * GIVEN_UP  # nobody was there to try: that is no attempt
    told: list[str] = []
    forwarder = Forwarder(opened, [posting], told.append, clock)
    for passed, state in ((GIVEN_UP - 1, "waiting"), (2, "waiting"), (0, "dead")):
        forwarder.run_due()
        assert only(database)["state"] == state
        clock.at += passed
    assert "given up" in told[-1]
    assert "dialpad events pending --dead" in told[-1]
    clock.at += GIVEN_UP
    assert forwarder.run_due() == 0
    assert deliveries.again(database, only(database)["id"], clock.at) == 1
    assert forwarder.run_due() == 1
    assert states(database) == {"done": 1}


def test_a_target_that_is_away_gets_everything_once_it_is_back(
    opened: Opened, database: Database, add: Add, clock: StandingClock
) -> None:
    app = App()
    posting = Posting(app.url)
    add(posting.name, number=40)
    forwarder = Forwarder(opened, [posting], clock=clock)
    forwarder.run_due()
    assert states(database) == {"waiting": 40}
    assert "refused" in database.all("SELECT last_error FROM delivery")[0]["last_error"].lower()
    clock.at += 10
    with app:
        assert forwarder.run_due() == 40
        assert sorted(json.loads(post.body)["id"] for post in app.posts) == [*range(40)]
    assert states(database) == {"done": 40}


def test_a_target_that_takes_too_long_has_failed(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    app.statuses = [0]
    posting = Posting(app.url)
    posting.within = 0.2
    add(posting.name)
    Forwarder(opened, [posting], clock=clock).run_due()
    assert only(database)["last_error"] == "took longer than 0.2 s"


def test_a_claim_that_is_over_goes_back_and_its_owner_may_not_settle_it(
    database: Database, add: Add, clock: StandingClock
) -> None:
    add("url:x")
    [row] = deliveries.turn(database, "one", [], [("url:x", 9, clock.at + 35)], clock.at)
    assert deliveries.turn(database, "two", [], [("url:x", 9, clock.at + 35)], clock.at + 34) == []
    [again] = deliveries.turn(database, "two", [], [("url:x", 9, clock.at + 99)], clock.at + 36)
    assert (again["id"], again["attempts"]) == (row["id"], 2)
    deliveries.turn(database, "one", [deliveries.Settled(row["id"], "done")], [], clock.at + 37)
    assert only(database)["state"] == "claimed"
    deliveries.turn(database, "two", [deliveries.Settled(row["id"], "done")], [], clock.at + 37)
    assert only(database)["state"] == "done"


def test_a_worker_takes_only_what_is_for_its_targets(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    posting = Posting(app.url)
    add(posting.name, "exec:/bin/rm", "url:http://127.0.0.1:1/", number=3)
    Forwarder(opened, [posting], clock=clock).run_due()
    assert states(database) == {"done": 3, "waiting": 6}
    rest = {row["target"] for row in deliveries.listed(database)}
    assert rest == {"exec:/bin/rm", "url:http://127.0.0.1:1/"}


def test_two_who_work_share_it(opened: Opened, database: Database, add: Add, app: App) -> None:
    postings = [Posting(app.url), Posting(app.url)]
    with Forwarder(opened, postings[:1]) as one, Forwarder(opened, postings[1:]) as two:
        add(postings[0].name, number=200)
        one.wake()
        two.wake()
        until(lambda: states(database) == {"done": 200})
    assert len(app.posts) == 200


@pytest.mark.parametrize("sql", ["DELETE FROM event", "UPDATE event SET body = ''"])
def test_what_was_pruned_meanwhile_is_dropped(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock, sql: str
) -> None:
    posting = Posting(app.url)
    add(posting.name)
    with database.write() as tx:
        tx.execute(sql)
    assert Forwarder(opened, [posting], clock=clock).run_due() == 0
    assert only(database)["state"] == "dropped"


def test_pruning_forgets_what_follows_from_events(database: Database, add: Add, clock: StandingClock) -> None:
    add("url:x", number=3)
    assert prune(database, clock.at + 1)["events"] == 3
    assert database.all("SELECT * FROM delivery") == []


def test_a_target_that_fails_now_and_then_is_said_to_once_a_minute(
    opened: Opened, database: Database, add: Add, app: App, clock: StandingClock
) -> None:
    app.statuses = [500, 204] * 20
    posting = Posting(app.url, at_once=1)
    add(posting.name, number=20)
    told: list[str] = []
    Forwarder(opened, [posting], told.append, clock).run_due()
    assert [line.split(":")[0] for line in told] == ["warning", "note"]


class Slow:
    """A target that never ends."""

    name, at_once, within = "handler:slow", 3, 60.0

    def __init__(self) -> None:
        self.begun = 0

    async def deliver(self, job: Job) -> None:
        self.begun += 1
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass


def test_who_ends_gives_back_what_is_under_way(opened: Opened, database: Database, add: Add) -> None:
    slow = Slow()
    add(slow.name, number=5)
    with Forwarder(opened, [slow]) as forwarder:
        until(lambda: slow.begun == 3)
        assert states(database) == {"claimed": 3, "waiting": 2}
        forwarder.stop(0.05)
    rows = database.all("SELECT * FROM delivery")
    assert {(row["state"], row["attempts"], row["claimed_by"]) for row in rows} == {("waiting", 0, None)}


def test_a_slow_target_holds_up_no_other(opened: Opened, database: Database, add: Add, app: App) -> None:
    slow, posting = Slow(), Posting(app.url)
    forwarder = Forwarder(opened, [slow, posting])
    with forwarder:
        add(slow.name, posting.name, number=50)
        forwarder.wake()
        until(lambda: len(app.posts) == 50)
        forwarder.stop(0)


class Final(Slow):
    name = "handler:final"

    async def deliver(self, job: Job) -> None:
        raise NotDelivered("it is of no use", final=True)


class Broken(Slow):
    name = "handler:broken"

    async def deliver(self, job: Job) -> None:
        raise ValueError("a bug of the handler's\nin two lines")


def test_of_no_use_and_broken(opened: Opened, database: Database, add: Add, clock: StandingClock) -> None:
    add("handler:final", "handler:broken")
    Forwarder(opened, [Final(), Broken()], clock=clock).run_due()
    rows = {row["target"]: row for row in deliveries.listed(database)}
    assert (rows["handler:final"]["state"], rows["handler:final"]["last_error"]) == (
        "dead",
        "it is of no use",
    )
    assert rows["handler:broken"]["state"] == "waiting"
    assert rows["handler:broken"]["last_error"] == "ValueError: a bug of the handler's in two lines"


ECHO = """
import json, os, sys
event = json.load(sys.stdin)
with open(os.environ["OUT"], "a") as file:
    told = [os.environ["DIALPAD_EVENT_" + name] for name in ("ID", "KIND", "ATTEMPT")]
    file.write(json.dumps([event, told, sys.argv[1:]]) + "\\n")
print("looked at", event["id"], "\\x1b[31m")
sys.exit(int(os.environ.get("CODE", 0)))
"""


def test_a_script_gets_the_json_on_stdin(
    opened: Opened,
    database: Database,
    add: Add,
    clock: StandingClock,
    script: Callable[..., str],
    tmp_path: Path,
) -> None:
    told: list[str] = []
    running = Running(script(ECHO), {"OUT": str(tmp_path / "out")}, told.append)
    add(running.name, bodies=['{"a": "$(rm -rf /); `x`"}'])
    Forwarder(opened, [running], clock=clock).run_due()
    [[event, about, words]] = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert (event, about, words) == ({"id": 0, "of": '{"a": "$(rm -rf /); `x`"}'}, ["1", "unknown", "1"], [])
    assert told == ["on event.py: looked at 0 \x1b[31m"]  # whoever tells it makes it printable
    assert only(database)["state"] == "done"


def test_a_script_that_fails_is_run_again(
    opened: Opened,
    database: Database,
    add: Add,
    clock: StandingClock,
    script: Callable[..., str],
    tmp_path: Path,
) -> None:
    running = Running(script(ECHO), {"OUT": str(tmp_path / "out"), "CODE": "3"})
    add(running.name)
    for _ in range(2):
        Forwarder(opened, [running], clock=clock).run_due()
        clock.at += 5
    assert only(database)["last_error"].startswith("exit code 3: looked at 0")
    assert len((tmp_path / "out").read_text().splitlines()) == 2


HANG = """#!/bin/sh
sleep 99 &
echo $$ $! > "$OUT"
sleep 99
"""


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX")
def test_a_script_that_hangs_is_ended_with_what_it_started(
    opened: Opened,
    database: Database,
    add: Add,
    clock: StandingClock,
    script: Callable[..., str],
    tmp_path: Path,
) -> None:
    running = Running(script(HANG), {"OUT": str(tmp_path / "out")}, within=3)
    add(running.name)
    Forwarder(opened, [running], clock=clock).run_due()
    assert only(database)["last_error"] == "ran longer than 3 s"
    numbers = [int(word) for word in (tmp_path / "out").read_text().split()]
    until(lambda: not any(map(alive, numbers)))


def alive(number: int) -> bool:
    try:
        with open(f"/proc/{number}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_scripts_that_will_not_do(script: Callable[..., str], tmp_path: Path) -> None:
    path = script("", "run.py")
    assert find_script("./run.py", str(tmp_path), None) == path
    assert find_script("run.py", "/", str(tmp_path)) == path
    with pytest.raises(InvalidArgument, match="is no program") as error:
        find_script("./run.py --flag", str(tmp_path), None)
    assert "no shell" in str(error.value.hint)
    os.chmod(path, 0o600)
    with pytest.raises(InvalidArgument, match="may not be run") as error:
        find_script("./run.py", str(tmp_path), None)
    assert error.value.hint == "chmod +x ./run.py"


def test_a_script_that_cannot_be_run_is_a_failed_delivery(
    opened: Opened, database: Database, add: Add, clock: StandingClock, tmp_path: Path
) -> None:
    running = Running(str(tmp_path / "gone"), {})
    add(running.name)
    Forwarder(opened, [running], clock=clock).run_due()
    assert only(database)["last_error"] == "cannot be run: No such file or directory"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://localhost/", "does not begin"),
        ("localhost:3000/hook", "does not begin"),
        ("http://example.com/hook", "not https"),
        ("https://user:pw@example.com/", "holds a name or a password"),
    ],
)
def test_urls_that_will_not_do(url: str, why: str) -> None:
    with pytest.raises(InvalidArgument, match=why) as error:
        check_url(url, "--forward")
    assert "pw" not in str(error.value)


def test_insecure_is_said_by_whoever_wants_it() -> None:
    assert check_url("http://example.com/hook", "--forward", insecure=True)
    with pytest.raises(InvalidArgument) as error:
        check_url("http://example.com/hook", "--forward")
    assert error.value.hint == "use https://, or say --insecure"
