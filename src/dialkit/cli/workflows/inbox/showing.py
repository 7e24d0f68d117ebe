"""``dialpad inbox threads``, ``thread``, ``search``, ``unread``, ``calls``: what is there, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import SHOWING, columns, parse, showing
from dialkit.cli.workflows.inbox.arguments import number, party, position
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.cli.app import App
    from dialkit.cli.subcommands import Argument
    from dialkit.store import Database
    from dialkit.store.database import Row

PAGED: tuple[Argument, ...] = ((("--before",), {"metavar": "WHEN"}), (("--max-items",), {"metavar": "N"}))
FLAG = {"action": "store_true"}
LINE: Argument = (("--line",), {"metavar": "NUMBER"})
WITH: Argument = (("--with",), {"metavar": "NUMBER", "dest": "number"})
THREADS = ("number", "contact", "unread", "text", "at", "direction", "line")
SAID = ("at", "direction", "text", "status")  # with one person
TEXTS = ("at", "direction", "number", "text", "status", "contact", "line")
CALLS = ("started", "outcome", "direction", "number", "contact", "line", "answered_by", "voicemail")


def threads(app: App, argv: list[str]) -> int:
    """Show with whom was written."""
    return _threads(app, argv, "inbox threads", unread=None)


def unread(app: App, argv: list[str]) -> int:
    """Show threads with texts that were not read."""
    return _threads(app, argv, "inbox unread", unread=True)


def _threads(app: App, argv: list[str], name: str, *, unread: bool | None) -> int:
    flags: tuple[Argument, ...] = () if unread else ((("--unread",), FLAG),)
    page = Page(app, name, argv, THREADS, *flags)
    from dialkit.inbox import reading

    only = unread or page.found.unread
    return page.show(lambda database, more: reading.threads(database, unread=only, **more))


def thread(app: App, argv: list[str]) -> int:
    """Show what was written with somebody."""
    page = Page(app, "inbox thread", argv, SAID, (("theirs",), {"metavar": "NUMBER", "nargs": "?"}), LINE)
    from dialkit.inbox import reading

    theirs, ours = _theirs(page, "inbox thread"), page.party("--line", page.found.line)
    return page.show(lambda database, more: reading.thread(database, theirs, ours=ours, **more))


def search(app: App, argv: list[str]) -> int:
    """Show texts with these words."""
    page = Page(app, "inbox search", argv, TEXTS, (("words",), {"metavar": "WORDS", "nargs": "*"}), WITH)
    from dialkit.inbox import searching

    whom, words = page.party("--with", page.found.number), " ".join(page.found.words)
    return page.show(lambda database, more: searching.search(database, words, number=whom, **more))


def calls(app: App, argv: list[str]) -> int:
    """Show calls."""
    page = Page(app, "inbox calls", argv, CALLS, (("--missed",), FLAG), (("--voicemail",), FLAG), WITH)
    from dialkit.inbox import reading

    found = page.found
    whom = None if found.number is None else number(app, "--with", found.number)
    only = {"missed": found.missed, "voicemail": found.voicemail, "number": whom}
    return page.show(lambda database, more: reading.calls(database, **only, **more))


class Page:
    """A page of a list: its flags, and how it is shown, with a word on what follows."""

    def __init__(
        self, app: App, name: str, argv: list[str], fields: tuple[str, ...], *arguments: Argument
    ) -> None:
        self._app = app
        options, self.found = parse(app, name, argv, *arguments, *PAGED, takes=SHOWING)
        self._view = showing(app, options)
        self._view.how = self._view.how._replace(fitting=self._view.how.fields is None)
        columns(self._view, fields)
        self._before = position("--before", self.found.before)
        self._most = options.max_items

    def party(self, flag: str, told: str | None) -> str | None:
        """One side of a thread, None where none is given."""
        return None if told is None else party(self._app, flag, told)

    def show(self, find: Callable[[Database, dict[str, Any]], list[Row]]) -> int:
        """Show what `find` finds; the exit code."""
        from dialkit.inbox.reading import PAGE
        from dialkit.store import Database

        most = self._most or PAGE
        with Database.of(self._app.environ, self._app.tell) as database:
            # One more tells whether there are more.
            rows = find(database, {"before": self._before, "most": most + 1})
        self._view.data(rows[:most])
        if len(rows) > most:
            self._app.tell(f"note: there are more: --before {rows[most - 1]['position']}")
        return 0


def _theirs(page: Page, name: str) -> str:
    found = page.party("NUMBER", page.found.theirs)
    if found is None:
        raise InvalidArgument("with whom? no NUMBER is given", hint=f"dialpad {name} +14155550123")
    return found
