"""Our own commands: choosing a subcommand from a table, reading flags, showing help.

A command module holds ``run(app, argv) -> int``. One with subcommands keeps them in a table::

    TABLE = {"use": Sub(use, "NAME", "make an account the default")}
    HELP = Help("auth", "API keys.", ("dialpad auth use work",))

    def run(app, argv):
        return choose(app, argv, HELP, TABLE)

    def use(app, argv):
        options, found = parse(app, "auth use", argv, (("name",), {"metavar": "NAME"}))
        view = showing(app, options)      # only where it shows data: checks -o, --fields and --jq
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cli.options import ALL_FIELDS
from dialkit.cli.options import TABLE as GLOBAL
from dialkit.cli.parser import Parser, read_global, with_defaults
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping

    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.cli.show import View

    # The name or flags of an argument, and how argparse reads it.
    Argument = tuple[tuple[str, ...], dict[str, Any]]

# Global options of a command that shows data, and of one that asks Dialpad.
SHOWING = ("--output", "--fields", "--jq", "--no-color")
ASKING = ("--account", "--base-url", "--company-id", "--timeout", "--no-wait", "--verbose")

# Characters of a word that an error repeats: no name is longer, and keys are.
REPEATED = 32
# Longer usages push their help to a line of its own, and are broken where they are longer than a line.
COLUMN, LINE = 40, 100


class Sub(NamedTuple):
    """One subcommand: what runs it, the words and flags it takes as help shows them, and one line on it.

    `rows` explains them one by one, in its own help.
    """

    run: Callable[[App, list[str]], int]
    takes: str
    help: str
    rows: Callable[[], Iterable[tuple[str, str]]] = tuple


class Help(NamedTuple):
    """The help of one command: its words after ``dialpad``, what it is about, and lines that can be typed.

    `takes` are the words and flags of a command without subcommands; `rows` explain them. `apart`: each
    subcommand has a page of its own.
    """

    name: str
    about: str
    examples: tuple[str, ...] = ()
    takes: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    apart: bool = False

    def text(self, subcommands: Mapping[str, Sub] | None = None) -> str:
        """The page as ``--help`` prints it."""
        words = [(f"{word} {sub.takes}".rstrip(), sub.help) for word, sub in (subcommands or {}).items()]
        takes = "SUBCOMMAND" if subcommands else self.takes
        lines = [self.about, "", f"usage: dialpad {self.name} {takes}".rstrip()]
        if words or self.rows:
            lines += ["", *_rows(words or self.rows)]
        if self.examples:
            lines += ["", "Examples:", *(f"  {line}" for line in self.examples)]
        return "\n".join(lines) + "\n"

    def one(self, word: str, sub: Sub) -> str:
        """The page of one subcommand."""
        name = f"{self.name} {word}"
        usage = "\n".join(_wrapped(f"{name} {sub.takes}".rstrip())).strip()
        lines = [f"{sub.help[:1].upper()}{sub.help[1:]}.", "", f"usage: dialpad {usage}"]
        if rows := list(sub.rows()):
            lines += ["", *_rows(rows)]
        lines += ["", self.about]
        fitting = [line for line in self.examples if f"{line} ".startswith(f"dialpad {name} ")]
        if fitting:
            lines += ["", "Examples:", *(f"  {line}" for line in fitting)]
        return "\n".join([*lines, "", f"The others: dialpad {self.name} --help"]) + "\n"


def choose(app: App, argv: list[str], about: Help, table: Mapping[str, Sub]) -> int:
    """Run the subcommand that `argv` names; its exit code. Without one, or with ``--help``: show help.

    Global options may stand before the subcommand. Raises `InvalidArgument` for an unknown one.
    """
    from dialkit.cli.dispatch import split

    before, words, rest = split(argv)
    if wants_help(argv) and about.apart and words and words[0] in table:
        app.page(about.one(words[0], table[words[0]]))
        return 0
    if wants_help(argv) or not (words or rest):
        app.page(about.text(table))
        return 0
    if not words:
        raise InvalidArgument(f"dialpad {about.name}: which?", hint="one of " + ", ".join(table))
    sub = table.get(words[0])
    if sub is None:
        raise unknown(f"dialpad {about.name} has no subcommand", words[0], table)
    return sub.run(app, words[1:] + before + rest)


def wants_help(argv: list[str]) -> bool:
    """Whether ``-h`` or ``--help`` stands in the line; after ``--`` it is another command's."""
    own = argv[: argv.index("--")] if "--" in argv else argv
    return "-h" in own or "--help" in own


