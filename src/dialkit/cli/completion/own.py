"""Completion of our own commands: their subcommands, their flags, and the words that follow."""

from __future__ import annotations

from dialkit.cli import own
from dialkit.cli.completion.answers import FILES, accounts, aliases, names
from dialkit.cli.options import BY_FLAG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.cli.app import App
    from dialkit.cli.completion.answers import Choice

    # From the app, the words after the command and the word being typed, to the choices for it.
    Words = Callable[[App, list[str], str], Iterable[Choice]]


def words(app: App, name: str, typed: list[str], current: str) -> Iterable[Choice]:
    """What can follow the command `name` and the words `typed` after it."""
    table = own.subcommands(name)
    if table and not typed:
        return [(word, sub.help) for word, sub in table.items()]
    key, after = (f"{name} {typed[0]}", typed[1:]) if table else (name, typed)
    return FOLLOWING[key](app, after, current) if key in FOLLOWING else ()


def flags(name: str, typed: list[str]) -> Iterator[Choice]:
    """The flags of a command: those its help names, and those of all that show data."""
    import re

    from dialkit.cli.subcommands import SHOWING

    table = own.subcommands(name)
    text = table[typed[0]].takes if typed and typed[0] in table else own.page(name)
    for flag in dict.fromkeys((*re.findall(r"--[a-z][a-z-]*", text), *SHOWING, "--help")):
        yield flag, BY_FLAG[flag].help if flag in BY_FLAG else ""


def _one(choices: Callable[[App], Iterable[Choice]]) -> Words:
    """Choices for the first word only."""
    return lambda app, typed, _current: () if typed else choices(app)


def _of(*known: str) -> Words:
    return _one(lambda _app: [(word, "") for word in known])


def _operations(app: App, typed: list[str], current: str) -> Iterable[Choice]:
    return names(app.catalog, typed, current)


def _topics(app: App, typed: list[str], current: str) -> Iterable[Choice]:
    from dialkit.cli.topics import TOPICS

    first = [] if typed else [(name, topic.about) for name, topic in TOPICS.items()]
    return [*first, *names(app.catalog, typed, current)]


def _settings(app: App) -> Iterable[Choice]:
    from dialkit.config.table import SETTINGS

    known = [(name, setting.about) for name, setting in SETTINGS.items() if "*" not in name]
    return [*known, *((name, "") for name, _ in app.config.items() if name not in SETTINGS)]


def _events(_app: App) -> Iterable[Choice]:
    from dialkit.events.names import NAMES

    return [(name.replace(".", "_"), "") for name in NAMES if not name.endswith("*") and name != "unknown"]


def _switches(_app: App, _typed: list[str], _current: str) -> Iterable[Choice]:
    from dialkit.sandbox.switches import SWITCHES

    return [(f"{name}={choice}", row.about) for name, row in SWITCHES.items() for choice in row.choices]


ONOFF = (("on", ""), ("off", ""))
FOLLOWING: dict[str, Words] = {
    "alias set": _one(aliases),
    "alias unset": _one(aliases),
    "api": _of("GET", "POST", "PUT", "PATCH", "DELETE"),
    "auth can": _operations,
    "auth logout": _one(accounts),
    "auth use": _one(accounts),
    "completion": _of("bash", "zsh", "fish"),
    "config get": _one(_settings),
    "config set": _one(_settings),
    "config unset": _one(_settings),
    "contact import": _one(lambda _app: FILES),
    "events trigger": _one(_events),
    "events verify": _one(lambda _app: FILES),
    "help": _topics,
    "sandbox duty": lambda _app, typed, _current: ONOFF if len(typed) == 1 else (),
    "sandbox fault": _of("add", "list", "remove", "clear"),
    "sandbox switches": _switches,
    "schema": _operations,
    "spec diff": _one(lambda _app: FILES),
    "spec use": _one(lambda _app: FILES),
}
