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
    ("dialpad events verify < body",),
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
    "verify": _sub("verify", "[FILE] [--secret-stdin]", "who wrote a body, and what it says"),
}
