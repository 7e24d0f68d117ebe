"""Answers of operations that keep no state yet: the document's example, speaking of what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.example import answer_example
from dialkit.catalog.model import properties
from dialkit.catalog.validate import faults

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
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
    paging = [pages.get(name) for name in ("items", "cursor", "more")]
    for name, value in asked.items():
        if name in known and name not in paging:
            fitting = (v for v in _spellings(value) if not faults(v, known[name], schemas))
            made = {**made, name: next(fitting, made.get(name))}
    last = {pages.get("cursor"): None, pages.get("more"): False}
    return {**made, **{name: value for name, value in last.items() if name in made}}


def _spellings(value: Any) -> tuple[Any, ...]:
    """A value, and what it may be in the answer: some ids are text here and integers there."""
    if isinstance(value, str) and value.isdecimal() and len(value) == ID_DIGITS:
        return value, int(value)
    return (value, str(value)) if isinstance(value, int) else (value,)
