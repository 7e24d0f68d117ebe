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


# -- what is kept
