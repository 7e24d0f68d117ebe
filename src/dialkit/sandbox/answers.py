"""Answers of operations that keep no state yet: the document's example, speaking of what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.example import answer_example
from dialkit.catalog.model import properties
from dialkit.catalog.validate import faults

if TYPE_CHECKING:
    from dialkit.sandbox.call import Call
    from dialkit.sandbox.world import World

ID_DIGITS = 16  # ids of other lengths (share links, devices) mean something


def compose(world: World, call: Call) -> Any:
    """A valid answer, with the ids and values of the request wherever the answer has them by the same name.

    What a POST creates gets an id of its own. A list is its last page. None where there is no body.
    """
    operation, pages = call.operation, call.operation.pages or {}
    made = answer_example(operation)
    if not isinstance(made, dict):
        return made
    schemas = operation.schemas
    known = properties(operation.answer["schema"], schemas)
    asked = {**call.body, **call.query, **call.path}
    if operation.method == "POST" and "id" not in asked and len(str(made.get("id", ""))) == ID_DIGITS:
        asked["id"] = world.new_id()
    for name in known.keys() & asked.keys() - set(pages.values()):
        # Some ids are integers in a request and text in its answer.
        spellings = (asked[name], str(asked[name])) if isinstance(asked[name], int) else (asked[name],)
        fitting = (value for value in spellings if not faults(value, known[name], schemas, loose=True))
        made = {**made, name: next(fitting, made.get(name))}
    last = {pages.get("cursor"): None, pages.get("more"): False}
    return {**made, **{name: value for name, value in last.items() if name in made}}
