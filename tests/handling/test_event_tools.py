"""``dialpad events``: made, verified, listed, shown, followed, posted once more."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from mounted import SECRET, wsgi_server

from beside import PATIENCE, beside, until
from dialkit.events.making import make, written
from dialkit.events.names import NAMES
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database
from dialkit.webhooks import unwrap
from dialkit.webhooks.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ONES = [name for name in NAMES if not name.endswith("*") and name != "unknown"]
ENV = "DIALPAD_WEBHOOK_SECRET"
ODD = ['{"text":  "Grüße \\u2028 😀",\n "message_status": "pending", "id": 1.0}', "{}", '{"a": "\\ud83d"}']


class Hook:
    """A program that events are posted to; answers 204, or the next of `statuses`."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.types: list[str] = []
        self.statuses: list[int] = []
        self.url = ""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.bodies.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        self.types.append(environ["CONTENT_TYPE"])
        status = self.statuses.pop(0) if self.statuses else 204
        start_response(f"{status} So", [("location", "/elsewhere")])
        return [] if status == 204 else [b"no\x1b[31m, thanks"]


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    with wsgi_server(made) as base:
        made.url = base + "/hook"
        yield made


@pytest.fixture
def kept(environ: dict[str, str]) -> Callable[..., list[int]]:
    """Keeps events, by their payloads or bodies; their ids."""

    def call(*given: dict[str, Any] | str) -> list[int]:
        bodies = [each if isinstance(each, str) else written(each).decode() for each in given]
        payloads = [json.loads(body) if body.startswith("{") else {"token": body} for body in bodies]
        arrivals = [
            Arrival(kind_of(payload).kind, payload, body, 1_772_730_000.0, "serve")
            for payload, body in zip(payloads, bodies, strict=True)
        ]
        with Database.of(environ) as database:
            return [one.event_id for one in keep(database, arrivals)]

    return call


@pytest.mark.parametrize("name", ONES)
def test_what_is_made_is_verified(dialpad: Callable[..., Any], name: str) -> None:
    made = dialpad("events", "trigger", name.replace(".", "_"), **{ENV: SECRET})
    assert made.code == 0, made.err
    event = unwrap(made.out, secret=SECRET, strict=True)
    told = json.loads(dialpad("events", "verify", stdin=made.out, **{ENV: SECRET}).out)
    assert told["event"] == event.to_dict()
    assert (told["kind"], told["signed"], told["secret"]) == (event.kind, True, 1)
    again = dialpad("events", "trigger", name, **{ENV: SECRET})
    assert again.out != made.out


@pytest.mark.parametrize("name", ONES)
def test_words_have_a_place_or_are_refused(dialpad: Callable[..., Any], name: str) -> None:
    ran = dialpad("events", "trigger", name, "--text", "Zwei Kilo 😀", **{ENV: SECRET})
    if ran.code:
        assert (ran.code, json.loads(ran.err)["error"]["message"]) == (2, f"--text: {name} has no words")
    else:
        assert "Zwei Kilo 😀" in str(unwrap(ran.out, secret=SECRET, strict=True).to_dict())


def test_numbers_and_words_stand_where_dialpad_has_them(dialpad: Callable[..., Any]) -> None:
    argv = ("--from", "(415) 555-0199", "--to", "+1 510 555 0100", "--text", "it's")
    text = json.loads(dialpad("events", "trigger", "sms_received", *argv).out)
    assert (text["from_number"], text["to_number"]) == ("+14155550199", ["+15105550100"])
    numbers = (text["contact"]["phone_number"], text["target"]["phone_number"])
    assert numbers == (
        "+14155550199",
        "(510) 555-0100",
    )
    assert text["text"] == text["text_content"] == "it's"
    sent = json.loads(dialpad("events", "trigger", "sms_failed", *argv).out)
    assert (sent["contact"]["phone_number"], sent["message_status"]) == ("+15105550100", "failed")
    call = json.loads(dialpad("events", "trigger", "call_hangup", *argv[:4]).out)
    assert (call["external_number"], call["internal_number"]) == ("+14155550199", "+15105550100")
    assert call["date_started"] < call["date_connected"] < call["date_ended"]
    assert call["duration"] == call["date_ended"] - call["date_connected"]
    rings = json.loads(dialpad("events", "trigger", "call_ringing").out)
    assert rings["date_connected"] is rings["date_ended"] is None
    for name in ("call_voicemail_uploaded", "voicemail"):
        voicemail = json.loads(dialpad("events", "trigger", name, "--text", "Ring me").out)
        assert voicemail["transcription_text"] == "Ring me"
        assert voicemail["voicemail_recording_id"]
    # That a call came to the voicemail alone is no message.
    assert json.loads(dialpad("events", "trigger", "voicemail").out)["voicemail_link"] is None
    short = json.loads(dialpad("events", "trigger", "sms_received", "--from", "72345", "--text", "").out)
    assert (short["from_number"], short["text"]) == ("72345", "")


