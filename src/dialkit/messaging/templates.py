"""Texts with fields: ``Hello {first_name}``, kept by name and filled in when sent.

A field is a name in braces, of letters, digits and ``_``. A brace that is meant as such is written twice:
``{{`` and ``}}``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dialkit.errors import Conflict, InvalidArgument, NotFound
from dialkit.messaging import texts
from dialkit.store import templates as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.store import Database
    from dialkit.store.database import Row

LONGEST = 64  # characters of a name
PIECE = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}|[{}]")
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def fields(text: str) -> list[str]:
    """The fields of a text, each once, in order. Raises `InvalidArgument` for a brace that stands alone."""
    found: dict[str, None] = {}
    for piece in PIECE.finditer(text):
        if piece[1]:
            found[piece[1]] = None
        elif len(piece[0]) == 1:
            near = text[max(0, piece.start() - 10) : piece.start() + 15]
            raise InvalidArgument(
                f"a brace at character {piece.start() + 1} stands alone: {near!r}",
                hint="a field is written {first_name}, a brace {{ or }}",
            )
    return list(found)


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The text with its fields filled in, each value as it is.

    Raises `InvalidArgument` for a field without a value, and for a value without a field.
    """
    wanted = fields(text)
    missing = [name for name in wanted if name not in variables]
    if missing:
        raise InvalidArgument(
            f"no value for {', '.join(f'{{{name}}}' for name in missing)}",
            hint=" ".join(f"--var {name}=VALUE" for name in missing),
        )
    extra = [name for name in variables if name not in wanted]
    if extra:
        known = ", ".join(wanted) or "none at all"
        raise InvalidArgument(
            f"there is no field {', '.join(f'{{{name[:40]}}}' for name in extra)} in it",
            hint=f"its fields: {known}",
        )
    return PIECE.sub(lambda piece: variables[piece[1]] if piece[1] else piece[0][0], text)


def render(database: Database, name: str, variables: Mapping[str, str]) -> str:
    """The text of a template with its fields filled in, ready to be sent.

    Raises `NotFound` for an unknown template, `InvalidArgument` where fields and values do not match.
    """
    return texts.check(fill(str(_found(database, name)["text"]), variables))


def list_all(database: Database) -> list[dict[str, Any]]:
    """All templates, by name."""
    return [_shown(row) for row in store.listed(database)]


def show(database: Database, name: str) -> dict[str, Any]:
    """One template. Raises `NotFound`."""
    return _shown(_found(database, name))


def create(database: Database, name: str, text: str, now: float) -> dict[str, Any]:
    """Keep a text under a new name.

    Raises `Conflict` where the name is taken, `InvalidArgument` for a name or a text that will not do.
    """
    check_name(name)
    _check_text(text)
    row = store.add(database, name, text, now)
    if row is None:
        raise Conflict(
            f"there is a template {name!r} already", status=None, hint="dialpad template update changes it"
        )
    return _shown(row)


def update(database: Database, name: str, text: str, now: float) -> dict[str, Any]:
    """Put another text in the place of the one before. Raises `NotFound`, `InvalidArgument`."""
    _check_text(text)
    row = store.change(database, name, text, now)
    if row is None:
        raise _unknown(database, name)
    return _shown(row)


def delete(database: Database, name: str) -> dict[str, Any]:
    """Forget a template; what it was. Raises `NotFound`."""
    row = store.remove(database, name)
    if row is None:
        raise _unknown(database, name)
    return _shown(row)


def check_name(name: str) -> str:
    """The name, if it can be one: 1 to 64 printable characters, no spaces at its ends, no leading dash."""
    if not 0 < len(name) <= LONGEST or not name.isprintable() or name != name.strip() or name[0] == "-":
        raise InvalidArgument(
            f"{name[:LONGEST]!r} cannot name a template",
            hint=f"1 to {LONGEST} characters on one line, no spaces around it: welcome",
        )
    return name


def variable(text: str) -> tuple[str, str]:
    """``first_name=Ada`` taken apart. Raises `InvalidArgument`."""
    name, equals, value = text.partition("=")
    if not equals or not FIELD.fullmatch(name):
        raise InvalidArgument(f"--var: {text[:60]!r} is not NAME=VALUE", hint="--var first_name=Ada")
    return name, value


def variables(given: list[str]) -> dict[str, str]:
    """Several of them. Raises `InvalidArgument`, also for a name with two values."""
    found: dict[str, str] = {}
    for text in given:
        name, value = variable(text)
        if found.setdefault(name, value) != value:
            raise InvalidArgument(f"--var {name} is given twice", hint="give one value for each field")
    return found


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidArgument("the text is empty", hint="--text 'Hello {first_name}'")
    texts.check(text)
    fields(text)


def _found(database: Database, name: str) -> Row:
    row = store.get(database, name)
    if row is None:
        raise _unknown(database, name)
    return row


def _unknown(database: Database, name: str) -> NotFound:
    from dialkit.catalog.model import nearest

    names = {row["name"].lower(): row["name"] for row in store.listed(database)}
    near = [repr(names[found]) for found in nearest(name.lower()[:LONGEST], names)]
    meant = f"did you mean {' or '.join(near)}? else: " if near else ""
    return NotFound(
        f"there is no template {name[:LONGEST]!r}", status=None, hint=f"{meant}dialpad template list"
    )


def _shown(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "text": row["text"],
        "fields": fields(row["text"]),
        "created_at": _moment(row["created_at"]),
        "updated_at": _moment(row["updated_at"]),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
