"""``dialpad call watch``: follow a call until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows.call_arguments import ID, needed_id

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "call watch",
    "Follow a call: a line whenever it is in another state, until it has ended. Ctrl-C ends the watching,\n"
    "with exit 130, and not the call. It asks every 6.5 seconds, since Dialpad takes ten questions a\n"
    "minute; a state between two questions is not seen. Piped, each is a line of JSON, and --jq gets each.",
    ("dialpad call watch 6109283746501929", "dialpad call watch 6109283746501929 -o json"),
    "ID",
    (("ID, --call-id ID", "the call, by its id or an alias"),),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call watch`` with the words that follow it; the exit code."""
    options, found = parse(app, "call watch", argv, *ID, takes=SHOWING + ASKING)
    view = showing(app, options)
    call_id = needed_id(app, found, "call watch")
    from dialkit.calls.watching import watch
    from dialkit.cli.app import printable
    from dialkit.cli.session import open_client

    plain = not (view.how.format or view.how.fields or view.how.jq)
    words = plain and view.how.is_tty
    if view.how.format is None and view.how.jq is None:
        view.how = view.how._replace(format="ndjson")
    with open_client(app, options) as client:
        changes = watch(client, call_id)
        if not words and (view.how.jq is None or view.how.format is not None):
            view.items(changes)
            return 0
        for change in changes:
            if words:
                app.stdout.write(printable(_line(change)) + "\n")
                app.stdout.flush()
            else:  # jq sees a list whole, and this one may take an hour
                view.data(change)
    return 0


def _line(change: dict[str, Any]) -> str:
    when = str(change.get("at", ""))[11:19] or "--:--:--"
    words = f"{when}  {change.get('state', 'unknown')}"
    if change["ended"]:
        length = f", {change['seconds']:.0f} s" if "seconds" in change else ""
        return f"{words}: over ({change['outcome']}{length})"
    way = {"inbound": "from", "outbound": "to"}.get(str(change.get("direction")), "with")
    whom = f"  {way} {change['with']}" if change.get("with") else ""
    return words + whom + (f", {change['target']}" if change.get("target") else "")