def test_who_wrote_a_body(dialpad: Callable[..., Any], tmp_path: Path) -> None:
    body = written(make("fax"), SECRET).decode()
    (tmp_path / "body").write_text(body + "\n")
    given = dialpad("events", "verify", "body", "--secret-stdin", stdin=f"another\n{SECRET}\n")
    assert json.loads(given.out)["secret"] == 2
    flag = dialpad("events", "verify", "body", "--secret", "another", "--secret", SECRET)
    assert json.loads(flag.out)["secret"] == 2
    wrong = dialpad("events", "verify", "body", **{ENV: "another"})
    assert (wrong.code, json.loads(wrong.err)["error"]["code"]) == (6, "bad_signature")
    plain = dialpad("events", "verify", stdin='{"id": 1, "message_status": "sent"}', **{ENV: SECRET})
    assert plain.code == 6
    assert dialpad("events", "verify", "body").code == 2  # it is signed, and there is no secret
    assert dialpad("events", "verify", stdin="[1]").code == 2
    assert dialpad("events", "verify", stdin="").code == 2
    assert dialpad("events", "verify", stdin="x" * 1_100_000).code == 2
    assert dialpad("events", "verify", "--secret-stdin", stdin=body).code == 2
    assert dialpad("events", "verify", "body", "--secret", "").code == 2
    for ran in (given, flag, wrong, plain):
        assert SECRET not in ran.out + ran.err


def test_an_event_is_posted(dialpad: Callable[..., Any], hook: Hook) -> None:
    argv = ("events", "trigger", "sms_received", "--to-url", hook.url)
    told = json.loads(dialpad(*argv, "--set", "target.name=Sales", "--set", "mms=true", **{ENV: SECRET}).out)
    assert told == {"event": "sms.received", "signed": True, "url": hook.url, "status": 204}
    event = unwrap(hook.bodies[0], secret=SECRET)
    assert (event.target.name, event.mms) == ("Sales", True)  # type: ignore[union-attr]
    assert json.loads(dialpad(*argv).out)["signed"] is False
    assert hook.types == ["application/jwt", "application/json"]
    hook.statuses = [401, 307, 500]
    for status in (401, 307, 500):
        ran = dialpad(*argv)
        error = json.loads(ran.err)["error"]
        assert (ran.code, error["status"]) == (6, status)
        assert error["message"] == f"{hook.url} answered {status}: no\x1b[31m, thanks"
    assert len(hook.bodies) == 5  # nothing is repeated, and no redirect followed


def test_an_event_is_edited(dialpad: Callable[..., Any], hook: Hook, tmp_path: Path) -> None:
    editor = tmp_path / "an editor.py"

    def edits(code: str, *flags: str, **extra: str) -> Any:
        editor.write_text(f"import json, sys\npath = sys.argv[1]\n{code}\n", encoding="utf-8")
        line = f"{sys.executable} '{editor}'"
        return dialpad(
            "events", "trigger", "fax", "--edit", "--to-url", hook.url, *flags, **{"EDITOR": line, **extra}
        )

    change = "e = json.load(open(path)); e['fax_status'] = 'ok 😀'; json.dump(e, open(path, 'w'))"
    assert edits(change).code == 0
    assert json.loads(hook.bodies[0])["fax_status"] == "ok 😀"
    seen = "assert '\"Grüße \\\\ud83d\"' in open(path, encoding='utf-8').read()"
    assert edits(seen, "--set", 'words="Grüße \\ud83d"').code == 0
    assert json.loads(hook.bodies.pop())["words"] == "Grüße \ud83d"
    for left in ("'{'", "'[]'", "'{\"a\": NaN}'", "'[' * 100_000", "str(sys.exit(3))"):
        ran = edits(f"open(path, 'w').write({left})")
        assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "invalid_argument"), ran
    assert edits(change, EDITOR="").code == 2
    assert edits(change, EDITOR="/no/such/editor").code == 2
    assert edits(change, EDITOR="'").code == 2
    assert len(hook.bodies) == 1


