"""``dialpad contact upsert``: change the contact that matches, or make one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import contact_flags as flags
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import PartialSuccess

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "contact upsert",
    "Changes the contact that has one of the numbers or addresses, or makes one where none has. The whole\n"
    "directory is read first. Lists are merged, what the contact has first. Two different contacts that\n"
    "match are a conflict (exit 5), and nothing is written.\n"
    "also accepted: bin/create_contact.py, with the same flags",
    (
        'dialpad contact upsert --first-name Jane --last-name Doe --phone "+14155550123"',
        "dialpad contact upsert --email priya@copperpot.example --job-title Buyer --dry-run",
        "dialpad contact upsert --first-name Jane --last-name Doe --phone +14155550123 --owner-id me",
    ),
    takes="--first-name TEXT --last-name TEXT [--phone NUMBER] [--email ADDRESS] [FLAGS]",
    rows=(
        *flags.ROWS,
        ("--scope auto|shared|local|both", "whose: everybody's, the owner's, both; auto: both with an owner"),
        ("--owner-id ID", "the user whose own contact it is, or me; again for several"),
        ("--allow-duplicate", "look for no match, and make a contact"),
        ("--max-pages N", "read no more than N pages of 100; where there are more, fail"),
        ("--dry-run", "read, and say what would be done; write nothing"),
    ),
)
ARGUMENTS = (
    *flags.ARGUMENTS,
    (("--scope",), {"choices": ("auto", "shared", "local", "both"), "default": "auto"}),
    (("--owner-id",), {"action": "append", "default": [], "metavar": "ID"}),
    (("--allow-duplicate",), {"action": "store_true"}),
    flags.MAX_PAGES,
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact upsert`` with the words that follow it; the exit code."""
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    from dialkit.cli.session import open_client
    from dialkit.client.phones import region_of
    from dialkit.directory import upsert

    view = showing(app, options)
    owners = [flags.user_id(app, text) for text in found.owner_id]
    max_pages = flags.count(found.max_pages, "--max-pages")
    with open_client(app, app.options or options) as client:
        with Progress(app, client.clock.monotonic) as progress:
            steps = upsert.plan(
                client,
                flags.given(found),
                region_of(app.config),
                scope=found.scope,
                owner_ids=owners,
                duplicate=found.allow_duplicate,
                max_pages=max_pages,
                progress=progress.pages,
            )
        if options.dry_run:
            view.data(_one([flags.dry(client, one.todo, scope=one.target.scope) for one in steps]))
            return 0
        try:
            rows = upsert.carry_out(client, steps)
        except PartialSuccess as error:
            view.done(error.done, error.message, error.hint)
            raise
    told = ", ".join(f"{row['id']} {row['action']}" for row in rows)
    view.done(_one(rows), f"contact {told}", "the same command again shows it, and changes nothing")
    return 0


def _one(rows: list[dict[str, Any]]) -> Any:
    """One object where one book was meant, a list where several were."""
    return rows[0] if len(rows) == 1 else rows
