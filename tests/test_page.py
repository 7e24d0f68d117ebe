"""Help as wide as the terminal: nothing is lost, nothing runs over, lines to copy stay whole."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from beside import PATIENCE, beside
from dialkit.catalog import Catalog
from dialkit.cli import own
from dialkit.cli.dispatch import COMMANDS
from dialkit.cli.help import of_group, of_operation, overview
from dialkit.cli.page import fitted
from dialkit.cli.topics import TOPICS
from dialkit.cli.workflows import WORKFLOWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

CATALOG = Catalog()


def pages(dialpad: Callable[..., Ran]) -> dict[str, str]:
    """Every page of help there is."""
    found = {f"{group.name} --help": of_group(group) for group in CATALOG.groups.values()}
    found |= {f"{name} --help": of_operation(CATALOG.operation(name)) for name in CATALOG.ids}
    found |= {f"{name} --help": own.page(name) for name in (*COMMANDS, *map(" ".join, WORKFLOWS))}
    return (
        found | {f"help {name}": dialpad("help", name).out for name in TOPICS} | {"--help": overview(CATALOG)}
    )


def to_copy(page: str) -> set[str]:
    """Lines that are not broken: examples, and commands with nothing beside them."""
    examples = re.findall(r"^Examples?:\n((?: .*\n)+)", page, re.MULTILINE)
    return {*"".join(examples).splitlines(), *re.findall(r"^ +dialpad (?:(?!  ).)*$", page, re.MULTILINE)}


@pytest.mark.parametrize("width", [40, 60, 80, 99])
def test_every_page_fits(dialpad: Callable[..., Ran], width: int) -> None:
    for name, page in pages(dialpad).items():
        shown = fitted(page, width)
        assert shown.split() == page.split(), name
        assert shown.count("\n\n") == page.count("\n\n"), name
        whole = to_copy(page)
        assert whole <= set(shown.splitlines()), name
        for line in shown.splitlines():
            assert len(line) <= width or line in whole or " " not in line.strip(), f"{name}: {line!r}"


def test_a_wide_terminal_changes_nothing(dialpad: Callable[..., Ran]) -> None:
    for page in pages(dialpad).values():
        assert fitted(page, 100) == page


def test_what_stands_beside_a_name_stays_there_or_goes_below() -> None:
    page = (
        "usage: dialpad x [--flags]\n\n"
        "  --to NUMBER  to whom; again or with commas for several numbers that are to get it\n"
        "  --dry-run    show it\n"
        "               A row of its own.\n"
    )
    assert fitted(page, 60) == (
        "usage: dialpad x [--flags]\n\n"
        "  --to NUMBER  to whom; again or with commas for several\n"
        "               numbers that are to get it\n"
        "  --dry-run    show it\n"
        "               A row of its own.\n"
    )
    assert fitted(page, 34).splitlines()[2:6] == [
        "  --to NUMBER",
        "      to whom; again or with",
        "      commas for several numbers",
        "      that are to get it",
    ]


def test_a_paragraph_is_one_again() -> None:
    page = f"{'word ' * 19}end\ngoes on here. And on.\n\nAnother one.\n"
    one, *more = fitted(page, 53).splitlines()
    assert one == ("word " * 10).strip()
    assert more == [("word " * 9) + "end goes", "on here. And on.", "", "Another one."]


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("columns", "longest"), [(40, 40), (80, 80), (200, 125)])
def test_in_a_real_terminal(environ: dict[str, str], columns: int, longest: int) -> None:
    import termios

    for words in (["--help"], ["sms", "--help"], ["users", "list", "--help"], ["sandbox", "--help"]):
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (24, columns))
        with beside([sys.executable, "-m", "dialkit", *words], stdout=theirs, env=environ) as child:
            os.close(theirs)
            said = b""
            try:
                while piece := os.read(ours, 65536):
                    said += piece
            except OSError:
                pass  # Linux says so when the other side is closed
            os.close(ours)
            assert child.wait(PATIENCE) == 0
        lines = said.decode().split("\r\n")
        assert len(lines) > 10
        assert "\x1b" not in said.decode()
        assert [line for line in lines if len(line) > longest and "dialpad " not in line] == []
