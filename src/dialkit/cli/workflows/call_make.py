"""``dialpad call make``: call somebody; with ``--text``, have it spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.parser import Parser
from dialkit.cli.subcommands import Help
from dialkit.cli.workflows.call_arguments import FLAG, phone
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.app import App
    from dialkit.client import Dialpad

HELP = Help(
    "call make",
    "Call somebody: the user's devices ring, then the number is dialled. Somebody's phone rings for real.\n"
    "The user is named by --user-id, or found by the number of --from: in DIALPAD_USER_MAP (JSON, number to\n"
    "user id), else among the company's numbers. The call is written into the outbox before it leaves,\n"
    "placed once, and never repeated where its outcome is unknown. Dialpad takes 5 a minute for each user.\n"
    "Takes the flags of the operation as well (dialpad call.call --help). Also accepted: bin/make_call.py.",
    (
        "dialpad call make --to +14155550123 --from +15035550143",
        "dialpad call make --to +14155550123 --user-id 5402938475610293 --text 'Your table is ready.'",
        "dialpad call make --to +14155550123 --from +15035550143 --dry-run",
    ),
    "--to NUMBER --from NUMBER|--user-id ID [--text WORDS] [--dry-run]",
    (
        ("--to NUMBER", "whom to call: E.164, or an alias; also --phone-number"),
        ("--from NUMBER", "the number they see; without --user-id it tells the user as well"),
        ("--user-id ID", "whose devices ring: an id or an alias"),
        ("--text WORDS", "have this spoken; not in Dialpad's document, which may ignore it"),
        ("--infer-country-code", "a number without a country code is of the US, or of the setting region"),
        ("--once KEY", "the same key again calls nobody, and gives the first answer"),
        ("--again", "call, though the same call was made a few minutes ago"),
        ("--dry-run, --curl", "show the request, place no call; a user who is not known yet is looked up"),
    ),
)
OWN: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--to",), {"metavar": "NUMBER", "action": "append", "default": []}),
    (("--from", "--from-number"), {"metavar": "NUMBER", "dest": "sender"}),
    (("--text",), {"metavar": "WORDS"}),
    (("--infer-country-code",), FLAG),
    (("--once",), {"metavar": "KEY"}),
    (("--again",), FLAG),
)
UNDOCUMENTED = (
    "warning: --text travels in a field that Dialpad's document does not have (command); Dialpad may ignore "
    "it, and place the call all the same"
)


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call make`` with the words that follow it; the exit code."""
    from dialkit.calls import making
    from dialkit.cli import flags, show
    from dialkit.cli.options import ALL_FIELDS
    from dialkit.cli.session import open_client
    from dialkit.cli.words import reading

    operation = app.catalog.operation("call.call")
    app.asked = operation.id
    own = Parser(prog="dialpad call make")
    for names, how in OWN:
        own.add_argument(*names, **how)
    found, rest = own.parse_known_args(argv)
    options, given, words = flags.parse(app, operation, rest)
    if options.fields == ALL_FIELDS:
        return show.fields(app, operation)
    if options.all or options.max_items is not None:
        raise InvalidArgument("call make answers with no list", hint="leave out --all and --max-items")
    view = show.View(app, options)
    extra = making.spoken(found.text) if found.text is not None else {}
    _put_numbers(app, found, given)
    with open_client(app, options) as client:
        if "user_id" not in given and options.data is None:
            given["user_id"] = str(_user(app, client, given, found))
        params, body = flags.values(reading.read(app, operation, options, given), words)
        if extra:
            app.tell(UNDOCUMENTED)
            body = {**(body or {}), **extra}
        request = client.prepare(operation, params, body=body, query=dict(options.query))
        if options.dry_run or options.curl:
            return show.request(app, options, request)
        from dialkit.store import Database

        with Database.of(app.environ, app.tell) as database:
            answer = making.make(client, database, request, once=found.once, again=found.again)
        if options.output == "raw":
            view.how = view.how._replace(format="json")
        hint = "do not place it again; dialpad outbox list shows it"
        view.done(answer, f"the call {answer['call_id']} was placed", hint)
    return 0


def _put_numbers(app: App, found: argparse.Namespace, given: dict[str, Any]) -> None:
    """Our own flags for numbers, as the operation's fields."""
    if len(found.to) > 1:
        raise InvalidArgument(f"--to is given {len(found.to)} times", hint="a call is to one number")
    to = found.to[0] if found.to else None
    for flag, text, field in (
        ("--to", to, "phone_number"),
        ("--from", found.sender, "outbound_caller_id"),
    ):
        if text is None:
            continue
        if field in given:
            other = "--" + field.replace("_", "-")
            raise InvalidArgument(f"{flag} and {other}: which?", hint=f"leave out {other}")
        blocked = flag == "--from" and text == "blocked"
        given[field] = text if blocked else phone(app, found, flag, text)
    if to is None and "phone_number" in given:
        given["phone_number"] = phone(app, found, "--phone-number", given["phone_number"])


def _user(app: App, client: Dialpad, given: dict[str, Any], found: argparse.Namespace) -> int:
    """Whose devices ring, where only their number is given."""
    from dialkit.calls import making

    sender = given.get("outbound_caller_id")
    if "phone_number" not in given:
        raise InvalidArgument("call whom?", hint="--to +14155550123")
    if found.sender is None or sender == "blocked":
        raise InvalidArgument(
            making.NEEDED, hint="--from +15035550143 (the number of a user of yours), or --user-id ID"
        )
    return making.user_of(client, app.environ, str(sender))
