"""``dialpad inbox sync``: texts and calls of the last days, from Dialpad's own lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, parse, showing
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

DAYS = 7


def sync(app: App, argv: list[str]) -> int:
    """Load what events did not tell."""
    options, found = parse(
        app, "inbox sync", argv, (("--days",), {"metavar": "N"}), takes=(*SHOWING, *ASKING)
    )
    view = showing(app, options)
    days = DAYS
    if found.days is not None:
        if not (found.days.isascii() and found.days.isdecimal() and len(found.days) < 6):
            raise InvalidArgument(f"--days: {found.days[:40]!r} is not a number of days", hint="--days 7")
        days = int(found.days)
    from dialkit.cli.session import open_client
    from dialkit.cli.workflows.progress import Progress
    from dialkit.inbox.syncing import sync as load
    from dialkit.store import Database

    assert app.options is not None
    with Database.of(app.environ, app.tell) as database, open_client(app, app.options) as client:
        progress = Progress(app, client.clock.monotonic)
        try:
            done = load(
                client,
                database,
                days,
                told=progress.report,
                on_calls=lambda count: progress.say(lambda: f"reading calls: {count:,}", "calls"),
            )
        finally:
            progress.done()
    view.data({"days": days, **done._asdict()})
    return 0
