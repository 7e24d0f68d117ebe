"""``dp.stats``: the operations, and reports from the question to their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dialkit.client.resources import stats
from dialkit.library.workflow import asking, config_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from dialkit.reports.period import Period
    from dialkit.reports.question import Question

    Kind = Literal[
        "calls", "csat", "dispositions", "onduty", "recordings", "screenshare", "texts", "voicemails"
    ]


class Report(NamedTuple):
    """A report: its `columns`, its `rows` by column, and `about`: what was asked, of which days."""

    columns: list[str]
    rows: list[dict[str, Any]]
    about: dict[str, Any]


class Stats(stats.Statistics):
    __doc__ = stats.Statistics.__doc__

    def run(
        self,
        stat_type: Kind,
        *,
        days: int = 7,
        first: str | None = None,
        last: str | None = None,
        group_by: Literal["user", "date", "group"] | None = None,
        target: str | None = None,
        export_type: Literal["stats", "records"] | None = None,
        timezone: str = "UTC",
        save_as: str | PathLike[str] | None = None,
        patience: float = 1800.0,
        told: Callable[[str, float], object] | None = None,
    ) -> Report:
        """Make a report, wait for it, and read it.

        Parameters:
            stat_type: what about; csat and dispositions are of one `target`.
            days: how many days, today among them; or `first` and `last`, such as ``"2026-02-01"``.
            group_by: sums of calls for each user (as where it is left out), day, or group.
            target: ``"office:5219384756201938"`` or the like; without it, the whole company.
            export_type: sums, or row by row; csat and dispositions are records only.
            timezone: whose days: ``"America/Los_Angeles"``.
            save_as: a CSV file for it as well, written whole or not at all.
            patience: seconds to wait at most.
            told: called with ``"waiting"`` and seconds, then ``"fetching"`` and bytes.

        Raises `InvalidArgument`, `UpstreamError` where Dialpad fails at it, `ReadTimeout` after `patience`.
        With ``dry_run`` it returns the requests. Dialpad takes 200 a hour.
        """
        from dialkit.reports import making, run

        client = asking(self._client)
        asked, period = (
            self._question(stat_type, group_by, target, export_type),
            self._period(days, first, last, timezone),
        )
        if self._client.dry_run:
            return run.requests(client, asked, period)  # type: ignore[return-value]  # Any, by with_options
        with making.make(client, asked, period, patience=patience, told=told) as report:
            if save_as is not None:
                import os

                report.keep(os.fspath(save_as))
            return Report(report.columns, list(report.rows()), report.about())

    def _question(
        self, stat_type: str, group_by: str | None, target: str | None, export_type: str | None
    ) -> Question:
        from dialkit.reports.question import question, target_of

        operation, alias = self._client.operation("stats.create"), config_of(self._client).alias
        return question(
            operation,
            stat_type,
            export_type,
            group_by,
            None if target is None else target_of(operation, target, alias),
        )

    def _period(self, days: int, first: str | None, last: str | None, timezone: str) -> Period:
        from dialkit.reports import period

        today = period.today_in(timezone, self._client.clock.now())
        if first is None and last is None:
            return period.last_days(days, today, timezone)
        return period.between(
            first or last or "", last or today.isoformat(), today, timezone, ("first", "last")
        )
