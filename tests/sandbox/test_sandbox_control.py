"""The control API: every route, who may use it, and that what it does is done."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from asking import START, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from receiving import Receiver

from beside import PATIENCE, until
from dialkit.catalog.validate import faults, unknown
from dialkit.sandbox import Refusal, Sandbox
from dialkit.sandbox.control.access import check_access
from dialkit.sandbox.control.document import document
from dialkit.sandbox.control.log import KEPT, Request
from dialkit.sandbox.control.routes import ROUTES
from dialkit.sandbox.moments import moment_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURE = HealthCheck.function_scoped_fixture
OUTSIDE, MARA_LINE, MARA = "+14155550123", "+15035550142", 5391827364501928
TEXT = {"to_numbers": [OUTSIDE], "text": "Hello"}


def control(client: Client, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and JSON of a control route; a good answer is checked against the route's schema."""
    status, raw, _ = client.send(method, "/__sandbox__/" + path, body, **headers)
    answer = json.loads(raw)
    if status == 200:
        wanted = path.partition("?")[0].split("/")
        route = next(
            row
            for row in ROUTES
            if row.method == method
            and len(row.path.split("/")) == len(wanted)
            and all(p == w or p[0] == "{" for p, w in zip(row.path.split("/"), wanted, strict=True))
        )
        assert faults(answer, route.answer, {}) == []
        if "properties" in route.answer:
            assert unknown(answer, route.answer, {}) == []
    return status, answer


def done(client: Client, method: str, path: str, body: Any = None) -> Any:
    status, answer = control(client, method, path, body)
    assert status == 200, answer
    return answer


def refused(client: Client, wanted: int, method: str, path: str, body: Any = None) -> str:
    status, answer = control(client, method, path, body)
    assert status == wanted, answer
    assert answer["error"]["code"] == wanted
    return str(answer["error"]["message"])


# -- the document


def test_its_document_is_sound_and_names_every_route(client: Client) -> None:
    status, raw, _ = client.send("GET", "/__sandbox__/openapi.json")
    told = json.loads(raw)
    assert status == 200
    OpenAPIV31SpecValidator(told).validate()
    named = {(method.upper(), path) for path, ways in told["paths"].items() for method in ways}
    assert named == {(route.method, f"/__sandbox__/{route.path}") for route in ROUTES}
    assert told == json.loads(json.dumps(document()))


def test_every_route_of_reading_answers_as_its_schema_says(client: Client) -> None:
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path and route.path != "coverage":
            done(client, "GET", route.path + ("?before=start" if route.needed else ""))


# -- access


def head(*, client: str = "127.0.0.1", host: str = "127.0.0.1:8123", **headers: str) -> dict[str, Any]:
    pairs = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {"client": (client, 1), "headers": [(n.encode(), v.encode()) for n, v in pairs.items() if v]}


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        (head(), True),
        (head(host="localhost"), True),
        (head(client="::1", host="[::1]:80"), True),
        (head(client="::ffff:127.0.0.1"), True),
        (head(client="192.168.1.7"), False),
        (head(client="10.127.0.1"), False),
        (head(host="evil.example"), False),  # a name that was pointed at this machine
        (head(host="127.0.0.1.evil.example"), False),
        (head(host="localhost.evil.example:80"), False),
        (head(host=""), False),
        (head(origin="http://evil.example"), False),
        (head(origin="null"), False),
        (head(origin="http://127.0.0.1:8123"), False),
        (head(sec_fetch_site="cross-site"), False),  # a page reads without Origin
        (head(sec_fetch_site="same-site"), False),
        (head(sec_fetch_site="none"), True),  # somebody typed the address
        (head(x_forwarded_for="192.168.1.7"), False),
        (head(x_real_ip="192.168.1.7"), False),
        (head(via="1.1 proxy.example"), False),
        (head(client="192.168.1.7", x_sandbox_token="s3cret"), True),
        (head(client="192.168.1.7", authorization="Bearer s3cret"), True),
        (head(origin="http://a.example", x_sandbox_token="s3cret"), True),
        (head(client="192.168.1.7", x_sandbox_token="s3cre"), False),
        (head(client="192.168.1.7", x_sandbox_token=""), False),
        (head(client="192.168.1.7", authorization="Basic s3cret"), False),
    ],
)
def test_who_may_control(scope: dict[str, Any], fits: bool) -> None:
    if fits:
        check_access(scope, "s3cret")
        return
    with pytest.raises(Refusal) as no:
        check_access(scope, "s3cret")
    assert no.value.status == 403


