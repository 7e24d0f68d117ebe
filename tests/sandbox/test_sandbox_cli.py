"""``dialpad sandbox …`` on a sandbox that runs: every subcommand, and what it says when it cannot."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from asking import START, Client

from beside import beside
from dialkit.cli.commands.sandbox import TABLE
from dialkit.cli.sandbox.making import SIZED
from dialkit.sandbox.carrier.fates import FATES
from dialkit.sandbox.seed.sizes import SIZES
from dialkit.sandbox.switches import SWITCHES
from servers import Recorder, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

OUTSIDE, MARA_LINE, MARA = "+14155550123", "+15035550142", "5391827364501928"

Told = Any


@pytest.fixture
def steer(client: Client, dialpad: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``dialpad sandbox`` with those words on the test's sandbox; the JSON it prints, None for none."""

    def run(*words: str, **environ: str) -> Any:
        ran = dialpad("sandbox", *words, **{"DIALPAD_BASE_URL": client.sandbox.url, **environ})
        assert ran.code == 0, ran.err
        return json.loads(ran.out) if ran.out else None

    return run


@pytest.fixture
def refused(client: Client, dialpad: Callable[..., Any]) -> Callable[..., str]:
    """Run ``dialpad sandbox`` and be refused; what it says on a terminal, its error and hint."""

    def run(code: int, *words: str, **environ: str) -> str:
        ran = dialpad("sandbox", *words, tty=True, **{"DIALPAD_BASE_URL": client.sandbox.url, **environ})
        assert (ran.code, ran.out) == (code, ""), ran.err
        assert ran.err.startswith("error: ")
        assert ran.err.splitlines()[1:] == [] or ran.err.splitlines()[1].startswith("hint: ")
        assert len(ran.err.splitlines()) <= 2
        return str(ran.err)

    return run


# -- each of them


def test_the_clock(steer: Told, client: Client) -> None:
    assert steer("clock")["frozen"] is True
    assert steer("clock", "--advance", "3h")["now"] == "2026-03-05T20:00:00Z"
    assert steer("clock", "--at", "2026-03-06T00:00Z")["now"] == "2026-03-06T00:00:00Z"
    assert steer("clock", "--run")["frozen"] is False
    assert steer("clock", "--freeze")["frozen"] is True


def test_snapshots(steer: Told, client: Client) -> None:
    before = client.ask("GET", f"/users/{MARA}")
    assert steer("snapshot", "one") is None
    client.ask("PATCH", f"/users/{MARA}", {"job_title": "Chief"})
    rows = steer("diff", "one", "--jq", '[.[] | select(.table == "users")]')
    assert rows[0]["after"]["job_title"] == "Chief"
    assert steer("snapshot", "--jq", "map(.name)") == ["start", "one"]
    steer("restore", "one")
    assert client.ask("GET", f"/users/{MARA}") == before
    steer("snapshot", "one", "--delete")
    assert steer("snapshot") == [{"name": "start"}]
    client.ask("DELETE", "/contacts/6018273645019283")
    steer("reset")
    assert client.ask("GET", "/contacts/6018273645019283")
    assert client.world.clock_time() == START


def test_texts_in_and_out(steer: Told, client: Client, tmp_path: Any) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG")
    text = steer("inbound", "--from", OUTSIDE, "--to", MARA_LINE, "--text", "Hi ☕", "--media", "p.png")
    kept = client.world.texts.get(text["id"])
    assert (kept["text"], kept["direction"]) == ("Hi ☕", "inbound")
    client.ask("POST", "/sms", {"to_numbers": [OUTSIDE], "text": "Hello"})
    client.advance(60)
    assert [text["text"] for text in steer("inbox", OUTSIDE)] == ["Hello"]


def test_calls_in(steer: Told, client: Client) -> None:
    call = steer("call", "--from", OUTSIDE, "--to", MARA_LINE)
    call_id = str(call["call_id"])
    assert steer("answer", call_id, "--user", MARA)["state"] == "connected"
    assert steer("hangup", call_id)["state"] == "hangup"
    for more in (("--hangup-after", "30s"), ("--missed",), ("--voicemail", "Call me.")):
        assert steer("call", "--from", OUTSIDE, "--to", MARA_LINE, *more)["direction"] == "inbound"
        steer("clock", "--advance", "10m")


