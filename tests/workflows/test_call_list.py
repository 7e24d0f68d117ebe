"""``dialpad call list``: calls of a time, of somebody, missed ones, by the world's own truth."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.calls import span
from dialkit.calls.listing import Report, Wanted, list_calls
from dialkit.calls.outcome import missed, outcome
from dialkit.cli.workflows.progress import Progress
from dialkit.client import Dialpad
from dialkit.client.clock import Clock
from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400_000
ALL = ("--since", "2026-01-01", "--until", "2026-03-06")
PRIYA = "+14155550123"


def ended(sandbox: Sandbox) -> list[Any]:
    """The calls that are over, the newest first."""
    found = [call for call in sandbox.world.calls if call["date_ended"] is not None]
    return sorted(found, key=lambda call: call["date_started"], reverse=True)


def ids(calls: Any) -> list[str]:
    return [str(call["call_id"]) for call in calls]


def windows(sandbox: Sandbox) -> list[dict[str, str]]:
    return [dict(request.query) for request in sandbox.requests if "cursor" not in dict(request.query)]


@pytest.fixture(scope="module")
def today() -> Iterator[Sandbox]:
    """A sandbox whose clock is that of this machine."""
    with Sandbox(limits=False) as running:
        yield running


def test_a_long_time_is_asked_for_in_windows_and_every_call_comes_once(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    told = run("call", "list", *ALL)
    assert sorted(ids(told.data)) == sorted(ids(ended(sandbox)))
    starts = [int(call["date_started"]) for call in told.data]
    assert starts == sorted(starts, reverse=True)
    asked = windows(sandbox)
    assert len(asked) == 3
    for one, older in pairwise(asked):
        assert int(older["started_before"]) == int(one["started_after"]) + 1
    assert all(int(one["started_before"]) - int(one["started_after"]) < 30 * DAY for one in asked)


def test_calls_carry_when_they_began_and_what_came_of_them(run: Callable[..., Any], sandbox: Sandbox) -> None:
    truth = {str(call["call_id"]): call for call in ended(sandbox)}
    rows = run("call", "list", *ALL).data
    assert {row["outcome"] for row in rows} == {"answered", "missed", "voicemail", "unanswered"}
    for row in rows:
        call = truth[row["call_id"]]
        answered = call["date_connected"] is not None
        assert (row["outcome"] == "answered") == answered
        assert row["started"].startswith("2026-")


def test_the_bounds_of_a_time(run: Callable[..., Any], sandbox: Sandbox) -> None:
    newest = ended(sandbox)[0]["date_started"]
    line = ("call", "list", "--since", str(newest), "--until")
    assert ids(run(*line, str(newest + 1)).data) == ids(ended(sandbox)[:1])
    assert run("call", "list", "--since", str(newest + 1), "--until", str(newest + DAY)).data == []
    assert ids(
        run("call", "list", "--since", "2026-03-05T16:50Z", "--until", "2026-03-05T17:00Z").data
    ) == ids(call for call in ended(sandbox) if call["date_started"] >= 1_772_729_400_000)


def test_calls_with_a_number(run: Callable[..., Any], sandbox: Sandbox) -> None:
    expected = [call for call in ended(sandbox) if call["external_number"] == PRIYA]
    assert expected
    assert ids(run("call", "list", *ALL, "--with", PRIYA).data) == ids(expected)
    run("alias", "set", "priya", PRIYA)
    assert ids(run("call", "list", *ALL, "--with", "priya").data) == ids(expected)
    national = ("--with", "(415) 555-0123")
    assert run("call", "list", *ALL, *national).code == 2
    assert ids(run("call", "list", *ALL, *national, "--infer-country-code").data) == ids(expected)


def test_calls_of_a_user(run: Callable[..., Any], sandbox: Sandbox) -> None:
    mara = 5391827364501928
    expected = [c for c in ended(sandbox) if (c["target_type"], c["target_id"]) == ("user", mara)]
    assert expected
    for who in (str(mara), "MARA@larkspur.example", "me"):
        assert ids(run("call", "list", *ALL, "--user", who).data) == ids(expected)
    assert windows(sandbox)[-1]["target_type"] == "user"
    assert run("call", "list", "--user", "nobody@larkspur.example").code == 4
    assert run("call", "list", "--user", "mara").code == 2


def test_missed_calls(run: Callable[..., Any], sandbox: Sandbox) -> None:
    answered = {c["root"] for c in sandbox.world.calls if c["date_connected"] is not None}
    expected: dict[int, Any] = {}
    for call in ended(sandbox):
        if call["direction"] == "inbound" and call["root"] not in answered:
            kept = expected.get(call["root"])
            expected[call["root"]] = kept if kept and not kept["entry_point_call_id"] else call
    rows = run("call", "list", *ALL, "--missed").data
    assert rows
    assert sorted(ids(rows)) == sorted(ids(expected.values()))
    assert {row["outcome"] for row in rows} <= {"missed", "voicemail"}


def test_a_call_to_a_group_that_one_of_several_took_was_not_missed(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    center = next(n["number"] for n in sandbox.world.numbers if n.get("target_type") == "callcenter")
    before = len(run("call", "list", *ALL, "--missed").data)
    taken = sandbox.call_in("+14155550177", center)
    sandbox.advance("10m")
    legs = [c for c in sandbox.world.calls if c["external_number"] == "+14155550177"]
    assert any(leg["date_connected"] for leg in legs), taken
    assert len(run("call", "list", *ALL, "--missed").data) == before
    lost = sandbox.call_in("+14155550178", center, missed=True, hangup_after=20)
    sandbox.advance("10m")
    [row] = run("call", "list", *ALL, "--missed", "--with", "+14155550178").data
    assert row["call_id"] == str(lost["call_id"])


def test_an_absent_duration_is_unknown_and_not_missed() -> None:
    call = {"direction": "inbound", "state": "hangup", "date_ended": "1772729888000", "call_id": "1"}
    assert outcome(call) == "unknown"
    assert not missed(call)
    assert outcome({**call, "date_connected": "1772729700000"}) == "answered"
    assert outcome({**call, "duration": "180000.0"}) == "answered"
    assert outcome({**call, "state": "missed"}) == "missed"
    assert outcome({**call, "state": "voicemail"}) == "voicemail"
    assert outcome({**call, "direction": "outbound"}) == "unanswered"
    assert outcome({"state": "ringing"}) == outcome({"state": "connected", "date_connected": 1}) == "live"


def test_calls_of_today_and_of_the_last_hours(dialpad: Callable[..., Any], today: Sandbox) -> None:
    def asked(*argv: str) -> list[str]:
        ran = dialpad(*argv, DIALPAD_BASE_URL=today.url, DIALPAD_API_KEY=today.token)
        assert ran.code == 0, ran
        return sorted(ids(json.loads(ran.out)))

    def since(moment: float) -> list[str]:
        return sorted(ids(call for call in ended(today) if call["date_started"] >= moment))

    now = today.clock.now.timestamp() * 1000
    assert asked("call", "list", "--hours", "30") == since(now - 30 * 3_600_000)
    assert asked("call", "list", "--days", "3.5") == since(now - 3.5 * DAY)
    midnight = today.clock.now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000
    assert asked("call", "list", "--today", "--timezone", "UTC") == since(midnight)


def test_today_begins_at_midnight_in_the_zone() -> None:
    now = 1_772_690_400.0  # 2026-03-05T06:00Z, which is the day before in Portland
    assert span.today(now, "UTC").after == 1_772_668_800_000
    assert span.today(now, "America/Los_Angeles").after == 1_772_611_200_000  # 2026-03-04T08:00Z
    spring = 1_772_978_400.0 + 3600 * 8  # 2026-03-08T22:00Z, the day on which clocks go forward
    assert span.today(spring, "America/Los_Angeles").after == 1_772_956_800_000  # 08:00Z, an hour of winter


def test_windows_meet_and_stay_below_thirty_days() -> None:
    for days in (1, 28, 29, 30, 31, 400):
        found = list(span.Span(1_000_000, 1_000_000 + days * DAY).windows(0))
        assert found[0]["started_before"] == 1_000_000 + days * DAY
        assert found[-1]["started_after"] == 999_999
        for one, older in pairwise(found):
            assert older["started_before"] == one["started_after"] + 1
        assert all(one["started_before"] - one["started_after"] <= 29 * DAY + 1 for one in found)


def test_without_a_flag_of_ours_it_is_the_operation(run: Callable[..., Any], sandbox: Sandbox) -> None:
    assert set(run("call", "list").data) == {"cursor", "items"}
    assert len(run("call", "list", "--max-items", "3").data) == 3
    everything = run("call", "list", "--all", "--target-id", "5391827364501928", "--target-type", "user").data
    assert everything
    assert "outcome" not in everything[0]
    first = run("call", "list").data
    assert run("call", "list", "--cursor", first["cursor"]).data["items"]
    assert run("call", "list", "--started-after", "1772729400000", "-o", "ids").code == 0


def test_forms_of_output(run: Callable[..., Any], sandbox: Sandbox) -> None:
    csv = run("call", "list", *ALL, "--max-items", "2", "-o", "csv", "--fields", "call_id,outcome")
    assert csv.out.splitlines()[0] == "call_id,outcome"
    assert len(csv.out.splitlines()) == 3
    assert run("call", "list", *ALL, "--jq", "length").out.strip() == str(len(ended(sandbox)))
    table = run("call", "list", *ALL, "-o", "table", "--max-items", "3")
    assert table.out.split()[:3] == ["started", "outcome", "external_number"]
    narrow = run("call", "list", *ALL, "--max-items", "3", tty=True, COLUMNS="80")
    heads = narrow.out.splitlines()[0]
    assert [name for name in ("started", "outcome", "external_number", "call_id") if name in heads]
    assert "…" not in heads
    assert "fields not shown" in narrow.err


def test_one_call_is_shown_as_what_it_is(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "get", "6109283746501929", "-o", "csv", "--fields", "call_id,state")
    assert told.out.splitlines() == ["call_id,state", "6109283746501929,hangup"]


def test_a_dry_run_asks_nothing(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "list", *ALL, "--user", "mara@larkspur.example", "--dry-run")
    assert told.data["method"] == "GET"
    assert "the first of 3" in told.err
    assert "mara@larkspur.example is asked for first" in told.err
    assert not sandbox.requests
    known = run("call", "list", "--user", "5391827364501928", "--include-anonymized", "--dry-run")
    assert "target_id=5391827364501928" in known.data["url"]
    assert "include_anonymized=true" in known.data["url"]


def test_an_end_that_is_still_to_come_is_now(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "list", "--until", "2100-01-01", "--dry-run")
    assert "of 3" not in told.err
    assert "started_before" not in told.data["url"]
    assert run("call", "list", "--since", "2100-01-01").code == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("--today", "--hours", "3"), "which?"),
        (("--days", "3", "--since", "2026-03-01"), "which?"),
        (("--hours", "0"), "--hours"),
        (("--today", "--hours", ""), "which?"),
        (("--days", ""), "--days"),
        (("--with", ""), "--with"),
        (("--hours", "nan"), "--hours"),
        (("--days", "-3"), "--days"),
        (("--since", "yesterday"), "yesterday"),
        (("--since", "2026-03-05", "--until", "2026-03-01"), "not before"),
        (("--since", "0001-01-01"), "--since"),
        (("--today", "--timezone", "Mars"), "Mars"),
        (("--today", "--timezone", "../etc"), "--timezone"),
        (("--missed", "--cursor", "abc"), "--cursor"),
        (("--missed", "--target-id", "5"), "--target-type"),
        (("--missed", "--target-id", "5", "--target-type", "moon"), "moon"),
        (("--missed", "--user", "me", "--target-id", "5", "--target-type", "user"), "which?"),
        (("--with", "12"), "--with"),
        (("--missed", "--nonsense"), "--nonsense"),
        (("--missed", "-o", "nonsense"), "nonsense"),
        (("--missed", "--jq", "]"), "jq"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    run: Callable[..., Any], sandbox: Sandbox, line: tuple[str, ...], words: str
) -> None:
    told = run("call", "list", *line)
    assert told.code == 2, told
    assert words in told.error["message"]
    assert told.error["hint"]
    assert not sandbox.requests


def test_a_page_that_fails_leaves_what_came_before_and_says_where_to_go_on(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    everything = ids(run("call", "list", *ALL).data)
    for after in (1, 2):
        sandbox.reset()
        sandbox.faults.add(operation="call.list", status=400, after=after)
        told = run("call", "list", *ALL)
        assert told.code == 11
        assert told.error["message"].startswith(f"{len(json.loads(told.out))} calls were read, then:")
        on = told.error["hint"].partition(": ")[2].split()
        sandbox.faults.clear()
        rest = run("call", "list", *on).data
        assert ids(json.loads(told.out))[:-1] + ids(rest) == everything


def test_missed_calls_are_all_or_none(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="call.list", status=400, after=1)
    told = run("call", "list", *ALL, "--missed")
    assert (told.code, told.out) == (2, "")


class Stopped(Clock):
    """A clock that shows what the sandbox's does, and passes no time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> float:
        return self._sandbox.clock.now.timestamp()

    def sleep(self, seconds: float, why: str = "") -> None:
        self._sandbox.advance(seconds)


