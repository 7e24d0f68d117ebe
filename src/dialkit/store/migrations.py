"""From one version of the tables to the next: what is new is made by then, and here it is filled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.store.outbox_keys import ADD_MADE, ADD_RECIPIENT, made_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Execute = Callable[..., Iterable[dict[str, Any]]]


def outbox_keys(execute: Execute) -> None:
    """1 to 2: recipients and results of the outbox in tables of their own, where an index finds them."""
    for row in list(execute("SELECT id, state, recipients_json, result_json FROM outbox")):
        for recipient in json.loads(row["recipients_json"]):
            execute(ADD_RECIPIENT, (recipient, row["id"]))
        accepted = row["state"] == "accepted" and row["result_json"]
        for made in made_in(json.loads(row["result_json"])) if accepted else ():
            execute(ADD_MADE, (made, row["id"]))


STEPS = (outbox_keys,)
