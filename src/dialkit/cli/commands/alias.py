"""``dialpad alias``: short names for ids and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import Help, Sub, choose, parse, showing, unknown
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "alias",
    "Short names for ids and numbers, kept in the config.",
    ("dialpad alias set support 5610293847561029", "dialpad alias list -o json"),
)
NAME = (("name",), {"metavar": "NAME"})


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad alias`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _set(app: App, argv: list[str]) -> int:
    _, found = parse(app, "alias set", argv, NAME, (("id",), {"metavar": "ID"}), takes=())
    if found.name.lower() == "me":
        raise InvalidArgument("me already stands for the key's own user", hint="choose another name")
    before = app.config.alias(found.name)
    value = app.config.set(f"aliases.{found.name}", found.id)
    changed = f", no longer for {before}" if before not in (None, value) else ""
    app.tell(f"{found.name} now stands for {value}{changed}")
    return 0


def _list(app: App, argv: list[str]) -> int:
    options, _ = parse(app, "alias list", argv)
    view = showing(app, options)
    view.data([{"name": name, "id": value} for name, value in _aliases(app).items()])
    return 0


def _unset(app: App, argv: list[str]) -> int:
    _, found = parse(app, "alias unset", argv, NAME, takes=())
    known = _aliases(app)
    if found.name not in known:
        raise unknown("there is no alias", found.name, known)
    app.config.unset(f"aliases.{found.name}")
    app.tell(f"{found.name} stood for {known[found.name]}, and is gone")
    return 0


def _aliases(app: App) -> dict[str, str]:
    found = {}
    for dotted, value in app.config.items():
        head, _, name = dotted.partition(".")
        if head == "aliases":
            found[name] = str(value)
    return found


TABLE = {
    "set": Sub(_set, "NAME ID", "let a name stand for an id or a number"),
    "list": Sub(_list, "", "all names and what they stand for"),
    "unset": Sub(_unset, "NAME", "forget a name"),
}
