"""`dialpad contact update`: only what is given, and lists that can be added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]

PRIYA = "6018273645019283"


@pytest.fixture
def update(run: Run) -> Run:
    return lambda *argv, **extra: run("contact", "update", *argv, **extra)


def test_only_what_is_given(update: Run, sandbox: Sandbox) -> None:
    before = sandbox.world.contacts.get(PRIYA)
    data = update("--id", PRIYA, "--job-title", "VP").data
    assert (data["action"], data["job_title"]) == ("updated", "VP")
    assert sandbox.world.contacts.get(PRIYA) == {**before, "job_title": "VP"}
    assert [asked.method for asked in sandbox.requests] == ["PATCH"]


def test_phone_replaces_and_an_empty_value_clears(update: Run, sandbox: Sandbox) -> None:
    update(
        PRIYA, "--phone", "(415) 555-9911", "--phone", "+14155559912", "--email", "", "--job-title", ""
    ).data
    contact = sandbox.world.contacts.get(PRIYA)
    assert contact["phones"] == ["+14155559911", "+14155559912"]
    assert not contact["emails"]
    assert contact["job_title"] == ""


def test_add_and_remove_leave_the_rest(update: Run, sandbox: Sandbox) -> None:
    contact = sandbox.world.contacts.get(PRIYA)
    sandbox.world.contacts.put({**contact, "phones": ["(415) 555-0123", "415-555-0124"]})
    update("--id", PRIYA, "--add-phone", "+14155559911", "--remove-phone", "+1 415 555 0123").data
    assert sandbox.world.contacts.get(PRIYA)["phones"] == ["+14155550124", "+14155559911"]
    update("--id", PRIYA, "--add-email", "p@new.example", "--remove-email", "PRIYA@copperpot.example").data
    assert sandbox.world.contacts.get(PRIYA)["emails"] == ["p@new.example"]
    update("--id", PRIYA, "--add-url", "https://new.example").data
    assert sandbox.world.contacts.get(PRIYA)["urls"] == ["https://copperpot.example", "https://new.example"]


def test_adding_what_is_there_writes_nothing(update: Run, sandbox: Sandbox) -> None:
    assert update("--id", PRIYA, "--add-phone", "(415) 555-0123").data["action"] == "unchanged"
    assert {asked.method for asked in sandbox.requests} == {"GET"}


def test_removing_what_is_not_there_is_said(update: Run, sandbox: Sandbox) -> None:
    ran = update("--id", PRIYA, "--remove-phone", "+14155559911", "--job-title", "x")
    assert ran.code == 2
    assert "does not have +14155559911" in ran.error["message"]
    assert "+14155550123" in ran.error["hint"]
    assert {asked.method for asked in sandbox.requests} == {"GET"}


def test_dry_run_opens_no_socket_unless_it_must_read(update: Run, sandbox: Sandbox) -> None:
    shown = update("--id", PRIYA, "--job-title", "VP", "--dry-run").data
    assert (shown["method"], shown["body"]) == ("PATCH", {"job_title": "VP"})
    assert not sandbox.requests
    shown = update("--id", PRIYA, "--add-phone", "+14155559911", "--dry-run").data
    assert shown["body"] == {"phones": ["+14155550123", "+14155559911"]}
    assert {asked.method for asked in sandbox.requests} == {"GET"}


def test_what_was_written_and_cannot_be_shown_is_no_failure(update: Run, sandbox: Sandbox) -> None:
    ran = update("--id", PRIYA, "--job-title", "VP", "--jq", ".action | keys")
    assert ran.code == 11
    assert sandbox.world.contacts.get(PRIYA)["job_title"] == "VP"


def test_an_alias_stands_for_the_id(update: Run, run: Run, sandbox: Sandbox) -> None:
    run("alias", "set", "contact_123", PRIYA)
    assert update("--id", "contact_123", "--job-title", "VP").data["id"] == PRIYA


def test_an_unknown_id_is_exit_4(update: Run) -> None:
    assert update("--id", "1", "--job-title", "VP").code == 4


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "which contact?"),
        ((PRIYA,), "nothing to change"),
        ((PRIYA, "--id", PRIYA, "--job-title", "x"), "which contact:"),
        (("--id", PRIYA, "--phone", "12"), "'12' is not a phone number"),
        (("--id", PRIYA, "--add-email", "x"), "'x' is not an e-mail address"),
        (("--id", PRIYA, "--phone", "+14155559911", "--add-phone", "+14155559912"), "replaces all"),
        (("--id", PRIYA, "--last-name", "a\nb"), "line break"),
        (("--id", PRIYA, "--add-email", "a@b\x07"), "is not an e-mail address"),
        (
            ("--id", PRIYA, "--add-phone", "+14155550123", "--remove-phone", "(415) 555-0123"),
            "'+14155550123' is given to --add-phone and to --remove-phone",
        ),
        (("--id", "..", "--job-title", "x"), "cannot stand in a path"),
    ],
)
def test_bad_input_is_exit_2_and_writes_nothing(update: Run, sandbox: Sandbox, argv: Any, words: str) -> None:
    ran = update(*argv)
    assert ran.code == 2
    assert words in ran.error["message"]
    assert {asked.method for asked in sandbox.requests} <= {"GET"}
