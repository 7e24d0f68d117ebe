"""Recording a call under way: Dialpad switches it for a user, so the user on the call is found first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.calls.outcome import over, root
from dialkit.errors import Conflict, InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    from dialkit.client import Dialpad, Request

    Row = dict[str, Any]


def user_on(client: Dialpad, call_id: int) -> int:
    """The id of the user on a call that goes on; of a group's call, of the operator who took it.

    Raises `NotFound` for an unknown call, `Conflict` for one that is over, `InvalidArgument` where no user is
    on it.
    """
    call = _get(client, call_id)
    if over(call):
        raise Conflict(
            f"the call {call_id} is over; only one under way can be recorded",
            status=None,
            hint=f"what became of it: dialpad call get {call_id}",
        )
    found = _user(call)
    if found is None and call.get("operator_call_id"):
        leg = _get(client, int(call["operator_call_id"]))
        found = None if over(leg) else _user(leg)  # who has let go of it may be on another call by now
    if found is None:
        target = call.get("target") or {}
        whose = f"; it is at the {target['type']} {target.get('name') or target.get('id')}" if target else ""
        raise InvalidArgument(
            f"no user is on the call {call_id}{whose}",
            hint="say who is on it: --user-id ID (dialpad users list)",
        )
    return found


def request(
    client: Dialpad, user_id: int, on: bool, kind: str | None = None, silent: bool = False
) -> Request:
    """What switches the recording of the call that a user is on.

    `kind` is whose recording of a group's call (user, group, all); `silent` spares the people on the line
    the notice.
    """
    more: Row = {"recording_type": kind} if kind else {}
    if silent:
        more["play_message"] = False
    return client.prepare("users.update_active_call", {"id": user_id, "is_recording": on, **more})


def switch(client: Dialpad, call_id: int, user_id: int, asked: Request) -> Row:
    """Send it; ``{"call_id", "user_id", "call_state", "is_recording"}``.

    Dialpad switches whatever call the user is on. Raises `PartialSuccess` where that is another one.
    """
    answer: Row = client.send(asked).json() or {}
    shown = {"call_id": str(call_id), "user_id": str(user_id), **answer}
    switched = shown.pop("id", None)
    on = bool(asked.body["is_recording"])
    if switched is not None and int(switched) != call_id and not _same(client, call_id, int(switched)):
        word = "start" if on else "stop"
        back = "stop" if on else "start"
        raise PartialSuccess(
            f"recording {word}: the user {user_id} is on the call {switched}, not {call_id}; "
            f"the recording of {switched} was switched",
            done={**shown, "call_id": str(switched)},
            operation=asked.name,
            hint=f"take it back: dialpad call recording {back} --call-id {switched} --user-id {user_id}",
        )
    return shown


def _same(client: Dialpad, one: int, other: int) -> bool:
    """Whether two ids are of legs of one call."""
    legs = [_get(client, one), _get(client, other)]
    named = [
        {
            str(leg.get(name))
            for name in ("call_id", "entry_point_call_id", "operator_call_id", "master_call_id")
        }
        for leg in legs
    ]
    return root(legs[0]) == root(legs[1]) or bool((named[0] & named[1]) - {"None"})


def _get(client: Dialpad, call_id: int) -> Row:
    found: Row = client.request("call.get_call_info", {"id": call_id}).json() or {}
    return found


def _user(call: Row) -> int | None:
    target = call.get("target") or {}
    return int(target["id"]) if target.get("type") == "user" and target.get("id") else None
