"""The sandbox, asked over real sockets by a client that knows nothing of dialkit."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dialkit.catalog import Catalog
from dialkit.catalog.example import request_example
from dialkit.catalog.model import properties, resolve
from dialkit.catalog.validate import faults, unknown
from dialkit.sandbox import Sandbox

CATALOG = Catalog()
MARA, THEO, PORTLAND, WEBHOOK = 5391827364501928, 5402938475610293, 5219384756201938, 6238475910283746
PRIYA, OUTSIDE = "6018273645019283", "+14155550123"


class Client:
    """One kept connection."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.token = sandbox.token
        self.connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
        """Status, raw body, headers; `body` is sent as it is when bytes, else as JSON."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", **headers}
        self.connection.request(method, path, raw, {k: v for k, v in headers.items() if v})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a good answer."""
        status, raw, _ = self.send(method, "/api/v2" + path, body)
        assert status == 200, raw
        return json.loads(raw)

    def refused(self, status: int, method: str, path: str, body: Any = None) -> str:
        """The message of a refusal, its shape checked."""
        got, raw, _ = self.send(method, "/api/v2" + path, body)
        assert got == status, raw
        error = json.loads(raw)["error"]
        assert error["code"] == status
        assert error["errors"][0].keys() == {"domain", "reason", "message"}
        assert error["errors"][0]["message"] == error["message"]
        return str(error["message"])

    def control(self, path: str, method: str = "GET") -> Any:
        status, raw, _ = self.send(method, "/__sandbox__/" + path)
        assert status == 200, raw
        return json.loads(raw)


@pytest.fixture(scope="module")
def started():
    with Sandbox(limits=False) as sandbox:
        client = Client(sandbox)
        yield sandbox, client
        client.connection.close()


@pytest.fixture
def client(started) -> Client:
    started[1].control("reset", "POST")
    return started[1]


# -- the whole catalog


def check_spelling(value: Any, schema: Any, schemas: Any) -> None:
    """64-bit integers are strings, times have no zone (but for a few documented ones), nothing is null."""
    schema = resolve(schema, schemas)
    assert value is not None
    if schema.get("format") == "int64":
        assert isinstance(value, str)
    if schema.get("format") == "date-time":
        assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]+)?Z?", value)
    for item in value if isinstance(value, list) else ():
        check_spelling(item, schema["items"], schemas)
    for name, inner in properties(schema, schemas).items():
        if isinstance(value, dict) and name in value:
            check_spelling(value[name], inner, schemas)


@pytest.mark.parametrize("operation_id", CATALOG.ids)
def test_every_operation_answers_its_example(client, operation_id):
    operation = CATALOG.operation(operation_id)
    values = request_example(operation)
    places = {name: {f.name for f in operation.fields if f.place == name} for name in ("path", "query")}
    path = re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]]), safe=""), operation.path)
    query = urlencode({name: values[name] for name in places["query"] & values.keys()})
    rest = {name: value for name, value in values.items() if name not in places["path"] | places["query"]}
    status, raw, headers = client.send(operation.method, f"{path}?{query}", rest if operation.body else None)
    assert status == int(operation.answer["status"]), raw
    if "schema" not in operation.answer:
        assert raw == b""
        return
    assert headers["content-type"] == "application/json"
    answer = json.loads(raw)
    cursor = (operation.pages or {}).get("cursor")
    assert cursor not in answer, "the last page has no cursor"
    found = faults(answer, operation.answer["schema"], operation.schemas, loose=True)
    assert found in ([], [(cursor, "is required")])
    assert unknown(answer, operation.answer["schema"], operation.schemas) == []
    check_spelling(answer, operation.answer["schema"], operation.schemas)


def test_stateless_answers_speak_of_what_was_asked(client):
    fax = client.ask("GET", "/transcripts/6109283746509999")
    assert fax["call_id"] == "6109283746509999"
    label = {"name": "Lab", "office_id": PORTLAND}
    first, second = client.ask("POST", "/rooms", label), client.ask("POST", "/rooms", label)
    assert first["name"] == "Lab"
    assert first["id"] != second["id"]
    assert len(first["id"]) == 16


# -- who may ask, and where


@pytest.mark.parametrize("header", ["", "Bearer nobody", "Basic {}", "{}"])
def test_a_key_is_needed(client, header):
    for path in ("/api/v2/company", "/__sandbox__/health"):
        status, raw, headers = client.send("GET", path, authorization=header.format(client.token))
        assert status == 401
        assert json.loads(raw)["error"]["errors"][0]["reason"] == "required"
        assert headers["www-authenticate"] == "Bearer"


