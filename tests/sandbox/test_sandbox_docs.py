"""`docs/sandbox.md`: its examples run as they stand, and its tables say what the code says.

``pytest --update-snapshots`` writes the tables anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beside import PATIENCE, beside
from dialkit.sandbox import Sandbox
from dialkit.sandbox.carrier.fates import FATES
from dialkit.sandbox.control.routes import ROUTES
from dialkit.sandbox.faults.fields import FIELDS
from dialkit.sandbox.seed.sizes import SIZES
from dialkit.sandbox.switches import SWITCHES
from dialkit.sandbox.worlds.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PATH = Path(__file__).parents[2] / "docs" / "sandbox.md"
DOC = PATH.read_text("utf-8")
BIN = str(Path(sys.executable).parent)
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", DOC, re.DOTALL)
SHELL = [text for language, text in BLOCKS if not language]
FILES = {
    found[1]: text for language, text in BLOCKS if language and (found := re.match(r"# (\S+\.\w+)\n", text))
}

posix = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("dialpad", path=BIN) or not shutil.which("curl"),
    reason="needs a POSIX shell, curl, and the console script",
)


def table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    return f"`{text}`"


TABLES = {
    "sizes": table(
        ("flag", "unless said", "at most", "of what"),
        (
            (code(f"--{name.replace('_', '-')}"), str(size.default), f"{size.most:,}", size.about)
            for name, size in SIZES.items()
        ),
    ),
    "sections": table(
        ("section", "made by", "entries"),
        (
            (code(name), " ".join(map(code, filter(None, (row.makes, row.changes)))), row.about)
            for name, row in SECTIONS.items()
        ),
    ),
    "fates": table(("number", "its fate"), ((code(number), fate.about) for number, fate in FATES.items())),
    "faults": table(("field", "what it says"), ((code(name), field.about) for name, field in FIELDS.items())),
    "switches": table(
        ("switch", "choices", "what about"),
        ((code(name), ", ".join(map(code, row.choices)), row.about) for name, row in SWITCHES.items()),
    ),
    "routes": table(
        ("", "path", "takes", "does"),
        (
            (
                route.method,
                code(route.path),
                ", ".join(map(code, [*route.query, *(route.body or {}).get("properties", {})])),
                route.about,
            )
            for route in ROUTES
        ),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_the_code_says(name: str, request: pytest.FixtureRequest) -> None:
    pattern = re.compile(rf"(<!-- table: {name} -->\n\n)((?:\|.*\n)*)(\n?)")
    if request.config.getoption("--update-snapshots"):
        text = PATH.read_text("utf-8")
        PATH.write_text(pattern.sub(lambda m: f"{m[1]}{TABLES[name]}\n", text), "utf-8", newline="\n")
    found = pattern.search(PATH.read_text("utf-8"))
    assert found is not None
    assert found[2] == TABLES[name], "if that is meant: pytest --update-snapshots"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def around(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a reader who did what was said before, in a folder with the files of the page."""
    sandbox.reset()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    path = f"{BIN}:{environ['PATH']}"
    return {**environ, "PATH": path, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}


@posix
@pytest.mark.parametrize("block", SHELL)
def test_the_commands_of_a_block(block: str, around: dict[str, str], tmp_path: Path) -> None:
    starts = [line for line in block.splitlines() if line.startswith("dialpad sandbox start")]
    rest = "\n".join(line for line in block.splitlines() if line not in starts)
    command = ["sh", "-euc", rest]
    done = subprocess.run(
        command, env=around, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    for line in starts:
        with beside(
            shlex.split(line), env=around, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            assert b"http://127.0.0.1:" in running.stdout.readline()
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE) == 0


def test_the_python_of_the_page(around: dict[str, str], tmp_path: Path) -> None:
    [text] = [text for language, text in BLOCKS if language == "python" and not text.startswith("# ")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        env={name: value for name, value in around.items() if not name.startswith("DIALPAD_")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("POST {")


def test_the_tests_of_the_page(around: dict[str, str], tmp_path: Path) -> None:
    # A folder of its own: the common one is tidied by whoever ends, which takes long after killed runs.
    flags = ("-q", "-W", "error", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "own"))
    command = [sys.executable, "-m", "pytest", *flags]
    done = subprocess.run(
        command, env=around, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_all_blocks_are_run() -> None:
    assert len(SHELL) >= 12
    assert set(FILES) == {"world.yaml", "faults.yaml", "test_shop.py", "conftest.py"}
    assert {language for language, _ in BLOCKS} == {"", "python", "yaml"}


def test_every_subcommand_is_on_the_page() -> None:
    from dialkit.cli.commands.sandbox import TABLE

    told = {word for word in TABLE if f"dialpad sandbox {word}" in DOC}
    assert set(TABLE) == told
