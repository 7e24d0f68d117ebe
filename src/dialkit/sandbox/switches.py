"""Behaviours of the real service that are reported, or not known, and so can be chosen.

Each has a name, its choices (the first is the default), and what it is about. Set one with
``dialpad sandbox start --switch NAME=CHOICE``, ``Sandbox(switches={…})`` or the control API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.sandbox.world import World


class Switch(NamedTuple):
    """One behaviour: its choices, the default first, and what it is about."""

    choices: tuple[str, ...]
    about: str


SWITCHES: dict[str, Switch] = {
    "limit-status": Switch(("429", "403"), "the status of a request above a limit; an older client saw 403"),
    "retry-after": Switch(("off", "on"), "whether a request above a limit is told when to come again"),
    "do-not-call": Switch(
        ("refuse", "allow"), "whether a call to a number marked `do_not_call` is a 403, or goes through"
    ),
    "empty-answers": Switch(
        ("object", "nothing"), "what answers that the document gives no content have: `{}`, or no body"
    ),
    "integers": Switch(
        ("strings", "numbers"), "how answers spell 64-bit integers; one integrator saw numbers"
    ),
    "integers-sent": Switch(
        ("any", "numbers"),
        "whether a body may spell 64-bit integers as answers do, in strings, or gets a 400",
    ),
    "last-page": Switch(
        ("items", "empty"), "whether a list ends without a cursor, or with one and then `{}`"
    ),
    "call-list-limits": Switch(
        ("on", "off"), "whether the list of calls refuses a limit above 50 and a window of 30 days or more"
    ),
    "page-above-100": Switch(
        ("capped", "refused"), "what a limit above 100 on users and contacts brings: pages of 100, or a 400"
    ),
    "authorize-answer": Switch(
        ("204", "302"), "how the OAuth authorize address leads on: as documented, or as a browser follows"
    ),
    "oauth-consent": Switch(("agree", "deny"), "what the user answers whom an OAuth app asks to let it in"),
    "deauthorize": Switch(
        ("app", "user"), "whose tokens a deauthorization takes back: all of the app, or this user's of it"
    ),
    "stats-repeat": Switch(
        ("processing", "hour"), "how long the same request for stats is answered with the id it had before"
    ),
    "stats-expired": Switch(
        ("404", "400"), "what a stats id more than an hour old brings; one integrator saw a 400"
    ),
    "stats-result": Switch(("complete", "failed"), "how exports of stats and scorecards end"),
    "added-again": Switch(
        ("accepted", "refused"),
        "what adding an operator, member or assignee who is there already brings: it is done anew, or a 409",
    ),
    "channel-names": Switch(
        ("free", "unique"),
        "whether two channels may have one name; the document says that sending twice may make two",
    ),
    "nested-settings": Switch(
        ("merged", "replaced"),
        "what a PATCH does with parts that are missing inside a nested object, such as `hold_queue`",
    ),
    "disposition-trees": Switch(
        ("replaced", "joined"), "whether new outcomes of a disposition list replace the present ones"
    ),
    "opted-out-send": Switch(
        ("accept", "refuse"),
        "what a text to a number that opted out, or is marked, brings: a failed delivery, or a 400",
    ),
    "stop-reach": Switch(
        ("scope", "number"),
        "what a STOP blocks: the A2P campaign or company of the opt-out list, or one number only",
    ),
    "sender-conflict": Switch(
        ("number", "refuse"),
        "what a `from_number` that is not the named sender's brings: it decides, or a 400",
    ),
    "no-license": Switch(
        ("400", "409", "bought"),
        "what happens where an office's plan has no free line: a refusal, or one more is bought",
    ),
    "reserve-pool": Switch(
        ("on", "off"), "whether a number that is taken from somebody stays the company's, or is given up"
    ),
    "users-without-state": Switch(
        ("present", "active", "all"),
        "whom the list of users has where no state is asked for: all but the deleted, the active, or all",
    ),
    "devices-without-user": Switch(
        ("company", "own"), "whose devices are listed where no user is named: all, or those of the key's user"
    ),
    "webhook-id": Switch(
        ("accepted", "ignored"), "whether a subscription may name its webhook by the older `webhook_id`"
    ),
    "signed-event-type": Switch(
        ("jwt", "json"), "the content type of a signed event: `application/jwt`, or `application/json`"
    ),
    "report-week": Switch(
        ("monday", "sunday"), "which day of the week is `on_day` 0 of a weekly scheduled report"
    ),
    "hangup-event": Switch(
        ("always", "sometimes"), "whether every leg's end is told; integrators saw hangup events missing"
    ),
    "voicemail-event": Switch(
        ("always", "with-message"), "whether the state voicemail is told when a caller leaves no message"
    ),
    "queue-legs": Switch(
        ("center", "apart"), "the root of a queue call's legs: the center's own leg, or an id of its own"
    ),
    "call-labels": Switch(("replace", "add"), "what becomes of a call's labels that a PUT leaves out"),
    "unknown-label": Switch(
        ("refused", "kept"), "what an unknown label brings: a 400, or a label on the call"
    ),
    "second-call": Switch(
        ("hold", "refused"), "what a user's call brings while they talk: the first on hold, or a 409"
    ),
    "recap-missing": Switch(
        ("empty", "refused"), "the recap of a call without one: its id alone, as with transcripts, or a 404"
    ),
    "router-answer": Switch(
        ("ok", "error"), "what a call router's own address answers; errors make the router disable itself"
    ),
}


def choose(world: World, chosen: Mapping[str, str]) -> None:
    """Choose behaviours, by name. Raises `Refusal` 400 for an unknown one, and then chooses none."""
    for name, choice in chosen.items():
        if name not in SWITCHES:
            raise Refusal(400, f"{name[:40]}: no switch has that name; there are: {', '.join(SWITCHES)}.")
        if choice not in SWITCHES[name].choices:
            known = ", ".join(SWITCHES[name].choices)
            raise Refusal(400, f"{name}: {str(choice)[:40]!r} is no choice; there are: {known}.")
    for name, choice in chosen.items():
        world.switches.put({"id": name, "value": choice})
