"""The events of Dialpad's subscriptions, but for those of calls, which are long.

Texts, duty, change log and contacts are as Dialpad documents them. Of channels and faxes nothing is
documented: their fields are guesses after the API's answers, and `extra` has whatever differs. Each event
has `event_timestamp` as well, which is the root's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from dialkit.client.model import UNSET, Model, Unset
from dialkit.webhooks.parts import Bool, Contact, Event, Id, Int, Party, Str, Strs


class SmsEvent(Event):
    """A text came in, left, or was delivered or not.

    `text` is there only where the key that made the subscription has the scope `message_content_export`
    (`message_content_export:all` for the whole company). One id serves for all events of a text.
    """

    kind: ClassVar[str] = "sms"

    id: Int = UNSET
    direction: Str = UNSET  # inbound or outbound
    from_number: Str = UNSET  # E.164
    to_number: Strs = UNSET  # E.164, one for each recipient
    text: Str = UNSET
    text_content: Str = UNSET  # the same
    mms: Bool = UNSET
    mms_url: Str = UNSET
    message_status: Str = UNSET  # pending (inbound), sent, delivered, undelivered, failed
    message_delivery_result: Str = UNSET  # accepted, no_route, rejected_spam…
    is_internal: Bool = UNSET
    target: Party | Unset | None = UNSET  # the company's side
    contact: Party | Unset | None = UNSET  # the other side
    sender_id: Int = UNSET  # of a group's line: the user who wrote
    admins: list[Party] | Unset | None = UNSET  # of a group's line
    created_date: Int = UNSET  # ms since 1970


class ContactEvent(Event):
    """A contact was made, changed or deleted. Dialpad does not say when: `at` is None."""

    kind: ClassVar[str] = "contact"

    event: Str = UNSET  # Created, Updated or Deleted
    contact: Contact | Unset | None = UNSET


class AgentStatusEvent(Event):
    """An agent went on or off duty, or into or out of a call."""

    kind: ClassVar[str] = "agent_status"

    on_duty_status: Str = UNSET  # available, unavailable, occupied, wrapup or busy
    on_duty_status_reason: Str = UNSET  # what the agent gave as a reason
    availability_status: Str = UNSET  # available: neither in a call nor do-not-disturb
    call_center_ids: list[int] | Unset | None = UNSET  # where the agent is on duty
    target: Party | Unset | None = UNSET  # the agent
    powerdialer_mode: Bool = UNSET
    powerdialer_session: Str = UNSET
    date: Int = UNSET  # ms since 1970: when the status changed


class ChangeLogEvent(Event):
    """A setting was changed."""

    kind: ClassVar[str] = "changelog"

    action: Str = UNSET  # a short code, such as updated_ivr
    note: Str = UNSET
    additional_data: dict[str, Any] | Unset | None = UNSET  # what was changed; its form is not fixed
    target: Party | Unset | None = UNSET  # what was changed
    changed_by: Party | Unset | None = UNSET  # who did; hidden where Dialpad did
    date: Int = UNSET  # ms since 1970


class Channel(Model):
    """Which channel."""

    id: Int = UNSET
    name: Str = UNSET


class ChannelEvent(Event):
    """Somebody wrote to a channel. Not documented by Dialpad: see the module."""

    kind: ClassVar[str] = "channel"

    id: Int = UNSET
    direction: Str = UNSET
    channel: Channel | Unset | None = UNSET
    sender_id: Int = UNSET
    sender_name: Str = UNSET
    member_ids: list[int] | Unset | None = UNSET
    text: Str = UNSET
    text_content: Str = UNSET
    created_date: Int = UNSET  # ms since 1970


class FaxTransaction(Model):
    """How large a fax was, and whether it is charged for."""

    num_pages: Int = UNSET
    is_billed: Bool = UNSET


class FaxEvent(Event):
    """A fax came in, left, or arrived or not. Not documented by Dialpad: see the module."""

    kind: ClassVar[str] = "fax"

    id: Id = UNSET
    direction: Str = UNSET  # inbound or outbound
    from_number: Str = UNSET  # E.164
    to_number: Str = UNSET  # E.164
    fax_status: Str = UNSET
    fax_url: Str = UNSET
    fax_transaction: FaxTransaction | Unset | None = UNSET
    target: Party | Unset | None = UNSET  # the company's side
    contact_id: Id = UNSET
    sender_id: Int = UNSET
    user_id: Int = UNSET
    created_date: Int = UNSET  # ms since 1970


class UnknownEvent(Event):
    """An event of a kind that is not known here, such as a scheduled report. `raw` is all of it."""

    @property
    def raw(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        return self.to_dict()
