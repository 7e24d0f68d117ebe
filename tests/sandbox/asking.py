"""Asking a sandbox over a real socket, by a client that knows nothing of dialkit's own.

Every answer is checked against the catalog: its schema, its spelling, nothing that the schema does not name.
"""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING, Any

from beside import PATIENCE
from dialkit.catalog import Catalog
from dialkit.catalog.model import properties, resolve
from dialkit.catalog.validate import faults, unknown

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox

CATALOG = Catalog()
START = 1_772_730_000.0  # 2026-03-05T17:00:00Z, where the clock of tests stands
PATHS = [
    (row.method, re.compile(re.sub(r"{\w+}", "[^/]+", row.path.replace(".", r"\."))), row)
    # Literal paths first: /offices/primary before /offices/{id}.
    for row in sorted(CATALOG.ids.values(), key=lambda row: row.path.count("{"))
]


class Client:
    """One kept connection, and the sandbox's own controls."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.world, self.token = sandbox, sandbox.world, sandbox.token
        self.connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=PATIENCE)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
        """Status, raw body, headers; `body` is sent as it is when bytes, else as JSON."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", **headers}
        self.connection.request(method, path, raw, {k: v for k, v in headers.items() if v})
        answer = self.connection.getresponse()
        status, raw_answer = answer.status, answer.read()
        if path.startswith(("/api/", "/oauth2/", "/oauth_apps")):
            check_answer(method, path.partition("?")[0], status, raw_answer)
        return status, raw_answer, answer.headers

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The JSON of a good answer, None where it is empty."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        status, raw, _ = self.send(method, "/api/v2" + path, body, **headers)
        assert status in (200, 204), raw
        return json.loads(raw) if raw else None

    def refused(self, status: int, method: str, path: str, body: Any = None, token: str = "") -> str:
        """The message of a refusal."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        got, raw, _ = self.send(method, "/api/v2" + path, body, **headers)
        assert got == status, raw
        return str(json.loads(raw)["error"]["message"])

    def pages(self, path: str, items: str = "items", size: int = 0) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        mark = "&" if "?" in path else "?"
        cursor = ""
        for _ in range(10_000):
            query = "&".join(part for part in (f"limit={size}" if size else "", cursor) if part)
            answer = self.ask("GET", path + (mark + query if query else ""))
            found += answer.get(items, [])
            if "cursor" not in answer or not answer.get(items):
                return found
            cursor = "cursor=" + answer["cursor"]
        raise AssertionError("a list without end")

    def advance(self, seconds: float) -> None:
        """Set the sandbox's clock on; all that is due until then happens."""
        self.sandbox.advance(seconds)


def check_answer(method: str, path: str, status: int, raw: bytes) -> None:
    """An answer is what the document says, or a refusal in the service's shape; never a 5xx."""
    assert status < 500, raw
    if status >= 400:
        error = json.loads(raw)["error"]
        assert error["code"] == status
        assert error["errors"][0].keys() == {"domain", "reason", "message"}
        assert error["errors"][0]["message"] == error["message"]
        return
    row = next(row for way, pattern, row in PATHS if way == method and pattern.fullmatch(path))
    operation = CATALOG.operation(row.id)
    assert status == int(operation.answer["status"])
    if "schema" not in operation.answer:
        assert raw == (b"" if status == 204 else b"{}")
        return
    answer = json.loads(raw)
    schema, schemas = operation.answer["schema"], operation.schemas
    if answer == {} and operation.pages:
        return  # the page after the last
    cursor = (operation.pages or {}).get("cursor")
    assert [found for found in faults(answer, schema, schemas, loose=True) if found.path != cursor] == []
    assert unknown(answer, schema, schemas) == []
    check_spelling(answer, schema, schemas)


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
