"""``dialpad events list``: events that were kept, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import columns, parse, showing

if TYPE_CHECKING:
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

    kind, wanted = filtering.kind(found.kind), filtering.wanted(found.filter)
    before_id = None if found.before is None else kept.number(found.before, "the id of an event")
    with Database.of(app.environ, app.tell) as database:
        rows = kept.before(database, before_id, kind, wanted, options.max_items or MOST)
        view.items(map(kept.brief, rows))
    return 0
