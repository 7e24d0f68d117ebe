"""``dialpad sms send``: who sends, what is said, to whom; what the sandbox has of it afterwards."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

MARA, THEO, OUT = "+15035550142", "+15035550143", "+14155550123"
NOBODY = "http://127.0.0.1:9"


def arrived(sandbox: Sandbox, number: str = OUT) -> list[str]:
    """The texts that reached somebody."""
    sandbox.advance(120)
    return [text["text"] for text in sandbox.inbox(number)]


# -- who sends


@pytest.mark.parametrize(
    ("flags", "extra", "number", "source"),
    [
        (["--from", MARA], {}, MARA, "--from"),
        (["--profile", "work"], {"DIALPAD_PROFILE_WORK_FROM": THEO}, THEO, "--profile work"),
        ([], {"DIALPAD_DEFAULT_FROM_NUMBER": THEO}, THEO, "DIALPAD_DEFAULT_FROM_NUMBER"),
        (
            [],
            {"DIALPAD_DEFAULT_PROFILE": "sales", "DIALPAD_PROFILE_SALES_FROM": MARA},
            MARA,
            "DIALPAD_DEFAULT_PROFILE (sales)",
        ),
        (["--from", MARA], {"DIALPAD_DEFAULT_FROM_NUMBER": THEO}, MARA, "--from"),
        (["--from", MARA, "--profile", "work"], {"DIALPAD_PROFILE_WORK_FROM": MARA}, MARA, "--from"),
    ],
)
def test_the_sender(
    run: Callable[..., Any],
    sandbox: Sandbox,
    flags: list[str],
    extra: dict[str, str],
    number: str,
    source: str,
) -> None:
    line = ["sms", "send", "--to", OUT, "--message", "Hello", *flags]
    dry = run(*line, "--dry-run", **extra).data
    assert (dry["from_number"], dry["sender_source"]) == (number, source)
    assert sandbox.requests == []
    sent = run(*line, **extra).data
    assert (sent["from_number"], sent["sender_source"]) == (number, source)
    assert [text["from_number"] for text in sandbox.world.texts.where("to", OUT)][-1] == number


def test_a_profile_that_does_not_fit(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--to", OUT, "--message", "Hello", "--from", MARA, "--profile", "work"]
    ran = run(*line, DIALPAD_PROFILE_WORK_FROM=THEO)
    assert (ran.code, ran.error["code"]) == (5, "conflict")
    unset = run(*line)
    assert (unset.code, "DIALPAD_PROFILE_WORK_FROM" in unset.error["message"]) == (2, True)
    assert sandbox.requests == []
    for extra in ({"DIALPAD_PROFILE_WORK_FROM": THEO}, {}):
        told = run(*line, "--allow-profile-mismatch", "--again", **extra)
        assert told.data["from_number"] == MARA
        assert "--from decides" in told.err


def test_nobody_sends(run: Callable[..., Any]) -> None:
    ran = run("sms", "send", "--to", OUT, "--message", "Hello")
    assert ran.code == 2
    names = ("--from", "--profile", "DIALPAD_DEFAULT_FROM_NUMBER", "DIALPAD_DEFAULT_PROFILE")
    assert all(name in ran.error["message"] for name in names)


# -- what is said


def test_texts_arrive_byte_for_byte(run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path) -> None:
    said = " Total: $1,035 “due” \\n 👩‍👩‍👧 {x}\ttab"
    (tmp_path / "said.txt").write_text(said + "\n", encoding="utf-8")
    run("sms", "send", "--to", OUT, "--from", MARA, "--message-file", "said.txt").data
    run("sms", "send", "--to", OUT, "--from", MARA, "--message-stdin", "--again", stdin=said + "\n").data
    run("sms", "send", "--to", OUT, "--from", MARA, "--message", said, "--again").data
    assert arrived(sandbox) == [said] * 3


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ([], "what is said"),
        (["--message", "a", "--message-stdin"], "--message and --message-stdin: only one"),
        (["--message", " "], "empty"),
        (["--message", "a" * 1601], "1601 characters"),
        (["--message-file", "none.txt"], "No such file"),
        (["--message", "a", "--var", "x=1"], "--var goes with --template"),
        (["--message", "a", "--media", "none.png"], "--media"),
    ],
)
def test_what_cannot_be_said(run: Callable[..., Any], sandbox: Sandbox, flags: list[str], says: str) -> None:
    ran = run("sms", "send", "--to", OUT, "--from", MARA, *flags)
    assert (ran.code, says in ran.error["message"]) == (2, True), ran
    assert sandbox.requests == []


def test_bytes_that_are_no_text(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    ran = run("sms", "send", "--to", OUT, "--from", MARA, "--message-file", "latin.txt")
    assert (ran.code, "not UTF-8" in ran.error["message"]) == (2, True)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("Total ,035 due", ",035"),
        ("costs .99", ".99"),
        ("Only ,500!", ",500"),
        ("Now bash.99 each", "bash.99"),
        ("Now /usr/bin/zsh.99", "/usr/bin/zsh.99"),
        ("1,200 seats", None),
        ("cash.99 or fresh.10", None),
        ("at 9.30", None),
        ("version 2.10.99", None),
        ("$1,035 due", None),
        ("well, 035", None),
    ],
)
def test_an_amount_that_a_shell_has_eaten(
    run: Callable[..., Any], sandbox: Sandbox, said: str, amount: str | None
) -> None:
    line = ["sms", "send", "--to", OUT, "--from", MARA, "--message", said]
    told = run(*line, "--dry-run")
    assert (amount is not None) == ("a shell has eaten" in told.err)
    strict = run(*line, "--strict")
    assert strict.code == (2 if amount else 0)
    assert len(sandbox.world.texts.where("to", OUT)) == (0 if amount else 1)


def test_the_preview(run: Callable[..., Any]) -> None:
    def dry(said: str) -> Any:
        return run("sms", "send", "--to", OUT, "--from", MARA, "--message", said, "--dry-run").data

    assert (dry("a" * 160)["encoding"], dry("a" * 160)["segments"]) == ("GSM-7", 1)
    assert dry("a" * 161)["segments"] == 2
    forced = dry("naïve")
    assert forced["forced_by"] == "ï (LATIN SMALL LETTER I WITH DIAERESIS)"
    assert forced["encoding"] == "UCS-2"


def test_a_picture(run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path) -> None:
    raw = bytes(range(256)) * 4
    (tmp_path / "cup.png").write_bytes(raw)
    run("sms", "send", "--to", OUT, "--from", MARA, "--message", "Look", "--media", "cup.png").data
    assert base64.b64decode(sandbox.requests[-1].json["media"]) == raw
    (tmp_path / "big.png").write_bytes(b"x" * (500 * 1024 + 1))
    ran = run("sms", "send", "--to", OUT, "--from", MARA, "--message", "Look", "--media", "big.png")
    assert (ran.code, "500 KiB" in ran.error["message"]) == (2, True)


# -- to whom


def test_recipients(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--from", MARA, "--message", "Hello"]
    assert run(*line, "--to", "(415) 555-0123", "--dry-run").code == 2
    told = run(
        *line, "--to", "(415) 555-0123", "--to", "+14155550123,415.555.0124", "--infer-country-code"
    ).data
    assert told["to_numbers"] == [OUT, "+14155550124"]
    assert len(sandbox.requests[-1].json["to_numbers"]) == 2
    for wrong in ("12", "nobody", "+0123456789", ""):
        ran = run(*line, "--to", wrong)
        assert (ran.code, len(sandbox.world.texts.where("to", wrong))) == (2, 0), wrong


def test_more_than_ten_are_several_requests(run: Callable[..., Any], sandbox: Sandbox) -> None:
    numbers = [f"+1415555{n:04}" for n in range(100, 123)]
    told = run("sms", "send", "--from", MARA, "--message", "Hello", *(f"--to={n}" for n in numbers)).data
    assert [len(part["to_numbers"]) for part in told["parts"]] == [10, 10, 3]
    assert told["to_numbers"] == numbers
    entries = run("outbox", "list").data
    assert [len(entry["recipients"]) for entry in entries] == [3, 10, 10]
    assert len({entry["batch"] for entry in entries}) == 1
    sandbox.faults.add(operation="sms.send", status=400, after=1)
    ran = run("sms", "send", "--from", MARA, "--message", "Twice", *(f"--to={n}" for n in numbers))
    assert (ran.code, ran.error["code"]) == (11, "partial_success")


def test_where_texts_may_go(run: Callable[..., Any], sandbox: Sandbox) -> None:
    assert run("config", "set", "allow_destinations", "+1").code == 0
    line = ["sms", "send", "--from", MARA, "--message", "Hello", "--to"]
    ran = run(*line, "+442079460123")
    assert (ran.code, ran.error["code"]) == (6, "refused")
    assert sandbox.requests == []
    assert run(*line, OUT).code == 0


def test_who_said_stop_gets_nothing(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.text_in(OUT, MARA, "STOP")
    sandbox.advance(5)
    line = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello"]
    ran = run(*line)
    assert (ran.code, ran.error["code"]) == (6, "refused")
    assert OUT in ran.error["message"]
    assert [one for one in sandbox.requests if one.operation == "sms.send"] == []
    assert run("sms", "send", "--to-numbers", OUT, "--text", "Hello").code == 6, "the operation as such, too"
    asked = len(sandbox.requests)
    assert run(*line, "--dry-run").code == 6, "known by now, without asking"
    assert len(sandbox.requests) == asked
    # A key that may not read the list: said once, and what is known here still counts.
    told = run(*line[:-1], "Other", DIALPAD_API_KEY=sandbox.keys["user"])
    assert "may not read who opted out" in told.err


# -- once


def test_once_and_again(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello"]
    first = run(*line, "--once", "order-1").data
    again = run(*line, "--once", "order-1").data
    assert again["id"] == first["id"]
    repeat = run(*line)
    assert (repeat.code, "outbox 1" in repeat.error["message"]) == (5, True)
    other = run(*line[:-1], "Else", "--once", "order-1")
    assert (other.code, "stands for something else" in other.error["message"]) == (5, True)
    assert run(*line, "--again").code == 0
    assert arrived(sandbox) == ["Hello", "Hello"]


def test_a_refused_text_may_be_corrected(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--to", OUT, "--message", "Hello"]
    assert run(*line, "--from", "+12025550177").code == 2
    assert run(*line, "--from", MARA).code == 0
    assert [entry["state"] for entry in run("outbox", "list").data] == ["accepted", "refused"]


def test_an_answer_that_was_lost(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="sms.send", reset="after", count=1)
    line = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello", "--once", "k"]
    ran = run(*line)
    assert (ran.code, ran.error["code"], ran.error["retryable"]) == (9, "outcome_unknown", False)
    assert "dialpad outbox resolve 1" in ran.error["hint"]
    for repeat in (line, line[:-2]):
        assert run(*repeat).code in (5, 9)
    assert arrived(sandbox) == ["Hello"]
    assert run("outbox", "show", "1").data["state"] == "unknown"
    refused = run("outbox", "retry", "1")
    assert (refused.code, "may send it twice" in refused.error["message"]) == (6, True)
    assert run("outbox", "retry", "1", "--confirm").code == 0
    assert arrived(sandbox) == ["Hello", "Hello"]


def test_nothing_left_means_it_may_go_again(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello", "--once", "k"]
    run("sms", "send", "--from", MARA, "--to", OUT, "--message", "Warm").data
    dead = run(*line, DIALPAD_BASE_URL="http://127.0.0.1:9")
    assert (dead.code, dead.error["code"]) == (10, "network_error")
    sandbox.faults.add(operation="sms.send", storm=429, count=10)
    limited = run(*line, "--no-wait")
    assert (limited.code, limited.error["code"]) == (7, "rate_limited")
    sandbox.faults.clear()
    assert run(*line).code == 0
    assert arrived(sandbox) == ["Warm", "Hello"]


def delivery(sandbox: Sandbox, result: str) -> None:
    body = json.dumps({"id": "1", "message_status": "failed", "message_delivery_result": result})
    sandbox.faults.add(operation="sms.send", body=body, content_type="application/json", count=1)


@pytest.mark.parametrize(("result", "state"), [("no_route", "refused"), ("time_out", "unknown")])
@pytest.mark.parametrize("raw", [False, True], ids=["workflow", "operation"])
def test_a_failed_delivery_is_a_failure(
    run: Callable[..., Any], sandbox: Sandbox, result: str, state: str, raw: bool
) -> None:
    names = ("--from-number", "--to-numbers", "--text") if raw else ("--from", "--to", "--message")
    said = [word for pair in zip(names, (MARA, OUT, "Hello"), strict=True) for word in pair]
    delivery(sandbox, result)
    ran = run("sms", "send", *said, "--once", "k")
    assert (ran.code, ran.error["message"]) == (8, f"not delivered: {result}")
    assert ran.error["hint"]
    [entry] = run("outbox", "list").data
    assert (entry["state"], entry["note"]) == (state, f"not delivered: {result}")
    again = run("sms", "send", *said, "--once", "k")
    assert again.code == (8 if state == "refused" else 9), "the first result again"
    assert run("sms", "send", *said).code == (0 if state == "refused" else 5)
    asked = [one for one in sandbox.requests if one.operation == "sms.send"]
    assert len(asked) == (2 if state == "refused" else 1)


def test_one_result_tells_nothing_certain_of_several_people(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    delivery(sandbox, "no_route")
    line = ["sms", "send", "--from", MARA, "--to", f"{OUT},+14155550124", "--message", "Hello"]
    assert run(*line).code == 8
    assert run("outbox", "list").data[0]["state"] == "unknown"
    assert run(*line).code == 5


def test_pending_is_shown_in_words(dialpad: Callable[..., Any], sandbox: Sandbox) -> None:
    told = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    shown = dialpad("sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello", tty=True, **told)
    assert (shown.code, "accepted, delivery pending" in shown.out) == (0, True)
    [entry] = json.loads(dialpad("outbox", "list", **told).out)
    assert (entry["state"], entry["note"]) == ("accepted", "delivery pending")


# -- repeats


def test_the_same_to_one_of_the_same_people(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--from", MARA, "--message", "Hello", "--to"]
    assert run(*line, OUT).code == 0
    assert run(*line, f"+14155550124,{OUT}").code == 5
    assert run(*line, "+14155550124").code == 0
    assert run("sms.send", "--from-number", MARA, "--text", "Hello", "--to-numbers", OUT).code == 5
    assert run(*line, OUT, DIALPAD_API_KEY=sandbox.keys["narrow"]).code == 5, "whatever the key"
    assert arrived(sandbox) == ["Hello"]


def test_a_key_stands_for_all_recipients(run: Callable[..., Any], sandbox: Sandbox) -> None:
    numbers = [f"+1415555{n:04}" for n in range(100, 123)]
    line = ["sms", "send", "--from", MARA, "--message", "Hello", "--again"]
    to = ["--to", ",".join(numbers)]
    first = run(*line, *to, "--once", "many").data
    assert run(*line, *to, "--once", "many").data == first
    turned = ",".join(reversed(numbers))
    assert run(*line, "--to", turned, "--once", "many").data["parts"] == first["parts"]
    sent = len(sandbox.world.texts)
    for part in (numbers[:10], numbers[:20], [*numbers, "+14155550140"], numbers[:1]):
        ran = run(*line, "--to", ",".join(part), "--once", "many")
        assert (ran.code, "something else" in ran.error["message"]) == (5, True), part
    assert run(*line, "--to", numbers[0], "--once", "one").code == 0
    assert run(*line, *to, "--once", "one").code == 5
    assert len(sandbox.world.texts) == sent + 1


def test_the_first_result_again_of_a_refusal(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--to", OUT, "--message", "Hello", "--from", "+12025550177", "--once", "k"]
    first, again = run(*line), run(*line)
    assert (first.code, again.code, again.error["code"]) == (2, 2, first.error["code"])
    assert "refused before (outbox 1)" in again.error["message"]
    assert len([one for one in sandbox.requests if one.operation == "sms.send"]) == 1


def test_nothing_is_sent_while_nobody_knows_who_opted_out(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="company.sms_opt_out", status=500)
    ran = run("sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello")
    assert (ran.code, ran.error["message"].endswith("; nothing was sent")) == (8, True), ran
    away = run("sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello", DIALPAD_BASE_URL=NOBODY)
    assert (away.code, away.error["message"].count("nothing was sent")) == (10, 1), away
    assert run("outbox", "list").data == []


def test_what_comes_after_a_part_that_failed(run: Callable[..., Any], sandbox: Sandbox) -> None:
    numbers = [f"+1415555{n:04}" for n in range(100, 135)]
    sandbox.faults.add(operation="sms.send", status=400, after=1, count=1)
    ran = run("sms", "send", "--from", MARA, "--message", "Hello", "--to", ",".join(numbers))
    assert ran.code == 11
    entries = run("outbox", "list").data
    assert [entry["state"] for entry in entries] == ["refused", "refused", "refused", "accepted"]
    for entry in entries[:3]:
        assert run("outbox", "retry", str(entry["id"])).code == 0
    sandbox.advance(60)
    assert [len(sandbox.inbox(number)) for number in numbers] == [1] * 35


# -- rules hold on every way out


def test_destinations_and_stop_hold_everywhere(run: Callable[..., Any], sandbox: Sandbox) -> None:
    there = "+442079460123"
    sandbox.text_in("+14155550124", MARA, "STOP")
    sandbox.advance(5)
    sandbox.faults.add(operation="sms.send", status=400, count=1)
    assert run("sms", "send", "--from", MARA, "--to", there, "--message", "Hello").code == 2
    assert run("config", "set", "allow_destinations", "+1").code == 0
    intro = ["sms", "intro", "--from", MARA, "--confirm-share", "--prospect", OUT, "--reference"]
    lines = (
        ["sms.send", "--from-number", MARA, "--to-numbers", there, "--text", "Hello"],
        ["bulk_messages.send", "--from-number", MARA, "--to-numbers", there, "--text", "Hello"],
        [*intro, there],
        [*intro, there, "--dry-run"],
        ["outbox", "retry", "1"],
    )
    for line in lines:
        ran = run(*line)
        assert (ran.code, f"{there}: your config allows" in ran.error["message"]) == (6, True), line
    for line in (
        [*intro, "+14155550124"],
        [
            "sms.send",
            "--from-number",
            MARA,
            "--to-numbers",
            "4155550124",
            "--text",
            "x",
            "--infer-country-code",
        ],
    ):
        assert run(*line).code == 6, line
    assert [text["to"] for text in sandbox.world.texts.where("to", OUT)] == [], "not even the prospect"


# -- what people type


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--once", ""], "--once is empty"),
        (["--profile", ""], "--profile is empty"),
        (["--media", ""], "--media"),
        (["--once", "\udcff"], "not UTF-8"),
        (["--to", "[" * 100_000], "not a JSON array"),
    ],
)
def test_flags_that_make_no_sense(
    run: Callable[..., Any], sandbox: Sandbox, flags: list[str], says: str
) -> None:
    ran = run("sms", "send", "--to", OUT, "--from", MARA, "--message", "Hello", *flags)
    assert (ran.code, says in ran.error["message"]) == (2, True), ran
    assert [one for one in sandbox.requests if one.operation == "sms.send"] == []


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--template", ""], "--template is empty"),
        (["--template", "\udcff"], "not UTF-8"),
        (["--message-file", ""], "--message-file : no name of a file"),
        (["--message-file", "a\x00b"], "null byte"),
        (["--template", "x", "--var", "a=1", "--var", "a=2"], "--var a is given twice"),
    ],
)
def test_texts_that_are_nowhere(run: Callable[..., Any], flags: list[str], says: str) -> None:
    ran = run("sms", "send", "--to", OUT, "--from", MARA, *flags, stdin="not this one")
    assert (ran.code, says in ran.error["message"]) == (2, True), ran


def test_only_one_line_break_is_taken_off(run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--to", OUT, "--from", MARA, "--message-stdin", "--again"]
    for said in ("a\r\nb\r\n", "a\r", "a\n\n"):
        assert run(*line, stdin=said).code == 0
    assert arrived(sandbox) == ["a\r\nb", "a\r", "a\n"]


def test_the_folder_says_the_region(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".dialpad.toml").write_text('region = "GB"\n')
    line = ["sms", "send", "--from", MARA, "--to", "020 7946 0123", "--message", "Hello", "--dry-run"]
    assert run(*line).data["to_numbers"] == ["+442079460123"]


def test_a_dry_run_needs_no_key(dialpad: Callable[..., Any], environ: dict[str, str]) -> None:
    del environ["DIALPAD_API_KEY"]
    ran = dialpad("sms", "send", "--from", MARA, "--to", OUT, "--message", "Hello", "--dry-run")
    assert (ran.code, json.loads(ran.out)["dry_run"]) == (0, True)


def test_the_answer_says_that_the_profile_did_not_fit(run: Callable[..., Any]) -> None:
    line = ["sms", "send", "--to", OUT, "--message", "Hello", "--from", MARA, "--profile", "work"]
    for more in (["--dry-run"], []):
        told = run(*line, "--allow-profile-mismatch", *more, DIALPAD_PROFILE_WORK_FROM=THEO).data
        assert told["sender_note"] == f"the profile work has {THEO}; --from decides"
    hint = run(*line[:-1], "my team").error["hint"]
    assert "my team" not in hint, "the config takes no such name"


# -- what goes wrong afterwards


@pytest.mark.parametrize("words", [["sms", "send", "--to", OUT], ["sms", "intro"], ["outbox", "retry", "1"]])
def test_what_cannot_be_shown_was_sent_all_the_same(
    run: Callable[..., Any], sandbox: Sandbox, words: list[str]
) -> None:
    line = ["--from", MARA]
    if words[1] == "send":
        line += ["--message", "Hello"]
    elif words[1] == "intro":
        line += ["--prospect", OUT, "--reference", "+14155550177", "--confirm-share"]
    else:
        sandbox.faults.add(operation="sms.send", status=400, count=1)
        run("sms", "send", "--to", OUT, "--from", MARA, "--message", "Hello")
        line = []
    ran = run(*words, *line, "--jq", '.id|error("x")')
    assert (ran.code, ran.error["code"]) == (11, "partial_success"), ran
    assert "sent" in ran.error["message"]
    assert len(arrived(sandbox)) == 1


@pytest.mark.parametrize("answer", [{"body": "null"}, {"status": 204, "carried_out": True}])
def test_an_answer_that_says_nothing(
    run: Callable[..., Any], sandbox: Sandbox, answer: dict[str, Any]
) -> None:
    sandbox.faults.add(operation="sms.send", **answer)
    line = ["sms", "send", "--to", OUT, "--from", MARA, "--message", "Hello", "--once", "k"]
    assert run(*line).data["to_numbers"] == [OUT]
    assert run(*line).data["from_number"] == MARA
    assert arrived(sandbox) == ["Hello"]


@pytest.mark.parametrize(
    "number",
    ["+4930123O5678", "+49 30 1234l678", "+4930#12345678", "+4930*12345678", "tel:+49301234O5678",
     "+493012345 Bob", "+49 30 12O456 ext. 7"],
)  # fmt: skip
def test_a_slip_in_a_number_is_not_read_past(run: Callable[..., Any], sandbox: Sandbox, number: str) -> None:
    ran = run("sms", "send", "--to", number, "--from", MARA, "--message", "Hello")
    assert (ran.code, "is not a phone number" in ran.error["message"]) == (2, True), ran
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+1-800-FLOWERS", "+18003569377"),
        ("Tel. +49 30 123456 ext. 77", "+4930123456"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("tel:+14155550201", "+14155550201"),
        ("+1 415 555 0201 x5", "+14155550201"),
    ],
)
def test_numbers_as_people_write_them(run: Callable[..., Any], written: str, meant: str) -> None:
    dry = run("sms", "send", "--to", written, "--from", MARA, "--message", "Hello", "--dry-run").data
    assert dry["to_numbers"] == [meant]


@pytest.mark.parametrize("numbers", ['["+14155550123", null]', '[["+14155550123"]]', "[1", "[4155550123]"])
def test_only_texts_are_numbers(run: Callable[..., Any], numbers: str) -> None:
    ran = run("sms", "send", "--to", numbers, "--from", MARA, "--message", "Hello")
    assert (ran.code, "JSON array of texts" in ran.error["message"]) == (2, True)


def test_words_without_quotes(run: Callable[..., Any], sandbox: Sandbox) -> None:
    ran = run("sms", "send", "--to", OUT, "--from", MARA, "--message", "Hello", "Ada")
    assert (ran.code, "quotes" in ran.error["hint"]) == (2, True)
    assert sandbox.requests == []


def test_a_key_may_be_long_and_not_endless(store: str, run: Callable[..., Any], sandbox: Sandbox) -> None:
    line = ["sms", "send", "--to", OUT, "--from", MARA, "--message", "Hello", "--once"]
    ran = run(*line, "ж" * 251)
    assert (ran.code, "500 bytes" in ran.error["message"]) == (2, True)
    assert [one for one in sandbox.requests if one.operation == "sms.send"] == []
    assert run(*line, "ж" * 250).data["id"] == run(*line, "ж" * 250).data["id"]
