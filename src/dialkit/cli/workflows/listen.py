"""``dialpad listen``: be told what happens, without a public URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import forward_arguments
from dialkit.cli.workflows.call_arguments import FLAG, number_of
from dialkit.cli.workflows.events import secrets
from dialkit.errors import InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    import argparse
    import asyncio

    from dialkit.cli.app import App
    from dialkit.cli.show import View
    from dialkit.client import Dialpad
    from dialkit.events.forwarding import Forwarder
    from dialkit.events.listening.messages import Counts
    from dialkit.events.listening.subscribing import Wanted

# Flag -> kind of event, and what it is in words.
KINDS = {
    "--sms": ("sms", "texts that come and go, and what becomes of them"),
    "--calls": ("call", "calls, in each of their states"),
    "--contacts": ("contact", "changes of contacts (a company admin's key)"),
    "--agent-status": ("agent_status", "agents on and off duty (a company admin's key)"),
    "--change-log": ("change_log", "changes of settings (a company admin's key, scope change_log)"),
    "--fax": ("fax", "faxes (scope fax_message)"),
}
HELP = Help(
    "listen",
    "Be told what happens, without a public URL: makes a websocket and subscriptions at Dialpad, keeps\n"
    "each event on this machine, shows it, and takes down what it made when it ends (Ctrl-C), or at its\n"
    "next start if it was killed. Piped, each event is a line of JSON. It renews the line before its hour\n"
    "ends, connects again where it breaks, and says from when to when events may have been missed.\n"
    "Texts have their words only if the key has the scope message_content_export (with --target) or\n"
    "message_content_export:all.",
    (
        "dialpad listen",
        "dialpad listen --sms --target office:5219384756201938",
        "dialpad listen --sms --calls --forward http://localhost:3000/hook",
        "dialpad listen --calls --exec ./on-call.sh",
    ),
    "[--sms] [--calls] […] [--target KIND:ID] [--forward URL] [--exec SCRIPT]",
    (
        *((flag, about) for flag, (_, about) in KINDS.items()),
        ("--channel ID", "what is written to a channel"),
        ("", "without any of these: --sms --calls"),
        (
            "--target KIND:ID",
            "whose texts, calls, faxes: office, department, callcenter, user, …; else the company's",
        ),
        ("--include-internal", "also texts between colleagues"),
        ("--call-states STATE,…", "only these states of calls, such as ringing,hangup"),
        *forward_arguments.ROWS,
        ("--insecure", "--forward may be http at another machine"),
        (f"{secrets.ENVIRONMENT}=…", "events are signed with this, instead of one made up for the run"),
        (
            "--secret-stdin, --secret WORDS",
            "the same, from stdin, or where others of this machine may see it",
        ),
        ("--max-items N", "end after so many events"),
        ("--dry-run", "show the requests; open no socket"),
    ),
)
ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    *(((flag,), FLAG) for flag in KINDS),
    (("--channel",), {"metavar": "ID", "action": "append"}),
    (("--target",), {"metavar": "KIND:ID", "action": "append"}),
    (("--include-internal",), FLAG),
    (("--call-states",), {"metavar": "STATES"}),
    *forward_arguments.ARGUMENTS,
    (("--insecure",), FLAG),
    *secrets.ARGUMENTS,
    (("--max-items",), {"metavar": "N"}),
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad listen`` with the words that follow it; the exit code."""
    options, found = parse(app, "listen", argv, *ARGUMENTS, takes=(*SHOWING, *ASKING, "--dry-run"))
    view = showing(app, options)
    from dialkit.cli import show
    from dialkit.cli.session import open_client
    from dialkit.events.listening import subscribing

    wanted, secret = _wanted(app, found), _secret(app, found)
    forwarder = forward_arguments.forwarder(app, found)
    with open_client(app, options) as client:
        if options.dry_run:
            app.tell("note: the id 0 stands for the websocket's")
            asked = subscribing.requests(client, wanted, secret=secret is not None)
            return show.requests(app, options, asked)
        if found.forward and secret is None:
            app.tell(
                "note: events are signed with a secret made up for this run; for your app to verify them, "
                f"give both the same {secrets.ENVIRONMENT}"
            )
        counts, left = _listen(app, client, view, wanted, secret, forwarder, options.max_items)
    told = f"{counts.new} new events, {counts.duplicates} that came again, {counts.refused} refused"
    if left:
        raise PartialSuccess(
            f"{told}; what was made at Dialpad could not all be taken down",
            done=counts._asdict(),
            hint="the next dialpad listen with the same key does it",
        )
    app.tell(f"note: {told}; what was made at Dialpad is taken down")
    return 0


