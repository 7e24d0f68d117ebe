"""`docs/reference.md` has every line of the reference, every old word, and examples that run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seed_lines import LINES
from seed_shell import POSIX, ROOT, Shell

from dialkit.cli.words import table

if TYPE_CHECKING:
    from pathlib import Path

    from dialkit.sandbox import Sandbox

pytestmark = POSIX
TEXT = (ROOT / "docs" / "reference.md").read_text("utf-8")
TYPED = [
    line
    for block in re.findall(r"^```\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
OTHERS = [line for line in TYPED if line not in LINES.values()]


def test_every_line_is_there() -> None:
    assert [line for line in LINES.values() if line not in TYPED] == []


def test_every_old_word_is_there() -> None:
    words = {name.name for name in table.NAMES if not re.search("templates.(get|update|delete)", name.name)}
    flags = {name for old in table.PARAMETERS.values() for name in old} | set(table.IDS.values())
    words |= {"--" + name.replace("_", "-") for name in flags - {"allow_profile_mismatch"}}
    assert [word for word in sorted(words) if word not in TEXT] == []


def test_every_script_is_there() -> None:
    scripts = [path for folder in ("bin", "generated") for path in (ROOT / folder).glob("[!_]*")]
    assert [
        path.name for path in scripts if path.is_file() and f"`{path.parent.name}/{path.name}`" not in TEXT
    ] == []


def test_the_examples_run(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> None:
    shell = Shell(sandbox, environ, tmp_path)
    assert len(OTHERS) > 5
    for line in OTHERS:
        code, _, told = shell(line)
        assert code == 0, (line, told)