def test_the_library_reads_as_it_goes(sandbox: Sandbox) -> None:
    with Dialpad(base_url=sandbox.url, api_key=sandbox.token, clock=Stopped(sandbox)) as client:
        report = Report()
        calls = list_calls(client, span.last(client.clock.now(), 20 * DAY), Wanted(), report)
        assert not sandbox.requests
        assert next(calls)["call_id"] == ids(ended(sandbox))[0]
        assert len(sandbox.requests) == 1
        rest = list(calls)
    assert report.read == len(rest) + 1


@pytest.mark.parametrize("tty", [True, False])
def test_how_far_a_list_has_come_is_said_after_a_second(tty: bool, environ: dict[str, str]) -> None:
    from dialkit.cli.app import App

    class Passing(Clock):
        at = 0.0

        def monotonic(self) -> float:
            return self.at

    clock, stderr = Passing(), io.StringIO()
    stderr.isatty = lambda: tty  # type: ignore[method-assign]
    app = App([], stdin=None, stdout=io.StringIO(), stderr=stderr, environ=environ, cwd=".")
    progress = Progress(app, clock.monotonic)
    progress.say(lambda: "reading calls: 50")
    assert not stderr.getvalue()
    for line in ("reading calls: 100", "reading calls: 1,150"):
        clock.at += 1
        progress.say(lambda: line)  # noqa: B023 - called at once
    progress.done()
    if tty:
        shown = "\rreading calls: 100 \x1b[K\rreading calls: 1,150 \x1b[K\r\x1b[K"
    else:
        shown = "note: reading calls: 100\n"
    assert stderr.getvalue() == shown


def test_the_wrapper_gives_one_object(environ: dict[str, str], sandbox: Sandbox) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bin" / "list_calls.py"), *ALL, "--missed", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token},
    )
    told = json.loads(done.stdout)
    assert told["ok"]
    assert isinstance(told["data"], list)
    assert told["data"]


def test_the_key_may_not(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "list", "--days", "3", DIALPAD_API_KEY=sandbox.keys["narrow"])
    assert told.code == 3
    assert "calls:list" in told.error["hint"]
