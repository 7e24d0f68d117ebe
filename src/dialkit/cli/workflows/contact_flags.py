"""What the commands on contacts share: their flags, and what a dry run shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument
    from dialkit.client import Dialpad
    from dialkit.directory.fields import Given
    from dialkit.directory.todo import Todo

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
        raise InvalidArgument(
            f"{flag}: {text[:60]!r} is not a number from 1 up", hint=f"write it like {flag} 50"
        )
    return int(text)


def named(app: App, text: str) -> str:
    """An id, or what an alias of that name stands for."""
    return app.config.alias(text) or text


def user_id(app: App, text: str) -> str:
    """A user's id, ``me``, or what an alias stands for. Raises `InvalidArgument`."""
    meant = text if text == "me" else named(app, text)
    if meant != "me" and not (meant.isascii() and meant.isdecimal()):
        raise InvalidArgument(
            f"--owner-id: {text[:60]!r} is neither a user's id nor an alias of one", hint="dialpad users list"
        )
    return meant


def path(app: App, text: str, flag: str) -> str:
    """A file that is named, from where we are. Raises `InvalidArgument` where none is."""
    from os.path import expanduser, join

    if text in ("", "-"):
        raise InvalidArgument(f"{flag}: {text!r} is not a file", hint="name a file, such as people.csv")
    return join(app.cwd, expanduser(text))


def place(app: App, text: str, flag: str) -> str:
    """Where a file is to be put. Raises `InvalidArgument` where none can be."""
    from dialkit.store.files import place

    return place(path(app, text, flag), flag)


def dry(client: Dialpad, todo: Todo, **more: Any) -> dict[str, Any]:
    """What a dry run shows of what is to be done."""
    shown: dict[str, Any] = {"dry_run": True, "action": todo.action, **more}
    if todo.contact_id is not None:
        shown["id"] = todo.contact_id
    request = todo.request(client)
    if request is not None:
        shown |= {"method": request.method, "url": request.url, "body": request.body}
    return shown
