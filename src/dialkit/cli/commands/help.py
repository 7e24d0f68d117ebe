"""``dialpad help``: the overview, a topic, a group, an operation, or one of our own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli import workflows
from dialkit.cli.subcommands import Help, unknown, wants_help
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "help",
    "Help on a topic, a group, an operation or a command.",
    ("dialpad help exit-codes", "dialpad help users", "dialpad help sms send"),
    "[environment|exit-codes|formatting|limits|accounts|GROUP|OPERATION|COMMAND]",
)


def run(app: App, argv: list[str]) -> int:
    """Print the help that was asked for. The exit code; raises `InvalidArgument`."""
    words = [word for word in argv if not word.startswith("-")]
    strange = [word for word in argv if word.startswith("-")]
    if wants_help(argv) and not words:
        app.page(HELP.text())
        return 0
    if strange and not wants_help(argv):
        raise InvalidArgument(f"dialpad help has no flag {strange[0]}", hint=f"dialpad help {HELP.takes}")
    named = workflows.find(words)
    if named is not None:
        return workflows.runner(named[0])(app, [*words[named[1] :], "--help"])
    app.page(_page(app, words))
    return 0


def _page(app: App, words: list[str]) -> str:
    from dialkit.cli import help as pages
    from dialkit.cli.dispatch import COMMANDS
    from dialkit.cli.topics import TOPICS

    if not words:
        topics = "".join(f"  dialpad help {name:12}  {topic.about}\n" for name, topic in TOPICS.items())
        return pages.overview(app.catalog) + "\nTopics:\n" + topics
    first, *rest = words
    if first in TOPICS and not rest:
        return TOPICS[first].text(app.catalog)
    if first in COMMANDS:
        from dialkit.cli import own

        return own.page(first)
    if first in app.catalog.groups and not rest:
        return pages.of_group(app.catalog.groups[first])
    if len(words) == 1 and app.catalog.find(words)[0] is None:
        raise unknown("no help on", first, [*TOPICS, *COMMANDS, *app.catalog.groups, *app.catalog.ids])
    from dialkit.cli.lookup import by_words

    return pages.of_operation(by_words(app, words))
