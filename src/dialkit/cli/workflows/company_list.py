"""``dialpad companies list``: the companies that there are, each with where it is known from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows.progress import Progress

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "companies list",
    "Your own company, companies kept on this machine, and names found on contacts with how many.\n"
    "Dialpad has no such list: each row says its source. Also accepted: companies companies.list.",
    ("dialpad companies list", "dialpad companies list -o csv"),
)


def run(app: App, argv: list[str]) -> int:
    """Show them."""
    options, _ = parse(app, "companies list", argv, takes=(*SHOWING, *ASKING))
    view = showing(app, options)
    from dialkit.cli.session import open_client
    from dialkit.directory import companies
    from dialkit.store import Database

    with (
        Database.of(app.environ, app.tell) as database,
        open_client(app, app.options or options) as client,
        Progress(app, client.clock.monotonic) as progress,
    ):
        rows = companies.list_all(client, database, progress.pages)
    view.data(rows)
    return 0
