"""Every operation by its typed method, sync and async, with the document's own example, decoded strictly."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.catalog import Catalog, Operation
from dialkit.catalog.example import request_example
from dialkit.client.model import Model
from dialkit.client.paging import AsyncPages, Pages
from dialkit.client.resource import AsyncResource, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialkit import AsyncDialpad, Dialpad
    from dialkit.sandbox import Sandbox

CATALOG = Catalog()
OPERATIONS = sorted(CATALOG.ids)


def methods(resource: Any) -> Iterator[tuple[str, Any]]:
    """The methods of a resource and of those within it, each by the operation that its code names."""
    for name in dir(type(resource)):
        if name.startswith("_") or name == "with_raw_response":
            continue
        found = getattr(resource, name)
        if isinstance(found, Resource | AsyncResource):
            yield from methods(found)
        else:
            yield operation_of(found), found


def operation_of(method: Any) -> str:
    return next(word for word in method.__code__.co_consts if isinstance(word, str) and word in CATALOG.ids)


def all_methods(client: Dialpad | AsyncDialpad) -> dict[str, Any]:
    names = [
        name
        for name in dir(type(client))
        if name.replace("_", "-") in CATALOG.groups or name in CATALOG.groups
    ]
    found: dict[str, Any] = {}
    for name in names:
        for operation, method in methods(getattr(client, name)):
            assert operation not in found, f"two methods for {operation}"
            found[operation] = method
    return found


def test_every_operation_has_one_method_on_each_client(
    dp: Dialpad, asynchronous: Callable[..., AsyncDialpad]
) -> None:
    assert sorted(all_methods(dp)) == OPERATIONS
    assert sorted(all_methods(asynchronous())) == OPERATIONS


@pytest.mark.parametrize("name", OPERATIONS)
def test_parameters_are_those_of_the_api(name: str, dp: Dialpad) -> None:
    operation = CATALOG.operation(name)
    taken = inspect.signature(all_methods(dp)[name]).parameters
    assert list(taken) == [field.name for field in operation.fields]
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in taken.values())
    required = {one.name for one in taken.values() if one.default is inspect.Parameter.empty}
    assert required == {field.name for field in operation.fields if field.required}


def answered(operation: Operation, answer: Any) -> None:
    """The answer is of the documented shape; what the request set is in it."""
    if operation.pages is not None:
        assert all(isinstance(item, Model | str) for item in answer)  # labels are plain texts
    elif "schema" in operation.answer:
        assert isinstance(answer, Model)
    else:
        assert answer is None


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_example_is_carried_out(name: str, dp: Dialpad, sandbox: Sandbox) -> None:
    operation = CATALOG.operation(name)
    answer = all_methods(dp)[name](**request_example(operation))
    if isinstance(answer, Pages):
        answer = answer.to_list()
    answered(operation, answer)
    assert sandbox.requests[-1].method == operation.method
    assert 200 <= sandbox.requests[-1].status < 300


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_example_is_carried_out_by_asyncio(
    name: str, asynchronous: Callable[..., AsyncDialpad], sandbox: Sandbox
) -> None:
    operation = CATALOG.operation(name)

    async def call() -> Any:
        async with asynchronous() as client:
            asked = all_methods(client)[name](**request_example(operation))
            return await (asked.to_list() if isinstance(asked, AsyncPages) else asked)

    answered(operation, asyncio.run(call()))
    assert sandbox.requests[-1].method == operation.method
    assert 200 <= sandbox.requests[-1].status < 300
