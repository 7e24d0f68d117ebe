"""A text from a flag, a file or stdin, for the commands that take one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App

MOST = 10_000  # characters read: above the most that a text may have, so that the check of it names it


def given(found: argparse.Namespace, *names: str) -> list[str]:
    """Those of the flags that stand in the line, with an empty value, too."""
    return [name for name in names if getattr(found, name) not in (None, False)]


def flag(name: str) -> str:
    """A flag as it is typed."""
    return "--" + name.replace("_", "-")


def read(app: App, found: argparse.Namespace, name: str) -> str:
    """The text that ``--NAME``, ``--NAME-file`` or ``--NAME-stdin`` gives; ``name`` is the one that is given.

    The line break at the end of a file or of stdin is not part of it.
    """
    value = getattr(found, name)
    if not name.endswith(("_file", "_stdin")):
        return str(value)
    where = flag(name) if value is True else f"{flag(name)} {value}"
    try:
        text = _stdin(app) if value is True else _file(app, value)
    except UnicodeDecodeError:
        raise InvalidArgument(f"{where}: not UTF-8", hint="save the text as UTF-8") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InvalidArgument(f"{where}: {why}", hint="name a file that can be read") from None
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def _stdin(app: App) -> str:
    from dialkit.cli.streams import read_text

    return read_text(app.stdin, MOST)


def _file(app: App, path: str) -> str:
    if not path:
        raise ValueError("no name of a file")
    with open(full_path(app, path), encoding="utf-8-sig", newline="") as file:
        return file.read(MOST)


def full_path(app: App, path: str) -> str:
    """A path as it is meant in the working folder; ``~`` is the home folder, after ``=`` too."""
    return os.path.join(app.cwd, os.path.expanduser(path))
