"""`docs/oauth.md`: its example runs as it stands, its Python too, and its flags are those there are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import asked

from dialkit.cli.account.asked import FLAGS

if TYPE_CHECKING:
    from dialkit.sandbox import Sandbox

DOC = (Path(__file__).parents[2] / "docs" / "oauth.md").read_text("utf-8")
BIN = str(Path(sys.executable).parent)
BROWSER = "import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n"

posix = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("dialpad", path=BIN),
    reason="needs a POSIX shell and the console script",
)


@posix
def test_the_example_runs(sandbox: Sandbox, home: dict[str, str], tmp_path: Path) -> None:
    [block] = re.findall(r"<!-- runs -->\n```\n(.*?)```", DOC, re.DOTALL)
    (tmp_path / "browser.py").write_text(BROWSER)
    home |= {
        "PATH": f"{BIN}:{home['PATH']}",
        "BROWSER": f"{sys.executable} {tmp_path / 'browser.py'} %s",
        "no_proxy": "*",
        "DIALKIT_SANDBOX_TOKEN": sandbox.control_token,
    }
    script = "set -e\n" + block.replace("http://127.0.0.1:8399", sandbox.url)
    done = subprocess.run(
        ["sh", "-c", script], env=home, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"display_name": "Mara Ellison"' in done.stdout
    paths = [(path, status) for path, status in asked(sandbox) if path.startswith(("/api/", "/oauth2/"))]
    assert paths[-4:] == [
        ("/api/v2/users/me", 401),
        ("/oauth2/token", 200),
        ("/api/v2/users/me", 200),
        ("/oauth2/deauthorize", 204),
    ]


def test_the_python_runs(sandbox: Sandbox, logged_in: dict[str, str]) -> None:
    [code] = re.findall(r"```python\n(.*?)```", DOC, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], env=logged_in, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Mara Ellison\n"), done.stderr


def test_every_flag_is_explained() -> None:
    assert [flag for flag, _, _ in FLAGS if f"`{flag}" not in DOC and f" {flag} " not in DOC] == []
