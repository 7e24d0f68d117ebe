"""HTTP as such: paths, bodies, connections, starting and stopping, what an import costs."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from typing import Any
from urllib.parse import quote

import pytest
from asking import Client

from beside import PATIENCE, beside
from dialkit.sandbox import Sandbox

MARA, THEO, PORTLAND = 5391827364501928, 5402938475610293, 5219384756201938
OUTSIDE = "+14155550123"
TEXT = {"to_numbers": [OUTSIDE], "text": "Hello"}


def texts(client: Client) -> int:
    return len(client.world.texts.where("to", OUTSIDE))


# -- bodies


def test_ids_may_be_sent_as_they_came(client: Client) -> None:
    webhook = client.ask("POST", "/webhooks", {"hook_url": "http://127.0.0.1:9/hook"})
    assert isinstance(webhook["id"], str)
    body = {"direction": "all", "endpoint_id": webhook["id"]}
    kept = client.ask("POST", "/subscriptions/sms", body)
    assert kept["webhook"]["id"] == webhook["id"]
    wrong = client.refused(400, "POST", "/subscriptions/sms", {**body, "endpoint_id": "twelve"})
    assert wrong == "endpoint_id: must be an integer; got 'twelve'"
    client.sandbox.switch("integers-sent", "numbers")
    assert client.refused(400, "POST", "/subscriptions/sms", body).startswith(
        "endpoint_id: must be an integer"
    )
    client.ask("POST", "/subscriptions/sms", {**body, "endpoint_id": int(webhook["id"])})


def test_text_of_digits_stays_text(client: Client) -> None:
    contact = client.ask("POST", "/contacts", {"first_name": "12", "last_name": "34"})
    assert contact["first_name"] == "12"


# -- paths


def test_paths(client: Client) -> None:
    assert client.ask("GET", "/offices/primary")["id"] == str(PORTLAND)
    assert client.ask("GET", f"/offices/{PORTLAND}")["name"] == "Portland"
    for path in ("/nothing", "/users/", "/users//deskphones", "/users/1/2/3/4/5/6", "/users/{id}/x"):
        client.refused(404, "GET", path)
    status, _, headers = client.send("DELETE", "/api/v2/users")
    assert (status, headers["allow"]) == (405, "GET, POST")
    assert "UTF-8" in client.refused(400, "GET", "/users/%ff")
    assert client.send("GET", "/files/none/x")[0] == 404


def test_a_path_value_cannot_become_another_path(client: Client) -> None:
    assert "..%2Fcompany" not in client.refused(404, "GET", "/contacts/..%2Fcompany")
    uid = {"uid": "a/b ?#%2F", "first_name": "A", "last_name": "B"}
    made = client.ask("PUT", "/contacts", uid)
    assert made["id"].endswith(uid["uid"])
    assert client.ask("GET", "/contacts/" + quote(made["id"], safe="")) == made


# -- bodies and values


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/sms", b"{", "body"),
        ("POST", "/sms", b"[" * 100_000, "body"),
        ("POST", "/sms", b'{"user_id": NaN}', "body"),
        ("POST", "/sms", b'{"user_id": 1e999}', "body"),
        ("POST", "/sms", b"\xff\xfe", "body"),
        ("POST", "/sms", ["+1"], "body"),
        ("POST", "/users", None, "email"),
        ("POST", "/users", {"email": None, "office_id": PORTLAND}, "email"),
        ("POST", "/users", {"email": 1, "office_id": PORTLAND}, "email"),
        ("POST", "/users", {"email": "x@larkspur.example", "office_id": "Portland"}, "office_id"),
        ("POST", "/users", {"email": "x@larkspur.example", "office_id": PORTLAND, "license": "x"}, "license"),
        ("POST", "/webhooks", {"hook_url": "hooks.larkspur.example"}, "hook_url"),
        ("GET", "/message/bulk", {"limit": "many"}, "limit"),
        ("GET", "/users?state=lost", None, "state"),
        ("GET", "/users?company_admin=maybe", None, "company_admin"),
        ("GET", "/users?limit=0", None, "limit"),
        ("GET", "/users?cursor=nonsense", None, "cursor"),
        ("GET", "/call/abc", None, "id"),
        ("GET", "/company?" + "&".join(f"a{n}=1" for n in range(1001)), None, "1000 fields"),
    ],
)
def test_400_names_the_field(client: Client, method: str, path: str, body: Any, named: str) -> None:
    assert named in client.refused(400, method, path, body).lower()
    assert texts(client) == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users/5000000000000000", None),
        ("PATCH", "/users/5000000000000000/status", {"status_message": "x"}),
        ("GET", "/users/5000000000000000/deskphones", None),
        ("GET", "/offices/5000000000000000/plan", None),
        ("GET", "/company/5000000000000000/smsoptout", None),
        ("DELETE", "/contacts/nobody", None),
        ("PATCH", "/webhooks/5000000000000000", {"secret": "x"}),
        ("GET", "/numbers/%2B14155550199", None),
        ("POST", "/users", {"email": "x@larkspur.example", "office_id": 5000000000000000}),
    ],
)
def test_404_for_what_is_not_kept(client: Client, method: str, path: str, body: Any) -> None:
    assert "no " in client.refused(404, method, path, body).lower()


def test_a_body_too_large_is_refused_and_the_connection_lives_on(client: Client) -> None:
    assert "1048576" in client.refused(413, "POST", "/sms", {**TEXT, "media": "A" * 2_000_000})
    assert client.ask("GET", "/company")["name"] == "Larkspur Coffee"


def connect(client: Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.sandbox.port), 10)


def head(client: Client, line: str, *more: str) -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: x", f"Authorization: Bearer {client.token}", *more, "", ""]
    return "\r\n".join(lines).encode()


def test_half_a_request_does_nothing(client: Client) -> None:
    body = json.dumps(TEXT).encode()
    with connect(client) as connection:
        connection.sendall(head(client, "POST /api/v2/sms", f"Content-Length: {len(body) + 1}") + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert client.sandbox.requests == []
    assert texts(client) == 0


def test_a_body_in_chunks_and_requests_in_a_row(client: Client) -> None:
    body = json.dumps(TEXT).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"
    sent = head(client, "POST /api/v2/sms", "Transfer-Encoding: chunked") + chunks
    with connect(client) as connection:
        connection.sendall(sent * 3 + head(client, "GET /api/v2/company", "Connection: close"))
        got = b""
        while part := connection.recv(65536):
            got += part
    assert [line[:3] for line in re.findall(rb"HTTP/1\.1 (.*)\r\n", got)] == [b"200"] * 4
    assert texts(client) == 3


def test_many_at_once(client: Client) -> None:
    made: list[str] = []

    def work() -> None:
        mine = Client(client.sandbox)
        body = {"first_name": "A", "last_name": "B"}
        made.extend(mine.ask("POST", "/contacts", body)["id"] for _ in range(25))
        mine.connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 200
    assert {one["id"] for one in client.pages("/contacts")} >= set(made)


# -- the record of requests


def test_requests_and_what_was_answered(client: Client) -> None:
    client.send("GET", "/api/v2/contacts/a%2Fb?x=1&x=2&empty=", **{"x-trace": "t", "cookie": "secret"})
    client.send("POST", "/api/v2/sms", {**TEXT, "user_id": MARA})
    client.send("POST", "/api/v2/sms", b"{broken")
    client.send("GET", "/api/v2/nowhere", authorization="")
    first, second, third, fourth = [request.as_dict() for request in client.sandbox.requests]
    assert (first["method"], first["path"], first["body"]) == ("GET", "/api/v2/contacts/a%2Fb", None)
    assert (first["status"], first["operation"]) == (404, "contacts.get")
    assert first["query"] == [["x", "1"], ["x", "2"], ["empty", ""]]
    assert first["headers"]["x-trace"] == "t"
    assert first["headers"]["authorization"] == "(hidden)"
    assert first["headers"]["cookie"] == "(hidden)"
    assert second["body"] == {**TEXT, "user_id": MARA}
    assert (second["status"], second["operation"], second["at"]) == (200, "sms.send", "2026-03-05T17:00:00")
    assert second["answer"]["message_status"] == "pending"
    assert 0 < second["ms"] < 10_000
    assert (third["body"], third["status"]) == ("{broken", 400)
    assert "authorization" not in fourth["headers"]
    assert (fourth["status"], fourth["operation"]) == (404, None)


# -- starting and stopping


def test_start_and_stop() -> None:
    sandbox = Sandbox(token="chosen")
    with sandbox:
        client = Client(sandbox)
        assert client.token == "chosen"
        assert client.ask("GET", "/company")["id"] == str(sandbox.world.company_id)
        with pytest.raises(OSError, match=r"in use|Only one usage"):
            Sandbox(port=sandbox.port).start()
        client.connection.close()
    sandbox.stop()  # again does no harm
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", sandbox.port), 5):
        pass
    with sandbox.start():
        client = Client(sandbox)
        assert client.ask("GET", "/company")
        client.connection.close()


@pytest.mark.parametrize(
    ("host", "url"),
    [("", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("localhost", "http://localhost:")],
)
def test_where_it_listens(host: str, url: str) -> None:
    told = {"host": host} if host else {}
    with Sandbox(**told) as sandbox:
        assert sandbox.url == f"{url}{sandbox.port}"
        listening = sandbox._server.address[0]
        assert listening == ("0.0.0.0" if host == "0.0.0.0" else "127.0.0.1")
        client = Client(sandbox)
        assert client.ask("GET", "/company")
        client.connection.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6() -> None:
    try:
        with Sandbox(host="::1") as sandbox:
            assert sandbox.url == f"http://[::1]:{sandbox.port}"
            client = Client(sandbox)
            assert client.ask("GET", "/company")
            client.connection.close()
    except OSError:
        pytest.skip("no IPv6 loopback here")


def test_the_seed_decides() -> None:
    def tell(seed: int) -> Any:
        with Sandbox(seed=seed, limits=False) as sandbox:
            client = Client(sandbox)
            told = [
                client.ask("GET", "/users"),
                client.ask("GET", "/contacts"),
                client.ask("POST", "/webhooks", {"hook_url": "https://a.example"}),
            ]
            client.connection.close()
            return sandbox.token, told

    first, again, other = tell(1), tell(1), tell(2)
    assert first == again
    assert re.fullmatch("sandbox-[0-9a-f]{8}", first[0])
    assert first[0] != other[0]
    assert all(one != two for one, two in zip(first[1], other[1], strict=True))


SERVE = "from dialkit.sandbox import serve_forever as s; s(lambda x: print(x.url, x.token, flush=True))"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send")
def test_serve_forever_ends_cleanly_on_sigterm() -> None:
    with beside([sys.executable, "-c", SERVE], stdout=-1, stderr=-1, text=True) as process:
        url, token = process.stdout.readline().split()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE)
        connection.request("GET", "/api/v2/company", headers={"authorization": f"Bearer {token}"})
        assert connection.getresponse().status == 200
        process.terminate()  # with the connection still open
        out, err = process.communicate(timeout=PATIENCE)
        connection.close()
    assert (process.returncode, out, err) == (0, "", "")


# Ends as it is told to at one of the first steps that Python takes in waiting for that.
ENDS_AT = """
import signal, sys
from dialkit.sandbox import serve_forever

def begin(sandbox):
    left = int(sys.argv[1])

    def count(frame, event, arg):
        nonlocal left
        left -= 1
        if not left:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGTERM)

    sys.setprofile(count)

serve_forever(begin)
"""


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 8, 12])
def test_it_ends_whenever_it_is_told_to(step: int) -> None:
    """Python runs what a signal does between any two steps, also within a lock."""
    with beside([sys.executable, "-c", ENDS_AT, str(step)], stdout=-1, stderr=-1, text=True) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")


def loaded(code: str) -> set[str]:
    """The modules that are there after a piece of code."""
    code = f"import sys; {code}; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(out.split())


def test_importing_it_costs_no_server() -> None:
    found = loaded("import dialkit.sandbox")
    assert not found & {"uvicorn", "asyncio", "sqlite3", "yaml", "dialkit.sandbox.engine"}


def test_it_shares_nothing_with_the_client() -> None:
    found = loaded("from dialkit.sandbox import Sandbox; Sandbox().start().stop()")
    assert {".".join(name.split(".")[:2]) for name in found if name.startswith("dialkit.")} == {
        "dialkit.catalog",
        "dialkit.sandbox",
    }
    assert not found & {"sqlite3", "yaml", "websockets", "pyreqwest", "rich"}
