"""``dialpad events``: what Dialpad told: received, kept, looked at, sent on and made again.

Each subcommand is a module of this package with ``run(app, argv) -> int``; one whose flags need a line
each has ``ROWS`` as well, pairs of a flag and what it does. Only the one that was asked for is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import Help, Sub, choose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.cli.app import App

HELP = Help(
    "events",
    "What Dialpad tells of texts, calls and the rest, as it came: kept, looked at, made again.\n"
    "Secrets are read from DIALPAD_WEBHOOK_SECRET, or with --secret-stdin: several stand each on a line.",
    (
        "dialpad events serve --port 8787",
        "dialpad events list --filter 'direction == \"inbound\"'",
        "dialpad events tail --follow --kind sms",
        "dialpad events replay 12 13 --to http://localhost:3000/hook",
        "dialpad events verify < body",
        "dialpad events trigger sms_received --text Hello --to-url http://localhost:3000/hook",
        "dialpad events trigger --fixture order.yaml --edit",
    ),
    apart=True,
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad events`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _sub(module: str, takes: str, about: str) -> Sub:
    """A subcommand whose module is imported when it is asked for."""
    from importlib import import_module

    name = f"{__name__}.{module}"

    def run(app: App, argv: list[str]) -> int:
        code: int = import_module(name).run(app, argv)
        return code

    def rows() -> Iterable[tuple[str, str]]:
        return getattr(import_module(name), "ROWS", ())

    return Sub(run, takes, about, rows)


# Word -> module of this package, what it takes as help shows it, and one line on it.
TABLE = {
    "list": _sub(
        "list", "[--kind KIND] [--filter EXPR] [--before ID] [--max-items N]", "events, the newest first"
    ),
    "show": _sub("show", "ID", "one of them, whole, and what became of it"),
    "tail": _sub(
        "tail", "[--follow] [--kind KIND] [--filter EXPR] [--lines N]", "the latest, and those that come"
    ),
    "replay": _sub("replay", "ID… --to URL", "post events once more, byte for byte as they came"),
    "pending": _sub(
        "pending",
        "[--dead] [retry ID… | retry --all | drop ID…]",
        "what a target has not taken: show, retry, drop",
    ),
    "serve": _sub(
        "serve",
        "[--host HOST] [--port N] [--path [KIND=]PATH…] [--secret-stdin] [--forward URL]",
        "receive what is posted to a webhook: verified, stored, then answered",
    ),
    "verify": _sub("verify", "[FILE] [--secret-stdin]", "who wrote a body, and what it says"),
    "trigger": _sub(
        "trigger",
        "NAME [--from NUMBER] [--to NUMBER] [--text WORDS] [--to-url URL]",
        "an event of your own making, signed as Dialpad signs",
    ),
}