def test_a_message_is_a_file(steer: Told, refused: Told, client: Client, tmp_path: Any) -> None:
    (tmp_path / "said.txt").write_text("Please call back.\n")
    (tmp_path / "ring-me.wav").write_bytes(b"RIFF....WAVE")
    ends = ("call", "--from", OUTSIDE, "--to", MARA_LINE, "--voicemail")
    for given, read, sound in (
        (str(tmp_path / "said.txt"), "Please call back.", None),
        (str(tmp_path / "ring-me.wav"), "ring-me", b"RIFF....WAVE"),
        ("Just words", "Just words", None),
    ):
        call = steer(*ends, given)
        client.advance(600)
        told = client.ask("GET", f"/call/{call['call_id']}")
        assert told["transcription_text"] == read
        [message] = client.world.voicemails.where("call", int(call["call_id"]))
        heard = client.send("GET", f"/files/voicemails/{message['id']}.wav")[1]
        assert sound is None or heard == sound
    (tmp_path / "empty.txt").write_text("")
    assert "is empty" in refused(2, *ends, str(tmp_path / "empty.txt"))
    assert "no such file" in refused(2, *ends, str(tmp_path / "none.wav"))


def test_each_has_a_page_of_its_own(dialpad: Callable[..., Any]) -> None:
    for word, sub in TABLE.items():
        page = dialpad("sandbox", word, "--help")
        assert page.code == 0
        assert f"usage: dialpad sandbox {word}" in page.out
        assert sub.help[1:] in page.out
        assert page.out.count("usage:") == 1
        assert len(page.out.splitlines()) < 45
    assert "storm " in dialpad("sandbox", "fault", "--help").out
    assert "--tier " in dialpad("sandbox", "start", "--help").out


@pytest.mark.parametrize(
    "words",
    [
        ["clock", "--at", "2001-01-01"],
        ["restore", "nope"],
        ["diff", "nope"],
        ["fault", "add", "status=9"],
        ["inbound", "--from", "x", "--to", MARA_LINE, "--text", "Hi"],
        ["call", "--from", "x", "--to", MARA_LINE],
        ["answer", "1"],
        ["hangup", "1"],
        ["duty", "nobody@x.example", "on"],
        ["inbox", "x"],
        ["switches", "integers=x"],
    ],
)
def test_a_hint_leads_to_the_page_of_the_command(refused: Told, words: list[str]) -> None:
    assert f"hint: dialpad sandbox {words[0]} --help\n" in refused(2, *words)


def test_a_table_has_what_matters(client: Client, dialpad: Callable[..., Any]) -> None:
    client.sandbox.faults.add(operation="sms.send", status=503)
    client.sandbox.faults.add(operation=["users.*", "company.get"], latency=0.01)
    at = {"DIALPAD_BASE_URL": client.sandbox.url}
    shown = dialpad("sandbox", "fault", "list", tty=True, **at).out
    for word in ("operation", "sms.send", "users.*", "status", "latency", "spent"):
        assert word in shown
    client.ask("POST", "/contacts", {"first_name": "Ada", "last_name": "Byron"})
    shown = dialpad("sandbox", "deliveries", tty=True, **at).out
    assert "contact" in shown
    assert "https://hooks" in shown
    assert "operation" in dialpad("sandbox", "requests", tty=True, **at).out


def test_duty(steer: Told, client: Client) -> None:
    from dialkit.sandbox.operations.groups.operators import on_duty

    assert steer("duty", "theo@larkspur.example", "off", "--reason", "Lunch") is None
    assert not on_duty(client.world, 5402938475610293)


def test_requests_and_deliveries(steer: Told, client: Client) -> None:
    client.ask("GET", "/company")
    client.ask("GET", "/users/me")
    first, second = steer("requests")
    assert (first["operation"], second["status"]) == ("company.get", 200)
    assert [row["id"] for row in steer("requests", "--since", str(first["id"]))] == [second["id"]]
    assert steer("deliveries") == []