def _listen(
    app: App,
    client: Dialpad,
    view: View,
    wanted: Wanted,
    secret: str | None,
    forwarder: Forwarder | None,
    most: int | None,
) -> tuple[Counts, bool]:
    import asyncio
    from contextlib import ExitStack

    from dialkit.cli.workflows.following import Shown
    from dialkit.events.listening.listener import Listener
    from dialkit.store import Database

    with ExitStack() as stack:
        database = stack.enter_context(Database.of(app.environ, app.tell))
        if forwarder is not None:
            stack.enter_context(forwarder)
        shown = stack.enter_context(Shown(app, view, most))
        listener = Listener(
            client,
            database,
            wanted,
            secret=secret,
            forwarder=forwarder,
            shown=shown.add,
            tell=app.tell,
        )

        async def listen() -> Counts:
            stop = asyncio.Event()
            shown.stops(asyncio.get_running_loop(), stop)
            if app.owns_process:
                _hear_signals(app, stop)
            return await listener.listen(stop)

        return asyncio.run(listen()), listener.left


def _hear_signals(app: App, stop: asyncio.Event) -> None:
    """End in good order at the first signal, at once at the second: the next start takes down then."""
    import asyncio
    import os
    import signal

    from dialkit.cli.app import EXIT_INTERRUPTED

    loop = asyncio.get_running_loop()

    def heard() -> None:
        if stop.is_set():
            os._exit(EXIT_INTERRUPTED)
        stop.set()
        app.tell("note: ending, and taking down what was made at Dialpad; once more ends at once")

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):  # nohup
            continue
        try:
            loop.add_signal_handler(number, heard)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(heard))


def _wanted(app: App, found: argparse.Namespace) -> Wanted:
    """What to be told of. Raises `InvalidArgument`."""
    from dialkit.events.listening.subscribing import Wanted

    kinds = [kind for flag, (kind, _) in KINDS.items() if getattr(found, flag[2:].replace("-", "_"))]
    channels = [
        number_of(app, text, "--channel", "--channel 6124857390164825") for text in found.channel or ()
    ]
    kinds += ["channel"] if channels else []
    kinds = kinds or ["sms", "call"]
    if found.call_states is not None and "call" not in kinds:
        raise InvalidArgument("--call-states without --calls", hint="add --calls")
    if found.include_internal and "sms" not in kinds:
        raise InvalidArgument("--include-internal without --sms", hint="add --sms")
    return Wanted(
        tuple(kinds),
        tuple(dict.fromkeys(_target(app, text) for text in found.target or ())),
        tuple(dict.fromkeys(channels)),
        found.include_internal,
        ("all",) if found.call_states is None else _states(app, found.call_states),
    )


def _states(app: App, text: str) -> tuple[str, ...]:
    from dialkit.cli.workflows.call_arguments import one_of

    field = app.catalog.operation("webhook_call_event_subscription.create").field("call_states")
    assert field is not None
    known = field.schema["items"]["enum"]
    states = tuple(dict.fromkeys(text.replace(",", " ").split())) or ("",)
    for state in states:
        one_of("--call-states", state, known)
    return states


def _target(app: App, text: str) -> tuple[str, int]:
    from dialkit.cli.workflows.call_arguments import one_of

    kind, colon, number = text.partition(":")
    if not colon:
        raise InvalidArgument(
            f"--target: {text[:40]!r} is no KIND:ID", hint="--target office:5219384756201938"
        )
    field = app.catalog.operation("webhook_sms_event_subscription.create").field("target_type")
    assert field is not None
    one_of("--target", kind, [name for name in field.schema["enum"] if name not in (None, "unknown")])
    return kind, number_of(app, number, "--target", f"--target {kind}:5219384756201938")


def _secret(app: App, found: argparse.Namespace) -> str | None:
    from dialkit.events.hooks.endpoints import check_secret

    given = secrets.secrets(app, found)
    return check_secret(given[0]) if given else None  # of several, the new one is the first
