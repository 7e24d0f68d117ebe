"""What docs/events.md says of looking, making and handlers: each line runs, each program answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mounted import SECRET, asgi_server, django_ready, post, wsgi_server

from beside import until
from dialkit.events.making import make, written
from dialkit.events.names import CALL_STATES, NAMES
from dialkit.inbox.keeping import Arrival, keep
from dialkit.store import Database
from dialkit.webhooks.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
LOOKING, HANDLERS = (
    PAGE[PAGE.index(f"## {title}") :].split("\n## ")[0]
    for title in ("Looking, replaying, making", "Handlers in your own program")
)
SHELL = re.findall(r"```sh\n(.*?)```", LOOKING, re.DOTALL)
FIRST, *PROGRAMS = re.findall(r"```python\n(.*?)```", HANDLERS, re.DOTALL)


@pytest.fixture
def store(environ: dict[str, str]) -> Iterator[Database]:
    with Database.of(environ) as database:
        for name in ("sms.received", "call.hangup"):
            payload = make(name, text="An order of two kilos" if name.startswith("sms.") else None)
            body = written(payload, SECRET).decode()
            keep(database, [Arrival(kind_of(payload).kind, payload, body, 1.0, "serve")])
        yield database


@pytest.mark.usefixtures("store")
@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize("script", SHELL, ids=range(len(SHELL)))
def test_each_line_can_be_typed(script: str, environ: dict[str, str], tmp_path: Path) -> None:
    taken = []

    def program(asked: Any, start_response: Any) -> list[bytes]:
        taken.append(asked["wsgi.input"].read(int(asked["CONTENT_LENGTH"])))
        start_response("204 No Content", [])
        return []

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dialpad").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dialkit "$@"\n')
    (tmp_path / "bin" / "dialpad").chmod(0o755)
    around = {**environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{environ['PATH']}"}
    with wsgi_server(program) as base:
        here = script.replace("http://localhost:3000", base)
        done = subprocess.run(
            ["sh", "-eux", "-c", here], env=around, cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert len(taken) == script.count("localhost:3000") + script.count("replay 1 2")
    for line in script.splitlines():
        if "list" in line or "tail" in line:
            assert '"id"' in done.stdout, line


def test_the_names_are_those_that_there_are() -> None:
    table = LOOKING[LOOKING.index("**Names of events**") :]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    said = set(re.findall(r"`([^`]+)`", " ".join(rows)))
    assert said - {"*"} <= set(NAMES)
    assert said >= {name for name in NAMES if not name.startswith("call.")}
    assert f"all {len(CALL_STATES)} that a subscription can ask for" in table


@pytest.mark.parametrize("program", PROGRAMS, ids=["fastapi", "starlette", "django", "flask"])
def test_each_program_handles_events(
    program: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIALPAD_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("DIALKIT_HOME", environ["DIALKIT_HOME"])
    monkeypatch.delenv("DIALKIT_DATABASE_URL", raising=False)
    django_ready()
    found: dict[str, Any] = {"__name__": "program"}
    exec(compile(FIRST + program, "program", "exec"), found)
    serving = wsgi_server if "wsgi" in program.replace("asgi", "") else asgi_server
    heard = ""
    try:
        with serving(found["application"]) as base:
            url = f"{base}/hooks/dialpad"
            assert post(url, written(make("sms.received", text="Two kilos"), SECRET)) == 204
            assert post(url, written(make("call.missed"), SECRET)) == 204
            assert post(url, b"{}") == 401

            def both() -> bool:
                nonlocal heard
                heard += capsys.readouterr().out
                return "Two kilos" in heard and "missed" in heard

            until(both)
    finally:
        found["hooks"].stop()
    assert sorted(heard.splitlines()) == ["+14155550123 missed", "+14155550123: Two kilos"]
    assert found["hooks"].dead_letters() == []