def test_the_key_in_the_query(client):
    assert client.send("GET", f"/api/v2/company?apikey={client.token}", authorization="")[0] == 200
    assert client.control("requests")["items"][-1]["query"] == [["apikey", "(hidden)"]]


def test_oauth_needs_no_key_and_takes_forms(client):
    form = {"grant_type": "authorization_code", "code": "c", "client_id": "app", "client_secret": "s"}
    kind = "application/x-www-form-urlencoded"
    body = urlencode(form).encode()
    status, raw, _ = client.send("POST", "/oauth2/token", body, authorization="", **{"content-type": kind})
    assert status == 200, raw
    assert "access_token" in json.loads(raw)


def test_paths(client):
    assert client.ask("GET", "/offices/primary")["id"] == str(PORTLAND)
    assert client.ask("GET", f"/offices/{PORTLAND}")["name"] == "Portland"
    for path in ("/nothing", "/users/", "/users//deskphones", "/users/1/2/3/4/5/6"):
        client.refused(404, "GET", path)
    status, _, headers = client.send("DELETE", "/api/v2/users")
    assert (status, headers["allow"]) == (405, "GET, POST")
    assert "UTF-8" in client.refused(400, "GET", "/users/%ff")


def test_a_path_value_cannot_become_another_path(client):
    assert "..%2Fcompany" not in client.refused(404, "GET", "/contacts/..%2Fcompany")
    uid = {"uid": "a/b ?#%2F", "first_name": "A", "last_name": "B"}
    made = client.ask("PUT", "/contacts", uid)
    assert made["id"].endswith(uid["uid"])
    assert client.ask("GET", "/contacts/" + quote(made["id"], safe="")) == made


# -- what is refused


TEXT = {"to_numbers": [OUTSIDE], "text": "Hello"}


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/sms", b"{", "body"),
        ("POST", "/sms", b"[" * 100_000, "body"),
        ("POST", "/sms", b'{"user_id": NaN}', "body"),
        ("POST", "/sms", b"\xff\xfe", "body"),
        ("POST", "/sms", ["+1"], "body"),
        ("POST", "/users", None, "email"),
        ("POST", "/users", {"email": None, "office_id": PORTLAND}, "email"),
        ("POST", "/users", {"email": 1, "office_id": PORTLAND}, "email"),
        ("POST", "/users", {"email": "x@larkspur.example", "office_id": "Portland"}, "office_id"),
        ("POST", "/users", {"email": "x@larkspur.example", "office_id": PORTLAND, "license": "x"}, "license"),
        ("POST", "/webhooks", {"hook_url": "hooks.larkspur.example"}, "hook_url"),
        ("GET", "/message/bulk", {"limit": "many"}, "limit"),
        ("DELETE", "/callcenters/5610293847561029/operators", {}, "user_id"),
        ("GET", "/users?state=lost", None, "state"),
        ("GET", "/users?company_admin=maybe", None, "company_admin"),
        ("GET", "/users?limit=0", None, "limit"),
        ("GET", "/users?cursor=nonsense", None, "cursor"),
        ("GET", "/call/abc", None, "id"),
        ("PATCH", f"/users/{THEO}", {"phone_numbers": ["+15035550142"]}, "phone_numbers"),
        ("POST", f"/users/{THEO}/assign_number", {"area_code": "12"}, "area_code"),
        ("POST", "/sms", {**TEXT, "to_numbers": [OUTSIDE] * 11}, "to_numbers"),
        ("POST", "/sms", {**TEXT, "to_numbers": [OUTSIDE, "4155550123"]}, "to_numbers[1]"),
        ("POST", "/sms", {**TEXT, "to_numbers": ["12"], "infer_country_code": True}, "to_numbers[0]"),
        ("POST", "/sms", {**TEXT, "to_numbers": []}, "to_numbers"),
        ("POST", "/sms", {**TEXT, "channel_hashtag": "news"}, "to_numbers"),
        ("POST", "/sms", {**TEXT, "text": "a" * 1601}, "text"),
        ("POST", "/sms", {**TEXT, "text": ""}, "text"),
        ("POST", "/sms", {**TEXT, "media": "not base64!"}, "media"),
        ("POST", "/sms", {**TEXT, "from_number": "+15035550144"}, "from_number"),  # ours, but nobody's
        ("POST", "/sms", {**TEXT, "from_number": "+14155550199"}, "from_number"),  # not ours
        ("POST", "/sms", {**TEXT, "user_id": 5413049586721304}, "user_id"),  # has no number
        ("POST", "/sms", {**TEXT, "sender_group_id": PORTLAND}, "sender_group_id"),
    ],
)
def test_400_names_the_field(client, method, path, body, named):
    assert client.refused(400, method, path, body).lower().find(named) >= 0
    assert client.control(f"inbox/{OUTSIDE}") == {"items": []}


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
        ("POST", "/sms", {**TEXT, "user_id": 5000000000000000}),
        ("POST", "/contacts", {"first_name": "A", "last_name": "B", "owner_id": "5000000000000000"}),
    ],
)
def test_404_for_what_is_not_kept(client, method, path, body):
    assert "No " in client.refused(404, method, path, body)


