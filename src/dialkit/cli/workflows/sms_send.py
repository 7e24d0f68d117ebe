"""``dialpad sms send``: a text, checked, written down, sent once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing, wants_help
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from dialkit.cli.app import App
    from dialkit.messaging.send import Message

TO, FROM = ("--to", "--to-numbers"), ("--from", "--from-number")
HELP = Help(
    "sms send",
    "Sends a text. It is written down before it leaves, and never sent twice: the same to the same people\n"
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
        ("--message-file FILE", "reads it from a file, byte for byte"),
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


def run(app: App, argv: list[str]) -> int:
    """Send it, or show what would be sent."""
    if wants_help(argv):
        app.stdout.write(HELP.text())
        return 0
    flags = {word.partition("=")[0].replace("_", "-") for word in argv if word.startswith("--")}
    if not flags & OURS:
        from dialkit.cli.operation import run as operation

        return operation(app, app.catalog.ids["sms.send"], argv)
    app.asked = "sms.send"
    options, found = parse(app, "sms send", argv, *arguments(), takes=(*SHOWING, *ASKING, "--dry-run"))
    view = showing(app, options)
    message = message_of(app, found)
    from dialkit.cli.session import open_client
    from dialkit.messaging import consent, send
    from dialkit.store import Database

    assert app.options is not None
    with Database.of(app.environ, app.tell) as database, open_client(app, app.options) as client:
        if options.dry_run:
            consent.check(client, database, message.to, app.tell, ask=False)
            asked = send.requests(client, message)
            shown = [{"method": one.method, "url": one.url, "body": one.body} for one in asked]
            view.data({"dry_run": True, **send.preview(message), "requests": shown})
            return 0
        view.data(send.send(client, database, message, once=found.once, again=found.again, tell=app.tell))
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


def message_of(app: App, found: argparse.Namespace) -> Message:
    """The text that the flags mean, all of it checked."""
    from dialkit.client.phones import region_of
    from dialkit.messaging import recipients, senders, texts
    from dialkit.messaging.send import Message

    region = region_of(app.config) if found.infer_country_code or app.config.values.get("region") else None
    numbers = recipients.read(split_numbers(found.to), region)
    recipients.check_policy(numbers, _list(app.config.values.get("allow_destinations")))
    sender = senders.resolve(
        app.config,
        app.environ,
        number=found.sender,
        profile=found.profile,
        allow_mismatch=found.allow_profile_mismatch,
    )
    if sender.note:
        app.tell(f"note: {sender.note}")
    text = texts.check(text_of(app, found))
    for amount in texts.eaten(text):
        warning = f"{amount!r} in the text looks like an amount whose beginning a shell has eaten"
        if found.strict:
            raise InvalidArgument(warning + "; nothing was sent", hint="give the text by --message-stdin")
        app.tell(f"warning: {warning}; --message-stdin keeps it whole")
    media = texts.media(os.path.join(app.cwd, found.media)) if found.media else None
    return Message(text, numbers, sender, media)


def text_of(app: App, found: argparse.Namespace) -> str:
    """What is said, from the one place that is named. Raises `InvalidArgument`."""
    given = [name for name in TEXTS if getattr(found, name) not in (None, False)]
    if len(given) != 1:
        names = " and ".join("--" + name.replace("_", "-") for name in given)
        what = f"{names}: only one of them" if given else "what is said? no --message is given"
        raise InvalidArgument(what, hint="one of --message, --message-file, --message-stdin, --template")
    if found.var and not found.template:
        raise InvalidArgument("--var goes with --template", hint="dialpad template list")
    if found.message is not None:
        return str(found.message)
    if found.template:
        from dialkit.messaging import templates
        from dialkit.store import Database

        with Database.of(app.environ, app.tell) as database:
            return templates.render(database, found.template, dict(map(_pair, found.var or ())))
    return _read(app, found.message_file)


def _read(app: App, path: str | None) -> str:
    """A file, or stdin, as text; the line break at its end is not part of it."""
    from dialkit.cli.streams import read_text
    from dialkit.messaging.texts import MOST

    where = f"--message-file {path}" if path else "--message-stdin"
    try:
        if path is None:
            text = read_text(app.stdin, 4 * MOST)
        else:
            with open(
                os.path.join(app.cwd, os.path.expanduser(path)), encoding="utf-8-sig", newline=""
            ) as file:
                text = file.read(4 * MOST)
    except UnicodeDecodeError:
        raise InvalidArgument(f"{where}: not UTF-8", hint="save the text as UTF-8") from None
    except OSError as error:
        raise InvalidArgument(f"{where}: {error.strerror}", hint="name a file that can be read") from None
    return text.removesuffix("\n").removesuffix("\r")


def split_numbers(given: Iterable[str] | None) -> list[str]:
    """Numbers from flags: again, with commas, or as a JSON array, as the operation takes them."""
    import json

    found: list[str] = []
    for text in given or ():
        if text.lstrip().startswith("["):
            try:
                found += [str(one) for one in json.loads(text)]
                continue
            except (ValueError, TypeError):
                raise InvalidArgument(
                    f"--to: {text[:60]!r} is not a JSON array", hint="--to +14155550123"
                ) from None
        found += [part for part in text.split(",") if part.strip()]
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidArgument(f"--var: {text[:40]!r} is not NAME=VALUE", hint="--var first_name=Ada")
    return name, value


def _list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
