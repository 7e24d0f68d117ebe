"""``--filter``: an expression of jq that is true for an event.

    direction == "inbound"
    kind == "call" and state == "hangup" and duration > 60000
    event == "sms.received" and (text | test("urgent"; "i"))
    .custom.deep[0] == 1

The fields of events stand for themselves, ``.`` is the whole event, and ``kind`` and ``event`` are its kind
and its name (`dialkit.events.names`). An event on which the expression fails, as ``test`` does on a null, is
not one that was asked for.
"""

from __future__ import annotations

import json
from functools import lru_cache

from dialkit.errors import InvalidArgument

LONGEST = 200  # characters of an expression that an error repeats
HINT = "--filter 'direction == \"inbound\"'; fields that are not known are written with a dot: .name"


class Filter:
    """An expression, compiled. Raises `InvalidArgument`, with what jq says, for one that is none."""

    def __init__(self, expression: str) -> None:
        import jq

        if not expression.strip():
            raise InvalidArgument(
                "--filter is empty", hint="leave it out, or --filter 'direction == \"inbound\"'"
            )
        try:
            self._program = jq.compile(program_of(expression))
        except ValueError as error:
            raise _wrong(expression, error) from None

    def takes(self, kind: str, payload_json: str) -> bool:
        """Whether the expression gives something that is true, as jq has it: neither false nor null."""
        from dialkit.events.names import name_of

        payload = json.loads(payload_json)
        given = {"event": name_of(kind, payload), "kind": kind, "payload": payload}
        try:
            # Through ASCII, so that half an emoji is no matter.
            return any(found not in (None, False) for found in self._program.input_text(json.dumps(given)))
        except ValueError:
            return False


def program_of(expression: str) -> str:
    """The expression, with fields as words of their own."""
    own = "".join(f"def {name}: $payload.{name}; " for name in fields())
    head = ". as {payload: $payload, kind: $kind, event: $event} | def kind: $kind; def event: $event; "
    return f"{head}{own}$payload | (\n{expression}\n)"


@lru_cache(maxsize=1)
def fields() -> tuple[str, ...]:
    """The fields that any event has, but for those whose name an expression uses otherwise."""
    from dialkit.webhooks.kinds import AnyEvent

    known: set[str] = set()
    for event in AnyEvent.__args__:
        known.update(event.__struct_fields__)
    return tuple(sorted(known - {"event", "kind"}))


def _wrong(expression: str, error: ValueError) -> InvalidArgument:
    from dialkit.cli.output.text import show

    line = str(error).removeprefix("jq: error: ").partition("\n")[0].partition(" at <top-level>")[0]
    shown = expression if len(expression) <= LONGEST else expression[:LONGEST] + "…"
    return InvalidArgument(f"--filter {shown!r}: {show(line[:LONGEST])}", hint=HINT)


def wanted(text: str | None) -> Filter | None:
    """The filter that was asked for, if one was."""
    return None if text is None else Filter(text)


def kind(text: str | None) -> str | None:
    """A kind of events as it was typed. Raises `InvalidArgument` for what is none."""
    if text is None:
        return None
    from dialkit.webhooks.kinds import AnyEvent

    kinds = tuple(event.kind for event in AnyEvent.__args__)
    if text in kinds:
        return text
    raise InvalidArgument(f"--kind: {text[:40]!r} is none", hint="one of " + ", ".join(kinds))