def test_a_body_too_large_is_refused_and_the_connection_lives_on(client):
    assert "1048576" in client.refused(413, "POST", "/sms", {**TEXT, "media": "A" * 2_000_000})
    assert client.ask("GET", "/company")["name"] == "Larkspur Coffee"


def test_half_a_request_does_nothing(client, started):
    body = json.dumps(TEXT).encode()
    head = f"POST /api/v2/sms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
    with socket.create_connection(("127.0.0.1", started[0].port), 10) as connection:
        connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert client.control("requests") == {"items": []}
    assert client.control(f"inbox/{OUTSIDE}") == {"items": []}


# -- what is kept


def test_users(client):
    given = {"email": "new@larkspur.example", "office_id": PORTLAND, "first_name": "Nia", "auto_assign": True}
    made = client.ask("POST", "/users", given)
    assert (made["display_name"], made["license"], made["emails"]) == ("Nia", "talk", [given["email"]])
    assert len(made["phone_numbers"]) == 1
    path = f"/users/{made['id']}"
    assert client.ask("GET", path) == made
    assert "exists" in client.refused(409, "POST", "/users", given)
    emails = ["n@larkspur.example", "nia@larkspur.example"]
    changed = client.ask("PATCH", path, {"last_name": "Reyes", "emails": emails, "id": 5, "job_title": None})
    assert changed == {**made, "last_name": "Reyes", "emails": emails, "display_name": "Nia Reyes"}
    assert [u["id"] for u in client.ask("GET", "/users?email=n@larkspur.example")["items"]] == [made["id"]]
    number = made["phone_numbers"][0]
    assert len(client.ask("GET", f"/users?number={quote(number)}")["items"]) == 1
    assert [u["id"] for u in client.ask("GET", "/users?company_admin=true")["items"]] == [str(MARA)]
    assert client.ask("PATCH", path, {"phone_numbers": []})["phone_numbers"] == []
    assert client.ask("GET", f"/numbers/{number}")["status"] == "available"
    assert client.ask("DELETE", path)["state"] == "deleted"
    client.refused(404, "GET", path)
    client.refused(404, "DELETE", path)


def test_me_is_the_user_of_the_key(client):
    assert client.ask("GET", "/users/me")["id"] == str(MARA)
    assert client.ask("PATCH", "/users/me/status", {"status_message": "Out"})["id"] == str(MARA)
    assert client.ask("GET", f"/users/{MARA}")["status_message"] == "Out"


def test_contacts(client):
    before = client.ask("GET", f"/contacts/{PRIYA}")
    changed = client.ask("PATCH", f"/contacts/{PRIYA}", {"phones": ["+14155550124"], "job_title": "Head"})
    assert changed == {
        **before,
        "phones": ["+14155550124"],
        "primary_phone": "+14155550124",
        "job_title": "Head",
    }
    uid = {"uid": "crm-1", "first_name": "Ann", "last_name": "Lee", "phones": ["+14155550180"]}
    made = client.ask("PUT", "/contacts", uid)
    again = client.ask("PUT", "/contacts", {**uid, "first_name": "Anna"})
    assert again == {**made, "first_name": "Anna", "display_name": "Anna Lee"}
    local = client.ask("POST", "/contacts", {"first_name": "Bo", "last_name": "Ek", "owner_id": str(THEO)})
    assert (local["type"], made["type"]) == ("local", "shared")
    ids = {
        query: {contact["id"] for contact in client.ask("GET", "/contacts" + query)["items"]}
        for query in ("", f"?owner_id={THEO}", "?include_local=true")
    }
    assert ids[f"?owner_id={THEO}"] == {local["id"]}
    assert local["id"] not in ids[""]
    assert ids["?include_local=true"] == ids[""] | {local["id"]}
    assert client.ask("DELETE", f"/contacts/{PRIYA}") == changed
    client.refused(404, "GET", f"/contacts/{PRIYA}")


