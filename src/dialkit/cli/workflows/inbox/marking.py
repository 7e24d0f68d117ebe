"""``dialpad inbox read``, ``stats`` and ``prune``: read marks, counts, and forgetting."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dialkit.cli.subcommands import SHOWING, parse, showing
from dialkit.cli.workflows.inbox.arguments import party, position
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

FLAG = {"action": "store_true"}


def read(app: App, argv: list[str]) -> int:
    """Mark texts as read."""
    options, found = parse(
        app,
        "inbox read",
        argv,
        (("theirs",), {"metavar": "NUMBER", "nargs": "?"}),
        (("--everything",), FLAG),
        (("--line",), {"metavar": "NUMBER"}),
        (("--up-to",), {"metavar": "WHEN"}),
        takes=SHOWING,
    )
    view = showing(app, options)
    if (found.theirs is None) is not found.everything:
        said = "NUMBER and --everything: which?" if found.everything else "whose texts? no NUMBER is given"
        raise InvalidArgument(
            said, hint="dialpad inbox read +14155550123, or dialpad inbox read --everything"
        )
    theirs = None if found.theirs is None else party(app, "NUMBER", found.theirs)
    ours = None if found.line is None else party(app, "--line", found.line)
    up_to = position("--up-to", found.up_to, end=True)
    from dialkit.inbox import reading
    from dialkit.store import Database

    with Database.of(app.environ, app.tell) as database:
        count = reading.read(database, theirs, time.time(), ours=ours, up_to=up_to)
    view.data({"number": theirs, "marked": count})
    return 0


def stats(app: App, argv: list[str]) -> int:
    """Show how much there is."""
    options, _ = parse(app, "inbox stats", argv, takes=SHOWING)
    view = showing(app, options)
    from dialkit.inbox import counting
    from dialkit.store import Database

    with Database.of(app.environ, app.tell) as database:
        view.data(counting.stats(database))
    return 0


def prune(app: App, argv: list[str]) -> int:
    """Forget what is old."""
    options, found = parse(
        app,
        "inbox prune",
        argv,
        (("--older-than",), {"metavar": "AGE"}),
        (("--redact-text",), FLAG),
        takes=(*SHOWING, "--dry-run"),
    )
    view = showing(app, options)
    from dialkit.inbox import pruning
    from dialkit.inbox.reading import moment
    from dialkit.store import Database

    if found.older_than is None:
        raise InvalidArgument(
            "--older-than: how old?",
            hint="dialpad inbox prune --older-than 1y --dry-run shows how much that is",
        )
    before = time.time() - pruning.age(found.older_than)
    work = pruning.count if options.dry_run else pruning.prune
    with Database.of(app.environ, app.tell) as database:
        taken = work(database, before, redact=found.redact_text)
    said = {"dry_run": True} if options.dry_run else {}
    view.data({**said, "before": moment(before), "redacted": found.redact_text, **taken})
    return 0
