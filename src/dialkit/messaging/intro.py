"""Introducing two people: two texts, one to each, since no group thread can be promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.client.phones import region_said, required
from dialkit.errors import (
    Conflict,
    DialkitError,
    Interrupted,
    InvalidArgument,
    NotFound,
    OutcomeUnknown,
    PartialSuccess,
    UpstreamError,
)
from dialkit.messaging import consent, senders
from dialkit.messaging import send as sending
from dialkit.messaging.outgoing import HOW, silent
from dialkit.messaging.send import Message, preview
from dialkit.messaging.texts import check, guard
from dialkit.store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dialkit.client import Dialpad
    from dialkit.config import Config
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


def compose(
    config: Config,
    prospect: str,
    reference: str,
    *,
    names: Mapping[str, str | None] | None = None,
    texts: Mapping[str, str | None] | None = None,
    sender: str | None = None,
    profile: str | None = None,
    allow_profile_mismatch: bool = False,
    infer_country_code: bool = False,
    tell: Callable[[str], None] = silent,
) -> Intro:
    """An introduction from two numbers; `names` and `texts` by leg, each text else ours.

    The other parameters, and what is raised, are those of `dialkit.messaging.compose.compose`.
    """
    region = region_said(config, infer_country_code)
    numbers = {
        leg: required(f"--{leg}", text, region) for leg, text in zip(LEGS, (prospect, reference), strict=True)
    }
    if numbers["prospect"] == numbers["reference"]:
        raise InvalidArgument(
            f"{numbers['prospect']} is introduced to itself", hint="--prospect and --reference differ"
        )
    by = senders.resolve(
        config, config.environ, number=sender, profile=profile, allow_mismatch=allow_profile_mismatch
    )
    if by.note:
        tell(f"note: {by.note}")
    said = default_texts(numbers, names or {})
    said |= {leg: text for leg, text in (texts or {}).items() if text is not None}
    for text in said.values():
        guard(check(text), tell)
    return Intro(numbers["prospect"], numbers["reference"], by, said)


def default_texts(numbers: Mapping[str, str], names: Mapping[str, str | None]) -> dict[str, str]:
    """What is said where nothing else is: each gets the other's number."""
    called = {
        leg: f"{names[leg]} ({number})" if names.get(leg) else number for leg, number in numbers.items()
    }
    return {
        "prospect": f"Hello, I would like to introduce you to {called['reference']}.",
        "reference": f"Hello, I would like to introduce you to {called['prospect']}.",
    }


def dry_run(
    client: Dialpad, database: Database, intro: Intro, *, tell: Callable[[str], None] = silent
) -> dict[str, Any]:
    """What `send` would send; nothing is asked. Raises `Refused` as `send` does."""
    consent.check(client, database, [intro.prospect, intro.reference], tell, ask=False)
    legs = {leg: preview(message) for leg, message in intro.messages().items()}
    return {"dry_run": True, "mode": MODE, "legs": legs}


def send(
    client: Dialpad,
    database: Database,
    intro: Intro,
    *,
    resume: str | None = None,
    again: bool = False,
    tell: Callable[[str], None] = silent,
) -> dict[str, Any]:
    """Send both, the prospect's first, and neither where one of them may get none.

    `resume` is the id of an introduction whose second text is missing: only that is sent, also in other
    words where the first ones were refused. Raises `PartialSuccess` where the second fails, its ``done``
    holding both legs and the id to resume by.
    """
    key = resume or f"intro-{client.clock.now():.6f}"
    if resume is not None and not outbox.of_once(database, f"{key}/{LEGS[0]}"):
        raise NotFound(f"no introduction has the id {resume[:60]!r}", status=None, hint="dialpad outbox list")
    consent.check(client, database, [intro.prospect, intro.reference], tell)
    legs: dict[str, Any] = {}
    for leg, message in intro.messages().items():
        try:
            told = sending.send(
                client,
                database,
                message,
                once=f"{key}/{leg}",
                again=again or resume is not None,
                anew=resume is not None,
                tell=tell,
            )
        except (DialkitError, KeyboardInterrupt) as stopped:
            error = stopped if isinstance(stopped, DialkitError) else Interrupted("interrupted")
            if leg == LEGS[0]:
                _begun(database, error)
                raise
            legs[leg] = {"ok": False, "error": error.as_dict()}
            raise PartialSuccess(
                f"the prospect was told; of the reference: {error.message}",
                done={"mode": MODE, "id": key, "legs": legs},
                hint=_how_to_go_on(database, key, error),
            ) from stopped
        legs[leg] = {"ok": True, **told}
    return {"mode": MODE, "id": key, "legs": legs}


def _how_to_go_on(database: Database, key: str, error: DialkitError) -> str | None:
    """What to do about the second text: send it, unless it may have gone out."""
    if isinstance(error, OutcomeUnknown | UpstreamError | PartialSuccess):
        return error.hint
    entry = outbox.of_once(database, f"{key}/{LEGS[1]}")
    if entry is not None and entry["state"] == outbox.UNKNOWN:
        return HOW.format(id=entry["id"])
    return f"the same line with --resume {key} sends only the missing one"


def _begun(database: Database, error: DialkitError) -> None:
    """Say how to go on, where the prospect was told already by an introduction that may have ended there."""
    if isinstance(error, Conflict) and error.body and (entry := outbox.get(database, error.body["outbox"])):
        key, _, leg = (entry["once"] or "").rpartition("/")
        if leg == LEGS[0]:
            error.hint = (
                f"add --resume {key}, which sends what is missing of it; or --again, to send both anew"
            )
