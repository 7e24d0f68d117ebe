"""Fault rules over real sockets: what they match, how often, and what they do to answers and connections."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from asking import START, Client

from beside import PATIENCE, until
from dialkit.sandbox import Sandbox
from dialkit.sandbox.events.deliveries import RETRIES
from dialkit.sandbox.faults.fields import DELIVERY, EFFECTS, EVENTS, FIELDS, BadRule, check
from dialkit.sandbox.faults.file import read_rules
from dialkit.sandbox.faults.store import of_header
from dialkit.sandbox.http.files import MAKERS, File
from dialkit.sandbox.worlds import BadFile

if TYPE_CHECKING:
    from pathlib import Path

MARA = 5391827364501928
OUTSIDE = "+14155550123"
TEXT = {"to_numbers": [OUTSIDE], "text": "Hello"}


def raw(
    client: Client, method: str, path: str, body: Any = None, token: str = "", **headers: str
) -> tuple[int, bytes, Any]:
    """One request on a connection of its own: status, body, headers; no opinion on what they should be."""
    connection = http.client.HTTPConnection(client.sandbox.url.removeprefix("http://"), timeout=PATIENCE)
    try:
        key = {"authorization": f"Bearer {token or client.token}"}
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, "/api/v2" + path, sent, {**key, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def faulty(client: Client, fault: str, method: str = "GET", path: str = "/company", body: Any = None) -> Any:
    """One request that asks for its own fault."""
    return raw(client, method, path, body, **{"x-dialkit-fault": fault})


def texts(client: Client) -> int:
    """How many texts arrived at the outside number or are on their way."""
    return len(client.world.texts.where("to", OUTSIDE))


def test_every_kind_of_event_can_be_named() -> None:
    assert set(EVENTS) == set(RETRIES)
    assert check({"event": "*", "webhook": "lost"})


# -- what is matched


@pytest.mark.parametrize(
    ("rule", "hit", "missed"),
    [
        ({"operation": "company.get"}, ("GET", "/company"), ("GET", "/offices")),
        ({"operation": "offices.*"}, ("GET", "/offices"), ("GET", "/users")),
        ({"operation": ["users.list", "company.get"]}, ("GET", "/users"), ("GET", "/offices")),
        ({"path": "/api/v2/off*"}, ("GET", "/offices"), ("GET", "/company")),
        ({"method": "DELETE"}, ("DELETE", "/company"), ("GET", "/company")),
        ({"number": "+1 (415) 555-0123"}, ("POST", "/sms"), ("GET", "/company")),
        ({"number": OUTSIDE}, ("GET", "/users?number=%2B14155550123"), ("GET", "/users")),
        ({"number": 15035550142}, ("GET", "/numbers/%2B15035550142"), ("GET", "/numbers/%2B15035550143")),
        ({"path": "/api/v2/nothing"}, ("GET", "/nothing"), ("GET", "/company")),
    ],
)
def test_what_a_rule_matches(client: Client, rule: Any, hit: Any, missed: Any) -> None:
    client.sandbox.faults.add(**rule, status=503)
    body = {"POST": TEXT}
    assert raw(client, *hit, body.get(hit[0]))[0] == 503
    assert raw(client, *missed, body.get(missed[0]))[0] != 503


def test_a_rule_for_one_key(client: Client) -> None:
    client.sandbox.faults.add(key="user", status=500)
    assert raw(client, "GET", "/company")[0] == 200
    assert raw(client, "GET", "/company", token=client.sandbox.keys["user"])[0] == 500


def test_count_and_after(client: Client) -> None:
    client.sandbox.faults.add(operation="company.get", status=500, count=2, after=1)
    assert [raw(client, "GET", "/company")[0] for _ in range(5)] == [200, 500, 500, 200, 200]
    [listed] = client.sandbox.faults.list()
    assert (listed["matched"], listed["happened"], listed["spent"]) == (5, 2, True)


def test_rules_one_after_the_other_and_pace_beside_them(client: Client) -> None:
    client.sandbox.faults.add(operation="company.get", status=503, count=1)
    client.sandbox.faults.add(operation="company.get", storm=429, retry_after=3, count=1)
    client.sandbox.faults.add(operation="company.get", latency=0.1)
    began = time.monotonic()
    assert [raw(client, "GET", "/company")[0] for _ in range(3)] == [503, 429, 200]
    assert time.monotonic() - began >= 0.3


def test_probability_follows_from_the_seed(client: Client) -> None:
    def run() -> list[int]:
        client.sandbox.reset()
        client.sandbox.faults.add(operation="company.get", status=500, probability=0.5)
        return [raw(client, "GET", "/company")[0] for _ in range(40)]

    first = run()
    assert first == run()
    assert 8 <= first.count(500) <= 32
    client.sandbox.faults.clear()
    client.sandbox.faults.add(status=500, probability=0)
    assert raw(client, "GET", "/company")[0] == 200


def test_control_never_fails_and_reset_takes_rules_away(client: Client) -> None:
    client.sandbox.faults.add(status=503)
    assert raw(client, "GET", "/company")[0] == 503
    connection = http.client.HTTPConnection(client.sandbox.url.removeprefix("http://"), timeout=PATIENCE)
    connection.request("GET", "/__sandbox__/health")
    assert connection.getresponse().status == 200
    connection.close()
    client.sandbox.reset()
    assert client.sandbox.faults.list() == []
    assert raw(client, "GET", "/company")[0] == 200


# -- what is answered


def test_status_and_its_words(client: Client) -> None:
    status, body, headers = faulty(
        client, 'status=503; message="Down; soon back"; reason=late; retry_after=7'
    )
    error = json.loads(body)["error"]
    assert (status, error["code"], error["message"]) == (503, 503, "Down; soon back")
    assert error["errors"] == [{"domain": "global", "reason": "late", "message": "Down; soon back"}]
    assert headers["retry-after"] == "7"
    assert json.loads(faulty(client, "status=502")[1])["error"]["message"] == "Bad Gateway"
    assert faulty(client, "status=204")[:2] == (204, b"")


def test_a_status_means_that_nothing_was_done(client: Client) -> None:
    assert faulty(client, "status=503", "POST", "/sms", TEXT)[0] == 503
    assert texts(client) == 0
    assert faulty(client, "status=503; carried_out=true", "POST", "/sms", TEXT)[0] == 503
    assert texts(client) == 1


@pytest.mark.parametrize("status", [429, 403])
def test_a_storm_looks_like_the_limit(client: Client, status: int) -> None:
    got, body, headers = faulty(client, f"storm={status}")
    error = json.loads(body)["error"]
    assert (got, error["errors"][0]["reason"]) == (status, "rateLimitExceeded")
    assert "rate_limit_exceeded" in error["message"]
    assert "retry-after" not in headers


def test_other_bodies(client: Client) -> None:
    status, body, headers = faulty(client, 'body="<html>"; content_type=text/html', "POST", "/sms", TEXT)
    assert (status, body, headers["content-type"]) == (200, b"<html>", "text/html")
    assert texts(client) == 1
    status, body, headers = faulty(client, "status=502; body=; content_type=text/html")
    assert (status, body, headers["content-length"]) == (502, b"", "0")
    assert json.loads(faulty(client, "content_type=text/plain")[1])["name"]


def test_a_file_fails_as_well(client: Client) -> None:
    MAKERS["of-this-test"] = lambda _world, name: File(name.encode(), "text/plain")
    try:
        url = client.sandbox.url.removeprefix("http://")
        connection = http.client.HTTPConnection(url, timeout=PATIENCE)
        for headers, status in (({}, 200), ({"x-dialkit-fault": "status=503; carried_out=true"}, 503)):
            connection.request("GET", "/files/of-this-test/abc", headers=headers)
            answer = connection.getresponse()
            assert (answer.status, answer.read() == b"abc") == (status, status == 200)
        connection.close()
    finally:
        del MAKERS["of-this-test"]


def test_a_cursor_that_repeats(client: Client) -> None:
    first = client.ask("GET", "/users?limit=2")
    client.sandbox.faults.add(operation="users.list", repeat_cursor=True)
    cursor = first["cursor"]
    for _ in range(3):
        assert client.ask("GET", f"/users?limit=2&cursor={cursor}")["cursor"] == cursor
    assert client.ask("GET", "/users?limit=2") == first
    assert "cursor" not in client.ask("GET", "/offices")


# -- what happens to the connection


def test_latency_comes_after_the_work(client: Client) -> None:
    connection = http.client.HTTPConnection(client.sandbox.url.removeprefix("http://"), timeout=0.2)
    headers = {"authorization": f"Bearer {client.token}", "x-dialkit-fault": "latency=600"}
    connection.request("POST", "/api/v2/sms", json.dumps(TEXT), headers)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    until(lambda: client.sandbox.requests)
    assert texts(client) == 1
    connection.close()
    assert client.sandbox.requests[-1].operation == "sms.send"
    began = time.monotonic()
    assert faulty(client, "latency=0.2")[0] == 200
    assert time.monotonic() - began >= 0.2


def test_a_slow_body(client: Client) -> None:
    size = len(raw(client, "GET", "/company")[1])
    began = time.monotonic()
    status, body, _ = faulty(client, f"slow_body={size * 4}")
    assert (status, len(body)) == (200, size)
    assert 0.2 <= time.monotonic() - began < 30


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
def test_a_reset(client: Client, when: str, arrived: int) -> None:
    with pytest.raises(ConnectionResetError):
        faulty(client, f"reset={when}", "POST", "/sms", TEXT)
    assert texts(client) == arrived
    last = client.sandbox.requests[-1]
    assert (last.status, last.answer, last.operation) == (0, b"", "sms.send")
    assert client.ask("GET", "/company")


def test_an_answer_cut_short(client: Client) -> None:
    with pytest.raises(http.client.IncompleteRead) as caught:
        faulty(client, "truncate=10")
    assert len(caught.value.partial) == 10
    whole = raw(client, "GET", "/company")[1]
    assert caught.value.expected == len(whole) - 10
    assert faulty(client, "truncate=1000000")[1] == whole
    with pytest.raises(http.client.IncompleteRead):
        faulty(client, "truncate=0; status=500")


def test_a_port_that_refuses(client: Client) -> None:
    address = (client.sandbox.host, client.sandbox.port)
    client.ask("GET", "/company")  # a kept connection, which ends as well
    client.sandbox.faults.add(operation="sms.send", refuse=2, count=1)
    began = time.monotonic()
    with pytest.raises(ConnectionResetError):
        raw(client, "POST", "/sms", TEXT)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, PATIENCE)
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected, BrokenPipeError)):
        client.ask("GET", "/company")
    client.connection.close()
    until(lambda: listens(address))
    assert 2 <= time.monotonic() - began < 30
    assert texts(client) == 0
    assert raw(client, "POST", "/sms", TEXT)[0] == 200


def listens(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_stop_while_the_port_refuses() -> None:
    with Sandbox(limits=False) as sandbox:
        client = Client(sandbox)
        with pytest.raises(ConnectionResetError):
            faulty(client, "refuse=600")
        client.connection.close()
        began = time.monotonic()
    assert time.monotonic() - began < 30  # of 600


def test_whoever_waits_does_not_hold_the_end_up(capfd: Any) -> None:
    with Sandbox(limits=False) as sandbox:
        client = Client(sandbox)
        waiting = [socket.create_connection(("127.0.0.1", sandbox.port), PATIENCE) for _ in range(2)]
        for held, fault in zip(waiting, ("latency=600", "slow_body=1"), strict=True):
            head = f"GET /api/v2/company HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
            held.sendall(f"{head}X-Dialkit-Fault: {fault}\r\n\r\n".encode())
        until(lambda: len(sandbox.requests) == 2)
        client.connection.close()
        began = time.monotonic()
    assert time.monotonic() - began < 30  # of 600
    for held in waiting:
        held.close()
    assert capfd.readouterr().err == ""


# -- deliveries


def test_what_happens_to_deliveries(client: Client) -> None:
    faults = client.sandbox.app.engine.faults
    delivery = {"kind": "sms", "url": "http://127.0.0.1:9/hook"}
    assert faults.delivery(delivery) is None
    for rule in (
        {"webhook": "lost", "count": 1},
        {"webhook": "late", "seconds": 90, "count": 1},
        {"webhook": "duplicate", "count": 1, "event": "sms"},
        {"webhook": "reorder", "url": "*/hook", "count": 1},
        {"webhook": "late", "event": ["call", "fax"]},
        {"status": 500},
    ):
        faults.add(rule)
    found = [faults.delivery(delivery) for _ in range(5)]
    assert found == [{"lost": True}, {"late": 90.0}, {"duplicate": 2}, {"reorder": True}, None]
    assert faults.delivery({"kind": "fax", "url": ""}) == {"late": 30.0}
    assert raw(client, "GET", "/company")[0] == 500


# -- what a rule may say


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({}, "A rule must say what happens"),
        ([], "A rule must be fields"),
        ({"operation": "sms.send"}, "A rule must say what happens"),
        ({"statsu": 500}, "statsu: is no field of a rule"),
        ({"status": "many"}, "status: must be a whole number from 200 to 599; got 'many'"),
        ({"status": 99}, "status: must be"),
        ({"status": True}, "status: must be"),
        ({"status": [500]}, "status: must be a whole number from 200 to 599; got a list"),
        ({"status": 500, "probability": 2}, "probability: must be a number from 0 to 1"),
        ({"status": 500, "probability": float("nan")}, "probability: must be"),
        ({"status": 500, "count": 0}, "count: must be"),
        ({"status": 500, "count": 1.5}, "count: must be"),
        ({"status": 500, "number": "none"}, "number: must be a phone number"),
        ({"status": 500, "method": "GOT"}, "method: must be one of"),
        ({"status": 500, "operation": []}, "operation: must be a text"),
        ({"latency": -1}, "latency: must be"),
        ({"reset": "maybe"}, "reset: must be one of before, after"),
        ({"reset": "after", "status": 500}, "reset: cannot stand with status"),
        ({"refuse": 1, "latency": 1}, "refuse: cannot stand with latency"),
        (
            {"operation": "sms.sent", "status": 500},
            "must be the id of an operation, such as sms.send",
        ),
        ({"operation": ["users.*", "nobody.*"], "status": 500}, "operation: must be the id of an operation"),
        ({"event": "text", "webhook": "lost"}, "event: must be of sms, call"),
        ({"storm": 429, "status": 500}, "storm: cannot stand with status"),
        ({"message": "x", "latency": 1}, "message: needs status or storm beside it"),
        ({"content_type": "a\r\nb"}, "content_type: must be"),
        ({"webhook": "gone"}, "webhook: must be one of lost"),
        ({"webhook": "lost", "status": 500}, "webhook: cannot stand with status"),
        ({"webhook": "lost", "seconds": 4}, "seconds: belongs to webhook late"),
        ({"latency": 1, "event": "sms"}, "event: needs webhook"),
    ],
)
def test_a_rule_that_cannot_be(client: Client, rule: Any, says: str) -> None:
    with pytest.raises(BadRule) as caught:
        client.sandbox.app.engine.faults.add(rule)
    assert says in str(caught.value)
    assert (caught.value.status, caught.value.message) == (400, str(caught.value))
    assert client.sandbox.faults.list() == []


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("status", "'status' is not of the form"),
        ("status=abc", "status: must be"),
        ("operation=sms.send", "operation belongs to a rule"),
        ("webhook=lost", "webhook belongs to a rule"),
        ("colour=red", "colour is not known"),
        ("status=500; ; latency=1", "is not of the form"),
    ],
)
def test_a_header_that_cannot_be(client: Client, header: str, says: str) -> None:
    status, body, _ = faulty(client, header, "POST", "/sms", TEXT)
    message = json.loads(body)["error"]["message"]
    assert status == 400
    assert message.startswith("x-dialkit-fault: ")
    assert says in message
    assert texts(client) == 0


def test_what_a_header_says() -> None:
    assert of_header("") == {}
    assert of_header("status=503; latency=0.2;") == {"status": 503, "latency": 0.2}
    assert of_header(r'status=500;message="a \"b\"; c"') == {"status": 500, "message": 'a "b"; c'}


def test_every_field_is_told_about() -> None:
    assert all(field.about for field in FIELDS.values())
    assert {*EFFECTS} & {*DELIVERY} == set()
    assert check({"latency": "0.5", "note": "slow", "count": None}) == {"latency": 0.5, "note": "slow"}


# -- a file of rules


RULES = """
faults:
  - operation: sms.send
    number: +14155550123
    storm: 429
    count: 2
  - {reset: after, operation: [call.*, sms.*], probability: 0.25}
