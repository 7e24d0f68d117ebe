"""``dp.contacts``: the operations, and contacts found, matched and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dialkit.client import types
from dialkit.client.model import UNSET, Unset, decode
from dialkit.client.resources import contacts
from dialkit.errors import InvalidArgument
from dialkit.library.workflow import asking, config_of, texts

if TYPE_CHECKING:
    from dialkit.client.model import Strings


class Saved(types.Contact, kw_only=True):
    """A contact as it is now, and what was done.

    Attributes:
        action: ``created``, ``updated`` or ``unchanged``; in a dry run what would be done.
        scope: ``shared``, or ``local`` to the user `owner_id`.
    """

    action: str
    scope: Literal["shared", "local"]
    owner_id: str | None | Unset = UNSET


SCOPES = ("auto", "shared", "local", "both")
# Within the class, `list` is a method.
Written = list[Saved]
Found = list[types.Contact]


class Contacts(contacts.Contacts):
    __doc__ = contacts.Contacts.__doc__

    def upsert(
        self,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        phones: Strings | None = None,
        emails: Strings | None = None,
        company_name: str | None = None,
        job_title: str | None = None,
        urls: Strings | None = None,
        extension: str | None = None,
        scope: Literal["auto", "shared", "local", "both"] = "auto",
        owner_ids: Strings = (),
        allow_duplicate: bool = False,
        max_pages: int | None = None,
    ) -> Written:
        """Change the contact that has one of the numbers or addresses, or make one where none has.

        The whole directory is read first. Lists are merged, what the contact has first.

        Parameters:
            first_name, …, extension: what the contact is to have; None leaves a field alone.
            phones, emails: what it is found by, too; any usual format of a number is understood.
            scope: whose: everybody's (``shared``), that of `owner_ids` (``local``), or both. ``auto`` is both
                where there are owners, else shared.
            owner_ids: users whose own contact it is, by id, or ``"me"`` for the key's own.
            allow_duplicate: look for no match, and make a contact.
            max_pages: fail rather than read more pages of 100.

        Returns one for each book that was meant. Raises `Conflict` where two different contacts match
        (nothing is written), `InvalidArgument` for what cannot be written, `PartialSuccess` where the second
        of two books fails. With ``dry_run`` it returns the requests.

        The operation of the same name is ``dp.contacts.create_with_uid``.
        """
        from dialkit.client.arguments import plain
        from dialkit.client.phones import region_of
        from dialkit.directory import upsert

        given = {
            "first_name": first_name,
            "last_name": last_name,
            "phones": phones,
            "emails": emails,
            "company_name": company_name,
            "job_title": job_title,
            "urls": urls,
            "extension": extension,
        }
        for name in ("phones", "emails", "urls"):
            if given[name] is not None:
                given[name] = texts(name, given[name])
        if scope not in SCOPES:
            raise InvalidArgument(f"scope: {scope!r} is none", hint=f"one of {', '.join(SCOPES)}")
        client = asking(self._client)
        steps = upsert.plan(
            client,
            {name: plain(value) for name, value in given.items() if value is not None},
            region_of(config_of(client)),
            scope=scope,
            owner_ids=texts("owner_ids", owner_ids),
            duplicate=allow_duplicate,
            max_pages=max_pages,
        )
        if self._client.dry_run:
            wanted = [step.todo.request(client) for step in steps]
            return [request for request in wanted if request]  # type: ignore[misc]  # Any, by with_options
        return [decode(Saved, row, name="contacts.upsert") for row in upsert.carry_out(client, steps)]

    def lookup(self, phone_or_email: str, *, max_pages: int | None = None) -> Found:
        """All contacts with a number or an address: shared ones, and everybody's own. Reads the directory."""
        from dialkit.client.phones import region_of
        from dialkit.directory import lookup

        client = asking(self._client)
        region = region_of(config_of(client))
        key = lookup.wanted(phone_or_email, region)
        found = lookup.lookup(client, key, region, max_pages=max_pages)
        return [decode(types.Contact, row, name="contacts.lookup") for row in found]
