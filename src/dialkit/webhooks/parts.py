"""What events are made of: their root, and whom they are about.

Fields are as Dialpad spells them. One that an event left out is `UNSET`, one that it gave as null is None;
both are false. Where Dialpad's pages and what was captured differ, both are allowed for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from dialkit.client.model import UNSET, Model, Unset

if TYPE_CHECKING:
    from datetime import datetime

Bool: TypeAlias = bool | Unset | None
Int: TypeAlias = int | Unset | None
Float: TypeAlias = float | Unset | None
Str: TypeAlias = str | Unset | None
Id: TypeAlias = int | str | Unset | None  # ids of contacts may hold the user's own uid
Strs: TypeAlias = list[str] | Unset | None

# Where an event says when it happened, the best first.
MOMENTS = ("event_timestamp", "date", "created_date")


class Event(Model):
    """The root of all events.

    `kind` is the word that Dialpad's subscriptions have for it, such as ``sms``. `to_dict()` gives the event
    as plain JSON values, `extra` what it holds beyond the known fields.
    """

    kind: ClassVar[str] = "unknown"

    event_timestamp: Int = UNSET  # ms since 1970, UTC

    @property
    def milliseconds(self) -> float | None:
        """When it happened, in ms since 1970, UTC; None where the event does not say: contacts' do not."""
        for name in MOMENTS:
            value = getattr(self, name, None)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
        return None

    @property
    def at(self) -> datetime | None:
        """When it happened, as an aware datetime in UTC; None where the event does not say."""
        from datetime import UTC, datetime

        value = self.milliseconds
        try:
            return None if value is None else datetime.fromtimestamp(value / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return None  # beyond the year 9999: no moment


class Party(Model):
    """One side of a text or a call, or whom an event is about: a contact, a user, an office, a queue."""

    id: Id = UNSET
    type: Str = UNSET  # user, office, department, call_center, local, shared…
    name: Str = UNSET
    email: Str = UNSET
    phone: Str = UNSET  # in events of calls and of duty
    phone_number: Str = UNSET  # in events of texts; the company's own in national format, (510) 555-0100
    office_id: Int = UNSET


class Contact(Model):
    """A contact as it is now, or was when it was deleted."""

    id: Id = UNSET
    type: Str = UNSET  # shared or local
    first_name: Str = UNSET
    last_name: Str = UNSET
    display_name: Str = UNSET
    phones: Strs = UNSET  # E.164
    primary_phone: Str = UNSET
    emails: Strs = UNSET
    primary_email: Str = UNSET
    company_name: Str = UNSET
    job_title: Str = UNSET
    urls: Strs = UNSET
    trunk_group: Str = UNSET
    extension: Str = UNSET


class Recording(Model):
    """One recording of a call that is ready; there only for keys with the scope `recordings_export`."""

    id: Id = UNSET
    recording_type: Str = UNSET  # callrecording, admincallrecording or voicemail
    url: Str = UNSET
    duration: Float = UNSET  # ms
    start_time: Int = UNSET  # ms since 1970
