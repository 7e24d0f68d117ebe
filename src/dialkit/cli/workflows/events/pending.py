"""``dialpad events pending``: events that a target has not taken yet, or never did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import SHOWING, columns, parse, showing, unknown
from dialkit.errors import InvalidArgument, NotFound

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.store import Database

ROWS = (
    ("pending", "what waits, is under way, or was given up, the newest first"),
    ("--dead", "only what was given up: a day after its first attempt, or because trying again cannot help"),
    ("--max-items N", "so many; 1000 unless it is said"),
    ("retry ID… | --all", "try these again, as new; whoever forwards there takes them within a second"),
    ("drop ID…", "give these up for good"),
)
COLUMNS = ("id", "event_id", "kind", "target", "state", "attempts", "next_at", "last_error")
ACTIONS = ("retry", "drop")
HINT = "dialpad events pending retry ID, or dialpad events pending drop ID"
MOST = 1000


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad events pending`` with the words that follow it; the exit code."""
    options, found = parse(
        app,
        "events pending",
        argv,
        (("words",), {"nargs": "*", "metavar": "retry ID | drop ID"}),
        (("--dead",), {"action": "store_true"}),
        (("--all",), {"action": "store_true", "dest": "every"}),
        (("--max-items",), {"metavar": "N"}),
        takes=SHOWING,
    )
    view = showing(app, options)
    action = found.words[0] if found.words else None
    if action is not None and action not in ACTIONS:
        raise unknown("dialpad events pending cannot", action, ACTIONS)
    from dialkit.store import Database, deliveries

    with Database.of(app.environ, app.tell) as database:
        if action is not None:
            if found.dead or options.max_items:
                raise InvalidArgument("--dead and --max-items go with what is shown", hint=HINT)
            view.data(_act(database, action, found))
            return 0
        if found.every:
            raise InvalidArgument("--all: of what?", hint="dialpad events pending retry --all")
        states = (deliveries.DEAD,) if found.dead else deliveries.OPEN
        most = options.max_items or MOST
        rows = deliveries.listed(database, states, most + 1)
    columns(view, COLUMNS)
    view.data([_shown(row) for row in rows[:most]])
    if len(rows) > most:
        app.tell(f"note: there are more; to see them: --max-items {most * 10}")
    return 0


def _act(database: Database, action: str, found: argparse.Namespace) -> dict[str, Any]:
    import time

    from dialkit.store import deliveries

    ids = [_number(text) for text in found.words[1:]]
    if found.every and (ids or action != "retry"):
        raise InvalidArgument("--all goes with retry, and with no ID", hint=HINT)
    if not ids and not found.every:
        raise InvalidArgument(f"{action}: which?", hint=HINT)
    now = time.time()
    if found.every:
        return {"retried": deliveries.again(database, None, now)}
    for one in ids:  # all or none, as far as can be known
        row = deliveries.get(database, one)
        if row is None:
            raise NotFound(
                f"nothing is pending with the id {one}", status=None, hint="dialpad events pending"
            )
        if row["state"] not in (deliveries.WAITING, deliveries.DEAD):
            raise InvalidArgument(f"{one} is {row['state']}", hint="dialpad events pending shows what is not")
    if action == "retry":
        return {"retried": sum(deliveries.again(database, one, now) for one in ids)}
    return {"dropped": sum(deliveries.drop(database, one, now) for one in ids)}


def _number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    raise InvalidArgument(f"{text[:40]!r} is no id", hint="dialpad events pending shows them")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    from dialkit.events.listening.gaps import moment

    times = {
        name: None if row[name] is None else moment(row[name]) for name in ("added_at", "first_at", "next_at")
    }
    if row["state"] == "dead":
        times["next_at"] = None
    return {
        **{name: row[name] for name in ("id", "event_id", "kind", "target", "state", "attempts")},
        **times,
        "last_error": row["last_error"],
    }
