"""From a chart to a picture: `vl-convert-python` renders Vega-Lite without a browser or a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.reports.charts import Chart
    from dialkit.reports.columns import Sums
    from dialkit.reports.question import Question

SCALE = 2.0  # pixels of a PNG for each of the chart's
ENDINGS = (".svg", ".png", ".html")
HINT = "python3 -m pip install 'dialkit[charts]'"


# What stands in a chart of calls: whose legs its bars count.
NOTES = {
    "date": "a call counts once, whoever took it",
    "group": "calls to departments and call centers",
    "user": "a call counts for each user whom it rang; calls that rang nobody are not in",
}


class Drawing(NamedTuple):
    """A chart that is wanted: its file, what is drawn, and a line that stands in it."""

    path: str
    chart: Chart
    note: str


def drawing(asked: Question, path: str) -> Drawing:
    """The chart of what is asked. Raises `InvalidArgument` where it cannot be drawn."""
    from dialkit.reports.charts import CHARTS

    if asked.stat_type not in CHARTS:
        raise InvalidArgument(
            f"--chart: there is none of {asked.stat_type}", hint="there are charts of " + ", ".join(CHARTS)
        )
    if asked.export_type != "stats":
        raise InvalidArgument("--chart: it is drawn from sums", hint="leave out --export-type records")
    ready()
    note = NOTES[asked.group_by or "user"] if asked.stat_type == "calls" else ""
    return Drawing(path, CHARTS[asked.stat_type], note)


def ready() -> None:
    """Raises `InvalidArgument` where the library that draws is not installed."""
    from importlib.util import find_spec

    if find_spec("vl_convert") is None:
        raise InvalidArgument("--chart: the library that draws is not installed", hint=HINT)


def draw(spec: dict[str, Any], ending: str, chart: Chart, sums: Sums) -> bytes:
    """The picture as a file with that ending. Raises `InvalidArgument` without the library."""
    ready()
    import vl_convert

    if ending == ".png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[]))
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return PAGES[ending](svg, chart, sums).encode()


def _page(svg: str, chart: Chart, sums: Sums) -> str:
    """A page with the picture and its figures; it loads nothing."""
    from html import escape

    heads = "".join(f"<th>{escape(one.label)}</th>" for one in chart.series)

    def table(first: str, rows: list[tuple[Any, list[float]]]) -> str:
        lines = "\n".join(
            f"<tr><th>{escape(str(name))}</th>{''.join(f'<td>{value:,.0f}</td>' for value in values)}</tr>"
            for name, values in rows
        )
        return f"<table><tr><th>{first}</th>{heads}</tr>\n{lines}</table>"

    tables = table("day", sums.days) + (table("who", sums.people) if sums.people else "")
    title = escape(chart.title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{STYLE}</style></head>\n<body><figure>{svg}</figure>\n"
        f"<details><summary>The figures</summary>\n{tables}</details></body></html>\n"
    )


STYLE = (
    "body{font:14px/1.4 sans-serif;margin:1rem}figure{margin:0}svg{max-width:100%;height:auto}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{padding:.1rem .8rem;text-align:right}"
    "th:first-child{text-align:left;font-weight:normal}"
)
PAGES: dict[str, Callable[[str, Chart, Sums], str]] = {
    ".svg": lambda svg, _chart, _sums: svg,
    ".html": _page,
}
