"""The examples of docs/events.md about receiving: each line runs, and the module serves."""

from __future__ import annotations

import re
import shlex
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from serving import Serving

from beside import PATIENCE, until
from dialkit.sandbox import Sandbox
from signing import SECRET, TEXT, token

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
PART = PAGE[PAGE.index("## Receiving") :].split("\n## ")[0]
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PART, re.DOTALL)
SERVE, CREATE = (next(text for _, text in BLOCKS if word in text) for word in ("events serve", "webhook sms"))


def test_the_lines(dialpad: Callable[..., Any], environ: dict[str, str], tmp_path: Path) -> None:
    export, line = SERVE.splitlines()
    name, _, secret = export.removeprefix("export ").partition("=")
    assert shlex.split(line) == ["dialpad", "events", "serve", "--port", "8787"]  # which may be taken here
    with Sandbox(limits=False) as sandbox, Serving({**environ, name: secret}, tmp_path) as serving:
        assert serving.post(token(TEXT, secret=secret)).status == 204
        asking = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
        ran = dialpad(*shlex.split(CREATE)[1:], stdin=secret, **asking)
        assert ran.code == 0, ran


@pytest.mark.parametrize("path", re.findall(r"--path [^`]+", PART))
def test_the_paths(path: str, signed: dict[str, str], tmp_path: Path) -> None:
    with Serving(signed, tmp_path, *shlex.split(path)) as serving:
        assert serving.ask("POST", "/hooks/fax", token({"pages": 3})).status == 204


def test_the_module(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIALPAD_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("DIALKIT_HOME", environ["DIALKIT_HOME"])
    found: dict[str, Any] = {}
    exec(next(text for kind, text in BLOCKS if kind == "python"), found)
    server = uvicorn.Server(uvicorn.Config(found["app"], port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started or not thread.is_alive())
    asking = Serving(environ, tmp_path)
    asking.port = server.servers[0].sockets[0].getsockname()[1]
    assert asking.post(token(TEXT)).status == 204
    server.should_exit = True
    thread.join(PATIENCE)


def test_the_table_of_answers() -> None:
    from dialkit.events.receiver.answers import REFUSALS

    told = {int(number) for row in re.findall(r"\n\| ([\d, ]+) \|", PART) for number in row.split(",")}
    assert told == {status for status, _ in REFUSALS.values()} | {204}
