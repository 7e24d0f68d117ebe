"""``dialpad call list``: calls of a time, missed ones, those with somebody; else the operation as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, columns, parse, showing
from dialkit.cli.workflows.call_arguments import FLAG, phone, target, user_target
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from dialkit.calls.listing import Report
    from dialkit.calls.span import Span
    from dialkit.cli.app import App
    from dialkit.client import Dialpad

UNLESS_SAID = 28  # days
HELP = Help(
    "call list",
    "Calls that ended, the newest first. The key needs the scope calls:list and a company admin.\n"
    "With none of these flags it is the operation call.list, and takes its flags: dialpad call.list --help\n"
    "Each call is as Dialpad shows it, with started and outcome beside: answered, missed, voicemail (it\n"
    "ended there, with or without a message), blocked, unanswered (outbound), unknown (nobody tells).\n"
    "Also accepted: bin/list_calls.py.",
    (
        "dialpad call list --today",
        "dialpad call list --missed --days 7 -o csv",
        "dialpad call list --with +14155550123",
        "dialpad call list --user mara@larkspur.example --since 2026-03-01 --until 2026-03-05",
    ),
    "[--today|--hours N|--days N|--since MOMENT] [--missed] [--with NUMBER] [--user WHO]",
    (
        ("--today", "since midnight, here or in --timezone"),
        ("--hours N, --days N", f"so long up to now; unless something is said: {UNLESS_SAID} days"),
        ("--since, --until", "moments such as 2026-03-05 or 2026-03-05T17:00Z"),
        ("--timezone ZONE", "such as America/Los_Angeles; else this machine's"),
        ("--missed", "inbound and not answered, voicemail among them; a call to a group counts once"),
        ("--with NUMBER", "with this number, or an alias of one"),
        ("--infer-country-code", "a number without a country code is of the US, or of the setting region"),
        ("--user WHO", "of this user: id, e-mail address, alias, me"),
        ("--target-type, --target-id", "of this group or line: office, callcenter, department, …"),
        ("--include-anonymized", "also calls of users who were deleted"),
        ("--max-items N", "no more than the N newest"),
        ("--dry-run", "show what would be asked; open no socket"),
    ),
)
# Any of these makes it ours; the others are the operation's as well.
OWN = ("--today", "--hours", "--days", "--since", "--until", "--timezone", "--missed", "--with", "--user")
# The first that there is room for.
COLUMNS = ("started", "outcome", "external_number", "call_id", "contact.name", "target.name", "direction")
ARGUMENTS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("--today",), FLAG),
    (("--hours",), {"metavar": "N"}),
    (("--days",), {"metavar": "N"}),
    (("--since", "--started-after"), {"metavar": "MOMENT"}),
    (("--until", "--started-before"), {"metavar": "MOMENT"}),
    (("--timezone",), {"metavar": "ZONE"}),
    (("--missed",), FLAG),
    (("--with",), {"metavar": "NUMBER", "dest": "number"}),
    (("--infer-country-code",), FLAG),
    (("--user",), {"metavar": "WHO"}),
    (("--target-type",), {"metavar": "TYPE"}),
    (("--target-id",), {"metavar": "ID"}),
    (("--include-anonymized",), FLAG),
    (("--cursor",), {"metavar": "CURSOR"}),
)
TAKES = (*SHOWING, *ASKING, "--dry-run", "--all", "--max-items")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad call list`` with the words that follow it; the exit code."""
    if not any(token.partition("=")[0].replace("_", "-") in OWN for token in argv):
        from dialkit.cli.operation import run as operation

        app.asked = "call.list"
        return operation(app, app.catalog.ids["call.list"], argv)
    options, found = parse(app, "call list", argv, *ARGUMENTS, takes=TAKES)
    view = showing(app, options)
    view.how = view.how._replace(fitting=view.how.fields is None)
    columns(view, COLUMNS)
    if found.cursor is not None:
        raise InvalidArgument("--cursor goes with the operation's own flags", hint="dialpad call.list --help")
    from dialkit.calls.listing import Report, Wanted, list_calls
    from dialkit.cli.session import open_client

    number = phone(app, found, "--with", found.number) if found.number is not None else None
    whose = target(app, found, "call.list")
    if whose is not None and found.user is not None:
        raise InvalidArgument("--user and --target-id: which?", hint="say one of the two")
    with open_client(app, options) as client:
        span = _span(found, client.clock.now())
        if not found.today and found.hours is found.days is found.since is None:
            app.tell(f"note: {UNLESS_SAID} days; others by --days N, --since MOMENT")
        whose = whose or user_target(app, client, found.user, dry=options.dry_run)
        wanted = Wanted(number, whose, found.missed, found.include_anonymized)
        if options.dry_run:
            return _dry_run(app, options, client, span, wanted)
        progress = Progress(app, client.clock.monotonic)
        report = Report(lambda count: progress.say(lambda: f"reading calls: {count:,}"))
        view.items(_few(list_calls(client, span, wanted, report), options.max_items, progress))
        _doubts(app, report)
    return 0


def _few(calls: Iterator[Any], most: int | None, progress: Progress) -> Iterator[Any]:
    try:
        for count, call in enumerate(calls, 1):
            progress.clear()
            yield call
            if count == most:
                return
    finally:
        progress.done()


def _doubts(app: App, report: Report) -> None:
    if report.doubtful:
        app.tell(
            f"note: of {report.doubtful} more Dialpad does not tell whether anybody answered; they are in "
            "the list without --missed, with the outcome unknown"
        )


def _span(found: argparse.Namespace, now: float) -> Span:
    from dialkit.calls import span

    said = [name for name in ("today", "hours", "days") if getattr(found, name) not in (None, False)]
    if found.since is not None or found.until is not None:
        said.append("since" if found.since is not None else "until")
    if len(said) > 1:
        raise InvalidArgument(f"--{said[0]} and --{said[1]}: which?", hint="say one time")
    if found.today:
        return span.today(now, found.timezone)
    if found.hours is not None:
        return span.last(now, _amount("--hours", found.hours, 24 * span.MOST_DAYS) * span.HOUR)
    if found.days is not None:
        return span.last(now, _amount("--days", found.days, span.MOST_DAYS) * span.DAY)
    return span.between(found.since, found.until, found.timezone, now, UNLESS_SAID * span.DAY)


def _amount(flag: str, text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= most:
        raise InvalidArgument(f"{flag}: {text[:40]!r} is not a number up to {most}", hint=f"{flag} 8")
    return value


def _dry_run(app: App, options: Any, client: Dialpad, span: Span, wanted: Any) -> int:
    from dialkit.cli.show import request

    windows = list(span.windows(int(client.clock.now() * 1000)))
    if len(windows) > 1:
        app.tell(f"note: the first of {len(windows)} such requests: Dialpad takes less than 30 days at once")
    return request(app, options, client.prepare("call.list", {**windows[0], **wanted.query()}))
