"""Calls: made, found, labelled, ended; and those that come from outside."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from dialkit.catalog.rules import fault_of_span
from dialkit.sandbox.operations.calls import live, queues
from dialkit.sandbox.operations.calls.callers import caller_of, device_of, place_call, said_by
from dialkit.sandbox.operations.calls.legs import (
    close_leg,
    is_anonymous,
    legs_of,
    need_live,
    open_leg,
    show_leg,
)
from dialkit.sandbox.operations.calls.legs import live as goes_on
from dialkit.sandbox.operations.calls.sides import company_side, rung_by, side_of
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

MOST_LISTED = 50  # calls of a page, as integrators report
APPS = ("native", "web", "packaged_app", "salesforce")  # kinds of device that a request can have dial
ADD_ON = "iframe_"


# -- found


def list_calls(world: World, call: Call) -> Record:
    """Calls that are over, the newest first."""
    query = {"limit": MOST_LISTED, **call.query}
    if world.switch("call-list-limits") == "on":
        if str(query["limit"]).isdecimal() and int(query["limit"]) > MOST_LISTED:
            raise Refusal(400, f"limit: must be at most {MOST_LISTED}; got {query['limit']}.")
        if fault := fault_of_span(call.operation, query):
            raise Refusal(400, f"{fault.path}: {fault.message}")
    after, before = query.get("started_after"), query.get("started_before")
    whose = f"{query['target_type']}:{query['target_id']}" if "target_id" in query else None

    def wanted(leg: Record) -> bool:
        return (
            not goes_on(leg)
            and (after is None or leg["date_started"] > after)
            and (before is None or leg["date_started"] < before)
            and (whose is None or whose in leg["filed"])
            and (bool(query.get("include_anonymized")) or not is_anonymous(world, leg))
        )

    return page(world, call._replace(query=query), "calls", wanted, show=show_leg, newest=True)


def get_call(world: World, call: Call) -> Record:
    """One call, or one leg, as it stands."""
    return show_leg(world, world.calls.get(call.path["id"]))


def label(world: World, call: Call) -> Record:
    """Give a call the labels that were sent; the switch ``call-labels`` says what becomes of others."""
    leg = world.calls.get(call.path["id"])
    known = {record["name"] for record in world.call_labels}
    sent = list(dict.fromkeys(call.body.get("labels", [])))
    strange = [name for name in sent if name not in known]
    if strange and world.switch("unknown-label") == "refused":
        raise Refusal(400, f"labels: the company has no label {strange[0][:80]!r}.")
    kept = leg["labels"] if world.switch("call-labels") == "add" else []
    labels = kept + [name for name in sent if name not in kept]
    return show_leg(world, world.calls.change(leg["call_id"], labels=labels))


# -- made and ended


def make_call(world: World, call: Call) -> Record:
    """Ring a user's devices, and dial the number when one is picked up.

    Raises `Refusal` 400 where the user has no device, or not the one named.
    """
    body = call.body
    user = caller_of(world, body["user_id"], "user_id")
    wanted = body.get("device_id")
    if wanted is not None:
        device = world.devices.find(wanted)
        if device is None or device["user_id"] != user["id"]:
            raise Refusal(400, f"device_id: {wanted[:80]} is not a device of the user {user['id']}.")
    elif not live.has_device(world, user["id"]):
        raise Refusal(400, f"user_id: the user {user['id']} has no active device.")
    return place_call(world, call, user, body["phone_number"], device_id=wanted, said=said_by(call))


def initiate_call(world: World, call: Call) -> Record:
    """Have a user's app dial. Raises `Refusal` 400 where the user is signed in on no app or add-on."""
    user = caller_of(world, int(call.path["id"]), "id")
    number = call.body.get("phone_number")
    if number is None:
        raise Refusal(400, "phone_number: is required")
    device = device_of(world, user, lambda kind: kind in APPS or kind.startswith(ADD_ON))
    if device is None:
        raise Refusal(400, f"id: the user {user['id']} is signed in on no desktop or web app, nor an add-on.")
    place_call(world, call, user, number, device_id=device["id"])
    return {"device": device}


