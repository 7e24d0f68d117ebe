"""What the subcommands of ``dialpad inbox`` take: numbers in any format, moments, positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.cli.app import App

SHORTEST = 14  # digits of a position; a moment in ms has 13


def number(app: App, flag: str, told: str) -> str:
    """A phone number in E.164, a short code as it stands, or what an alias stands for."""
    from dialkit.client.phones import region_of
    from dialkit.inbox.values import number_given

    return number_given(flag, app.config.alias(told) or told, region_of(app.config))


def party(app: App, flag: str, told: str) -> str:
    """The same, or the name of who writes by one."""
    from dialkit.client.phones import region_of
    from dialkit.inbox.values import party_given

    return party_given(flag, app.config.alias(told) or told, region_of(app.config))


def position(flag: str, told: str | None, *, end: bool = False) -> int | None:
    """A position, from one or from a moment: the first of that, or with `end` the last."""
    if told is None:
        return None
    if told.isascii() and told.isdecimal() and SHORTEST <= len(told) <= 18:
        return int(told)
    from dialkit.calls.span import moment
    from dialkit.inbox.positions import end_of_moment, of_moment

    at = moment(flag, told, None) / 1000
    return end_of_moment(at) if end else of_moment(at)
