"""Every setting there is: its name, what it takes, what it is for. Help, checks and writing all read it.

A `*` in a name stands for a name the user chooses. A dotted name is taken apart from both its ends, so
chosen names may hold dots: ``accounts.my.firm.key`` is the key of the account ``my.firm``.
"""

from __future__ import annotations

from dialkit.config.hosts import is_host
from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Value = str | int | float | bool | list[str]

_DIGITS = "0123456789"
_NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-" + _DIGITS


class Kind:
    """A type of value: `wants` says it in words, `valid` tests a TOML value, `parse` makes one of text.

    `parse` may fail with ValueError. A value of a `secret` kind is never repeated in an error.
    """

    __slots__ = ("hint", "parse", "secret", "valid", "wants")

    def __init__(
        self,
        wants: str,
        valid: Callable[[Any], bool],
        parse: Callable[[str], Any] = str,
        *,
        hint: str | None = None,
        secret: bool = False,
    ) -> None:
        self.wants, self.valid, self.parse, self.hint, self.secret = wants, valid, parse, hint, secret


class Setting:
    """One line of the table: a kind of value, and what it is for."""

    __slots__ = ("about", "kind")

    def __init__(self, kind: Kind, about: str) -> None:
        self.kind, self.about = kind, about


def is_name(value: Any) -> bool:
    """Whether it can name an account, a profile or an alias: 1 to 64 of ``A-Z a-z 0-9 _ . -``.

    Digits only is no name, it would be taken for an id; nor is a word that means something as a value.
    """
    return (
        isinstance(value, str)
        and value.lower() not in ("null", "true", "false", "me")
        and 0 < len(value) <= 64
        and not value.strip(_NAME)
        and bool(value.strip(_DIGITS))
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1024 and value.isprintable()


def _is_region(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha()


def _is_hosts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) and is_host(entry) for entry in value)


