"""Commands that look: what came in, what went out, what arrived, and what is known without a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.sandbox.asking import URL, find, segment
from dialkit.cli.sandbox.making import whole
from dialkit.cli.subcommands import columns, parse, showing

if TYPE_CHECKING:
    from dialkit.cli.app import App

MOST = 10**15
# What a table shows of each; all other formats show all there is.
COLUMNS = {
    "requests": ("id", "at", "method", "path", "operation", "status", "ms"),
    "deliveries": ("id", "kind", "state", "url"),
}


def requests(app: App, argv: list[str]) -> int:
    """The requests that came in."""
    return _tail(app, argv, "requests")


def deliveries(app: App, argv: list[str]) -> int:
    """What was sent to webhooks and websockets."""
    return _tail(app, argv, "deliveries")


def _tail(app: App, argv: list[str], name: str) -> int:
    follow = (("--follow",), {"action": "store_true"})
    since = (("--since",), {"metavar": "ID", "default": "0"})
    options, found = parse(app, f"sandbox {name}", argv, URL, follow, since)
    view = showing(app, options)
    query = {"since": whole(found.since, "--since", MOST)}
    remote = find(app, found.url)
    if not found.follow:
        columns(view, COLUMNS[name])
        view.data(remote.ask("GET", name, query=query)["items"])
        return 0
    if view.how.format is None and view.how.jq is None:
        view.how = view.how._replace(format="ndjson")  # a table waits for its rows
    view.items(remote.lines(name, query))
    return 0


def inbox(app: App, argv: list[str]) -> int:
    """The texts that arrived at a number."""
    options, found = parse(app, "sandbox inbox", argv, URL, (("number",), {"metavar": "NUMBER"}))
    view = showing(app, options)
    view.data(find(app, found.url).ask("GET", f"inbox/{segment(found.number)}")["items"])
    return 0


def numbers(app: App, argv: list[str]) -> int:
    """Numbers whose fate is known beforehand."""
    from dialkit.sandbox.carrier.fates import FATES

    options, _ = parse(app, "sandbox numbers", argv)
    rows = [{"number": number, "fate": fate.about} for number, fate in FATES.items()]
    showing(app, options).data(rows)
    return 0


def coverage(app: App, argv: list[str]) -> int:
    """Which state each operation reads and writes."""
    from dialkit.sandbox.coverage import coverage as watch

    options, _ = parse(app, "sandbox coverage", argv)
    view = showing(app, options)
    view.data([row._asdict() for row in watch()])
    return 0
