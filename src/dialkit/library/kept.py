"""What `dp.inbox` gives: threads, texts, calls and voicemails, as they were made of events."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read by msgspec

from dialkit.client.model import Model


class Thread(Model, kw_only=True):
    """What was written with one number, from one of ours.

    Attributes:
        number: theirs, in E.164.
        ours: our number; `line` is the name of whose it is.
        unread: how many of their texts were not marked as read.
        at: when the last text was made; `direction`, `text` and `status` are that text's.
        position: what `before` takes, for the next page.
    """

    number: str
    ours: str
    contact: str | None
    contact_id: str | None
    line: str | None
    target_type: str | None
    target_id: str | None
    unread: int
    messages: int
    at: datetime | None
    direction: str | None
    text: str | None
    status: str | None
    position: int


class Text(Model, kw_only=True):
    """One text.

    Attributes:
        direction: ``inbound`` or ``outbound``.
        text: None where no event had the words, or they were redacted here (`redacted`).
        status: ``pending`` (inbound), ``sent``, ``delivered``, ``undelivered`` or ``failed``.
        result: why, such as ``no_route``.
        sender_id: of a group's line, the user who wrote.
        position: what `before` takes, for the next page.
    """

    id: str
    at: datetime
    direction: str
    number: str
    ours: str
    contact: str | None
    line: str | None
    text: str | None
    redacted: bool
    status: str | None
    result: str | None
    unread: bool
    mms: bool
    media_url: str | None
    sender_id: str | None
    position: int


class Voicemail(Model, kw_only=True):
    """A message that was left; `text` is what was said, as far as it was told."""

    id: str
    at: datetime
    seconds: float | None
    link: str | None
    text: str | None


class Call(Model, kw_only=True):
    """One call, whatever number of legs it has.

    Attributes:
        call_id: of the leg by which it came in.
        outcome: ``answered``, ``missed``, ``voicemail``, ``blocked``, ``unanswered`` (outbound), ``live`` or
            ``unknown``.
        seconds: how long it was connected; None is unknown.
        voicemail: what was said, else where to hear it, else ``left``; None where no message was left.
        position: what `before` takes, for the next page.
    """

    call_id: str
    started: datetime
    connected: datetime | None
    ended: datetime | None
    outcome: str
    direction: str | None
    number: str | None
    ours: str | None
    contact: str | None
    line: str | None
    target_type: str | None
    target_id: str | None
    answered_by: str | None
    seconds: float | None
    legs: int
    voicemail: str | None
    voicemails: list[Voicemail]
    position: int


class Stats(Model, kw_only=True):
    """How much is in the inbox; dicts count by kind, direction, delivery status and outcome."""

    threads: int
    unread: int
    voicemails: int
    duplicates: int
    first_event: datetime | None
    last_event: datetime | None
    events: dict[str, int]
    texts: dict[str, int]
    delivery: dict[str, int]
    calls: dict[str, int]


class Loaded(Model, kw_only=True):
    """What a synchronization came to: rows that were read, and those that were new here."""

    texts_read: int
    texts_new: int
    calls_read: int
    calls_new: int
