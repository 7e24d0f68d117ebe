"""Disposition lists: the outcomes that agents choose from after a call, and who chooses from which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.groups import targets
from dialkit.sandbox.resource import Resource, page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

USAGES = ("everything", "inbound", "outbound")
USAGE = "~usage"
DEEPEST = 8  # levels of outcomes below outcomes; none is documented, and this bounds what is read


def settle_dispositions(world: World, record: Record, before: Record | None) -> Record:
    """Complete a list: its outcomes are a tree, and joined to the present ones where that is chosen."""
    tree = record["dispositions"]
    if before is not None and world.switch("disposition-trees") == "joined":
        tree = {**before["dispositions"], **tree}
    _check(tree, "dispositions", 0)
    kept = {name: value for name, value in record.items() if name not in CHANGE}
    return {**kept, "dispositions": tree, "date_modified": world.stamp()}


def update(world: World, call: Call) -> Record:
    """Change a list, and add a target to it or remove one."""
    if "action" in call.body:
        _aim(world, call)
    return LISTS.change(world, call)


def list_dispositions(world: World, call: Call) -> Record:
    """The lists of a target, or all. An office's are those that were made for it."""
    if "target_id" not in call.query:
        return LISTS.list_page(world, call)
    kind, target_id = call.query["target_type"], call.query["target_id"]
    targets.target(world, kind, target_id)
    index, value = ("office", target_id) if kind == "office" else ("target", (kind, target_id))
    return page_of(world, call, "dispositions", world.dispositions.where(index, value), show=show)


def show(_world: World, record: Record) -> Record:
    """A list with its outcomes as an array too."""
    formatted = [
        {
            "name": name,
            "usage": outcome.get(USAGE, USAGES[0]),
            "dispositions": [
                {"name": inner, "usage": finer.get(USAGE, USAGES[0])}
                for inner, finer in outcome.items()
                if inner != USAGE
            ],
        }
        for name, outcome in record["dispositions"].items()
        if name != USAGE
    ]
    return {**record, "formatted_dispositions": formatted}


def delete(world: World, call: Call) -> None:
    """Remove a list. The answer tells nothing of it."""
    world.dispositions.remove(call.path["id"])


def _aim(world: World, call: Call) -> None:
    record, body = world.dispositions.get(call.path["id"]), call.body
    wanted = {"target_id": body["target_id"], "target_type": body["target_type"]}
    others = [one for one in record["targets"] if one != wanted]
    present = len(others) < len(record["targets"])
    if body["action"] == "remove_target":
        if not present:
            raise Refusal(
                404, f"target_id: the {body['target_type']} {body['target_id']} is no target of it."
            )
        world.dispositions.change(record["id"], targets=others)
        return
    targets.target(world, body["target_type"], body["target_id"])
    if present and world.switch("added-again") == "refused":
        raise Refusal(409, f"target_id: the {body['target_type']} {body['target_id']} is a target already.")
    world.dispositions.change(record["id"], targets=[*others, wanted])


def _check(tree: Any, place: str, depth: int) -> None:
    if not isinstance(tree, dict):
        raise Refusal(400, f"{place}: must be an object of outcomes by name.")
    if depth > DEEPEST:
        raise Refusal(400, f"{place}: has more than {DEEPEST} levels.")
    for name, value in tree.items():
        if name != USAGE:
            _check(value, f"{place}.{name[:40]}", depth + 1)
        elif value not in USAGES:
            raise Refusal(
                400, f"{place}.{USAGE}: must be one of {', '.join(USAGES)}; got {str(value)[:40]!r}."
            )


CHANGE = ("action", "target_id", "target_type")  # of a request, not of a list
LISTS = Resource(
    "dispositions",
    lists=("dispositions.list",),
    gets="dispositions.get",
    makes="dispositions.create",
    changes=("dispositions.update",),
    fresh={"dispositions": {}, "targets": []},
    refs={"office_id": "offices"},
    settle=settle_dispositions,
    show=show,
)
HANDLERS = {
    **LISTS.handlers(),
    "dispositions.list": list_dispositions,
    "dispositions.update": update,
    "dispositions.delete": delete,
}
