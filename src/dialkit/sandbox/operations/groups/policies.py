"""Access control policies: which settings users may change, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.operations.groups.told import told
from dialkit.sandbox.resource import Resource, page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def settle_policy(world: World, policy: Record, before: Record | None) -> Record:
    """Complete a policy: who may write may read. Whoever owns or changes one is a company admin."""
    if before is None:
        _check_admin(world, "owner_id", policy["owner_id"])
    if "user_id" in policy:
        _check_admin(world, "user_id", policy["user_id"])
    if not policy["permission_sets"]:
        raise Refusal(400, "permission_sets: must name at least one permission.")
    areas = {name.removesuffix("_write").removesuffix("_read"): None for name in policy["permission_sets"]}
    return {
        **{name: value for name, value in policy.items() if name != "user_id"},
        "company_id": world.company_id,
        "permission_sets": [f"{area}_{right}" for area in areas for right in ("read", "write")],
        "date_created": policy.get("date_created") or world.stamp(),
        "date_updated": world.stamp(),
    }


def delete(world: World, call: Call) -> Record:
    """Mark a policy as deleted, and take everybody out of it. The record stays, and can be restored."""
    policy = world.policies.get(call.path["id"])
    for assignment in world.assignments.where("policy", policy["id"]):
        world.assignments.remove(assignment["id"])
    if policy["state"] == "deleted":
        return policy
    return world.policies.change(policy["id"], state="deleted", date_updated=world.stamp())


def assign(world: World, call: Call) -> Record:
    """Put a user under a policy, at one target. Raises `Refusal` 409 for a policy that was deleted."""
    policy = world.policies.get(call.path["id"])
    if policy["state"] != "active":
        raise Refusal(409, f"The policy {policy['id']} is deleted; restore it first.")
    user = _user(world, call)
    if user.get("state", "active") != "active":
        raise Refusal(400, f"user_id: the user {user['id']} is {user['state']}, not active.")
    wanted = _target(world, call, policy)
    present = _present(world, policy["id"], user["id"])
    if present is None:
        present = {"id": world.new_id(), "policy_id": policy["id"], "user_id": user["id"], "targets": []}
    elif wanted in present["targets"] and world.switch("added-again") == "refused":
        raise Refusal(409, f"user_id: the user {user['id']} has this policy there already.")
    others = [one for one in present["targets"] if one != wanted]
    return _shown(world, world.assignments.put({**present, "targets": [*others, wanted]}))


def unassign(world: World, call: Call) -> Record:
    """Take a policy's rights from a user, at one target or at all; answers the targets where they end."""
    policy, user = world.policies.get(call.path["id"]), _user(world, call)
    present = _present(world, policy["id"], user["id"])
    ending: list[Record] = []
    if present is not None and call.body.get("unassign_all"):
        ending = present["targets"]
    elif not call.body.get("unassign_all"):
        wanted = _target(world, call, policy)
        ending = [one for one in (present or {}).get("targets", []) if one == wanted]
    if present is None or not ending:
        raise Refusal(404, f"user_id: the user {user['id']} does not have this policy there.")
    left = [one for one in present["targets"] if one not in ending]
    if left:
        world.assignments.change(present["id"], targets=left)
    else:
        world.assignments.remove(present["id"])
    return _shown(world, {**present, "targets": ending})


def list_assignments(world: World, call: Call) -> Record:
    """Who is under a policy, and for which targets."""
    found = world.assignments.where("policy", call.path["id"])
    kept = [one for one in found if one["targets"] and one["user_id"] in world.users]
    return page_of(world, call, "assignments", kept, show=_shown)


def _present(world: World, policy_id: int, user_id: int) -> Record | None:
    found = world.assignments.where("user", user_id)
    return next((one for one in found if one["policy_id"] == policy_id), None)


def _target(world: World, call: Call, policy: Record) -> dict[str, Any]:
    """The target that was named, which must be of the policy's level."""
    kind, level = call.body.get("target_type", "company"), policy["target_type"]
    if kind != level:
        raise Refusal(400, f"target_type: the policy is one for a {level}; got {kind}.")
    if level == "company":
        return {"target_type": level, "target_id": world.company_id}
    return {"target_type": level, "target_id": targets.target(world, level, call.body["target_id"])["id"]}


def _user(world: World, call: Call) -> Record:
    user = world.users.find(call.body["user_id"])
    if user is None:
        raise Refusal(404, f"user_id: no user has the id {call.body['user_id']}.")
    return user


def _check_admin(world: World, field: str, user_id: int) -> None:
    user = world.users.find(user_id)
    if user is None:
        raise Refusal(404, f"{field}: no user has the id {user_id}.")
    if not user.get("is_super_admin"):
        raise Refusal(400, f"{field}: the user {user_id} is not an admin of the company.")


def _shown(world: World, assignment: Record) -> Record:
    from dialkit.sandbox.operations.people.users import USERS

    user = world.users.get(assignment["user_id"])
    return {"user": USERS.show(world, user), "policy_targets": assignment["targets"]}


POLICIES = Resource(
    "policies",
    lists=("accesscontrolpolicies.list",),
    gets="accesscontrolpolicies.get",
    makes="accesscontrolpolicies.create",
    changes=("accesscontrolpolicies.update",),
    fresh={"state": "active", "target_type": "company"},
    settle=settle_policy,
)
OWN = {
    "accesscontrolpolicies.delete": delete,
    "accesscontrolpolicies.assign": assign,
    "accesscontrolpolicies.unassign": unassign,
    "accesscontrolpolicies.assignments": list_assignments,
}
ACTIONS = {
    f"accesscontrolpolicies.{verb}": f"policy.{verb}"
    for verb in ("create", "update", "delete", "assign", "unassign")
}
HANDLERS = told({**POLICIES.handlers(), **OWN}, ACTIONS, "policy")
