"""`dialpad contact upsert`, judged by what the sandbox's directory holds afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit import Dialpad
from dialkit.client.clock import Clock
from dialkit.directory.upsert import carry_out, plan
from dialkit.errors import PartialSuccess

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]

JANE = ("--first-name", "Jane", "--last-name", "Doe")
NEW = "+14155559911"


@pytest.fixture
def upsert(run: Run) -> Run:
    return lambda *argv, **extra: run("contact", "upsert", *argv, **extra)


@pytest.fixture
def user(sandbox: Sandbox) -> str:
    return str(next(iter(sandbox.world.users))["id"])


def made(sandbox: Sandbox, **fields: Any) -> dict[str, Any]:
    """A contact that is there already."""
    import http.client
    import json

    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    body = json.dumps({"first_name": "Old", "last_name": "One", **fields})
    connection.request("POST", "/api/v2/contacts", body, {"authorization": f"Bearer {sandbox.token}"})
    answer = connection.getresponse()
    found: dict[str, Any] = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, found
    return found


def written(sandbox: Sandbox, **fields: Any) -> str:
    """The same, written as the API does not take it any more: straight into the world."""
    found = made(sandbox, first_name=fields.pop("first_name", "Old"))
    contact = sandbox.world.contacts.get(found["id"])
    sandbox.world.contacts.put({**contact, **fields})
    return str(found["id"])


def writes(sandbox: Sandbox) -> list[tuple[str, Any]]:
    """The methods and bodies of what wrote."""
    return [(asked.method, asked.json) for asked in sandbox.requests if asked.method != "GET"]


def test_makes_a_contact_where_none_matches(upsert: Run, sandbox: Sandbox) -> None:
    before = len(sandbox.world.contacts)
    data = upsert(
        *JANE, "--phone", "(415) 555-9911", "--email", "Jane@Example.com", "--url", "https://j.example"
    ).data
    assert data["action"] == "created"
    contact = sandbox.world.contacts.get(data["id"])
    assert contact["phones"] == [NEW]
    assert contact["emails"] == ["Jane@Example.com"]
    assert contact["urls"] == ["https://j.example"]
    assert contact["type"] == "shared"
    assert len(sandbox.world.contacts) == before + 1


def test_changes_the_one_that_matches_and_merges_its_lists(upsert: Run, sandbox: Sandbox) -> None:
    key = written(sandbox, phones=["(415) 555-9911 ext. 4", "415.555.9912"], emails=["old@example.com"])
    before = len(sandbox.world.contacts)
    data = upsert(
        *JANE, "--phone", "+1 415 555 9911", "--phone", "+14155559913", "--email", "OLD@example.com",
        "--email", "new@example.com", "--job-title", "VP",
    ).data  # fmt: skip
    assert (data["action"], data["id"]) == ("updated", key)
    contact = sandbox.world.contacts.get(key)
    assert contact["phones"] == ["+14155559911", "+14155559912", "+14155559913"]
    assert contact["emails"] == ["old@example.com", "new@example.com"]
    assert (contact["first_name"], contact["job_title"]) == ("Jane", "VP")
    assert len(sandbox.world.contacts) == before


def test_lists_that_gain_nothing_are_not_sent(upsert: Run, sandbox: Sandbox) -> None:
    key = written(sandbox, phones=["(415) 555-9911"])
    upsert("--phone", NEW, "--job-title", "VP").data
    assert writes(sandbox)[-1] == ("PATCH", {"job_title": "VP"})
    assert sandbox.world.contacts.get(key)["phones"] == ["(415) 555-9911"]


def test_the_same_again_writes_nothing(upsert: Run, sandbox: Sandbox) -> None:
    first = upsert(*JANE, "--phone", NEW).data
    count = len(writes(sandbox))
    again = upsert(*JANE, "--phone", NEW).data
    assert again["action"] == "unchanged"
    assert again["id"] == first["id"]
    assert len(writes(sandbox)) == count


def test_matching_by_phone_and_address_of_one_contact_is_one(upsert: Run, sandbox: Sandbox) -> None:
    key = written(sandbox, phones=[NEW], emails=["JANE@example.com"])
    assert upsert(*JANE, "--phone", NEW, "--email", "jane@EXAMPLE.com").data["id"] == key


def test_two_different_contacts_are_a_conflict_that_names_both(upsert: Run, sandbox: Sandbox) -> None:
    one, two = written(sandbox, phones=[NEW]), written(sandbox, emails=["jane@example.com"])
    count = len(writes(sandbox))
    ran = upsert(*JANE, "--phone", NEW, "--email", "jane@example.com")
    assert ran.code == 5
    assert one in ran.error["message"]
    assert two in ran.error["message"]
    assert len(writes(sandbox)) == count


def test_allow_duplicate_looks_for_nothing(upsert: Run, sandbox: Sandbox) -> None:
    key = written(sandbox, phones=[NEW])
    data = upsert(*JANE, "--phone", NEW, "--allow-duplicate").data
    assert data["id"] != key
    assert [asked.method for asked in sandbox.requests][-1] == "POST"
    assert "GET" not in [asked.method for asked in sandbox.requests]


def test_an_owner_means_both_books(upsert: Run, sandbox: Sandbox, user: str) -> None:
    rows = upsert(*JANE, "--phone", NEW, "--owner-id", user).data
    assert [(row["scope"], row["action"]) for row in rows] == [("shared", "created"), ("local", "created")]
    kept = [sandbox.world.contacts.get(row["id"]) for row in rows]
    assert [contact["type"] for contact in kept] == ["shared", "local"]
    assert kept[1]["owner_id"] == user
    again = upsert(*JANE, "--phone", NEW, "--owner-id", user, "--job-title", "VP").data
    assert [row["id"] for row in again] == [row["id"] for row in rows]
    assert {sandbox.world.contacts.get(row["id"])["job_title"] for row in rows} == {"VP"}


def test_local_alone_and_several_owners(upsert: Run, sandbox: Sandbox) -> None:
    one, two = (str(row["id"]) for row in list(sandbox.world.users)[:2])
    rows = upsert(*JANE, "--phone", NEW, "--scope", "local", "--owner-id", one, "--owner-id", two).data
    assert [sandbox.world.contacts.get(row["id"])["owner_id"] for row in rows] == [one, two]


def test_me_is_the_keys_own_user(upsert: Run, sandbox: Sandbox) -> None:
    data = upsert(*JANE, "--phone", NEW, "--scope", "local", "--owner-id", "me").data
    assert sandbox.world.contacts.get(data["id"])["type"] == "local"
    assert (
        upsert("--phone", NEW, "--scope", "local", "--owner-id", "me", "--job-title", "x").data["id"]
        == data["id"]
    )


def test_a_conflict_in_the_second_book_writes_nothing_in_the_first(
    upsert: Run, sandbox: Sandbox, user: str
) -> None:
    for number in (NEW, "+14155559912"):
        made(sandbox, phones=[number], owner_id=user)
    count = len(writes(sandbox))
    ran = upsert(*JANE, "--phone", NEW, "--phone", "+14155559912", "--owner-id", user)
    assert ran.code == 5
    assert len(writes(sandbox)) == count


def test_a_failure_in_the_second_book_reports_the_first(upsert: Run, sandbox: Sandbox, user: str) -> None:
    sandbox.faults.add(operation="contacts.create", status=400, after=1)
    ran = upsert(*JANE, "--phone", NEW, "--owner-id", user)
    assert ran.code == 11
    assert ran.error["code"] == "partial_success"
    import json

    first, second = json.loads(ran.out)
    assert first["action"] == "created"
    assert first["id"] in sandbox.world.contacts
    assert second["action"] == "failed"
    assert second["error"]["code"] == "validation_failed"
    sandbox.faults.clear()
    again = upsert(*JANE, "--phone", NEW, "--owner-id", user).data
    assert [row["action"] for row in again] == ["unchanged", "created"]


def test_no_answer_from_the_second_book_is_not_called_a_failure(
    upsert: Run, sandbox: Sandbox, user: str
) -> None:
    import json

    sandbox.faults.add(operation="contacts.create", reset="after", after=1, count=1)
    ran = upsert(*JANE, "--phone", NEW, "--owner-id", user)
    assert ran.code == 11
    first, second = json.loads(ran.out)
    assert (first["action"], second["action"]) == ("created", "unknown")
    assert second["error"]["code"] == "outcome_unknown"
    again = upsert(*JANE, "--phone", NEW, "--owner-id", user).data
    assert [row["action"] for row in again] == ["unchanged", "unchanged"]


def test_what_was_written_and_cannot_be_shown_is_no_failure(upsert: Run, sandbox: Sandbox) -> None:
    before = len(sandbox.world.contacts)
    ran = upsert(*JANE, "--phone", NEW, "--jq", ".action | keys")
    assert ran.code == 11
    assert "created; showing it failed" in ran.error["message"]
    assert len(sandbox.world.contacts) == before + 1


class CtrlC(Clock):
    """Whoever waits is interrupted."""

    def sleep(self, seconds: float, why: str = "") -> None:
        raise KeyboardInterrupt


def test_ctrl_c_before_the_second_book_reports_the_first(
    sandbox: Sandbox, user: str, environ: dict[str, str]
) -> None:
    sandbox.faults.add(operation="contacts.create", storm=429, after=1)
    with Dialpad(sandbox.token, base_url=sandbox.url, environ=environ, clock=CtrlC()) as client:
        given = {"first_name": "Jane", "last_name": "Doe", "phones": [NEW]}
        steps = plan(client, given, "US", owner_ids=[user])
        with pytest.raises(PartialSuccess) as caught:
            carry_out(client, steps)
    assert [row["action"] for row in caught.value.done] == ["created", "failed"]
    assert caught.value.done[1]["error"]["code"] == "interrupted"


def test_spaces_around_a_text_are_no_part_of_it(upsert: Run, sandbox: Sandbox) -> None:
    found = upsert("--first-name", " Jane ", "--last-name", "Doe", "--phone", NEW).data
    assert sandbox.world.contacts.get(found["id"])["first_name"] == "Jane"
    again = upsert("--first-name", " Jane ", "--last-name", "Doe", "--phone", NEW).data
    assert again["action"] == "unchanged"


def test_one_of_both_names_may_be_empty(upsert: Run, sandbox: Sandbox) -> None:
    found = upsert("--first-name", "Jane", "--last-name", "", "--phone", NEW).data
    assert sandbox.world.contacts.get(found["id"])["last_name"] == ""


def test_dry_run_tells_what_would_be_done(upsert: Run, sandbox: Sandbox) -> None:
    count = len(writes(sandbox))
    make = upsert(*JANE, "--phone", NEW, "--dry-run").data
    assert (make["action"], make["method"], make["body"]["phones"]) == ("create", "POST", [NEW])
    assert len(writes(sandbox)) == count
    key = written(sandbox, phones=[NEW])
    count = len(writes(sandbox))
    change = upsert(*JANE, "--phone", NEW, "--dry-run").data
    assert (change["action"], change["id"], change["method"]) == ("update", key, "PATCH")
    assert len(writes(sandbox)) == count


def test_dry_run_of_a_duplicate_opens_no_socket(upsert: Run, sandbox: Sandbox) -> None:
    count = len(sandbox.requests)
    assert upsert(*JANE, "--phone", NEW, "--allow-duplicate", "--dry-run").data["action"] == "create"
    assert len(sandbox.requests) == count


def test_the_whole_directory_is_read(upsert: Run, sandbox: Sandbox) -> None:
    for number in range(230):
        made(sandbox, last_name=f"N{number}")
    key = written(sandbox, phones=[NEW])
    assert upsert(*JANE, "--phone", NEW).data["id"] == key


def test_max_pages_is_an_error_and_never_a_duplicate(upsert: Run, sandbox: Sandbox) -> None:
    for number in range(120):
        made(sandbox, last_name=f"N{number}")
    count = len(writes(sandbox))
    ran = upsert(*JANE, "--phone", NEW, "--max-pages", "1")
    assert ran.code == 6
    assert "more than 1 pages" in ran.error["message"]
    assert len(writes(sandbox)) == count
    assert upsert(*JANE, "--phone", NEW, "--max-pages", "9").data["action"] == "created"


def test_a_page_that_fails_is_that_failure(upsert: Run, sandbox: Sandbox) -> None:
    for number in range(120):
        made(sandbox, last_name=f"N{number}")
    count = len(writes(sandbox))
    sandbox.faults.add(operation="contacts.list", status=403, after=1)
    ran = upsert(*JANE, "--phone", NEW)
    assert ran.code == 3
    assert len(writes(sandbox)) == count


def test_a_lost_answer_is_unknown_and_not_repeated(upsert: Run, sandbox: Sandbox) -> None:
    sandbox.faults.add(operation="contacts.create", reset="after", count=1)
    before = len(sandbox.world.contacts)
    assert upsert(*JANE, "--phone", NEW).code == 9
    assert len(sandbox.world.contacts) == before + 1
    assert upsert(*JANE, "--phone", NEW).data["action"] == "unchanged"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((*JANE, "--phone", "123"), "'123' is not a phone number"),
        ((*JANE, "--email", "nonsense"), "'nonsense' is not an e-mail address"),
        ((*JANE, "--phone", NEW, "--url", "a b"), "'a b' is not a URL"),
        (JANE, "nothing to find the contact by"),
        (("--phone", NEW), "--first-name and --last-name"),
        ((*JANE, "--phone", NEW, "--scope", "local"), "--scope local needs an owner"),
        ((*JANE, "--phone", NEW, "--scope", "shared", "--owner-id", "1"), "shared contacts have no owner"),
        ((*JANE, "--phone", NEW, "--owner-id", "nobody"), "neither a user's id nor an alias"),
        ((*JANE, "--phone", NEW, "--max-pages", "0"), "is not a number from 1 up"),
        (("--first-name", "a\nb", "--last-name", "c", "--phone", NEW), "has a line break"),
        (("--first-name", "a\x1b[2J", "--last-name", "c", "--phone", NEW), "has a control character"),
        (("--first-name", "a\udcff", "--last-name", "c", "--phone", NEW), "is not UTF-8"),
        ((*JANE, "--email", "a@b\x1b[2J"), "is not an e-mail address"),
        ((*JANE, "--phone", "1" * 5000), "1…' is not a phone number"),
        (("--first-name", " ", "--last-name", "", "--phone", NEW), "--first-name and --last-name"),
        ((*JANE, "--phone", NEW, "--scope", "all"), "--scope"),
        ((*JANE, "--phone", NEW, "--nickname", "J"), "--nickname"),
    ],
)
def test_bad_input_is_exit_2_and_writes_nothing(upsert: Run, sandbox: Sandbox, argv: Any, words: str) -> None:
    count = len(writes(sandbox))
    ran = upsert(*argv)
    assert ran.code == 2
    assert words in ran.error["message"]
    assert len(writes(sandbox)) == count


def test_numbers_are_read_by_the_region_of_the_config(upsert: Run, run: Run, sandbox: Sandbox) -> None:
    assert run("config", "set", "region", "DE").code == 0
    data = upsert(*JANE, "--phone", "030 901820").data
    assert sandbox.world.contacts.get(data["id"])["phones"] == ["+4930901820"]


def test_the_wrapper_is_the_same_command(process: Any, sandbox: Sandbox, environ: Any) -> None:
    import json
    import subprocess
    import sys
    from pathlib import Path

    script = Path(__file__).parents[2] / "bin" / "create_contact.py"
    env = {**environ, "DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    argv = [sys.executable, str(script), *JANE, "--phone", NEW, "--email", "jane@example.com", "--json"]
    ran = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    shown = json.loads(ran.stdout)
    assert shown["ok"] is True, ran.stderr
    assert shown["command"] == "create_contact.upsert"
    assert sandbox.world.contacts.get(shown["data"]["id"])["emails"] == ["jane@example.com"]
