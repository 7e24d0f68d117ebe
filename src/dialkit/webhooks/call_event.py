"""Events of calls: one for each state that a leg of a call comes to."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

from dialkit.client.model import UNSET, Unset
from dialkit.webhooks.parts import Bool, Event, Float, Int, Party, Recording, Str, Strs

# A text, or an object whose `content` is the text: integrators report the one, the API answers the other.
Recap: TypeAlias = dict[str, Any] | str | Unset | None


class CallEvent(Event):
    """A leg of a call came to a state.

    Events of one call arrive in any order, and `hangup` is sometimes missing: sort by `event_timestamp`. A
    call to a queue has several legs, each with its own `call_id`. A duration that is null is unknown, not 0.
    What tells of recordings is there only where the key that made the subscription has the scope
    `recordings_export`.
    """

    kind: ClassVar[str] = "call"

    call_id: Int = UNSET
    state: Str = UNSET  # calling, ringing, connected, hangup, missed, voicemail, recap_summary…
    direction: Str = UNSET  # inbound or outbound
    external_number: Str = UNSET  # E.164
    internal_number: Str = UNSET  # E.164
    selected_caller_id: Str = UNSET  # the number that was shown, of an outbound call
    contact: Party | Unset | None = UNSET  # the other side
    target: Party | Unset | None = UNSET  # the company's side
    target_availability_status: Str = UNSET  # open, closed…
    is_internal: Bool = UNSET

    # When it came to what, in ms since 1970, and for how long, in ms with decimals.
    date_started: Int = UNSET
    date_queued: Int = UNSET
    date_first_rang: Int = UNSET
    date_rang: Int = UNSET
    date_connected: Int = UNSET
    date_ended: Int = UNSET
    duration: Float = UNSET  # while connected
    total_duration: Float = UNSET  # the ringing counted in
    talk_time: Float = UNSET
    hold_time: Float = UNSET

    # The other legs.
    entry_point_call_id: Int = UNSET  # of an agent's leg: the leg of the queue
    master_call_id: Int = UNSET  # the root that all legs share
    operator_call_id: Int = UNSET  # of a queue's leg: the agent's leg
    group_id: Str = UNSET  # such as Office:5219384756201938
    entry_point_target: Party | Unset | None = UNSET  # what the caller dialed
    proxy_target: Party | Unset | None = UNSET  # whose caller ID was shown, if not the user's own
    is_transferred: Bool = UNSET
    transferred_from: Party | Unset | None = UNSET
    transferred_to: Party | Unset | None = UNSET
    routing_breadcrumbs: list[dict[str, Any]] | Unset | None = UNSET
    callback_requested: Bool = UNSET

    # What was said, and how it was.
    labels: Strs = UNSET
    custom_data: Str = UNSET  # what came along with the request that began the call
    integrations: dict[str, Any] | Unset | None = UNSET
    transcription_text: Str = UNSET
    recap_summary: Recap = UNSET
    recap_purposes: list[Any] | Unset | None = UNSET
    recap_action_items: list[Any] | Unset | None = UNSET
    recap_outcome: Recap = UNSET
    csat_score: Str = UNSET
    csat_recording_urls: Strs = UNSET
    csat_transcriptions: Strs = UNSET
    mos_score: Float = UNSET  # 1 (bad) to 5

    # Recordings.
    was_recorded: Bool = UNSET
    recording_details: list[Recording] | Unset | None = UNSET
    recording_url: Strs = UNSET
    admin_recording_urls: Strs = UNSET
    screen_recording_urls: Strs = UNSET
    call_recording_ids: list[int] | Unset | None = UNSET
    call_recording_share_links: Strs = UNSET
    admin_call_recording_share_links: Strs = UNSET
    company_call_review_share_link: Str = UNSET
    public_call_review_share_link: Str = UNSET
    voicemail_link: Str = UNSET
    voicemail_recording_id: Int = UNSET
    voicemail_share_link: Str = UNSET
