"""The topics of ``dialpad help``: text files beside this module, and text made from the code's own tables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.catalog import Catalog

TEXTS = os.path.dirname(__file__)

# What each exit code means and what to do about it. Which errors end with it, `dialkit.errors.KINDS` says.
EXITS: dict[int, str] = {
    0: "done",
    1: "a bug in dialkit: report it",
    2: "usage or validation: correct the command; sent as it is, it will fail again",
    3: "the key is missing, refused, or lacks a scope or an admin's right",
    4: "not found: nothing has that id, or the key may not see it; or a search found nothing",
    5: "conflict: it exists already, or its state does not allow this, or a name means several things",
    6: "refused by a rule, and nothing was sent: a host, a pinned company, a file that others can read",
    7: "rate limited: wait, then try again",
    8: "Dialpad failed (5xx), or what answered is not its API",
    9: "outcome unknown: a write was sent once and no answer came; look before repeating it",
    10: "network: nothing was sent, or a read got no answer; try again",
    11: "partly done: the message says what, and where to go on",
    130: "interrupted with Ctrl-C, or told to stop",
}


class Topic(NamedTuple):
    """One topic: a line on it, and what makes its text."""

    about: str
    text: Callable[[Catalog], str]


def environment(_: Catalog) -> str:
    """Which environment variables are read."""
    return _file("environment")


def accounts(_: Catalog) -> str:
    """How keys are stored and chosen."""
    return _file("accounts")


def formatting(_: Catalog) -> str:
    """How values are written and answers shown."""
    from dialkit.cli.options import TABLE
    from dialkit.cli.output import FORMATS

    options = [(", ".join(o.flags) + f" {o.how.get('metavar', '')}".rstrip(), o.help) for o in TABLE]
    return (
        _file("formatting")
        .replace("{formats}", "\n".join(_columns(FORMATS.items())))
        .replace("{options}", "\n".join(_columns(options)))
    )


def exit_codes(_: Catalog) -> str:
    """What each exit code means, and the codes of JSON errors that go with it."""
    from dialkit.errors import KINDS

    lines = ["Exit codes, the same for all commands, and the codes that JSON errors carry with them.", ""]
    for exit_code, meaning in EXITS.items():
        lines.append(f"{exit_code:5}  {meaning}")
        codes = dict.fromkeys(code for code, its_exit in KINDS.values() if its_exit == exit_code)
        if codes:
            lines.append(f"         {', '.join(codes)}")
    lines += [
        "",
        "In JSON errors, retryable is true only where trying again cannot do harm.",
        "dialpad sandbox run ends with the exit code of the command it runs; dialpad doctor with that of the",
        "first check that failed.",
    ]
    return "\n".join(lines) + "\n"


def limits(catalog: Catalog) -> str:
    """The company-wide limit, and the operations that have narrower ones."""
    from dialkit.cli.help import limit_text

    count, window = _company_limit()
    wide = f"{count} requests a second" if window == 1 else f"{count} requests in {window} s"
    narrow = [
        (operation.id, limit_text(operation))
        for operation in catalog
        if any(limit["count"] * window < count * limit["window"] for limit in operation.limits)
    ]
    unstated = [operation.id for operation in catalog if not operation.limits]
    lines = [
        f"A company may make {wide} in all, which is {count * 60 // window} a minute.",
        "dialkit keeps within that, and within the narrower limits below, for all processes on this machine",
        "that use the same key: it waits, and from 2 s on says for how long. --no-wait fails with exit code",
        "7 instead. Where Dialpad refuses all the same (429), it waits as Dialpad says and tries again,",
        "three times at most.",
        "",
        "Narrower limits:",
        *_columns(narrow),
        "",
        "No limit of their own is known: " + ", ".join(unstated),
    ]
    return "\n".join(lines) + "\n"


TOPICS: dict[str, Topic] = {
    "environment": Topic("environment variables", environment),
    "exit-codes": Topic("exit codes and the codes of errors", exit_codes),
    "formatting": Topic("how values are written and answers shown", formatting),
    "limits": Topic("what Dialpad allows, and what is done about it", limits),
    "accounts": Topic("keys, accounts, folders", accounts),
}


def _company_limit() -> tuple[int, int]:
    """How many requests a company may make in how many seconds, as the document says."""
    from dialkit.catalog.storage import SHARDS, read

    found = read(SHARDS, "about")["document"]["x-company-limit"]
    return found["count"], found["window"]


def _file(name: str) -> str:
    with open(os.path.join(TEXTS, name + ".txt"), encoding="utf-8") as file:
        return file.read()


def _columns(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = list(rows)
    width = max(len(left) for left, _ in rows)
    return (f"  {left:{width}}  {right}" for left, right in rows)
