"""``dialpad companies create``: a company's name, kept on this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing, wants_help
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
LONGEST = 200  # characters of a name


def run(app: App, argv: list[str]) -> int:
    """Keep one."""
    if wants_help(argv):
        app.stdout.write(HELP.text())
        return 0
    options, found = parse(
        app,
        "companies create",
        argv,
        *(((f"--{name}",), {"metavar": "TEXT"}) for name in ("name", *DETAILS)),
        takes=(*SHOWING, *ASKING, "--dry-run"),
    )
    view = showing(app, options)
    name = (found.name or "").strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        what = f"{name[:60]!r} cannot name a company" if found.name else "no --name is given"
        raise InvalidArgument(what, hint="dialpad companies create --name 'Acme Corp'")
    details = {field: getattr(found, field) for field in DETAILS if getattr(found, field)}
    when = "would be" if options.dry_run else "is"
    app.tell(f"note: Dialpad has no companies; it {when} kept on this machine")
    if options.dry_run:
        view.data({"dry_run": True, "name": name, **details})
        return 0
    from dialkit.directory import companies
    from dialkit.store import Database

    with Database.of(app.environ, app.tell) as database:
        view.data(companies.create(database, name, details, time.time()))
    return 0
