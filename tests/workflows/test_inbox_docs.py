"""Every line of docs/inbox.md can be typed, and its program runs; `dp.inbox`, sync and async."""

from __future__ import annotations

import asyncio
import re
import shlex
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arriving import ADA, AT, BO, MARA, arrive, call, text, told
from reporting_in import Steps, going_on

from dialkit import AsyncDialpad, Dialpad, InvalidArgument, NotFound
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

PAGE = (Path(__file__).parents[2] / "docs" / "inbox.md").read_text("utf-8")


def test_the_lines_of_the_docs(run: Callable[..., Any], environ: dict[str, str], sandbox: Sandbox) -> None:
    with Database.of(environ) as database:
        arrive(database, text(1, "two kilos tomorrow"), call(1, "missed", 1))
    blocks = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 10
    for line in lines:
        with going_on(sandbox):
            ran = run(*shlex.split(line)[1:])
        assert ran.code == 0, (line, ran)


def test_the_program_of_the_docs(
    environ: dict[str, str],
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**environ, "DIALPAD_API_KEY": sandbox.token, "DIALPAD_BASE_URL": sandbox.url}.items():
        monkeypatch.setenv(name, value)
    with Database.of(environ) as database:
        arrive(database, text(1, "two kilos"), call(1, "missed", 1))
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(program, {})
    assert capsys.readouterr().out.splitlines() == [
        "2026-03-05 17:00:01+00:00 inbound two kilos",
        "1 1 {'call': 1, 'sms': 1}",
    ]


@pytest.fixture
def options(sandbox: Sandbox, environ: dict[str, str]) -> dict[str, Any]:
    """What a client of the sandbox is made with."""
    return {
        "api_key": sandbox.token,
        "base_url": sandbox.url,
        "environ": environ,
        "clock": Steps(sandbox),
        "limits": False,
    }


def test_the_library(options: dict[str, Any], environ: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.clock.set(time.time())
    sandbox.text_in(ADA, MARA, "Two kilos")
    sandbox.call_in(BO, MARA, voicemail="Call me")
    sandbox.advance(3600)
    with Database.of(environ) as database:
        arrive(database, *told(sandbox))
    with Dialpad(**options) as dp:
        (thread,) = dp.inbox.threads(unread=True)
        assert (thread.number, thread.unread, thread.text) == (ADA, 1, "Two kilos")
        assert dp.inbox.read("(415) 555-0123", up_to=thread.position) == 1
        assert dp.inbox.threads(unread=True) == []
        assert dp.inbox.threads(max_items=0) == dp.inbox.thread(ADA, max_items=-1) == []
        assert [one.text for one in dp.inbox.search("kilo", number=ADA)] == ["Two kilos"]
        assert [one.id for one in dp.inbox.thread(ADA, before=thread.at)] == []
        (left,) = dp.inbox.calls(voicemail=True)
        assert (left.voicemails[0].text, left.number, left.outcome) == ("Call me", BO, "voicemail")
        assert dp.inbox.stats().events.keys() == {"sms", "call"}
        assert dp.inbox.sync(days=1).texts_new == 0
        assert dp.inbox.prune(timedelta(days=30))["texts"] == 0
        with pytest.raises(NotFound):
            dp.inbox.thread("+12025550199")
        for wrong in (lambda: dp.inbox.calls(number="nobody"), lambda: dp.inbox.prune(timedelta(0))):
            with pytest.raises(InvalidArgument):
                wrong()


def test_a_text_is_found_by_its_own_moment(options: dict[str, Any], environ: dict[str, str]) -> None:
    """To the millisecond, as it is shown; two of the same one are both read up to it."""
    at = [AT + 123, AT + 456, AT + 456, AT + 789]
    with Database.of(environ) as database:
        arrive(database, *(text(number, created_date=moment) for number, moment in enumerate(at)))
    with Dialpad(**options) as dp:
        *_, second, first = dp.inbox.thread(ADA)
        assert [one.id for one in dp.inbox.thread(ADA, before=second.at)] == [first.id]
        assert dp.inbox.read(ADA, up_to=second.at) == 3


def test_the_library_awaited(options: dict[str, Any], environ: dict[str, str]) -> None:
    with Database.of(environ) as database:
        arrive(database, text(1, "Two kilos"))

    async def work() -> tuple[Any, ...]:
        async with AsyncDialpad(**options) as dp:
            found = await asyncio.gather(dp.inbox.threads(), dp.inbox.thread(ADA), dp.inbox.search("kilos"))
            return *found, await dp.inbox.read(None), await dp.inbox.calls(), (await dp.inbox.stats()).unread

    threads, texts, found, marked, calls, unread = asyncio.run(work())
    assert (threads[0].number, texts[0].text, found[0].id) == (ADA, "Two kilos", texts[0].id)
    assert (marked, calls, unread) == (1, [], 0)
