"""The options every operation takes, in one table; `dialkit.cli.parser` reads them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMATS = ("json", "ndjson", "csv", "tsv", "table", "yaml", "ids", "raw")


# What ``--fields`` without a value stands for: show which fields there are.
ALL_FIELDS = "?"


class Option:
    """One global option: its flags, how argparse reads it, and what help says."""

    __slots__ = ("flags", "help", "how")

    def __init__(self, flags: tuple[str, ...], how: dict[str, Any], help: str) -> None:  # noqa: A002
        self.flags, self.how, self.help = flags, how, help

    @property
    def takes_value(self) -> bool:
        return self.how.get("action") not in ("store_true", "count")


TABLE: tuple[Option, ...] = (
    Option(("-o", "--output"), {"metavar": "FORMAT"}, "how to show data: " + ", ".join(FORMATS)),
    Option(
        ("--fields",),
        {"nargs": "?", "const": ALL_FIELDS, "metavar": "A,B.C"},
        "only these fields; alone: which there are",
    ),
    Option(("--jq",), {"metavar": "EXPR"}, "filter the answer with a jq expression"),
    Option(("--all",), {"action": "store_true"}, "read all pages of a list"),
    Option(("--max-items",), {"metavar": "N"}, "read pages until there are N items"),
    Option(
        ("--data",),
        {"metavar": "JSON|@FILE|-"},
        "the body, from the line, a file or stdin; flags are laid over it",
    ),
    Option(
        ("--query",),
        {"action": "append", "metavar": "NAME=VALUE"},
        "a query parameter that no document names",
    ),
    Option(("--dry-run",), {"action": "store_true"}, "show the request; open no socket"),
    Option(("--curl",), {"action": "store_true"}, "print the request as a curl command; open no socket"),
    Option(("--account",), {"metavar": "NAME"}, "use the key stored under this name"),
    Option(("--company-id",), {"metavar": "ID"}, "the company, for a key of several"),
    Option(("--base-url",), {"metavar": "URL"}, "ask this host instead"),
    Option(
        ("--timeout",),
        {"metavar": "SECONDS"},
        "how long each try may take; else 30 s of silence end it",
    ),
    Option(("--no-wait",), {"action": "store_true"}, "fail with exit 7 instead of waiting for a limit"),
    Option(("--no-color",), {"action": "store_true"}, "no colours"),
    Option(
        ("-v", "--verbose"),
        {"action": "count", "default": 0},
        "say what is asked; -vv: with headers and bodies",
    ),
    Option(("-h", "--help"), {"action": "store_true"}, "what this command does and takes"),
)

BY_FLAG = {flag: option for option in TABLE for flag in option.flags}


def takes_alias(flag: str, kind: str | None) -> bool:
    """Whether an alias may stand for the value of a flag: for ids, and for phone numbers."""
    called = flag == "--id" or flag.endswith(("-id", "-ids", "-number", "-numbers", "--number", "--numbers"))
    return kind == "integer" or (kind == "string" and called)