def _is_company(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 63


def _is_number(value: Any) -> bool:
    if not isinstance(value, str) or value[:1] != "+":
        return False
    digits = value[1:]
    return 7 <= len(digits) <= 15 and not digits.strip(_DIGITS) and digits[0] != "0"


def _is_prefix(value: Any) -> bool:
    plus = isinstance(value, str) and value[:1] == "+" and 1 < len(value) < 16
    return plus and not value[1:].strip(_DIGITS)


def _is_place(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    name = value.removeprefix("env:")
    return value in ("keyring", "file") or (name != value and name.isascii() and name.isidentifier())


def _is_scalar(value: Any) -> bool:
    # The bounds also keep out NaN, the infinities, and integers too long to be printed.
    return _is_text(value) or (isinstance(value, int | float) and -(1 << 63) < value < 1 << 63)


def _scalar(text: str) -> Any:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, int | float) else text


NAME = Kind("a name of letters, digits and _ . - (at most 64, not digits only)", is_name)
REGION = Kind("a country of two letters, such as US", _is_region, str.upper)
TIER = Kind("0 or 1", lambda value: value in (0, 1) and not isinstance(value, bool), int)
COMPANY = Kind("a company id, a whole number above 0", _is_company, int)
TEXT = Kind("text of at most 1024 characters, on one line", _is_text)
NUMBER = Kind("a number in E.164, such as +15035550142", _is_number)
SCALAR = Kind("text, a number, true or false", _is_scalar, _scalar)
PREFIXES = Kind(
    "a list of beginnings of numbers, such as +1,+44",
    lambda value: isinstance(value, list) and all(_is_prefix(entry) for entry in value),
    lambda text: text.replace(",", " ").split(),
)
HOSTS = Kind(
    "a list of host names, each with or without :port", _is_hosts, lambda text: text.replace(",", " ").split()
)
URL = Kind("a base URL, such as https://dialpad.com", _is_text)
KIND = Kind("key or oauth", lambda value: value in ("key", "oauth"))
PLACE = Kind(
    "keyring, file or env:NAME: where the key is, never the key itself",
    _is_place,
    hint="dialpad auth login",
    secret=True,
)

SETTINGS: dict[str, Setting] = {
    "account": Setting(NAME, "the account used where none is named"),
    "region": Setting(REGION, "the country whose national phone formats are understood"),
    "allow_hosts": Setting(HOSTS, "further hosts a key may be sent to, over https"),
    "allow_destinations": Setting(PREFIXES, "where texts may go, by how numbers begin; if unset, anywhere"),
    "accounts.*.key": Setting(PLACE, "where the account's key is: keyring, file or env:NAME"),
    "accounts.*.kind": Setting(KIND, "what it is: key, or oauth for a login whose tokens are renewed"),
    "accounts.*.company_id": Setting(COMPANY, "the company the account works in, for a key of several"),
    "tier": Setting(TIER, "Dialpad's tier of your company: 0 (100 texts a minute) or 1 (800)"),
    "accounts.*.tier": Setting(TIER, "the tier of the account's company, where it is another"),
    "accounts.*.base_url": Setting(URL, "where the account's API is, if not https://dialpad.com"),
    "profiles.*.from": Setting(NUMBER, "the number the profile sends from"),
    "aliases.*": Setting(TEXT, "an id or a number, to be called by this name"),
    "defaults.*": Setting(SCALAR, "the value of a global option where it is not given"),
}


def _forms() -> set[str]:
    """The names of the table and of the tables above them: ``accounts``, ``accounts.*``, …"""
    return {form[:end] for form in SETTINGS for end, char in enumerate(form + ".") if char == "."}


def find(dotted: str) -> tuple[Setting, tuple[str, ...]]:
    """The setting of a dotted name, and its path in the file: ``("accounts", "main", "key")``.

    Raises `InvalidArgument` where there is none.
    """
    for form, setting in SETTINGS.items():
        head, star, tail = form.partition("*")
        name = dotted[len(head) : len(dotted) - len(tail)]
        if dotted == form and not star:
            return setting, (form,)
        if star and name and dotted == head + name + tail:
            _check_name(dotted, name, "")
            return setting, (head[:-1], name, tail[1:]) if tail else (head[:-1], name)
    raise _unknown(dotted, "")


def check(dotted: str, kind: Kind, value: Any, file: str = "") -> Any:
    """`value`, if it is of this kind. Else `InvalidArgument` with file, name and value."""
    if kind.valid(value):
        return value
    got = "" if kind.secret else f", not {shown(value)}"
    raise InvalidArgument(f"{_in(file)}{dotted} must be {kind.wants}{got}", hint=kind.hint)


def leaves(data: dict[str, Any], file: str) -> dict[str, Value]:
    """The settings of a parsed file by dotted name, in the order of the file, each checked.

    Raises `InvalidArgument` naming `file`, setting and value for the first that is unknown or of a wrong
    type.
    """
    forms = _forms()
    found: dict[str, Value] = {}

    def walk(table: dict[str, Any], above: str, form_above: str) -> None:
        for name, value in table.items():
            dotted, form = above + name, form_above + name
            if form not in forms:
                form = form_above + "*"
            if form not in forms:
                raise _unknown(dotted, file)
            if form.endswith("*"):
                _check_name(dotted, name, file)
            if form in SETTINGS:
                found[dotted] = check(dotted, SETTINGS[form].kind, value, file)
            elif isinstance(value, dict):
                walk(value, dotted + ".", form + ".")
            else:
                raise InvalidArgument(f"{_in(file)}{dotted} must be a table", hint=f"write [{dotted}]")

    walk(data, "", "")
    return found


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that was most likely meant."""
    import difflib

    return next(iter(difflib.get_close_matches(word[:200], list(words), n=1)), None)


def shown(value: Any) -> str:
    """A value as an error shows it: quoted, harmless on a terminal, at most 80 characters."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of that size"  # Python refuses to print integers of thousands of digits
    text = repr(value[:80] if isinstance(value, str | list) else value)
    return text if len(text) <= 80 else text[:79] + "…"


def _check_name(dotted: str, name: str, file: str) -> None:
    if not is_name(name):
        raise InvalidArgument(f"{_in(file)}{shown(name)} (in {shown(dotted)}) must be {NAME.wants}")


def _unknown(dotted: str, file: str) -> InvalidArgument:
    chosen = dotted.split(".")[1] if "." in dotted else ""
    known = [form.replace("*", chosen) for form in _forms() if is_name(chosen) or "*" not in form]
    begun = [name for name in sorted(known) if dotted and name.startswith(f"{dotted}_")]
    near = " or ".join(begun) or nearest(dotted, sorted(known))
    return InvalidArgument(
        f"{_in(file)}there is no setting {shown(dotted)}",
        hint=f"did you mean {near}?" if near else "dialpad config list",
    )


def _in(file: str) -> str:
    return f"{file}: " if file else ""
