"""Traces of single texts in the export of texts: for who wants to know whether one went out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dialkit.reports.making import make
from dialkit.reports.period import between, today_in
from dialkit.reports.question import question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.client import Dialpad

PATIENCE = 120.0  # seconds to wait for the export
AROUND = 300.0  # seconds that a text's time may differ from ours: of clocks, and of days that are all it says


def texts_to(client: Dialpad, numbers: Sequence[str], moment: float) -> list[dict[str, Any]]:
    """The texts to these numbers around a moment (epoch seconds), as rows of Dialpad's export of texts.

    The export tells numbers, times and results, and no words. Raises what `make` raises.
    """
    day = datetime.fromtimestamp(moment, UTC).date().isoformat()
    period = between(day, "today", today_in("UTC", client.clock.now()), "UTC")
    asked = question(client.operation("stats.create"), "texts", "records")
    with make(client, asked, period, patience=PATIENCE) as report:
        rows = list(report.rows())
    return [row for row in rows if row.get("to_number") in numbers and _near(str(row.get("date")), moment)]


def _near(told: str, moment: float) -> bool:
    """Whether a time is around a moment; one that cannot be read is taken for it."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return True
    return abs((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - moment) < AROUND
