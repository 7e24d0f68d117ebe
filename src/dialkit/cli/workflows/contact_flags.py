"""What the commands on contacts share: their flags, and what a dry run shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument
    from dialkit.directory.fields import Given

# Flags of the fields: their names in the API.
FIELDS = {
    "--first-name": "first_name",
    "--last-name": "last_name",
    "--company-name": "company_name",
    "--job-title": "job_title",
    "--extension": "extension",
}
LISTS = {"--phone": "phones", "--email": "emails", "--url": "urls"}
ARGUMENTS: tuple[Argument, ...] = (
    *(((flag,), {"dest": name, "metavar": "TEXT"}) for flag, name in FIELDS.items()),
    *(((flag,), {"dest": name, "metavar": "TEXT", "action": "append"}) for flag, name in LISTS.items()),
)
ROWS = (
    ("--first-name TEXT --last-name TEXT", "the name; a new contact needs both"),
    ("--phone NUMBER --email ADDRESS --url URL", "each may be given several times"),
    ("--company-name TEXT --job-title TEXT --extension TEXT", "further fields"),
)
MAX_PAGES: Argument = (("--max-pages",), {"metavar": "N"})


def given(found: argparse.Namespace) -> Given:
    """The fields that were given, by the API's names."""
    values = {name: getattr(found, name) for name in (*FIELDS.values(), *LISTS.values())}
    return {name: value for name, value in values.items() if value is not None}


def count(text: str | None, flag: str) -> int | None:
    """A number of 1 or more, None where it was not given. Raises `InvalidArgument`."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:10]) > 0 and len(text) <= 9):
        raise InvalidArgument(f"{flag}: {text!r} is not a number from 1 up", hint=f"write it like {flag} 50")
    return int(text)


def named(app: App, text: str) -> str:
    """An id, or what an alias of that name stands for."""
    return app.config.alias(text) or text


def user_id(app: App, text: str) -> str:
    """A user's id, ``me``, or what an alias stands for. Raises `InvalidArgument`."""
    meant = text if text == "me" else named(app, text)
    if meant != "me" and not (meant.isascii() and meant.isdecimal()):
        raise InvalidArgument(
            f"--owner-id: {text!r} is neither a user's id nor an alias of one",
            hint=f"dialpad users list; then dialpad alias set {text} ID",
        )
    return meant


def dry(action: str, request: Any, **more: Any) -> dict[str, Any]:
    """What a dry run shows of one request, or of none."""
    shown: dict[str, Any] = {"dry_run": True, "action": action, **more}
    if request is not None:
        shown |= {"method": request.method, "url": request.url, "body": request.body}
    return shown
