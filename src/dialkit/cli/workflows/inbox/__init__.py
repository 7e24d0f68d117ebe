"""``dialpad inbox``: what came and went, from the events that were kept; each subcommand in its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import Help, Sub, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dialkit.cli.app import App

HELP = Help(
    "inbox",
    "Texts, calls and voicemails, the newest first, from the events that dialpad events serve and\n"
    "dialpad listen kept. Only dialpad inbox sync, which fills gaps, asks Dialpad anything.\n"
    "Numbers may be written in any way. --json gives all there is of each; position is what --before takes.",
    (
        "dialpad inbox threads",
        "dialpad inbox thread '(415) 555-0123'",
        "dialpad inbox search 'two kilos'",
        "dialpad inbox read +14155550123",
        "dialpad inbox calls --missed",
        "dialpad inbox sync --days 7",
        "dialpad inbox prune --older-than 1y --dry-run",
    ),
    apart=True,
)
PAGED = (
    ("--before WHEN", "those before a moment such as 2026-03-05T17:00Z, or a position"),
    ("--max-items N", "so many; 50 unless it is said"),
)
LINE = ("--line NUMBER", "only what went to or from this number of ours")


def _late(name: str) -> Callable[[App, list[str]], int]:
    def run(app: App, argv: list[str]) -> int:
        from importlib import import_module

        module, _, function = name.partition(".")
        found: Callable[[App, list[str]], int] = getattr(import_module(f"{__name__}.{module}"), function)
        return found(app, argv)

    return run


def _rows(*rows: tuple[str, str]) -> Callable[[], Iterable[tuple[str, str]]]:
    return lambda: rows


TABLE = {
    "threads": Sub(
        _late("showing.threads"),
        "[--unread] [--before WHEN] [--max-items N]",
        "with whom was written, who wrote last first",
        _rows(("--unread", "only those with texts that were not read"), *PAGED),
    ),
    "thread": Sub(
        _late("showing.thread"),
        "NUMBER [--line NUMBER] [--before WHEN] [--max-items N]",
        "what was written with somebody",
        _rows(("NUMBER", "theirs; or an alias of it"), LINE, *PAGED),
    ),
    "search": Sub(
        _late("showing.search"),
        "WORDS [--with NUMBER] [--before WHEN] [--max-items N]",
        "texts with all of these words",
        _rows(
            ("WORDS", 'in any script; "in double quotes" next to each other; no character is an operator'),
            ("", "where the first begins with -, write -- before it"),
            ("--with NUMBER", "only what was written with this number"),
            *PAGED,
        ),
    ),
    "unread": Sub(
        _late("showing.unread"),
        "[--before WHEN] [--max-items N]",
        "threads with texts that were not read",
        _rows(*PAGED),
    ),
    "read": Sub(
        _late("marking.read"),
        "NUMBER | --everything [--line NUMBER] [--up-to WHEN]",
        "mark as read what somebody wrote",
        _rows(
            ("NUMBER", "theirs; or an alias of it"),
            ("--everything", "whoever wrote it"),
            ("--up-to WHEN", "what came later stays unread: a moment, or a position"),
            LINE,
        ),
    ),
    "calls": Sub(
        _late("showing.calls"),
        "[--missed] [--voicemail] [--with NUMBER] [--before WHEN] [--max-items N]",
        "calls, each once however many legs it has",
        _rows(
            ("--missed", "inbound and not answered"),
            ("--voicemail", "where a message was left"),
            ("--with NUMBER", "only those with this number"),
            *PAGED,
        ),
    ),
    "stats": Sub(_late("marking.stats"), "", "how much there is, and from when"),
    "sync": Sub(
        _late("filling.sync"),
        "[--days N]",
        "load texts and calls of the last days from Dialpad",
        _rows(
            ("--days N", "today among them; 7 unless it is said"),
            ("", "the export of texts has no words in it, and never replaces any"),
        ),
    ),
    "prune": Sub(
        _late("marking.prune"),
        "--older-than AGE [--redact-text] [--dry-run]",
        "forget what is old",
        _rows(
            ("--older-than AGE", "such as 1y, 6m (of 30 days), 8w, 90d"),
            ("--redact-text", "only words, media and recordings; who wrote to whom and when stays"),
            ("--dry-run", "show how much that is"),
        ),
    ),
}


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)
