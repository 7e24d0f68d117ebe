"""``dialpad call watch``: every state there is to see, as often as Dialpad allows, to the end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from beside import PATIENCE, beside
from dialkit.calls.watching import watch
from dialkit.client import Dialpad
from dialkit.client.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

MARA_NUMBER, CALLER = "+15035550142", "+14155550177"


class Shared(Clock):
    """The sandbox's clock: who waits by it sets it on."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> float:
        return self._sandbox.clock.now.timestamp()

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float, why: str = "") -> None:
        self._sandbox.advance(seconds)


def test_a_call_is_followed_to_its_end(sandbox: Sandbox) -> None:
    call = sandbox.call_in(CALLER, MARA_NUMBER)
    with Dialpad(base_url=sandbox.url, api_key=sandbox.token, clock=Shared(sandbox), limits=False) as client:
        seen = list(watch(client, int(call["call_id"])))
    assert [change["state"] for change in seen] == ["ringing", "connected", "hangup"]
    assert [change["ended"] for change in seen] == [False, False, True]
    leg = sandbox.world.calls.get(call["call_id"])
    assert seen[-1]["outcome"] == "answered"
    assert seen[-1]["seconds"] == round(leg["duration"] / 1000, 1)
    moments = [request.at for request in sandbox.requests]
    assert all(later - before < 60 for before, later in pairwise(moments))
    for moment in moments:
        assert sum(moment <= other < moment + 60 for other in moments) <= 10


def test_a_missed_call_ends_too(sandbox: Sandbox) -> None:
    call = sandbox.call_in(CALLER, MARA_NUMBER, missed=True, hangup_after=20)
    with Dialpad(base_url=sandbox.url, api_key=sandbox.token, clock=Shared(sandbox), limits=False) as client:
        seen = list(watch(client, int(call["call_id"])))
    assert seen[-1]["outcome"] == "missed"
    assert "seconds" not in seen[-1]


def test_a_call_that_is_over_is_told_at_once(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "watch", "6109283746501929")
    [line] = told.out.splitlines()
    change = json.loads(line)
    assert (change["state"], change["ended"], change["outcome"]) == ("hangup", True, "answered")
    assert (change["with"], change["seconds"]) == ("Priya Nair", 180.0)
    assert not told.err
    assert run("call", "watch", "6109283746501929", "-o", "json").data == [change]
    assert run("call", "watch", "6109283746501929", "--jq", ".state").out == "hangup\n"


def test_words_on_a_terminal(dialpad: Callable[..., Any], sandbox: Sandbox) -> None:
    keys = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    told = dialpad("call", "watch", "--call-id", "6109283746501929", tty=True, **keys)
    assert told.out == "16:55:00  hangup: over (answered, 180 s)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_watching_and_not_the_call(environ: dict[str, str], sandbox: Sandbox) -> None:
    call = sandbox.call_in(CALLER, MARA_NUMBER)
    with beside(
        [sys.executable, "-m", "dialkit", "call", "watch", str(call["call_id"])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
    ) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["state"] == "ringing"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert "Traceback" not in (process.stderr.read() if process.stderr else "")
    assert sandbox.world.calls.get(call["call_id"])["date_ended"] is None


@pytest.mark.parametrize(("line", "code"), [((), 2), (("x",), 2), (("5999999999999999",), 4)])
def test_what_is_wrong(run: Callable[..., Any], line: tuple[str, ...], code: int) -> None:
    assert run("call", "watch", *line).code == code
