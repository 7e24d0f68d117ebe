"""The fields of a contact, and when two values of one are the same though written differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.client.phones import e164
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Contact = Mapping[str, Any]
    # What is to be written of a contact: texts, and lists of texts, by the API's names.
    Given = dict[str, Any]

TEXTS = ("first_name", "last_name", "company_name", "job_title", "extension")
LISTS = ("phones", "emails", "urls")
REPEATED = 60  # characters of a value that an error repeats
CONTROL = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
NEEDED = ("first_name", "last_name")  # of a new contact

PHONE_HINT = (
    "write it with its country, such as +14155550123, or set yours for national formats: "
    "dialpad config set region DE"
)


def normal(name: str, text: str, region: str) -> str:
    """What a value of a list (`LISTS`) is compared by: a phone in E.164, an address in small letters."""
    text = text.strip()
    if name == "phones":
        return e164(text, region) or text.casefold()
    return text.casefold() if name == "emails" else text


def written(name: str, text: str, region: str) -> str:
    """A value as it is sent: phones in E.164, which is all that Dialpad takes; the rest as they are."""
    text = text.strip()
    return e164(text, region) or text if name == "phones" else text


def merged(name: str, first: list[str], more: list[str], region: str) -> list[str]:
    """Both lists in one, each value once, as it was first written."""
    found: dict[str, str] = {}
    for text in (*first, *more):
        found.setdefault(normal(name, text, region), written(name, text, region))
    return list(found.values())


def listed(contact: Contact, name: str) -> list[str]:
    """The list `name` of a contact, empty where it has none."""
    return [str(text) for text in contact.get(name) or ()]


def said(contact: Contact, name: str) -> str:
    """The text `name` of a contact, empty where it has none."""
    return str(contact.get(name) or "").strip()


def keys_of(contact: Contact, region: str) -> Iterator[tuple[str, str]]:
    """What a contact is found by: each phone and address, as the list's name and its normal form."""
    for name in ("phones", "emails"):
        for text in listed(contact, name):
            if key := normal(name, text, region):
                yield name, key


def changes(contact: Contact, given: Given, region: str) -> Given:
    """What has to be sent so that `contact` says what is `given`; empty where it does already.

    Lists are merged, what the contact has first, since Dialpad replaces them whole.
    """
    found: Given = {
        name: given[name] for name in TEXTS if name in given and given[name] != said(contact, name)
    }
    for name in LISTS:
        has = listed(contact, name)
        known = {normal(name, text, region) for text in has}
        more = [text for text in given.get(name) or () if normal(name, text, region) not in known]
        if more:
            found[name] = merged(name, has, more, region)
    return found


def checked(given: Given, region: str) -> Given:
    """What was given, ready to be sent: numbers in E.164, each value once. Raises `InvalidArgument`."""
    found = {name: value.strip() if name in TEXTS else value for name, value in given.items()}
    check_new({}, found, region)
    for name in LISTS:
        if name in found:
            found[name] = merged(name, [], found[name], region)
    return found


def check_new(contact: Contact, given: Given, region: str) -> None:
    """Raise `InvalidArgument` for a value that `contact` does not have and that cannot be one."""
    for name in TEXTS:
        if (text := given.get(name, "")) != said(contact, name):
            check_text(name, text)
    for name in LISTS:
        known = {normal(name, text, region) for text in listed(contact, name)}
        for text in given.get(name) or ():
            if normal(name, text, region) not in known:
                check(name, text, region)


def check_text(name: str, text: str) -> None:
    """Raise `InvalidArgument` for a text of several lines, or one with other control characters."""
    if "\n" in text or "\r" in text:
        raise InvalidArgument(f"{name}: {quoted(text)} has a line break", hint="write it on one line")
    if not text.isprintable() and not CONTROL.isdisjoint(text):
        raise InvalidArgument(f"{name}: {quoted(text)} has a control character", hint="write it without")
    if not text.isprintable() and any("\ud800" <= c <= "\udfff" for c in text):
        raise InvalidArgument(f"{name}: {quoted(text)} is not UTF-8", hint="write it in UTF-8")


def check(name: str, text: str, region: str) -> None:
    """Raise `InvalidArgument` where a value cannot stand in the list `name`."""
    text = text.strip()
    if name == "phones" and e164(text, region) is None:
        raise InvalidArgument(f"{quoted(text)} is not a phone number", hint=PHONE_HINT)
    if name == "emails":
        before, _, after = text.rpartition("@")
        if not before or not after or len(text.split()) != 1 or not text.isprintable():
            raise InvalidArgument(
                f"{quoted(text)} is not an e-mail address", hint="write it like jane@example.com"
            )
    if name == "urls" and (len(text.split()) != 1 or not text.isprintable()):
        raise InvalidArgument(f"{quoted(text)} is not a URL", hint="write it like https://example.com")


def quoted(text: str) -> str:
    """A text as errors repeat it: in quotes, control characters visible, and not all of a long one."""
    return repr(text if len(text) <= REPEATED else text[:REPEATED] + "…")


def called(contact: Contact) -> str:
    """A contact in words: its name and its id."""
    name = contact.get("display_name") or " ".join(str(contact.get(part) or "") for part in NEEDED).strip()
    return f"{name} ({contact['id']})" if name else str(contact["id"])