def end_call(world: World, call: Call) -> None:
    """Cut the line for everybody on it."""
    hang_up(world, call.path["id"])


# -- from outside, for the sandbox's own controls


def receive_call(
    world: World,
    from_number: str,
    to_number: str,
    *,
    hangup_after: float | None = None,
    missed: bool = False,
    voicemail: str | None = None,
    sound: str | None = None,
) -> Record:
    """Somebody outside calls a number of the company; the first leg.

    `hangup_after`: the caller hangs up so many seconds from now, answered or not. `missed`: nobody answers by
    themself. `voicemail`: nor that, and the caller leaves this message; `sound` is a file of it in Base64. A
    blocked number gets nowhere. Raises `Refusal` 400 for what is no phone number or no Base64, 404 for a
    number that rings nobody.
    """
    caller = numbers.e164(from_number, infer=True)
    called = numbers.e164(to_number, infer=True)
    if caller is None or called is None:
        field, text = ("from", from_number) if caller is None else ("to", to_number)
        raise Refusal(400, f"{field}: {text[:40]!r} is not a phone number.")
    if sound:
        _check_sound(sound, voicemail)
    whose = rung_by(world, called)
    if whose is None:
        raise Refusal(404, f"to: {called} rings nobody; it is not assigned.")
    if caller in world.blocked_numbers:
        leg = open_leg(world, *whose, caller, "blocked", direction="inbound", live_user=None)
        return close_leg(world, leg, "blocked")
    plan: dict[str, Any] = {"missed": missed, "voicemail": voicemail, "until": hangup_after}
    plan |= {"sound": sound} if sound else {}
    leg = live.arrive(
        world,
        *whose,
        caller,
        contact=side_of(world, caller),
        internal_number=called,
        entry_point_target=company_side(world, *whose),
        is_internal=numbers.whose(world, caller) is not None,
        plan=plan,
    )
    if hangup_after is not None:
        world.later(hangup_after, "live.goodbye", root=leg["root"])
    return leg


def _check_sound(sound: str, voicemail: str | None) -> None:
    if not voicemail:
        raise Refusal(400, "sound: needs voicemail beside it.")
    try:
        b64decode(sound, validate=True)
    except ValueError:
        raise Refusal(400, f"sound: must be Base64; got {sound[:40]!r}.") from None


def answer_call(world: World, call_id: int, user_id: int | None = None) -> Record:
    """Somebody answers a call that rings: whoever it rings at, or a user who takes it from the group's queue.

    The leg that is connected. Raises `Refusal` 409 where nothing rings.
    """
    leg = need_live(world, call_id)
    if leg["state"] not in ("ringing", "queued", "missed", "parked", "hold"):
        raise Refusal(409, f"id: the call {call_id} does not ring; it is {leg['state']}.")
    if "tried" not in leg:
        return live.connect(world, leg)
    ringing = [
        one
        for one in legs_of(world, leg["root"])
        if one["entry_point_call_id"] == leg["call_id"] and user_id in (None, one["target_id"])
    ]
    if not ringing and user_id is None:
        raise Refusal(409, f"id: the call {call_id} rings at nobody now; name the user who takes it.")
    if not ringing:
        world.users.get(user_id)
        ringing = [queues.ring_operator(world, leg, "user", int(user_id or 0))]
    return live.connect(world, ringing[0])


def hang_up(world: World, call_id: int) -> None:
    """End a call for everybody on it. An operator's leg that only rings is declined: the next one rings.

    Raises `Refusal` 404 for an unknown call, 409 for one that is over.
    """
    leg = need_live(world, call_id)
    if leg["state"] == "ringing" and queues.rings_for_group(world, leg):
        queues.pass_on(world, leg["call_id"])
    else:
        live.goodbye(world, leg["root"])


HANDLERS = {
    "call.list": list_calls,
    "call.get_call_info": get_call,
    "call.put_call_labels": label,
    "call.call": make_call,
    "users.initiate_call": initiate_call,
    "call.actions.hangup": end_call,
}
