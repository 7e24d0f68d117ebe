"""Whatever is done to calls in whatever order: nothing breaks, and what must hold of every leg holds."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from calling import (
    BUSY,
    CALL_CENTER,
    DEPARTMENT,
    MARA,
    OTHER,
    PORTLAND,
    SILENT,
    THEO,
    VOICEMAIL,
    at_once,
    colleague,
)

from dialkit.sandbox.operations.calls import calls
from dialkit.sandbox.operations.groups import duty
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from asking import Client

ASIDE = ("hold", "parked")


def step(client: Client, random: Random, people: list[int], lines: list[str]) -> None:
    """One thing that somebody does; a refusal is as good as a success."""
    world = client.world
    live = [leg["call_id"] for leg in world.calls if leg["date_ended"] is None] or [1]
    call_id, user_id = random.choice(live), random.choice(people)
    place = random.choice(
        (
            {"target_type": "user", "target_id": user_id},
            {"target_type": "callcenter", "target_id": CALL_CENTER},
            {"target_type": "department", "target_id": DEPARTMENT},
            {"target_type": "office", "target_id": PORTLAND},
            {"number": random.choice((OTHER, BUSY, *lines))},
            {"call_id": random.choice(live)},
            {"operator_id": user_id, "target_id": CALL_CENTER},
        )
    )
    state = random.choice(("preanswer", "hold", "parked", "voicemail"))
    requests: tuple[tuple[str, str, Any], ...] = (
        (
            "POST",
            "/call",
            {"user_id": user_id, "phone_number": random.choice((OTHER, BUSY, SILENT, VOICEMAIL, *lines))},
        ),
        ("POST", f"/call/{call_id}/transfer", {"to": place, "transfer_state": state}),
        ("POST", f"/call/{call_id}/transfer", {"transfer_state": "parked"}),
        ("POST", f"/call/{call_id}/unpark", {"user_id": user_id}),
        (
            "POST",
            f"/call/{call_id}/participants/add",
            {"participant": {"number": random.choice((OTHER, *lines))}},
        ),
        ("PUT", f"/call/{call_id}/actions/hangup", None),
        ("POST", f"/call/{call_id}/assign", {"operator_ids": [user_id]}),
        ("POST", f"/call/{call_id}/unassign/all", None),
        ("POST", "/callback", {"call_center_id": CALL_CENTER, "phone_number": OTHER}),
        ("PATCH", f"/users/{user_id}/activecall", {"is_recording": random.random() < 0.5}),
        ("GET", f"/call/{call_id}", None),
    )
    if random.random() < 0.7:
        method, path, body = random.choice(requests)
        client.send(method, "/api/v2" + path, body)
        return
    how = random.choice(
        ({}, {"missed": True}, {"voicemail": "Hello?"}, {"hangup_after": random.randrange(1, 90)})
    )
    what = random.choice(
        (
            lambda: calls.receive_call(world, OTHER, random.choice(lines), **how),
            lambda: calls.answer_call(world, call_id, random.choice((None, user_id))),
            lambda: duty.set_duty(world, user_id, random.random() < 0.7),
        )
    )
    try:
        at_once(client, what)
    except Refusal:
        pass


def check(client: Client) -> None:
    """What holds of every leg at any moment."""
    world = client.world
    for leg in world.calls:
        ended, connected, began = (leg[f"date_{name}"] for name in ("ended", "connected", "started"))
        if ended is not None:
            assert (leg["live_user"], leg["waiting_for"]) == (None, None)
            assert ended >= (connected or began) >= began
            assert leg["state"] in ("hangup", "missed", "voicemail", "blocked")
            assert (leg["duration"] is None) == (connected is None)
        elif leg["state"] == "connected":
            assert connected is not None
        if leg["waiting_for"]:
            assert leg["state"] == "queued"
        if leg["live_user"]:
            assert leg["live_user"] == leg["target_id"]
    for user in world.users:
        talks = {leg["root"] for leg in world.calls.where("live", user["id"]) if leg["state"] == "connected"}
        assert len(talks) <= 1


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_to_calls(client: Client, seed: int) -> None:
    random = Random(seed)
    people = [MARA, THEO, colleague(client)]
    lines = [
        client.world.numbers.where("target", target)[0]["number"]
        for target in (
            ("user", MARA),
            ("user", people[2]),
            ("callcenter", CALL_CENTER),
            ("department", DEPARTMENT),
            ("office", PORTLAND),
        )
    ]
    for _ in range(12):
        step(client, random, people, lines)
        client.advance(random.choice((0, 1, 3, 10, 40)))
        check(client)
    client.advance(3600)
    check(client)
    going = [leg for leg in client.world.calls if leg["date_ended"] is None and leg["root"] > 10**15]
    roots = {leg["root"] for leg in going if leg["state"] in ASIDE}
    asked = {6109283746501926, 6109283746501935}  # go on from the start until somebody ends them
    assert {leg["root"] for leg in going} - roots - asked == set()