def test_a_page_in_a_browser_is_refused_and_changes_nothing(client: Client) -> None:
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        for method, path in (("POST", "reset"), ("GET", "keys"), ("POST", "clock")):
            body = {"advance": 60} if path == "clock" else None
            status, answer = control(client, method, path, body, **headers)
            assert (status, answer["error"]["errors"][0]["reason"]) == (403, "forbidden")
    assert client.world.clock_time() == START
    assert control(client, "GET", "health", None, host="evil.example")[0] == 200
    token = client.sandbox.control_token
    assert control(client, "GET", "keys", None, host="evil.example", **{"x-sandbox-token": token})[0] == 200


def test_the_control_token_cannot_be_guessed_unless_given() -> None:
    assert Sandbox().control_token != Sandbox().control_token
    assert Sandbox(control_token="mine").control_token == "mine"


# -- what is refused


@pytest.mark.parametrize(
    ("status", "method", "path", "body", "told"),
    [
        (404, "GET", "nothing", None, "Nothing is at"),
        (404, "GET", "inbox/", None, "Nothing is at"),
        (404, "GET", "health/x", None, "Nothing is at"),
        (405, "GET", "reset", None, "not allowed"),
        (400, "POST", "clock", {}, "clock"),
        (400, "POST", "clock", {"at": "2027-01-01", "advance": 1}, "clock"),
        (400, "POST", "clock", {"freeze": True, "run": True}, "clock"),
        (400, "POST", "clock", {"advance": "3 hours"}, "advance: '3 hours'"),
        (400, "POST", "clock", {"advance": -1}, "advance"),
        (400, "POST", "clock", {"at": "yesterday"}, "at: 'yesterday'"),
        (400, "POST", "clock", {"at": "2020-01-01"}, "not set back"),
        (400, "POST", "clock", {"att": 1}, "att"),
        (400, "POST", "clock", [], "body"),
        (400, "POST", "clock", b"{", "JSON"),
        (400, "POST", "snapshots", {}, "name"),
        (400, "POST", "snapshots", {"name": "a/b"}, "name"),
        (409, "POST", "snapshots", {"name": "now"}, "'now'"),
        (409, "DELETE", "snapshots/start", None, "'start'"),
        (404, "DELETE", "snapshots/nope", None, "'nope'"),
        (404, "POST", "snapshots/nope/restore", None, "there are: start"),
        (400, "GET", "diff", None, "before"),
        (404, "GET", "diff?before=nope", None, "'nope'"),
        (400, "GET", "requests?since=x", None, "since"),
        (400, "GET", "requests?until=1", None, "until"),
        (400, "POST", "switches", {"nope": "on"}, "nope"),
        (400, "POST", "switches", {"retry-after": "maybe"}, "retry-after"),
        (400, "POST", "faults", {}, ""),
        (400, "POST", "faults", {"status": 1}, "status"),
        (404, "DELETE", "faults/99", None, "99"),
        (400, "GET", "inbox/12", None, "number: '12'"),
        (400, "POST", "texts", {"from": "x", "to": MARA_LINE, "text": "Hi"}, "from: 'x'"),
        (400, "POST", "texts", {"to": MARA_LINE, "text": "Hi"}, "from"),
        (400, "POST", "calls", {"from": OUTSIDE, "to": MARA_LINE, "hangup_after": "soon"}, "hangup_after"),
        (404, "POST", "calls/1/answer", {}, "1"),
        (404, "POST", "calls/x/hangup", None, "x"),
        (404, "POST", "duty", {"user": 1, "on": True}, "1"),
        (404, "POST", "duty", {"user": "nobody@x.example", "on": True}, "nobody"),
        (400, "POST", "duty", {"user": MARA, "on": "yes"}, "on"),
    ],
)
def test_refusals(client: Client, status: int, method: str, path: str, body: Any, told: str) -> None:
    before = client.world.hold()
    assert told in refused(client, status, method, path, body)
    assert {name: held[0] for name, held in client.world.hold().items()} == {
        name: held[0] for name, held in before.items()
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SOME = [OUTSIDE, MARA_LINE, str(MARA), MARA, "start", "30s", "1e9", "2026-03-06", True, -1, 10**30, "", None]
WRITING = [route for route in ROUTES if route.method != "GET"]


@pytest.mark.timeout(300)
@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=[FIXTURE])
@given(route=st.sampled_from(WRITING), data=st.data())
def test_nothing_that_is_sent_makes_it_fail(client: Client, route: Any, data: st.DataObject) -> None:
    named = st.dictionaries(
        st.sampled_from(sorted((route.body or {}).get("properties", {"status": 1, "count": 1}))),
        st.sampled_from(SOME) | JSON,
    )
    body = data.draw(named | JSON)
    segment = st.sampled_from(["1", "start", "%00", "%2B1", "%ff", "..", "99999999999999999999"])
    path = re.sub(r"{\w+}", lambda _: data.draw(segment), route.path)
    status, _, _ = client.send(route.method, "/__sandbox__/" + path, json.dumps(body).encode())
    assert status < 500
    client.sandbox.reset()


