"""What people do: those outside who text and call in, and the agents who answer.

`ACTS` has each by the word that a command and a world's file have for it. Whoever carries one out has checked
the values by its schema. Each raises `Refusal` for what cannot be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.moments import seconds_of
from dialkit.sandbox.operations.calls import calls
from dialkit.sandbox.operations.company.numbers import e164
from dialkit.sandbox.operations.groups import duty, operators
from dialkit.sandbox.operations.messages import texts
from dialkit.sandbox.shapes import FLAG, LENGTH, MEDIA, NUMBER, TEXT, USER, WHOLE, fields, read, told
from dialkit.sandbox.wire import Refusal, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.shapes import Schema
    from dialkit.sandbox.world import World

    Values = dict[str, Any]

# What records hold for the sandbox's own use: how a call is to go on, where it is filed, a picture's Base64.
INNER = ("plan", "root", "tried", "filed", "goodbye", "assigned", "group_target", "live_user", "waiting_for")
INNER_OF_TEXTS = ("media", "created_at", "segments")


class Act(NamedTuple):
    """Something that somebody does: what it needs to be told, and who does it, giving what became of it."""

    takes: Schema
    do: Callable[[World, Values], Values]


def number_of(name: str, text: str) -> str:
    """A number in E.164. Raises `Refusal` 400."""
    number = e164(text, infer=True)
    if number is None:
        raise Refusal(400, f"{name}: {text[:40]!r} is not a phone number such as +14155550123.")
    return number


def user_of(world: World, named: str | int) -> int:
    """The id of a user, given that or an email address. Raises `Refusal` 404."""
    if "@" in str(named):
        found = world.users.where("email", str(named).lower())
        if not found:
            raise Refusal(404, f"No user has the address {str(named)[:80]}.")
        return int(found[0]["id"])
    return int(world.users.get(named)["id"])


def text_in(world: World, given: Values) -> Values:
    """Somebody outside texts a number of the company."""
    ends = number_of("from", given["from"]), number_of("to", given["to"])
    text = texts.receive(world, *ends, given.get("text", ""), given.get("media"))
    shown = filled({name: value for name, value in text.items() if name not in INNER_OF_TEXTS})
    return {**shown, "mms": bool(text.get("media"))}


def call_in(world: World, given: Values) -> Values:
    """Somebody outside calls a number of the company."""
    ends = number_of("from", given["from"]), number_of("to", given["to"])
    after = given.get("hangup_after")
    call = calls.receive_call(
        world,
        *ends,
        hangup_after=None if after is None else read(seconds_of, "hangup_after", after),
        missed=given.get("missed", False),
        voicemail=given.get("voicemail"),
        sound=given.get("sound"),
    )
    return _call(call)


def answer(world: World, given: Values) -> Values:
    """The user who is rung, or the one named, answers a call."""
    user = given.get("user")
    calls.answer_call(world, given["call"], None if user is None else user_of(world, user))
    return _call(world.calls.get(given["call"]))


def hang_up(world: World, given: Values) -> Values:
    """End a call."""
    calls.hang_up(world, given["call"])
    return _call(world.calls.get(given["call"]))


def set_duty(world: World, given: Values) -> Values:
    """Put an operator on duty or off."""
    user_id = user_of(world, given["user"])
    if not duty.centers_of(world, user_id):
        raise Refusal(400, f"user: {str(given['user'])[:80]} is an operator of no call center.")
    operators.set_duty(world, user_id, given["on"], given.get("reason"))
    return {"user_id": user_id, "on": operators.on_duty(world, user_id)}


def _call(record: Values) -> Values:
    return filled({name: value for name, value in record.items() if name not in INNER})


ACTS: dict[str, Act] = {
    "inbound": Act(fields("from to", **{"from": NUMBER}, to=NUMBER, text=TEXT, media=MEDIA), text_in),
    "call": Act(
        fields(
            "from to",
            **{"from": NUMBER},
            to=NUMBER,
            hangup_after=told(LENGTH, "when the caller hangs up"),
            missed=told(FLAG, "nobody answers"),
            voicemail=told(TEXT, "what the caller says to the voicemail"),
            sound=told(MEDIA, "how that sounds, a WAV or MP3 file in Base64; beside `voicemail`"),
        ),
        call_in,
    ),
    "answer": Act(fields("call", call=told(WHOLE, "the call's id"), user=USER), answer),
    "hangup": Act(fields("call", call=told(WHOLE, "the call's id")), hang_up),
    "duty": Act(fields("user on", user=USER, on=FLAG, reason=TEXT), set_duty),
}
