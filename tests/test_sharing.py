"""One client, many users: threads that end, forks, queues longer than the limit, errors that travel."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.client import Dialpad
from dialkit.client.limits import Limiter, padded
from dialkit.client.request import Request
from dialkit.errors import (
    KINDS,
    NotFound,
    OutcomeUnknown,
    PartialSuccess,
    Refused,
    UpstreamError,
    WouldWait,
)
from servers import Faulty, Recorder, behaviours, json_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

SMS = ("sms.send", {"to_numbers": ["+14155550123"], "text": "hi"})


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder(json_reply({"id": "1"})) as server:
        yield server


def client(environ: dict[str, str], url: str, **options: Any) -> Dialpad:
    return Dialpad(environ={**environ, "DIALPAD_BASE_URL": url}, **options)


THREADS_THAT_END = """
import sys, threading
from dialkit import Dialpad
with Dialpad("key", base_url=sys.argv[1], limits=False) as dp:
    for _ in range(4):
        thread = threading.Thread(target=lambda: dp.request("users.get", {"id": "me"}))
        thread.start()
        thread.join()
print("alive")
"""


def test_the_first_request_may_come_from_a_thread_that_ends(
    environ: dict[str, str], recorder: Recorder
) -> None:
    command = [sys.executable, "-c", THREADS_THAT_END, recorder.url]
    for _ in range(3):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
    assert len(recorder.requests) == 12


FORK = """
import os, sys
from dialkit import Dialpad
from dialkit.errors import Refused
dp = Dialpad("key", base_url=sys.argv[1], limits=False)
dp.request("users.get", {"id": "me"})
child = os.fork()
if child == 0:
    try:
        dp.request("users.get", {"id": "me"})
    except Refused:
        os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
dp.request("users.get", {"id": "me"})
dp.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_instead_of_hanging(environ: dict[str, str], recorder: Recorder) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORK, recorder.url]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(recorder.requests) == 2


def test_fifty_threads_share_a_client(environ: dict[str, str], recorder: Recorder) -> None:
    faults: list[BaseException] = []

    def work(dp: Dialpad) -> None:
        try:
            for _ in range(5):
                dp.request(*SMS)
        except BaseException as error:
            faults.append(error)

    with client(environ, recorder.url, limits=False) as dp:
        crowd = [threading.Thread(target=work, args=(dp,)) for _ in range(50)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
    assert not faults
    assert len(recorder.requests) == 250


def test_a_queue_longer_than_the_limit_moves_on() -> None:
    """Twenty-five wait for a limit of one: each asks again when let go, and all come through."""
    limiter = Limiter(":memory:", "me")
    request = Request("GET", "http://127.0.0.1/", headers={}, limits=[("op", 1, 10.0)])
    now = 1_000_000.0
    waiting = [limiter.reserve(request, now) for _ in range(25)]
    sent = [now for place in waiting if place.wait == 0]
    queue = [(now + place.wait, place) for place in waiting if place.wait > 0]
    for _ in range(200):
        if not queue:
            break
        queue.sort(key=lambda entry: entry[0])
        now, place = queue.pop(0)
        now += 0.001  # sleeping takes a little longer than asked for
        again = limiter.reserve(request, now, instead_of=place.rows)
        if again.wait > 0:
            queue.append((now + again.wait, again))
        else:
            sent.append(now)
    limiter.close()
    assert len(sent) == 25
    assert all(later - earlier >= 10.0 for earlier, later in pairwise(sent))
    assert sent[-1] - sent[0] <= 25 * (padded(10.0) + 0.1)


def test_a_clock_that_is_set_back_does_not_stop_us_for_long() -> None:
    limiter = Limiter(":memory:", "me")
    request = Request("GET", "http://127.0.0.1/", headers={}, limits=[("op", 10, 60.0)])
    limiter.learn(request, 1_000_000.0, 7.0)
    assert limiter.reserve(request, 1_000_000.0 - 3_600).wait == 0
    limiter.close()


def test_a_request_does_not_go_to_a_host_it_was_not_made_for(
    environ: dict[str, str], recorder: Recorder
) -> None:
    with (
        Recorder(json_reply({})) as other,
        client(environ, recorder.url) as mine,
        client(environ, other.url) as theirs,
        pytest.raises(Refused),
    ):
        mine.send(theirs.prepare(*SMS))
    assert not other.requests
    assert not recorder.requests


ERRORS = [
    NotFound("no user", status=404, operation="users.get", text="no user", body={"error": {}}, hint="look"),
    UpstreamError("failed", repeatable=True, status=500),
    WouldWait("wait", seconds=3.0),
    PartialSuccess("some", done=3, cursor="abc", operation="users.list"),
    OutcomeUnknown("unknown", operation="sms.send", status=502),
    *(cls("plain") for cls in KINDS if cls.__init__ is Refused.__init__),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_travel_between_processes(error: Any) -> None:
    came = pickle.loads(pickle.dumps(error))
    assert type(came) is type(error)
    assert came.as_dict() == error.as_dict()
    assert vars(came) == vars(error)


def test_an_empty_page_is_not_the_end_of_a_list(environ: dict[str, str]) -> None:
    pages = [
        behaviours.ok({"items": [{"id": "1"}], "cursor": "a"}),
        behaviours.ok({"items": [], "cursor": "b"}),
        behaviours.ok({"items": [{"id": "2"}]}),
    ]
    with Faulty(*pages) as server, client(environ, server.url) as dp:
        assert [user["id"] for user in dp.items("users.list")] == ["1", "2"]


@pytest.mark.parametrize("second", [[1], "text", {"error": {"code": 500, "message": "x"}}])
def test_a_page_that_is_none_does_not_end_a_list_as_if_it_were_whole(
    second: Any, environ: dict[str, str]
) -> None:
    first = behaviours.ok({"items": [{"id": "1"}], "cursor": "a"})
    with Faulty(first, behaviours.ok(second)) as server, client(environ, server.url) as dp:
        found = []
        with pytest.raises(PartialSuccess) as caught:
            found.extend(dp.items("users.list"))
    assert caught.value.cursor == "a"


def test_no_value_is_not_a_word(environ: dict[str, str]) -> None:
    from dialkit.errors import InvalidArgument

    with client(environ, "http://127.0.0.1:9") as dp, pytest.raises(InvalidArgument):
        dp.prepare("users.get", {"id": None})
