"""``dialpad webhook sms``: have texts told to a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, Sub, choose, columns, parse, showing
from dialkit.cli.workflows.call_arguments import FLAG, number_of, target
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from dialkit.cli.app import App
    from dialkit.events.hooks.texts import Asked

HELP = Help(
    "webhook sms",
    "Have texts told to a URL as they come and go: a webhook, and a subscription to it. Both or neither:\n"
    "where subscribing fails, the webhook made for it is deleted again. A webhook with the same URL and\n"
    "the same secret is used again. Events carry the words of a text only if the key that makes the\n"
    "subscription has the scope message_content_export (with a target) or message_content_export:all.\n"
    "Also accepted: bin/create_sms_webhook.py.",
    (
        "dialpad webhook sms create --url https://example.com/hooks/dialpad --direction all",
        "dialpad webhook sms create --url https://example.com/sms --direction inbound --generate-secret",
        "dialpad webhook sms list",
        "dialpad webhook sms delete 6347683941576820",
    ),
    apart=True,
)
COLUMNS = ("id", "url", "direction", "target", "enabled", "orphaned")
CREATE: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--url",), {"metavar": "URL"}),
    (("--direction",), {"metavar": "WAY"}),
    (("--office-id",), {"metavar": "ID"}),
    (("--target-type",), {"metavar": "TYPE"}),
    (("--target-id",), {"metavar": "ID"}),
    (("--secret",), {"metavar": "WORDS"}),
    (("--secret-stdin",), FLAG),
    (("--generate-secret",), FLAG),
    (("--status",), FLAG),
    (("--include-internal",), FLAG),
    (("--event-types",), {"metavar": "JSON"}),
)
MOST_OF_STDIN = 10_000


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad webhook sms`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _create(app: App, argv: list[str]) -> int:
    options, found = parse(app, "webhook sms create", argv, *CREATE, takes=(*SHOWING, *ASKING, "--dry-run"))
    view = showing(app, options)
    from dialkit.cli import show
    from dialkit.cli.session import open_client
    from dialkit.events.hooks import texts as hooks

    asked = _asked(app, found)
    hooks.check(asked)
    with open_client(app, options) as client:
        if options.dry_run:
            app.tell("note: endpoint_id 0 stands for the webhook's id")
            if not found.generate_secret:
                app.tell("note: a webhook with this URL and secret would be used again, if there is one")
            hidden = asked._replace(secret=asked.secret and "***")
            return show.requests(app, options, hooks.requests(client, hidden))
        made = hooks.create(client, asked, fresh=found.generate_secret)
    if found.generate_secret:
        made["secret"] = asked.secret
        app.tell("note: the secret is shown this once; Dialpad keeps it with the webhook")
    if "same_url" in made:
        app.tell(
            f"note: the same URL, with another secret or none: webhook {', '.join(made['same_url'])}; "
            "what all of them are subscribed to comes more than once"
        )
    if not made["made"]:
        app.tell("note: all of it was there already; nothing was made")
    done = f"the subscription {made['id']} is there"
    view.done(
        made, done, f"dialpad webhook sms list; to take it back: dialpad webhook sms delete {made['id']}"
    )
    return 0


def _list(app: App, argv: list[str]) -> int:
    options, _ = parse(app, "webhook sms list", argv, takes=(*SHOWING, *ASKING, "--all"))
    view = showing(app, options)
    columns(view, COLUMNS)
    from dialkit.cli.session import open_client
    from dialkit.events.hooks.texts import listed

    with open_client(app, options) as client:
        view.items(listed(client))
    return 0


def _delete(app: App, argv: list[str]) -> int:
    identity = (("id",), {"metavar": "ID"})
    hook = (("--with-webhook",), FLAG)
    options, found = parse(
        app, "webhook sms delete", argv, identity, hook, takes=(*SHOWING, *ASKING, "--dry-run")
    )
    view = showing(app, options)
    subscription = number_of(app, found.id, "ID", "dialpad webhook sms delete 6347683941576820")
    from dialkit.cli import show
    from dialkit.cli.session import open_client
    from dialkit.events.hooks import unhooking

    with open_client(app, options) as client:
        if options.dry_run:
            wanted = unhooking.requests(client, subscription, with_webhook=found.with_webhook)
            return show.requests(app, options, wanted)
        gone = unhooking.delete(client, subscription, with_webhook=found.with_webhook)
        view.done(gone, f"the subscription {subscription} is deleted", "dialpad webhook sms list")
    return 0


def _asked(app: App, found: argparse.Namespace) -> Asked:
    """What is asked for. Raises `InvalidArgument` for flags that do not go together."""
    from dialkit.events.hooks import endpoints
    from dialkit.events.hooks import texts as hooks

    if found.url is None:
        raise InvalidArgument("--url is required", hint="--url https://example.com/hooks/dialpad")
    direction = found.direction
    if found.event_types is not None:
        direction = hooks.direction_of(_event_types(found.event_types), direction)
    if direction is None:
        raise InvalidArgument("--direction is required", hint="--direction " + "|".join(hooks.DIRECTIONS))
    given = [
        flag
        for flag, value in (
            ("--secret", found.secret is not None),
            ("--secret-stdin", found.secret_stdin),
            ("--generate-secret", found.generate_secret),
        )
        if value
    ]
    if len(given) > 1:
        raise InvalidArgument(f"{given[0]} and {given[1]}: which?", hint="say one of them")
    secret = found.secret
    if found.secret_stdin:
        from dialkit.cli.streams import read_text

        secret = read_text(app.stdin, MOST_OF_STDIN).rstrip("\r\n")
    elif found.generate_secret:
        secret = endpoints.secret()
    whose, flag = _target(app, found)
    return hooks.Asked(
        found.url, direction, whose, secret, found.status, found.include_internal, target_flag=flag
    )


def _event_types(text: str) -> list[str]:
    """The older names: a JSON array, or words with commas."""
    import json

    try:
        names = json.loads(text)
    except ValueError:
        names = text.replace(",", " ").split()
    return [str(name) for name in (names if isinstance(names, list) else [names])]


def _target(app: App, found: argparse.Namespace) -> tuple[tuple[str, int] | None, str]:
    if found.office_id is not None:
        if found.target_id is not None or found.target_type not in (None, "office"):
            raise InvalidArgument("--office-id and --target-id: which?", hint="say one of the two")
        office = number_of(app, found.office_id, "--office-id", "--office-id 5219384756201938")
        return ("office", office), "--office-id"
    return target(app, found, "webhook_sms_event_subscription.create"), "--target-id"


def _create_rows() -> Iterable[tuple[str, str]]:
    return (
        ("--url URL", "where events are posted: https, or http at this machine"),
        ("--direction all|inbound|outbound", "texts both ways, received, or sent"),
        ("--office-id ID", "the texts of one office; it is looked up first"),
        ("--target-type, --target-id", "the texts of a user, department, callcenter, …; else the company's"),
        ("--generate-secret", "have events signed (JWT, HS256) with a new secret, shown this once"),
        ("--secret WORDS, --secret-stdin", "sign with this one; it is never shown"),
        ("--status", "also tell what became of texts that were sent"),
        ("--include-internal", "also texts between colleagues"),
        ("--event-types JSON", "also accepted: sms_received is --direction inbound, sms_sent outbound"),
        ("--dry-run", "show the requests; open no socket"),
    )


def _delete_rows() -> Iterable[tuple[str, str]]:
    return (
        ("ID", "the subscription, as list shows it"),
        ("--with-webhook", "its webhook as well, where nobody else uses it"),
        ("--dry-run", "show the requests, delete nothing; with --with-webhook it reads who uses it"),
    )


TABLE = {
    "create": Sub(
        _create,
        "--url URL --direction WAY [--office-id ID] [--generate-secret] [--status] [--dry-run]",
        "have texts told to a URL",
        _create_rows,
    ),
    "list": Sub(_list, "", "who is told of texts, and which subscriptions are orphaned"),
    "delete": Sub(_delete, "ID [--with-webhook] [--dry-run]", "end a subscription", _delete_rows),
}
