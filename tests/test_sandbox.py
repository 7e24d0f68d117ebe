"""The sandbox, asked over real sockets by a client that knows nothing of dialkit."""

from __future__ import annotations

import http.client
import json
import re
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
PRIYA = "6018273645019283"


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


# -- who may ask, and where


def test_oauth_needs_no_key_and_takes_forms(client):
    form = {"grant_type": "authorization_code", "code": "c", "client_id": "app", "client_secret": "s"}
    kind = "application/x-www-form-urlencoded"
    body = urlencode(form).encode()
    status, raw, _ = client.send("POST", "/oauth2/token", body, authorization="", **{"content-type": kind})
    assert status == 200, raw
    assert "access_token" in json.loads(raw)


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


# -- what only a sandbox has


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
