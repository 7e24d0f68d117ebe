"""The typed method of each operation, found by the operation's id that its code names."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from asker import Asker
from dialkit.catalog import Catalog
from dialkit.client.resource import AsyncResource, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit import AsyncDialpad, Dialpad

CATALOG = Catalog()
OPERATIONS = sorted(CATALOG.ids)
GENERATED = "dialkit.client.resources"


def methods(resource: Any, path: str) -> Iterator[tuple[str, str]]:
    """The operations of a resource and of those within it, each with where its method is."""
    for name in dir(type(resource)):
        if name.startswith("_") or name == "with_raw_response":
            continue
        found = getattr(resource, name)
        if isinstance(found, Resource | AsyncResource):
            yield from methods(found, f"{path}.{name}")
        elif found.__func__.__module__.startswith(GENERATED):  # beside them stand workflows
            yield operation_of(found), f"{path}.{name}"


def operation_of(method: Any) -> str:
    return next(word for word in method.__code__.co_consts if isinstance(word, str) and word in CATALOG.ids)


@cache
def paths(kind: type[Dialpad | AsyncDialpad]) -> dict[str, str]:
    """Operation -> where its method is on such a client, as ``users.caller_id.get``."""
    client = kind("key", environ={})
    found: dict[str, str] = {}
    for name in dir(kind):
        if name in CATALOG.groups or name.replace("_", "-") in CATALOG.groups:
            for operation, path in methods(getattr(client, name), name):
                assert operation not in found, f"two methods for {operation}"
                found[operation] = path
    return found


def method(client: Any, operation: str) -> Any:
    """The method of an operation."""
    return attrgetter(paths(type(client))[operation])(client)


def raw_method(client: Any, operation: str) -> Any:
    """The same, answering raw."""
    resource, _, name = paths(type(client))[operation].rpartition(".")
    return attrgetter(f"{resource}.with_raw_response.{name}")(client)


class TypedAsker(Asker):
    """Asks by typed methods; the outcome is the `RawResponse`, once it has been decoded, too."""

    def put(self, client: Any, operation: str, params: Any) -> Any:
        asked = raw_method(client, operation)(**params)
        return self._decoded(asked) if self.kind == "async" else self._parsed(asked)

    async def _decoded(self, asked: Any) -> Any:
        return self._parsed(await asked)

    @staticmethod
    def _parsed(answer: Any) -> Any:
        answer.parse()
        return answer
