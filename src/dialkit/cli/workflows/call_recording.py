"""``dialpad call recording``: record the call under way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, Sub, choose, parse, showing
from dialkit.cli.workflows.call_arguments import FLAG, ID, needed_id, number_of, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.cli.app import App

KINDS = ("user", "group", "all")
HELP = Help(
    "call recording",
    "Record a call under way, or stop. Dialpad switches the recording of whatever call a user is on, so the\n"
    "user on the call is looked up first, unless --user-id says who it is. The people on the line hear a\n"
    "notice, unless --no-message is given: where consent is required, do without that.\n"
    "Also accepted: dialpad call recording.start, recording.stop. The operation: dialpad users active_call",
    (
        "dialpad call recording start 6109283746501935",
        "dialpad call recording start --call-id 6109283746501935 --user-id 5402938475610293 --dry-run",
        "dialpad call recording stop --call-id 6109283746501935",
    ),
    apart=True,
)
TAKES = "ID [--user-id ID] [--recording-type user|group|all] [--no-message] [--dry-run]"
ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    *ID,
    (("--user-id",), {"metavar": "ID"}),
    (("--recording-type",), {"metavar": "KIND"}),
    (("--no-message",), FLAG),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call recording`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _switch(on: bool, app: App, argv: list[str]) -> int:
    name = f"call recording {'start' if on else 'stop'}"
    options, found = parse(app, name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    one_of("--recording-type", found.recording_type, KINDS)
    view = showing(app, options)
    call_id = needed_id(app, found, name)
    from dialkit.calls import recording
    from dialkit.cli import show
    from dialkit.cli.session import open_client

    with open_client(app, options) as client:
        if found.user_id is not None:
            user = number_of(app, found.user_id, "--user-id", "--user-id 5402938475610293")
        else:
            user = recording.user_on(client, call_id)
        asked = recording.request(client, user, on, found.recording_type, found.no_message)
        if options.dry_run:
            return show.request(app, options, asked)
        done = f"the recording is {'on' if on else 'off'}"
        view.done(recording.switch(client, call_id, user, asked), done)
    return 0


def _rows() -> Iterable[tuple[str, str]]:
    return (
        ("ID, --call-id ID", "the call, by its id or an alias"),
        ("--user-id ID", "the user on it; else found by the call"),
        ("--recording-type KIND", "of a group's call: the operator's recording (user), the group's, or all"),
        ("--no-message", "the people on the line hear no notice"),
        ("--dry-run", "show the request, send no write; without --user-id the call is read"),
    )


TABLE = {
    "start": Sub(partial(_switch, True), TAKES, "begin recording a call under way", _rows),
    "stop": Sub(partial(_switch, False), TAKES, "end the recording of a call", _rows),
}
