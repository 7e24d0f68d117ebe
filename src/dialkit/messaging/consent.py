"""Whom no text may be sent: outside of where the user allows, and who said STOP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.client.phones import e164, region_of
from dialkit.errors import DialkitError, KeyMissing, PermissionDenied, Refused
from dialkit.store import notes, opt_outs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dialkit.client import Dialpad, Request
    from dialkit.config import Config
    from dialkit.store import Database

# Operations that text people.
TEXTS = ("sms.send", "bulk_messages.send", "schedules.create", "schedules.update")
UNSENT = "; nothing was sent"
FRESH = 600.0  # seconds for which the service's list is taken as read
DENIED = 86_400.0  # seconds until a key that may not read the list is tried again


def check_requests(
    client: Dialpad, database: Database, requests: Sequence[Request], tell: Callable[[str], None]
) -> None:
    """Raises `Refused` where one of them is a text to somebody to whom none may be sent."""
    region = region_of(client.settings.config)
    numbers: dict[str, None] = {}
    for request in requests:
        body = request.body if request.name in TEXTS else None
        for text in (body.get("to_numbers") or ()) if isinstance(body, dict) else ():
            numbers[e164(str(text), region) or str(text)] = None
    if numbers:
        check(client, database, list(numbers), tell)


def check(
    client: Dialpad,
    database: Database,
    numbers: Sequence[str],
    tell: Callable[[str], None],
    *,
    ask: bool = True,
) -> None:
    """Raises `Refused` where one of `numbers` is ruled out by the user, or opted out.

    The list is read anew where it is older than ten minutes, unless `ask` is false, as in a dry run. Where
    the key may not read it (a company admin's may), only what people answered counts; `tell` says so once a
    day.
    """
    check_destinations(client.settings.config, numbers)
    try:
        owner = client.settings.owner
    except KeyMissing:
        if ask:
            raise
        return  # a dry run needs no key, and without one nobody is known
    if ask:
        _refresh(client, database, tell)
    out = opt_outs.among(database, owner, numbers)
    if out:
        others = f" (and {len(out) - 1} more)" if len(out) > 1 else ""
        raise Refused(
            f"{out[0]}{others} opted out of texts (STOP); nothing was sent",
            hint="leave it out of --to; only the person can undo it, by texting UNSTOP",
        )


def unsent(error: DialkitError) -> None:
    """Have an error say, once, that nothing was sent."""
    if not error.message.endswith(UNSENT):
        error.message += UNSENT


def check_destinations(config: Config, numbers: Iterable[str]) -> None:
    """Raises `Refused` for a number outside of what the user allows, where the user says so at all."""
    allowed = config.values.get("allow_destinations")
    prefixes = tuple(map(str, allowed)) if isinstance(allowed, list) else ()
    for number in numbers if prefixes else ():
        if not number.startswith(prefixes):
            more = number[: max(2, len(number) - 7)]
            raise Refused(
                f"{number}: your config allows texts only to {', '.join(prefixes)}; nothing was sent",
                hint="dialpad config set allow_destinations " + ",".join([*prefixes, more]),
            )


def _refresh(client: Dialpad, database: Database, tell: Callable[[str], None]) -> None:
    name, now = f"opt_outs {client.settings.owner}", client.clock.now()
    kept = notes.read(database, name)
    if kept is not None and 0 <= now - kept[1] < (DENIED if kept[0] == "denied" else FRESH):
        return
    try:
        company = client.settings.company_id or (client.request("company.get").json() or {}).get("id")
        if not company:
            tell("warning: who opted out is not known: the company has no id; only STOPs known here count")
            return
        asked = {"id": str(company), "opt_out_state": "opted_out"}
        rows = list(client.items("company.sms_opt_out", asked))
    except PermissionDenied:
        tell("note: this key may not read who opted out (a company admin's may); only STOPs known here count")
        notes.keep(database, name, "denied", now)
        return
    except DialkitError as error:
        if kept is None or kept[0] == "denied":
            unsent(error)
            raise
        tell(f"warning: the list of opt-outs is {(now - kept[1]) / 60:.0f} min old: {error.message}")
        return
    numbers = [str(row["external_endpoint"]) for row in rows if row.get("external_endpoint")]
    opt_outs.replace(database, client.settings.owner, numbers, now)
    notes.keep(database, name, "read", now)
