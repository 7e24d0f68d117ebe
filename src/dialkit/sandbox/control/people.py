"""Actions of people: those outside who text and call in, agents who answer; and what arrived at a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.control.asked import Asked, filled, read
from dialkit.sandbox.moments import seconds_of
from dialkit.sandbox.operations.company.numbers import e164
from dialkit.sandbox.operations.messages import texts
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.control.service import Control
    from dialkit.sandbox.world import World


def number_of(name: str, text: str) -> str:
    """A number in E.164. Raises `Refusal` 400."""
    number = e164(text, infer=True)
    if number is None:
        raise Refusal(400, f"{name}: {text[:40]!r} is not a phone number such as +14155550123.")
    return number


async def inbox(control: Control, asked: Asked) -> Any:
    """The texts that arrived at an outside number, the newest last."""
    with control.engine.moment():
        return {"items": texts.inbox(control.world, number_of("number", asked.path["number"]))}


# What records hold for the sandbox's own use: how a call is to go on, where it is filed, a picture's Base64.
INNER = ("plan", "root", "tried", "filed", "goodbye", "assigned", "group_target", "live_user", "waiting_for")
INNER_OF_TEXTS = ("media", "created_at", "segments")


def _call(record: dict[str, Any]) -> dict[str, Any]:
    return filled({name: value for name, value in record.items() if name not in INNER})


def _text(record: dict[str, Any]) -> dict[str, Any]:
    told = filled({name: value for name, value in record.items() if name not in INNER_OF_TEXTS})
    return {**told, "mms": bool(record.get("media"))}


async def text_in(control: Control, asked: Asked) -> Any:
    """Somebody outside texts a number of the company."""
    body = asked.body
    with control.engine.moment():
        ends = number_of("from", body["from"]), number_of("to", body["to"])
        return _text(texts.receive(control.world, *ends, body.get("text", ""), body.get("media")))


async def call_in(control: Control, asked: Asked) -> Any:
    """Somebody outside calls a number of the company."""
    from dialkit.sandbox.operations.calls import calls

    body = asked.body
    after = body.get("hangup_after")
    with control.engine.moment():
        ends = number_of("from", body["from"]), number_of("to", body["to"])
        call = calls.receive_call(
            control.world,
            *ends,
            hangup_after=None if after is None else read(seconds_of, "hangup_after", after),
            missed=body.get("missed", False),
            voicemail=body.get("voicemail"),
            sound=body.get("sound"),
        )
    return _call(call)


async def answer(control: Control, asked: Asked) -> Any:
    """The user who is rung, or the one named, answers a call."""
    from dialkit.sandbox.operations.calls import calls

    with control.engine.moment():
        user = asked.body.get("user")
        user_id = None if user is None else user_of(control.world, user)
        calls.answer_call(control.world, int(asked.path["id"]), user_id)
        return _call(control.world.calls.get(asked.path["id"]))


async def hang_up(control: Control, asked: Asked) -> Any:
    """End a call."""
    from dialkit.sandbox.operations.calls import calls

    with control.engine.moment():
        calls.hang_up(control.world, int(asked.path["id"]))
        return _call(control.world.calls.get(asked.path["id"]))


async def set_duty(control: Control, asked: Asked) -> Any:
    """Put an operator on duty or off."""
    from dialkit.sandbox.operations.groups import duty, operators

    with control.engine.moment():
        user_id = user_of(control.world, asked.body["user"])
        if not duty.centers_of(control.world, user_id):
            raise Refusal(400, f"user: {str(asked.body['user'])[:80]} is an operator of no call center.")
        operators.set_duty(control.world, user_id, asked.body["on"], asked.body.get("reason"))
        return {"user_id": user_id, "on": operators.on_duty(control.world, user_id)}


def user_of(world: World, named: str | int) -> int:
    """The id of a user, given that or an email address. Raises `Refusal` 404."""
    if "@" in str(named):
        found = world.users.where("email", str(named).lower())
        if not found:
            raise Refusal(404, f"No user has the address {str(named)[:80]}.")
        return int(found[0]["id"])
    return int(world.users.get(named)["id"])


async def forget_requests(control: Control, _asked: Asked) -> Any:
    """Forget the requests that came in."""
    control.log.clear()
    return {"items": []}


async def requests(control: Control, asked: Asked) -> Any:
    """The requests that came in, the newest last."""
    since = asked.query.get("since", 0)
    return {"items": [request.as_dict() for request in control.log if request.id > since]}


async def deliveries(control: Control, asked: Asked) -> Any:
    """What was sent, or is to be sent, to webhooks and websockets, the newest last."""
    since = asked.query.get("since", 0)
    with control.engine.moment():
        return {"items": [filled(row) for row in control.world.deliveries if int(row["id"]) > since]}