def test_a_fixture_goes_round(
    dialpad: Callable[..., Any], kept: Callable[..., list[int]], tmp_path: Path
) -> None:
    payload = {
        **make("sms.received", text="no: on, 12e3\n - 0x1F \u2028 'it\"s' 😀 2024-05-01"),
        "more": ["1_000", None],
    }
    [event_id] = kept(payload)
    shown = dialpad("events", "show", str(event_id), "-o", "yaml")
    (tmp_path / "fixture.yaml").write_text(shown.out, encoding="utf-8")
    again = dialpad("events", "trigger", "--fixture", "fixture.yaml")
    assert json.loads(again.out) == payload
    (tmp_path / "fixture.json").write_text(json.dumps({"payload": payload}))
    other = dialpad("events", "trigger", "--fixture", "fixture.json", "--set", "id=7")
    assert json.loads(other.out) == {**payload, "id": 7}
    written_so = dialpad("events", "trigger", "--fixture", "fixture.yaml", "--keep")
    assert json.loads(written_so.out) == {
        "event": "sms.received", "signed": False, "id": event_id, "duplicate": True
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    ["", "payload: 3", "a: &a [1]\npayload: {b: *a}", "payload: {a: 1}\n---\nb: 2", "payload: [", "\x00",
     "- 1", "payload: !!python/object/apply:os.system [true]", "payload: {a: " + "[" * 500 + "]" * 500 + "}"],
)  # fmt: skip
def test_a_fixture_that_is_none(dialpad: Callable[..., Any], tmp_path: Path, content: str) -> None:
    (tmp_path / "fixture.yaml").write_text(content)
    ran = dialpad("events", "trigger", "--fixture", "fixture.yaml")
    assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "invalid_argument"), ran


@pytest.mark.parametrize(
    "argv",
    [(), ("sms",), ("smsreceived",), ("*",), ("sms.*",), ("unknown",), ("sms_received", "--fixture", "x"),
     ("fax", "--to", "none"), ("fax", "--set", "=1"), ("fax", "--set", "a"), ("fax", "--set", "a..b=1"),
     ("fax", "--set", "direction.x=1"), ("fax", "--set", "pages=1e999"),
     ("fax", "--to-url", "http://example.com/"), ("fax", "--to-url", "ftp://x"),
     ("fax", "--to-url", "http://127.0.0.1:1/", "--keep"), ("fax", "--secret", ""), ("--fixture", "missing"),
     ("--fixture", "missing", "--text", "x"), ("sms_received", "--set", "text=" + "x" * 1_100_000)],
)  # fmt: skip
def test_what_cannot_be_made(dialpad: Callable[..., Any], argv: tuple[str, ...]) -> None:
    ran = dialpad("events", "trigger", *argv)
    error = json.loads(ran.err)["error"]
    assert (ran.code, error["code"]) == (2, "invalid_argument"), ran
    assert error["hint"]
    assert ran.out == ""


def test_what_nobody_would_receive_is_not_kept(dialpad: Callable[..., Any]) -> None:
    deep = "a=" + "[" * 100 + "]" * 100
    ran = dialpad("events", "trigger", "fax", "--keep", "--set", deep, **{ENV: SECRET})
    assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "invalid_event")
    assert json.loads(dialpad("events", "list").out) == []


