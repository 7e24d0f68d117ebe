"""Where a PostgreSQL is: `DIALKIT_DATABASE_URL`, read so that no password gets into a message."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dialkit.errors import InvalidArgument
from dialkit.store.database import URL

EXAMPLE = "postgresql://user:password@db.example:5432/dialkit"
HINT = f"{URL}={EXAMPLE}; in user and password, write what is no letter or digit as %40"
SCHEMA = "dialkit"  # ours, so that no table of another program is in the way
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
PLAIN = re.compile(r"[^@\s?#]*")
UTF8 = {"client_encoding": "UTF8"}  # whatever PGCLIENTENCODING says
# Seconds, and for the last milliseconds, after which a server that is gone is taken for gone.
PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


class Address(NamedTuple):
    """A database: what the driver is told, the schema that holds our tables, and how it is shown."""

    told: dict[str, Any]
    schema: str
    shown: str


def read(url: str) -> Address:
    """A URL as libpq reads it, with ``schema=NAME`` of ours beside its own parameters.

    Raises `InvalidArgument`, in which nothing of the URL is repeated: a password that is not written as it
    should be may be read as any part of it.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not url.startswith(("postgresql://", "postgres://")):
        raise InvalidArgument(f"{URL} does not begin with postgresql://", hint=HINT)
    head, _, query = url.partition("?")
    asked = [part for part in query.split("&") if part]
    ours = [part for part in asked if part.startswith("schema=")]
    schema = ours[-1].removeprefix("schema=") if ours else SCHEMA
    if not NAME.fullmatch(schema):
        raise InvalidArgument(f"{URL}: schema is not a plain name", hint=f"{EXAMPLE}?schema={SCHEMA}")
    rest = "&".join(part for part in asked if part not in ours)
    try:
        told = conninfo_to_dict(head + ("?" + rest if rest else ""))
    except ProgrammingError:
        told = {"port": "none"}
    host, port, name = (str(told.get(key) or "") for key in ("host", "port", "dbname"))
    if not re.fullmatch(r"[\d,]*", port) or not all(map(PLAIN.fullmatch, (host, name))):
        raise InvalidArgument(f"{URL} cannot be read", hint=HINT)
    shown = f"postgresql://{host}{':' if port else ''}{port}/{name}"
    if schema != SCHEMA:
        shown += f"?schema={schema}"
    return Address({**PATIENCE, "application_name": "dialkit", **told, **UTF8}, schema, shown)
