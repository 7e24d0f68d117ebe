"""`dialpad contact lookup`: in any format, all matches, and nothing that is none."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

    Run = Callable[..., Any]

PRIYA = "6018273645019283"


@pytest.mark.parametrize(
    "text", ["+14155550123", "(415) 555-0123", "415.555.0123", "1 415 555 0123", "PRIYA@copperpot.example"]
)
def test_finds_a_contact_however_it_is_written(run: Run, text: str) -> None:
    assert PRIYA in [row["id"] for row in run("contact", "lookup", text).data]


def test_finds_what_the_directory_has_in_another_format(run: Run, sandbox: Sandbox) -> None:
    contact = next(row for row in sandbox.world.contacts if "ext." in "".join(row.get("phones") or ()))
    digits = "".join(c for c in contact["phones"][0].partition("ext")[0] if c.isdecimal())[-10:]
    assert contact["id"] in [row["id"] for row in run("contact", "lookup", "+1" + digits).data]


def test_shows_every_match_shared_and_local(run: Run, sandbox: Sandbox) -> None:
    user = str(next(iter(sandbox.world.users))["id"])
    for number in range(3):
        argv = (
            "--first-name",
            "A",
            "--last-name",
            str(number),
            "--phone",
            "+14155559911",
            "--allow-duplicate",
        )
        assert run("contact", "upsert", *argv).code == 0
    argv = ("--first-name", "A", "--last-name", "L", "--phone", "+14155559911")
    assert run("contact", "upsert", *argv, "--scope", "local", "--owner-id", user).code == 0
    rows = run("contact", "lookup", "--number", "(415) 555-9911").data
    assert sorted(row["last_name"] for row in rows) == ["0", "1", "2", "L"]
    own = run("contact", "lookup", "--phone", "(415) 555-9911", "--owner-id", user).data
    assert [row["last_name"] for row in own] == ["L"]


def test_nobody_is_exit_4(run: Run) -> None:
    ran = run("contact", "lookup", "+14155559999")
    assert ran.code == 4
    assert "no contact has +14155559999" in ran.error["message"]


@pytest.mark.parametrize("who", ["+14155559999", "o'neil@x.example"])
def test_the_hint_for_nobody_can_be_typed(run: Run, who: str) -> None:
    line = shlex.split(run("contact", "lookup", who).error["hint"].removesuffix(" makes one"))
    assert run(*line[1:]).data["action"] == "created"
    assert run("contact", "lookup", who).code == 0


def test_a_long_address_is_not_repeated_whole(run: Run) -> None:
    ran = run("contact", "lookup", "a" * 5000 + "@b.example")
    assert ran.code == 4
    assert len(ran.err) < 500


def test_lookup_writes_nothing(run: Run, sandbox: Sandbox) -> None:
    run("contact", "lookup", "+14155550123")
    assert {asked.method for asked in sandbox.requests} == {"GET"}


def test_a_terminal_sees_a_table(dialpad: Any, sandbox: Sandbox) -> None:
    environ = {"DIALPAD_BASE_URL": sandbox.url, "DIALPAD_API_KEY": sandbox.token}
    ran = dialpad("contact", "lookup", "+14155550123", tty=True, **environ)
    assert "display_name" in ran.out
    assert "Priya Nair" in ran.out


@pytest.mark.parametrize("argv", [(), ("12",), ("a@",), ("+14155550123", "--email", "a@b.c"), ("",)])
def test_bad_input_is_exit_2_and_asks_nothing(run: Run, sandbox: Sandbox, argv: Any) -> None:
    count = len(sandbox.requests)
    assert run("contact", "lookup", *argv).code == 2
    assert len(sandbox.requests) == count
