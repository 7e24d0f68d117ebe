"""``dialpad stats run``: begun once, waited for, fetched from where it may be, kept whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from reporting_in import client_of, fetch, going_on, reports_of

from dialkit.client import Policy, Settings
from dialkit.client.download import check, download
from dialkit.errors import (
    APIError,
    Conflict,
    InvalidArgument,
    OutcomeUnknown,
    ReadTimeout,
    Refused,
    UpstreamError,
    WouldWait,
)
from dialkit.reports.period import Period, between, last_days
from dialkit.reports.question import question, target_of
from dialkit.reports.sheet import join, read, records
from dialkit.store.files import Part
from servers import Faulty, behaviours, foreign
from servers.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dialkit.client import Dialpad
    from dialkit.sandbox import Sandbox

TODAY = date(2026, 3, 5)
CENTER, PORTLAND = 5610293847561029, 5219384756201938


@pytest.fixture
def client(sandbox: Sandbox, environ: dict[str, str]) -> Iterator[Dialpad]:
    with client_of(sandbox, environ) as made:
        yield made


# -- the whole way, by the command line


def test_the_rows_are_those_of_dialpad_today_among_them(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    sandbox.call_in("+14155550123", "+15035550142", missed=True)
    sandbox.clock.advance("2m")
    with going_on(sandbox):
        told = run("stats", "run", "--type", "calls", "--days", "7", "--by", "date")
    assert reports_of(sandbox) == [
        {
            "stat_type": "calls", "export_type": "stats", "group_by": "date", "timezone": "UTC",
            "days_ago_start": 1, "days_ago_end": 6,
        },
        {
            "stat_type": "calls", "export_type": "stats", "group_by": "date", "timezone": "UTC",
            "is_today": True,
        },
    ]  # fmt: skip
    start = 1_772_668_800_000 - 6 * 86_400_000  # midnight, six days before today
    ended = [
        call
        for call in sandbox.world.calls
        if call.get("date_ended") and call["date_started"] >= start and not call.get("entry_point_call_id")
    ]
    assert sum(row["all_calls"] for row in told.data) == len(ended)
    assert "2026-02-27" <= told.data[0]["date"] <= told.data[-1]["date"] == "2026-03-05"
    assert {type(row["talk_duration"]) for row in told.data} <= {int, float}


def test_a_file_is_kept_and_the_answer_tells_of_it(
    sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path
) -> None:
    with going_on(sandbox):
        told = run("stats", "run", "--type", "texts", "--days", "20", "--out", "texts.csv")
    with open(told.data["file"], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert told.data["file"] == str(tmp_path / "texts.csv")
    assert told.data["rows"] == len(rows) > 10
    assert told.data["columns"] == list(rows[0])
    assert told.data["bytes"] == (tmp_path / "texts.csv").stat().st_size
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("texts")] == ["texts.csv"]


def test_a_terminal_gets_a_table_of_names_and_figures(
    sandbox: Sandbox, run: Callable[..., Any], environ: dict[str, str]
) -> None:
    sandbox.world.users.change(5391827364501928, display_name="M\x1b[2Jara")
    with going_on(sandbox):
        told = run("stats", "run", "--type", "calls", "--days", "7", tty=True, COLUMNS="80", NO_COLOR="1")
    assert told.code == 0
    assert "\x1b[2J" not in told.out
    assert r"M\x1b[2Jara" in told.out
    assert told.out.splitlines()[0].split()[:3] == ["date", "name", "all_calls"]
    assert "2026-03-05  Theo Banks" in told.out


def test_records_and_jq(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    with going_on(sandbox):
        told = run(
            "stats", "run", "--type", "dispositions", "--target", f"callcenter:{CENTER}", "--days", "30",
            "--jq", "map(.call_id) | length",
        )  # fmt: skip
    assert told.code == 0, told
    assert reports_of(sandbox)[0]["export_type"] == "records"
    assert (reports_of(sandbox)[0]["target_type"], reports_of(sandbox)[0]["target_id"]) == (
        "callcenter",
        CENTER,
    )
    noted = [call for call in sandbox.world.call_dispositions if sandbox.world.calls.find(call["call_id"])]
    assert int(told.out) <= len(noted)


def test_a_dry_run_asks_nothing(sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path) -> None:
    told = run("stats", "run", "--type", "calls", "--days", "3", "--out", "x.csv", "--dry-run")
    assert [one["body"].get("is_today") for one in told.data["requests"]] == [None, True]
    told = run("stats", "run", "--type", "calls", "--from", "9", "--to", "yesterday", "--dry-run")
    assert told.data["body"] == {
        "stat_type": "calls", "export_type": "stats", "timezone": "UTC",
        "days_ago_start": 1, "days_ago_end": 9,
    }  # fmt: skip
    assert sandbox.requests == []
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("line", "says", "hint"),
    [
        ("", "needs --type", "--type calls"),
        ("--type cals", "'cals'", "calls"),
        ("--type csat", "--target", "callcenter:ID"),
        ("--type csat --export-type records", "--target", "callcenter:ID"),
        (f"--type dispositions --target office:{PORTLAND} --export-type stats", "no sums", "records"),
        ("--type texts --by user", "--by", "calls"),
        ("--type calls --by group", "--by group", "office:ID"),
        ("--type calls --by week", "'week'", "user"),
        ("--type calls --days 0", "'0'", "--days 7"),
        ("--type calls --days 99999", "99999", "--days"),
        ("--type calls --days 3 --from=", "--from", "leave out"),
        ("--type calls --from=", "''", "--from"),
        ("--type calls --timezone=", "no time zone", "America"),
        ("--type calls --days 3 --from 2026-01-01", "--days", "leave out"),
        ("--type calls --to 2026-01-01", "--to", "--from"),
        ("--type calls --from 2026-02-30", "'2026-02-30'", "--from"),
        ("--type calls --from 1 --to 5", "is after", "--from"),
        ("--type calls --from 2999-01-01", "not come yet", "today"),
        ("--type calls --timezone Mars/Olympus", "'Mars/Olympus'", ""),
        ("--type calls --timezone America/Los_Angles", "Angles", "America/Los_Angeles"),
        ("--type calls --timezone ../etc/passwd", "no time zone", "America"),
        ("--type calls --target ofice:5", "'ofice:5'", "office:5"),
        ("--type calls --target nobody", "'nobody'", "TYPE:ID"),
        ("--type calls --target office:west", "'west'", "dialpad alias set west"),
        ("--type calls --out nowhere/x.csv", "no folder", "mkdir"),
        ("--type calls --out .", "not a plain file", "--out"),
        ("--type calls --out -", "--out", "-o csv"),
        ("--type calls --chart x.gif", "x.gif' does not end in", ".svg"),
        ("--type onduty --chart x.svg", "onduty", "calls"),
        ("--type calls --export-type records --chart x.svg", "sums", "leave out"),
        ("--type calls --give-up-after soon", "'soon'", "1800"),
        ("--type calls --colour red", "--colour", ""),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_sent(
    sandbox: Sandbox, run: Callable[..., Any], line: str, says: str, hint: str
) -> None:
    told = run("stats", "run", *line.split())
    assert told.code == 2, told
    shown = told.error["message"].replace(os.sep, "/")
    assert says in shown, shown
    assert hint in (told.error["hint"] or "")
    assert sandbox.requests == []


def test_a_target_can_be_an_alias(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    run("alias", "set", "west", f"office:{PORTLAND}")
    run("alias", "set", "office_123", str(PORTLAND))
    for target in ("west", "office:west", "office:office_123"):
        told = run(
            "stats", "run", "--type", "calls", "--target", target, "--to", "1", "--from", "1", "--dry-run"
        )
        assert (told.data["body"]["target_type"], told.data["body"]["target_id"]) == ("office", PORTLAND)


def test_dialpads_no_is_passed_on(sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path) -> None:
    told = run("stats", "run", "--type", "calls", "--target", "user:5", "--out", "x.csv")
    assert (told.code, told.error["code"]) == (4, "not_found")
    assert os.listdir(tmp_path) == ["dialkit"] or not (tmp_path / "x.csv").exists()


# -- waiting


def test_waiting_is_by_the_clients_clock_in_steps_and_told(
    sandbox: Sandbox, client: Dialpad, tmp_path: Path
) -> None:
    heard: list[tuple[str, float]] = []
    done, files = fetch(client, tmp_path, told=lambda what, far: heard.append((what, far)))
    clock: Any = client.clock
    assert {why for _, why in clock.slept} == {"report"}
    assert max(seconds for seconds, _ in clock.slept) <= 1.0
    assert "waiting" in {what for what, _ in heard}
    assert done.sizes == [len(raw) for raw in files]
    polls = [one for one in sandbox.requests if one.operation == "stats.get"]
    assert 3 <= len(polls) <= 12


def test_one_that_is_under_way_already_is_gone_on_with(
    sandbox: Sandbox, client: Dialpad, tmp_path: Path
) -> None:
    body = {"stat_type": "calls", "export_type": "stats", "timezone": "UTC", "is_today": True}
    first = client.request("stats.create", body).json()["request_id"]
    done, _ = fetch(client, tmp_path, days=1)
    assert done.begun == [({"is_today": True}, first, True)]
    answers = [one.answered for one in sandbox.requests if one.operation == "stats.create"]
    assert answers == [{"request_id": first, "already_started": again} for again in (False, True)]


def test_a_report_that_fails_is_exit_8_and_leaves_no_file(
    sandbox: Sandbox, run: Callable[..., Any], tmp_path: Path
) -> None:
    sandbox.switch("stats-result", "failed")
    with going_on(sandbox):
        told = run("stats", "run", "--type", "calls", "--days", "1", "--out", "x.csv")
    assert (told.code, told.error["code"], told.error["retryable"]) == (8, "upstream_error", True)
    assert "fewer days" in told.error["hint"]
    assert not list(tmp_path.glob("x.csv*"))


@pytest.mark.parametrize("switch", ["404", "400"])
def test_one_that_expires_is_asked_for_anew_once(
    sandbox: Sandbox, client: Dialpad, tmp_path: Path, switch: str
) -> None:
    sandbox.switch("stats-expired", switch)
    clock: Any = client.clock
    ages = iter([4000.0])
    clock.sleep = lambda seconds, why="": sandbox.clock.advance(next(ages, seconds))
    done, files = fetch(client, tmp_path, days=1, patience=100_000)
    assert len(reports_of(sandbox)) == 2
    assert files[0].startswith(b"date,")
    assert done.begun[0].request_id in sandbox.world.stats
    clock.sleep = lambda seconds, why="": sandbox.clock.advance(4000)
    with pytest.raises(APIError) as refused:
        fetch(client, tmp_path, "texts", days=1, patience=100_000)
    assert getattr(refused.value, "status", None) == int(switch)
    assert len(reports_of(sandbox)) == 4


def test_waiting_has_an_end(sandbox: Sandbox, client: Dialpad, tmp_path: Path) -> None:
    sandbox.faults.add(operation="stats.get", body='{"status": "processing"}')
    before = client.clock.now()
    with pytest.raises(ReadTimeout, match="not ready after 60 s") as late:
        fetch(client, tmp_path, days=1, patience=60)
    assert "dialpad stats get" in str(late.value.hint)
    assert client.clock.now() - before <= 60


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": "lost"}, "'lost'"),
        ({"status": "complete"}, "names no file"),
        ({"status": "complete", "download_url": 5}, "names no file"),
    ],
)
def test_answers_that_make_no_sense(
    sandbox: Sandbox, client: Dialpad, tmp_path: Path, answer: Any, says: str
) -> None:
    sandbox.faults.add(operation="stats.get", body=json.dumps(answer))
    with pytest.raises(UpstreamError, match=says):
        fetch(client, tmp_path, days=1)
    sandbox.faults.clear()
    sandbox.faults.add(operation="stats.create", body="{}")
    with pytest.raises(UpstreamError, match="request_id"):
        fetch(client, tmp_path, days=1)


def test_a_lost_answer_is_not_repeated_but_can_be_gone_on_with(
    sandbox: Sandbox, client: Dialpad, tmp_path: Path
) -> None:
    before = len(sandbox.world.stats)
    sandbox.faults.add(operation="stats.create", reset="after", count=1)
    with pytest.raises(OutcomeUnknown) as lost:
        fetch(client, tmp_path, days=1)
    assert "run it again" in str(lost.value.hint)
    assert len(sandbox.world.stats) == before + 1
    done, _ = fetch(client, tmp_path, days=1)
    assert done.begun[0].reused
    assert len(sandbox.world.stats) == before + 1


def test_the_limit_is_the_limiters(sandbox: Sandbox, environ: dict[str, str], tmp_path: Path) -> None:
    with client_of(sandbox, environ, limits=True, policy=Policy(max_wait=2.0)) as client:
        for number in range(200):
            body = {"stat_type": "calls", "export_type": "stats", "days_ago_end": number + 1}
            client.request("stats.create", body)
        with pytest.raises(WouldWait):
            fetch(client, tmp_path, days=1)
    assert len(reports_of(sandbox)) == 200


# -- days


def test_days_are_counted_back_from_today_and_today_is_asked_for_by_itself() -> None:
    assert last_days(1, TODAY, "UTC").windows(TODAY) == [{"is_today": True}]
    assert last_days(7, TODAY, "UTC").windows(TODAY) == [
        {"days_ago_start": 1, "days_ago_end": 6},
        {"is_today": True},
    ]
    past = between("2026-02-01", "2026-02-28", TODAY, "UTC")
    assert past.windows(TODAY) == [{"days_ago_start": 5, "days_ago_end": 32}]
    assert past.windows(date(2026, 3, 6)) == [{"days_ago_start": 6, "days_ago_end": 33}]
    assert past.windows(date(2026, 1, 31)) == []
    assert between("yesterday", "0", TODAY, "UTC") == Period(date(2026, 3, 4), TODAY, "UTC", counted=True)
    with pytest.raises(InvalidArgument, match="days ago"):
        between("1900-01-01", "today", TODAY, "UTC")


def test_where_midnight_passes_it_is_asked_again(sandbox: Sandbox, client: Dialpad) -> None:
    """The period was worked out at 17:00; before the request arrives it is tomorrow."""
    asked = question(client.operation("stats.create"), "calls")
    clock, worked_out = client.clock, sandbox.clock.now.timestamp()
    clock.now = lambda: worked_out  # type: ignore[method-assign]
    sandbox.clock.advance("7h")
    from dialkit.reports.run import begin

    _, begun = begin(client, asked, Period(date(2026, 3, 1), date(2026, 3, 4), "UTC"))
    assert [one.window for one in begun] == [{"days_ago_start": 2, "days_ago_end": 5}]
    assert [body["days_ago_start"] for body in reports_of(sandbox)] == [1, 2]


def test_dialpads_own_date_counts(environ: dict[str, str], sandbox: Sandbox) -> None:
    """Our clock is a day behind; the answer's Date says so."""
    from dialkit.client import Dialpad as Client
    from dialkit.client.clock import Clock
    from dialkit.reports.run import begin

    class Slow(Clock):
        def now(self) -> float:
            return 1_772_730_000.0  # 2026-03-05

    headers = [("Date", "Fri, 06 Mar 2026 17:00:00 GMT")]
    with Faulty(behaviours.ok({"request_id": "5be08f13c7d24a69"}, headers)) as server:
        with Client("key", base_url=server.url, environ=environ, limits=False, clock=Slow()) as client:
            asked = question(client.operation("stats.create"), "calls")
            _, begun = begin(client, asked, Period(date(2026, 3, 1), date(2026, 3, 4), "UTC"))
            counted, _ = begin(client, asked, last_days(3, TODAY, "UTC"))
        assert begun[0].window == {"days_ago_start": 2, "days_ago_end": 5}
        assert (counted.first, counted.last) == (date(2026, 3, 4), date(2026, 3, 6))
        assert len(server.requests) == 2 + 2  # what is counted back is asked once: its day, and today
    with Faulty(behaviours.ok({"request_id": "5be08f13c7d24a69"})) as server:
        with Client("key", base_url=server.url, environ=environ, limits=False, clock=Slow()) as client:
            begin(client, asked, Period(date(2026, 3, 1), date(2026, 3, 4), "UTC"))
        assert len(server.requests) == 1  # where it does not say, ours counts


