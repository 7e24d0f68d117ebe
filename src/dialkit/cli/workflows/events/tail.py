"""``dialpad events tail``: the latest events, the newest last, and those that come while one looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import parse, showing
from dialkit.cli.workflows.events.list import FILTERS
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.app import App
    from dialkit.cli.workflows.events.filtering import Filter
    from dialkit.store import Database
    from dialkit.store.database import Row

ROWS = (
    ("--follow", "go on with those that come, until Ctrl-C"),
    *FILTERS,
    ("--lines N", "how many of the latest to begin with; 10 unless it is said"),
    ("--max-items N", "end after so many"),
)
LINES = 10
LOOK = 0.3  # seconds between two looks into the store


def run(app: App, argv: list[str]) -> int:
    """Show events; the exit code."""
    options, found = parse(
        app,
        "events tail",
        argv,
        (("--follow",), {"action": "store_true"}),
        (("--kind",), {}),
        (("--filter",), {"metavar": "EXPR"}),
        (("--lines",), {"metavar": "N"}),
        (("--max-items",), {"metavar": "N"}),
    )
    view = showing(app, options)
    if found.follow and options.jq is not None:
        raise InvalidArgument("--jq sees all events at once, and --follow never ends", hint="use --filter")
    from itertools import islice

    from dialkit.cli.workflows.events import filtering, kept
    from dialkit.cli.workflows.following import live
    from dialkit.store import Database

    kind, wanted = filtering.kind(found.kind), filtering.wanted(found.filter)
    lines = LINES if found.lines is None else kept.number(found.lines, "--lines", "--lines 20")
    words = view.how.is_tty and not (view.how.format or view.how.fields or view.how.jq)
    if found.follow:
        live(view, kept.BRIEF)
    with Database.of(app.environ, app.tell) as database:
        rows = _rows(database, kind, wanted, lines, follow=found.follow)
        rows = islice(rows, options.max_items)
        if words:
            _lines(app, rows)
        else:
            view.items(map(kept.brief, rows))
    return 0


def _rows(
    database: Database, kind: str | None, wanted: Filter | None, lines: int, *, follow: bool
) -> Iterator[Row]:
    from time import sleep

    from dialkit.cli.workflows.events import kept
    from dialkit.inbox import events

    # Where it goes on is known before it begins, else one that comes in between is missed.
    newest = events.listed(database, most=1)
    last = newest[0]["id"] if newest else 0
    yield from reversed(list(kept.before(database, last + 1, kind, wanted, lines)))
    while follow:
        rows = events.listed(database, kind=kind, after_id=last, most=kept.PAGE)
        for row in rows:
            last = row["id"]
            if wanted is None or wanted.takes(row["kind"], row["payload_json"]):
                yield row
        if not rows:
            sleep(LOOK)


def _lines(app: App, rows: Iterator[Row]) -> None:
    from dialkit.cli.app import printable
    from dialkit.cli.workflows.events.kept import payload_of
    from dialkit.events.lines import line

    for row in rows:
        text = line(row["kind"], payload_of(row), row["received_at"])
        app.stdout.write(printable(text) + "\n")
        app.stdout.flush()
