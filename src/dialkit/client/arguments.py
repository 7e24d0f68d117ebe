"""What a typed method was given, as the values of a request: checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog import rules
from dialkit.catalog.model import kind, resolve
from dialkit.catalog.validate import faults
from dialkit.client.model import UNSET, Model
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.catalog import Field, Operation
    from dialkit.catalog.validate import Fault

# A text's schema of no more than these takes all of ASCII, so most ids need no closer look.
ANY_TEXT = {"type", "description", "examples"}
PLAIN = frozenset({str, int, float, bool, type(None)})


def is_id(name: str) -> bool:
    """Whether a parameter names a thing, so that the number an answer gave is as good as its text."""
    return name == "id" or name.endswith("_id")


def arguments(operation: Operation, given: Mapping[str, Any], now: float) -> dict[str, Any]:
    """`given` by the API's names, without what is unset, and as JSON has it.

    Objects of `dialkit.client.types` become objects of JSON, aware datetimes ISO 8601 in UTC, bytes Base64
    where that is asked for, and a number given for an id that travels as text becomes text.

    Raises `InvalidArgument` naming all faults: against the schema, against the operation's rules, and against
    the clock (`now`, epoch seconds).
    """
    values: dict[str, Any] = {}
    found: list[Fault] = []
    for field in operation.fields:
        value = given.get(field.name, UNSET)
        if value is UNSET or (value is None and field.place != "body"):
            if field.required:
                raise InvalidArgument(f"{operation.id} needs {field.name}", hint=_hint(operation))
            continue
        value = values[field.name] = _value(operation, field, value)
        found += _faults(operation, field, value)
    found = found or _broken(operation, values, now)
    if found:
        told = "; ".join(f"{fault.path} {fault.message}" for fault in found)
        raise InvalidArgument(f"{operation.id}: {told}", hint=_hint(operation))
    return values


def _broken(operation: Operation, values: Mapping[str, Any], now: float) -> list[Fault]:
    """Where values break the operation's rules, or do not fit the clock."""
    source = operation.source
    found = rules.faults_of_rules(values, source["requires"]) if "requires" in source else []
    if "max-span" in source and not source["max-span"].get("reported"):
        span = rules.fault_of_span(operation, values)
        found += [span] if span else []
    if operation.effect != "read":  # what is read may lie in the past
        found += rules.faults_of_clock(operation, values, now)
    return found


def _hint(operation: Operation) -> str:
    return f"dialpad {operation.id} --help tells what it takes"


def _faults(operation: Operation, field: Field, value: Any) -> list[Fault]:
    schema = field.schema
    if (
        isinstance(value, str)
        and schema.get("type") == "string"
        and schema.keys() <= ANY_TEXT
        and value.isascii()
    ):
        return []
    return [
        fault._replace(path=f"{field.name}{'' if fault.path[:1] in ('', '[') else '.'}{fault.path}")
        for fault in faults(value, schema, operation.schemas)
    ]


def _value(operation: Operation, field: Field, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        text = is_id(field.name) and kind(resolve(field.schema, operation.schemas)) == "string"
        return str(int(value)) if text else int(value)
    if isinstance(value, bytes | bytearray):
        from base64 import b64encode

        # Anywhere else bytes are a slip, which the schema finds: nobody is to be sent Base64 as a text.
        encoded = resolve(field.schema, operation.schemas).get("format") == "byte"
        return b64encode(value).decode() if encoded else value
    return plain(value)


def plain(value: Any) -> Any:
    """A value as JSON has it. Raises `InvalidArgument` for a datetime without a zone."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if inner is not UNSET}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)  # the word of an enumeration, which its own str() does not say
    return _date(value)


def _date(value: Any) -> Any:
    from datetime import UTC, datetime

    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise InvalidArgument(
            f"{value.isoformat()} has no time zone", hint="give an aware datetime: datetime.now(UTC)"
        )
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
