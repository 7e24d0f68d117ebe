"""One request as an operation understands it: checked against the catalog, its values typed."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.catalog.model import kind, resolve
from dialkit.catalog.rules import fault_of_span, faults_of_clock, faults_of_rules
from dialkit.catalog.validate import faults
from dialkit.sandbox.http.integers import as_numbers
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.catalog.model import Field, Schema
    from dialkit.catalog.validate import Fault
    from dialkit.sandbox.world import Record

    Values = dict[str, Any]

BOOLEANS = {"true": True, "false": False}


class Answer(NamedTuple):
    """An answer with a status and headers of its own; a handler gives it where a plain value will not do."""

    value: Any
    status: int | None = None
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


class Call(NamedTuple):
    """An operation, the key that asks, and what it was given, by place.

    `key` is a record of the table `keys`: ``user_id``, ``admin``, ``scopes`` among its fields. `headers` are
    the request's, by names in lower case. `extra` are fields of the body that the operation does not know.
    """

    operation: Operation
    key: Record
    path: Values
    query: Values
    body: Values
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    extra: Values = {}  # noqa: RUF012 - never changed

    @property
    def user_id(self) -> int:
        """Whose key it is."""
        return int(self.key["user_id"])

    def may(self, scope: str) -> bool:
        """Whether the key has a scope."""
        return bool(self.key.get("admin_scopes") or scope in self.key["scopes"])


def read(
    operation: Operation,
    key: Record,
    path: Values,
    query: Values,
    body: Any,
    now: float,
    headers: dict[str, str] | None = None,
    *,
    digits: bool = True,
) -> Call:
    """Check and type what was sent. `body` is decoded JSON, None where none was sent.

    Path and query hold text. A null in the body counts as not given, and so does an empty text in the query:
    some clients write the names of all they could have given. Fields the operation does not know are
    left out. `now` is what moments are measured against. `digits` takes text for 64-bit integers in the body.
    Raises `Refusal` 400, naming the field.
    """
    sent = {"path": path, "query": query}
    known: dict[str, Values] = {"path": {}, "query": {}, "body": {}}
    extra: Values = {}
    if query.get("limit"):  # undocumented on most lists, and honoured
        known["query"]["limit"] = query["limit"]
    plan = _plan(operation)
    for field in plan.outside:
        if sent[field.place].get(field.name, "") != "":
            value = _typed(sent[field.place][field.name], field.schema)
            _check(value, field.schema, operation, field.name)
            known[field.place][field.name] = value
        elif field.required:
            raise Refusal(400, f"{field.name}: is required")
    if operation.body and (body is not None or operation.body["required"]):
        body = {} if body is None else body
        if not isinstance(body, dict):
            raise Refusal(400, "The body must be a JSON object.")
        body = {name: value for name, value in body.items() if value is not None}
        schema = operation.body["schema"]
        found = faults(body, schema, operation.schemas)
        if found and digits:
            body = as_numbers(body, schema, operation.schemas)
            found = faults(body, schema, operation.schemas)
        _refuse(found, "")
        known["body"] = {name: value for name, value in body.items() if name in plan.names}
        extra = {name: value for name, value in body.items() if name not in plan.names}
    if plan.ruled:
        _check_rules(operation, {**known["path"], **known["query"], **known["body"]}, now)
    return Call(operation, key, **known, headers=headers or {}, extra=extra)


class _Plan(NamedTuple):
    """What reading needs to know of an operation, looked up once."""

    outside: tuple[Field, ...]  # of the path and the query
    names: frozenset[str]  # of the body
    ruled: bool  # whether values have to fit together, or the clock


@cache
def _plan(operation: Operation) -> _Plan:
    outside = tuple(field for field in operation.fields if field.place != "body")
    names = frozenset(field.name for field in operation.fields if field.place == "body")
    ahead = any("x-min-ahead" in resolve(field.schema, operation.schemas) for field in operation.fields)
    return _Plan(outside, names, ahead or not operation.source.keys().isdisjoint(("requires", "max-span")))


def _typed(text: str, schema: Schema) -> Any:
    """Text as the schema's type; as it stands where it is not of that type, for the check to find."""
    wanted = kind(schema)
    if wanted == "integer" and re.fullmatch("-?[0-9]{1,19}", text):
        return int(text)
    return BOOLEANS.get(text, text) if wanted == "boolean" else text


def _check(value: Any, schema: Schema, operation: Operation, name: str) -> None:
    _refuse(faults(value, schema, operation.schemas), name)


def _refuse(found: list[Fault], name: str) -> None:
    """Refuse what has faults, by the first. Raises `Refusal` 400."""
    for fault in found:
        place = ".".join(part for part in (name, fault.path) if part)
        raise Refusal(400, f"{place}: {fault.message}" if place else fault.message)


def _check_rules(operation: Operation, values: Values, now: float) -> None:
    """What the document says of values together. What is only reported is the operation's own to check."""
    found = faults_of_rules(values, operation.source.get("requires", []))
    span = operation.source.get("max-span") or {}
    if span and not span.get("reported") and (fault := fault_of_span(operation, values)):
        found.append(fault)
    found += faults_of_clock(operation, values, now)
    for fault in found:
        raise Refusal(400, f"{fault.path}: {fault.message}")