def test_webhooks(client):
    made = client.ask("POST", "/webhooks", {"hook_url": "https://a.example/x"})
    assert made.keys() == {"id", "hook_url"}
    path = f"/webhooks/{made['id']}"
    signature = {"algo": "HS256", "secret": "s3", "type": "jwt"}
    assert client.ask("PATCH", path, {"secret": "s3"}) == {**made, "signature": signature}
    assert [hook["id"] for hook in client.ask("GET", "/webhooks")["items"]] == [str(WEBHOOK), made["id"]]
    assert client.ask("DELETE", path)["signature"] == signature
    client.refused(404, "GET", path)


def test_numbers(client):
    def lines(user_id: int) -> Any:
        return client.ask("GET", f"/users/{user_id}").get("phone_numbers")

    assert lines(MARA) == ["+15035550142"]
    taken = {"target_type": "user", "target_id": THEO}
    assert "assigned" in client.refused(409, "POST", "/numbers/+15035550142/assign", taken)
    second = client.ask("POST", f"/users/{MARA}/assign_number", {"number": "+15035550144", "primary": False})
    assert (second["status"], second["target_id"]) == ("user", str(MARA))
    assert lines(MARA) == ["+15035550142", "+15035550144"]
    found = client.ask("POST", f"/users/{MARA}/assign_number", {"area_code": "206"})
    assert found["number"] == "+12065550145"
    assert lines(MARA) == ["+12065550145", "+15035550142", "+15035550144"]
    bought = client.ask("POST", "/numbers/assign", {**taken, "area_code": "312"})
    assert bought["number"] == "+13125550100"
    swapped = client.ask("POST", "/numbers/swap", {"target": {"target_type": "user", "target_id": MARA}})
    assert swapped["number"] == lines(MARA)[0] == "+15035550145"
    assert "+12065550145" not in lines(MARA)
    client.refused(409, "POST", f"/users/{THEO}/unassign_number", {"number": "+15035550142"})
    client.ask("POST", f"/users/{MARA}/unassign_number", {"number": "+15035550142"})
    assert lines(MARA) == ["+15035550145", "+15035550144"]
    free = {number["number"] for number in client.ask("GET", "/numbers?status=available")["items"]}
    assert free == {"+15035550142", "+12065550145"}
    assert client.ask("DELETE", "/numbers/%2B15035550144")["status"] == "available"
    assert lines(MARA) == ["+15035550145"]
    assert client.ask("DELETE", "/numbers/%2B15035550145?release=true")["deleted"] is True
    client.refused(404, "GET", "/numbers/%2B15035550145")
    assert lines(MARA) == []


# -- pages


def test_pages(client):
    for number in range(230):
        client.ask("PUT", "/contacts", {"uid": str(number), "first_name": "C", "last_name": str(number)})
    seen, sizes, cursor = [], [], ""
    while True:
        page = client.ask("GET", f"/contacts?cursor={cursor}" if cursor else "/contacts?limit=5000")
        seen += [contact["id"] for contact in page["items"]]
        sizes.append(len(page["items"]))
        if sizes == [100]:  # what was read already goes; nothing that is left may be skipped
            client.ask("DELETE", f"/contacts/{PRIYA}")
        if "cursor" not in page:
            break
        cursor = page["cursor"]
    assert sizes == [100, 100, 43]
    assert len(set(seen)) == 230 + 13  # 13 are there from the start
    assert "cursor" in client.refused(400, "GET", f"/users?cursor={cursor}")


# -- texts


CENTER = {"sender_group_id": 5610293847561029, "sender_group_type": "callcenter"}


def test_a_text_arrives_at_each_recipient(client):
    numbers = [OUTSIDE, "+14155550188"]
    answer = client.ask("POST", "/sms", {"to_numbers": numbers, "text": "Grüße ☕", "media": "QUJD"})
    assert answer["message_status"] == "pending"
    assert (answer["from_number"], answer["user_id"]) == ("+15035550142", str(MARA))
    assert answer["to_numbers"] == numbers
    ids = set()
    for number in numbers:
        [text] = client.control(f"inbox/{quote(number)}")["items"]
        assert (text["text"], text["media"], text["to_number"]) == ("Grüße ☕", "QUJD", number)
        ids.add(text["id"])
    assert len(ids) == 2
    client.ask("POST", "/sms", {**TEXT, "text": "second"})
    assert [text["text"] for text in client.control(f"inbox/{OUTSIDE}")["items"]] == ["Grüße ☕", "second"]