def test_targets() -> None:
    from dialkit.catalog import Catalog

    operation = Catalog().operation("stats.create")
    aliases = {"sales": "call_center:5610293847561029"}.get
    assert target_of(operation, "sales", aliases) == ("callcenter", CENTER)
    assert target_of(operation, "Call-Center:5", aliases) == ("callcenter", 5)
    for wrong in ("office:", "office:-5", "office:99999999999999999999", "unknown:5", "5", ":", ""):
        with pytest.raises(InvalidArgument):
            target_of(operation, wrong, aliases)


# -- fetching


@pytest.mark.parametrize(
    ("base", "url", "fits"),
    [
        ("https://dialpad.com", "https://dialpad.com/files/x.csv?sig=a", True),
        ("https://dialpad.com", "https://dialpad.com:443/x.csv", True),
        ("https://dialpad.com", "https://files.dialpad.com/x.csv", True),
        ("https://dialpad.com", "https://storage.googleapis.com/bucket/x.csv?X-Goog-Signature=1", True),
        ("https://dialpad.com", "https://bucket.storage.googleapis.com/x.csv", True),
        ("https://dialpad.com", "https://reports.example.com/x.csv", True),  # the user's allow_hosts
        ("https://dialpad.com", "https://dialpad.com.evil.example/x.csv", False),
        ("https://dialpad.com", "https://evildialpad.com/x.csv", False),
        ("https://dialpad.com", "https://other.example/x.csv", False),
        ("https://dialpad.com", "https://dialpad.com:8443/x.csv", False),
        ("https://dialpad.com", "http://dialpad.com/x.csv", False),
        ("https://dialpad.com", "http://storage.googleapis.com/x.csv", False),
        ("https://dialpad.com", "https://dialpad.com@evil.example/x.csv", False),
        ("https://dialpad.com", "https://evil.example\\.dialpad.com/x.csv", False),
        ("https://dialpad.com", "https://evil.example#.dialpad.com/x.csv", False),
        ("https://dialpad.com", "https://evil.example?.dialpad.com", False),
        ("https://dialpad.com", "https://storage.googleapis.com/a b", False),
        ("https://dialpad.com", "http://127.0.0.1:9200/x.csv", False),
        ("https://dialpad.com", "https://localhost/x.csv", False),
        ("https://dialpad.com", "http://169.254.169.254/latest/meta-data", False),
        ("https://dialpad.com", "file:///etc/passwd", False),
        ("https://dialpad.com", "/etc/passwd", False),
        ("https://dialpad.com", "", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/files/x.csv", True),
        ("http://127.0.0.1:8000", "http://localhost:9000/x.csv", True),
        ("http://127.0.0.1:8000", "http://10.0.0.1/x.csv", False),
    ],
)
def test_from_which_hosts_files_are_fetched(environ: dict[str, str], base: str, url: str, fits: bool) -> None:
    os.makedirs(environ["DIALKIT_HOME"])
    with open(os.path.join(environ["DIALKIT_HOME"], "config.toml"), "w", encoding="utf-8") as file:
        file.write('allow_hosts = ["reports.example.com"]\n')
    settings = Settings.find("key", base_url=base, environ=environ)
    if fits:
        assert check(url, settings)
        return
    with pytest.raises(Refused) as refused:
        check(url, settings)
    assert refused.value.hint


def test_a_report_elsewhere_is_not_fetched(sandbox: Sandbox, run: Callable[..., Any]) -> None:
    answer = {"status": "complete", "download_url": "https://evil.example/x.csv", "file_type": "csv"}
    sandbox.faults.add(operation="stats.get", body=json.dumps(answer))
    told = run("stats", "run", "--type", "calls", "--days", "1")
    assert told.code == 6
    assert "evil.example" in told.error["message"]
    assert "allow_hosts evil.example" in told.error["hint"] or "storage" not in told.error["hint"]


def test_the_key_goes_to_the_apis_own_host_only(environ: dict[str, str], tmp_path: Path) -> None:
    with (
        foreign(Reply(200, {"Content-Type": "text/csv"}, b"date\n2026-03-05\n")) as other,
        Faulty(behaviours.redirect(f"{other.url}/x.csv?sig=1")) as own,
    ):
        from dialkit.client import Dialpad as Client

        with (
            Client("the-key", base_url=own.url, environ=environ, limits=False) as client,
            (tmp_path / "x").open("w+b") as file,
        ):
            assert download(client, own.url + "/files/x.csv", file).size == 16
        assert own.holds("the-key")
        assert not other.holds("the-key")
        assert not other.authorized


def test_a_redirect_elsewhere_is_not_followed(environ: dict[str, str], tmp_path: Path) -> None:
    from dialkit.client import Dialpad as Client

    with (
        Faulty(behaviours.redirect("https://evil.example/x.csv"), behaviours.redirect("/again")) as own,
        Client("the-key", base_url=own.url, environ=environ, limits=False) as client,
        (tmp_path / "x").open("w+b") as file,
    ):
        with pytest.raises(Refused, match=r"evil\.example"):
            download(client, own.url + "/x.csv", file)
        with pytest.raises(UpstreamError, match="circle"):
            download(client, own.url + "/x.csv", file)


def test_a_download_that_breaks_off_is_begun_again_and_ends_whole(
    sandbox: Sandbox, client: Dialpad, environ: dict[str, str], tmp_path: Path
) -> None:
    from dialkit.client import Dialpad as Client

    whole = b"date,n\n2026-03-05,1\n"
    with (
        Faulty(behaviours.truncated(whole[:9]), behaviours.status(503), behaviours.status(200, whole)) as own,
        Client("k", base_url=own.url, environ=environ, limits=False, clock=client.clock) as other,
        (tmp_path / "x").open("w+b") as file,
    ):
        assert download(other, own.url + "/x.csv", file).size == len(whole)
    assert (tmp_path / "x").read_bytes() == whole
    clock: Any = client.clock
    assert [why for _, why in clock.slept] == ["retry", "retry"]


@pytest.mark.parametrize("interruptible", [False, True])
def test_a_file_that_is_too_large_is_given_up(
    environ: dict[str, str], tmp_path: Path, interruptible: bool
) -> None:
    from dialkit.client import Dialpad as Client

    stream = behaviours.huge(64 << 20)
    settings = {"environ": environ, "limits": False, "interruptible": interruptible}
    with (
        Faulty(stream) as own,
        Client("k", base_url=own.url, **settings) as client,  # type: ignore[arg-type]
        (tmp_path / "x").open("w+b") as file,
        pytest.raises(UpstreamError, match="larger than 1,000,000 bytes"),
    ):
        download(client, own.url + "/x.csv", file, most=1_000_000)
    assert (tmp_path / "x").stat().st_size <= 1_000_000
    assert stream.taken < 48 << 20


# -- files


def test_a_part_becomes_the_file_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("before")
    (tmp_path / "x.csv.part").write_text("left by one that was killed")
    with pytest.raises(ZeroDivisionError), Part(str(path)) as part:  # noqa: PT012 - it is left by the error
        part.file.write(b"half")
        raise ZeroDivisionError
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["x.csv"]
    with Part(str(path)) as part:
        part.file.write(b"whole")
        with pytest.raises(Conflict, match="another process"), Part(str(path)):
            pass
        assert path.read_text() == "before"
    assert path.read_text() == "whole"
    assert os.listdir(tmp_path) == ["x.csv"]


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    done: list[bytes] = []

    def work(number: int) -> None:
        whole = bytes([65 + number]) * 200_000
        for _ in range(20):
            try:
                with Part(str(path)) as part:
                    for at in range(0, len(whole), 50_000):
                        part.file.write(whole[at : at + 50_000])
                done.append(whole)
            except Conflict:
                pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done
    assert path.read_bytes() in done
    assert os.listdir(tmp_path) == ["x.csv"]


def opened(tmp_path: Path, name: str, data: bytes) -> Any:
    (tmp_path / name).write_bytes(data)
    return (tmp_path / name).open("r+b")


def test_sheets_are_joined_under_the_columns_of_all_and_made_safe(tmp_path: Path) -> None:
    first = opened(tmp_path, "1", b"\xef\xbb\xbfdate,name,n\r\n2026-03-04,=cmd(),1\r\n")
    second = opened(tmp_path, "2", b'date,n,note\n2026-03-05,2,"two\nlines, \xff"\n\n2026-03-05,3,x,extra\n')
    into = (tmp_path / "3").open("w+b")
    with first, second, into:
        joined = join([first, second], into)
    assert joined == (3, ["date", "name", "n", "note"], 1)
    assert (tmp_path / "3").read_bytes() == (
        b'date,name,n,note\n2026-03-04,\'=cmd(),1,\n2026-03-05,,2,"two\nlines, \xff"\n2026-03-05,,3,x,extra\n'
    )


def test_rows_as_objects(tmp_path: Path) -> None:
    raw = (
        b"date,name,target_id,n,n,,share\n2026-03-05,007,5219384756201938,4,0.50,,\n1,2,3,4,5,6,7,8\nshort\n"
    )
    with opened(tmp_path, "1", raw) as file:
        rows = list(records(read(file), sums=True))
    assert rows[0] == {
        "date": "2026-03-05", "name": "007", "target_id": "5219384756201938", "n": 4, "n_": 0.5,
        "column_6": None, "share": None,
    }  # fmt: skip
    assert rows[1]["column_8"] == "8"
    assert rows[2]["n"] is None
    with opened(tmp_path, "1", raw) as file:
        assert next(records(read(file), sums=False))["n"] == "4"


@pytest.mark.parametrize("raw", [b"<html>log in</html>", b'{"error": 1}', b" <?xml?>"])
def test_what_is_no_csv_is_said(tmp_path: Path, raw: bytes) -> None:
    with opened(tmp_path, "1", raw) as file, pytest.raises(UpstreamError, match="no CSV"):
        read(file)


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    with opened(tmp_path, "1", b"") as file:
        assert list(records(read(file), sums=True)) == []


def test_a_long_transcript_is_read(tmp_path: Path) -> None:
    with opened(tmp_path, "1", b"a,b\n" + b"x" * 500_000 + b",2\n") as file:
        (row,) = records(read(file), sums=False)
    assert len(row["a"]) == 500_000


def test_many_rows_are_shown_in_bounded_memory(tmp_path: Path) -> None:
    import tracemalloc

    with (tmp_path / "big").open("w+b") as file:
        file.write(b"date,n\n")
        for _ in range(20):
            file.write(b"2026-03-05,1\n" * 1000)
        file.flush()
        tracemalloc.start()
        count = sum(1 for _ in records(read(file), sums=True))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 1_000_000  # all of them at once are six times as much