"""


def test_a_file_of_rules(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(RULES)
    with Sandbox(faults=file, limits=False, at=START, frozen=True) as sandbox:
        client = Client(sandbox)
        first, second = sandbox.faults.list()
        assert (first["id"], first["number"], first["storm"], first["from"]) == (1, OUTSIDE, "429", "file")
        assert second["operation"] == ["call.*", "sms.*"]
        sandbox.faults.remove(2)
        assert sandbox.faults.add(latency=0.1)["id"] == 3
        assert raw(client, "POST", "/sms", TEXT)[0] == 429
        sandbox.reset()
        [again] = sandbox.faults.list()
        assert (again["id"], again["matched"]) == (1, 0)
        client.connection.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("faults: [", "line 1: is no YAML"),
        ("- status: 1", "must hold a list named faults"),
        ("faults: {}\nfault: []", "line 2: fault: is not known"),
        ("faults: {status: 500}", "line 1: faults: must be a list of rules"),
        ("faults:\n - status: 500\n - {count: 1}", "line 3: faults.1: A rule must say what happens"),
        ("faults:\n - count: 1\n   status: often", "line 3: faults.0.status: must be a whole number"),
        ("faults:\n - count: 1\n   colour: red\n   status: 500", "line 3: faults.0.colour: is no field"),
        ("faults:\n - just text", "line 2: faults.0: A rule must be fields"),
        ("a: &a [1]\nb: *a", "aliases"),
    ],
)
def test_a_file_with_a_mistake(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text)
    with pytest.raises(BadFile) as caught:
        read_rules(file)
    assert str(caught.value).startswith(str(file))
    assert says in str(caught.value)


def test_files_without_rules(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    with pytest.raises(BadFile, match=r"faults\.yaml: No such file"):
        Sandbox(faults=file)
    for text in ("", "faults:", "faults: []"):
        file.write_text(text)
        assert read_rules(file) == []
