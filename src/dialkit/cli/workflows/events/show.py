"""``dialpad events show``: one event, whole: what came, byte for byte, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import parse, showing

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.store import Database

ROWS = (("ID", "as list shows it"), ("-o yaml > FILE", "a fixture: dialpad events trigger --fixture FILE"))


def run(app: App, argv: list[str]) -> int:
    """Show one event; the exit code. Raises `NotFound`."""
    options, found = parse(app, "events show", argv, (("id",), {"metavar": "ID"}))
    view = showing(app, options)
    from dialkit.cli.workflows.events import kept
    from dialkit.store import Database

    with Database.of(app.environ, app.tell) as database:
        row = kept.one(database, found.id)
        view.data({**kept.whole(row), "deliveries": _deliveries(database, row["id"])})
    return 0


def _deliveries(database: Database, event_id: int) -> list[dict[str, Any]]:
    """Whom it was passed on to, and how that went."""
    from dialkit.inbox.reading import moment
    from dialkit.store import deliveries

    return [
        {
            **{name: row[name] for name in ("id", "target", "state", "attempts", "last_error")},
            **{name: moment(row[name]) for name in ("added_at", "done_at")},
        }
        for row in deliveries.of_event(database, event_id)
    ]
