"""``dialpad companies create``: a company's name, kept on this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "companies create",
    "Keeps a company's name on this machine: Dialpad has no such object, only the company name of a\n"
    "contact. Also accepted: companies companies.create.",
    (
        "dialpad companies create --name 'Acme Corp'",
        "dialpad contact upsert --first-name Ada --last-name Ng --company-name 'Acme Corp'",
    ),
    "--name NAME [--website URL] [--note TEXT] [--dry-run]",
    (
        ("--name NAME", "what it is called"),
        ("--website URL", "where it is on the web"),
        ("--note TEXT", "anything else"),
        ("--dry-run", "show what would be kept"),
    ),
)
DETAILS = ("website", "note")


def run(app: App, argv: list[str]) -> int:
    """Keep one."""
    options, found = parse(
        app,
        "companies create",
        argv,
        *(((f"--{name}",), {"metavar": "TEXT"}) for name in ("name", *DETAILS)),
        takes=(*SHOWING, *ASKING, "--dry-run"),
    )
    view = showing(app, options)
    if not found.name:
        raise InvalidArgument("no --name is given", hint="dialpad companies create --name 'Acme Corp'")
    from dialkit.directory import companies
    from dialkit.store import Database

    details = {field: getattr(found, field) for field in DETAILS if getattr(found, field)}
    when = "would be" if options.dry_run else "is"
    if options.dry_run:
        made = {"dry_run": True, "name": companies.named(found.name), **details}
    else:
        with Database.of(app.environ, app.tell) as database:
            made = companies.create(database, found.name, details, time.time())
    app.tell(f"note: Dialpad has no companies; it {when} kept on this machine")
    if options.dry_run:
        view.data(made)
    else:
        view.done(made, "it is kept", "dialpad companies list")
    return 0
