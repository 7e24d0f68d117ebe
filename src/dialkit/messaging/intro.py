"""Introducing two people: two texts, one to each, since no group thread can be promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import DialkitError, InvalidArgument, NotFound, PartialSuccess
from dialkit.messaging import send as sending
from dialkit.messaging.send import Message
from dialkit.store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client import Dialpad
    from dialkit.messaging.senders import Sender
    from dialkit.store import Database

MODE = "mirrored_fallback"  # the reference's word: the same to each, one by one
LEGS = ("prospect", "reference")  # in the order they are sent


class Intro(NamedTuple):
    """An introduction. Numbers in E.164; `texts` by leg."""

    prospect: str
    reference: str
    sender: Sender
    texts: dict[str, str]

    def messages(self) -> dict[str, Message]:
        """The two texts."""
        numbers = {"prospect": self.prospect, "reference": self.reference}
        return {leg: Message(self.texts[leg], [numbers[leg]], self.sender) for leg in LEGS}


def default_texts(prospect: str, reference: str, names: dict[str, str | None]) -> dict[str, str]:
    """What is said where nothing else is: each gets the other's number."""
    numbers = {"prospect": prospect, "reference": reference}
    called = {
        leg: f"{names[leg]} ({number})" if names.get(leg) else number for leg, number in numbers.items()
    }
    return {
        "prospect": f"Hello, I would like to introduce you to {called['reference']}.",
        "reference": f"Hello, I would like to introduce you to {called['prospect']}.",
    }


def send(
    client: Dialpad,
    database: Database,
    intro: Intro,
    *,
    resume: str | None = None,
    again: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Send both, the prospect's first. `resume` is the id of an introduction whose second text is missing.

    Raises `PartialSuccess` where the second fails, its ``done`` holding both legs and the id to resume by.
    """
    messages = intro.messages()
    if intro.prospect == intro.reference:
        raise InvalidArgument(
            f"{intro.prospect} is introduced to itself", hint="--prospect and --reference differ"
        )
    key = resume or f"intro-{client.clock.now():.6f}"
    if resume is not None and not outbox.of_once(database, f"{key}/prospect"):
        raise NotFound(f"no introduction has the id {resume[:60]!r}", status=None, hint="dialpad outbox list")
    legs: dict[str, Any] = {}
    for leg in LEGS:
        try:
            told = sending.send(
                client, database, messages[leg], once=f"{key}/{leg}", again=again or bool(resume), tell=tell
            )
        except DialkitError as error:
            if leg == LEGS[0]:
                raise
            legs[leg] = {"ok": False, "error": error.as_dict()}
            raise PartialSuccess(
                f"the prospect was told, the reference was not: {error.message}",
                done={"mode": MODE, "id": key, "legs": legs},
                hint=f"the same line with --resume {key} sends only the missing one",
            ) from error
        legs[leg] = {"ok": True, **told}
    return {"mode": MODE, "id": key, "legs": legs}
