"""``dialpad outbox``: what went out, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, Sub, choose, columns, parse, showing
from dialkit.errors import InvalidArgument, NotFound

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.store import Database
    from dialkit.store.database import Row

HELP = Help(
    "outbox",
    "What was to reach people, written down before it left: accepted, refused or unknown.\n"
    "An unknown one is never sent again by itself: look for evidence first.",
    ("dialpad outbox list --state unknown", "dialpad outbox resolve 12", "dialpad outbox retry 12 --confirm"),
)
MOST = 1000


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)


def list_(app: App, argv: list[str]) -> int:
    """Show entries, the newest first."""
    from dialkit.client.phones import region_of, required
    from dialkit.messaging import told
    from dialkit.store import outbox

    options, found = parse(
        app, "outbox list", argv, (("--state",), {}), (("--to",), {}), (("--max-items",), {"metavar": "N"})
    )
    view = showing(app, options)
    if found.state is not None and found.state not in outbox.STATES:
        raise InvalidArgument(
            f"--state: {found.state[:40]!r} is no state", hint="one of " + ", ".join(outbox.STATES)
        )
    number = None if found.to is None else required("--to", found.to, region_of(app.config))
    with _swept(app) as database:
        most = options.max_items or MOST
        entries = told.shown(database, outbox.listed(database, state=found.state, number=number, most=most))
    columns(view, ("id", "state", "recipients", "text", "planned_at", "note"))
    view.data([_brief(entry) for entry in entries])
    return 0


def show(app: App, argv: list[str]) -> int:
    """Show one entry, whole."""
    from dialkit.messaging import told

    options, found = parse(app, "outbox show", argv, (("id",), {}))
    view = showing(app, options)
    with _swept(app) as database:
        view.data(*told.shown(database, [_entry(database, found.id)]))
    return 0


def resolve(app: App, argv: list[str]) -> int:
    """Look for evidence of what became of an unknown one."""
    from dialkit.cli.session import open_client
    from dialkit.messaging import evidence, told
    from dialkit.reports.traces import texts_to
    from dialkit.store import outbox

    options, found = parse(app, "outbox resolve", argv, (("id",), {}), takes=(*SHOWING, *ASKING))
    view = showing(app, options)
    assert app.options is not None
    with _swept(app) as database, open_client(app, app.options) as client:
        row = _entry(database, found.id)
        said = evidence.look(client, database, row, texts_to)
        (entry,) = told.shown(database, [outbox.get(database, row["id"]) or row])
    view.data({**_brief(entry), "evidence": said})
    return 0


def retry(app: App, argv: list[str]) -> int:
    """Send one again: a person's decision."""
    from dialkit.cli.session import open_client
    from dialkit.messaging import evidence

    options, found = parse(
        app,
        "outbox retry",
        argv,
        (("id",), {}),
        (("--confirm",), {"action": "store_true"}),
        takes=(*SHOWING, *ASKING),
    )
    view = showing(app, options)
    assert app.options is not None
    with _swept(app) as database, open_client(app, app.options) as client:
        row = _entry(database, found.id)
        answer = evidence.send_again(client, database, row, confirmed=found.confirm, tell=app.tell)
        view.done(answer, "it was sent", f"do not send it again; dialpad outbox show {row['id']}")
    return 0


def _swept(app: App) -> Database:
    """The database, with entries of processes that are gone decided."""
    import time

    from dialkit.store import Database, outbox

    database = Database.of(app.environ, app.tell)
    outbox.sweep(database, time.time())
    return database


def _entry(database: Database, text: str) -> Row:
    from dialkit.store import outbox

    row = outbox.get(database, int(text)) if text.isdecimal() and len(text) < 19 else None
    if row is None:
        raise NotFound(f"the outbox has no entry {text[:40]!r}", status=None, hint="dialpad outbox list")
    return row


def _brief(entry: Row) -> dict[str, Any]:
    names = (
        "id",
        "state",
        "operation",
        "sender",
        "recipients",
        "text",
        "note",
        "planned_at",
        "once",
        "batch",
    )
    return {name: entry[name] for name in names}


TABLE = {
    "list": Sub(list_, "[--state STATE] [--to NUMBER] [--max-items N]", "the newest first"),
    "show": Sub(show, "ID", "one of them, with request and answer"),
    "resolve": Sub(resolve, "ID", "look for evidence of what became of it"),
    "retry": Sub(retry, "ID [--confirm]", "send it again; --confirm where it may have gone out"),
}
