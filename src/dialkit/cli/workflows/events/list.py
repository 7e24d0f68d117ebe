"""``dialpad events list``: events that were kept, the newest first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import columns, parse, showing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.app import App

FILTERS = (
    ("--kind KIND", "sms, call, contact, agent_status, changelog, channel, fax or unknown"),
    ("--filter EXPR", "what is true for them, as jq has it: 'direction == \"inbound\"'"),
)
ROWS = (
    *FILTERS,
    ("--before ID", "those before this one"),
    ("--max-items N", "so many; 100 unless it is said"),
)
COLUMNS = ("id", "event", "happened_at", "from", "to", "text")
MOST = 100


def run(app: App, argv: list[str]) -> int:
    """Show events; the exit code."""
    options, found = parse(
        app,
        "events list",
        argv,
        (("--kind",), {}),
        (("--filter",), {"metavar": "EXPR"}),
        (("--before",), {"metavar": "ID"}),
        (("--max-items",), {"metavar": "N"}),
    )
    view = showing(app, options)
    columns(view, COLUMNS)
    from dialkit.cli.workflows.events import filtering, kept
    from dialkit.store import Database

    most = options.max_items or MOST
    kind, wanted = filtering.kind(found.kind), filtering.wanted(found.filter)
    before_id = None if found.before is None else kept.number(found.before, "--before")
    with Database.of(app.environ, app.tell) as database:
        rows = kept.before(database, before_id, kind, wanted, most + 1)
        count, last = 0, 0

        def page() -> Iterator[dict[str, Any]]:
            nonlocal count, last
            for row in islice(rows, most):
                count, last = count + 1, row["id"]
                yield kept.brief(row)

        view.items(page())
        # Whether a filter takes one more could need a look at all that there is.
        if count == most and (wanted or next(rows, None)):
            app.tell(f"note: there {'may be' if wanted else 'are'} more: --before {last}")
    return 0
