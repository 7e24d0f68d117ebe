"""The limiter: exact for every sliding window, shared by processes, first come first served."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialkit.client import Dialpad, Policy
from dialkit.client.clock import Clock
from dialkit.client.limits import Limiter, padded
from dialkit.client.request import Request, build
from dialkit.errors import RateLimited, WouldWait
from servers import LimitedServer

if TYPE_CHECKING:
    from pathlib import Path


def asking(*limits: tuple[str, int, float]) -> Request:
    return Request("GET", "http://127.0.0.1/", headers={}, limits=list(limits))


def most_in_a_window(times: list[float], window: float) -> int:
    """The most of `times` that any window of that length holds."""
    times = sorted(times)
    return max(sum(1 for other in times[i:] if other < start + window) for i, start in enumerate(times))


@settings(max_examples=60, deadline=None)
@given(gaps=st.lists(st.floats(0, 3), min_size=1, max_size=80), count=st.integers(1, 12))
def test_no_window_ever_holds_more(gaps: list[float], count: int) -> None:
    limiter = Limiter(":memory:", "me")
    narrow = asking(("op", count, 5.0))
    wide = asking()
    now, of_operation, of_company = 1_000.0, [], []
    for number, gap in enumerate(gaps):
        now += gap
        request = narrow if number % 3 else wide
        at = now + limiter.reserve(request, now).wait
        of_company.append(at)
        if request is narrow:
            of_operation.append(at)
    if of_operation:
        assert most_in_a_window(of_operation, 5.0) <= count
    assert most_in_a_window(of_company, 1.0) <= 20
    limiter.close()


def test_a_burst_goes_at_once_and_a_full_limit_delays_nobody_else() -> None:
    limiter = Limiter(":memory:", "me")
    five = asking(("call.call", 5, 60.0))
    assert [limiter.reserve(five, 100.0).wait for _ in range(5)] == [0.0] * 5
    assert limiter.reserve(five, 100.0).wait == pytest.approx(padded(60.0))
    assert limiter.reserve(asking(), 100.0).wait == 0.0
    limiter.close()


def test_a_place_is_not_taken_where_one_would_not_wait() -> None:
    limiter = Limiter(":memory:", "me")
    one = asking(("op", 1, 10.0))
    assert limiter.reserve(one, 0.0, max_wait=0.0).wait == 0.0
    for _ in range(3):
        assert limiter.reserve(one, 1.0, max_wait=0.0).wait == pytest.approx(padded(10.0) - 1.0)
    assert limiter.reserve(one, 11.0, max_wait=0.0).wait == 0.0
    limiter.close()


def test_owners_do_not_share() -> None:
    limiter, other = Limiter(":memory:", "a"), Limiter(":memory:", "b")
    one = asking(("op", 1, 10.0))
    assert limiter.reserve(one, 0.0).wait == 0.0
    assert other.reserve(one, 0.0).wait == 0.0
    limiter.close()
    other.close()


def test_a_429_holds_everyone_back(tmp_path: Path) -> None:
    path = str(tmp_path / "state" / "limits.db")
    mine, theirs = Limiter(path, "key"), Limiter(path, "key")
    request = asking(("sms.send", 100, 60.0))
    mine.learn(request, 50.0, 7.5)
    assert theirs.reserve(request, 51.0).wait == pytest.approx(6.5)
    assert theirs.reserve(asking(), 51.0).wait == 0.0
    mine.close()
    theirs.close()


def test_a_folder_that_cannot_be_written_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    limiter = Limiter(str(tmp_path / "file" / "limits.db"), "key")
    assert limiter.reserve(asking(), 0.0).wait == 0.0
    limiter.close()


def test_limits_name_what_they_count() -> None:
    from dialkit.catalog import Catalog

    catalog = Catalog()
    call = build(
        catalog.operation("call.call"),
        {"user_id": 7, "phone_number": "+14155550123"},
        base_url="http://127.0.0.1",
    )
    assert call.limits == [("call.call user_id=7", 5, 60.0)]
    sms = catalog.operation("sms.send")
    assert build(sms, {}, base_url="http://127.0.0.1").limits == [("sms.send", 100, 60.0)]
    assert build(sms, {}, base_url="http://127.0.0.1", tier=1).limits == [("sms.send", 800, 60.0)]
    assert build(catalog.operation("users.list"), {}, base_url="http://127.0.0.1").limits == []


class Fast(Clock):
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float, why: str = "") -> None:
        self.slept.append(seconds)
        self.time += seconds


def test_the_client_waits_for_its_turn_and_no_wait_does_not(environ: dict[str, str]) -> None:
    with LimitedServer(1000, 60) as server:
        settings_ = {"environ": {**environ, "DIALPAD_BASE_URL": server.url}}
        clock = Fast()
        with Dialpad(clock=clock, **settings_) as dp:
            for _ in range(6):
                dp.request("call.call", {"user_id": 7, "phone_number": "+14155550123"})
            assert clock.slept == [pytest.approx(padded(60.0))]
        sent = len(server.requests)
        with Dialpad(clock=clock, policy=Policy(max_wait=0.0), **settings_) as dp:
            for _ in range(4):
                dp.request("call.call", {"user_id": 7, "phone_number": "+14155550123"})
            with pytest.raises(WouldWait) as caught:
                dp.request("call.call", {"user_id": 7, "phone_number": "+14155550123"})
        assert len(server.requests) == sent + 4
        assert caught.value.exit_code == 7


def test_no_wait_does_not_wait_for_429_either(environ: dict[str, str]) -> None:
    with LimitedServer(1, 60, retry_after=True) as server:
        clock = Fast()
        options = {"environ": {**environ, "DIALPAD_BASE_URL": server.url}, "clock": clock}
        with Dialpad(policy=Policy(max_wait=0.0), **options) as dp:
            dp.request("users.get", {"id": "me"})
            with pytest.raises(RateLimited) as caught:
                dp.request("users.get", {"id": "me"})
    assert caught.value.retry_after == pytest.approx(60, abs=2)
    assert clock.slept == []


def worker(path: str, url: str, times: int, limit: tuple[str, int, float]) -> None:
    """One process: ask so many times, as soon as the limiter lets it, through a real client."""
    from dialkit.client.settings import Settings
    from dialkit.config import Config, Key

    settings_ = Settings(Config({"DIALKIT_HOME": path}, ""), key=Key("shared-key", "test"), base_url=url)
    with Dialpad(settings=settings_, policy=Policy(max_retries=0)) as dp:
        for _ in range(times):
            request = dp.prepare_raw("GET", "/limited")
            request.limits = [limit]
            dp.send(request)


def share(tmp_path: Path, processes: int, count: int, window: float, times: int) -> Any:
    """Run `processes` against a server that refuses beyond the limit; the server, stopped."""
    context = multiprocessing.get_context("spawn")
    with LimitedServer(count, window) as server:
        crowd = [
            context.Process(
                target=worker, args=(str(tmp_path), server.url, times, ("limited", count, window))
            )
            for _ in range(processes)
        ]
        for process in crowd:
            process.start()
        for process in crowd:
            process.join()
        assert [process.exitcode for process in crowd] == [0] * processes
    return server


def test_processes_share_a_limit(tmp_path: Path) -> None:
    """Eight processes, 20 in 2 s: nobody is refused, and little of the limit is left unused."""
    server = share(tmp_path, 8, 20, 2.0, 10)
    assert server.refused == []
    times = sorted(server.accepted_times)
    spans = (times[-1] - times[0]) / 2.0
    assert len(times) == 80 >= 0.9 * 20 * spans
