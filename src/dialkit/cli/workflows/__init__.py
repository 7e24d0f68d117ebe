"""What people do, beside the operations: words, the module that does it, and one line on it.

A module has ``HELP`` (`dialkit.cli.subcommands.Help`) and ``run(app, argv) -> int``, which reads its flags
with `dialkit.cli.subcommands.parse`, and leaves the work to a package such as `dialkit.messaging`; `runner`
shows the help. Where the words are those of an operation (``sms send``), the workflow takes the operation's
flags as well; the operation as such is asked for by its id (``sms.send``).
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.cli.app import App

# Words after ``dialpad`` -> module in this package, and what it does.
WORKFLOWS: dict[tuple[str, ...], tuple[str, str]] = {
    ("call", "list"): ("call_list", "calls of a time, missed ones, those with somebody"),
    ("call", "make"): ("call_make", "call somebody; with --text, have it spoken"),
    ("call", "recap"): ("call_recap", "the AI recap of a call"),
    ("call", "recording"): ("call_recording", "record the call under way: start, stop"),
    ("call", "transcript"): ("call_transcript", "what was said, as text, JSON or SRT"),
    ("call", "watch"): ("call_watch", "follow a call until it ends"),
    ("companies", "create"): ("company_create", "keep a company's name on this machine"),
    ("companies", "list"): ("company_list", "your company, those kept here, and those of contacts"),
    ("contact", "export"): ("contact_export", "the whole directory, as CSV or ndjson"),
    ("contact", "import"): ("contact_import", "contacts from a CSV file; matched, resumable"),
    ("contact", "lookup"): ("contact_lookup", "who has this number or e-mail address?"),
    ("contact", "update"): ("contact_update", "change a contact; phones can be added or removed"),
    ("contact", "upsert"): ("contact_upsert", "change the contact that matches, or make one"),
    ("events",): ("events", "what Dialpad told: receive, look at, replay, verify, make"),
    ("listen",): ("listen", "be told of texts and calls as they happen, without a public URL"),
    ("inbox",): ("inbox", "texts and calls that came: threads, thread, search, unread, read, calls"),
    ("outbox",): ("outbox", "what was sent, and what became of it: list, show, resolve, retry"),
    ("sms", "export"): ("sms_export", "the texts of a time, as CSV"),
    ("sms", "intro"): ("sms_intro", "introduce two people, by two texts"),
    ("sms", "send"): ("sms_send", "send a text, once"),
    ("stats", "run"): ("stats_run", "make a report, wait for it, show or draw it"),
    ("template",): ("template", "texts to use again: list, create, show, update, delete, render"),
    ("webhook", "sms"): ("webhook_sms", "have texts told to a URL: create, list, delete"),
}


# What they do, where they do more than read: reach people, change something at Dialpad, or on this machine.
EFFECTS: dict[str, tuple[str, ...]] = {
    "outward": ("call make", "outbox retry", "sms intro", "sms send"),
    "write": (
        "call recording start",
        "call recording stop",
        "contact import",
        "contact update",
        "contact upsert",
        "listen",
        "webhook sms create",
        "webhook sms delete",
    ),
    "local": (
        "companies create",
        "events pending",
        "events replay",
        "events serve",
        "events trigger",
        "inbox prune",
        "inbox read",
        "inbox sync",
        "outbox resolve",
        "template create",
        "template delete",
        "template update",
    ),
}


def effect(name: str) -> str:
    """What a workflow, or one of its subcommands, does: a key of `EFFECTS`, or ``read``."""
    return next((word for word, names in EFFECTS.items() if name in names), "read")


def find(words: Sequence[str]) -> tuple[tuple[str, ...], int] | None:
    """The workflow that `words` begin with, and how many of them name it; None where none does."""
    for count in range(min(len(words), 2), 0, -1):
        named = tuple(words[:count])
        if named in WORKFLOWS:
            return named, count
    return None


def runner(named: tuple[str, ...]) -> Callable[[App, list[str]], int]:
    """What runs a workflow, or shows its help. One with subcommands shows theirs itself."""
    name = f"{__name__}.{WORKFLOWS[named][0]}"
    __import__(name)  # `importlib` itself takes a millisecond
    module = sys.modules[name]

    def run(app: App, argv: list[str]) -> int:
        from dialkit.cli.subcommands import wants_help

        if wants_help(argv) and not hasattr(module, "TABLE"):
            app.page(module.HELP.text())
            return 0
        code: int = module.run(app, argv)
        return code

    return run
