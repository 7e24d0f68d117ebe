"""``dialpad contact lookup``: who has this number, or this e-mail address?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, columns, parse, showing
from dialkit.cli.workflows import contact_flags as flags
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import InvalidArgument, NotFound

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "contact lookup",
    "Shows every contact, shared or somebody's own, that has a number or an e-mail address, whichever way\n"
    "it is written here or there. Reads the whole directory, for the API cannot search it. None: exit 4.\n"
    "also accepted: bin/lookup_contact.py, with the same flags",
    (
        "dialpad contact lookup +14155550123",
        "dialpad contact lookup '(415) 555-0123' --fields id,display_name",
        "dialpad contact lookup priya@copperpot.example -o json",
    ),
    takes="NUMBER|ADDRESS [--max-pages N]",
    rows=(
        ("NUMBER|ADDRESS", "also as --phone, --number or --email"),
        ("--owner-id ID", "only among that user's own contacts; me: the key's own user"),
        ("--max-pages N", "read no more than N pages of 100; where there are more, fail"),
    ),
)
SHOWN = ("id", "display_name", "phones", "type")
ARGUMENTS = (
    (("who",), {"nargs": "?", "metavar": "NUMBER|ADDRESS"}),
    (("--phone", "--number", "--email"), {"dest": "flagged", "metavar": "TEXT", "action": "append"}),
    (("--owner-id",), {"metavar": "ID"}),
    flags.MAX_PAGES,
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact lookup`` with the words that follow it; the exit code."""
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING))
    from dialkit.cli.session import open_client
    from dialkit.client.phones import region_of
    from dialkit.directory import lookup, scan
    from dialkit.directory.fields import REPEATED, quoted

    view = showing(app, options)
    columns(view, SHOWN)
    asked = [text for text in (found.who, *(found.flagged or ())) if text is not None]
    if len(asked) != 1:
        raise InvalidArgument(
            f"one number or address is looked up, not {len(asked)}" if asked else "which number or address?",
            hint="dialpad contact lookup +14155550123",
        )
    text = flags.named(app, asked[0])
    region = region_of(app.config)
    key = lookup.wanted(text, region)
    owner = flags.user_id(app, found.owner_id) if found.owner_id is not None else None
    max_pages = flags.count(found.max_pages, "--max-pages")
    with open_client(app, app.options or options) as client:
        params = {"owner_id": scan.owner(client, owner)} if owner else lookup.EVERYBODY
        with Progress(app, client.clock.monotonic) as progress:
            matches = lookup.lookup(
                client, key, region, params=params, max_pages=max_pages, progress=progress.pages
            )
    if not matches:
        from shlex import quote

        name = "--first-name NAME --last-name NAME"
        raise NotFound(
            f"no contact has {quoted(key[1])[1:-1]}",
            status=None,
            hint=f"dialpad contact upsert {name} --{key[0][:-1]} {quote(key[1][:REPEATED])} makes one",
        )
    view.data(matches)
    return 0
