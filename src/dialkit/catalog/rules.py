"""What an operation asks of several values together, and of values and the clock.

Extensions of the document say it. A value that is null, false, or an empty text or list is not given.

``x-requires``, on an operation, is a list of rules, each with one of

- ``need``: values that must be given, ``[]`` for any, else one of those listed;
- ``any``: names of which at least one must be given;
- ``together``: names that are all given, or none of them;

and with ``when``, written like ``need``, where the rule counts only if all of that holds::

    - when: {stat_type: [csat, dispositions]}
      need: {target_id: [], export_type: [records]}
    - any: [to_numbers, channel_hashtag]

``x-max-span``, on an operation: ``{from, to, seconds}``, names of two moments less than that apart. With
``reported: true`` it is what integrators report, no more. ``x-min-ahead``, on a property: how many seconds a
moment must lie in the future. A moment is ISO 8601 (UTC where it has no zone), or a number: of epoch
milliseconds with ``x-unit: ms``, else of epoch seconds.
"""

from __future__ import annotations

from dialkit.catalog.model import resolve

# `validate` is imported where it is used: help tells rules, and checks nothing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from dialkit.catalog import Operation
    from dialkit.catalog.validate import Fault

    Rule = Mapping[str, Any]
    Called = Callable[[str], str]

LENGTHS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
LATEST = 253_402_300_800  # the year 10000, where ISO 8601 ends


def faults_of_rules(values: Mapping[str, Any], rules: list[Any], called: Called = str) -> list[Fault]:
    """Where `values`, by the names of parameters and the body's properties, break rules of ``x-requires``.

    `called` turns a name into what people know it by, such as its flag.
    """
    found: dict[str, Fault] = {}
    for rule in rules:
        for fault in _broken(values, rule, called):
            found.setdefault(fault.path, fault)
    return list(found.values())


def fault_of_span(operation: Operation, values: Mapping[str, Any], called: Called = str) -> Fault | None:
    """Where two moments of `values` are further apart than ``x-max-span`` allows; None where they are not."""
    span = operation.source.get("max-span") or {}
    start, end = (_moment(operation, values, span.get(key, "")) for key in ("from", "to"))
    if start is None or end is None or end - start < span["seconds"]:
        return None
    from dialkit.catalog.validate import Fault

    most = length(span["seconds"])
    return Fault(called(span["to"]), f"must be less than {most} after {called(span['from'])}")


def faults_of_clock(
    operation: Operation, values: Mapping[str, Any], now: float, called: Called = str
) -> list[Fault]:
    """Which moments of `values` are not as far ahead of `now`, in epoch seconds, as ``x-min-ahead`` asks."""
    from dialkit.catalog.validate import Fault

    found = []
    for field in operation.fields:
        schema = resolve(field.schema, operation.schemas)
        if "x-min-ahead" not in schema:
            continue
        ahead, moment = schema["x-min-ahead"], _moment(operation, values, field.name)
        if moment is not None and moment < now + ahead:
            least = f"at least {length(ahead)} from now" if ahead else "in the future"
            found.append(Fault(called(field.name), f"must be {least}; {_told(moment)}"))
    return found


def told(rules: list[Any], called: Called = str) -> list[str]:
    """The rules in words, one line for each."""
    return [_words(rule, called) for rule in rules]


def length(seconds: float) -> str:
    """A length of time in the largest unit that leaves no rest: ``7 days``, ``10 minutes``."""
    size, unit = next((pair for pair in LENGTHS if seconds % pair[0] == 0), LENGTHS[-1])
    return f"{seconds / size:g} {unit}{'' if seconds == size else 's'}"


def flag(name: str) -> str:
    """What the command line calls a name; as `Field.flag`."""
    return "--" + name.replace("_", "-")


def given(value: Any) -> bool:
    """Whether a value says anything."""
    return value is not None and value is not False and value not in ("", [])


def _broken(values: Mapping[str, Any], rule: Rule, called: Called) -> Iterator[Fault]:
    from dialkit.catalog.validate import Fault, one_of, shown

    when = rule.get("when", {})
    if not all(_holds(values.get(name), wanted) for name, wanted in when.items()):
        return
    condition = " and ".join(
        called(name) + (f" {values[name]}" if wanted else "") for name, wanted in when.items()
    )
    suffix = f" with {condition}" if condition else ""
    for name, wanted in rule.get("need", {}).items():
        value = values.get(name)
        if not given(value):
            which = f" ({one_of(wanted)})" if wanted else ""
            yield Fault(called(name), f"is required{suffix}{which}")
        elif not _holds(value, wanted):
            yield Fault(called(name), f"must be {one_of(wanted)}{suffix}; got {shown(value)}")
    names = list(rule.get("any", ()))
    if names and not any(given(values.get(name)) for name in names):
        others = "".join(f"or {called(name)} " for name in names[1:])
        yield Fault(called(names[0]), f"{others}is required{suffix}")
    present = [name for name in rule.get("together", ()) if given(values.get(name))]
    for name in rule.get("together", ()) if present else ():
        if name not in present:
            yield Fault(called(name), f"is required with {' and '.join(map(called, present))}")


def _holds(value: Any, wanted: Any) -> bool:
    return given(value) and (not isinstance(wanted, list) or not wanted or value in wanted)


def _words(rule: Rule, called: Called) -> str:
    def each(wanted: Mapping[str, Any]) -> str:
        return " and ".join(
            called(n) + (f" {' or '.join(map(str, v))}" if v else "") for n, v in wanted.items()
        )

    needed = each(rule.get("need", {})) or " or ".join(map(called, rule.get("any", ())))
    if "together" in rule:
        needed = " and ".join(map(called, rule["together"])) + " together, or none of them"
    return needed + (f", with {each(rule['when'])}" if "when" in rule else "")


def _moment(operation: Operation, values: Mapping[str, Any], name: str) -> float | None:
    """A moment in epoch seconds; None where there is none, or none that can be read."""
    value, field = values.get(name), operation.field(name)
    if isinstance(value, str):
        from datetime import UTC, datetime

        try:
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    if field is None or isinstance(value, bool) or not isinstance(value, int):
        return None
    unit = resolve(field.schema, operation.schemas).get("x-unit")
    return value / 1000 if unit == "ms" else value


def _told(moment: float) -> str:
    if not 0 <= moment < LATEST:
        return f"got {moment:.0f}"
    from time import gmtime, strftime

    return strftime("got %Y-%m-%dT%H:%M:%SZ", gmtime(moment))