@pytest.mark.parametrize(
    ("sender", "number", "kind", "user_id"),
    [
        ({}, "+15035550142", "user", MARA),
        ({"user_id": THEO}, "+15035550143", "user", THEO),
        ({"user_id": THEO, "from_number": "+15035550100"}, "+15035550100", "office", THEO),
        ({"user_id": THEO, "from_number": "+15035550142"}, "+15035550142", "user", MARA),
        ({"sender_group_id": PORTLAND, "sender_group_type": "office"}, "+15035550100", "office", MARA),
        ({**CENTER, "user_id": THEO}, "+15035550110", "callcenter", THEO),
        ({**CENTER, "from_number": "+15035550143"}, "+15035550143", "user", THEO),
    ],
)
def test_who_sends(client, sender, number, kind, user_id):
    answer = client.ask("POST", "/sms", {**TEXT, **sender})
    assert (answer["from_number"], answer["target_type"]) == (number, kind)
    assert answer["user_id"] == str(user_id)
    assert client.control(f"inbox/{OUTSIDE}")["items"][0]["from_number"] == number


def test_texts_to_channels_and_to_local_numbers(client):
    answer = client.ask("POST", "/sms", {"channel_hashtag": "news", "text": "Hi"})
    assert "to_numbers" not in answer
    local = {"to_numbers": ["(415) 555-0123"], "infer_country_code": True, "text": "Hi"}
    assert client.ask("POST", "/sms", local)["to_numbers"] == [OUTSIDE]


# -- what only a sandbox has


def test_requests_are_shown_as_they_were_received(client):
    client.send("GET", "/api/v2/contacts/a%2Fb?x=1&x=2&empty=", **{"x-trace": "t"})
    client.send("POST", "/api/v2/sms", {**TEXT, "user_id": MARA})
    client.send("POST", "/api/v2/sms", b"{broken")
    client.send("GET", "/api/v2/nowhere", authorization="")
    first, second, third, fourth = client.control("requests")["items"]
    assert (first["method"], first["path"], first["body"]) == ("GET", "/api/v2/contacts/a%2Fb", None)
    assert first["query"] == [["x", "1"], ["x", "2"], ["empty", ""]]
    assert first["headers"]["x-trace"] == "t"
    assert first["headers"]["authorization"] == "(hidden)"
    assert second["body"] == {**TEXT, "user_id": MARA}
    assert third["body"] == "{broken"
    assert "authorization" not in fourth["headers"]
    assert client.token not in json.dumps(client.control("requests"))


def test_only_the_last_thousand_requests_are_kept(client):
    for number in range(1010):
        client.send("GET", f"/{number}")
    items = client.control("requests")["items"]
    assert (len(items), items[0]["path"], items[-1]["path"]) == (1000, "/10", "/1009")


def test_reset_and_control_paths(client):
    client.ask("DELETE", f"/contacts/{PRIYA}")
    client.control("reset", "POST")
    client.ask("GET", f"/contacts/{PRIYA}")
    assert client.control("health") == {"status": "ok", "seed": 1}
    assert client.send("GET", "/__sandbox__/reset")[0] == 405
    for path in ("nothing", "health/x", "inbox", "inbox/"):
        assert client.send("GET", "/__sandbox__/" + path)[0] == 404


def test_the_seed_decides():
    def tell(seed: int) -> Any:
        with Sandbox(seed=seed) as sandbox:
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


# -- starting and stopping


def test_start_and_stop():
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


SERVE = "from dialkit.sandbox import serve_forever as s; s(0, lambda x: print(x.url, x.token, flush=True))"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to send")
def test_serve_forever_ends_cleanly_on_sigterm():
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=-1, stderr=-1, text=True) as process:
        url, token = process.stdout.readline().split()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.request("GET", "/__sandbox__/health", headers={"authorization": f"Bearer {token}"})
        assert connection.getresponse().status == 200
        process.terminate()  # with the connection still open
        out, err = process.communicate(timeout=10)
        connection.close()
    assert (process.returncode, out, err) == (0, "", "")


def test_importing_it_costs_no_server_and_no_client():
    def loaded(code: str) -> set[str]:
        code = f"import sys; {code}; print(*sys.modules)"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        return {name for name in out.split() if name.startswith(("uvicorn", "dialkit."))}

    assert loaded("import dialkit.sandbox") == {"dialkit.sandbox", "dialkit.sandbox.server"}
    served = loaded("from dialkit.sandbox import Sandbox; Sandbox().start().stop()")
    assert {".".join(name.split(".")[:2]) for name in served if name.startswith("dialkit")} == {
        "dialkit.catalog",
        "dialkit.sandbox",
    }
