"""What people answer that has consequences: STOP and UNSTOP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.store import opt_outs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

# The whole text, as Dialpad understands it.
STATES = {"STOP": "opted_out", "UNSTOP": "opted_in"}
LONGEST = 20  # characters of a text that is looked at


def hear(database: Database, told: Sequence[Row]) -> None:
    """Keep who said STOP, or took it back, by the time of the text."""
    for fact in told:
        text = fact["text"] if fact["direction"] == "inbound" else None
        if text and len(text) <= LONGEST and (state := STATES.get(text.strip().upper())):
            opt_outs.heard(database, fact["theirs"], state, fact["at"])
