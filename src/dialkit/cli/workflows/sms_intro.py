"""``dialpad sms intro``: two people introduced by two texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.subcommands import ASKING, SHOWING, Help, columns, parse, showing
from dialkit.errors import InvalidArgument, Refused

if TYPE_CHECKING:
    from dialkit.cli.app import App

HELP = Help(
    "sms intro",
    "Introduces two people: a text to each, the prospect's first, with the other's number.\n"
    "No group thread is made.",
    (
        "dialpad sms intro --prospect +14155550111 --reference +14155550199 --confirm-share --profile work",
        "dialpad sms intro --prospect +14155550111 --reference +14155550199 --confirm-share --dry-run",
    ),
    "--prospect NUMBER --reference NUMBER --confirm-share [--from NUMBER | --profile NAME]",
    (
        ("--confirm-share", "both agreed that their numbers are shared; asked for in a dry run, too"),
        ("--prospect-name, --reference-name", "what they are called in the texts"),
        ("--prospect-message, --reference-message", "the texts themselves, in place of ours"),
        ("--from NUMBER, --profile NAME", "who sends, as for: dialpad sms send"),
        ("--allow-profile-mismatch", "let --from win over the profile's number"),
        ("--infer-country-code", "read numbers without a country code as your region's"),
        ("--resume ID", "the second text failed: send only that one"),
        ("--again", "send although the same was sent within ten minutes"),
    ),
)
SAID = ("--prospect", "--reference", "--prospect-name", "--reference-name", "--prospect-message",
        "--reference-message", "--profile", "--resume")  # fmt: skip
COLUMNS = ("id", "mode", *(f"legs.{leg}.{name}" for leg in ("prospect", "reference")
                           for name in ("to_numbers", "text", "status")))  # fmt: skip
SWITCHES = ("--confirm-share", "--allow-profile-mismatch", "--infer-country-code", "--again")


def run(app: App, argv: list[str]) -> int:
    """Send both, or show what would be sent."""
    app.asked = "sms.send"
    options, found = parse(
        app,
        "sms intro",
        argv,
        (("--from", "--from-number"), {"dest": "sender"}),
        *(((name,), {"metavar": "X"}) for name in SAID),
        *(((name,), {"action": "store_true"}) for name in SWITCHES),
        takes=(*SHOWING, *ASKING, "--dry-run"),
    )
    view = showing(app, options)
    for name in ("prospect", "reference"):
        if not getattr(found, name):
            raise InvalidArgument(f"--{name} is not given", hint=f"--{name} +14155550111")
    if not found.confirm_share:
        raise Refused(
            "an introduction gives each the other's number; that is not confirmed, and nothing was sent",
            hint="where both agreed, add --confirm-share",
        )
    from dialkit.cli.session import open_client
    from dialkit.messaging import intro
    from dialkit.messaging.delivery import in_words
    from dialkit.store import Database

    plan = intro.compose(
        app.config,
        found.prospect,
        found.reference,
        names={leg: getattr(found, f"{leg}_name") for leg in intro.LEGS},
        texts={leg: getattr(found, f"{leg}_message") for leg in intro.LEGS},
        sender=found.sender,
        profile=found.profile,
        allow_profile_mismatch=found.allow_profile_mismatch,
        infer_country_code=found.infer_country_code,
        tell=app.tell,
    )
    assert app.options is not None
    with Database.of(app.environ, app.tell) as database, open_client(app, app.options) as client:
        if options.dry_run:
            view.data(intro.dry_run(client, database, plan, tell=app.tell))
            return 0
        sent = intro.send(client, database, plan, resume=found.resume, again=found.again, tell=app.tell)
        if columns(view, COLUMNS):
            sent["legs"] = {leg: in_words(told) for leg, told in sent["legs"].items()}
        view.done(sent, "both texts were sent", "do not send them again; dialpad outbox list shows them")
    return 0