def unknown(what: str, word: str, known: Iterable[str]) -> InvalidArgument:
    """The error for a word that is not one of `known`, with those that may have been meant."""
    from dialkit.catalog.model import nearest

    names = list(known)
    near = nearest(word, names)
    hint = f"did you mean {' or '.join(near)}?" if near else "one of " + ", ".join(names)
    shown = repr(word) if len(word) <= REPEATED else "the word given (it may be a key, so it is not repeated)"
    return InvalidArgument(f"{what} {shown}", hint=hint if names else None)


def parse(
    app: App,
    name: str,
    argv: list[str],
    *arguments: Argument,
    takes: Iterable[str] = SHOWING,
    secret: str | None = None,
) -> tuple[Options, argparse.Namespace]:
    """Read `argv` of the command `name` (``auth use``): global options, and what argparse found.

    `takes` are the global options it takes, by their long flags; any other is an error. What takes
    ``--output`` also takes ``--json``, short for ``-o json``. `secret` is the
    hint where a word too many may be a key and must not be repeated. Raises `InvalidArgument`.
    """
    parser = Parser(prog=f"dialpad {name}")
    for option in GLOBAL:
        if not set(option.flags).isdisjoint(takes):
            parser.add_argument(*option.flags, **option.how)
    if "--output" in takes:
        parser.add_argument("--json", action="store_const", const="json", dest="output")
    for flags, how in arguments:
        parser.add_argument(*flags, **how)
    found, left = parser.parse_known_args(argv)
    if left and secret:
        raise InvalidArgument(
            f"dialpad {name} does not take that; it is not repeated here, since it may be a key", hint=secret
        )
    if left:
        known = [flag for flag in parser._option_string_actions if flag.startswith("--")]
        error = unknown(f"dialpad {name} does not take", left[0], known if left[0].startswith("-") else ())
        error.hint = error.hint or f"a value with spaces stands in quotes; see: dialpad {name} --help"
        raise error
    options = app.options = read_global(found)
    return options, found


def showing(app: App, options: Options) -> View:
    """How to show data: the flags, then the folder's pin, then the config. Raises `InvalidArgument`."""
    from dialkit.cli.show import View

    app.options = options = with_defaults(options, app.config)
    if options.fields == ALL_FIELDS:
        raise InvalidArgument("--fields: which?", hint="--fields NAME,NAME; -o json shows all there are")
    return View(app, options)


def columns(view: View, names: tuple[str, ...]) -> bool:
    """Show these fields where it is a table, unless others were asked for. Whether it is a table."""
    from dialkit.cli.output import choose_format

    table = choose_format(view.how) == "table"
    if table and not view.how.fields:
        view.how = view.how._replace(fields=names)
    return table


def _rows(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    width = max((len(left) for left, _ in rows if len(left) <= COLUMN), default=0)
    lines = []
    for left, right in rows:
        if len(left) > width:
            lines += _wrapped(left)
            left = ""
        lines.append(f"  {left:{width}}  {right}")
    return lines


def _wrapped(usage: str) -> list[str]:
    """A usage in lines of no more than `LINE` characters, each flag with its value on one line."""
    lines = [" "]
    for part in usage.replace(" [", "\n[").replace(" -- ", "\n-- ").split("\n"):
        if len(lines[-1]) + len(part) >= LINE:
            lines.append("     ")
        lines[-1] += " " + part
    return lines
