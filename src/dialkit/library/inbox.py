"""``dp.inbox``: texts and calls that came, from the events that were kept; read, searched, filled up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.client.model import decode
from dialkit.library.kept import Call, Loaded, Stats, Text, Thread
from dialkit.library.workflow import Workflow, asking, config_of, database_of

if TYPE_CHECKING:
    from datetime import datetime, timedelta


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
            rows = reading.threads(database, **_page(before, max_items), unread=unread)
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

        Who writes by a name and no number is asked for by it.

        Raises `NotFound` for a number that nothing was written with, `InvalidArgument` for what is none.
        """
        from dialkit.inbox import reading

        theirs, ours = self._party("number", number), None if line is None else self._party("line", line)
        with database_of(self._client) as database:
            rows = reading.thread(database, theirs, ours=ours, **_page(before, max_items))
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

        whom = None if number is None else self._party("number", number)
        with database_of(self._client) as database:
            rows = searching.search(database, words, number=whom, **_page(before, max_items))
        return [decode(Text, row) for row in rows]

    def read(
        self, number: str | None, *, line: str | None = None, up_to: int | datetime | None = None
    ) -> int:
        """Mark as read what a number wrote, or what anybody did (None); how many texts that was.

        `line`: only what came to that one of ours. `up_to`: a position or a moment; what came later stays
        unread. Raises `NotFound` as `thread` does.
        """
        from dialkit.inbox import reading

        theirs = None if number is None else self._party("number", number)
        ours, now = None if line is None else self._party("line", line), self._client.clock.now()
        with database_of(self._client) as database:
            return reading.read(database, theirs, now, ours=ours, up_to=_position(up_to, end=True))

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
                **_page(before, max_items),
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

    def _party(self, name: str, told: str) -> str:
        from dialkit.client.phones import region_of
        from dialkit.inbox.values import party_given

        return party_given(name, told, region_of(config_of(self._client)))


def _page(before: int | datetime | None, max_items: int) -> dict[str, Any]:
    """A page, as all that read one take it."""
    return {"before": _position(before), "most": max(max_items, 0)}


def _position(told: int | datetime | None, *, end: bool = False) -> int | None:
    """A position, from one or from a moment: the first of that, or with `end` the last."""
    from dialkit.inbox.positions import end_of_moment, of_moment

    if told is None or isinstance(told, int):
        return told
    return (end_of_moment if end else of_moment)(told.timestamp())
