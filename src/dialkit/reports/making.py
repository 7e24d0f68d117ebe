"""A report made: fetched into files that last as long as it is in use, read, kept, drawn."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from dialkit.reports.run import PATIENCE, run
from dialkit.reports.sheet import join, read, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from dialkit.client import Dialpad
    from dialkit.reports.drawing import Drawing
    from dialkit.reports.period import Period
    from dialkit.reports.question import Question
    from dialkit.reports.run import Begun, Told
    from dialkit.reports.sheet import Joined

    Row = dict[str, Any]


class Report:
    """A report that has come: what was asked, of which days, and what it says."""

    def __init__(self, asked: Question, period: Period, begun: list[Begun], files: list[BinaryIO]) -> None:
        self.asked, self.period = asked, period
        self.request_ids = [one.request_id for one in begun]
        self._files = files

    @property
    def columns(self) -> list[str]:
        """The columns of all its files, as Dialpad names them."""
        return list(dict.fromkeys(name for file in self._files for name in read(file).columns))

    def rows(self) -> Iterator[Row]:
        """Its rows, read as they are asked for; of sums, what counts and measures as numbers."""
        sums = self.asked.export_type == "stats"
        return (row for file in self._files for row in records(read(file), sums=sums))

    def about(self) -> Row:
        """What was asked, and by which requests."""
        return {
            **self.asked.params(),
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "timezone": self.period.timezone,
            "request_ids": self.request_ids,
        }

    def keep(self, path: str) -> tuple[Joined, int]:
        """Put the rows into a file, whole or not at all; what was written, and how many bytes."""
        from dialkit.store.files import Part

        with Part(path) as part:
            joined = join(self._files, part.file)
            return joined, part.file.tell()

    def draw(self, drawing: Drawing) -> None:
        """Draw the chart. Raises `UpstreamError` where the columns for it are not there."""
        from dialkit.reports.charts import spec
        from dialkit.reports.columns import sums
        from dialkit.reports.drawing import draw
        from dialkit.store.files import Part

        target, chart = self.asked.target, drawing.chart
        whose = f"{target[0]} {target[1]}" if target else "the whole company"
        found = sums(self.columns, self.rows(), chart.series, self.period.first, self.period.last)
        picture = spec(chart, found, self.period, whose=whose, note=drawing.note)
        drawn = draw(picture, os.path.splitext(drawing.path)[1].lower(), chart, found)
        with Part(drawing.path) as part:
            part.file.write(drawn)


@contextmanager
def make(
    client: Dialpad,
    asked: Question,
    period: Period,
    *,
    folder: str | None = None,
    patience: float = PATIENCE,
    told: Told | None = None,
) -> Iterator[Report]:
    """Have a report worked out, fetch it, and give it, for as long as the block lasts.

    `folder` is where its files lie meanwhile, nameless; the system's own folder for such may be memory.
    Raises what `run` raises.
    """
    from tempfile import TemporaryFile

    files: list[Any] = []
    with ExitStack() as stack:

        def open_file(_number: int) -> BinaryIO:
            files.append(stack.enter_context(TemporaryFile(dir=folder)))
            return files[-1]  # type: ignore[no-any-return]  # a BinaryIO by another name

        done = run(client, asked, period, open_file, patience=patience, told=told)
        yield Report(asked, done.period, done.begun, files)
