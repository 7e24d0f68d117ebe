"""``dialpad events serve``: receive what Dialpad posts to webhooks, verify it, store it."""

from __future__ import annotations

import json
from contextlib import nullcontext
from errno import EACCES, EADDRINUSE
from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import parse
from dialkit.cli.workflows import forward_arguments
from dialkit.cli.workflows.events import secrets
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App

HOST, PORT = "127.0.0.1", 8787
FLAG: dict[str, Any] = {"action": "store_true"}
ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--host",), {"metavar": "HOST", "default": HOST}),
    (("--port",), {"metavar": "N", "default": str(PORT)}),
    (("--path",), {"metavar": "[KIND=]PATH", "action": "append"}),
    (("--insecure",), FLAG),
    (("--public-status",), FLAG),
    *forward_arguments.ARGUMENTS,
    (("--print",), {"choices": ("text", "json"), "default": "text", "dest": "form"}),
)
ROWS = (
    *secrets.ROWS,
    ("--host HOST, --port N", f"where it listens; {HOST} and {PORT}, port 0 takes a free one"),
    ("--path [KIND=]PATH", "where events are posted, more than once if need be; /hooks/dialpad"),
    ("--insecure", "without a secret, take what anybody posts; --forward may be http at another machine"),
    ("--public-status", "answer at /health and /metrics to other machines as well"),
    *forward_arguments.ROWS,
    ("--print json", "say on stdout where it is, as JSON, once it answers"),
)


def run(app: App, argv: list[str]) -> int:
    """Receive until SIGTERM or Ctrl-C. Raises `InvalidArgument`, and what opening the store raises."""
    _, found = parse(app, "events serve", argv, *secrets.ARGUMENTS, *ARGUMENTS, takes=())
    known, paths, port = secrets.secrets(app, found), _paths(found.path), _port(found.port)
    from dialkit.events import receiver
    from dialkit.events.forwarding.tally import Tally
    from dialkit.events.hooks.addresses import loopback
    from dialkit.events.keeping.apart import Apart
    from dialkit.events.receiver.serving import listen, serve_forever

    if not known and not found.insecure and not loopback(found.host):
        raise InvalidArgument(
            f"--host {found.host}: without a secret anybody who reaches it could write events",
            hint=f"set {secrets.ENVIRONMENT}, or add --insecure",
        )
    tally = Tally()
    forwarder = forward_arguments.forwarder(app, found, tally)
    reception = receiver.make(
        known or None,
        paths,
        Apart(app.environ, forwarder.targets if forwarder else (), app.tell),
        insecure=found.insecure,
        public_status=found.public_status,
        stored=forwarder.wake if forwarder else lambda: None,
        tell=app.tell,
    )
    reception.metrics.tally = tally if forwarder else None
    try:
        listening = listen(found.host, port)
    except OSError as error:
        of_port = error.errno in (EADDRINUSE, EACCES)
        raise InvalidArgument(
            f"--host {found.host} --port {port}: {error.strerror or error}",
            hint="--port 0 takes a free one" if of_port else f"--host {HOST} is this machine",
        ) from None
    with listening, forwarder or nullcontext():
        host, port = listening.getsockname()[:2]
        base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        serve_forever(reception, listening, lambda: _announce(app, found, base, paths, bool(known)))
    return 0


def _announce(
    app: App, found: argparse.Namespace, base: str, paths: dict[str, str | None], signed: bool
) -> None:
    what = (
        "events signed with the secret"
        if signed
        else "whatever is posted"
        if found.insecure
        else "what programs of this machine post"
    )
    app.tell(f"Receiving {what}, at {', '.join(base + path for path in paths)}; Ctrl-C ends it.")
    if not signed:
        so = "events can be forged by anybody" if found.insecure else "only programs of this machine may post"
        app.tell(f"warning: no secret is set, so {so}; {secrets.ENVIRONMENT} sets it")
    if found.form == "json":
        app.stdout.write(json.dumps({"url": base, "paths": paths, "signed": signed}) + "\n")
        app.stdout.flush()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise InvalidArgument(f"--port: {text[:32]!r} is no port", hint=f"--port {PORT}")
    return int(text)


def _paths(given: list[str] | None) -> dict[str, str | None]:
    """Path -> the kind that it is for, None for all. Raises `InvalidArgument`."""
    from dialkit.events.receiver import PATH
    from dialkit.events.receiver.judging import KINDS
    from dialkit.events.receiver.reception import HEALTH, METRICS

    paths: dict[str, str | None] = {}
    for each in given or [PATH]:
        kind, _, path = each.rpartition("=") if not each.startswith("/") else ("", "", each)
        if kind and kind not in KINDS:
            raise InvalidArgument(
                f"--path: there is no kind {kind[:32]!r}", hint="one of " + ", ".join(KINDS)
            )
        if not path.startswith("/") or not path.isascii() or not path.isprintable() or set(path) & set(" ?#"):
            raise InvalidArgument(f"--path: {each[:64]!r} is no path", hint=f"--path {PATH}")
        if path in paths or path in (HEALTH, METRICS):
            raise InvalidArgument(f"--path: {path} is taken", hint=f"--path {PATH}-{kind or 'events'}")
        paths[path] = kind or None
    return paths
