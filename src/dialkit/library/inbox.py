"""``dp.inbox``: texts and calls that came, from the events that were kept; read, searched, filled up."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - read by msgspec
from typing import TYPE_CHECKING

from dialkit.client.model import Model, decode
from dialkit.library.workflow import Workflow, asking, config_of, database_of

if TYPE_CHECKING:
    from datetime import timedelta


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


Counts = dict[str, int]


class Inbox(Workflow):
    """What came and went, on this machine or in the database that `DIALKIT_DATABASE_URL` names."""

    def threads(
        self, *, unread: bool = False, before: int | datetime | None = None, max_items: int = 50
    ) -> list[Thread]:
        """Threads, the one written in last first; with `unread`, only those with unread texts.

        `before`: a position, or a moment (one without a zone is local).
        """
        from dialkit.inbox import reading

        with database_of(self._client) as database:
            rows = reading.threads(database, before=_position(before), most=max_items, unread=unread)
        return [decode(Thread, row) for row in rows]

    def thread(
        self,
        number: str,
        *,
        line: str | None = None,
        before: int | datetime | None = None,
        max_items: int = 50,
    ) -> list[Text]:
        """What was written with a number, in any format, the newest first; with `line`, by that one of ours.

        Raises `NotFound` for a number that nothing was written with, `InvalidArgument` for what is none.
        """
        from dialkit.inbox import reading

        theirs, ours = self._number("number", number), None if line is None else self._number("line", line)
        with database_of(self._client) as database:
            rows = reading.thread(database, theirs, ours=ours, before=_position(before), most=max_items)
        return [decode(Text, row) for row in rows]

    def search(
        self,
        words: str,
        *,
        number: str | None = None,
        before: int | datetime | None = None,
        max_items: int = 50,
    ) -> list[Text]:
        """Texts with all of these words, the newest first; with `number`, only what was written with it.

        Words in double quotes stand next to each other; no character is an operator. Raises
        `InvalidArgument` where there is no word in it, `NotFound` as `thread` does.
        """
        from dialkit.inbox import searching

        whom = None if number is None else self._number("number", number)
        with database_of(self._client) as database:
            rows = searching.search(database, words, number=whom, before=_position(before), most=max_items)
        return [decode(Text, row) for row in rows]

    def read(
        self, number: str | None, *, line: str | None = None, up_to: int | datetime | None = None
    ) -> int:
        """Mark as read what a number wrote, or what anybody did (None); how many texts that was.

        `up_to`: a position or a moment; what came later stays unread. Raises `NotFound` as `thread` does.
        """
        from dialkit.inbox import reading

        theirs = None if number is None else self._number("number", number)
        ours, now = None if line is None else self._number("line", line), self._client.clock.now()
        with database_of(self._client) as database:
            return reading.read(database, theirs, now, ours=ours, up_to=_position(up_to))

    def calls(
        self,
        *,
        number: str | None = None,
        missed: bool = False,
        voicemail: bool = False,
        before: int | datetime | None = None,
        max_items: int = 50,
    ) -> list[Call]:
        """Calls, the newest first: with a number, missed ones, those where a message was left."""
        from dialkit.inbox import reading

        whom = None if number is None else self._number("number", number)
        with database_of(self._client) as database:
            rows = reading.calls(
                database,
                number=whom,
                missed=missed,
                voicemail=voicemail,
                before=_position(before),
                most=max_items,
            )
        return [decode(Call, row) for row in rows]

    def stats(self) -> Stats:
        """How much there is, and from when."""
        from dialkit.inbox import counting

        with database_of(self._client) as database:
            return decode(Stats, counting.stats(database))

    def sync(self, *, days: int = 7) -> Loaded:
        """Load texts (without their words) and calls of the last days from Dialpad, to fill gaps.

        Words that are known stay. Raises what asking for a report and for calls raises.
        """
        from dialkit.inbox import syncing

        with database_of(self._client) as database:
            done = syncing.sync(asking(self._client), database, days)
        return Loaded(**done._asdict())

    def prune(self, older_than: timedelta, *, redact_text: bool = False, dry_run: bool = False) -> Counts:
        """Forget what is older, or only its words, media and recordings; how much of what that was.

        `dry_run` only counts. Raises `InvalidArgument` for less than a day.
        """
        from dialkit.errors import InvalidArgument
        from dialkit.inbox import pruning

        seconds = older_than.total_seconds()
        if seconds < pruning.DAY:
            raise InvalidArgument("older_than: is less than a day", hint="timedelta(days=365)")
        work = pruning.count if dry_run or self._client.dry_run else pruning.prune
        with database_of(self._client) as database:
            return work(database, self._client.clock.now() - seconds, redact=redact_text)

    def _number(self, name: str, told: str) -> str:
        from dialkit.client.phones import region_of
        from dialkit.inbox.values import number_given

        return number_given(name, told, region_of(config_of(self._client)))


def _position(before: int | datetime | None) -> int | None:
    """A position, from one or from a moment."""
    from dialkit.inbox.positions import of_moment

    return before if before is None or isinstance(before, int) else of_moment(before.timestamp())
