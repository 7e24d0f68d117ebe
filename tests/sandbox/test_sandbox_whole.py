"""Properties of the whole surface: what holds for every operation of the document."""

from __future__ import annotations

import copy
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from asking import CATALOG, START, Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import values as made
from dialkit.catalog.example import request_example
from dialkit.catalog.model import kind, resolve
from dialkit.sandbox import Sandbox
from dialkit.sandbox.coverage import STATELESS, coverage
from dialkit.sandbox.operations import collect

QUIET = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
# Operations that write nothing for their example, since the world is as it asks already.
ALREADY = {
    "blockednumbers.add": "the number is blocked",
    "call.assign": "the operator has the call",
    "channels.members.post": "the user is a member",
    "company.update_settings": "it is switched on",
    "ivr.update": "the IVR is selected",
    "users.move_office.patch": "the user is in that office",
}
# What no value of that type is, for each type.
WRONG: dict[str | None, Any] = {
    "string": {"no": "text"},
    "integer": "twelve",
    "number": "twelve",
    "boolean": "perhaps",
    "array": "no list",
    "object": "no object",
}


def send(client: Client, operation_id: str, values: dict[str, Any]) -> tuple[int, Any]:
    """Ask with values by name; the status and the answer."""
    status, raw = send_raw(client, operation_id, values)
    return status, json.loads(raw) if raw else None


def send_raw(client: Client, operation_id: str, values: dict[str, Any]) -> tuple[int, bytes]:
    """Ask with values by name; the status and the answer's bytes."""
    operation = CATALOG.operation(operation_id)
    places = {field.name: field.place for field in operation.fields}
    path = re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]]) or "%00", safe=""), operation.path)
    query = {
        n: str(v).lower() if isinstance(v, bool) else v for n, v in values.items() if places[n] == "query"
    }
    body = {name: value for name, value in values.items() if places[name] == "body"}
    target = f"{path}?{urlencode(query, errors='surrogatepass')}"
    status, raw, _ = client.send(operation.method, target, body if operation.body else None)
    return status, raw


def test_every_operation_has_a_way_of_its_own() -> None:
    handlers, _ = collect()
    assert sorted(handlers) == sorted(CATALOG.ids)


def test_every_operation_depends_on_the_world_or_changes_it() -> None:
    rows = coverage()
    assert [row.operation for row in rows] == list(CATALOG.ids)
    assert [(row.operation, row.refused) for row in rows if row.refused] == []
    assert {row.operation for row in rows if not row.reads and not row.writes} == set(STATELESS)
    idle = [
        row.operation
        for row in rows
        if not row.writes and CATALOG.ids[row.operation].effect != "read" and not row.reason
    ]
    assert sorted(idle) == sorted(ALREADY), "these say that they change something, and change nothing"


@pytest.mark.parametrize("operation_id", CATALOG.ids)
@given(data=st.data())
@QUIET
def test_other_values_never_break_it(client: Client, operation_id: str, data: st.DataObject) -> None:
    """The example with some of its values swapped for others: an answer that is valid, or a refusal."""
    client.sandbox.reset()
    operation = CATALOG.operation(operation_id)
    values = request_example(operation)
    for field in operation.fields:
        if data.draw(st.integers(0, 2)) == 0:
            values[field.name] = data.draw(made.of(field.schema, operation.schemas))
    values = {name: value for name, value in values.items() if value is not None}
    client.sandbox.snapshot("before")
    status, _ = send(client, operation_id, values)  # checks the answer
    assert status < 500
    if status >= 400:
        assert client.sandbox.diff("before") == [], "a refused request changes nothing"


@pytest.mark.parametrize("operation_id", CATALOG.ids)
def test_every_wrong_field_is_refused_by_name(client: Client, operation_id: str) -> None:
    operation = CATALOG.operation(operation_id)
    example = request_example(operation)
    chosen = operation.body and "oneOf" in resolve(operation.body["schema"], operation.schemas)
    for field in operation.fields:
        if chosen and field.name not in example:
            continue  # a field of another choice, which this one does not know
        schema = resolve(field.schema, operation.schemas)
        spoiled = []
        if field.place == "body" or kind(schema) not in ("string", None):
            spoiled.append({**example, field.name: WRONG.get(kind(schema), WRONG["string"])})
        if "enum" in schema:
            spoiled.append({**example, field.name: "no-such-word"})
        if field.required and field.place != "path":
            spoiled.append({name: value for name, value in example.items() if name != field.name})
        for values in spoiled:
            status, answer = send(client, operation_id, values)
            assert 400 <= status < 500, (field.name, values, answer)
            assert field.name in answer["error"]["message"], (field.name, answer)


def world_of(client: Client) -> dict[str, Any]:
    """All that the world holds."""
    return {name: list(table) for name, table in client.world.tables.items()}


def test_records_are_never_changed_in_place(client: Client) -> None:
    start = copy.deepcopy(world_of(client))
    for operation_id in CATALOG.ids:
        send(client, operation_id, request_example(CATALOG.operation(operation_id)))
    client.advance(30 * 86_400)
    assert world_of(client) != start
    client.sandbox.reset()
    assert world_of(client) == start


def test_all_that_is_kept_is_json(client: Client) -> None:
    for operation_id in CATALOG.ids:
        send(client, operation_id, request_example(CATALOG.operation(operation_id)))
    client.advance(86_400)
    kept = world_of(client)
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept


def campaign(port: int) -> tuple[int, list[bytes], Any]:
    """Every example, a day passing in between now and then: all answers, and what was delivered."""
    with Sandbox(port=port, seed=7, limits=False, at=START, frozen=True) as sandbox:
        client = Client(sandbox)
        answers = []
        for number, operation_id in enumerate(CATALOG.ids):
            answers += send_raw(client, operation_id, request_example(CATALOG.operation(operation_id)))
            if number % 20 == 0:
                client.advance(3600)
        client.connection.close()
        deliveries = [
            {**delivery, "attempts": [{**attempt, "ms": 0} for attempt in delivery.get("attempts", ())]}
            for delivery in sandbox.world.deliveries
        ]
        return sandbox.port, answers, [list(sandbox.world.events), deliveries, world_of(client)]


def test_the_same_seed_and_requests_give_the_same_bytes() -> None:
    port, *first = campaign(0)
    _, *second = campaign(port)
    assert first == second
