"""What the commands about calls have in common: which call, which number, how far a list has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from dialkit.cli.app import App
    from dialkit.client import Dialpad
    from dialkit.client.clock import Clock

    Row = dict[str, Any]

FLAG: dict[str, Any] = {"action": "store_true"}
ID = (
    (("call",), {"nargs": "?", "metavar": "ID"}),
    (("--call-id",), {"metavar": "ID", "dest": "call_id"}),
)
LAST = (
    (("--last",), FLAG),
    (("--with",), {"metavar": "NUMBER", "dest": "number"}),
    (("--user",), {"metavar": "WHO"}),
    (("--infer-country-code",), FLAG),
)
LAST_ROWS = (
    ("ID, --call-id ID", "the call, by its id or an alias"),
    ("--last", "the last call on which somebody spoke"),
    ("--with NUMBER", "the last one with this number"),
    ("--user WHO", "the last one of this user: id, e-mail address, alias, me"),
    ("--infer-country-code", "a number without a country code is of the US, or of the setting region"),
)
SHOWN_AFTER = 1.0  # seconds that a list may take without a word


def given_id(app: App, found: argparse.Namespace, command: str) -> int | None:
    """The call that is named, None where none is. Raises `InvalidArgument`."""
    if found.call is not None and found.call_id is not None and found.call != found.call_id:
        raise InvalidArgument(f"two calls are named: {found.call} and {found.call_id}", hint="name one")
    text = found.call_id if found.call_id is not None else found.call
    return None if text is None else number_of(app, text, "--call-id", f"dialpad {command} 6109283746501928")


def needed_id(app: App, found: argparse.Namespace, command: str) -> int:
    """The call that is named. Raises `InvalidArgument` where none is."""
    call_id = given_id(app, found, command)
    if call_id is None:
        raise InvalidArgument("which call?", hint=f"dialpad {command} ID (dialpad call list --today)")
    return call_id


def number_of(app: App, text: str, flag: str, example: str) -> int:
    """An id, or what an alias stands for. Raises `InvalidArgument`."""
    value = app.config.alias(text) or text
    if value.isascii() and value.isdecimal() and 0 < int(value[:20]) < 1 << 63:
        return int(value)
    raise InvalidArgument(
        f"{flag}: {text[:40]!r} is no id, and no alias of one",
        hint=f"{example}, or: dialpad alias set {text[:40] if text.isidentifier() else 'NAME'} ID",
    )


def phone(app: App, found: argparse.Namespace, flag: str, text: str) -> str:
    """A number in E.164: as it stands, an alias, or a national one where the country is known."""
    from dialkit.calls.making import number
    from dialkit.client.phones import region_of

    known = found.infer_country_code or app.config.region
    return number(flag, app.config.alias(text) or text, region_of(app.config) if known else None)


def one_call(app: App, found: argparse.Namespace, client: Dialpad, command: str) -> tuple[int, Row | None]:
    """The call that is named, or the last one, which is said on stderr; its id, and what is known of it."""
    call_id = given_id(app, found, command)
    other = found.last or found.number is not None or found.user is not None
    if call_id is not None and other:
        raise InvalidArgument("a call is named, and --last as well", hint="leave out one of the two")
    if call_id is not None:
        return call_id, None
    if not other:
        raise InvalidArgument(
            "which call?", hint=f"dialpad {command} ID, or dialpad {command} --last --with +14155550123"
        )
    from dialkit.calls.listing import Wanted, last_call

    number = phone(app, found, "--with", found.number) if found.number is not None else None
    call = last_call(client, Wanted(number, user_target(app, client, found.user)))
    who = (call.get("contact") or {}).get("name") or call.get("external_number")
    app.tell(f"note: the call {call['call_id']} of {call['started']} with {who}")
    return int(call["call_id"]), call


def user_target(app: App, client: Dialpad, text: str | None, dry: bool = False) -> tuple[str, int] | None:
    """The user that is named by id, e-mail address, alias or ``me``, as a target.

    None where nobody is named, and in a `dry` run where the id would have to be asked for, which is said.
    """
    if text is None:
        return None
    from dialkit.calls.listing import user_id

    known = text if text == "me" else app.config.alias(text) or text
    if dry and ("@" in known or known == "me"):
        app.tell(f"note: the id of {known} is asked for first, and goes along as --target-id")
        return None
    return "user", user_id(client, known)


def progress(app: App, noun: str, clock: Clock) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Say how far a list has come, from one second on; and take that away again.

    On a terminal a line that is written over, elsewhere one note. Nothing where data go to the same terminal.
    """
    began, told = clock.monotonic(), [False]
    if app.stdout.isatty() and app.stderr.isatty():
        return lambda _count: None, lambda: None

    def on_page(count: int) -> None:
        if clock.monotonic() - began < SHOWN_AFTER:
            return
        if app.stderr.isatty():
            app.stderr.write(f"\r{count:,} {noun} read \x1b[K")
            app.stderr.flush()
        elif not told[0]:
            app.tell(f"note: reading {noun}, {count:,} so far")
        told[0] = True

    def end() -> None:
        if told[0] and app.stderr.isatty():
            app.stderr.write("\r\x1b[K")
            app.stderr.flush()

    return on_page, end
