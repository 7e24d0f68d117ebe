"""Which column of a sheet means which field: guessed by its name, or as it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.directory.fields import LISTS, TEXTS
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIELDS = (*TEXTS, *LISTS, "name", "uid", "id", "owner_id", "type")
SKIP = "-"  # what `--map COLUMN=-` says of a column

# Names of columns, letters and digits only, as contacts leave CRMs, address books and ourselves.
NAMES: dict[str, tuple[str, ...]] = {
    "first_name": ("firstname", "givenname", "first", "forename", "vorname", "prenom", "nombre"),
    "last_name": ("lastname", "surname", "familyname", "last", "nachname", "nom", "apellido", "apellidos"),
    "name": ("name", "fullname", "displayname", "contact", "contactname"),
    "company_name": (
        "companyname", "company", "organization", "organisation", "organizationname", "organization1name",
        "account", "accountname", "employer", "business", "firma",
    ),
    "job_title": (
        "jobtitle", "title", "position", "role", "occupation", "organizationtitle", "organization1title",
    ),
    "extension": ("extension", "ext"),
    "phones": (
        "phones", "phone", "phonenumber", "phonenumbers", "telephone", "tel", "telefon", "mobile",
        "mobilephone", "mobilenumber", "cell", "cellphone", "workphone", "homephone", "businessphone",
        "officephone", "primaryphone", "otherphone", "mainphone", "number",
    ),
    "emails": (
        "emails", "email", "emailaddress", "emailaddresses", "mail", "workemail", "homeemail", "primaryemail",
        "otheremail",
    ),
    "urls": ("urls", "url", "website", "websites", "web", "webpage", "homepage", "link"),
    "uid": ("uid", "externalid", "crmid", "recordid"),
    "id": ("id", "contactid", "dialpadid"),
    "owner_id": ("ownerid",),
    "type": ("type",),
}  # fmt: skip
GUESSES = {name: field for field, names in NAMES.items() for name in names}


def mapping(header: Sequence[str], said: Mapping[str, str]) -> list[tuple[int, str]]:
    """Columns by number, each with its field, in the order of the sheet.

    `said` are fields by column name; ``-`` leaves a column out. A field that is one text takes the first
    column that means it. Raises `InvalidArgument` for a column or field that is not, and where no column
    means anything.
    """
    _check(header, said)
    wanted = {_plain(column): field for column, field in said.items()}
    taken = set(wanted.values())
    found: list[tuple[int, str]] = []
    for at, column in enumerate(header):
        key = _plain(column)
        field = wanted.get(key) or _guess(key)
        if field in (None, SKIP) or (key not in wanted and field not in LISTS and field in taken):
            continue
        assert field is not None
        taken.add(field)
        found.append((at, field))
    if not {field for _, field in found} & {*TEXTS, *LISTS, "name"}:
        shown = ", ".join(repr(column[:30]) for column in header[:8])
        raise InvalidArgument(
            f"none of the columns is known: {shown}",
            hint="the first line must name them; or --map COLUMN=phones",
        )
    return found


def read_said(pairs: Iterable[str]) -> dict[str, str]:
    """``COLUMN=field`` apart. Raises `InvalidArgument`."""
    said = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        field = field.strip() or SKIP
        if not equals or not column.strip():
            raise InvalidArgument(f"--map: {pair!r} is not COLUMN=field", hint="--map 'Tel. 2=phones'")
        if field not in (*FIELDS, SKIP):
            raise InvalidArgument(
                f"--map: there is no field {field!r}", hint=f"one of {', '.join(FIELDS)}, or {SKIP} for none"
            )
        said[column.strip()] = field
    return said


def _check(header: Sequence[str], said: Mapping[str, str]) -> None:
    known = {_plain(column) for column in header}
    for column in said:
        if _plain(column) not in known:
            from dialkit.catalog.model import nearest

            near = nearest(column, list(header)) or list(header[:8])
            raise InvalidArgument(
                f"--map: there is no column {column!r}", hint="there are: " + ", ".join(near)
            )


def _plain(column: str) -> str:
    return "".join(c for c in column.casefold() if c.isalnum()) or column.strip()


def _guess(key: str) -> str | None:
    """The field of a name; ``phone2``, ``Phone 1 - Value`` and ``Work Phone 2`` are phones, too."""
    if key in GUESSES:
        return GUESSES[key]
    short = key.removesuffix("value").strip("0123456789")
    return GUESSES.get(short) if short != key and GUESSES.get(short) in LISTS else None
