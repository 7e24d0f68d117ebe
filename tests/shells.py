"""A real shell at a pseudo-terminal, as a person has it: with a file that it reads as it starts, and keys."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

with contextlib.suppress(ImportError):  # of POSIX only
    import termios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# The file that each reads, and what is there already. Keys are heard once the prompt is there.
FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
BEFORE = {
    "bash": "PS1='ready> '; bind 'set show-all-if-ambiguous on'",
    "zsh": "PS1='ready> '; autoload -Uz compinit && compinit -u",
    "fish": "function fish_greeting; end; function fish_prompt; printf 'ready> '; end",
}
# A command that says what it is given.
GIVEN = """#!{python}
import json, sys
print("[[" + json.dumps(sys.argv[1:]) + "]]")
"""
SAID = re.compile(r"\[\[(.*)\]\]")
CTRL_A = "\x01"  # to the beginning of the line


class Shell:
    """What is typed goes in; `until` reads what comes of it."""

    def __init__(self, name: str, terminal: int) -> None:
        self.name = name
        self._terminal = terminal
        self._seen = ""

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def until(self, wanted: str | re.Pattern[str]) -> re.Match[str]:
        """Read until it is there, and take what came so far. The test's own time limit ends it."""
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        while not (found := pattern.search(self._seen)):
            self._seen += os.read(self._terminal, 65536).decode(errors="replace")
        self._seen = self._seen[found.end() :]
        return found

    def words(self, keys: str) -> list[str]:
        """What a command would be given, were the line run that is there after these keys."""
        self.type(f"{keys}{CTRL_A}given \r")
        found: list[str] = json.loads(self.until(SAID).group(1))
        return found


@contextlib.contextmanager
def shell(name: str, told: str, env: Mapping[str, str], cwd: Path) -> Iterator[Shell]:
    """A shell in whose file is what the user was `told` to put there. The first folder of PATH is ours."""
    home = env["HOME"]
    file = os.path.join(home, FILES[name])
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as out:
        out.write(f"{BEFORE[name]}\n{told}\n")
    given = os.path.join(env["PATH"].partition(os.pathsep)[0], "given")
    with open(given, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o755)) as out:
        out.write(GIVEN.format(python=sys.executable))
    ours, theirs = os.openpty()
    termios.tcsetwinsize(ours, (40, 120))
    child = subprocess.Popen(
        [name, "--rcfile", file, "-i"] if name == "bash" else [name, "-i"],
        preexec_fn=lambda: os.login_tty(theirs),
        pass_fds=[theirs],
        cwd=cwd,
        env={**env, "TERM": "xterm", "LC_ALL": "C.UTF-8", "ZDOTDIR": home},
    )
    os.close(theirs)
    try:
        running = Shell(name, ours)
        running.until("ready> ")
        yield running
    finally:
        child.kill()
        child.wait()
        os.close(ours)
