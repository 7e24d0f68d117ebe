"""The official client as an outside judge: each of its resource methods, sync and async, against the sandbox.

It knows nothing of dialkit. Its methods are found by looking, the operation each stands for by what it asks
for, and the arguments are those of the document's examples. What it says is printed with the test.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections import Counter
from typing import Any, NamedTuple

import dialpad
import pytest
from asking import CATALOG, Client
from dialpad.async_client import AsyncDialpadClient
from dialpad.async_resources.base import AsyncDialpadResource
from dialpad.resources.base import DialpadResource

from dialkit.catalog.example import request_example

# Operation ids whose example is refused, with the status and why that is right.
EXPECTED: dict[str, tuple[int, str]] = {}


class Method(NamedTuple):
    """One method of one resource, the operation it stands for, and the arguments by its own names."""

    resource: str
    name: str
    operation_id: str
    arguments: dict[str, Any]


class Asked(Exception):
    """Carries what a method asked for."""


class Listener:
    """Stands in for the official client's transport while a method is asked what it would ask for."""

    def request(self, method: str, sub_path: str, **_rest: Any) -> None:
        raise Asked(method, sub_path)

    iter_request = request


def resources(client: Any, base: type) -> dict[str, type]:
    """The classes of a client's resources, by the name of the property."""
    found = {}
    for name, member in inspect.getmembers(type(client), lambda value: isinstance(value, property)):
        value = member.fget(client)
        if isinstance(value, base):
            found[name] = type(value)
    return found


def asked_by(resource: type, name: str) -> tuple[str, str]:
    """The HTTP method and the path, with names in braces, of a method."""
    parameters = list(inspect.signature(getattr(resource, name)).parameters)[1:]
    try:
        found = getattr(resource(Listener()), name)(**{given: "{" + given + "}" for given in parameters})
        if inspect.isgenerator(found):
            next(found)
    except Asked as asked:
        return asked.args[0], asked.args[1]
    raise AssertionError(f"{name} asks for nothing")


def methods_of(client: Any) -> list[Method]:
    """All methods of the sync client's resources."""
    found = []
    for attribute, resource in resources(client, DialpadResource).items():
        for name, _ in inspect.getmembers(resource, inspect.isfunction):
            if name.startswith("_"):
                continue
            way, path = asked_by(resource, name)
            shape = re.sub(r"{\w+}", "{}", path)
            rows = [
                row
                for row in CATALOG.ids.values()
                if row.method == way and re.sub(r"{\w+}", "{}", row.path) == shape
            ]
            assert len(rows) == 1, (attribute, name, way, path)
            found.append(Method(attribute, name, rows[0].id, _arguments(resource, name, rows[0], path)))
    return found


def _arguments(resource: type, name: str, row: Any, path: str) -> dict[str, Any]:
    operation = CATALOG.operation(row.id)
    values = request_example(operation)
    outside = {field.name for field in operation.fields if field.place != "body"}
    renamed = dict(zip(re.findall(r"{(\w+)}", path), re.findall(r"{(\w+)}", row.path), strict=True))
    given: dict[str, Any] = {}
    for parameter in list(inspect.signature(getattr(resource, name)).parameters)[1:]:
        if parameter == "request_body":
            given[parameter] = {key: value for key, value in values.items() if key not in outside}
        elif renamed.get(parameter, parameter) in values:
            given[parameter] = values[renamed.get(parameter, parameter)]
    return given


def judged(method: Method, error: Exception | None) -> str:
    """What came of one call: ``fine``, or a refusal that was expected."""
    expected = EXPECTED.get(method.operation_id)
    where = f"{method.resource}.{method.name} ({method.operation_id})"
    if error is None:
        assert not expected, f"{where} was expected to be refused"
        return "fine"
    response = getattr(error, "response", None)
    assert response is not None, f"{where}: {type(error).__name__}: {error}"
    assert expected, f"{where}: {response.status_code} {response.text}"
    assert response.status_code == expected[0], f"{where}: {response.text}"
    return f"refused, as expected: {response.status_code} {method.operation_id}: {expected[1]}"


def report(kind: str, counts: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\npython-dialpad, {kind}: {sum(counts.values())} methods")
        for what, count in counts.most_common():
            print(f"  {count:4} {what}")


@pytest.fixture
def official(client: Client) -> dialpad.DialpadClient:
    made = dialpad.DialpadClient(client.token, base_url=client.sandbox.url)
    yield made
    made._session.close()


def test_every_method_sync(official: Any, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    for method in methods_of(official):
        client.sandbox.reset()
        error = _at_once(getattr(getattr(official, method.resource), method.name), method.arguments)
        counts[judged(method, error)] += 1
    assert sum(counts.values()) > 190
    report("sync", counts, capsys)


def test_every_method_async(official: Any, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    methods = methods_of(official)

    async def run() -> None:
        made = AsyncDialpadClient(client.token, base_url=client.sandbox.url)
        known = resources(made, AsyncDialpadResource)
        names = {(name, method) for name, kind in known.items() for method in dir(kind) if method[0] != "_"}
        assert names == {(method.resource, method.name) for method in methods}
        for method in methods:
            client.sandbox.reset()
            error = await _once(getattr(getattr(made, method.resource), method.name), method.arguments)
            counts[judged(method, error)] += 1
        await made._session.aclose()

    asyncio.run(run())
    report("async", counts, capsys)


async def _once(call: Any, arguments: dict[str, Any]) -> Exception | None:
    try:
        answer = call(**arguments)
        if hasattr(answer, "__aiter__"):
            async for _ in answer:
                pass
        else:
            await answer
    except Exception as error:
        return error
    return None


def _at_once(call: Any, arguments: dict[str, Any]) -> Exception | None:
    try:
        answer = call(**arguments)
        if inspect.isgenerator(answer):
            list(answer)
    except Exception as error:
        return error
    return None
