"""``dialpad call recap``: what Dialpad's AI made of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows.call_arguments import ID, LAST, LAST_ROWS, one_call, one_of, show_as

if TYPE_CHECKING:
    from dialkit.cli.app import App

STYLES = ("short", "medium", "long", "bullet")
FORMATS = ("text", "json")
HELP = Help(
    "call recap",
    "What Dialpad's AI made of a call: summary, why they called, what is to be done, the outcome.\n"
    "The key needs the scope ai_recap. A call without a recap ends with exit 4. Dialpad takes 12 a minute.\n"
    "Text on a terminal, JSON elsewhere, unless --format says so. The operation: dialpad call ai_recap",
    (
        "dialpad call recap 6109283746501929",
        "dialpad call recap --last --with +14155550123 --format text",
        "dialpad call recap --call-id 6109283746501929 --summary-format bullet",
    ),
    "ID | --last [--with NUMBER] [--summary-format STYLE] [--format text|json]",
    (
        *LAST_ROWS,
        ("--summary-format STYLE", "how the summary is written: " + ", ".join(STYLES)),
        ("--format FORMAT", "text, or json: all that Dialpad tells"),
    ),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call recap`` with the words that follow it; the exit code."""
    own = ((("--summary-format",), {"metavar": "STYLE"}), (("--format",), {"metavar": "FORMAT"}))
    options, found = parse(app, "call recap", argv, *ID, *LAST, *own, takes=SHOWING + ASKING)
    one_of("--summary-format", found.summary_format, STYLES)
    one_of("--format", found.format, FORMATS)
    view = showing(app, options)
    from dialkit.calls import recap
    from dialkit.cli.session import open_client

    with open_client(app, options) as client:
        call_id, _ = one_call(app, found, client, "call recap")
        made = recap.read(client, call_id, found.summary_format)
        return show_as(app, view, found.format, made, {"text": lambda: recap.text(made)})