# -- the clock


def test_the_clock_is_set_on_stopped_and_let_run(client: Client) -> None:
    assert done(client, "GET", "clock")["now"] == "2026-03-05T17:00:00Z"
    told = done(client, "POST", "clock", {"advance": "1h30m"})
    assert (told["epoch"], told["frozen"]) == (START + 5400, True)
    assert done(client, "POST", "clock", {"at": "2026-03-06T00:00:00+01:00"})["now"] == "2026-03-05T23:00:00Z"
    assert done(client, "POST", "clock", {"run": True})["frozen"] is False
    assert client.world.clock_time() > moment_of("2026-03-05T23:00Z")
    told = done(client, "POST", "clock", {"at": "2026-03-07T00:00", "freeze": True})
    assert (told["now"], told["frozen"]) == ("2026-03-07T00:00:00Z", True)
    done(client, "POST", "reset")
    assert done(client, "GET", "clock")["now"] == "2026-03-05T17:00:00Z"


def test_what_is_due_happens_on_the_way(client: Client) -> None:
    client.ask("POST", "/sms", TEXT)
    due = done(client, "GET", "clock")
    assert due["due"] >= 1
    assert due["next_due"] > due["now"]
    done(client, "POST", "clock", {"at": due["next_due"]})
    done(client, "POST", "clock", {"advance": 60})
    [text] = done(client, "GET", f"inbox/{OUTSIDE}")["items"]
    assert text["text"] == "Hello"


