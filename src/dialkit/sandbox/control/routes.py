"""All that can be asked under ``/__sandbox__/``, in one table: who does it, what it takes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.control import people, whole
from dialkit.sandbox.people import ACTS
from dialkit.sandbox.shapes import (
    ANYTHING,
    FLAG,
    LENGTH,
    MOMENT,
    NOTHING,
    TEXT,
    USER,
    WHOLE,
    fields,
    listed,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.sandbox.control.asked import Asked
    from dialkit.sandbox.control.service import Control

    Act = Callable[[Control, Asked], Awaitable[Any]]
    from dialkit.sandbox.shapes import Schema

NAMED = fields("name", name=TEXT)
CLOCK = fields(
    "now epoch frozen due",
    now=TEXT,
    epoch={"type": "number"},
    frozen=FLAG,
    due=told(WHOLE, "how many jobs wait"),
    next_due={"type": ["string", "null"]},
)
KEY = fields(
    "name token user_id admin",
    name=TEXT,
    token=TEXT,
    user_id=WHOLE,
    admin=FLAG,
    scopes=told({"type": ["array", "null"], "items": TEXT}, "null: all there are"),
    expires_at={"type": ["number", "null"]},
)
SWITCH = fields(
    "name chosen choices about", name=TEXT, chosen=TEXT, choices={"type": "array", "items": TEXT}, about=TEXT
)
DIFFERENCE = fields(
    "table key before after",
    table=TEXT,
    key=TEXT,
    before={"type": ["object", "null"]},
    after={"type": ["object", "null"]},
)
SINCE = told({"type": "integer", "minimum": 0}, "only those after this id")
FOLLOW = told(FLAG, "stay, and send each as it comes, as a line of JSON")
TAIL = {"since": SINCE, "follow": FOLLOW}


class Route(NamedTuple):
    """One method at one path. `body` None: it takes none. `open_to_all`: no token is ever asked for."""

    method: str
    path: str
    act: Act
    about: str
    answer: Schema
    body: Schema | None = None
    query: dict[str, Schema] = {}  # noqa: RUF012 - never changed
    needed: tuple[str, ...] = ()  # of the query
    open_to_all: bool = False


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "health",
        whole.health,
        "who answers",
        fields("status service version seed", status=TEXT, service=TEXT, version=TEXT, seed=WHOLE),
        open_to_all=True,
    ),
    Route(
        "GET",
        "world",
        whole.world_counts,
        "how many of what there are",
        fields("tables", tables={"type": "object", "additionalProperties": WHOLE}),
    ),
    Route("POST", "reset", whole.reset, "be as at the start", fields("status", status=TEXT)),
    Route("GET", "clock", whole.clock, "what the clock shows", CLOCK),
    Route(
        "POST",
        "clock",
        whole.set_clock,
        "set the clock on, stop it, let it run",
        CLOCK,
        fields(at=MOMENT, advance=LENGTH, freeze=FLAG, run=FLAG),
    ),
    Route("GET", "snapshots", whole.snapshots, "the copies that are kept", listed(NAMED)),
    Route(
        "POST",
        "snapshots",
        whole.snapshot,
        "keep the world as it is",
        NAMED,
        NAMED,
    ),
    Route("POST", "snapshots/{name}/restore", whole.restore, "be again as at a snapshot", NAMED),
    Route("DELETE", "snapshots/{name}", whole.forget_snapshot, "let a snapshot go", NAMED),
    Route(
        "GET",
        "diff",
        whole.diff,
        "what differs between two snapshots, or one and now",
        listed(DIFFERENCE),
        query={"before": TEXT, "after": told(TEXT, "now if left out")},
        needed=("before",),
    ),
    Route("GET", "switches", whole.list_switches, "behaviours that can be chosen", listed(SWITCH)),
    Route(
        "POST",
        "switches",
        whole.set_switches,
        "choose behaviours, by name",
        listed(SWITCH),
        {"type": "object", "additionalProperties": TEXT},
    ),
    Route("GET", "keys", whole.keys, "the API keys there are", listed(KEY)),
    Route("GET", "faults", whole.list_faults, "rules by which things fail", listed(ANYTHING)),
    Route("POST", "faults", whole.add_fault, "add a rule", ANYTHING, ANYTHING),
    Route("DELETE", "faults", whole.clear_faults, "take all rules away", listed(ANYTHING)),
    Route("DELETE", "faults/{id}", whole.remove_fault, "take one rule away", NOTHING),
    Route("GET", "requests", people.requests, "what came in", listed(ANYTHING), query=TAIL),
    Route("DELETE", "requests", people.forget_requests, "forget what came in", listed(ANYTHING)),
    Route("GET", "deliveries", people.deliveries, "what was sent out", listed(ANYTHING), query=TAIL),
    Route("GET", "inbox/{number}", people.inbox, "texts that arrived at a number", listed(ANYTHING)),
    Route(
        "POST",
        "texts",
        people.act("inbound"),
        "somebody outside texts in",
        ANYTHING,
        ACTS["inbound"].takes,
    ),
    Route(
        "POST",
        "calls",
        people.act("call"),
        "somebody outside calls in",
        ANYTHING,
        ACTS["call"].takes,
    ),
    Route(
        "POST",
        "calls/{id}/answer",
        people.act("answer"),
        "a user answers a call",
        ANYTHING,
        fields(user=USER),
    ),
    Route("POST", "calls/{id}/hangup", people.act("hangup"), "end a call", ANYTHING),
    Route(
        "POST",
        "duty",
        people.act("duty"),
        "put an operator on duty or off",
        fields("user_id on", user_id=WHOLE, on=FLAG),
        ACTS["duty"].takes,
    ),
    Route("GET", "coverage", whole.coverage, "what each operation reads and writes", listed(ANYTHING)),
)
