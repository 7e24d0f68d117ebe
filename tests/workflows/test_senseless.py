"""Answers without sense, to each command that goes by what an answer says: never a bug, never a success."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dialkit.sandbox import Sandbox

KNOWN, NEW = "+14155550123", "+14155550999"
PERSON = ["--first-name", "Jane", "--last-name", "Doe", "--phone"]
HOOK = ["webhook", "sms", "create", "--url", "https://hooks.example.com/texts", "--direction", "all"]
# A list with something in it that is no record; what is made, changed or read without an id.
LISTS: list[tuple[str, list[str]]] = [
    ("contacts.list", ["contact", "lookup", KNOWN]),
    ("contacts.list", ["contact", "upsert", *PERSON, NEW]),
    ("contacts.list", ["contact", "import", "people.csv"]),
    ("company.sms_opt_out", ["sms", "send", "--to", KNOWN, "--from", "+15035550142", "--message", "Hi"]),
    ("numbers.list", ["call", "make", "--to", KNOWN, "--from", "+15035550143"]),
    ("call.list", ["call", "list", "--days", "3"]),
    ("call.list", ["call", "recap", "--last"]),
    ("webhooks.list", HOOK),
    ("webhook_sms_event_subscription.list", ["webhook", "sms", "list"]),
]
RECORDS: list[tuple[str, list[str], int]] = [
    ("users.get", ["contact", "upsert", *PERSON, NEW, "--owner-id", "me"], 8),
    ("contacts.get", ["contact", "update", "--id", "6018273645019283", "--add-phone", NEW], 8),
    ("contacts.create", ["contact", "upsert", *PERSON, NEW], 9),
    ("contacts.update", ["contact", "upsert", *PERSON, KNOWN], 9),
    ("webhooks.create", HOOK, 9),
    ("offices.primary.get", ["dispositions.create", "--name", "Demo", "--color", "#00FF00"], 8),
]


@pytest.mark.parametrize("body", ['{"items": [null]}', '{"items": ["x"]}'])
@pytest.mark.parametrize(("operation", "line"), LISTS)
def test_a_list_of_something_else(
    run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path, operation: str, line: list[str], body: str
) -> None:
    (tmp_path / "people.csv").write_text(f"first name,phone\nJane,{NEW}\n", encoding="utf-8")
    sandbox.faults.add(operation=operation, body=body)
    sandbox.snapshot("before")
    ran = run(*line)
    assert (ran.code, ran.error["code"]) == (8, "upstream_error"), ran
    assert operation in ran.error["message"]
    assert sandbox.diff("before") == []


@pytest.mark.parametrize("body", ["null", "{}", '{"id": ""}', '{"id": []}'])
@pytest.mark.parametrize(("operation", "line", "code"), RECORDS)
def test_a_record_without_an_id(
    run: Callable[..., Any], sandbox: Sandbox, operation: str, line: list[str], code: int, body: str
) -> None:
    sandbox.faults.add(operation=operation, body=body)
    ran = run(*line)
    assert ran.code == code, ran
    assert "is not what Dialpad answers" in ran.error["message"]
    assert not (code == 9 and ran.error["retryable"])


def test_a_colour_without_a_list_to_keep_it_for(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="dispositions.create", body="{}")
    ran = run("dispositions.create", "--name", "Demo", "--color", "#00FF00")
    assert (ran.code, "was carried out" in ran.error["message"]) == (11, True), ran


@pytest.mark.parametrize("answer", [{"body": "null"}, {"status": 204}])
def test_an_answer_that_nothing_depends_on(
    run: Callable[..., Any], sandbox: Sandbox, answer: dict[str, Any]
) -> None:
    sandbox.faults.add(operation="company.get", **answer)
    sandbox.faults.add(operation="users.update_status", **answer)
    assert run("companies", "list").data[0]["name"] is None
    user = run("users.update", "--id", "5402938475610293", "--status", "away", "--first-name", "Theo")
    assert user.data["first_name"] == "Theo"


def test_a_contact_without_an_id_is_not_matched(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.list", body='{"items": [{"phones": ["+14155550999"]}]}')
    ran = run("contact", "upsert", *PERSON, NEW)
    assert (ran.code, "has no id" in ran.error["message"]) == (8, True), ran
    assert not [one for one in sandbox.requests if one.method != "GET"]


def test_a_subscription_that_is_there_after_all(run: Callable[..., Any], sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="webhook_sms_event_subscription.create", body="{}")
    made = run(*HOOK).data
    assert (made["direction"], made["made"]) == ("all", ["webhook", "subscription"])
    assert made["id"] in [str(row["id"]) for row in sandbox.world.subscriptions.where("kind", "sms")]


def test_a_row_without_an_answer_is_looked_for(
    run: Callable[..., Any], sandbox: Sandbox, tmp_path: Path
) -> None:
    """The contact was made, and its answer says nothing: it is found in the directory, and made once."""
    (tmp_path / "people.csv").write_text(f"first name,last name,phone\nJane,Doe,{NEW}\n", encoding="utf-8")
    sandbox.faults.add(operation="contacts.create", body="null")
    done = run("contact", "import", "people.csv").data
    assert done["rows"] == 1
    assert len([one for one in sandbox.requests if one.operation == "contacts.create"]) == 1
