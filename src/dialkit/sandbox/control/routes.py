"""All that can be asked under ``/__sandbox__/``, in one table: who does it, what it takes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.control import people, whole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.sandbox.control.asked import Asked
    from dialkit.sandbox.control.service import Control

    Act = Callable[[Control, Asked], Awaitable[Any]]
    Schema = dict[str, Any]

TEXT, FLAG, WHOLE = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
ANYTHING: Schema = {"type": "object"}
NOTHING: Schema = {}


def fields(required: str = "", **properties: Schema) -> Schema:
    """An object with those fields and no others; `required` are names, with spaces between."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required.split()} if required else schema


def told(schema: Schema, about: str) -> Schema:
    """A schema with a word on what it is for."""
    return {**schema, "description": about}


def listed(item: Schema) -> Schema:
    """An answer with a list in it."""
    return fields("items", items={"type": "array", "items": item})


NAMED = fields("name", name=TEXT)
MOMENT = told({"type": ["string", "number"]}, "ISO 8601 in UTC, or epoch seconds")
LENGTH = told({"type": ["string", "number"]}, "seconds, or such as 90s, 3h, 2d, 1h30m")
NUMBER = told({"type": "string", "minLength": 1}, "a phone number in E.164")
USER = told({"type": ["string", "integer"]}, "a user's id or email address")
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
MEDIA = told({"type": "string", "contentEncoding": "base64"}, "a picture or the like, in base64")
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
        people.text_in,
        "somebody outside texts in",
        ANYTHING,
        fields("from to", **{"from": NUMBER}, to=NUMBER, text=TEXT, media=MEDIA),
    ),
    Route(
        "POST",
        "calls",
        people.call_in,
        "somebody outside calls in",
        ANYTHING,
        fields(
            "from to",
            **{"from": NUMBER},
            to=NUMBER,
            hangup_after=told(LENGTH, "when the caller hangs up"),
            missed=told(FLAG, "nobody answers"),
            voicemail=told(TEXT, "what the caller says to the voicemail"),
            sound=told(MEDIA, "how that sounds, a WAV or MP3 file in Base64; beside `voicemail`"),
        ),
    ),
    Route(
        "POST",
        "calls/{id}/answer",
        people.answer,
        "a user answers a call",
        ANYTHING,
        fields(user=USER),
    ),
    Route("POST", "calls/{id}/hangup", people.hang_up, "end a call", ANYTHING),
    Route(
        "POST",
        "duty",
        people.set_duty,
        "put an operator on duty or off",
        fields("user_id on", user_id=WHOLE, on=FLAG),
        fields("user on", user=USER, on=FLAG, reason=TEXT),
    ),
    Route("GET", "coverage", whole.coverage, "what each operation reads and writes", listed(ANYTHING)),
)
