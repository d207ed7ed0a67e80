"""The long line: every released period of one kind, gaps left open, provisional figures dashed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from regiebeeld.dashboard.charts.comparing import compare_cells, describe_change, describe_comparison
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, name_periods, write_count
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, BAND, INK, RULE, SOFT, WIDTH, draw_svg
from regiebeeld.dashboard.charts.words import (
    describe_bare_rate,
    describe_flags,
    describe_interval,
    describe_value,
    is_usable,
    name_unit,
)
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, ReleasedArea, ReleasedCell


@dataclass(frozen=True, slots=True)
class Break:
    """A moment or stretch after which figures do not compare well; `key` names its word."""

    key: str
    start: date
    end: date | None = None


# Since July 2018 concurrent offences are counted apart; 2020 and 2021 were the corona years.
POLICE_BREAKS = (
    Break("trend.break_counting", date(2018, 7, 1)),
    Break("trend.break_corona", date(2020, 3, 1), date(2021, 12, 31)),
)


def draw_trend(
    indicator: Indicator,
    area: ReleasedArea,
    series: Sequence[ReleasedCell],
    *,
    kind: PeriodKind,
    breaks: Sequence[Break] = (),
) -> Figure:
    """Draw a series from its first to its last period, with sentence and table.

    series: cells of one kind of period, in order of time; may be empty.
    """
    names = {"indicator": indicator.title, "area": area.name, "kind": name_periods(kind)}
    title = TEXTS("trend.title", **names)
    usable = [cell for cell in series if is_usable(cell)]
    if not usable:
        return Figure(title, TEXTS("trend.none", **names), None, _table(names, series))
    svg = draw_svg(_spec(series, breaks), title=title, description=_describe_line(usable, kind))
    return Figure(title, describe_trend(indicator, area, series), svg, _table(names, series))


def describe_trend(indicator: Indicator, area: ReleasedArea, series: Sequence[ReleasedCell]) -> str:
    """Say the last figure beside the one of a year earlier, whether that can be chance, and what is late.

    series: at least one cell holds a value.
    """
    last = next(cell for cell in reversed(series) if is_usable(cell))
    sentence = _describe_last(indicator, area, series, last)
    if last is not series[-1]:
        late = series[-1]
        sentence += " " + TEXTS("trend.no_last", period=name_period(late.period), reason=describe_value(late, full=True))
    return sentence


def _describe_last(
    indicator: Indicator, area: ReleasedArea, series: Sequence[ReleasedCell], last: ReleasedCell
) -> str:
    before = find_year_earlier(series, last)
    known = {"area": area.name, "unit": name_unit(indicator.unit, last.value), "period": name_period(last.period), "count": describe_value(last)}
    if before is None or not is_usable(before):
        return TEXTS("trend.summary_first", **known)
    known |= {"before": describe_value(before)}
    comparison = compare_cells(last, before)
    if change := describe_change(comparison):
        return TEXTS("trend.summary_change", **known, change=change)
    return TEXTS("trend.summary", **known, verdict=describe_comparison(comparison))


def find_year_earlier(series: Sequence[ReleasedCell], cell: ReleasedCell) -> ReleasedCell | None:
    """Find the cell of the same stretch one year before, or None."""
    wanted = (cell.period.end.year - 1, cell.period.end.month, cell.period.kind)
    return next((c for c in series if (c.period.end.year, c.period.end.month, c.period.kind) == wanted), None)


def _describe_line(usable: Sequence[ReleasedCell], kind: PeriodKind) -> str:
    high = max(usable, key=lambda cell: cell.value or 0)
    low = min(usable, key=lambda cell: cell.value or 0)
    return TEXTS(
        "trend.description",
        kind=name_periods(kind),
        first=name_period(usable[0].period),
        last=name_period(usable[-1].period),
        high=write_count(high.value or 0), high_period=name_period(high.period),
        low=write_count(low.value or 0), low_period=name_period(low.period),
    )


def _table(names: dict[str, str], series: Sequence[ReleasedCell]) -> Table:
    known = next((cell for cell in reversed(series) if cell.per), None)
    rate = TEXTS("trend.column_rate", per=write_count(known.per), base=known.base_figure) if known and known.per else None
    columns = ["trend.column_period", "trend.column_count", "trend.column_interval", "trend.column_status"]
    titles = [TEXTS(column) for column in columns]
    titles.insert(2, rate or TEXTS("trend.column_rate_plain"))
    rows = [
        Row(name_period(cell.period), (
            describe_value(cell), describe_bare_rate(cell), describe_interval(cell), describe_flags(cell),
        ))
        for cell in reversed(series)
    ]
    return Table(TEXTS("trend.caption", **names), tuple(titles), tuple(rows))


def _spec(series: Sequence[ReleasedCell], breaks: Sequence[Break]) -> dict[str, Any]:
    points = [_point(cell) for cell in series]
    firm = [point for point in points if not point["soft"]]
    # The dashed part starts at the last firm point, so that the line does not break there.
    soft = firm[-1:] + [point for point in points if point["soft"]] if any(p["soft"] for p in points) else []
    x = {"field": "day", "type": "temporal", "title": None, "axis": {"format": "%Y", "grid": False, "tickCount": "year", "labelOverlap": True}}
    y = {"field": "value", "type": "quantitative", "title": None, "scale": {"zero": True, "nice": True},
         "axis": {"tickCount": 4, "format": ",d", "domain": False, "ticks": False}}
    layers = [*_break_layers(series, breaks), _line(firm, x, y, dashed=False)]
    if soft:
        layers.append(_line(soft, x, y, dashed=True))
    layers.append(_last_point([p for p in points if p["value"] is not None][-1:], x, y))
    return {"width": WIDTH, "height": 200, "layer": layers}


def _point(cell: ReleasedCell) -> dict[str, Any]:
    return {
        "day": cell.period.end.isoformat() if cell.period.kind is not PeriodKind.YEAR else f"{cell.period.year}-01-01",
        "value": cell.value if is_usable(cell) else None,
        "soft": cell.provisional or cell.estimated_share > 0,
    }


def _line(points: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], *, dashed: bool) -> dict[str, Any]:
    mark: dict[str, Any] = {"type": "line", "color": SOFT if dashed else ACCENT, "strokeWidth": 2.5, "invalid": "break-paths-show-domains"}
    if dashed:
        mark["strokeDash"] = [5, 4]
    # A line of a few points shows them, so that one figure between two gaps stays visible.
    if len(points) <= 30 and not dashed:
        mark["point"] = {"color": ACCENT, "size": 30}
    return {"data": {"values": points}, "mark": mark, "encoding": {"x": x, "y": y}}


def _last_point(points: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    text = {"field": "value", "type": "quantitative", "format": ",d"}
    return {
        "data": {"values": points},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "point", "filled": True, "size": 60, "color": INK}},
            {"mark": {"type": "text", "dy": -14, "align": "right", "fontWeight": "bold", "color": INK, "fontSize": 14}, "encoding": {"text": text}},
        ],
    }


def _break_layers(series: Sequence[ReleasedCell], breaks: Sequence[Break]) -> list[dict[str, Any]]:
    first, last = series[0].period.start, series[-1].period.end
    layers: list[dict[str, Any]] = []
    for known in (b for b in breaks if first < b.start <= last):
        values = {"start": known.start.isoformat(), "end": min(known.end or known.start, last).isoformat(), "word": TEXTS(known.key)}
        mark = {"type": "rect", "color": BAND, "opacity": 0.5} if known.end else {"type": "rule", "color": RULE, "strokeDash": [2, 3]}
        x: dict[str, Any] = {"x": {"field": "start", "type": "temporal"}}
        layers.append({"data": {"values": [values]}, "mark": mark, "encoding": {**x, "x2": {"field": "end"}} if known.end else x})
        words = {"type": "text", "align": "left", "dx": 3, "y": 8, "fontSize": 12, "color": SOFT}
        layers.append({"data": {"values": [values]}, "mark": words, "encoding": {**x, "text": {"field": "word"}}})
    return layers

