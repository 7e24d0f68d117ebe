"""``dialpad search WORDS``: operations by what people call things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.output import choose_format
from dialkit.cli.subcommands import Help, parse, showing, wants_help
from dialkit.errors import NotFound

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "search",
    "Find operations by words, the nearest first.",
    ("dialpad search send text", "dialpad search call center agents -o json"),
    "WORDS...",
)


def run(app: App, argv: list[str]) -> int:
    """Show what is found; exit code 4 where nothing is. Raises `InvalidArgument`."""
    if wants_help(argv):
        app.page(HELP.text())
        return 0
    options, found = parse(app, "search", argv, (("words",), {"metavar": "WORDS", "nargs": "+"}))
    view = showing(app, options)
    from dialkit.catalog.search import search

    rows = [
        {
            "id": row.id,
            "command": " ".join(("dialpad", row.group, *row.words)),
            "summary": row.summary,
            "effect": row.effect,
        }
        for row, _ in search(app.catalog, " ".join(found.words))
    ]
    if not rows:
        raise NotFound(
            f"no operation answers to {' '.join(found.words)!r}",
            status=None,
            hint="use other words, or see all: dialpad commands -o table",
        )
    if choose_format(view.how) == "table" and not view.how.fields:
        view.how = view.how._replace(fields=("command", "summary"))
    view.data(rows)
    return 0
