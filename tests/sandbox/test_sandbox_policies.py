"""Access control policies: what they allow, who is under them, where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dialkit.sandbox.access.keys import token_of

if TYPE_CHECKING:
    from asking import Client

PORTLAND, SEATTLE = 5219384756201938, 5220495867312049
MARA, THEO, INES = 5391827364501928, 5402938475610293, 5413049586721304
CENTER, POLICY, NOWHERE = 5610293847561029, 6450192837465012, 5000000000000000
ROOT, PATH = "/accesscontrolpolicies", f"/accesscontrolpolicies/{POLICY}"
BODY = {
    "name": "Hours",
    "owner_id": MARA,
    "permission_sets": ["business_hours_write"],
    "target_type": "office",
}


def make(client: Client, **fields: Any) -> str:
    return ROOT + "/" + client.ask("POST", ROOT, {**BODY, **fields})["id"]


def holders(client: Client, path: str) -> dict[str, list[str]]:
    found = client.pages(path + "/assignments")
    return {one["user"]["id"]: [target["target_id"] for target in one["policy_targets"]] for one in found}


def test_a_policy_lives(client: Client) -> None:
    made = client.ask("POST", ROOT, {**BODY, "description": "Opening hours."})
    assert made["permission_sets"] == ["business_hours_read", "business_hours_write"]
    assert (made["state"], made["date_created"]) == ("active", made["date_updated"])
    path = f"{ROOT}/{made['id']}"
    assert client.ask("GET", path) == made
    client.advance(60)
    changed = client.ask("PATCH", path, {"permission_sets": ["csat_surveys_write"], "user_id": MARA})
    assert changed == {
        **made,
        "permission_sets": ["csat_surveys_read", "csat_surveys_write"],
        "date_updated": "2026-03-05T17:01:00",
    }
    client.ask("POST", path + "/assign", {"user_id": INES, "target_type": "office", "target_id": SEATTLE})
    assert client.ask("DELETE", path)["state"] == "deleted"
    assert holders(client, path) == {}
    assert client.ask("GET", path)["state"] == "deleted"
    body = {"user_id": INES, "target_type": "office", "target_id": SEATTLE}
    client.refused(409, "POST", path + "/assign", body)
    assert client.ask("PATCH", path, {"state": "active"})["state"] == "active"
    assert holders(client, path) == {}
    client.ask("POST", path + "/assign", body)
    assert changed["id"] in [one["id"] for one in client.pages(ROOT, size=2)]


def test_a_user_holds_a_policy_at_several_targets(client: Client) -> None:
    path = make(client)
    for office in (PORTLAND, SEATTLE, SEATTLE):
        given = {"user_id": INES, "target_type": "office", "target_id": office}
        told = client.ask("POST", path + "/assign", given)
        assert told["user"]["id"] == str(INES)
    assert holders(client, path) == {str(INES): [str(PORTLAND), str(SEATTLE)]}
    ended = client.ask(
        "POST", path + "/unassign", {"user_id": INES, "target_type": "office", "target_id": PORTLAND}
    )
    assert ended["policy_targets"] == [{"target_type": "office", "target_id": str(PORTLAND)}]
    assert holders(client, path) == {str(INES): [str(SEATTLE)]}
    client.refused(
        404, "POST", path + "/unassign", {"user_id": INES, "target_type": "office", "target_id": PORTLAND}
    )
    client.ask("POST", path + "/unassign", {"user_id": INES, "unassign_all": True})
    assert holders(client, path) == {}
    client.refused(404, "POST", path + "/unassign", {"user_id": INES, "unassign_all": True})


def test_a_policy_of_the_company_needs_no_target(client: Client) -> None:
    path = make(client, target_type="company")
    told = client.ask("POST", path + "/assign", {"user_id": INES})
    assert told["policy_targets"] == [{"target_type": "company", "target_id": str(client.world.company_id)}]
    client.refused(
        400, "POST", path + "/assign", {"user_id": INES, "target_type": "office", "target_id": SEATTLE}
    )
    client.ask("POST", path + "/unassign", {"user_id": INES})
    assert holders(client, path) == {}


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (404, {"owner_id": NOWHERE}, "owner_id"),
        (400, {"owner_id": THEO}, "owner_id"),
        (400, {"permission_sets": []}, "permission_sets"),
        (400, {"permission_sets": ["business_hours_read"]}, "permission_sets"),
        (400, {"name": "x" * 51}, "name"),
        (400, {"description": "x" * 201}, "description"),
        (400, {"target_type": "user"}, "target_type"),
    ],
)
def test_what_a_policy_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    assert named in client.refused(status, "POST", ROOT, {**BODY, **body})


@pytest.mark.parametrize(
    ("status", "body", "named"),
    [
        (400, {}, "user_id"),
        (404, {"user_id": NOWHERE, "target_type": "callcenter", "target_id": CENTER}, "user_id"),
        (400, {"user_id": INES}, "target_type"),
        (400, {"user_id": INES, "target_type": "callcenter"}, "target_id"),
        (400, {"user_id": INES, "target_type": "office", "target_id": SEATTLE}, "target_type"),
        (404, {"user_id": INES, "target_type": "callcenter", "target_id": SEATTLE}, "target_id"),
    ],
)
def test_what_an_assignment_cannot_be(client: Client, status: int, body: Any, named: str) -> None:
    before = holders(client, PATH)
    assert named in client.refused(status, "POST", PATH + "/assign", body)
    assert holders(client, PATH) == before


def test_assigning_again_can_be_refused(client: Client) -> None:
    body = {"user_id": THEO, "target_type": "callcenter", "target_id": CENTER}
    client.ask("POST", PATH + "/assign", body)
    client.world.switches.put({"id": "added-again", "value": "refused"})
    client.refused(409, "POST", PATH + "/assign", body)


def test_only_admins_write_policies(client: Client) -> None:
    token = token_of(1, "user")
    client.refused(403, "POST", ROOT, BODY, token=token)
    client.refused(403, "DELETE", PATH, token=token)
    assert client.ask("GET", PATH, token=token)["id"] == str(POLICY)
    client.refused(400, "PATCH", PATH, {"user_id": THEO})


def test_what_goes_takes_its_assignments_along(client: Client) -> None:
    assert str(THEO) in holders(client, PATH)
    client.ask("DELETE", f"/users/{THEO}")
    assert str(THEO) not in holders(client, PATH)
    client.ask("DELETE", f"/callcenters/{CENTER}")
    assert holders(client, PATH) == {}
