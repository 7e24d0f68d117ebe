"""Every operation carries out the example of its help, in the world as it is at the start."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import pytest
from asking import CATALOG, Client

from dialkit.catalog.example import request_example


@pytest.mark.parametrize("operation_id", CATALOG.ids)
def test_every_operation_carries_out_its_example(client: Client, operation_id: str) -> None:
    operation = CATALOG.operation(operation_id)
    values = request_example(operation)
    places = {name: {f.name for f in operation.fields if f.place == name} for name in ("path", "query")}
    path = re.sub(r"{(\w+)}", lambda found: quote(str(values[found[1]]), safe=""), operation.path)
    query = urlencode({name: values[name] for name in places["query"] & values.keys()})
    rest = {name: value for name, value in values.items() if name not in places["path"] | places["query"]}
    status, raw, _ = client.send(operation.method, f"{path}?{query}", rest if operation.body else None)
    assert status == int(operation.answer["status"]), raw
