"""Columns of Dialpad's files by what they hold, and the sums drawn from them.

Dialpad documents no columns. These are names that integrators show of theirs and that the sandbox writes; a
file that has none of them is said to, and is not guessed at.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a column holds -> what it may be called: small letters, blanks and hyphens as underscores.
NAMES: dict[str, tuple[str, ...]] = {
    "day": ("date", "day", "date_started"),
    "who": ("name", "user_name", "target_name", "user", "email"),
    "inbound": ("inbound_calls", "inbound", "total_inbound_calls"),
    "answered": ("answered", "answered_calls", "inbound_answered"),
    "missed": ("missed", "missed_calls"),
    "abandoned": ("abandoned", "abandoned_calls"),
    "voicemails": ("voicemails", "voicemail"),
    "sent": ("sent", "texts_sent", "sent_texts", "outbound_texts"),
    "received": ("received", "texts_received", "received_texts", "inbound_texts"),
    "count": ("count", "total"),
}


MOST = 18_250  # days in a row; more come of dates that are none


class Series(NamedTuple):
    """What is counted: its name in the chart, columns that are added, and one they are taken from.

    Without `of`, or where the file lacks it, the columns `plus` are added; else `of` minus `less` is it.
    """

    label: str
    plus: tuple[str, ...]
    of: str | None = None
    less: str | None = None


class Sums(NamedTuple):
    """Sums of each series by day, days of nothing among them, and by whom; the most first."""

    days: list[tuple[date, list[float]]]
    people: list[tuple[str, list[float]]]


def found_in(columns: Iterable[str]) -> dict[str, str]:
    """What is known of a file's columns: from what they hold to their names there."""
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in columns}
    found = {}
    for what, names in NAMES.items():
        name = next((plain[name] for name in names if name in plain), None)
        if name is not None:
            found[what] = name
    return found


def sums(
    columns: Sequence[str],
    rows: Iterable[dict[str, Any]],
    series: Sequence[Series],
    first: date,
    last: date,
) -> Sums:
    """Add rows up, from a day to another. Raises `UpstreamError` naming the columns that are missing.

    Where the file tells of other days only, since Dialpad's clock is not ours, it is from its first to its
    last.
    """
    known = found_in(columns)
    ways = [_way(one, known) for one in series]
    lacking = {"day"} - known.keys() | {what for way in ways for what in way if what not in known}
    if lacking:
        wanted = "; ".join(" or ".join(NAMES[what]) for what in sorted(lacking))
        raise UpstreamError(
            f"the file has no column {wanted}, so no chart can be drawn; it has: {', '.join(columns)[:400]}",
            status=None,
            hint="leave out --chart; the figures themselves are there",
        )
    zero = [0.0] * len(series)
    days: dict[date, list[float]] = {}
    people: dict[str, list[float]] = {}
    for row in rows:
        day = _day(row[known["day"]])
        values = [sum(sign * _amount(row[known[what]]) for what, sign in way.items()) for way in ways]
        places = [days.setdefault(day, list(zero))] if day is not None else []
        if "who" in known:
            places.append(people.setdefault(str(row[known["who"]] or "(no name)"), list(zero)))
        for place in places:
            for at, value in enumerate(values):
                place[at] += value
    ranked = sorted(people.items(), key=lambda item: (-sum(item[1]), item[0]))
    return Sums(_every(days, first, last, zero), [item for item in ranked if sum(item[1])])


def _every(
    days: dict[date, list[float]], first: date, last: date, zero: list[float]
) -> list[tuple[date, list[float]]]:
    """A sum for every day of the period, or of the file's own where none of its days is in it."""
    if days and not any(first <= day <= last for day in days) and (max(days) - min(days)).days <= MOST:
        first, last = min(days), max(days)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, days.get(day, list(zero))) for day in span]


def _way(one: Series, known: dict[str, str]) -> dict[str, int]:
    """Which columns make a series, and with which sign."""
    if one.of in known and one.less in known:
        return {str(one.of): 1, str(one.less): -1}
    return dict.fromkeys(one.plus, 1)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _amount(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
