"""Following a call by asking, as often as Dialpad allows: ten times a minute for all calls together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.calls.outcome import iso, milliseconds, outcome, over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.client import Dialpad

    Row = dict[str, Any]

EVERY = 6.5  # seconds between two questions; ten a minute are allowed
STEP = 1.5


def watch(client: Dialpad, call_id: int, every: float = EVERY) -> Iterator[Row]:
    """The call whenever it is in another state, until it has ended. Raises `NotFound` for an unknown one.

    A state between two questions is not seen; event subscriptions tell all of them.
    """
    last = None
    while True:
        call: Row = client.request("call.get_call_info", {"id": call_id}).json() or {}
        ended = over(call)
        now = (call.get("state"), bool(call.get("is_recording")), ended)
        if now != last:
            last = now
            yield _shown(call, call_id, ended)
        if ended:
            return
        left = every
        while left > 0:  # in small steps, which pass without a word
            client.clock.sleep(min(left, STEP), "poll")
            left -= STEP


def _shown(call: Row, call_id: int, ended: bool) -> Row:
    contact, target = call.get("contact") or {}, call.get("target") or {}
    shown: Row = {
        "call_id": str(call.get("call_id") or call_id),
        "state": call.get("state"),
        "at": iso(call.get("event_timestamp")),
        "direction": call.get("direction"),
        "with": contact.get("name") or call.get("external_number"),
        "number": call.get("external_number"),
        "target": target.get("name"),
        "ended": ended,
    }
    if ended:
        length = milliseconds(call.get("duration"))
        shown["outcome"] = outcome(call)
        shown["seconds"] = None if length is None else round(length / 1000, 1)
    return {name: value for name, value in shown.items() if value is not None}
