"""What the commands about calls have in common: which call, which number, which user or group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from dialkit.cli.app import App
    from dialkit.cli.show import View
    from dialkit.client import Dialpad

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
    from dialkit.client.phones import region_said, required

    region = region_said(app.config, found.infer_country_code)
    return required(flag, app.config.alias(text) or text, region)


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


def target(app: App, found: argparse.Namespace, operation_id: str) -> tuple[str, int] | None:
    """What ``--target-type`` and ``--target-id`` name, of the kinds that an operation takes.

    Raises `InvalidArgument`.
    """
    if (found.target_type is None) != (found.target_id is None):
        raise InvalidArgument(
            "--target-type and --target-id go together", hint="--target-type department --target-id ID"
        )
    if found.target_id is None:
        return None
    field = app.catalog.operation(operation_id).field("target_type")
    assert field is not None
    known = [kind for kind in field.schema["enum"] if kind not in (None, "unknown")]
    one_of("--target-type", found.target_type, known)
    return found.target_type, number_of(app, found.target_id, "--target-id", "--target-id 5610293847561029")


def one_of(flag: str, value: str | None, known: Sequence[str]) -> None:
    """Raises `InvalidArgument` for a value that is none of those there are."""
    if value is not None and value not in known:
        raise InvalidArgument(f"{flag}: {value[:40]!r} is none", hint="one of " + ", ".join(known))


def show_as(
    app: App, view: View, form: str | None, whole: Row, forms: Mapping[str, Callable[[], str]]
) -> int:
    """Show what is known of a call: in one of `forms`, or as ``json``, all of it.

    Unless something is said it is text on a terminal, and JSON elsewhere.
    """
    from dialkit.cli.app import printable

    plain = not (view.how.format or view.how.fields or view.how.jq)
    form = form or ("text" if plain and view.how.is_tty else "json")
    if form == "json":
        view.data(whole)
    elif plain:
        app.stdout.write(printable(forms[form]()) if view.how.is_tty else forms[form]())
    else:
        view.data({"call_id": whole.get("call_id"), "format": form, "text": forms[form]()})
    return 0
