"""What values must be to one another and to the clock, before anything is sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.catalog import Catalog
from dialkit.catalog.example import request_example
from dialkit.catalog.model import resolve
from dialkit.catalog.rules import fault_of_span, faults_of_clock, faults_of_rules, given, length, told
from dialkit.catalog.validate import Fault
from servers import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Dialpad = Callable[..., Ran]

CATALOG = Catalog()
NOW = 1_772_817_600  # 2026-03-06T17:20:00Z
NEED = {"when": {"kind": ["csat", "more"]}, "need": {"target": [], "form": ["rows", "lines"]}}
ANY = {"any": ["numbers", "channel"]}
BOTH = {"together": ["id", "type"]}


@pytest.mark.parametrize(
    ("values", "rule", "found"),
    [
        ({"kind": "csat", "target": 5, "form": "rows"}, NEED, []),
        ({"kind": "calls"}, NEED, []),
        ({}, NEED, []),
        ({"kind": "more", "form": "lines"}, NEED, [("target", "is required with kind more")]),
        ({"kind": "csat", "target": None, "form": "rows"}, NEED, [("target", "is required with kind csat")]),
        ({"kind": "csat", "target": 0, "form": "sums"}, NEED,
         [("form", "must be rows, lines with kind csat; got 'sums'")]),
        ({"kind": "csat", "target": 5}, NEED, [("form", "is required with kind csat (rows, lines)")]),
        ({"numbers": ["+1"]}, ANY, []),
        ({"channel": "a"}, ANY, []),
        ({"numbers": [], "channel": ""}, ANY, [("numbers", "or channel is required")]),
        ({"all": False, "kind": "x"}, {"when": {"kind": []}, "any": ["id", "all"]},
         [("id", "or all is required with kind")]),
        ({"all": True, "kind": "x"}, {"when": {"kind": []}, "any": ["id", "all"]}, []),
        ({}, BOTH, []),
        ({"id": 0, "type": "user"}, BOTH, []),
        ({"id": None, "type": None}, BOTH, []),
        ({"id": 0}, BOTH, [("type", "is required with id")]),
        ({"type": "user"}, BOTH, [("id", "is required with type")]),
        ({"a": 1}, {"together": ["a", "b", "c"]}, [("b", "is required with a"), ("c", "is required with a")]),
        ({}, {"need": {"text": []}}, [("text", "is required")]),
    ],
)  # fmt: skip
def test_rules(values: dict[str, Any], rule: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert faults_of_rules(values, [rule]) == found
    assert faults_of_rules(values, [rule, rule]) == found, "said once"


def test_zero_is_given_and_false_is_not() -> None:
    assert [given(value) for value in (0, 0.0, {}, True, None, False, "", [])] == [True] * 4 + [False] * 4


def test_rules_in_words() -> None:
    assert told([NEED, ANY, BOTH], str.upper) == [
        "TARGET and FORM rows or lines, with KIND csat or more",
        "NUMBERS or CHANNEL",
        "ID and TYPE together, or none of them",
    ]
    assert [length(n) for n in (604_800, 86_400, 600, 90, 3600)] == [
        "7 days", "1 day", "10 minutes", "90 seconds", "1 hour",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2026-03-01T00:00:00Z", "2026-03-07T23:59:59Z", True),
        ("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z", False),
        ("2026-03-01T00:00:00+04:00", "2026-03-07T23:00:00Z", False),
        ("2026-03-01T00:00:00", "2026-03-07T23:59:59Z", True),
        ("2026-03-08T00:00:00Z", "2026-03-01T00:00:00Z", True),
        ("soon", "2027-03-08T00:00:00Z", True),
    ],
)
def test_spans_of_dates(start: str, end: str, fits: bool) -> None:
    fault = fault_of_span(
        CATALOG.operation("digital.sessionsdata.list"), {"start_date": start, "end_date": end}
    )
    assert fault == (None if fits else Fault("end_date", "must be less than 7 days after start_date"))


def test_spans_of_milliseconds() -> None:
    operation, month = CATALOG.operation("call.list"), 30 * 86_400_000
    assert fault_of_span(operation, {"started_after": 0, "started_before": month - 1}) is None
    assert fault_of_span(operation, {"started_after": 0, "started_before": month}) is not None
    assert fault_of_span(operation, {"started_after": 0}) is None
    assert fault_of_span(CATALOG.operation("sms.send"), {}) is None


def test_moments_ahead_of_the_clock() -> None:
    operation = CATALOG.operation("schedules.create")
    assert faults_of_clock(operation, {"start_date": NOW + 600}, NOW) == []
    assert faults_of_clock(operation, {"start_date": None}, NOW) == []
    assert faults_of_clock(operation, {}, NOW) == []
    assert faults_of_clock(operation, {"start_date": NOW + 599}, NOW) == [
        ("start_date", "must be at least 10 minutes from now; got 2026-03-06T17:29:59Z")
    ]
    assert faults_of_clock(operation, {"start_date": -(2**63)}, NOW)[0].message.endswith(
        "got -9223372036854775808"
    )
    update = CATALOG.operation("schedules.update")
    assert faults_of_clock(update, {"start_date": NOW - 1}, NOW)[0].message.startswith(
        "must be in the future"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sms send --text hi", ["--to-numbers or --channel-hashtag is required"]),
        ("sms send --to-numbers +14155550123 --sender-group-id 5", ["--sender-group-type is required"]),
        ("message schedules create --text hi", ["--to-numbers or --channel-hashtag is required"]),
        ("stats create --stat-type csat --export-type stats", ["--target-id", "--target-type", "records"]),
        ("stats create --stat-type calls --export-type stats --target-id 5", ["--target-type is required"]),
        ("company sms_opt_out --id 1 --opt-out-state opted_back_in --a2p-campaign-id 5", ["opted_out"]),
        ("call list --target-id 5", ["--target-type is required with --target-id"]),
        ("call make --user-id 5 --phone-number +14155550123 --group-id 6", ["--group-type is required"]),
        ("accesscontrolpolicies assign --id 1 --user-id 2 --target-type office", ["--target-id is required"]),
        ("accesscontrolpolicies unassign --id 1 --user-id 2 --target-type office", ["--unassign-all"]),
        ("digital.sessionsdata.list --start-date 2026-03-01T00:00:00Z --end-date 2026-04-01T00:00:00Z",
         ["--end-date must be less than 7 days after --start-date"]),
        ("digital.sessionsdata.list --start-date today --end-date 2026-04-01T00:00:00Z", ["--start-date"]),
        ("message schedules create --to-numbers +14155550123 --start-date 1000000000",
         ["10 minutes", "2001-"]),
        ("message schedules create --to-numbers 4155550123", ["E.164"]),
        ("call.call --user-id 5 --phone-number 415", ["E.164"]),
        ("call make --user-id 5 --phone-number +14155550123 --outbound-caller-id hidden",
         ["--outbound-caller-id"]),
        ("numbers get 415", ["E.164"]),
        ("contacts create --first-name A --last-name B --phones 415", ["E.164"]),
        ("sms send --to-numbers +14155550123 --media hi!", ["--media must be Base64"]),
    ],
)  # fmt: skip
def test_refused_before_any_request(dialpad: Dialpad, line: str, told: list[str]) -> None:
    with Recorder() as server:
        ran = dialpad(*line.split(), DIALPAD_BASE_URL=server.url, tty=True)
    assert (ran.code, server.requests) == (2, [])
    assert all(text in ran.err for text in told), ran.err
    assert "\nhint: " in ran.err


def test_what_only_integrators_report_is_a_warning(dialpad: Dialpad) -> None:
    ran = dialpad("call", "list", "--started-after", "0", "--started-before", str(10**13), "--dry-run")
    assert ran.code == 0
    assert "warning: call.list: --started-before must be less than 30 days" in ran.err


def test_blocked_is_a_caller_id_and_a_moment_to_come_is_taken(dialpad: Dialpad) -> None:
    call = ("call", "make", "--user-id", "5", "--phone-number", "+14155550123")
    assert dialpad(*call, "--outbound-caller-id", "blocked", "--dry-run").code == 0
    start = str(int(time.time()) + 700)
    create = ("message", "schedules", "create", "--to-numbers", "+14155550123", "--start-date", start)
    assert dialpad(*create, "--dry-run").code == 0


def test_query_given_raw_counts(dialpad: Dialpad) -> None:
    ran = dialpad("call", "list", "--target-id", "5", "--query", "target_type=user", "--dry-run")
    assert ran.code == 0, ran.err


def test_help_tells_needs_and_defaults(dialpad: Dialpad) -> None:
    assert "Needs:  --to-numbers or --channel-hashtag" in dialpad("sms.send", "--help").out
    told = dialpad("callcenters", "create", "--help").out
    assert "--ring-seconds (whole number, default 30)" in told
    assert "default 08:00, 18:00)" in told
    assert "--hours-on (yes or no, default false)" in told
    assert "ring-seconds (whole number)" in dialpad("callcenters", "update", "--help").out


def test_examples_keep_the_rules() -> None:
    for operation in CATALOG:
        values = request_example(operation)
        assert faults_of_rules(values, operation.source.get("requires", [])) == [], operation.id
        assert fault_of_span(operation, values) is None, operation.id
        assert faults_of_clock(operation, values, 4_000_000_000) == [], operation.id


def test_numbers_in_e164_where_nothing_relaxes_it() -> None:
    relaxed = {"sms.send", "fax.send"}
    for operation in CATALOG:
        for field in operation.fields:
            schema = resolve(field.schema, operation.schemas)
            told = field.description
            if field.name == "phone_number" and "E.164" in told and operation.id not in relaxed:
                assert "pattern" in schema, (operation.id, field.name)