def test_requests_are_followed(client: Client, environ: dict[str, str]) -> None:
    client.ask("GET", "/company")
    with beside(
        [sys.executable, "-m", "dialkit", "sandbox", "requests", "--follow", "--url", client.sandbox.url],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["operation"] == "company.get"
        client.ask("GET", "/users/me")
        assert json.loads(running.stdout.readline())["operation"] == "users.get"
        running.terminate()


def test_faults(steer: Told, client: Client) -> None:
    rule = steer("fault", "add", "operation=company.get", "operation=users.*", "status=500", "count=1")
    assert rule["operation"] == ["company.get", "users.*"]
    assert steer("fault", "list", "-o", "json")[0]["id"] == rule["id"]
    assert steer("fault", "remove", str(rule["id"]))["id"] == rule["id"]
    steer("fault", "add", "status=500")
    assert steer("fault", "clear") == []
    assert client.ask("GET", "/company")


def test_switches(steer: Told, client: Client, dialpad: Callable[..., Any]) -> None:
    rows = steer("switches", "integers=numbers", "retry-after=on")
    assert {row["name"]: row["chosen"] for row in rows}["integers"] == "numbers"
    assert {row["name"]: row["chosen"] for row in steer("switches")}["retry-after"] == "on"
    ran = dialpad("sandbox", "switches", "-o", "json")  # none runs: the defaults
    assert {row["name"]: row["chosen"] for row in json.loads(ran.out)} == {
        name: row.choices[0] for name, row in SWITCHES.items()
    }


def test_numbers_need_no_sandbox(dialpad: Callable[..., Any]) -> None:
    rows = json.loads(dialpad("sandbox", "numbers").out)
    assert [row["number"] for row in rows] == list(FATES)
    assert "+15645550106" in dialpad("sandbox", "numbers", tty=True).out


def test_coverage_needs_no_sandbox(dialpad: Callable[..., Any]) -> None:
    rows = json.loads(dialpad("sandbox", "coverage").out)
    assert "users.list" in {row["operation"] for row in rows}


# -- finding it


def test_it_is_found_by_url_before_the_environment(client: Client, dialpad: Callable[..., Any]) -> None:
    url = client.sandbox.url
    for words in (("--url", url), ("--url", url + "/")):
        ran = dialpad("sandbox", "clock", *words, DIALPAD_BASE_URL="http://127.0.0.1:1")
        assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "which sandbox"),
        ("https://dialpad.com", "Dialpad itself"),
        ("https://sandbox.dialpad.com", "Dialpad itself"),
        ("ftp://127.0.0.1", "not an address"),
        ("127.0.0.1:80", "not an address"),
        ("http://127.0.0.1:99999", "not an address"),
        ("http://key@127.0.0.1", "not an address"),
        ("http://127.0.0.1/api", "not an address"),
        ("http://", "not an address"),
    ],
)
def test_what_is_no_sandbox_is_said(refused: Told, url: str, told: str) -> None:
    said = refused(2, "clock", DIALPAD_BASE_URL=url)
    assert told in said.splitlines()[0]
    assert said.splitlines()[1].startswith("hint: dialpad sandbox start")


