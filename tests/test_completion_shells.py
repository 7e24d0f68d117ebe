"""Tab completion in real shells, at a pseudo-terminal: what a command is given after Tab."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from shells import Shell, shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Ran

NAMES = ("Acme Corp", "O'Neil & Co", "Tide: East", "Verde $5")
NAMED = "dialpad contact upsert --company-name"
# What `dialpad completion --help` says of each.
TOLD = {
    "bash": "source <(dialpad completion bash)",
    "zsh": "source <(dialpad completion zsh)",
    "fish": "dialpad completion fish | source",
}


@pytest.fixture
def on_path(environ: dict[str, str], dialpad: Callable[..., Ran], tmp_path: Path) -> dict[str, str]:
    """An environment in which ``dialpad`` is a command, and knows some companies."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "dialpad"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dialkit "$@"\n')
    script.chmod(0o755)
    for name in NAMES:
        assert dialpad("companies", "create", "--name", name).code == 0
    return {**environ, "PATH": f"{folder}{os.pathsep}{environ['PATH']}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files to find."""
    made = tmp_path / "files"
    (made / "order forms").mkdir(parents=True)
    for name in ("text.json", "people list.csv", "order forms/one.json"):
        (made / name).touch()
    return made


def found(name: str) -> str:
    """Where a shell is."""
    path = shutil.which(name)
    if path is None or os.name != "posix":
        pytest.skip(f"no {name} here: sudo apt-get install {name}")
    return path


@pytest.fixture(params=list(TOLD))
def running(request: pytest.FixtureRequest, on_path: dict[str, str], folder: Path) -> Iterator[Shell]:
    """Each of the shells, set up as `dialpad completion` says."""
    found(request.param)
    with shell(request.param, TOLD[request.param], on_path, folder) as opened:
        yield opened


def test_words_of_commands(running: Shell) -> None:
    assert running.words("dialpad callce\t") == ["dialpad", "callcenters"]
    assert running.words("dialpad users li\t--sta\tsu\t")[1:] == ["users", "list", "--state", "suspended"]
    assert running.words("dialpad users list --state=su\t")[1:] == ["users", "list", "--state=suspended"]
    assert running.words("dialpad users list --query a=b --sta\t")[-1] == "--state"
    assert running.words("dialpad sandbox switches retry-after=of\t")[-1] == "retry-after=off"
    assert running.words("dialpad 'sms' sen\t") == ["dialpad", "sms", "send"]
    assert running.words("dialpad sandbox run -- dialpad users li\t")[-1] == "list"
    assert running.words("dialpad nosuch x\t") == ["dialpad", "nosuch", "x"]


def test_what_begins_a_command_may_be_a_path(running: Shell) -> None:
    assert running.words("../bin/dialpad callce\t") == ["../bin/dialpad", "callcenters"]
    assert running.words("~/bin/dialpad callce\t")[1] == "callcenters"


def test_a_word_in_the_middle_of_a_line(running: Shell) -> None:
    left = "\x1b[D" * len(" --help")
    assert running.words(f"dialpad users li --help{left}\t")[1:] == ["users", "list", "--help"]


def test_names_with_spaces_and_signs(running: Shell) -> None:
    for name in NAMES:
        assert running.words(f"{NAMED} {name[0]}\t")[-1] == name
        assert running.words(f'{NAMED} "{name[0]}\t')[-1] == name
    assert running.words(f"{NAMED} 'O\t")[-1] == "O'Neil & Co"
    assert running.words(f"{NAMED} O\\'\t")[-1] == "O'Neil & Co"
    assert running.words(f"{NAMED} Acme\\ C\t")[-1] == "Acme Corp"
    assert running.words(f"{NAMED}=V\t")[-1] == "--company-name=Verde $5"
    assert running.words(f'{NAMED}="Acme C\t')[-1] == "--company-name=Acme Corp"
    assert running.words(f"{NAMED} Tide:\\ \t")[-1] == "Tide: East"


def test_files(running: Shell) -> None:
    assert running.words("dialpad spec use te\t")[-1] == "text.json"
    assert running.words("dialpad contact import pe\t")[-1] == "people list.csv"
    assert running.words("dialpad contact import --report=pe\t")[-1] == "--report=people list.csv"
    assert running.words("dialpad sms send --data @te\t")[-1] == "@text.json"
    assert running.words("dialpad sms send --data @ord\to\t")[-1] == "@order forms/one.json"
    assert running.words("dialpad sms send --data=@ord\to\t")[-1] == "--data=@order forms/one.json"
    assert running.words('dialpad sms send --data "@ord\to\t')[-1] == "@order forms/one.json"
    assert running.words("dialpad sms send --data @~/fi\tte\t")[-1].endswith("/files/text.json")


def test_choices_are_shown_and_told(running: Shell) -> None:
    running.type("dialpad sms \t")
    running.until("export")
    if running.name != "bash":
        running.until("introduce two people, by two texts")
    assert running.words("se\t") == ["dialpad", "sms", "send"]


def test_bash_with_words_that_are_parted_elsewhere(on_path: dict[str, str], folder: Path) -> None:
    with shell(
        "bash", f"{TOLD['bash']}; COMP_WORDBREAKS=${{COMP_WORDBREAKS//[=@:]/}}", on_path, folder
    ) as bash:
        assert bash.words("dialpad users list --state=su\t")[-1] == "--state=suspended"
        assert bash.words("dialpad sms send --data=@te\t")[-1] == "--data=@text.json"
        assert bash.words(f"{NAMED}=T\t")[-1] == "--company-name=Tide: East"


def test_zsh_that_has_no_completion_on_says_what_to_type(on_path: dict[str, str], folder: Path) -> None:
    zsh = found("zsh")
    done = subprocess.run(
        [zsh, "-f", "-c", TOLD["zsh"]],
        env=on_path, cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stderr.endswith("autoload -Uz compinit && compinit\n")


def test_fish_completes_a_line_that_it_is_asked_about(on_path: dict[str, str], folder: Path) -> None:
    fish = found("fish")
    code = f"{TOLD['fish']}; complete -C 'dialpad sms '"
    done = subprocess.run(
        [fish, "--no-config", "-c", code],
        env=on_path, cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    told = dict(line.split("\t") for line in done.stdout.splitlines())
    assert told["intro"] == "introduce two people, by two texts"
    assert {"send", "export"} <= set(told)
    assert done.stderr == ""
