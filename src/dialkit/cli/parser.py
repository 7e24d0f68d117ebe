"""argparse, as every command uses it: errors are raised, global options are read and checked."""

# No `from __future__ import annotations` here: with it, each field of a NamedTuple is compiled, which takes
# longer than all else in this module.

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from dialkit.cli.options import FORMATS, TABLE
from dialkit.cli.untranslated import argparse
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.config import Config


LARGEST = 1e18  # of what has no end that a person need know


class Options(NamedTuple):
    """The global options of one run, as read."""

    output: str | None = None
    fields: str | None = None
    jq: str | None = None
    all: bool = False
    max_items: int | None = None
    data: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    dry_run: bool = False
    curl: bool = False
    account: str | None = None
    company_id: int | None = None
    base_url: str | None = None
    timeout: float | None = None
    no_wait: bool = False
    no_color: bool = False
    verbose: int = 0
    help: bool = False
    once: str | None = None
    again: bool = False


# What ``defaults`` in the config may hold: a test of the value, and what it wants in words. The other global
# options have a setting of their own, or mean nothing (or too much) where nobody typed them.
DEFAULTS: "dict[str, tuple[Callable[[Any], bool], str]]" = {
    "output": (lambda value: value in FORMATS, "one of " + ", ".join(FORMATS)),
    "timeout": (
        lambda value: type(value) in (int, float) and 0.001 <= value <= 86_400,
        "seconds, up to a day",
    ),
    "no_wait": (lambda value: type(value) is bool, "true or false"),
    "no_color": (lambda value: type(value) is bool, "true or false"),
    "verbose": (lambda value: type(value) is int and 1 <= value <= 2, "1 or 2"),
    "profile": (lambda value: type(value) is str, "the name of a sender profile"),
}


def _formatter(prog: str) -> argparse.HelpFormatter:
    # argparse makes one for every argument to check its metavar; without a width each asks the terminal,
    # through shutil, which costs more than all parsing.
    return argparse.HelpFormatter(prog, width=100)


class Parser(argparse.ArgumentParser):
    """argparse that raises `InvalidArgument` instead of printing and leaving."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_formatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        hint = f"{self.prog} --help"
        if "expected one argument" in message:
            hint = f"a value that begins with '-' is written --flag=VALUE; see: {hint}"
        if "ignored explicit argument" in message:  # what was given is not repeated: it may be a key
            message = message.partition(":")[0] + ": takes no value"
        raise InvalidArgument(message.removeprefix("argument "), hint=hint)


def add_global(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read the global options."""
    for option in TABLE:
        parser.add_argument(*option.flags, **option.how)


def read_global(found: argparse.Namespace) -> Options:
    """Global options from what argparse found. Raises `InvalidArgument`."""
    values: dict[str, Any] = {
        name: getattr(found, name, default) for name, default in Options._field_defaults.items()
    }
    if values["output"] is not None and values["output"] not in FORMATS:
        raise InvalidArgument(
            f"--output: {values['output']!r} is not a format", hint="one of " + ", ".join(FORMATS)
        )
    values["max_items"] = _number(values["max_items"], "--max-items", int, 1)
    values["company_id"] = _number(values["company_id"], "--company-id", int, 1)
    values["timeout"] = _number(values["timeout"], "--timeout", float, 0.001, 86_400)
    values["query"] = tuple(_pair(text) for text in values["query"] or ())
    return Options(**values)


def with_defaults(options: Options, config: "Config") -> Options:
    """`options`, and for those not given what the folder's pin says, else ``defaults`` in the config.

    Raises `InvalidArgument` for a name that can have no default, and for a value that will not do.
    """
    found = {name: check_default(name, value) for name, value in config.defaults.items()}
    wanted = {name: found[name] for name in found if getattr(options, name, "") in (None, False, 0)}
    return options._replace(**wanted) if wanted else options


def check_default(name: str, value: Any) -> Any:
    """`value`, if the global option `name` can have it as its default. Else `InvalidArgument`."""
    fits, wants = DEFAULTS.get(name, (None, ""))
    if fits is None:
        raise InvalidArgument(
            f"defaults.{name}: there is no such default", hint="there are: " + ", ".join(DEFAULTS)
        )
    if not fits(value):
        raise InvalidArgument(f"the default of {name} cannot be {value!r}", hint=f"it must be {wants}")
    return value


def _number(text: str | None, flag: str, kind: type, least: float, most: float = LARGEST) -> Any:
    if text is None:
        return None
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        wants = (
            f"a number from {least:g} to {most:g}" if most < LARGEST else f"a whole number from {least:g} up"
        )
        raise InvalidArgument(f"{flag}: {text[:40]!r} is not {wants}", hint=f"write it like {flag} 30")
    return value


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidArgument(f"--query: {text!r} is not NAME=VALUE", hint="--query state=active")
    return name, value
