"""``dialpad contact update``: change one contact, and only what is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import contact_flags as flags
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument
    from dialkit.directory.update import Edits

HELP = Help(
    "contact update",
    "Changes one contact, and of it only what is given. --phone, --email and --url replace the whole list;\n"
    "--add-… and --remove-… change it. An empty value (--job-title '') clears.\n"
    "also accepted: bin/update_contact.py, with the same flags",
    (
        "dialpad contact update --id 6018273645019283 --job-title VP",
        "dialpad contact update --id 6018273645019283 --add-phone +14155550199 --remove-phone +14155550123",
    ),
    takes="--id ID [FLAGS]",
    rows=(
        ("--id ID", "which contact: its id, or an alias; may stand alone as well"),
        ("--first-name --last-name --company-name --job-title --extension TEXT", "the field, set anew"),
        ("--phone NUMBER --email ADDRESS --url URL", "all there are; each may be given several times"),
        ("--add-phone --add-email --add-url VALUE", "one more, after those there are"),
        ("--remove-phone --remove-email --remove-url VALUE", "one less, however it is written there"),
        ("--dry-run", "show the request; with --add or --remove the contact is read first"),
    ),
)


def _edit(verb: str, flag: str, name: str) -> Argument:
    how = {"action": "append", "default": [], "metavar": "VALUE", "dest": f"{verb}_{name}"}
    return (flag.replace("--", f"--{verb}-"),), how


ARGUMENTS: tuple[Argument, ...] = (
    (("word",), {"nargs": "?", "metavar": "ID"}),
    (("--id",), {"metavar": "ID"}),
    *flags.ARGUMENTS,
    *(_edit(verb, flag, name) for verb in ("add", "remove") for flag, name in flags.LISTS.items()),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact update`` with the words that follow it; the exit code."""
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    from dialkit.cli.session import open_client
    from dialkit.client.phones import region_of
    from dialkit.directory import update
    from dialkit.directory.todo import DONE

    view = showing(app, options)
    contact_id = _id(app, found)
    with open_client(app, app.options or options) as client:
        todo = update.plan(client, contact_id, flags.given(found), _edits(found), region_of(app.config))
        if options.dry_run:
            view.data(flags.dry(client, todo))
            return 0
        request = todo.request(client)
        contact = client.send(request).json() if request else todo.contact
    about = {"action": DONE[todo.action], **(contact or {})}
    view.done(about, f"contact {contact_id} {about['action']}", f"dialpad contacts get --id {contact_id}")
    return 0


def _id(app: App, found: argparse.Namespace) -> str:
    if found.id is not None and found.word is not None:
        raise InvalidArgument(f"which contact: {found.id} or {found.word}?", hint="give one id")
    text = found.id if found.id is not None else found.word
    if not text:
        raise InvalidArgument("which contact?", hint="--id ID; find it: dialpad contact lookup +14155550123")
    return flags.named(app, text)


def _edits(found: argparse.Namespace) -> Edits:
    """What is added and removed, by list."""
    edits = {
        name: (getattr(found, f"add_{name}"), getattr(found, f"remove_{name}"))
        for name in flags.LISTS.values()
    }
    return {name: both for name, both in edits.items() if any(both)}
