"""Behaviours of the real service that are reported, or not known, and so can be chosen.

Each has a name, its choices (the first is the default), and what it is about. Set one with
``dialpad sandbox start --switch NAME=CHOICE``, ``Sandbox(switches={…})`` or the control API.
"""

from __future__ import annotations

from typing import NamedTuple


class Switch(NamedTuple):
    """One behaviour: its choices, the default first, and what it is about."""

    choices: tuple[str, ...]
    about: str


SWITCHES: dict[str, Switch] = {
    "limit-status": Switch(("429", "403"), "the status of a request above a limit; an older client saw 403"),
    "retry-after": Switch(("off", "on"), "whether a request above a limit is told when to come again"),
    "integers": Switch(
        ("strings", "numbers"), "how answers spell 64-bit integers; one integrator saw numbers"
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
}
