"""The outbox, in either database: what it says afterwards, writes that fail, several processes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside
from dialkit.errors import Conflict
from dialkit.sandbox import Sandbox
from dialkit.store import Database, outbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARA, OUT = "+15035550142", "+14155550123"
LINE = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello"]
pytestmark = pytest.mark.usefixtures("store")
# Whatever settles an entry fails from now on, as on a disk that is full.
NO_ROOM = {
    "sqlite": ["CREATE TRIGGER full AFTER UPDATE OF done_at ON outbox BEGIN SELECT no_room(); END"],
    "postgresql": [
        """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$""",
        "CREATE TRIGGER no_room AFTER UPDATE OF done_at ON outbox EXECUTE FUNCTION no_room()",
    ],
}


def planned(environ: dict[str, str], state: str, who: str, at: float = 1_772_730_000.0) -> int:
    """An entry as a process would leave it that ended in that state."""
    entry = {
        "operation": "sms.send",
        "effect_key": f"{state} {who}",
        "sender": MARA,
        "recipients_json": f'["{OUT}"]',
        "text": "Hello",
        "request_json": "{}",
    }
    with Database.of(environ) as database:
        [(row, _)] = outbox.plan(database, [entry], once=f"{state} {who}", again=True, now=at)
        with database.write() as connection:
            connection.execute(
                "UPDATE outbox SET state = ?, who = ?, sending_at = ? WHERE id = ?",
                (state, who, at, row["id"]),
            )
    return int(row["id"])


def test_it_is_written_before_anything_leaves(run: Callable[..., Any], environ: dict[str, str]) -> None:
    assert run(*LINE).code == 0
    (entry,) = run("outbox", "list").data
    shown = run("outbox", "show", str(entry["id"])).data
    assert shown["request"] == {
        "method": "POST",
        "path": "/api/v2/sms",
        "body": {"to_numbers": [OUT], "from_number": MARA, "text": "Hello"},
    }
    assert shown["planned_at"] <= shown["sending_at"] <= shown["done_at"]
    assert shown["result"]["body"]["message_status"] == "pending"
    assert shown["attempts"] == 1


@pytest.mark.parametrize(
    ("left", "becomes"), [("planned", "refused"), ("sending", "unknown")], ids=["before", "under way"]
)
def test_a_process_that_is_gone(
    run: Callable[..., Any], environ: dict[str, str], left: str, becomes: str
) -> None:
    import socket

    entry = planned(environ, left, f"ada@{socket.gethostname()} 999999 12345")
    assert run("outbox", "show", str(entry)).data["state"] == becomes


def test_a_process_that_is_still_at_it(run: Callable[..., Any], environ: dict[str, str]) -> None:
    import time

    entry = planned(environ, "sending", outbox.me(), time.time())
    assert run("outbox", "show", str(entry)).data["state"] == "sending"
    entry = planned(environ, "sending", "ada@elsewhere.example 17 1", time.time() - 10)
    assert run("outbox", "show", str(entry)).data["state"] == "sending"
    entry = planned(environ, "sending", "bo@elsewhere.example 17 1", time.time() - 7200)
    assert run("outbox", "show", str(entry)).data["state"] == "unknown"


def test_a_clock_that_was_set_back(run: Callable[..., Any], environ: dict[str, str]) -> None:
    import time

    entry = planned(environ, "sending", outbox.me(), time.time() + 86_400)
    assert run("outbox", "show", str(entry)).data["state"] == "unknown"
    assert run(*LINE).code == 0


def test_two_processes_at_once(sandbox: Sandbox, environ: dict[str, str]) -> None:
    told = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    code = (
        "import os, sys\nfrom dialkit.client import Dialpad\nfrom dialkit.store import Database\n"
        "from dialkit.messaging.send import Message, send\nfrom dialkit.messaging.senders import Sender\n"
        "with Database.of(os.environ) as db, Dialpad() as client:\n"
        " for n in range(8):\n"
        f"  text = Message(f'same {{n % 4}}', ['{OUT}'], Sender('{MARA}', 'x'))\n"
        "  send(client, db, text, once=str(n % 4))\n"
        "  print(n)\n"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-c", code]
    with (
        beside(command, env=told, text=True, **pipes) as a,
        beside(command, env=told, text=True, **pipes) as b,
    ):
        ended = [(one.communicate(timeout=PATIENCE), one.returncode) for one in (a, b)]
    sandbox.advance(60)
    assert sorted(text["text"] for text in sandbox.inbox(OUT)) == [f"same {n}" for n in range(4)]
    # Who came second while the first was sending was told so; nobody failed otherwise.
    assert all(code == 0 or "another process is sending it" in err for (_, err), code in ended), ended


def test_what_cannot_be_asked(run: Callable[..., Any]) -> None:
    for argv, code, says in (
        (["outbox", "show", "7"], 4, "no entry '7'"),
        (["outbox", "show", "x"], 4, "no entry 'x'"),
        (["outbox", "list", "--state", "lost"], 2, "'lost' is no state"),
        (["outbox", "resolv", "1"], 2, "'resolv'"),
    ):
        ran = run(*argv)
        assert (ran.code, says in ran.error["message"]) == (code, True), ran


@pytest.mark.parametrize(
    ("reset", "code", "says", "states"),
    [
        (None, 11, "sms.send was carried out (200); writing that down failed", {"sending"}),
        ("after", 9, "no answer", {"sending"}),
    ],
    ids=["carried out", "answer lost"],
)
def test_the_disk_fails_once_it_has_left(
    run: Callable[..., Any],
    sandbox: Sandbox,
    environ: dict[str, str],
    reset: str | None,
    code: int,
    says: str,
    states: set[str],
) -> None:
    with Database.of(environ) as database, database.write() as connection:
        for statement in NO_ROOM[database.dialect]:
            connection.execute(statement)
    if reset:
        sandbox.faults.add(operation="sms.send", reset=reset, count=1)
    ran = run(*LINE)
    assert ran.code == code, ran
    assert "nothing was sent" not in ran.error["message"]
    assert reset or says in ran.error["message"]
    assert run(*LINE).code in (2, 5), "and not sent again"
    assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == 1
    with Database.of(environ) as database:
        assert {row["state"] for row in database.all("SELECT * FROM outbox")} == states


def test_only_who_planned_it_sends_it(environ: dict[str, str]) -> None:
    entry = planned(environ, "planned", outbox.me())
    with Database.of(environ) as database:
        row = outbox.get(database, entry)
        assert row is not None
        with database.write() as connection:
            connection.execute("UPDATE outbox SET who = 'another' WHERE id = ?", (entry,))
        with pytest.raises(Conflict, match="taken for left behind"):
            outbox.leaves(database, row, 1.0)
        outbox.settle(database, row, "accepted", None, None, 1.0)
        now = outbox.get(database, entry)
        assert now is not None
        assert now["state"] == "planned"


def test_a_user_whose_name_has_an_at(run: Callable[..., Any], environ: dict[str, str]) -> None:
    import socket
    import time

    entry = planned(environ, "sending", f"ada@firm.example@{socket.gethostname()} 999999 1", time.time())
    assert run("outbox", "show", str(entry)).data["state"] == "unknown"


def sent(sandbox: Sandbox) -> int:
    return len([one for one in sandbox.requests if one.operation == "sms.send"])


def test_a_refused_one_is_sent_again_once(run: Callable[..., Any], sandbox: Sandbox) -> None:
    keyed = [*LINE, "--once", "k"]
    assert run(*keyed, DIALPAD_BASE_URL="http://127.0.0.1:9").code in (2, 10)
    sandbox.faults.add(operation="sms.send", storm=429, count=1)
    assert run(*keyed, "--no-wait").code == 7
    entry = str(run("outbox", "list").data[0]["id"])
    assert run("outbox", "retry", entry).code == 0
    before = sent(sandbox)
    ran = run("outbox", "retry", entry)
    assert (ran.code, f"outbox {entry} is accepted" in ran.error["message"]) == (5, True)
    assert run(*keyed).code == 0, "the result of the retry"
    assert sent(sandbox) == before
    assert len(run("outbox", "list").data) == 1


def test_what_failed_before_it_left_is_in_no_doubt(
    run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    keyed = [*LINE, "--once", "k"]
    assert run(*LINE[:-1], "Warm").code == 0  # and the list of opt-outs is known
    pin = tmp_path / ".dialpad.toml"  # whose company is asked for before the text leaves
    pin.write_text(f"company_id = {sandbox.world.company['id']}\n")
    sandbox.faults.add(operation="users.get", status=500)
    assert run(*keyed).code == 8
    [entry] = run("outbox", "list", "--state", "refused").data
    sandbox.faults.clear()
    assert run(*keyed).code == 0
    assert run("outbox", "show", str(entry["id"])).data["state"] == "accepted"


def test_an_unknown_one_is_sent_again_once(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", reset="before", count=1)
    assert run(*LINE, "--once", "k").code == 9
    assert run("outbox", "retry", "1").code == 6
    assert run("outbox", "retry", "1", "--confirm").code == 0
    ran = run("outbox", "retry", "1", "--confirm")
    assert (ran.code, "sent again already (outbox 2, accepted)" in ran.error["message"]) == (5, True)
    assert run(*LINE, "--once", "k").code == 9, "the doubt about the first remains"
    assert run("outbox", "show", "1").data["note"].endswith("; sent again as 2")
    assert sent(sandbox) == 2


def test_a_retry_is_a_likely_repeat_too(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", status=400, count=1)
    assert run(*LINE).code == 2
    assert run(*LINE).code == 0
    assert run("outbox", "retry", "1").code == 5
    assert run("outbox", "retry", "1", "--confirm").code == 0


def test_nothing_is_sent_again_to_another_address(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", status=400, count=1)
    assert run(*LINE).code == 2
    with Sandbox(limits=False) as other:
        ran = run("outbox", "retry", "1", DIALPAD_BASE_URL=other.url, DIALPAD_API_KEY=other.token)
        assert (ran.code, "made for another address" in ran.error["message"]) == (5, True)
        assert sent(other) == 0


def test_a_delivery_that_fails_when_sent_again(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", status=400, count=1)
    assert run(*LINE).code == 2
    body = json.dumps({"id": "1", "message_status": "failed", "message_delivery_result": "no_route"})
    sandbox.faults.add(operation="sms.send", body=body, content_type="application/json", count=1)
    ran = run("outbox", "retry", "1")
    assert (ran.code, ran.error["message"]) == (8, "not delivered: no_route")


def test_the_list_to_a_number(run: Callable[..., Any]) -> None:
    assert run(*LINE).code == 0
    assert len(run("outbox", "list", "--to", "(415) 555-0123").data) == 1
    assert run("outbox", "list", "--to", "+14155550124").data == []
    for wrong in ("%", "", "\udcff"):
        assert run("outbox", "list", "--to", wrong).code == 2


@pytest.mark.parametrize("operation", ["bulk_messages.send", "schedules.create"])
def test_what_others_left_is_no_evidence(run: Callable[..., Any], sandbox: Sandbox, operation: str) -> None:
    sandbox.clock.set(datetime.now(UTC).isoformat())
    sender = next(
        n["number"] for n in sandbox.world.numbers if n.get("a2p") and n.get("target_type") == "user"
    )
    line = [operation, "--from-number", sender, "--text", "Sale!", "--again"]
    line += ["--start-date", "4102444800"] if operation == "schedules.create" else []
    assert run(*line, "--to-numbers", "+14155550124").code == 0
    assert run(*line, "--to-numbers", OUT).code == 0
    sandbox.faults.add(operation=operation, reset="before", count=1)
    assert run(*line, "--to-numbers", OUT).code == 9
    told = run("outbox", "resolve", "3").data
    assert (told["state"], "no trace" in told["evidence"][0]) == ("unknown", True), told
    sandbox.faults.add(operation=operation, reset="after", count=1)
    assert run(*line, "--to-numbers", OUT).code == 9
    assert run("outbox", "resolve", "4").data["state"] == "accepted"


def test_evidence_of_a_bulk_message(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.clock.set(datetime.now(UTC).isoformat())  # evidence is told from what is older by its time
    sender = next(
        n["number"] for n in sandbox.world.numbers if n.get("a2p") and n.get("target_type") == "user"
    )
    line = [
        "bulk_messages.send",
        "--from-number",
        sender,
        "--to-numbers",
        OUT,
        "--text",
        "Sale!",
        "--title",
        "May",
    ]
    for when, state, says in (("after", "accepted", "shows it"), ("before", "unknown", "no trace")):
        sandbox.faults.add(operation="bulk_messages.send", reset=when, count=1)
        assert run(*line[:-1], when, "--again").code == 9
        entry = run("outbox", "list").data[0]["id"]
        told = run("outbox", "resolve", str(entry)).data
        assert (told["state"], says in told["evidence"][0]) == (state, True), told


def test_evidence_of_a_text(dialpad: Callable[..., Any]) -> None:
    with Sandbox(limits=False) as going:  # its clock runs, so that the export is worked out
        told = {"DIALPAD_BASE_URL": going.url, "DIALPAD_API_KEY": going.token}
        for text in (["--message", "Hi"], ["--message", "Hi", "--from", "+15035550143"]):
            assert dialpad(*LINE[:-2], *text, **told).code == 0  # which are no sign of another
        for when, says in (("before", "no other to these"), ("after", f"has one to {OUT} from {MARA}")):
            going.faults.add(operation="sms.send", reset=when, count=1)
            assert dialpad(*LINE[:-1], when, **told).code == 9
            entry = json.loads(dialpad("outbox", "list", **told).out)[0]["id"]
            found = json.loads(dialpad("outbox", "resolve", str(entry), **told).out)
            assert (found["state"], says in found["evidence"][0]) == ("unknown", True), found
            assert len(found["evidence"]) == (2 if when == "before" else 1)
