"""Every operation by its typed method, sync and async, with the document's own example, decoded strictly."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from typed_methods import CATALOG, OPERATIONS, method, paths

from dialkit import AsyncDialpad, Dialpad
from dialkit.catalog.example import request_example
from dialkit.client.model import Model
from dialkit.client.paging import AsyncPages, Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog import Operation
    from dialkit.sandbox import Sandbox


def test_every_operation_has_one_method_and_both_clients_have_the_same() -> None:
    assert sorted(paths(Dialpad)) == OPERATIONS
    assert paths(AsyncDialpad) == paths(Dialpad)


@pytest.mark.parametrize("name", OPERATIONS)
def test_parameters_are_those_of_the_api(name: str, dp: Dialpad) -> None:
    operation = CATALOG.operation(name)
    taken = inspect.signature(method(dp, name)).parameters
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
    answer = method(dp, name)(**request_example(operation))
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
            asked = method(client, name)(**request_example(operation))
            return await (asked.to_list() if isinstance(asked, AsyncPages) else asked)

    answered(operation, asyncio.run(call()))
    assert sandbox.requests[-1].method == operation.method
    assert 200 <= sandbox.requests[-1].status < 300
