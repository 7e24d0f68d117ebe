"""``dialpad template``: texts to use again, kept on this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import SHOWING, Help, Sub, choose, columns, parse, showing
from dialkit.cli.workflows.text_arguments import given, read
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from dialkit.cli.app import App
    from dialkit.cli.show import View

HELP = Help(
    "template",
    "Texts to use again, kept on this machine: Dialpad keeps none. A field is written {first_name},\n"
    "a brace that is meant as such {{ or }}. In double quotes a shell eats $1: use --text-stdin for prices.\n"
    "Also accepted: message templates.list, .create, .get, .update and .delete.",
    (
        "dialpad template create welcome --text 'Welcome, {first_name}!'",
        "dialpad template list",
        "dialpad template render welcome --var first_name=Ada",
        "dialpad sms send --to +14155550123 --template welcome --var first_name=Ada",
        "dialpad template delete welcome",
    ),
    apart=True,
)
NAME = (
    (("word",), {"nargs": "?", "metavar": "NAME"}),
    (("--name",), {"metavar": "NAME"}),
)
TEXT = (
    (("--text",), {"metavar": "TEXT"}),
    (("--text-file",), {"metavar": "FILE"}),
    (("--text-stdin",), {"action": "store_true"}),
)
VARS = ((("--var",), {"action": "append", "default": [], "metavar": "NAME=VALUE"}),)
WRITES = (*SHOWING, "--dry-run")


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)


def list_(app: App, argv: list[str]) -> int:
    """Show all templates."""
    from dialkit.messaging import templates
    from dialkit.store import Database

    options, _ = parse(app, "template list", argv, takes=WRITES)
    view = showing(app, options)
    columns(view, ("name", "text", "fields"))
    with Database.of(app.environ, app.tell) as database:
        view.data(templates.list_all(database))
    return 0


def create(app: App, argv: list[str]) -> int:
    """Keep a text under a new name."""
    return _write(app, argv, "create")


def update(app: App, argv: list[str]) -> int:
    """Put another text in the place of the one before."""
    return _write(app, argv, "update")


def _write(app: App, argv: list[str], verb: str) -> int:
    from dialkit.messaging import templates
    from dialkit.store import Database

    options, found = parse(app, f"template {verb}", argv, *NAME, *TEXT, takes=WRITES)
    view = showing(app, options)
    name, text = _name(found, verb), _text(app, found, verb)
    templates.check_name(name)
    names = templates.fields(text)
    if options.dry_run:
        return _dry(view, {"name": name, "text": text, "fields": names})
    with Database.of(app.environ, app.tell) as database:
        view.data(getattr(templates, verb)(database, name, text, time.time()))
    return 0


def show(app: App, argv: list[str]) -> int:
    """Show one template."""
    from dialkit.messaging import templates
    from dialkit.store import Database

    options, found = parse(app, "template show", argv, *NAME, takes=WRITES)
    view = showing(app, options)
    name = _name(found, "show")
    with Database.of(app.environ, app.tell) as database:
        view.data(templates.show(database, name))
    return 0


def delete(app: App, argv: list[str]) -> int:
    """Forget one template; shows what it was."""
    from dialkit.messaging import templates
    from dialkit.store import Database

    options, found = parse(app, "template delete", argv, *NAME, takes=WRITES)
    view = showing(app, options)
    name = _name(found, "delete")
    with Database.of(app.environ, app.tell) as database:
        if options.dry_run:
            return _dry(view, templates.show(database, name))
        view.data(templates.delete(database, name))
    return 0


def render(app: App, argv: list[str]) -> int:
    """Fill the fields of a template in; nothing is sent."""
    from dialkit.messaging import templates
    from dialkit.store import Database

    options, found = parse(app, "template render", argv, *NAME, *VARS, takes=WRITES)
    view = showing(app, options)
    name, values = _name(found, "render"), templates.variables(found.var)
    with Database.of(app.environ, app.tell) as database:
        view.data({"name": name, "text": templates.render(database, name, values)})
    return 0


def _dry(view: View, shown: dict[str, Any]) -> int:
    view.data({"dry_run": True, **shown})
    return 0


def _name(found: argparse.Namespace, verb: str) -> str:
    names = [name for name in (found.word, found.name) if name is not None]
    if not names:
        raise InvalidArgument("which template? no NAME is given", hint=f"dialpad template {verb} welcome")
    if names[0] != names[-1]:
        raise InvalidArgument(f"two names: {names[0][:64]!r} and {names[1][:64]!r}", hint="give one")
    return str(names[0])


def _text(app: App, found: argparse.Namespace, verb: str) -> str:
    """The text, from the one place that is named."""
    said = given(found, "text", "text_file", "text_stdin")
    if len(said) != 1:
        what = "only one of --text, --text-file and --text-stdin" if said else "no --text is given"
        raise InvalidArgument(what, hint=f"dialpad template {verb} welcome --text 'Hello {{first_name}}'")
    return read(app, found, said[0])


def _rows(*more: tuple[str, str]) -> Iterable[tuple[str, str]]:
    return (("NAME, --name NAME", "what it is called"), *more)


TEXTS = (
    ("--text TEXT", "the text"),
    ("--text-file FILE", "the text, from a file"),
    ("--text-stdin", "the text, from stdin"),
    ("--dry-run", "show what would be kept"),
)
SAID = "NAME (--text TEXT | --text-file FILE | --text-stdin) [--dry-run]"
TABLE = {
    "list": Sub(list_, "", "all templates"),
    "create": Sub(create, SAID, "keep a text under a new name", lambda: _rows(*TEXTS)),
    "show": Sub(show, "NAME", "one template", _rows),
    "update": Sub(update, SAID, "put another text in its place", lambda: _rows(*TEXTS)),
    "delete": Sub(delete, "NAME [--dry-run]", "forget a template", _rows),
    "render": Sub(
        render,
        "NAME [--var NAME=VALUE …]",
        "the text with its fields filled in; nothing is sent",
        lambda: _rows(("--var NAME=VALUE", "the value of a field; repeat it")),
    ),
}
