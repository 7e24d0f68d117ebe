"""``dialpad call transcript``: what was said, as text, JSON or SRT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows.call_arguments import ID, LAST, LAST_ROWS, one_call, one_of, show_as

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "call transcript",
    "What was said on a call. A call without a transcript ends with exit 4.\n"
    "Text on a terminal, JSON elsewhere, unless --format says otherwise.\n"
    "Also accepted: bin/get_call_transcript.py.",
    (
        "dialpad call transcript 6109283746501929",
        "dialpad call transcript --last --with +14155550123 --format text",
        "dialpad call transcript --call-id 6109283746501929 --format srt",
    ),
    "ID | --last [--with NUMBER] [--user WHO] [--format text|json|srt]",
    (
        *LAST_ROWS,
        ("--format FORMAT", "text: a line for each that spoke; json: all that Dialpad tells; srt: subtitles"),
    ),
)
FORMATS = ("text", "json", "srt")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call transcript`` with the words that follow it; the exit code."""
    form = (("--format",), {"metavar": "FORMAT"})
    options, found = parse(app, "call transcript", argv, *ID, *LAST, form, takes=SHOWING + ASKING)
    one_of("--format", found.format, FORMATS)
    view = showing(app, options)
    from dialkit.calls import transcript
    from dialkit.cli.session import open_client

    with open_client(app, options) as client:
        call_id, known = one_call(app, found, client, "call transcript")
        said = transcript.read(client, call_id)

        def srt() -> str:
            # Counted from the moment when the two sides were put through.
            call = known or client.request("call.get_call_info", {"id": call_id}).json() or {}
            return transcript.srt(said, call.get("date_connected"))

        return show_as(app, view, found.format, said, {"text": lambda: transcript.text(said), "srt": srt})
