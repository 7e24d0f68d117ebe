"""A POSIX shell that runs the reference's lines as they are written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from seed_lines import ALIASES, LINES, WORK

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
POSIX = pytest.mark.skipif(os.name == "nt", reason="the lines are written for a POSIX shell")


class Shell:
    """A shell in a folder that has ``bin/`` and ``contacts.csv``, and the sandbox as its Dialpad."""

    def __init__(self, sandbox: Sandbox, environ: dict[str, str], folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        (folder / "bin").symlink_to(ROOT / "bin")
        (folder / "contacts.csv").write_text(
            "First Name,Last Name,Phone\nAda,Ng,+14155550188\nBo,Li,+14155550189\n", encoding="utf-8"
        )
        self.environ = {
            **environ,
            "PATH": os.pathsep.join((os.path.dirname(sys.executable), environ["PATH"])),
            "DIALPAD_BASE_URL": sandbox.url,
            "DIALPAD_API_KEY": sandbox.token,
            "DIALPAD_PROFILE_WORK_FROM": WORK,
            "DIALPAD_DEFAULT_PROFILE": "work",
        }
        config = folder / "dialkit" / "config.toml"
        config.parent.mkdir()
        config.write_text("[aliases]\n" + "".join(f'{k} = "{v}"\n' for k, v in ALIASES.items()), "utf-8")

    def __call__(self, line: str) -> tuple[int, Any, str]:
        """Exit code, the JSON on stdout (None where there is none), stderr."""
        done = subprocess.run(
            line,
            shell=True,
            capture_output=True,
            text=True,
            env=self.environ,
            cwd=self.folder,
            timeout=60,
            check=False,
        )
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr

    def done(self, number: int, more: str = "") -> Any:
        """What line `number` answers, with `more` after it."""
        code, data, told = self(LINES[number] + more)
        assert code == 0, told
        self.told = told
        return data

    def inbox(self, number: str) -> list[str]:
        """The texts that arrived at an outside number, after a minute."""
        self.sandbox.advance(60)
        return [text["text"] for text in self.sandbox.inbox(number)]

    def asked(self) -> list[tuple[str, str, Any]]:
        """What the sandbox was asked: method, path, body."""
        return [(one.method, one.path.removeprefix("/api/v2"), one.json) for one in self.sandbox.requests]

    def writes(self) -> list[tuple[str, str, Any]]:
        """What it was asked to change."""
        return [one for one in self.asked() if one[0] != "GET"]