def test_nobody_is_there(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("events", "trigger", "fax", "--to-url", "http://127.0.0.1:1/")
    assert (ran.code, json.loads(ran.err)["error"]["code"]) == (10, "network_error")


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_events_are_listed_and_paged(dialpad: Callable[..., Any], kept: Callable[..., list[int]]) -> None:
    wordless = ("call.hangup", "contact.updated")
    names = ["sms.received", "sms.delivered", "call.hangup", "contact.updated", "changelog"] * 3
    ids = kept(
        *(
            make(name, text=None if name in wordless else f"number {place}")
            for place, name in enumerate(names)
        )
    )

    def listed(*argv: str) -> list[Any]:
        return [
            json.loads(line) for line in dialpad("events", "list", "-o", "ndjson", *argv).out.splitlines()
        ]

    assert [row["id"] for row in listed()] == ids[::-1]
    assert [row["event"] for row in listed()] == names[::-1]
    assert [row["id"] for row in listed("--max-items", "2", "--before", str(ids[5]))] == [ids[4], ids[3]]
    assert {row["event"] for row in listed("--kind", "sms")} == {"sms.received", "sms.delivered"}
    for argv, note in {
        ("--max-items", "15"): "",
        ("--max-items", "14"): f"note: there are more: --before {ids[1]}\n",
        ("--max-items", "2", "--kind", "sms"): f"note: there are more: --before {ids[10]}\n",
        ("--max-items", "2", "--filter", "true"): f"note: there may be more: --before {ids[13]}\n",
        ("--max-items", "16", "--filter", "true"): "",
    }.items():
        assert dialpad("events", "list", *argv).err == note
    inbound = listed("--filter", 'direction == "inbound"', "--max-items", "4")
    assert [row["event"] for row in inbound] == ["call.hangup", "sms.received"] * 2
    assert (
        listed("--filter", 'event == "sms.received" and (text | test("^number 10$"))')[0]["text"]
        == "number 10"
    )
    assert len(listed("--filter", 'contact.name == "Robin Example"')) == 9
    assert len(listed("--filter", 'kind == "call" and duration > 60000')) == 0
    assert listed("--filter", '.event == "Updated"')[0]["event"] == "contact.updated"
    table = dialpad("events", "list", "--max-items", "1", "-o", "table").out
    assert table.split()[:6] == ["id", "event", "happened_at", "from", "to", "text"]
    for wrong in (("--kind", "text"), ("--before", "x"), ("--filter", "foo ("), ("--filter", " "),
                  ("--filter", "unheard == 1"), ("--max-items", "0")):  # fmt: skip
        ran = dialpad("events", "list", *wrong)
        assert (ran.code, json.loads(ran.err)["error"]["code"]) == (2, "invalid_argument"), ran
    assert dialpad("events", "show", "99999").code == 4
    assert dialpad("events", "show", "x").code == 2
    tail = json.loads(dialpad("events", "tail", "--lines", "2").out)
    assert [row["id"] for row in tail] == ids[-2:]
    assert json.loads(dialpad("events", "tail", "--lines", "0").out) == []


def test_a_person_reads_a_line_for_each(dialpad: Callable[..., Any], kept: Callable[..., list[int]]) -> None:
    kept(make("sms.received", text="Two\x1b[31m kilos\nplease", now=1_772_730_000))
    ran = dialpad("events", "tail", tty=True)
    assert ran.out == "17:00:00  sms  +14155550123 -> +15105550100  pending  Two\\x1b[31m kilos please\n"


def test_a_body_that_is_not_there(dialpad: Callable[..., Any]) -> None:
    ran = dialpad("events", "verify", "nofile")
    error = json.loads(ran.err)["error"]
    assert (ran.code, error["message"]) == (2, "nofile: No such file or directory")
    assert "stdin" in error["hint"]


@contextmanager
def following(environ: dict[str, str], *argv: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "dialkit", "events", "tail", "--follow", *argv]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with beside(command, env=environ, **pipes) as process:
        yield process
        process.kill()


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_events_are_followed(environ: dict[str, str], kept: Callable[..., list[int]]) -> None:
    kept(*(make("sms.received", text=str(place)) for place in range(3)))
    with following(environ, "--lines", "2", "--filter", 'direction == "inbound"', "--max-items", "5") as tail:
        assert tail.stdout is not None
        assert [json.loads(tail.stdout.readline())["text"] for _ in range(2)] == ["1", "2"]
        kept(make("sms.sent"), make("sms.received", text="3"))
        assert json.loads(tail.stdout.readline())["text"] == "3"
        kept(make("sms.received", text="4"), make("sms.received", text="5"), make("sms.received", text="6"))
        assert [json.loads(tail.stdout.readline())["text"] for _ in range(2)] == ["4", "5"]
        assert tail.wait(PATIENCE) == 0


def test_following_ends_as_the_reader_goes(environ: dict[str, str], kept: Callable[..., list[int]]) -> None:
    kept(make("sms.received"))
    with following(environ) as tail:
        assert tail.stdout is not None
        tail.stdout.readline()
        tail.stdout.close()
        kept(*(make("sms.received") for _ in range(5)))
        until(lambda: tail.poll() is not None)
        assert tail.returncode == 0


def test_rows_of_csv_are_there_as_they_come(environ: dict[str, str], kept: Callable[..., list[int]]) -> None:
    kept(make("sms.received", text="one"))
    with following(environ, "-o", "csv") as tail:
        assert tail.stdout is not None
        assert tail.stdout.readline().startswith("id,kind,event,")
        assert ",one," in tail.stdout.readline()
        kept(make("sms.received", text="two"))
        assert ",two," in tail.stdout.readline()


@pytest.mark.parametrize("how", [("--jq", "."), ("-o", "table"), ("--lines", "x")])
def test_what_cannot_be_followed(dialpad: Callable[..., Any], how: tuple[str, ...]) -> None:
    ran = dialpad("events", "tail", "--follow", *how)
    assert (ran.code, how[0] in ran.err, "hint" in ran.err) == (2, True, True)


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_bodies_are_posted_once_more_byte_for_byte(
    dialpad: Callable[..., Any], kept: Callable[..., list[int]], hook: Hook
) -> None:
    token = written(make("sms.received"), SECRET).decode()
    ids = kept(*ODD, token)
    ran = dialpad("events", "replay", *map(str, ids), "--to", hook.url)
    assert json.loads(ran.out) == [{"id": one, "status": 204} for one in ids]
    assert hook.bodies == [body.encode() for body in (*ODD, token)]
    assert hook.types == ["application/json"] * 3 + ["application/jwt"]


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_what_was_redacted_is_not_posted(
    dialpad: Callable[..., Any], kept: Callable[..., list[int]], hook: Hook
) -> None:
    [old, other] = map(str, kept(*ODD[:2]))
    assert dialpad("inbox", "prune", "--older-than", "1d", "--redact-text").code == 0
    ran = dialpad("events", "replay", other, old, "--to", hook.url)
    assert (ran.code, f"event {other} was redacted" in ran.err, hook.bodies) == (4, True, [])


def test_some_are_not_taken(dialpad: Callable[..., Any], kept: Callable[..., list[int]], hook: Hook) -> None:
    ids = kept(*ODD)
    hook.statuses = [204, 500, 204]
    ran = dialpad("events", "replay", *map(str, ids), "--to", hook.url)
    assert [row["status"] for row in json.loads(ran.out)] == [204, 500, 204]
    error = json.loads(ran.err)["error"]
    assert (ran.code, error["code"]) == (11, "partial_success")
    assert error["hint"] == f"dialpad events replay {ids[1]} --to {hook.url}"
    hook.statuses = [500]
    assert dialpad("events", "replay", str(ids[0]), "--to", hook.url).code == 6


def test_nothing_is_posted_where_something_is_wrong(
    dialpad: Callable[..., Any], kept: Callable[..., list[int]], hook: Hook
) -> None:
    [event_id] = kept(ODD[0])
    lines = {
        ("--to", hook.url): 2,
        (str(event_id),): 2,
        (str(event_id), "99999", "--to", hook.url): 4,
        (str(event_id), "x", "--to", hook.url): 2,
        (str(event_id), "--to", "http://example.com/"): 2,
        (str(event_id), "--to", "https://user:word@example.com/"): 2,
        (str(event_id), "--to", "http://127.0.0.1:1/"): 10,
    }
    for argv, code in lines.items():
        ran = dialpad("events", "replay", *argv)
        assert (ran.code, ran.out) == (code, ""), ran
        assert json.loads(ran.err)["error"]["hint"]
    assert hook.bodies == []


@pytest.mark.usefixtures("store")  # on SQLite and PostgreSQL
def test_what_is_made_arrives_at_the_receiver_and_once_more_is_a_duplicate(
    dialpad: Callable[..., Any], environ: dict[str, str]
) -> None:
    argv = [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0", "--print", "json"]
    around = {**environ, ENV: f"the-new-one-of-the-two-secrets\n{SECRET}"}
    with beside(argv, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        url = json.loads(serving.stdout.readline())["url"] + "/hooks/dialpad"
        for name in ("sms_received", "voicemail", "agent_status"):
            ran = dialpad("events", "trigger", name, "--text", "Hello", "--to-url", url, **{ENV: SECRET})
            assert json.loads(ran.out)["status"] == 204
        wrong = dialpad("events", "trigger", "fax", "--to-url", url, "--secret", "neither")
        assert (wrong.code, json.loads(wrong.err)["error"]["status"]) == (6, 401)
        rows = json.loads(dialpad("events", "list", "-o", "json").out)
        assert [row["event"] for row in rows] == ["agent_status", "call.voicemail", "sms.received"]
        again = dialpad("events", "replay", str(rows[2]["id"]), "--to", url)
        assert json.loads(again.out) == [{"id": rows[2]["id"], "status": 204}]
        shown = json.loads(dialpad("events", "show", str(rows[2]["id"])).out)
        assert (shown["duplicates"], shown["source"]) == (1, "serve")
        assert unwrap(shown["body"], secret=SECRET).to_dict() == shown["payload"]
        serving.terminate()
        assert serving.wait(PATIENCE) == 0