def test_two_who_set_the_clock_do_it_one_after_the_other(sandbox: Sandbox, client: Client) -> None:
    threads = [threading.Thread(target=sandbox.clock.advance, args=(60,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.world.clock_time() == START + 480
    assert client.world.frozen


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("90", 90), ("3h", 10_800), ("2d", 172_800), ("1h30m", 5400), ("0.5h", 1800), (1.5, 1.5)],
)
def test_lengths_of_time(text: float | str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "3x", "-1", "1.2.3s", "3h3h", "9" * 12, "nan", "3 h", -1, 1e300])
def test_what_is_no_length_of_time(text: float | str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        seconds_of(text)


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01", "99999-01-01", "nan", -5, 1e300, "9" * 30])
def test_what_is_no_moment(text: float | str) -> None:
    with pytest.raises(ValueError, match="moment"):
        moment_of(text)


# -- copies


def test_a_snapshot_is_gone_back_to(client: Client) -> None:
    done(client, "POST", "snapshots", {"name": "before"})
    client.ask("PATCH", f"/users/{MARA}", {"job_title": "Chief"})
    rows = done(client, "GET", "diff?before=before")["items"]
    tables = [row["table"] for row in rows]
    assert tables[-1] == "counters", "bookkeeping comes last"
    assert tables[0] not in ("jobs", "events", "deliveries", "counters")
    row = next(row for row in rows if row["table"] == "users")
    assert (row["key"], row["after"]["job_title"]) == (str(MARA), "Chief")
    assert "first_name" not in row["after"]
    done(client, "POST", "snapshots", {"name": "after"})
    assert {"name": "after"} in done(client, "GET", "snapshots")["items"]
    done(client, "POST", "snapshots/before/restore")
    assert client.ask("GET", f"/users/{MARA}").get("job_title") != "Chief"
    back = done(client, "GET", "diff?before=after&after=now")["items"]
    assert any(row["table"] == "users" and row["before"]["job_title"] == "Chief" for row in back)
    done(client, "POST", "snapshots/after/restore")
    assert client.ask("GET", f"/users/{MARA}")["job_title"] == "Chief"
    done(client, "DELETE", "snapshots/after")
    done(client, "DELETE", "snapshots/before")
    refused(client, 404, "POST", "snapshots/after/restore")


def test_a_reset_is_quick(sandbox: Sandbox, client: Client) -> None:
    from time import process_time  # which stands while the machine is busy with others

    times = []
    for _ in range(30):
        client.ask("POST", "/sms", TEXT)
        began = process_time()
        sandbox.reset()
        times.append(process_time() - began)
    assert min(times) < 0.002


# -- what came in


def test_requests_are_shown_as_they_were_received_and_answered(client: Client) -> None:
    client.send("GET", "/api/v2/contacts/a%2Fb?x=1&x=2&empty=&apikey=s", **{"x-trace": "t"})
    client.send("POST", "/api/v2/sms", {**TEXT, "user_id": MARA})
    client.send("POST", "/api/v2/sms", b"{broken")
    client.send("GET", "/api/v2/nowhere", authorization="")
    first, second, third, fourth = items = done(client, "GET", "requests")["items"]
    assert (first["method"], first["path"], first["body"]) == ("GET", "/api/v2/contacts/a%2Fb", None)
    assert first["query"] == [["x", "1"], ["x", "2"], ["empty", ""], ["apikey", "(hidden)"]]
    assert (first["headers"]["x-trace"], first["headers"]["authorization"]) == ("t", "(hidden)")
    assert (first["status"], first["operation"]) == (404, "contacts.get")
    assert (second["status"], second["operation"]) == (200, "sms.send")
    assert second["answer"]["message_status"] == "pending"
    assert second["body"] == {**TEXT, "user_id": MARA}
    assert third["body"] == "{broken"
    assert "authorization" not in fourth["headers"]
    assert client.token not in json.dumps(items)
    assert all(item["at"] == "2026-03-05T17:00:00" for item in items)
    after = done(client, "GET", f"requests?since={second['id']}")["items"]
    assert [item["id"] for item in after] == [third["id"], fourth["id"]]
    done(client, "DELETE", "requests")
    assert done(client, "GET", "requests")["items"] == []


def test_only_the_last_thousand_requests_are_kept(sandbox: Sandbox, client: Client) -> None:
    for number in range(KEPT + 10):
        client.send("GET", f"/{number}")
    kept = sandbox.requests
    assert (len(kept), kept[0].path, kept[-1].path) == (KEPT, "/10", f"/{KEPT + 9}")


def test_a_request_that_is_no_json_is_kept_as_text() -> None:
    request = Request("POST", "/x", [], {}, b"\xff{", answer=b"[1]", status=400)
    assert (request.json, request.answered) == ("\ufffd{", [1])


@pytest.fixture
def follower(client: Client) -> Iterator[Any]:
    """Opens a stream; each call gives its next line."""
    opened: list[http.client.HTTPConnection] = []

    def follow(path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", client.sandbox.port, timeout=PATIENCE)
        connection.request("GET", "/__sandbox__/" + path)
        opened.append(connection)
        return connection.getresponse()

    yield follow
    for connection in opened:
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()


def test_requests_are_followed_as_they_come(client: Client, follower: Any) -> None:
    client.ask("GET", "/company")
    stream = follower("requests?follow=1")
    assert stream.headers["content-type"] == "application/x-ndjson"
    assert json.loads(stream.readline())["operation"] == "company.get"
    for number in range(3):
        client.send("GET", f"/{number}")
        assert json.loads(stream.readline())["path"] == f"/{number}"


def test_deliveries_are_followed_as_they_come(client: Client, follower: Any) -> None:
    with Receiver() as receiver:
        hook = client.ask("POST", "/webhooks", {"hook_url": receiver.url})
        client.ask("POST", "/subscriptions/sms", {"endpoint_id": int(hook["id"]), "direction": "inbound"})
        stream = follower("deliveries?follow=1")
        client.sandbox.text_in(OUTSIDE, MARA_LINE, "Hello")
        for _ in range(10):
            row = json.loads(stream.readline())
            if row["state"] == "delivered":
                break
        assert (row["state"], row["kind"]) == ("delivered", "sms")
        assert receiver.posts[0].json["direction"] == "inbound"
        assert done(client, "GET", "deliveries")["items"][-1]["id"] == row["id"]
        assert done(client, "GET", f"deliveries?since={row['id']}")["items"] == []


def test_a_stream_ends_with_the_sandbox(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox() as sandbox:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=PATIENCE)
        connection.request("GET", "/__sandbox__/deliveries?follow=1")
        stream = connection.getresponse()
    assert stream.read() == b""
    connection.close()
    assert caplog.records == []


def test_one_who_leaves_is_forgotten(sandbox: Sandbox, client: Client) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port), 10) as connection:
        connection.sendall(b"GET /__sandbox__/requests?follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.send("GET", "/1")
        assert connection.recv(10)
        assert sandbox.app.control.log.followers

    def forgotten() -> bool:
        client.send("GET", "/2")
        return not sandbox.app.control.log.followers

    until(forgotten)


# -- behaviours, keys, counts


def test_switches_are_chosen_and_a_reset_takes_them_back(client: Client) -> None:
    rows = {row["name"]: row for row in done(client, "GET", "switches")["items"]}
    assert rows["integers"]["chosen"] == "strings"
    done(client, "POST", "switches", {"integers": "numbers"})
    assert client.world.switch("integers") == "numbers"
    refused(client, 400, "POST", "switches", {"retry-after": "on", "integers": "words"})
    assert client.world.switch("retry-after") == "off"
    done(client, "POST", "reset")
    assert client.world.switch("integers") == "strings"


def test_keys_and_counts(client: Client) -> None:
    rows = done(client, "GET", "keys")["items"]
    assert [row["name"] for row in rows][:4] == ["admin", "user", "narrow", "expired"]
    assert rows[0]["token"] == client.token
    before = done(client, "GET", "world")["tables"]
    client.ask("POST", "/webhooks", {"hook_url": "https://a.example/x"})
    after = done(client, "GET", "world")["tables"]
    assert after["webhooks"] == before["webhooks"] + 1
    assert after["users"] == len(client.world.users)


# -- faults


def test_faults_are_added_and_taken_away(client: Client) -> None:
    rule = done(client, "POST", "faults", {"operation": "company.get", "status": 500, "count": 1})
    assert client.send("GET", "/__sandbox__/health")[0] == 200
    client.connection.request("GET", "/api/v2/company", headers={"authorization": f"Bearer {client.token}"})
    answer = client.connection.getresponse()
    assert (answer.status, bool(answer.read())) == (500, True)
    assert client.ask("GET", "/company")
    [listed] = done(client, "GET", "faults")["items"]
    assert listed["id"] == rule["id"]
    done(client, "DELETE", f"faults/{rule['id']}")
    assert done(client, "GET", "faults")["items"] == []
    done(client, "POST", "faults", {"operation": "company.get", "status": 500})
    done(client, "DELETE", "faults")
    assert client.ask("GET", "/company")
    done(client, "POST", "faults", {"operation": "company.get", "status": 500})
    done(client, "POST", "reset")
    assert client.ask("GET", "/company")


def test_coverage_tells_of_every_operation(client: Client) -> None:
    rows = done(client, "GET", "coverage")["items"]
    assert {row["operation"] for row in rows} >= {"users.list", "sms.send"}
