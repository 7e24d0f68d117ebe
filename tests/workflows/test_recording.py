"""``dialpad call recording``: on and off, for the user on that call and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox import Sandbox

MARA, MARA_NUMBER, CALLER = 5391827364501928, "+15035550142", "+14155550177"


@pytest.fixture
def call(sandbox: Sandbox) -> str:
    """A call on which Mara talks."""
    leg = sandbox.call_in(CALLER, MARA_NUMBER)
    sandbox.answer(leg["call_id"])
    return str(leg["call_id"])


def recorded(sandbox: Sandbox, call: str) -> bool:
    """Whether the call is being recorded now."""
    return any(str(one["call_id"]) == call and one["length"] is None for one in sandbox.world.recordings)


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{request.method} {request.path.removeprefix('/api/v2')}" for request in sandbox.requests]


def test_on_and_off_for_the_user_on_the_call(run: Callable[..., Any], sandbox: Sandbox, call: str) -> None:
    told = run("call", "recording", "start", "--call-id", call).data
    assert told == {
        "call_id": call, "user_id": str(MARA), "call_state": "connected", "is_recording": True
    }  # fmt: skip
    assert asked(sandbox) == [f"GET /call/{call}", f"PATCH /users/{MARA}/activecall"]
    assert recorded(sandbox, call)
    assert not run("call", "recording", "stop", call).data["is_recording"]
    assert not recorded(sandbox, call)
    assert sandbox.world.calls.get(int(call))["was_recorded"]


def test_a_user_who_is_named_is_not_looked_up(run: Callable[..., Any], sandbox: Sandbox, call: str) -> None:
    run("alias", "set", "mara", str(MARA))
    run("call", "recording", "start", call, "--user-id", "mara", "--no-message", "--recording-type", "all")
    assert asked(sandbox) == [f"PATCH /users/{MARA}/activecall"]
    assert sandbox.requests[-1].json == {"is_recording": True, "play_message": False, "recording_type": "all"}


def test_a_dry_run_switches_nothing(run: Callable[..., Any], sandbox: Sandbox, call: str) -> None:
    shown = run("call", "recording", "start", call, "--user-id", str(MARA), "--dry-run").data
    assert shown["body"] == {"is_recording": True}
    assert not sandbox.requests
    shown = run("call", "recording", "start", call, "--dry-run").data
    assert shown["url"].endswith(f"/users/{MARA}/activecall")
    assert asked(sandbox) == [f"GET /call/{call}"]
    assert not recorded(sandbox, call)


def test_a_group_s_call_is_recorded_for_the_operator_who_took_it(
    run: Callable[..., Any], sandbox: Sandbox
) -> None:
    center = next(n["number"] for n in sandbox.world.numbers if n.get("target_type") == "callcenter")
    first = sandbox.call_in(CALLER, center)
    sandbox.advance("20s")
    legs = [leg for leg in sandbox.world.calls if leg["root"] == first["call_id"]]
    [operator] = [leg for leg in legs if leg["target_type"] == "user" and leg["state"] == "connected"]
    told = run("call", "recording", "start", "--call-id", str(first["call_id"])).data
    assert told["user_id"] == str(operator["target_id"])
    assert told["is_recording"]


def test_an_operator_who_has_let_go_is_not_on_the_call(run: Callable[..., Any], sandbox: Sandbox) -> None:
    # The call is parked; who took it talks on another call, which must not be recorded instead.
    told = run("call", "recording", "start", "--call-id", "6109283746501928")
    assert told.code == 2
    assert "--user-id" in told.error["hint"]
    assert not [line for line in asked(sandbox) if line.startswith("PATCH")]


def test_no_user_on_the_call_names_the_flag(run: Callable[..., Any], sandbox: Sandbox) -> None:
    center = next(n["number"] for n in sandbox.world.numbers if n.get("target_type") == "callcenter")
    for user in sandbox.world.users:
        if user.get("is_on_duty"):
            sandbox.duty(user["id"], False)
    waiting = sandbox.call_in(CALLER, center, missed=True)
    told = run("call", "recording", "start", "--call-id", str(waiting["call_id"]))
    assert told.code == 2
    assert "--user-id" in told.error["hint"]
    assert not [line for line in asked(sandbox) if line.startswith("PATCH")]


def test_a_call_that_is_over_is_a_conflict(run: Callable[..., Any], sandbox: Sandbox) -> None:
    told = run("call", "recording", "start", "--call-id", "6109283746501929")
    assert told.code == 5
    assert "over" in told.error["message"]
    assert asked(sandbox) == ["GET /call/6109283746501929"]


def test_the_user_is_on_another_call(run: Callable[..., Any], sandbox: Sandbox, call: str) -> None:
    theo = sandbox.call_in("+14155550178", "+15035550143")
    sandbox.answer(theo["call_id"])
    told = run("call", "recording", "start", str(theo["call_id"]), "--user-id", str(MARA))
    assert told.code == 11
    assert call in told.error["message"]
    assert f"recording stop --call-id {call}" in told.error["hint"]
    assert recorded(sandbox, call)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("start",), "which call?"),
        (("start", "abc"), "abc"),
        (("start", "5", "--user-id", "me-too"), "me-too"),
        (("start", "5", "--recording-type", "loud"), "loud"),
        (("pause", "5"), "pause"),
        (("stop", "5", "--loud"), "--loud"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    run: Callable[..., Any], sandbox: Sandbox, line: tuple[str, ...], words: str
) -> None:
    told = run("call", "recording", *line)
    assert told.code == 2
    assert words in told.error["message"]
    assert not sandbox.requests


def test_an_unknown_call(run: Callable[..., Any], sandbox: Sandbox) -> None:
    assert run("call", "recording", "stop", "5999999999999999").code == 4


def test_an_unknown_outcome_is_not_repeated(run: Callable[..., Any], sandbox: Sandbox, call: str) -> None:
    sandbox.faults.add(operation="users.update_active_call", reset="after", count=1)
    assert run("call", "recording", "start", call).code == 9
    assert asked(sandbox).count(f"PATCH /users/{MARA}/activecall") == 1
