"""``dialpad sms send``: a text, checked, written down, sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, columns, parse, showing
from dialkit.cli.workflows.text_arguments import flag, full_path, given, read
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from dialkit.cli.app import App
    from dialkit.store import Database

TO, FROM = ("--to", "--to-numbers"), ("--from", "--from-number")
HELP = Help(
    "sms send",
    "Sends a text. It is written down before it leaves, and never sent twice: the same to the same number\n"
    "within ten minutes is refused unless --again is said. Who answered STOP gets nothing.",
    (
        "dialpad sms send --to +14155550123 --from +15035550142 --message 'Your order is ready.'",
        "echo 'Total: $1,035 due' | dialpad sms send --to +14155550123 --profile work --message-stdin",
        "dialpad sms send --to +14155550123 --from +15035550142 --message Hi --once order-1035 --dry-run",
    ),
    "--to NUMBER … (--message TEXT | --message-file FILE | --message-stdin | --template NAME --var K=V …)",
    (
        ("--to NUMBER", "to whom; again or with commas for several; also accepted: --to-numbers"),
        ("--message TEXT", "what is said; also accepted: --text. A shell eats $ in double quotes:"),
        ("--message-stdin", "reads it from stdin instead, which is right for prices"),
        ("--message-file FILE", "reads it from a file, byte for byte but for the line break at its end"),
        ("--template NAME --var K=V", "a kept text with its {fields} filled in"),
        ("--media FILE", "a picture, at most 500 KiB"),
        (
            "--from NUMBER",
            "who sends; before --profile, DIALPAD_DEFAULT_FROM_NUMBER, DIALPAD_DEFAULT_PROFILE",
        ),
        (
            "--profile NAME",
            "the number of DIALPAD_PROFILE_NAME_FROM, or profiles.NAME.from in the config",
        ),
        ("--allow-profile-mismatch", "let --from win over the profile's number"),
        ("--infer-country-code", "read numbers without a country code as your region's"),
        ("--once KEY", "a key of yours: the same key again gives the first result and sends nothing"),
        ("--again", "send although the same was sent within ten minutes"),
        ("--strict", "refuse a text that looks as if a shell had eaten an amount"),
        ("--dry-run", "show sender, text, encoding and segments; open no socket"),
        (
            "",
            "With the operation's flags alone (dialpad schema sms.send) it is the operation as such.",
        ),
    ),
)
# Flags that make it this workflow; without any of them it is the operation.
OURS = {
    "--to", "--from", "--message", "--message-file", "--message-stdin", "--template", "--var", "--profile",
    "--allow-profile-mismatch", "--strict",
}  # fmt: skip
TEXTS = ("message", "message_file", "message_stdin", "template")
SENT = "do not send it again; dialpad outbox list shows it"
COLUMNS = ("id", "status", "from_number", "to_numbers", "text", "sender_source", "sender_note")


def run(app: App, argv: list[str]) -> int:
    """Send it, or show what would be sent."""
    flags = {word.partition("=")[0].replace("_", "-") for word in argv if word.startswith("--")}
    if flags and not flags & OURS:
        from dialkit.cli.operation import run as operation

        return operation(app, app.catalog.ids["sms.send"], argv)
    app.asked = "sms.send"
    options, found = parse(app, "sms send", argv, *arguments(), takes=(*SHOWING, *ASKING, "--dry-run"))
    view = showing(app, options)
    for name in given(found, "once", "template", "profile"):
        if not getattr(found, name):
            raise InvalidArgument(f"{flag(name)} is empty", hint=f"{flag(name)} NAME, or leave it out")
    from dialkit.cli.session import open_client
    from dialkit.messaging import send
    from dialkit.messaging.compose import compose
    from dialkit.messaging.delivery import in_words
    from dialkit.store import Database

    assert app.options is not None
    with Database.of(app.environ, app.tell) as database, open_client(app, app.options) as client:
        message = compose(
            app.config,
            to=split_numbers(found.to),
            text=_text(app, found, database),
            sender=found.sender,
            profile=found.profile,
            allow_profile_mismatch=found.allow_profile_mismatch,
            infer_country_code=found.infer_country_code,
            media=None if found.media is None else full_path(app, found.media),
            strict=found.strict,
            tell=app.tell,
        )
        if options.dry_run:
            view.data(send.dry_run(client, database, message, tell=app.tell))
            return 0
        sent = send.send(client, database, message, once=found.once, again=found.again, tell=app.tell)
        table = columns(view, tuple(name for name in COLUMNS if name in sent))
        view.done(in_words(sent) if table else sent, "the text was sent", SENT)
    return 0


def arguments() -> tuple[Any, ...]:
    """The flags, as `parse` takes them."""
    plain = [
        (name, {"metavar": "X"})
        for name in ("--message-file", "--template", "--media", "--profile", "--once")
    ]
    switches = ("--message-stdin", "--allow-profile-mismatch", "--infer-country-code", "--again", "--strict")
    return (
        (TO, {"action": "append", "dest": "to"}),
        (FROM, {"dest": "sender"}),
        (("--message", "--text"), {"dest": "message"}),
        (("--var",), {"action": "append", "metavar": "NAME=VALUE"}),
        *(((name,), how) for name, how in plain),
        *(((name,), {"action": "store_true"}) for name in switches),
    )


def _text(app: App, found: argparse.Namespace, database: Database) -> str:
    """What is said, from the one place that is named. Raises `InvalidArgument`."""
    said = given(found, *TEXTS)
    if len(said) != 1:
        what = (
            f"{' and '.join(map(flag, said))}: only one of them"
            if said
            else "what is said? no --message is given"
        )
        raise InvalidArgument(what, hint="one of --message, --message-file, --message-stdin, --template")
    if found.template is not None:
        from dialkit.messaging import templates

        return templates.render(database, found.template, templates.variables(found.var or []))
    if found.var:
        raise InvalidArgument("--var goes with --template", hint="dialpad template list")
    return read(app, found, said[0])


def split_numbers(given: Iterable[str] | None) -> list[str]:
    """Numbers from flags: again, with commas, or as a JSON array, as the operation takes them."""
    import json

    found: list[str] = []
    for text in given or ():
        if text.lstrip().startswith("["):
            try:
                given_here = json.loads(text)
            except (ValueError, RecursionError):
                given_here = None
            if not isinstance(given_here, list) or not all(isinstance(one, str) for one in given_here):
                raise InvalidArgument(
                    f"--to: {text[:60]!r} is not a JSON array of texts", hint="--to +14155550123"
                )
            found += given_here
            continue
        found += [part for part in text.split(",") if part.strip()]
    return found
