"""The table of old words: complete, true to the catalog, and what is refused in which words."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest
from seed_lines import LINES

from dialkit.catalog import Catalog
from dialkit.cli import workflows
from dialkit.cli.words import changes, reading, steps, table
from dialkit.store import Database

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOG = Catalog()
SENT_BY = {"DIALPAD_DEFAULT_FROM_NUMBER": "+15035550142"}


def test_names_lead_to_what_there_is() -> None:
    for name in table.NAMES:
        for to in (name.to, *name.given.values()):
            there = to[0] in CATALOG.ids or workflows.find(to) is not None
            assert there, f"{name.name} leads nowhere"
        assert name.name not in CATALOG.ids or name.given, f"{name.name} is an operation of that id"


def test_parameters_lead_to_fields_and_functions() -> None:
    used = set()
    for operation_id in {*table.PARAMETERS, *table.DEFAULTS, *table.ORDERED, *table.STEPS}:
        operation = CATALOG.operation(operation_id)
        for to in reading.parameters(operation).values():
            if isinstance(to, table.By):
                used.add(to.name)
            for field in [to] if isinstance(to, str) else to if isinstance(to, dict) else ():
                assert operation.field(field.partition(".")[0]) is not None, (operation_id, field)
        for field in (*table.DEFAULTS.get(operation_id, ()), *table.ORDERED.get(operation_id, ())):
            assert operation.field(field) is not None, (operation_id, field)
    assert used == changes.PARAMETERS.keys()
    computed = {by.name for fields in table.DEFAULTS.values() for by in fields.values()}
    assert computed == changes.DEFAULTS.keys()
    assert set(table.STEPS.values()) == steps.STEPS.keys()


def test_old_parameters_are_no_fields() -> None:
    for operation_id, old in table.PARAMETERS.items():
        taken = [name for name in old if CATALOG.operation(operation_id).field(name) is not None]
        assert taken == [], f"{operation_id} has {taken} itself by now"


def spelled(line: str) -> list[list[str]]:
    """A line as it may be written: group and id, group and short words, the id alone."""
    words = shlex.split(line)[1:]
    if len(words) > 1 and words[1].startswith("-"):
        return [words]
    group, name = words[:2]
    short = name.removeprefix(group + ".").split(".")
    found = [[group, name, *words[2:]], [group, *short, *words[2:]]]
    if "." in name and name != "operators.list":
        found.append([name, *words[2:]])
    return found


@pytest.mark.parametrize("line", [line for line in LINES.values() if line.startswith("dialpad")])
def test_each_spelling_is_the_same(line: str, run: Callable[..., Any], sandbox: Any) -> None:
    reads = "recording" in line or "companies.list" in line  # their dry run reads
    told = [run(*words, *(() if reads else ("--dry-run",)), **SENT_BY) for words in spelled(line)]
    assert len({(one.code, one.out) for one in told}) == 1, told
    assert all("has no flag" not in one.err and "has no operation" not in one.err for one in told)


def test_a_dry_run_says_what_old_words_stand_for(run: Callable[..., Any], sandbox: Any) -> None:
    ran = run("call", "transfer_call", "--call-id", "12345", "--target-user-id", "67890", "--dry-run")
    assert ran.err.splitlines() == [
        "note: --call-id stands for --id 12345",
        "note: --target-user-id stands for --to.target-id 67890 --to.target-type user",
    ]
    ran = run("departments", "departments.list", "--dry-run")
    assert ran.err == "note: departments.list stands for dialpad departments.listall\n"
    ran = run("bulk_messages.send", "--recipients", "+14155550123", "--text", "x", "--dry-run", **SENT_BY)
    assert "--from-number +15035550142 is from DIALPAD_DEFAULT_FROM_NUMBER" in ran.err
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("words", "also"),
    [
        ("call.transfer_call", "--target-user-id: stands for --to.target-id VALUE --to.target-type user"),
        ("call.ai_recap", "--call-id: the same as --id"),
        ("stats.create", "no --export-type: records for csat and dispositions, else stats"),
        ("departments.listall", "dialpad departments departments.list: as departments.listall"),
        ("dispositions.create", "--color: #RRGGBB"),
    ],
)
def test_help_names_them(words: str, also: str, run: Callable[..., Any]) -> None:
    ran = run(words, "--help")
    assert "Also accepted:" in ran.out
    assert also in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("message", ("templates.list", "templates.create")),
        ("companies", ("list", "create")),
        ("contacts", ("imports.create",)),
        ("imports", ("imports.create",)),
        ("templates", ("templates.list",)),
        ("subscriptions", ("webhook_voicemail_event_subscription.create",)),
    ],
)
def test_help_of_groups_names_them(group: str, names: tuple[str, ...], run: Callable[..., Any]) -> None:
    ran = run(group, "--help")
    assert ran.code == 0
    assert [name for name in names if f"  {name} " not in ran.out] == []


BULK = "bulk_messages.send --text x --recipients +14155550123"
SCHEDULE = "schedules.create --text x --to-numbers +14155550123 --send-time"
IVR = "call.initiate_ivr_call --phone-number +14155551234 --ivr-id"
EVENTS = "webhook_sms_event_subscription.create --endpoint-id 1 --event-types"


@pytest.mark.parametrize(
    ("line", "code", "message", "hint"),
    [
        ("call.ai_recap --call-id 1 --id 2", 2, "--call-id and --id do not agree: 1 and 2", "leave out one"),
        ("call.ai_recap --call-id the_call", 2, "there is no alias 'the_call'", "dialpad alias set the_call"),
        (
            "call.transfer_call --call-id 1 --target-user-id theo",
            2,
            "--to.target-id must be an integer or an alias; there is no alias 'theo'",
            "dialpad alias set theo",
        ),
        (
            "accesscontrolpolicies.assign --id polcy_1 --user-id 4",
            2,
            "'polcy_1'",
            "did you mean policy_1? else: dialpad alias set polcy_1",
        ),
        (BULK, 2, "none of --from, --profile, DIALPAD_DEFAULT_FROM_NUMBER and DIALPAD_DEFAULT_PROFILE", ""),
        (BULK + " --profile nobody", 2, "the profile 'nobody' has no number", "config set profiles.nobody"),
        (BULK + " --profile night --from +15035550199", 5, "is not the number of the profile night", ""),
        (SCHEDULE + " tomorrow", 2, "'tomorrow' is no time in ISO 8601", "2026-02-15T09:00:00Z"),
        (SCHEDULE + " 2099-02-15T09:00", 2, "has no time zone", "--timezone America/Los_Angeles"),
        (SCHEDULE + " 2099-02-15", 2, "has no time zone", "or write 2099-02-15T00:00:00Z for UTC"),
        (SCHEDULE + " 2099-02-15T09:00 --timezone Moon/Sea", 2, "'Moon/Sea' is no time zone", ""),
        (SCHEDULE + " 2020-02-15T09:00:00Z", 2, "at least 10 minutes from now", ""),
        (
            SCHEDULE + " 2099-03-08T02:30 --timezone America/Los_Angeles",
            2,
            "2099-03-08T02:30 is there not at all in America/Los_Angeles",
            "with an offset, such as 2099-03-08T02:30:00-08:00",
        ),
        (
            SCHEDULE + " 2099-11-01T01:30 --timezone America/Los_Angeles",
            2,
            "2099-11-01T01:30 is there twice in America/Los_Angeles",
            "such as 2099-11-01T01:30:00-07:00",
        ),
        (IVR + " menu_9", 2, "'menu_9' does not say who owns", "dialpad alias set menu_9 callcenter:ID"),
        (IVR + " room:5", 2, "'room:5' does not say who owns", "callcenter:ID, department:ID, office:ID"),
        (IVR + " policy_1", 2, "which stands for '6450192837465012'", "alias set NAME callcenter:ID"),
        (EVENTS + " sms_seen", 2, "'sms_seen' is none", "sms_received and sms_sent"),
        (EVENTS + " [", 2, "not valid JSON", ""),
        (EVENTS + " sms_sent --direction all", 2, "means --direction outbound, not all", ""),
        ("dispositions.create --name X --color green", 2, "--color: 'green' is not #RRGGBB", "'#00FF00'"),
        ("dispositions.create --name X --color #00FF0g", 2, "'#00FF0g' is not #RRGGBB", ""),
        (
            'call.transfer_call --call-id 5 --target-user-id 3 --to {"target_id":4,"target_type":"user"}',
            2,
            "--to.target-id is 3, and --to says 4",
            "leave out one of the two",
        ),
        ("users.update --id nobody --status x", 2, "neither a number nor an alias", "alias set nobody"),
        ("companies companies.destroy", 2, "companies has no operation 'companies.destroy'", ""),
        ("message templates.crate", 2, "has no operation 'templates.crate'", "message templates create"),
        ("offices.create --name X", 2, "--billing-address (JSON or dotted)", "schema offices.create"),
    ],
)
def test_refusals(
    line: str, code: int, message: str, hint: str, run: Callable[..., Any], sandbox: Any, environ: Any
) -> None:
    run("alias", "set", "policy_1", "6450192837465012")
    run("config", "set", "profiles.night.from", "+15035550143")
    ran = run(*line.split())
    assert ran.code == code
    assert message in ran.error["message"]
    assert hint in (ran.error["hint"] or "")
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("2099-02-15T09:00:00Z", None, 4074829200),
        ("2099-02-15T09:00:00+02:00", None, 4074822000),
        ("2099-02-15T09:00", "America/Los_Angeles", 4074858000),
        ("2099-07-15T09:00", "America/Los_Angeles", 4087814400),
        ("2099-02-15T09:00:00Z", "America/Los_Angeles", 4074829200),
    ],
)
def test_send_time(text: str, zone: str | None, seconds: int, run: Callable[..., Any]) -> None:
    zones = ["--timezone", zone] if zone else []
    ran = run(*SCHEDULE.split(), text, *zones, "--dry-run")
    body = ran.data["body"]
    assert (body["start_date"], body.get("timezone")) == (seconds, zone)


def test_a_schedule_takes_the_sender_that_is_set_up(run: Callable[..., Any]) -> None:
    line = [*SCHEDULE.split(), "2099-02-15T09:00:00Z", "--dry-run"]
    assert "from_number" not in run(*line).data["body"]
    assert run(*line, **SENT_BY).data["body"]["from_number"] == "+15035550142"
    assert "from_number" not in run(*line, "--user-id", "5391827364501928", **SENT_BY).data["body"]


def test_a_body_given_whole_needs_no_defaults(run: Callable[..., Any]) -> None:
    body = {"to_numbers": ["+14155550123"], "text": "x", "from_number": "+15035550143"}
    ran = run("bulk_messages.send", "--data", json.dumps(body), "--dry-run", **SENT_BY)
    assert ran.data["body"] == body
    body = {"stat_type": "calls", "export_type": "records"}
    assert run("stats.create", "--data", json.dumps(body), "--dry-run").data["body"] == body
    ran = run("stats.create", "--data", '{"stat_type": "calls"}', "--dry-run")
    assert ran.data["body"]["export_type"] == "stats"


def test_status_and_fields_in_one_line(run: Callable[..., Any], sandbox: Any) -> None:
    line = ["users.update", "--id", "me", "--status", "away", "--job-title", "Roaster"]
    dry = run(*line, "--dry-run").data
    assert [(one["method"], one["body"]) for one in dry["requests"]] == [
        ("PATCH", {"job_title": "Roaster"}),
        ("PATCH", {"status_message": "away"}),
    ]
    assert run(*line, "--curl").out.count("curl --request PATCH") == 2
    assert sandbox.requests == []


def test_a_status_that_fails_after_the_fields(run: Callable[..., Any], sandbox: Any) -> None:
    user = next(iter(sandbox.world.users))["id"]
    sandbox.faults.add(operation="users.update_status", status=400, count=1)
    ran = run("users", "update", str(user), "--status", "away", "--job-title", "Roaster")
    assert ran.code == 11
    assert "users.update was carried out; the status was not set" in ran.error["message"]
    assert ran.error["hint"] == f"dialpad users update {user} --status TEXT"
    assert sandbox.world.users.get(user)["job_title"] == "Roaster"


def test_days_the_other_way_round(run: Callable[..., Any]) -> None:
    line = ["stats.create", "--stat-type", "calls", "--dry-run"]
    turned = run(*line, "--days-ago-start", "30", "--days-ago-end", "1")
    as_it_is = run(*line, "--days-ago-start", "1", "--days-ago-end", "30")
    assert turned.data["body"] == as_it_is.data["body"]
    assert "the nearer day first" in turned.err
    assert "the nearer day first" not in as_it_is.err


def test_the_office_of_a_disposition(run: Callable[..., Any], sandbox: Any) -> None:
    line = ["dispositions.create", "--name", "Won"]
    dry = run(*line, "--color", "#0f0F00", "--dry-run")
    assert dry.data["body"] == {"name": "Won", "office_id": "<the id of the primary office>"}
    assert "#0F0F00 would be kept on this machine" in dry.err
    assert sandbox.requests == []
    other = list(sandbox.world.offices)[1]["id"]
    assert run(*line, "--office-id", str(other)).data["office_id"] == str(other)
    assert [one.method for one in sandbox.requests] == ["POST"]


def test_a_key_that_may_not_see_the_office(run: Callable[..., Any], sandbox: Any) -> None:
    sandbox.faults.add(operation="offices.primary.get", status=404, count=1)
    ran = run("dispositions.create", "--name", "Won")
    assert ran.code == 4
    assert "--office-id" in ran.error["hint"]
    assert [one.method for one in sandbox.requests] == ["GET"]


def test_colors_in_every_form(run: Callable[..., Any], tmp_path: Any, environ: Any) -> None:
    assert "color" not in run("dispositions", "list").out
    assert not (tmp_path / "dialkit" / "state" / "dialkit.db").exists(), "reading made a database"
    made = run("dispositions.create", "--name", "Won", "--color", "#00ff00").data
    assert made["color"] == "#00FF00"
    assert [row.get("color") for row in run("dispositions", "list", "--all").data][-1] == "#00FF00"
    ran = run("dispositions", "list", "-o", "csv", "--fields", "name,color")
    assert ran.err == ""
    assert ran.out.splitlines()[-1] == "Won,#00FF00"
    assert "color" in run("dispositions", "list", "--fields").out
    assert run("dispositions", "get", made["id"]).data["color"] == "#00FF00"
    changed = run("dispositions", "update", made["id"], "--name", "Lost", "--color", "#FF0000").data
    assert (changed["name"], changed["color"]) == ("Lost", "#FF0000")
    assert run("dispositions", "get", made["id"]).data["color"] == "#FF0000"
    assert run("dispositions", "delete", made["id"], "--dry-run").code == 0
    assert run("dispositions", "get", made["id"]).data["color"] == "#FF0000"
    assert run("dispositions", "delete", made["id"]).code == 0
    with Database.of(environ, print) as database:
        assert database.all("SELECT * FROM disposition_color", ()) == []


def test_aliases_reach_into_objects(run: Callable[..., Any]) -> None:
    run("alias", "set", "theo", "67890")
    for more in (["--target-user-id", "theo"], ["--to.target-id", "theo", "--to.target-type", "user"]):
        ran = run("call.transfer_call", "--id", "1", *more, "--dry-run")
        assert ran.data["body"]["to"]["target_id"] == 67890
