"""``dialpad events replay``: events that were kept, posted once more, byte for byte as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import parse, showing
from dialkit.errors import DialkitError, InvalidArgument, NotFound, PartialSuccess

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.cli.show import View
    from dialkit.events.single import Poster
    from dialkit.store.database import Row

ROWS = (
    ("ID…", "as list shows them; they are posted in this order"),
    ("--to URL", "https, or http at this machine; the type is application/jwt for those that are signed"),
    ("--insecure", "http at another machine will do as well"),
)
MOST = 1000


def run(app: App, argv: list[str]) -> int:
    """Post events; the exit code.

    Raises `NotFound` before anything is posted, `PartialSuccess` where some were not taken, and what
    `Poster.post` raises where none was.
    """
    options, found = parse(
        app,
        "events replay",
        argv,
        (("ids",), {"metavar": "ID", "nargs": "*"}),
        (("--to",), {"metavar": "URL"}),
        (("--insecure",), {"action": "store_true"}),
    )
    view = showing(app, options)
    if not found.ids:
        raise InvalidArgument("dialpad events replay: which?", hint="dialpad events replay ID --to URL")
    if len(found.ids) > MOST:
        raise InvalidArgument(f"{len(found.ids)} events", hint=f"at most {MOST} at a time")
    if found.to is None:
        raise InvalidArgument("--to is required", hint="--to http://localhost:3000/hook")
    from dialkit.cli.workflows.events import kept
    from dialkit.events.hooks.addresses import check_url
    from dialkit.events.single import Poster
    from dialkit.store import Database

    url = check_url(found.to, "--to", insecure=found.insecure)
    with Database.of(app.environ, app.tell) as database:
        rows = [_whole(kept.one(database, text)) for text in found.ids]
    return _post(Poster(url), rows, view)


def _whole(row: Row) -> Row:
    if not row["body"]:
        raise NotFound(
            f"event {row['id']} was redacted: there is no body to post",
            status=None,
            hint=f"dialpad events show {row['id']} -o yaml > event.yaml; then trigger --fixture event.yaml",
        )
    return row


def _post(poster: Poster, rows: list[Row], view: View) -> int:
    told: list[dict[str, Any]] = []
    failed: list[DialkitError] = []
    for row in rows:
        try:
            told.append({"id": row["id"], "status": poster.post(row["body"].encode())})
        except DialkitError as error:
            failed.append(error)
            told.append({"id": row["id"], "status": error.status, "error": error.message})
    if len(failed) == len(rows):
        raise failed[0]
    view.data(told)
    if failed:
        left = [str(each["id"]) for each in told if "error" in each]
        raise PartialSuccess(
            f"{len(failed)} of {len(rows)} events were not taken: {failed[0].message}",
            done=told,
            hint=f"dialpad events replay {' '.join(left[:20])} --to {poster.url}",
        )
    return 0
