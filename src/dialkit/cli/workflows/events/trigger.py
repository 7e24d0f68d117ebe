"""``dialpad events trigger``: an event of one's own making, signed as Dialpad signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import parse, showing
from dialkit.cli.workflows.events import secrets
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App

FLAG: dict[str, Any] = {"action": "store_true"}
ROWS = (
    ("NAME", "what happened: sms_received, sms_delivered, call_ringing, call_hangup, voicemail,"),
    ("", "contact_updated, agent_status, changelog, channel, fax, …"),
    ("--from, --to NUMBER", "who wrote or called, and whom; numbers of fiction if left out"),
    ("--text WORDS", "of a text, a voicemail, a transcript, a recap, a channel, a note, a reason"),
    ("--set NAME=VALUE", "any other field, such as target.name=Sales; may be said more than once"),
    ("--fixture FILE", "instead of NAME: an event in YAML or JSON, under 'payload'"),
    ("--edit", "change it in $EDITOR before it leaves"),
    ("--to-url URL", "post it there; without, the body is printed"),
    ("--insecure", "http at another machine will do as well"),
    ("--keep", "keep it in the store of this machine, as if it had come, instead of posting it"),
    *secrets.ROWS,
    ("", "Of several the first one signs. Without a secret the body is plain JSON."),
)
EXAMPLE = "dialpad events trigger sms_received --to-url http://localhost:3000/hook"


def run(app: App, argv: list[str]) -> int:
    """Make an event, and post, keep or print it; the exit code.

    Raises `InvalidArgument`, and what `Poster.post` raises.
    """
    options, found = parse(
        app,
        "events trigger",
        argv,
        (("name",), {"metavar": "NAME", "nargs": "?"}),
        (("--from",), {"metavar": "NUMBER", "dest": "from_number"}),
        (("--to",), {"metavar": "NUMBER", "dest": "to_number"}),
        (("--text",), {"metavar": "WORDS"}),
        (("--set",), {"metavar": "NAME=VALUE", "action": "append", "default": []}),
        (("--fixture",), {"metavar": "FILE"}),
        (("--edit",), FLAG),
        (("--to-url",), {"metavar": "URL"}),
        (("--insecure",), FLAG),
        (("--keep",), FLAG),
        *secrets.ARGUMENTS,
    )
    view = showing(app, options)
    if found.to_url is not None and found.keep:
        raise InvalidArgument("--to-url and --keep: which?", hint="say one of them")
    from dialkit.cli.workflows.events import fixture
    from dialkit.events import making
    from dialkit.events.hooks.addresses import check_url

    url = None if found.to_url is None else check_url(found.to_url, "--to-url", insecure=found.insecure)
    known = secrets.secrets(app, found)
    payload = _payload(app, found)
    fixture.write_into(payload, found.set)
    if found.edit:
        payload = fixture.edited(app, payload)
    secret = known[0] if known else None
    body = making.written(payload, secret)
    told = _told(payload, signed=bool(known))
    if url is not None:
        from dialkit.events.single import Poster

        view.data({**told, "url": url, "status": Poster(url).post(body)})
    elif found.keep:
        view.data({**told, **_kept(app, payload, body, secret)})
    else:
        app.stdout.write(body.decode("ascii") + "\n")
    return 0


def _payload(app: App, found: argparse.Namespace) -> dict[str, Any]:
    from dialkit.cli.workflows.events import fixture
    from dialkit.cli.workflows.inbox.arguments import number
    from dialkit.events import making

    if (found.name is None) == (found.fixture is None):
        raise InvalidArgument("an event's NAME, or --fixture FILE: one of the two", hint=EXAMPLE)
    if found.fixture is not None:
        given = {"--from": found.from_number, "--to": found.to_number, "--text": found.text}
        if wrong := next((flag for flag, value in given.items() if value is not None), None):
            raise InvalidArgument(f"{wrong} does not go with --fixture", hint="--set text=…")
        return fixture.read(app, found.fixture)
    sender, receiver = (
        None if text is None else number(app, flag, text)
        for flag, text in (("--from", found.from_number), ("--to", found.to_number))
    )
    return making.make(found.name, from_number=sender, to_number=receiver, text=found.text)


def _told(payload: dict[str, Any], *, signed: bool) -> dict[str, Any]:
    from dialkit.events.names import name_of
    from dialkit.webhooks.kinds import kind_of

    return {"event": name_of(kind_of(payload).kind, payload), "signed": signed}


def _kept(app: App, payload: dict[str, Any], body: bytes, secret: str | None) -> dict[str, Any]:
    from time import time

    from dialkit.inbox.keeping import Arrival, keep
    from dialkit.store import Database
    from dialkit.webhooks import unwrap

    kind = unwrap(body, secret=secret).kind  # as whoever receives looks at it first
    arrival = Arrival(kind, payload, body.decode("ascii"), time(), "trigger")
    with Database.of(app.environ, app.tell) as database:
        [kept] = keep(database, [arrival])
    return {"id": kept.event_id, "duplicate": kept.duplicate}