def test_nobody_answers(refused: Told) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said = refused(10, "reset", DIALPAD_BASE_URL=f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert "no sandbox answers at" in said


def test_something_else_answers_and_is_told_no_token(refused: Told) -> None:
    with Recorder(json_reply({"status": "ok"})) as server:
        said = refused(2, "clock", "--advance", "1h", "--url", server.url, DIALKIT_SANDBOX_TOKEN="s3cret")
        assert len(server.requests) == 1
        assert "s3cret" not in str(server.requests)
    assert "is not a sandbox" in said


def test_the_control_token_is_sent_and_asked_for(steer: Told, refused: Told, client: Client) -> None:
    # A name that is not this machine's, as one of another machine would be.
    url = client.sandbox.url.replace("127.0.0.1", "shop.example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda _host, port, *_: _near(port))
        assert "DIALKIT_SANDBOX_TOKEN" in refused(3, "clock", "--url", url)
        token = client.sandbox.control_token
        assert steer("clock", "--url", url, DIALKIT_SANDBOX_TOKEN=token)["frozen"] is True


def _near(port: int) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


# -- what is wrong with what was typed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["clock", "--advance", "3 hours"], "'3 hours'"),
        (["clock", "--at", "2020-01-01"], "not set back"),
        (["clock", "--at", "noon"], "'noon'"),
        (["clock", "--freeze", "--run"], "freeze or run"),
        (["restore", "nope"], "'nope'"),
        (["restore"], "NAME"),
        (["snapshot", "now"], "'now'"),
        (["snapshot", "a b"], "'a b'"),
        (["snapshot", "--delete"], "which snapshot"),
        (["diff", "nope"], "'nope'"),
        (["fault", "ad"], "'ad'"),
        (["fault", "add"], "NAME=VALUE"),
        (["fault", "add", "status"], "'status'"),
        (["fault", "add", "status=often"], "'often'"),
        (["fault", "add", "stats=500"], "stats"),
        (["fault", "remove", "77"], "77"),
        (["inbound", "--from", OUTSIDE, "--to", MARA_LINE], "--text"),
        (["inbound", "--from", "12", "--to", MARA_LINE, "--text", "Hi"], "'12'"),
        (["inbound", "--from", OUTSIDE, "--to", MARA_LINE, "--media", "nope.png"], "nope.png"),
        (["call", "--from", OUTSIDE, "--to", MARA_LINE, "--missed", "--voicemail", "x"], "one of them"),
        (["call", "--from", OUTSIDE, "--to", MARA_LINE, "--hangup-after", "soon"], "'soon'"),
        (["answer", "1"], "1"),
        (["hangup", "x"], "x"),
        (["duty", "nobody@x.example", "on"], "nobody@x.example"),
        (["duty", MARA, "maybe"], "maybe"),
        (["switches", "nope=1"], "nope"),
        (["switches", "integers"], "NAME=CHOICE"),
        (["requests", "--since", "x"], "--since"),
        (["inbox", "hello"], "'hello'"),
        (["snapshots"], "'snapshots'"),
    ],
)
def test_bad_input_is_one_line(refused: Told, words: list[str], told: str) -> None:
    error, hint = refused(2, *words).splitlines()
    assert told in error
    assert hint.startswith("hint: ")


# -- the help


def test_a_clock_that_stands_still_refills_no_limits(dialpad: Callable[..., Any]) -> None:
    nothing = ("--", sys.executable, "-c", "")
    assert "note: limits refill on the clock" in dialpad("sandbox", "run", "--freeze", *nothing).err
    for words in (["--freeze", "--limits", "off"], []):
        assert dialpad("sandbox", "run", *words, *nothing).err == ""


def test_help_names_every_size(dialpad: Callable[..., Any]) -> None:
    assert {name.replace("-", "_") for name in SIZED} == set(SIZES)
    out = dialpad("sandbox", "--help").out
    assert all(f"--{name} N" in out for name in SIZED)
    assert all(len(line) <= 130 for line in out.splitlines())
    assert all(f"\n  {word}" in out for word in TABLE)


def test_words_are_completed(dialpad: Callable[..., Any]) -> None:
    def complete(*words: str) -> list[str]:
        out = dialpad("completion", "--complete", "fish", "--", "sandbox", *words).out
        return [line.partition("\t")[0] for line in out.splitlines()]

    assert complete("sna") == ["snapshot"]
    assert complete("fault", "") == ["add", "list", "remove", "clear"]
    assert complete("duty", MARA, "o") == ["on", "off"]
    assert "--advance" in complete("clock", "--")
    assert "--frozen" not in complete("start", "--")
    assert {"--world", "--users", "--freeze"} <= set(complete("start", "--"))
    assert "retry-after=on" in complete("switches", "retry")
